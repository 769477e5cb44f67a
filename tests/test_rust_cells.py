"""What `%%rust` promises: Rust in a cell, Python in the next, and rustc's own words where it goes wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_client.manager import KernelManager, start_new_kernel

from workbook import cell_crates, crates, printing, rust_cells
from workbook.cell_crates import RustError, read

pytestmark = pytest.mark.skipif(shutil.which("cargo") is None, reason="there is no cargo")

Output = pytest.CaptureFixture[str]

DOUBLE = """
    #[pyfunction]
    fn double(number: i64) -> i64 {
        number * 2
    }
"""

MOVED = """
    fn main() {
        let name = String::from("Ferris");
        let other = name;
        println!("{name} {other}");
    }
"""


def rust(body: str) -> str:
    """A cell's Rust as the magic gets it."""
    return textwrap.dedent(body).strip() + "\n"


def never_seen(body: str) -> str:
    """The same, compiled by no test before."""
    return f"{rust(body)}// {uuid.uuid4()}\n"


# --- In a kernel ---


@dataclass
class Kernel:
    """A real kernel, and what it answers."""

    manager: KernelManager
    client: Any

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.manager.provisioner.pid)  # type: ignore[union-attr]

    def run(self, code: str) -> Answer:
        answer = Answer()
        self.client.execute_interactive(textwrap.dedent(code), timeout=180, output_hook=answer.take)
        return answer


