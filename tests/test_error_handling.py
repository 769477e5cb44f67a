"""What the chapter on errors promises."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import error_handling
import jupytext
import pytest
from alarms import alarm, needs_timers
from error_handling import CrontabError, divide, load_crontab, parse_crontab
from hypothesis import example, given
from hypothesis import strategies as st
from tblib.pickling_support import pickle_exception

from workbook.layout import chapters

FIELDS = ("minutes", "hours", "days", "months", "weekdays", "command")


def rows(jobs: list[Any]) -> list[tuple[Any, ...]]:
    return [tuple(getattr(job, field) for field in FIELDS) for job in jobs]


def twin() -> Callable[[str], list[tuple[Any, ...]]]:
    """The Python parser of the chapter, taken from the page that shows it."""
    (page,) = [page for page in chapters() if page.slug == "error_handling"]
    cells = jupytext.read(page.path).cells
    (source,) = [cell.source for cell in cells if "def parse_in_python" in cell.source]
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    parse: Callable[[str], list[tuple[Any, ...]]] = namespace["parse_in_python"]
    return parse


parse_in_python = twin()


def outcome(parse: Callable[[str], Any], text: str) -> object:
    """What a parser makes of a text: its rows, or all that its error tells."""
    try:
        return parse(text)
    except CrontabError as error:
        return error.line, error.column, error.reason, str(error)


# The twin ------------------------------------------------------------------------------------------

LIMITS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
NAMES = [[], [], [], ["jan", "MAY", "Dec"], ["SUN", "mon", "Sat"]]


def items(field: int) -> st.SearchStrategy[str]:
    first, last = LIMITS[field]
    number = st.integers(first, last)
    span = st.tuples(number, number).map(lambda ends: f"{min(ends)}-{max(ends)}")
    step = st.tuples(st.just("*") | span, st.integers(1, 70)).map(lambda parts: f"{parts[0]}/{parts[1]}")
    known = [number.map(str), span, step, st.just("*")]
    return st.one_of(*known, *([st.sampled_from(NAMES[field])] if NAMES[field] else []))


def words(field: int) -> st.SearchStrategy[str]:
    return st.lists(items(field), min_size=1, max_size=3).map(",".join)


blanks = st.sampled_from([" ", "\t", "  "])
pieces = [piece for field in range(5) for piece in (words(field), blanks)]
good_jobs = st.tuples(*pieces, st.just("run é=1")).map("".join)
passed_over = st.sampled_from(["", " \t", "# ü", "  #", "MAILTO=me", "A = 1", "é=0 0 * * * x"])
good_lines = good_jobs | passed_over
crumbs = st.text(alphabet="0123456789*,-/@#=+ \tJANmonüé\r٣", max_size=12)


@st.composite
def broken_lines(draw: st.DrawFn) -> str:
    """A good line cut short, or with something put in the place of a piece of it."""
    line = draw(good_jobs)
    start = draw(st.integers(0, len(line)))
    end = draw(st.integers(start, len(line)))
    return line[:start] + draw(st.just("") | crumbs) + draw(st.just("") | st.just(line[end:]))


@st.composite
def faulty_lines(draw: st.DrawFn) -> str:
    """A good line with one item too many, which its field or any field refuses."""
    low, high = draw(st.tuples(st.integers(0, 99), st.integers(0, 99)).map(sorted))
    item = draw(
        st.sampled_from([f"{high}", f"{high}-{low}", f"{low}/{high}", "*/0", "5-4", "thu", "@x", "-", ""])
    )
    parts = [draw(piece) for piece in pieces]
    position = 2 * draw(st.integers(0, 4))
    parts[position] = draw(st.sampled_from(["{0}", "{1},{0}", "{0},{1}"])).format(item, parts[position])
    return "".join(parts) + draw(st.sampled_from(["", "x"]))


crontabs = st.tuples(
    st.lists(good_lines | faulty_lines() | broken_lines() | st.text(max_size=20), max_size=4),
    st.sampled_from(["\n", "\r\n"]),
).map(lambda parts: parts[1].join(parts[0]))


@given(st.lists(good_lines, max_size=6).map("\n".join))
def test_a_good_crontab_gives_what_the_python_twin_gives(text: str) -> None:
    assert rows(parse_crontab(text)) == parse_in_python(text)


@given(crontabs)
@example("0 0 * * 5-7 x\r\n0 0 * * 0-7/7 x\r")
@example("99999999999999999999 0 * * * x")
@example("*/99999999999999999999 0 * * * x")
@example("0 " + "0" * 5000 + "5 * * * x")
@example("٣ 0 * * * x")
@example("+3 0 * * * x")
@example("ü/0 0 * * * x")
def test_any_crontab_gives_values_line_column_and_message_of_the_python_twin(text: str) -> None:
    assert outcome(lambda text: rows(parse_crontab(text)), text) == outcome(parse_in_python, text)


@given(broken_lines() | faulty_lines())
def test_a_fault_stands_within_its_line_or_right_behind_it(line: str) -> None:
    found = outcome(parse_crontab, line)
    if isinstance(found, tuple):
        assert found[0] == 1
        assert 1 <= found[1] <= len(line) + 1


# What is read ----------------------------------------------------------------------------------------


def test_a_job_tells_when_and_what() -> None:
    (job,) = parse_crontab("*/20 8-10 1,15 jan-MAR Sun,mon  backup --all")
    assert rows([job]) == [([0, 20, 40], [8, 9, 10], [1, 15], [1, 2, 3], [0, 1], "backup --all")]
    assert repr(job) == '<Job "backup --all">'


def test_equal_jobs_are_equal_and_hash_alike() -> None:
    one, other, different = parse_crontab("0 0 * * 0 x\n00 0 * * 7 x\n1 0 * * 0 x")
    assert one == other != different
    assert len({one, other, different}) == 2


def test_a_job_cannot_be_changed() -> None:
    (job,) = parse_crontab("0 0 * * * x")
    with pytest.raises(AttributeError, match=r"not writable"):
        job.hours = [5]


def test_an_empty_text_holds_no_job() -> None:
    assert parse_crontab("") == []


def test_a_megabyte_of_text_is_one_fault_with_a_short_message() -> None:
    with pytest.raises(CrontabError) as caught:
        parse_crontab("ü" * 1_000_000)
    assert str(caught.value) == f"line 1, column 1: minute '{'ü' * 20}…' is not a number"


def test_a_megabyte_of_list_is_read() -> None:
    (job,) = parse_crontab("1," * 500_000 + "2 0 * * * x")
    assert job.minutes == [1, 2]


# What is refused ---------------------------------------------------------------------------------------

FAULTS = {
    "the-promise": ("# dom\nA=1\n30  25  *   *   *  x", 3, 5, "hour 25 is not in 0–23"),
    "too-large-for-any-integer": ("9" * 30 + " 0 * * * x", 1, 1, f"minute {'9' * 20}… is not in 0–59"),
    "day-zero": ("0 0 0 * * x", 1, 5, "day 0 is not in 1–31"),
    "weekday-eight": ("0 0 * * 8 x", 1, 9, "weekday 8 is not in 0–7"),
    "empty-item": ("0,5,,6 0 * * * x", 1, 5, "minute '' is not a number"),
    "plus-sign": ("+5 0 * * * x", 1, 1, "minute '+5' is not a number"),
    "underscore": ("1_0 0 * * * x", 1, 1, "minute '1_0' is not a number"),
    "arabic-digit": ("٣ 0 * * * x", 1, 1, "minute '٣' is not a number"),
    "random-time": ("5~15 0 * * * x", 1, 1, "minute '5~15' is not a number"),
    "no-such-month": ("0 0 * JAM * x", 1, 7, "month 'JAM' is not a number or a name (JAN–DEC)"),
    "name-in-the-wrong-field": ("mon 0 * * * x", 1, 1, "minute 'mon' is not a number"),
    "backwards": ("0 0 * * FRI-SUN x", 1, 9, "weekday FRI-SUN runs backwards: write the smaller end first"),
    "step-zero": ("*/0 0 * * * x", 1, 3, "step 0 leads nowhere: write 1 or more"),
    "step-of-a-number": ("5/15 0 * * * x", 1, 1, "minute 5 has a step but no range: write 5-59 or *"),
    "nickname": ("  @daily x", 1, 3, "'@daily' is a nickname: write five fields, such as 0 0 * * *"),
    "no-month": ("0 0 *", 1, 6, "the month is missing: a job is five fields and a command"),
    "no-command": ("0 0 * * * \t", 1, 12, "the command is missing: a job is five fields and a command"),
    "no-such-day": ("0 0 * * 1,é x", 1, 11, "weekday 'é' is not a number or a name (SUN–SAT)"),
    "behind-two-bytes": ("é/0 0 * * * x", 1, 3, "step 0 leads nowhere: write 1 or more"),
    "escape-sequence": ("\x1b[2J 0 * * * x", 1, 1, "minute '\N{REPLACEMENT CHARACTER}[2J' is not a number"),
    "after-windows-lines": ("0 0 * * * x\r\n60 0 * * * x\r\n", 2, 1, "minute 60 is not in 0–59"),
    "far-down": ("0 0 * * * x\n" * 5000 + "60 0 * * * x", 5001, 1, "minute 60 is not in 0–59"),
}


@pytest.mark.parametrize(("text", "line", "column", "reason"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_tells_line_column_and_reason(text: str, line: int, column: int, reason: str) -> None:
    with pytest.raises(CrontabError) as caught:
        parse_crontab(text)
    error = caught.value
    assert (error.line, error.column, error.reason) == (line, column, reason)
    assert str(error) == f"line {line}, column {column}: {reason}"


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (None, TypeError),
        (5, TypeError),
        (b"0 0 * * * x", TypeError),
        (["0 0 * * * x"], TypeError),
        ("0 0 * * * \ud800", UnicodeEncodeError),
    ],
    ids=["none", "int", "bytes", "list", "lone-surrogate"],
)
def test_what_is_no_text_gets_the_exception_that_python_raises(wrong: Any, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught:
        parse_crontab(wrong)
    assert caught.value.__notes__ == ["while processing 'text'"]


# The exception -----------------------------------------------------------------------------------------


class LateError(CrontabError):  # type: ignore[misc]  # compiled crates bring no types
    hours: int


def test_a_crontab_error_is_a_value_error() -> None:
    assert issubclass(CrontabError, ValueError)
    assert (CrontabError.__module__, CrontabError.__qualname__) == ("error_handling", "CrontabError")


def test_a_crontab_error_survives_pickling_with_attributes_and_notes() -> None:
    with pytest.raises(CrontabError) as caught:
        parse_crontab("0 25 * * * x")
    caught.value.add_note("on the way home")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is CrontabError
    assert (copy.line, copy.column, copy.reason) == (1, 3, "hour 25 is not in 0–23")
    assert str(copy) == str(caught.value)
    assert copy.__notes__ == ["on the way home"]


def test_a_crontab_error_survives_the_way_home_from_a_worker_of_dask() -> None:
    """Dask's tblib makes an exception that has no `__reduce__` of its own again without its arguments."""
    with pytest.raises(CrontabError) as caught:
        parse_crontab("0 6 * * FRY x")
    caught.value.add_note("on the way home")
    make, arguments = pickle_exception(caught.value)[:2]
    copy = make(*arguments)
    assert (copy.line, copy.column, copy.reason) == (1, 9, caught.value.reason)
    assert copy.__notes__ == ["on the way home"]
    assert isinstance(copy.__cause__, ValueError)


