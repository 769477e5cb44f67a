"""What the chapter on testing promises: a decoder that agrees with its oracle, a log, and honest scripts."""

from __future__ import annotations

import ast
import faulthandler
import inspect
import itertools
import json
import logging
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib import parse

import jupytext
import pytest
import testing
from alarms import alarm, needs_timers
from hypothesis import example, find, given, settings
from hypothesis import strategies as st
from testing import unquote_draft, unquote_to_bytes

from workbook.layout import ROOT, Chapter, Crate

PAGE = Chapter("testing", None)
CELLS = [cell.source for cell in jupytext.read(PAGE.path).cells if cell.cell_type == "code"]

LOG = "testing.percent"
STRAY = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def script(name: str) -> str:
    """A file that the page writes."""
    (source,) = [cell for cell in CELLS if cell.startswith(f"%%write {name}\n")]
    return str(source.partition("\n")[2])


# The oracle ------------------------------------------------------------------------------------------

near_escapes = st.text("%+09afgAFG é\0\N{FULLWIDTH DIGIT ONE}")
texts = near_escapes | st.text(st.characters(exclude_categories=["Cs"])) | st.text("%1")
anything = texts | texts.map(str.encode) | st.binary() | texts.map(str.encode).map(bytearray)


@given(anything)
@example("")
@example(b"")
@example("%")
@example("%2")
@example("%%41")
@example("%4%41")
@example("%c3%A9")
@example("%+0")
@example("%é0")
@example("%00")
@example("%\N{FULLWIDTH DIGIT ONE}1")
def test_what_is_decoded_is_what_the_standard_library_decodes(text: str | bytes | bytearray) -> None:
    found = unquote_to_bytes(text)
    assert type(found) is bytes
    # Some versions of the oracle fail on a bytearray, which its documentation does not promise to take.
    assert found == parse.unquote_to_bytes(bytes(text) if isinstance(text, bytearray) else text)


def test_every_pair_of_bytes_behind_a_sign_is_read_as_the_standard_library_reads_it() -> None:
    for pair in itertools.product(range(256), repeat=2):
        text = b"%" + bytes(pair)
        assert unquote_to_bytes(text) == parse.unquote_to_bytes(text), text


@given(st.binary())
def test_what_is_quoted_comes_back(data: bytes) -> None:
    assert unquote_to_bytes(parse.quote(data, safe="")) == data


@given(texts)
def test_the_draft_takes_a_plus_for_a_digit_and_is_right_otherwise(text: str) -> None:
    twin = re.sub(
        rb"%([0-9A-Fa-f]{2}|\+[0-9A-Fa-f])",
        lambda found: bytes([int(found[1], 16)]),
        text.encode(),
    )
    assert unquote_draft(text) == twin


def test_the_four_examples_of_the_page_are_right_for_the_draft_as_well() -> None:
    (source,) = [cell for cell in CELLS if cell.startswith("import testing\n")]
    examples = ast.literal_eval(source[source.index("{") : source.index("}") + 1].replace(".encode()", ""))
    assert len(examples) == 4
    for text, expected in examples.items():
        expected = expected.encode() if isinstance(expected, str) else expected
        assert unquote_draft(text) == unquote_to_bytes(text) == expected


def test_hypothesis_shrinks_what_is_wrong_with_the_draft_to_three_characters() -> None:
    def wrong(text: str) -> bool:
        return unquote_draft(text) != parse.unquote_to_bytes(text)  # type: ignore[no-any-return]

    assert find(st.text("%+0aF é"), wrong, settings=settings.get_profile("ci")) == "%+0"


