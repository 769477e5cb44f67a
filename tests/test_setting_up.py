"""What the chapter on setting up promises: a module that tells how it was built, and right commands."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import pytest
import setting_up
from hypothesis import given
from hypothesis import strategies as st

from workbook import eject, rust
from workbook.crates import binary
from workbook.doctor import DEBUG_MARK
from workbook.layout import ROOT, Chapter, Crate

CRATE = Crate("setting_up")
PAGE = Chapter("setting_up", None)


def twin() -> Callable[[bytes], int]:
    """The Python function of the chapter, taken from the page that shows it."""
    (source,) = [
        cell.source for cell in jupytext.read(PAGE.path).cells if cell.source.startswith("def adler32")
    ]
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    function: Callable[[bytes], int] = namespace["adler32"]
    return function


in_python = twin()

# What the module tells


def test_the_compiler_is_the_one_that_cargo_calls() -> None:
    said = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    facts = setting_up.build_facts()
    assert facts["rustc"] == said.splitlines()[0]
    assert facts["target"] == re.findall(r"^host: (.+)$", said, re.MULTILINE)[0]


def test_the_pyo3_is_the_one_that_is_locked() -> None:
    lock = tomllib.loads((ROOT / "rust_examples" / "Cargo.lock").read_text("utf-8"))
    locked = [package["version"] for package in lock["package"] if package["name"] == "pyo3"]
    assert [setting_up.build_facts()["pyo3"]] == locked


def test_the_python_is_the_one_that_runs() -> None:
    assert setting_up.build_facts()["python"] == ".".join(map(str, sys.version_info[:3]))


def test_what_the_pages_time_is_a_release_build() -> None:
    facts = setting_up.build_facts()
    assert (facts["profile"], facts["opt_level"], facts["debug_assertions"]) == ("release", "3", False)


def test_the_dict_is_a_fresh_one_each_time() -> None:
    setting_up.build_facts().clear()
    assert list(setting_up.build_facts()) == [
        "rustc",
        "target",
        "profile",
        "opt_level",
        "debug_assertions",
        "pyo3",
        "python",
    ]


def test_a_release_build_does_not_carry_the_mark_of_a_debug_build() -> None:
    installed = binary(CRATE)
    assert installed is not None
    assert DEBUG_MARK not in installed.read_bytes()


# The checksum


@given(st.binary(max_size=6000) | st.integers(0, 6000).map(lambda size: b"\xff" * size))
def test_the_checksum_is_that_of_zlib_and_of_the_python_twin(data: bytes) -> None:
    assert setting_up.adler32(data) == zlib.adler32(data) == in_python(data)


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 5])
def test_the_parts_that_large_data_are_read_in_leave_no_seam(size: int) -> None:
    data = bytes(range(251)) * (size // 251 + 1)
    assert setting_up.adler32(data[:size]) == zlib.adler32(data[:size])


@pytest.mark.parametrize(
    "value", [None, 5, 1.5, "text", [1, 2], object()], ids=lambda value: type(value).__name__
)
def test_what_is_no_data_is_a_type_error_as_for_zlib(value: Any) -> None:
    for function in (setting_up.adler32, zlib.adler32):
        with pytest.raises(TypeError):
            function(value)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_a_long_checksum_stops_for_ctrl_c() -> None:
    # Two gigabytes that nobody has written to take no memory, and seconds to read.
    program = (
        "import setting_up\ndata = bytes(1 << 31)\nprint('ready', flush=True)\nsetting_up.adler32(data)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=2)
        finally:
            process.kill()
    assert "KeyboardInterrupt" in error


# The page


def test_the_build_script_is_shown_and_goes_along_with_the_package() -> None:
    shown = rust.show(setting_up, "build::main")
    assert "BUILT" in str(rust.show(setting_up, "build::tell"))
    assert "build.rs" in shown._repr_markdown_()
    files = eject.package(CRATE)
    assert files["build.rs"] == (CRATE.folder / "build.rs").read_text("utf-8")
    assert CRATE.folder / "build.rs" in CRATE.sources


def tabs(text: str) -> list[tuple[str, list[str], list[str]]]:
    """The group of each set of tabs, with the labels and the keys of its own tabs."""
    sets: list[tuple[str, list[str], list[str]]] = []
    fence = re.compile(r"^(?P<ticks>`{3,}|:{3,})(?:\{(?P<name>[\w-]+)\}(?P<label>.*))?$")
    open_ones: list[tuple[str, str, tuple[str, list[str], list[str]] | None]] = []
    for line in text.splitlines():
        match = fence.match(line)
        if match and match["name"]:
            new: tuple[str, list[str], list[str]] | None = (
                ("", [], []) if match["name"] == "tab-set" else None
            )
            if match["name"] == "tab-item":
                owner = next(one for _, _, one in reversed(open_ones) if one is not None)
                owner[1].append((match["label"] or "").strip())
            open_ones.append((match["ticks"], match["name"], new))
        elif match and open_ones and match["ticks"] == open_ones[-1][0]:
            _, _, done = open_ones.pop()
            if done is not None:
                sets.append(done)
        elif open_ones and (option := re.match(r":sync(-group)?: (\w+)$", line)):
            if option[1]:
                ticks, name, own = open_ones[-1]
                assert own is not None
                open_ones[-1] = (ticks, name, (option[2], own[1], own[2]))
            else:
                owner = next(one for _, _, one in reversed(open_ones) if one is not None)
                owner[2].append(option[2])
    return sets


def test_tabs_are_in_step_everywhere() -> None:
    found = tabs(PAGE.text)
    kinds = {
        "os": (["Linux", "macOS", "Windows"], ["linux", "macos", "windows"]),
        "installer": (["pip", "uv"], ["pip", "uv"]),
    }
    assert {group for group, _, _ in found} == set(kinds)
    for group, labels, keys in found:
        assert (labels, keys) == kinds[group]


def test_the_linker_commands_of_the_page_are_those_of_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    from workbook import doctor

    for system in ("debian", "fedora", "arch", "macos", "windows"):
        monkeypatch.setattr(doctor, "_system", lambda system=system: system)
        command = re.sub(r"^Run: |[,.] .*$|\.$", "", doctor._install_linker())
        assert command in PAGE.text, command


# The exercises


def test_the_exercise_asks_for_the_words_that_the_doctor_looks_for() -> None:
    stubs = (CRATE.folder / "src" / "exercises.rs").read_text("utf-8")
    assert DEBUG_MARK.decode().rstrip(": ") in stubs


def test_no_exercise_gives_itself_away() -> None:
    stubs = (CRATE.folder / "src" / "exercises.rs").read_text("utf-8")
    for spoiler in ("insert(0", "windows(", "vec![true, false", "contains(&words"):
        assert spoiler not in stubs


@pytest.mark.skipif(sys.platform == "win32", reason="programs are files with a bit there")
def test_the_activated_path_finds_what_was_activated(tmp_path: Path) -> None:
    import shutil

    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "python").touch(mode=0o755)
    for before in ([], ["old"], ["old", "new"], ["new", "old"]):
        path = os.pathsep.join(str(tmp_path / name) for name in before)
        after = setting_up.solutions.activated(path, str(tmp_path / "new"), os.pathsep)
        assert shutil.which("python", path=after) == str(tmp_path / "new" / "python")