def test_an_extension_of_it_survives_pickling() -> None:
    late = LateError("too late", 7, 2)
    late.hours = 3
    copy = pickle.loads(pickle.dumps(late))
    assert (type(copy), copy.args, copy.hours) == (LateError, ("too late", 7, 2), 3)


def test_python_code_can_raise_and_extend_it() -> None:
    with pytest.raises(CrontabError, match=r"^line 7, column 2: too late$"):
        raise LateError("too late", 7, 2)


def test_its_attributes_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match=r"not writable"):
        CrontabError("a", 1, 1).line = 2


def test_the_cause_is_what_rust_said() -> None:
    with pytest.raises(CrontabError) as caught:
        parse_crontab("0 x * * * x")
    cause = caught.value.__cause__
    assert type(cause) is ValueError
    assert str(cause) == "invalid digit found in string"


def test_a_number_out_of_range_has_no_cause() -> None:
    with pytest.raises(CrontabError) as caught:
        parse_crontab("0 25 * * * x")
    assert caught.value.__cause__ is None


# Files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [str, Path])
def test_a_file_is_read_by_any_kind_of_path(tmp_path: Path, kind: type) -> None:
    path = tmp_path / "täglich"
    path.write_bytes("0 6 * * 1 café\r\n".encode())
    assert [job.command for job in load_crontab(kind(path))] == ["café"]


