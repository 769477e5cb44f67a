"""What `check` promises: the truth about what a reader wrote, kindly told, whatever that code does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import probes
import psutil
import pytest
from probes import states, stubs, write

from workbook import cases, crates, judging, layout, mine, processes
from workbook.judging import check
from workbook.layout import Crate
from workbook.new import renamed
from workbook.verdicts import Report, Verdict, compared, shortened


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Crate:
    return probes.lay_out(tmp_path_factory.mktemp("root"), "check_probe")


@pytest.fixture
def probe(workspace: Crate, monkeypatch: pytest.MonkeyPatch) -> Crate:
    """The crate, with no `mine.rs` yet."""
    monkeypatch.setenv("CARGO_TARGET_DIR", str(probes.TARGET))
    mine.path(workspace).unlink(missing_ok=True)
    return workspace


def line_of(crate: Crate, text: str) -> int:
    lines = mine.path(crate).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_the_first_check_makes_mine_from_the_stubs_and_says_that_nothing_is_started(probe: Crate) -> None:
    report = check(probe)
    assert mine.path(probe).read_text("utf-8") == stubs(probe)
    assert set(states(report).values()) == {"not started"}
    assert not report.solved
    assert str(report).splitlines()[0] == "check_probe: 0 of 3 solved"
    line = stubs(probe).splitlines().index("    #[pyfunction]") + 1
    assert str(report).splitlines()[-1] == f"Next: guess, in rust_examples/check_probe/src/mine.rs:{line}"


def test_a_solved_file_is_solved_and_left_as_it_was_and_nothing_is_installed(probe: Crate) -> None:
    write(probe)
    before = mine.path(probe).read_bytes(), mine.path(probe).stat().st_mtime_ns
    report = check(probe)
    assert report.solved
    assert set(states(report).values()) == {"solved"}
    assert (mine.path(probe).read_bytes(), mine.path(probe).stat().st_mtime_ns) == before
    assert crates.stale(probe) == "is not installed"
    assert "check_probe" not in sys.modules


def test_a_wrong_answer_gets_the_first_failing_case_and_the_misconception(probe: Crate) -> None:
    write(
        probe,
        ("Ok(40)", "Ok(41)"),
        ("checked_sub(cars)", 'checked_sub(cars).or_else(|| panic!("over board"))'),
        ("div_ceil(40)", "div_euclid(40)"),
    )
    report = check(probe)
    assert states(report) == {"guess": "0 of 1", "free": "1 of 2", "trips": "2 of 3"}
    assert [verdict.details() for verdict in report.verdicts] == [
        [
            ("case", "guess() == check_probe.room()"),
            ("yours", "41"),
            ("why", "there is no driver's seat to count."),
        ],
        [
            ("case", "free(41)"),
            ("expected", "ValueError: 1 too many"),
            ("got", "panicked: over board"),
            ("at", f"rust_examples/check_probe/src/mine.rs:{line_of(probe, 'panic!')}:56"),
            ("why", "a panic is no ValueError."),
        ],
        [("case", "trips(cars)"), ("expected", "3"), ("got", "2")],
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to name")
def test_code_that_hangs_or_brings_python_down_is_told_and_the_rest_is_judged(probe: Crate) -> None:
    write(
        probe,
        ("Ok(40)", "loop { std::hint::spin_loop(); }"),
        ("let left", "if cars == 41 { std::process::abort(); }\n        let left"),
    )
    hangs, aborts, fine = check(probe, limit=1).verdicts
    assert dict(hangs.details())["got"] == "no answer within 1 s"
    assert "a loop without an end" in dict(hangs.details())["why"]
    assert dict(aborts.details())["got"].startswith("Python itself was ended by SIGABRT")
    assert aborts.state == "1 of 2"
    assert fine.solved


def test_a_missing_function_and_a_silent_exit_are_told(probe: Crate) -> None:
    write(
        probe,
        ("fn guess", "fn gess"),
        ("Ok(cars.div", "std::process::exit(0);\n        #[expect(unreachable_code)]\n        Ok(cars.div"),
    )
    missing, fine, exits = check(probe).verdicts
    assert missing.state == "missing"
    assert "copy its stub from rust_examples/check_probe/src/exercises.rs" in missing.details()[0][1]
    assert fine.solved
    assert dict(exits.details())["got"] == "Python itself was ended with exit code 0"


def test_what_does_not_compile_gets_the_first_error_of_rustc_with_its_place(probe: Crate) -> None:
    write(probe, ("Ok(40)", "Ok(missing)"), ("Ok(cars", "Ok(also_missing"))
    line = line_of(probe, "Ok(missing)")
    report = check(probe)
    assert report.problem == f"does not compile, at rust_examples/check_probe/src/mine.rs:{line}"
    assert "error[E0425]" in str(report)
    assert "also_missing" not in str(report)
    assert "\x1b" not in str(report)
    assert "\x1b" not in report._repr_html_()
    assert not report.solved


@pytest.mark.parametrize("content", [b"", b"fn main( {"], ids=["empty", "no Rust"])
def test_a_broken_file_gets_a_verdict_and_no_traceback(probe: Crate, content: bytes) -> None:
    mine.path(probe).write_bytes(content)
    report = check(probe)
    assert report.problem is not None
    assert report.problem.startswith("does not compile, at rust_examples/check_probe/src/")
    assert mine.path(probe).read_bytes() == content


def test_without_cargo_the_report_says_so(probe: Crate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    report = check(probe)
    assert report.problem == "there is no Rust here"
    assert "https://rustup.rs" in str(report)
    assert not mine.path(probe).exists()


def test_two_checks_at_once_agree(probe: Crate) -> None:
    write(probe)
    reports: list[Report] = []
    threads = [threading.Thread(target=lambda: reports.append(check(probe))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.solved for report in reports] == [True, True]


def test_a_check_waits_for_a_build_that_is_under_way(probe: Crate) -> None:
    with crates.building(probe):
        waiting = threading.Thread(target=check, args=[probe])
        waiting.start()
        waiting.join(timeout=1)
        assert not mine.path(probe).exists()
    waiting.join()
    assert mine.path(probe).exists()


def test_the_report_is_html_that_hides_nothing_and_trusts_nothing(probe: Crate) -> None:
    write(probe, ("Ok(40)", 'panic!("<script>")'))
    report = check(probe)._repr_html_()
    assert "panicked: &lt;script&gt;" in report
    assert "<script" not in report
    colours = re.findall(r"[;' ]color:([^;']+)", report)
    assert colours
    assert all(colour == "inherit" or "currentColor" in colour for colour in colours), "legible on any page"


def test_the_runner_of_cases_needs_the_standard_library_only() -> None:
    source = Path(cases.__file__).read_text("utf-8")
    imported = {
        line.split()[1].partition(".")[0]
        for line in source.splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported <= sys.stdlib_module_names


# --- What beginners write ---

GUESS, FREE, TRIPS = "Ok(40)", "let left", "Ok(cars.div_ceil(40))"
"""Where the solutions can be spoiled."""

DO_NOT_COMPILE = {
    "a type mismatch": (TRIPS, "Ok(cars as f64 / 40.0)", "E0308", "convert with `as`"),
    "a bare value": (TRIPS, "cars.div_ceil(40)", "wrapping the expression in `Ok`", ""),
    "a moved value": (
        GUESS,
        "let a = vec![40]; let b = a; drop(b); Ok(a[0])",
        "borrow of moved value: `a`",
        "",
    ),
    "a missing semicolon": (GUESS, "let a = 40\n        Ok(a)", "help: add `;` here", ""),
    "a spare semicolon": (GUESS, "Ok(40);", "remove this semicolon", ""),
    "a missing mut": (GUESS, "let a = Vec::new(); a.push(40); Ok(a[0])", "let mut a", ""),
    "a lifetime": (
        "    /// All of it.",
        "    fn longer(a: &str, b: &str) -> &str { if a > b { a } else { b } }\n\n    /// All of it.",
        "E0106",
        "",
    ),
    "a missing ?": (GUESS, 'let a: u32 = "40".parse::<u32>(); Ok(a)', "use the `?` operator", ""),
    "an overflow in sight": (GUESS, "Ok(u32::MAX + 1)", "would overflow", ""),
    "an Option for a value": (TRIPS, "Ok(cars.checked_div(40))", "E0308", "An `Option` may be empty."),
    "a string for an error": (TRIPS, 'Err("no")', "E0308", "Err(PyValueError::new_err"),
    "an error that is no exception": (
        TRIPS,
        "Ok(Err::<u32, std::fmt::Alignment>(std::fmt::Alignment::Left)?)",
        "E0277",
        ".map_err(|error|",
    ),
    "an exception not brought in": (
        GUESS,
        'Err(PyKeyError::new_err("no"))',
        "E0433",
        "use pyo3::exceptions::PyKeyError;",
    ),
    "a raise": (GUESS, 'raise PyValueError("no")', "expected one of", "Rust has no `raise`"),
    "an elif": (GUESS, "if true { Ok(1) } elif false { Ok(2) } else { Ok(3) }", "", "Rust writes `else if`."),
    "an f-string": (GUESS, 'println!(f"{}", 1); Ok(40)', "unknown prefix", "Rust needs no `f`"),
    "a power": (GUESS, "let a = 6_u32; Ok(a ** 2)", "E0614", "call `.pow(…)`"),
    "a colon": (GUESS, "if true:\n            Ok(1)", "", "Rust has braces"),
    "a ternary": (GUESS, "Ok(1 if true else 2)", "", "Rust puts the condition first"),
    "a signed index": (GUESS, "let at: i64 = 0; Ok(vec![40][at])", "E0277", "usize::try_from"),
    "a reference that outlives": (
        GUESS,
        "let a: &String = { let b = String::new(); &b }; Ok(a.len() as u32)",
        "E0597",
        "A reference must not outlive",
    ),
    "a reference to a local": (
        "    /// All of it.",
        "    fn name() -> &'static str { let a = String::new(); &a }\n\n    /// All of it.",
        "E0515",
        "A reference must not outlive",
    ),
    "a change while borrowed": (
        GUESS,
        "let mut a = vec![40]; for b in &a { a.push(*b); } Ok(a[0])",
        "E0502",
        "While one borrow is in use",
    ),
}


@pytest.mark.parametrize(("old", "new", "said", "remark"), DO_NOT_COMPILE.values(), ids=DO_NOT_COMPILE.keys())
def test_what_beginners_write_is_explained_by_rustc_or_by_us(
    probe: Crate, old: str, new: str, said: str, remark: str
) -> None:
    write(probe, (old, new))
    report = check(probe)
    told = str(report)
    assert re.fullmatch(
        r"does not compile, at rust_examples/check_probe/src/mine.rs:\d+", report.problem or ""
    )
    assert said in told
    assert remark in report.remedy
    assert len(report.remedy.splitlines()) == (2 if remark else 1), "no sentence where rustc is clear"
    assert not re.search(r"--> (/|[A-Z]:)", told), "no place that a reader cannot open"


PANICS = {
    "unwrap on None": ("None::<u32>.unwrap()", "panicked: called `Option::unwrap()`", "nothing to unwrap"),
    "unwrap on Err": (
        '"x".parse::<u32>().unwrap()',
        "panicked: called `Result::unwrap()`",
        "`?` hands the error on",
    ),
    "a division by zero": ("cars / (cars - cars)", "panicked: attempt to divide by zero", "`checked_…`"),
    "an index beyond the end": ("vec![cars][1]", "panicked: index out of bounds", "`get(…)`"),
    "any other panic": ('panic!("lost\\nat sea")', "panicked: lost\nat sea", "A panic is Rust giving up"),
}


@pytest.mark.parametrize(("expression", "got", "why"), PANICS.values(), ids=PANICS.keys())
def test_a_panic_is_told_with_its_line_and_in_plain_words(
    probe: Crate, expression: str, got: str, why: str
) -> None:
    write(probe, (TRIPS, f"let it = {expression};\n        Ok(it)"))
    details = dict(check(probe).verdict("trips").details())
    assert details["got"].startswith(got)
    assert details["at"].startswith(f"rust_examples/check_probe/src/mine.rs:{line_of(probe, 'let it')}:")
    assert why in details["why"]
    assert "RUST_BACKTRACE" not in str(details)


def test_warnings_come_in_a_line_each_and_with_the_exercise_that_they_are_on(probe: Crate) -> None:
    write(
        probe,
        ("exceptions::PyValueError;", "exceptions::{PyKeyError, PyValueError};"),
        (TRIPS, "let mut a = cars;\n        Ok(a.div_ceil(40))"),
    )
    report = check(probe)
    place = "rust_examples/check_probe/src/mine.rs"
    unused = f"{place}:{line_of(probe, 'PyKeyError')}: unused import: `PyKeyError`"
    needless = f"{place}:{line_of(probe, 'let mut a')}: variable does not need to be mutable"
    assert report.solved
    assert report.warnings == (unused, needless)
    assert report.verdict("trips").warnings == (needless,)
    assert f"warning: {needless}" in str(report.verdict("trips"))
    assert f"warning: {unused}" in str(report)


@pytest.mark.parametrize(
    ("old", "new"),
    [("#[pymodule(submodule)]\n", ""), ("pub mod exercises", "mod exercises"), ("mod exercises", "mod mine")],
    ids=["no module for Python", "a private module", "a renamed module"],
)
def test_a_file_without_what_the_crate_needs_is_told_what_to_keep(probe: Crate, old: str, new: str) -> None:
    text = stubs(probe)
    assert old in text
    mine.path(probe).write_text(text.replace(old, new), "utf-8")
    report = check(probe)
    assert "does not compile, at rust_examples/check_probe/src/lib.rs:" in str(report)
    assert "Keep `#[pymodule(submodule)]` and `pub mod exercises { … }`" in report.remedy


@pytest.mark.parametrize("crate", layout.crates(), ids=lambda crate: crate.slug)
def test_no_stub_comes_with_a_warning_that_is_not_the_readers(
    crate: Crate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = copy(crate, tmp_path)
    monkeypatch.setenv("CARGO_TARGET_DIR", str(probes.TARGET))
    report = check(copied)
    assert report.problem is None
    assert report.warnings == ()


def copy(crate: Crate, root: Path) -> Crate:
    """The crate in a workspace of its own, under a name of its own."""
    found = Crate(f"{crate.slug}_copy", root)
    read_by_people = [path for path in crate.folder.iterdir() if path.name in {"README.md", "LICENSE"}]
    for source in [*crate.sources, *read_by_people, crate.folder.parent / "Cargo.toml"]:
        parts = source.relative_to(crate.folder.parent).parts
        target = found.folder.parent.joinpath(*(found.slug if part == crate.slug else part for part in parts))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(renamed(source.read_text("utf-8"), crate.slug, found.slug), "utf-8")
    return found


# --- What is shown of values ---


@pytest.mark.parametrize(
    ("expected", "got", "shown"),
    [
        ("3", "2", ("3", "2")),
        ("'a cat sat here'", "'a cat sits here'", ("'a cat sat here'", "'a cat sits here'\n        ^")),
        ("a b", "a  b", ("a·b", "a··b")),
        ("one\ntwo", "one\ntow", ("one\ntwo", "one\ntow")),
        (
            "x\n" * 20 + "y",
            "x\n" * 20 + "z",
            ("… 16 lines alike\nx\nx\nx\nx\ny", "… 16 lines alike\nx\nx\nx\nx\nz"),
        ),
        (
            "0" * 100 + "1",
            "0" * 100 + "2",
            ("…" + "0" * 32 + "1", "…" + "0" * 32 + "2\n" + " " * 33 + "^"),
        ),
        ("1", "1" + "0" * 100, ("1", "1" + "0" * 63 + "…")),
    ],
    ids=["short", "marked", "blanks", "lines", "many lines", "long", "one is long"],
)
def test_two_values_are_shown_where_they_differ(expected: str, got: str, shown: tuple[str, str]) -> None:
    assert compared(expected, got) == shown


def test_a_long_value_is_cut() -> None:
    assert shortened("x" * 1000) == "x" * 64 + "…"
    assert shortened("x\n" * 10).splitlines()[-1] == "… 2 more lines"


def test_what_the_code_prints_is_shown_where_a_case_fails(probe: Crate) -> None:
    write(probe, (TRIPS, 'println!("cars: {cars}");\n        dbg!(cars + 1);\n        Ok(7)'))
    printed = dict(check(probe).verdict("trips").details())["printed"].splitlines()
    assert printed[0] == "cars: 81"
    assert printed[1].endswith("cars + 1 = 82")


# --- What code may do ---

DEADLY = {
    "a null pointer": ("unsafe { std::ptr::null::<u32>().read_volatile() }", "SIGSEGV", "wrong `unsafe`"),
    "recursion without end": ("deep(cars)", "SIGSEGV", "calls itself without end"),
    "a list without end": (
        "{ let mut a = vec![0_u64; 1 << 28]; loop { a.extend_from_within(..); } }",
        "more than 4 GB of memory",
        "never stops growing",
    ),
    "exit": ("std::process::exit(3)", "exit code 3", "return instead"),
    "print without end": (
        '{ for _ in 0..20_000_000 { println!("{cars:60}"); } cars }',
        "more than 64 MB",
        "a loop without an end",
    ),
    "a panic in a thread": (
        'std::thread::spawn(|| -> u32 { panic!("lost") }).join().unwrap()',
        "Any",
        "no ValueError",
    ),
}
DEEP = (
    "    fn deep(n: u32) -> u32 { std::hint::black_box([n; 64]).iter().sum::<u32>() / 64 + deep(n + 1) }\n\n"
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither these signals nor these limits")
@pytest.mark.parametrize(("expression", "got", "why"), DEADLY.values(), ids=DEADLY.keys())
def test_deadly_code_is_told_and_the_rest_is_judged(
    probe: Crate, expression: str, got: str, why: str
) -> None:
    write(
        probe,
        (
            FREE,
            f"let it: u32 = if cars == 41 {{ {expression} }} else {{ 0 }};\n"
            "        std::hint::black_box(it);\n        let left",
        ),
        ("    /// All of it.", f"    #[allow(dead_code, unconditional_recursion)]\n{DEEP}    /// All of it."),
    )
    before = mine.path(probe).read_bytes()
    report = check(probe)
    assert report.problem is None, str(report)
    details = dict(report.verdict("free").details())
    assert got in details["got"]
    assert why in details["why"]
    assert states(report) == {"guess": "solved", "free": "1 of 2", "trips": "solved"}
    assert mine.path(probe).read_bytes() == before


HARMLESS = {
    "a thread that never ends": "std::thread::spawn(|| loop { std::thread::park(); });",
    "a closed stdout": (
        'unsafe extern "C" { fn close(file: i32) -> i32; } unsafe { close(1); } println!("gone");'
    ),
    "a file in its folder": 'std::fs::write("left behind", "x").unwrap();',
    "an empty stdin": "std::io::stdin().read_line(&mut String::new()).unwrap();",
}


@pytest.mark.skipif(sys.platform == "win32", reason="written with the functions of POSIX")
@pytest.mark.parametrize("statement", HARMLESS.values(), ids=HARMLESS.keys())
def test_odd_code_that_answers_is_solved_and_leaves_nothing(
    probe: Crate, statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(probe, (GUESS, f"{statement}\n        Ok(40)"))
    assert check(probe).solved
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found in /proc")
def test_a_process_that_the_code_starts_ends_with_the_check(probe: Crate) -> None:
    write(
        probe, (GUESS, 'std::process::Command::new("sleep").arg("86399").spawn().unwrap();\n        Ok(40)')
    )
    start = time.monotonic()
    assert check(probe).solved
    assert time.monotonic() - start < 60, "it was not waited for"
    assert not any(one.info["cmdline"] == ["sleep", "86399"] for one in psutil.process_iter(["cmdline"]))


# --- What may happen to the file, and to a check ---


def test_a_file_that_cannot_be_used_gets_a_sentence(probe: Crate, tmp_path: Path) -> None:
    path = mine.path(probe)

    def remedy() -> str:
        report = check(probe)
        assert report.problem == "mine.rs cannot be used"
        return report.remedy

    path.write_bytes(b"// \n\xff\xfe")
    assert remedy() == "rust_examples/check_probe/src/mine.rs:2 is not UTF-8: save the file in that encoding."
    path.write_bytes(b" " * (2 << 20))
    assert "has 2 MB" in remedy()
    path.unlink()
    path.mkdir()
    assert "is a folder" in remedy()
    path.rmdir()
    try:
        path.symlink_to(tmp_path / "nowhere")
    except OSError:
        return  # Windows lets few make links
    assert "is a link to a file that is not there" in remedy()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_gets_a_sentence(probe: Crate) -> None:
    write(probe)
    mine.path(probe).chmod(0)
    assert "cannot be read" in check(probe).remedy


@pytest.mark.parametrize("change", [b"\r\n", b"\xef\xbb\xbf"], ids=["CRLF", "a byte order mark"])
def test_a_file_as_windows_writes_it_is_judged_and_left_so(probe: Crate, change: bytes) -> None:
    write(probe)
    text = mine.path(probe).read_bytes()
    text = text.replace(b"\n", change) if change == b"\r\n" else change + text
    mine.path(probe).write_bytes(text)
    assert check(probe).solved
    assert mine.path(probe).read_bytes() == text


def test_a_file_that_vanishes_while_it_is_judged_takes_nothing_down(
    probe: Crate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(*arguments: object) -> list[Verdict]:
        mine.path(probe).unlink()
        return judged(*arguments)  # type: ignore[arg-type]

    judged = judging.judge
    monkeypatch.setattr(judging, "judge", judge)
    write(probe)
    assert check(probe).solved
    assert not mine.path(probe).exists()


def test_a_check_that_is_cancelled_ends_at_once_and_leaves_nothing(probe: Crate) -> None:
    write(probe, (GUESS, "loop { std::hint::spin_loop(); }"))
    before = mine.path(probe).read_bytes()
    cancelled = threading.Event()
    threading.Timer(3, cancelled.set).start()
    start = time.monotonic()
    with pytest.raises(processes.CancelledError):
        check(probe, limit=60, cancelled=cancelled)
    assert time.monotonic() - start < 20
    assert mine.path(probe).read_bytes() == before


def test_a_check_that_waits_says_so_and_can_be_cancelled(
    probe: Crate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "PATIENCE", 0.2)
    said: list[str] = []
    cancelled = threading.Event()
    threading.Timer(1, cancelled.set).start()
    with crates.building(probe), pytest.raises(processes.CancelledError):
        check(probe, cancelled=cancelled, say=said.append)
    assert said == ["Another build is under way. Yours comes next …"]


INTERRUPTED = """
import sys
from pathlib import Path
from workbook import judging
from workbook.layout import Crate