@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 5])
def test_the_parts_that_large_texts_are_read_in_leave_no_seam(size: int) -> None:
    text = b"%41b%" * (size // 5 + 1)
    assert unquote_to_bytes(text[:size]) == parse.unquote_to_bytes(text[:size])


# What is refused -------------------------------------------------------------------------------------


class Text(str):
    __slots__ = ()


class Octets(bytes):
    __slots__ = ()


@pytest.mark.parametrize("text", [Text("%41é"), Octets(b"%41")], ids=["str", "bytes"])
def test_whatever_is_a_str_or_bytes_is_taken(text: Any) -> None:
    assert unquote_to_bytes(text) == parse.unquote_to_bytes(text)


@pytest.mark.parametrize(
    "wrong",
    [None, 41, -(10**400), float("nan"), [0x25, 0x34, 0x31], (), {}, memoryview(b"%41"), object(), range(3)],
    ids=lambda wrong: type(wrong).__name__,
)
def test_what_is_no_text_is_a_type_error_that_names_it(wrong: Any) -> None:
    with pytest.raises(TypeError) as caught:
        unquote_to_bytes(wrong)
    assert str(caught.value) == f"expected str, bytes or bytearray, not {type(wrong).__name__}"
    with pytest.raises(AttributeError):  # where we differ on purpose
        parse.unquote_to_bytes(wrong)


@pytest.mark.parametrize("decode", [unquote_to_bytes, unquote_draft, parse.unquote_to_bytes])
@pytest.mark.parametrize(
    "text", ["\ud800", "%41\udfff%", "a" * 10_000 + "\udcff"], ids=["alone", "in", "far"]
)
def test_half_of_a_surrogate_pair_is_a_unicode_encode_error(decode: Any, text: str) -> None:
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed") as caught:
        decode(text)
    assert caught.value.start == next(at for at, letter in enumerate(text) if "\ud800" <= letter <= "\udfff")


@pytest.mark.parametrize("wrong", [None, 41, b"%41", bytearray(b"%41"), ["%41"]])
def test_the_draft_takes_str_alone(wrong: Any) -> None:
    with pytest.raises(TypeError):
        unquote_draft(wrong)


def test_parameters_have_names() -> None:
    assert str(inspect.signature(unquote_to_bytes)) == "(text)"
    assert unquote_to_bytes(text="%41") == b"A"


@needs_timers
def test_what_a_signal_handler_raises_ends_the_decoding() -> None:
    with pytest.raises(TimeoutError), alarm():
        unquote_to_bytes(bytes(1 << 28))


@needs_timers
def test_signal_handlers_run_all_the_while() -> None:
    # Who never looks at Python lets one handler run, at the end. This has five hundred parts.
    called: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: called.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        unquote_to_bytes(bytes(1 << 28))
        heard = len(called)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert heard > 4


# The log ---------------------------------------------------------------------------------------------


@given(near_escapes.map(str.encode))
def test_the_first_sign_that_begins_no_escape_is_told(text: bytes) -> None:
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign, assignment]
    logger = logging.getLogger(LOG)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        unquote_to_bytes(text)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    stray = STRAY.search(text)
    expected = [f"the percent sign at byte {stray.start()} begins no escape, and stays"] if stray else []
    assert [record.getMessage() for record in records] == expected
    assert all(record.filename == "percent.rs" for record in records)


def test_a_change_of_the_level_is_heeded_at_once(caplog: pytest.LogCaptureFixture) -> None:
    for level, heard in [("WARNING", 0), ("DEBUG", 1), ("INFO", 1), ("DEBUG", 2)]:
        caplog.set_level(level, logger=LOG)
        assert unquote_to_bytes("100%") == b"100%"
        assert len(caplog.records) == heard


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_a_handler_of_the_log_raises_arrives(error: type[BaseException]) -> None:
    def filtered(record: logging.LogRecord) -> bool:
        raise error("in the filter")

    logger = logging.getLogger(LOG)
    logger.addFilter(filtered)
    logger.setLevel(logging.DEBUG)
    try:
        with pytest.raises(error, match="in the filter"):
            unquote_to_bytes("100%")
    finally:
        logger.removeFilter(filtered)
        logger.setLevel(logging.NOTSET)
    assert unquote_to_bytes("100%") == b"100%"


# What the page runs ----------------------------------------------------------------------------------


def test_pytest_has_turned_faulthandler_on() -> None:
    assert faulthandler.is_enabled()


def mutants() -> list[tuple[str, str, str]]:
    source = script("mutants.py")
    found: list[tuple[str, str, str]] = ast.literal_eval(
        source[source.index("[\n") : source.index("\n]\n") + 2]
    )
    return found


@pytest.mark.parametrize(("name", "before", "after"), mutants())
def test_a_mutant_changes_one_place_of_the_crate(name: str, before: str, after: str) -> None:
    source = (Crate("testing").folder / "src" / name).read_text("utf-8")
    assert source.count(before) == 1
    assert before != after