def test_a_fault_in_a_file_notes_the_path(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_text("0 25 * * * x")
    with pytest.raises(CrontabError, match=r"^line 1, column 3: hour 25 is not in 0–23") as caught:
        load_crontab(path)
    assert caught.value.__notes__ == [f"in {path}"]


def test_a_byte_that_is_no_utf8_is_placed_and_the_decoding_error_is_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes("# für später\n0 6 * * 1 ü".encode() + b"\xe9!\n")
    with pytest.raises(CrontabError, match=r"byte 0xE9 is not UTF-8: save the file as UTF-8") as caught:
        load_crontab(path)
    assert (caught.value.line, caught.value.column) == (2, 12)
    assert isinstance(caught.value.__cause__, UnicodeDecodeError)
    assert caught.value.__notes__ == [f"in {path}"]


def test_a_character_cut_off_at_the_end_of_the_file_is_placed(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b"0 0 * * * \xc3")
    with pytest.raises(CrontabError, match=r"^line 1, column 11: byte 0xC3 "):
        load_crontab(path)


def test_a_missing_file_is_pythons_own_file_not_found_error(tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    with pytest.raises(FileNotFoundError) as caught:
        load_crontab(path)
    assert caught.value.filename == str(path)
    assert caught.value.errno is not None
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.parametrize(("path", "expected"), [(None, TypeError), (3, TypeError), ("a\0b", ValueError)])
def test_what_is_no_path_gets_the_exception_that_python_raises(path: Any, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught:
        load_crontab(path)
    assert type(caught.value) is expected


# Division ----------------------------------------------------------------------------------------------

floats = st.floats()


@given(floats, floats)
@example(1.0, -0.0)
@example(0.0, 0.0)
@example(math.nan, 0.0)
@example(-math.inf, math.inf)
@example(1e308, 1e-308)
def test_divide_does_what_pythons_operator_does(a: float, b: float) -> None:
    try:
        expected = a / b
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError, match=r"^division by zero$"):
            divide(a, b)
    else:
        found = divide(a, b)
        assert found == expected or (math.isnan(found) and math.isnan(expected))
        assert math.copysign(1, found) == math.copysign(1, expected) or math.isnan(found)


def test_ten_by_two_is_five() -> None:
    assert divide(10, 2) == 5.0


def test_a_handler_for_zero_division_misses_the_value_error() -> None:
    with pytest.raises(ValueError, match=r"^Cannot divide by zero$") as caught:
        error_handling.divide_value_error(1, 0)
    assert not isinstance(caught.value, ZeroDivisionError)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [(None, TypeError), ("", TypeError), (1j, TypeError), (10**400, OverflowError)],
    ids=["none", "text", "complex", "huge"],
)
def test_divide_refuses_what_is_no_number_and_names_it(wrong: Any, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught:
        divide(1, wrong)
    assert caught.value.__notes__ == ["while processing 'b'"]


@pytest.mark.parametrize("number", [True, 2**100])
def test_divide_takes_any_number_that_python_makes_a_float_of(number: int) -> None:
    assert divide(number, 2) == number / 2


# Panics and signals --------------------------------------------------------------------------------------


def run(program: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"RUST_BACKTRACE": "0"}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)


def test_except_exception_does_not_catch_a_panic() -> None:
    child = run(
        "import error_handling\n"
        "try: error_handling.hour_or_panic('30 noon')\n"
        "except Exception: print('caught')\n"
        "print('went on')"
    )
    assert child.returncode == 1
    assert child.stdout == ""
    assert child.stderr.splitlines()[-1] == (
        "pyo3_runtime.PanicException: called `Result::unwrap()` on an `Err` value: "
        "ParseIntError { kind: InvalidDigit }"
    )


def test_a_panic_derives_from_base_exception_alone() -> None:
    child = run(
        "import error_handling\n"
        "try: error_handling.hour_or_panic('')\n"
        "except BaseException as panic: print(*[base.__name__ for base in type(panic).__mro__])"
    )
    assert child.stdout.split() == ["PanicException", "BaseException", "object"]


@needs_timers
def test_what_a_signal_handler_raises_ends_the_reading() -> None:
    # A fault at the very end: who reads on to it gets the other error.
    text = "59 23 31 12 6 x\n" * 500_000 + "at last"
    with pytest.raises(TimeoutError) as caught, alarm():
        parse_crontab(text)
    assert caught.value.__context__ is None