@dataclass
class Answer:
    """What a cell printed, showed and raised."""

    printed: str = ""
    value: str | None = None
    error: str | None = None
    traceback: str = ""
    messages: list[str] = field(default_factory=list)

    def take(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        self.messages.append(kind)
        if kind == "stream":
            self.printed += printing.plain(content["text"])
        elif kind == "execute_result":
            self.value = content["data"]["text/plain"]
        elif kind == "error":
            self.error = f"{content['ename']}: {content['evalue']}"
            self.traceback = printing.plain("\n".join(content["traceback"]))


def start(**environment: str) -> Kernel:
    manager, client = start_new_kernel(
        kernel_name="python3", env={**os.environ, "WORKBOOK_QUICK": "1", **environment}
    )
    kernel = Kernel(manager, client)
    assert kernel.run("%load_ext workbook").error is None
    return kernel


def stop(kernel: Kernel) -> None:
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    kernel = start()
    yield kernel
    stop(kernel)


def test_the_next_cell_calls_what_a_cell_defines_and_an_edit_needs_no_restart(kernel: Kernel) -> None:
    assert kernel.run("%%rust\n" + never_seen(DOUBLE)).messages.count("error") == 0
    assert kernel.run("double(21)").value == "42"
    assert kernel.run("%%rust\n" + never_seen(DOUBLE.replace("* 2", "* 20"))).error is None
    assert kernel.run("double(21)").value == "420"


def test_classes_exceptions_and_enums_come_along(kernel: Kernel) -> None:
    cell = """
        #[pyclass(frozen, eq)]
        #[derive(PartialEq)]
        struct Point {
            #[pyo3(get)]
            x: i32,
        }

        #[pymethods]
        impl Point {
            #[new]
            fn new(x: i32) -> Self {
                Point { x }
            }
        }

        #[pyclass(eq, eq_int)]
        #[derive(PartialEq)]
        enum Colour {
            Red,
        }

        pyo3::create_exception!(rust_cell, Lost, pyo3::exceptions::PyLookupError);
    """
    assert kernel.run("%%rust\n" + rust(cell)).error is None
    assert kernel.run(
        "Point(3).x, Point(3) == Point(3), Colour.Red, issubclass(Lost, LookupError)"
    ).value == ("(3, True, Colour.Red, True)")


def test_an_object_of_the_old_cell_still_works_after_an_edit(kernel: Kernel) -> None:
    kernel.run("%%rust\n" + never_seen(DOUBLE))
    kernel.run("old = double")
    kernel.run("%%rust\n" + never_seen(DOUBLE.replace("* 2", "* 3")))
    assert kernel.run("old(1), double(1)").value == "(2, 3)"


def test_a_compile_error_is_rustcs_own_at_the_cells_line_and_changes_nothing(kernel: Kernel) -> None:
    kernel.run("%%rust\n" + never_seen(DOUBLE))
    cell = "%%rust\n" + never_seen(DOUBLE.replace("number * 2", 'number * "2"'))
    answer = kernel.run(cell)
    assert answer.error == "RustError: the cell does not compile (E0277)."
    line = cell.splitlines().index('    number * "2"') + 1
    assert f"--> cell.rs:{line}:12" in answer.traceback
    assert f'{line} |     number * "2"' in answer.traceback
    assert "Traceback" not in answer.traceback
    assert "rust_cells.py" not in answer.traceback
    assert kernel.run("double(21)").value == "42"


def test_rustcs_words_are_coloured_with_the_eight_colours_of_pages() -> None:
    with pytest.raises(RustError) as caught:
        rust_cells.run(never_seen(MOVED))
    assert "\x1b[1;31merror[E0382]" in caught.value.said
    assert "\x1b[9" not in caught.value.said
    assert "38;5" not in caught.value.said


def test_a_program_prints_into_the_cell(kernel: Kernel) -> None:
    answer = kernel.run('%%rust\nfn main() {\n    println!("{}", 6 * 7);\n}\n')
    assert (answer.printed, answer.error) == ("42\n", None)


def test_an_unchanged_cell_is_not_compiled_again_in_a_new_kernel_either(tmp_path: Path) -> None:
    cell = never_seen(DOUBLE)
    rust_cells.run(cell)
    broken = tmp_path / "cargo"
    broken.write_text("#!/bin/sh\necho cargo was called >&2\nexit 1\n")
    broken.chmod(0o755)
    kernel = start(PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    try:
        assert kernel.run("%%rust\n" + cell).error is None
        assert kernel.run("double(21)").value == "42"
        answer = kernel.run("%%rust\n" + never_seen(DOUBLE))
        assert answer.error == "RustError: the cell's crate could not be built."
        assert "cargo was called" in answer.traceback
    finally:
        stop(kernel)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for cargo is a shell script")
def test_an_interrupt_stops_the_compiler_and_leaves_nothing_broken(tmp_path: Path) -> None:
    cargo = tmp_path / "cargo"
    cargo.write_text("#!/bin/sh\nsleep 4321 &\nsleep 4321\n")
    cargo.chmod(0o755)
    kernel = start(PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    try:
        answer = interrupted(kernel, "%%rust\n" + never_seen(DOUBLE), when=sleeping)
        assert answer.error is not None
        assert answer.error.startswith("RustInterrupted")
        assert "Nothing is left running" in answer.traceback
        assert "Traceback" not in answer.traceback
        assert wait_until(lambda: not sleeping())
        cargo.unlink()
        assert kernel.run("%%rust\n" + never_seen(DOUBLE)).error is None
        assert kernel.run("double(1)").value == "2"
    finally:
        stop(kernel)


@pytest.mark.skipif(sys.platform == "win32", reason="kernels on Windows are interrupted in another way")
def test_an_interrupt_stops_a_program(kernel: Kernel) -> None:
    cell = "fn main() {\n    loop {\n        std::thread::yield_now();\n    }\n}\n"
    answer = interrupted(kernel, "%%rust\n" + cell, when=lambda: len(programs(kernel)) > 0)
    assert answer.error is not None
    assert answer.error.startswith("RustInterrupted")
    assert wait_until(lambda: not programs(kernel))
    assert kernel.run("1 + 1").value == "2"


def interrupted(kernel: Kernel, code: str, when: Any) -> Answer:
    """Run a cell, and interrupt it as soon as `when` is true."""

    def interrupt() -> None:
        wait_until(when)
        os.kill(kernel.process.pid, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    answer = kernel.run(code)
    thread.join()
    return answer


def sleeping() -> bool:
    return any(process.info["cmdline"] == ["sleep", "4321"] for process in psutil.process_iter(["cmdline"]))


def programs(kernel: Kernel) -> list[psutil.Process]:
    """The programs of cells that the kernel is running."""
    found = []
    for child in kernel.process.children(recursive=True):
        with suppress(psutil.Error):  # it has just come to its end
            if "cells" in child.exe():
                found.append(child)
    return found


def wait_until(condition: Any, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_without_cargo_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    crates.rustc_version.cache_clear()
    try:
        with pytest.raises(RustError, match=r"^There is no cargo on the PATH: install Rust from https"):
            rust_cells.run(never_seen(DOUBLE))
    finally:
        crates.rustc_version.cache_clear()


# --- What must not compile, and what must panic ---


def test_fails_shows_the_message_and_brings_nothing_in(capsys: Output) -> None:
    assert rust_cells.run(rust(MOVED), fails="E0382") == {}
    printed = printing.plain(capsys.readouterr().out)
    assert printed.startswith("error[E0382]: borrow of moved value: `name`\n --> cell.rs:5:16\n")
    assert "warning" not in printed


FOREIGN = """
    use pyo3::sync::GILOnceCell;
"""


def test_fails_shows_the_message_without_other_peoples_code(capsys: Output) -> None:
    with pytest.raises(RustError) as caught:
        rust_cells.run(rust(FOREIGN))
    assert "pyo3-0.30" in printing.plain(caught.value.said)
    rust_cells.run(rust(FOREIGN), fails="E0603")
    printed = printing.plain(capsys.readouterr().out)
    assert "struct `GILOnceCell` is private" in printed
    assert "--> cell.rs:2:17" in printed
    assert "pyo3-0.30" not in printed
    assert "is defined here" not in printed
    assert "rustc --explain E0603" in printed


def test_a_message_that_shows_no_other_code_is_shown_as_it_is(capsys: Output) -> None:
    with pytest.raises(RustError) as caught:
        rust_cells.run(rust(MOVED))
    rust_cells.run(rust(MOVED), fails="E0382")
    assert capsys.readouterr().out == caught.value.said + "\n"


WARNS = """
    #[pyfunction]
    fn double(number: i64) -> i64 {
        let unused = 1;
        number * 2
    }
"""


def test_warns_shows_the_warning_and_brings_the_items_in(capsys: Output) -> None:
    items = rust_cells.run(rust(WARNS), warns="unused variable: `unused`")
    assert "warning: unused variable: `unused`" in printing.plain(capsys.readouterr().out)
    assert items["double"](21) == 42  # type: ignore[operator]


def test_warns_raises_where_the_cell_compiles_in_silence() -> None:
    with pytest.raises(RustError) as caught:
        rust_cells.run(rust(DOUBLE), warns="deprecated")
    assert str(caught.value) == "the cell compiles without a warning that says 'deprecated'."


def test_fails_knows_errors_without_a_code_by_their_words(capsys: Output) -> None:
    rust_cells.run("fn main() {\n    let x = 1\n    let y = 2;\n}\n", fails="expected `;`")
    assert "expected `;`, found keyword `let`" in printing.plain(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("body", "fails", "reason"),
    [
        (DOUBLE, "E0382", "the cell compiles, where it says that it fails with E0382."),
        (MOVED, "E0499", "the cell fails (E0382), and not with E0499."),
        (MOVED, "no such words", "the cell fails (E0382), and not with no such words."),
    ],
    ids=["compiles", "another code", "other words"],
)
def test_fails_raises_where_the_cell_does_otherwise(body: str, fails: str, reason: str) -> None:
    with pytest.raises(RustError) as caught:
        rust_cells.run(rust(body), fails=fails)
    assert str(caught.value) == reason


OUT_OF_BOUNDS = """
    fn main() {
        let prices = [3, 5];
        let day = std::env::args().count() + 6;
        println!("asking for day {day}");
        println!("{}", prices[day]);
    }
"""


def test_panics_shows_what_the_program_said_without_what_differs_from_run_to_run(capsys: Output) -> None:
    rust_cells.run(rust(OUT_OF_BOUNDS), panics="index out of bounds")
    assert capsys.readouterr().out == (
        "asking for day 7\n\nthread 'main' panicked at cell.rs:6:20:\n"
        "index out of bounds: the len is 2 but the index is 7\n"
    )


@pytest.mark.parametrize(
    ("body", "panics", "reason"),
    [
        ("fn main() {}", "overflow", "the program ended well, where the cell says that it panics with"),
        (OUT_OF_BOUNDS, "overflow", "the program panics, but does not say 'overflow'."),
        (OUT_OF_BOUNDS, None, "the program panicked."),
        ("fn main() { std::process::exit(3) }", None, "the program ended with exit code 3."),
        ('fn main() -> Result<(), String> { Err("no".into()) }', None, "ended with exit code 1."),
        (DOUBLE, "overflow", "--panics is for cells with a fn main, which are run."),
    ],
    ids=["ends well", "says otherwise", "not announced", "exit code", "error", "no program"],
)
def test_a_program_that_ends_otherwise_fails_its_cell(body: str, panics: str | None, reason: str) -> None:
    with pytest.raises(RustError) as caught:
        rust_cells.run(rust(body), panics=panics)
    assert reason in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_a_program_that_is_killed_says_by_which_signal() -> None:
    with pytest.raises(RustError, match="was ended by signal 6"):
        rust_cells.run("fn main() { std::process::abort() }")


def test_a_program_without_end_of_output_is_stopped(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.setattr(rust_cells, "MOST_OUTPUT", 1_000)
    for printing_macro in ("println", "print"):
        with pytest.raises(RustError, match=r"printed more than 1,000 characters, and was stopped"):
            rust_cells.run(f'fn main() {{ loop {{ {printing_macro}!("again "); }} }}')
    assert len(capsys.readouterr().out) <= 2_000


def test_a_program_that_reads_its_input_finds_its_end() -> None:
    rust_cells.run('fn main() { assert_eq!(std::io::read_to_string(std::io::stdin()).unwrap(), ""); }')


# --- How a cell is compiled ---


def test_release_is_the_default_and_debug_checks_for_overflow(capsys: Output) -> None:
    body = rust("""
        fn main() {
            let most = i32::MAX - 1 + std::env::args().count() as i32;
            println!("{}", most + 1);
        }
    """)
    rust_cells.run(body)
    assert capsys.readouterr().out == "-2147483648\n"
    rust_cells.run(body, debug=True, panics="attempt to add with overflow")


def test_warnings_are_shown_and_the_cell_works(capsys: Output) -> None:
    items = rust_cells.run(rust(DOUBLE.replace("number * 2", "let spare = 1;\n        number * 2")))
    assert set(items) == {"double"}
    printed = printing.plain(capsys.readouterr().out)
    assert "warning: unused variable: `spare`\n --> cell.rs:4:9\n" in printed
    assert printed.count("warning") == 1


def test_a_cell_that_says_what_we_say_for_it_is_not_warned_of_it(capsys: Output) -> None:
    rust_cells.run("use pyo3::prelude::*;\n" + rust(DOUBLE))
    assert capsys.readouterr().out == ""


def test_a_cell_without_anything_for_python_says_so(capsys: Output) -> None:
    assert rust_cells.run("pub const ANSWER: u32 = 42;\n") == {}
    assert "mark a function with #[pyfunction]" in capsys.readouterr().out


def test_a_cell_may_bring_its_own_module() -> None:
    body = rust("""
        #[pymodule]
        mod tides {
            use pyo3::prelude::*;

            #[pyfunction]
            fn height() -> f64 {
                3.5
            }
        }
    """)
    assert rust_cells.run(body)["tides"].height() == 3.5  # type: ignore[attr-defined]


def test_inner_attributes_and_docs_keep_their_meaning_and_their_lines() -> None:
    body = "//! A cell.\n#![deny(\n    unused_variables\n)]\n" + rust(
        DOUBLE.replace("{\n", "{ let spare = 1;\n")
    )
    with pytest.raises(RustError) as caught:
        rust_cells.run(body)
    assert "error: unused variable: `spare`" in printing.plain(caught.value.said)
    assert "--> cell.rs:7:37" in printing.plain(caught.value.said)


def test_an_unclosed_brace_is_reported_within_the_cell() -> None:
    body = rust(DOUBLE).rstrip().removesuffix("}")
    with pytest.raises(RustError) as caught:
        rust_cells.run(body)
    said = printing.plain(caught.value.said)
    assert "this file contains an unclosed delimiter" in said
    assert "pymodule" not in said


def test_errors_show_none_of_the_machines_paths() -> None:
    body = rust("""
        struct Lost;

        #[pyfunction]
        fn find() -> Result<(), Lost> {
            Err(Lost)
        }
    """)
    with pytest.raises(RustError) as caught:
        rust_cells.run(body)
    said = printing.plain(caught.value.said)
    assert "E0277" in said
    assert str(Path.home()) not in said
    assert "~/.cargo/registry" in said


def test_an_error_of_the_line_that_we_add_is_left_out_where_it_comes_of_one_in_the_cell() -> None:
    body = rust("""
        #[pyfunction]
        #[pyo3(signature = (weight, unit = "kg", load))]
        fn lift(weight: f64, unit: &str, load: f64) -> f64 {
            weight + load
        }
    """)
    with pytest.raises(RustError) as caught:
        rust_cells.run(body)
    said = printing.plain(caught.value.said)
    assert "--> cell.rs:3:" in said
    assert "rust_cell" not in said
    assert "--explain" not in said, "the code is that of the error left out"


@pytest.mark.parametrize("ending", ["\r\n", "\n"], ids=["CRLF", "LF"])
def test_any_line_ending_will_do(ending: str) -> None:
    double: Any = rust_cells.run(rust(DOUBLE).replace("\n", ending))["double"]
    assert double(4) == 8


def test_crates_of_the_workspace_can_be_asked_for(capsys: Output) -> None:
    body = rust("""
        #[derive(Debug, thiserror::Error)]
        #[error("no platform {0}")]
        struct NoPlatform(u32);

        fn main() {
            println!("{}", NoPlatform(9));
        }
    """)
    rust_cells.run(body, ["thiserror"])
    assert capsys.readouterr().out == "no platform 9\n"


def test_a_crate_that_is_not_locked_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(RustError, match=r"no crate thiserro among .* Did you mean thiserror\?"):
        read("", ["thiserro"])


def test_the_workspaces_own_word_goes_before_the_locks() -> None:
    ours = cell_crates._workspace()["workspace"]["dependencies"]["thiserror"]
    assert read("", ["thiserror"]).requirements == {"thiserror": ours}
    assert str(read("", ["unicode_ident"]).requirements["unicode-ident"]).startswith("=1.")


# --- What a cell holds ---


@pytest.mark.parametrize(
    ("body", "exports"),
    [
        ("#[pyfunction]\nfn a() {}", ("a",)),
        ("/// Docs.\n#[pyfunction]\n#[pyo3(signature = ())]\n// A remark.\npub fn a() {}", ("a",)),
        ("#[pyo3::pyfunction] fn a() {}\nfn helper() {}", ("a",)),
        ("#[derive(Clone)]\n#[pyclass(frozen)]\nstruct A;\n#[pymethods]\nimpl A {}", ("A",)),
        ("#[pyclass]\nenum E { A, B }", ("E",)),
        ("create_exception!(module, Lost, PyException);", ("Lost",)),
        ("mod inner {\n#[pyfunction]\nfn a() {}\n}", ()),
        ("#[derive(Clone)]\nstruct A;", ()),
        ("#[pyfunction] fn main() {}", ("main",)),
        ("", ()),
        ("}{ no Rust", ()),
    ],
    ids=[
        *("function", "with more attributes", "with a path", "class", "enum", "exception", "in a module"),
        *("a plain struct", "a main for Python", "empty", "no Rust"),
    ],
)
def test_items_for_python_are_found_by_their_attributes(body: str, exports: tuple[str, ...]) -> None:
    cell = read(body)
    assert cell.exports == exports
    assert not cell.is_program


def test_a_program_with_items_for_python_is_refused() -> None:
    with pytest.raises(RustError, match="put them into two cells"):
        read("fn main() {}\n" + rust(DOUBLE))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r")))
def test_every_line_of_a_cell_keeps_its_number(body: str) -> None:
    source = read(body).source.split("\n")
    for number, line in enumerate(body.split("\n"), start=1):
        assert len(source[number].encode()) == len(line.encode())
    assert len(source) == body.count("\n") + 2


# --- What is kept ---


def test_two_processes_that_compile_the_same_cell_agree() -> None:
    script = f"from workbook import rust_cells; print(rust_cells.run({never_seen(DOUBLE)!r})['double'](4))"
    both = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate()[0].decode().split() for process in both] == [["8"], ["8"]]


def test_a_broken_record_is_made_again() -> None:
    body = never_seen(DOUBLE)
    made = cell_crates.compiled(read(body))
    assert made.product is not None
    made.product.with_suffix(".json").write_text("{")
    assert cell_crates.compiled(read(body)) == made


def test_the_cells_not_used_for_longest_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell_crates, "KEPT", 2)
    for age, name in enumerate(["newest", "newer", "old"]):
        for suffix in (".json", ".so"):
            (tmp_path / f"{name}{suffix}").touch()
            os.utime(tmp_path / f"{name}{suffix}", (1000 - age, 1000 - age))
    cell_crates._forget_the_oldest(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "newest.json",
        "newest.so",
        "newer.json",
        "newer.so",
    }


def test_a_cell_is_compiled_again_when_anything_that_decides_it_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = [read(rust(DOUBLE)).key, read(rust(DOUBLE) + " ").key, read(rust(DOUBLE), debug=True).key]
    keys.append(read(rust(DOUBLE), ["thiserror"]).key)
    monkeypatch.setattr(cell_crates, "rustc_version", lambda: "9.9.9")
    keys.append(read(rust(DOUBLE)).key)
    assert len(set(keys)) == len(keys)