def test_the_page_shows_each_kind_of_mutant() -> None:
    record = json.loads(PAGE.record.read_text("utf-8"))
    (table,) = [
        "".join(itertools.chain.from_iterable(output["text"] for output in cell["outputs"]))
        for cell in record["cells"]
        if "".join(cell["source"]) == "%%terminal\npython mutants.py"
    ]
    ends = [re.findall(r"killed|survives", line) for line in table.splitlines() if "→" in line]
    assert len(ends) == len(mutants())
    assert ends == [["killed"] * 2] * 2 + [["survives", "killed"]] * 2 + [["survives"] * 2] * 2


posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts of a shell")


def listed(version: str, path: str, implementation: str = "cpython", variant: str = "default") -> Any:
    numbers = dict(zip(["major", "minor", "patch"], map(int, version.split(".")), strict=True))
    return {
        "implementation": implementation,
        "variant": variant,
        "version_parts": numbers,
        "path": path,
    }


def run_matrix(folder: Path, pythons: list[Any], said: str) -> subprocess.CompletedProcess[str]:
    """The page's script with a stand-in for uv, which knows these Pythons and says this of each run."""
    (folder / "dist").mkdir()
    (folder / "dist" / "a-1-cp310-abi3-any.whl").touch()
    (folder / "matrix.py").write_text(script("matrix.py"), "utf-8")
    (folder / "pythons.json").write_text(json.dumps(pythons), "utf-8")
    uv = folder / "bin" / "uv"
    uv.parent.mkdir()
    known, otherwise = f'cat "{folder}/pythons.json"', f'echo "$@" >> runs; echo "{said}"'
    uv.write_text(f"#!/bin/sh\ncase $1 in python) {known};; *) {otherwise};; esac\n")
    uv.chmod(0o755)
    environment = os.environ | {"PATH": f"{uv.parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [sys.executable, "matrix.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@posix
def test_the_matrix_takes_the_newest_of_each_python_that_the_wheel_is_for(tmp_path: Path) -> None:
    pythons = [
        listed("3.13.0", "/thirteen"),
        listed("3.11.2", "/older"),
        listed("3.11.10", "/eleven"),
        listed("3.11.10", "/the/same"),
        listed("3.9.18", "/too/old"),
        listed("3.13.1", "/free", variant="freethreaded"),
        listed("3.11.13", "/pypy", implementation="pypy"),
    ]
    ended = run_matrix(tmp_path, pythons, "7 passed in 1s")
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == [
        "Python 3.11.10 - 7 passed in 1s",
        "Python 3.13.0 - 7 passed in 1s",
    ]
    asked = re.findall(r"--python (\S+)", (tmp_path / "runs").read_text())
    assert sorted(asked) == ["/eleven", "/thirteen"]


@posix
@pytest.mark.parametrize(
    ("said", "code"),
    [("7 passed", 0), ("1 failed, 6 passed", 1), ("1 error in 1s", 1), ("no pytest to be had", 0)],
)
def test_the_matrix_works_with_one_python_and_fails_if_a_test_does(
    tmp_path: Path, said: str, code: int
) -> None:
    ended = run_matrix(tmp_path, [listed("3.12.1", "/only")], said)
    assert (ended.stdout, ended.returncode) == (f"Python 3.12.1 - {said}\n", code)


def test_without_a_debugger_the_page_says_so(tmp_path: Path) -> None:
    (tmp_path / "debugger.py").write_text(script("debugger.py"), "utf-8")
    ended = subprocess.run(
        [sys.executable, "debugger.py"],
        cwd=tmp_path,
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0
    assert ended.stdout == "There is neither gdb nor lldb on this machine, so nothing was looked at.\n"


def test_the_debugger_stops_at_the_line_that_is_to_blame() -> None:
    line = int(re.findall(r"digit\.rs:(\d+) if", script("debugger.py"))[0])
    assert "get_unchecked" in script("src/digit.rs").splitlines()[line - 1]


def test_no_exercise_gives_itself_away() -> None:
    stubs = (ROOT / "rust_examples" / "testing" / "src" / "exercises.rs").read_text("utf-8")
    for spoiler in ("%%11", "AssertionError::new", "is_ascii_alphanumeric", "chars()"):
        assert spoiler not in stubs
    assert testing.exercises is not testing.solutions