print("ready", flush=True)
judging.check(Crate("check_probe", Path(sys.argv[1])), limit=86398)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl-C cannot be sent to one process")
@pytest.mark.parametrize("waits", [True, False], ids=["while it waits for a build", "while the code runs"])
def test_a_check_that_is_interrupted_leaves_nothing_running_and_the_file_as_it_was(
    probe: Crate, waits: bool
) -> None:
    write(probe, (GUESS, "loop { std::hint::spin_loop(); }"))
    before = mine.path(probe).read_bytes()
    lock = crates.building(probe)
    if waits:
        lock.acquire()
    command = [sys.executable, "-c", INTERRUPTED, str(probe.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and not (waits or started_by(process, cases.__file__)):
                time.sleep(0.1)
            time.sleep(1)
            children = started_by(process)
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=30)
        finally:
            process.kill()
            lock.release()
    assert error.rstrip().endswith("KeyboardInterrupt")
    assert mine.path(probe).read_bytes() == before
    assert bool(children) != waits
    _, running = psutil.wait_procs(children, timeout=5)  # who has been killed may need a moment
    assert not running


def started_by(process: subprocess.Popen[str], script: str = "") -> list[psutil.Process]:
    """The processes that it has started and that run still: all, or those that run a script."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        with suppress(psutil.Error):  # it has just come to its end
            if not script or script in child.cmdline():
                found.append(child)
    return found


def test_a_build_of_the_crate_is_made_without_the_readers_file_and_leaves_it(
    probe: Crate, tmp_path: Path
) -> None:
    write(probe, (TRIPS, 'panic!("only in mine.rs")'))
    before = mine.path(probe).read_bytes()
    check(probe)
    command = [sys.executable, "-m", "maturin", "build", "--release", "--auditwheel=skip"]
    subprocess.run(
        [*command, "-i", sys.executable, "-m", probe.manifest, "-o", tmp_path],
        env=crates.environment(),
        capture_output=True,
        check=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        built = b"".join(archive.read(name) for name in archive.namelist())
    assert b"count the trips" in built
    assert b"only in mine.rs" not in built
    assert mine.path(probe).read_bytes() == before
