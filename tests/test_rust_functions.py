"""What the chapter `rust_functions` promises: weights as Python would read them, and a strict border."""

from __future__ import annotations

import csv
import inspect
import io
import math
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jupytext
import numpy as np
import pytest
import rust_functions
from alarms import alarm, needs_timers
from hypothesis import example, given
from hypothesis import strategies as st
from rust_functions import (
    border,
    clean_array,
    clean_copied,
    clean_rows,
    clean_weights,
    lift_load,
    read_weight,
    seconds_of_work,
)

from workbook.layout import ROOT, chapters

POUND = 0.45359237


def twin() -> Callable[[list[str | None]], list[float | None]]:
    """The Python function of the chapter, taken from the page that shows it."""
    (page,) = [page for page in chapters() if page.slug == "rust_functions"]
    (source,) = [
        cell.source for cell in jupytext.read(page.path).cells if "def clean_in_python" in cell.source
    ]
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    clean: Callable[[list[str | None]], list[float | None]] = namespace["clean_in_python"]
    return clean


clean_in_python = twin()


def weigh_in_python(entry: object, unit: str) -> float | None:
    """The whole twin: what an entry weighs, numbers and other units included."""
    if isinstance(entry, bool) or not (isinstance(entry, str) or hasattr(entry, "__float__")):
        raise TypeError
    if isinstance(entry, str):
        if not re.search("[a-z]", entry, re.ASCII | re.IGNORECASE):
            entry += unit
        return clean_in_python([entry])[0]
    kilograms = float(entry) * (POUND if unit == "lb" else 1.0)
    return kilograms if math.isfinite(kilograms) and kilograms >= 0 else None


def clean_all_in_python(column: list[object], unit: str) -> list[float | None]:
    return [None if entry is None else weigh_in_python(entry, unit) for entry in column]


def outcome(function: Callable[..., object], *arguments: object, **named: object) -> object:
    """What a call returns, or the type of what it raises."""
    try:
        return function(*arguments, **named)
    except Exception as error:
        return type(error)


# The twin ------------------------------------------------------------------------------------------

blanks = st.sampled_from(["", " ", "\t", "\N{NO-BREAK SPACE}", "  "])
numbers = st.from_regex(r"[0-9]{0,4}[.,]?[0-9]{0,3}", fullmatch=True)
units = st.sampled_from(["", "kg", "KG", "lb", "Lbs", "lbs", "kgs", "stone", "\N{KELVIN SIGN}g", "lb\u017f"])
typed = st.tuples(blanks, numbers, blanks, units, blanks).map("".join)
crumbs = st.text(alphabet="0123456789.,+-_eEnaif kKgGlLbBsS\t\n\xa0\u2003\x1cé٣\ud800", max_size=10)
texts = typed | crumbs | st.text(st.characters(), max_size=8)


@given(st.lists(st.none() | texts, max_size=6))
@example(["9" * 400, "9" * 308, "1" + "0" * 308 + " lb", "0." + "0" * 400 + "1", ".", ",", "5.", ",5", ""])
@example(["inf", "nan", "-5", "+5", "1e3", "1_0", "0x10", "1.234,5", "1,234", "72 kg kg", "5\n"])
@example(["٧٢", "\u00b2", "5\u2009kg", "5 \N{KELVIN SIGN}g", "5 lb\u017f", "5 kg\ud800", "\ud800"])
def test_a_column_of_texts_gives_what_the_python_on_the_page_gives(column: list[str | None]) -> None:
    assert clean_weights(column) == clean_in_python(column)
    if not any("\ud800" <= letter <= "\udfff" for text in column for letter in text or ""):
        assert clean_copied(column) == clean_in_python(column)


class Weighing:
    """An object that says what it weighs."""

    def __float__(self) -> float:
        return 61.5


entries = st.one_of(
    st.none(),
    texts,
    st.floats(),
    st.integers(),
    st.booleans(),
    st.decimals(),
    st.sampled_from([b"5", [5], 5j, object(), Weighing(), 10**400, -0.0, np.float64(5), np.int32(7)]),
)


@given(st.lists(entries, max_size=5), st.sampled_from(["kg", "lb"]))
def test_a_column_of_anything_has_the_outcome_that_it_has_in_python(column: list[object], unit: str) -> None:
    expected = outcome(clean_all_in_python, column, unit)
    assert outcome(clean_weights, column, unit=unit) == expected
    if isinstance(expected, list):
        found = clean_array(column, unit=unit)
        assert found.dtype == np.float64
        assert [None if math.isnan(weight) else weight for weight in found.tolist()] == expected
    else:
        assert outcome(clean_array, column, unit=unit) is expected


@given(st.lists(entries, max_size=3), st.lists(entries, max_size=2))
def test_a_load_is_the_sum_of_what_its_parts_weigh(people: list[object], goods: list[object]) -> None:
    def total(people: list[object], goods: list[object]) -> float:
        load = 0.0
        for entry in [*people, *goods]:
            weight = weigh_in_python(entry, "kg")
            if weight is None:
                raise ValueError
            load += weight
        return load

    named = {f"item{number}": entry for number, entry in enumerate(goods)}
    assert outcome(lift_load, *people, limit=math.inf, **named) == outcome(total, people, goods)


# What is read ----------------------------------------------------------------------------------------

READ = {
    "comma": ("72,5 kg", 72.5),
    "point": ("72.5", 72.5),
    "pounds": ("158 lb", 158 * POUND),
    "capitals-and-no-space": ("158LBS", 158 * POUND),
    "no-break-space": ("72,5\N{NO-BREAK SPACE}kg", 72.5),
    "a-comma-is-a-decimal-comma": ("1,234", 1.234),
    "nothing-before-the-comma": (",5", 0.5),
    "zero": ("0", 0.0),
    "megabyte-of-zeros": ("0" * 1_000_000 + "5", 5.0),
    "megabyte-of-blanks": ("5" + " " * 1_000_000 + "kg", 5.0),
    "not-available": ("n/a", None),
    "empty": ("", None),
    "unit-alone": ("kg", None),
    "sign": ("-5", None),
    "exponent": ("1e3", None),
    "underscore": ("1_0", None),
    "infinity": ("inf", None),
    "too-large-for-any-float": ("9" * 400, None),
    "thousands": ("1.234,5", None),
    "stone": ("11 stone", None),
    "kelvin-sign": ("5 \N{KELVIN SIGN}g", None),
    "arabic-digits": ("٧٢", None),
    "em-space": ("5\N{EM SPACE}kg", None),
    "newline": ("5\n", None),
    "megabyte-of-text": ("ü" * 1_000_000, None),
}


@pytest.mark.parametrize(("text", "weight"), READ.values(), ids=READ.keys())
def test_a_text_is_read_or_is_no_weight(text: str, weight: float | None) -> None:
    assert read_weight(text) == weight
    assert clean_weights([text]) == [weight]
    assert read_weight(text, default=-1.0) == (-1.0 if weight is None else weight)


def test_a_text_that_is_no_unicode_is_an_entry_that_cannot_be_read() -> None:
    seen: list[object] = []
    assert clean_weights(["5\ud800"], on_error=seen.append) == [None]
    assert seen == ["5\ud800"]


@pytest.mark.parametrize("entry", [80, 80.0, "80", Decimal(80), np.float32(80)], ids=repr)
def test_a_bare_number_is_in_the_unit_that_is_named(entry: object) -> None:
    assert clean_weights([entry]) == [80.0]
    assert clean_weights([entry], unit="lb") == [80 * POUND]
    assert clean_weights(["80 kg"], unit="lb") == [80.0]


@pytest.mark.parametrize("number", [math.nan, math.inf, -1, -1e-9], ids=repr)
def test_a_number_that_is_no_weight_is_none(number: float) -> None:
    assert clean_weights([number]) == [None]


@pytest.mark.parametrize("entries", [1, 1023, 1024, 1025, 5000])
def test_no_entry_is_lost_in_a_long_column(entries: int) -> None:
    column = [None if number % 3 == 0 else f"{number} kg" for number in range(entries)]
    expected = [None if number % 3 == 0 else float(number) for number in range(entries)]
    assert clean_weights(column) == expected == clean_copied(column)
    array = clean_array(column)
    assert array.shape == (entries,)
    assert np.array_equal(array, np.array(expected, dtype=float), equal_nan=True)


def test_the_column_stays_as_it_was() -> None:
    column = ["72,5 kg", None, 80]
    clean_weights(column)
    assert column == ["72,5 kg", None, 80]


# What is refused -------------------------------------------------------------------------------------

ENTRIES = {
    "bool": (True, TypeError, "a weight is text or a number, not bool"),
    "bytes": (b"72 kg", TypeError, "must be real number, not bytes"),
    "list": ([72], TypeError, "must be real number, not list"),
    "complex": (5j, TypeError, "must be real number, not complex"),
    "too-large-for-a-float": (10**400, OverflowError, "int too large to convert to float"),
}


@pytest.mark.parametrize(("entry", "expected", "message"), ENTRIES.values(), ids=ENTRIES.keys())
def test_an_entry_of_another_type_is_refused(entry: object, expected: type[Exception], message: str) -> None:
    for clean in (clean_weights, clean_array):
        with pytest.raises(expected) as caught:
            clean(["72 kg", entry])
        assert (type(caught.value), str(caught.value)) == (expected, message)
    with pytest.raises(expected, match=re.escape(message)):
        lift_load(entry)


def test_what_an_entry_raises_arrives_unchanged() -> None:
    class Broken:
        def __float__(self) -> float:
            raise KeyError("scales")

    with pytest.raises(KeyError, match="scales"):
        clean_weights([Broken()])


@pytest.mark.parametrize("column", [("5",), "5 kg", None, {"5"}, iter(["5"])], ids=lambda value: type(value))
def test_a_column_is_a_list(column: object) -> None:
    with pytest.raises(TypeError, match=r"is not an instance of 'list'") as caught:
        clean_weights(column)
    assert caught.value.__notes__ == ["while processing 'column'"]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("5 kg", "Can't extract `str` to `Vec`"),
        (iter(["5"]), "'list_iterator' object is not an instance of 'Sequence'"),
        (["5", 5], "'int' object is not an instance of 'str'"),
    ],
    ids=["text", "iterator", "number-within"],
)
def test_the_copying_version_takes_sequences_of_text(column: object, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        clean_copied(column)
    assert str(caught.value) == message
    assert caught.value.__notes__ == ["while processing 'column'"]
    assert clean_copied(("5", None)) == [5.0, None]


ENDLESS = range(10**15)
"""A short argument, and more than any memory holds."""


def test_the_copying_version_ends_the_process_where_len_asks_for_more_than_memory() -> None:
    program = f"import rust_functions; rust_functions.clean_copied({ENDLESS})"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert child.returncode != 0
    assert "memory allocation of" in child.stderr
    assert "Traceback" not in child.stderr


@pytest.mark.parametrize("function", [clean_weights, clean_array, clean_rows, seconds_of_work])
def test_functions_that_ask_for_a_list_refuse_a_range_of_any_length(function: Callable[..., object]) -> None:
    for numbers in (range(2**62), ENDLESS):
        with pytest.raises(TypeError, match="'range' object is not an instance of 'list'"):
            function(numbers)


def test_a_lone_surrogate_cannot_be_copied() -> None:
    with pytest.raises(UnicodeEncodeError):
        clean_copied(["5\ud800"])


@pytest.mark.parametrize("unit", ["stone", "", "K\u0131lo", "kg ", "\N{KELVIN SIGN}g", "kg\0"], ids=repr)
def test_an_unknown_unit_is_a_value_error(unit: str) -> None:
    for function, argument in [(clean_weights, []), (clean_array, []), (read_weight, "5")]:
        with pytest.raises(ValueError, match=r'^unit must be "kg" or "lb", not "'):
            function(argument, unit=unit)


@pytest.mark.parametrize(
    ("unit", "expected"), [(None, TypeError), (b"kg", TypeError), ("\ud800", ValueError)]
)
def test_a_unit_is_text(unit: object, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught:
        read_weight("5", unit=unit)
    assert caught.value.__notes__ == ["while processing 'unit'"]


# Callbacks -------------------------------------------------------------------------------------------


def test_on_error_is_called_with_each_entry_that_cannot_be_read_and_with_no_other() -> None:
    seen: list[object] = []
    assert clean_weights(["72 kg", None, "n/a", -5, "?"], on_error=seen.append) == [
        72.0,
        None,
        None,
        None,
        None,
    ]
    assert seen == ["n/a", -5, "?"]


def test_what_on_error_returns_stands_in_the_column() -> None:
    weights = clean_weights(["a", "b", "5"], on_error={"a": 1, "b": math.nan}.get)
    assert weights[::2] == [1.0, 5.0]
    assert math.isnan(weights[1])


def test_what_on_error_raises_ends_the_cleaning_and_is_the_very_same_object() -> None:
    error = RuntimeError("stop")
    seen = []

    def stop(entry: object) -> None:
        seen.append(entry)
        raise error

    with pytest.raises(RuntimeError) as caught:
        clean_weights(["a", "b"], on_error=stop)
    assert caught.value is error
    assert seen == ["a"]


@pytest.mark.parametrize(
    ("on_error", "message"),
    [(lambda entry: "heavy", "must be real number, not str"), (5, "'int' object is not callable")],
    ids=["returns-text", "cannot-be-called"],
)
def test_an_on_error_that_cannot_help_is_a_type_error(on_error: object, message: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        clean_weights(["n/a"], on_error=on_error)
    assert clean_weights(["5"], on_error=on_error) == [5.0]


@pytest.mark.parametrize("change", [list.clear, lambda column: column.extend(["?"] * 3)], ids=["cut", "grow"])
def test_a_callback_may_change_the_column_and_nothing_breaks(change: Callable[[list[str]], None]) -> None:
    column = ["?"] * 3
    weights = clean_weights(column, on_error=lambda entry: change(column))
    assert set(weights) == {None}
    assert len(weights) <= 3


# Signatures ------------------------------------------------------------------------------------------

SIGNATURES = {
    "clean_copied": "(column)",
    "clean_weights": "(column, /, *, unit='kg', on_error=None)",
    "clean_array": "(column, /, *, unit='kg')",
    "read_weight": "(text, /, *, unit='kg', default=None)",
    "lift_load": "(*people, limit=630.0, **goods)",
    "clean_rows": "(rows)",
}


@pytest.mark.parametrize(("name", "signature"), SIGNATURES.items(), ids=SIGNATURES.keys())
def test_signatures_are_those_that_help_shows(name: str, signature: str) -> None:
    assert str(inspect.signature(getattr(rust_functions, name))) == signature


CALLS = {
    "unit-by-position": (lambda: read_weight("5", "lb"), "takes 1 positional arguments but 2 were given"),
    "text-by-name": (lambda: read_weight(text="5"), "got some positional-only arguments passed as keyword"),
    "no-text": (read_weight, "missing 1 required positional argument"),
    "misspelt": (lambda: read_weight("5", units="lb"), "got an unexpected keyword argument 'units'"),
}


@pytest.mark.parametrize(("call", "message"), CALLS.values(), ids=CALLS.keys())
def test_a_call_against_the_signature_is_a_type_error(call: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError, match=rf"^read_weight\(\) {message}"):
        call()


def test_people_come_by_position_and_goods_by_name() -> None:
    assert lift_load() == 0.0
    assert lift_load("72,5 kg", 80, piano="240 kg", text="5") == 397.5


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (100, "152.5 kg is more than the lift carries, 100.0 kg"),
        (math.nan, "152.5 kg is more than the lift carries, NaN kg"),
        (-math.inf, "152.5 kg is more than the lift carries, -inf kg"),
    ],
)
def test_a_load_over_the_limit_is_a_value_error(limit: float, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        lift_load("72,5 kg", 80, limit=limit)
    assert lift_load("72,5 kg", 80, limit=152.5) == 152.5


def test_a_load_that_cannot_be_read_is_a_value_error_that_shows_it() -> None:
    with pytest.raises(ValueError, match=r"^'it\\'s \"heavy\"' is no weight$"):
        lift_load(piano='it\'s "heavy"')


# Rows ------------------------------------------------------------------------------------------------------


def test_rows_of_a_csv_file_become_clean_dicts() -> None:
    table = 'name,weight,town\nAda,"61,5 kg",Turin\nBob,n/a,Rome\n'
    assert clean_rows(list(csv.DictReader(io.StringIO(table)))) == [
        {"name": "Ada", "kilograms": 61.5},
        {"name": "Bob", "kilograms": None},
    ]
    assert clean_rows([{"name": "Cy", "weight": None}]) == [{"name": "Cy", "kilograms": None}]


ROWS = {
    "misspelt-key": ({"name": "Ada", "wight": "5"}, KeyError, "'weight'"),
    "bool": ({"name": "Ada", "weight": True}, TypeError, "failed to extract field Row.weight"),
    "name-is-none": ({"name": None, "weight": 5}, TypeError, "failed to extract field Row.name"),
    "no-mapping": (5, TypeError, "'int' object is not subscriptable"),
}


@pytest.mark.parametrize(("row", "expected", "message"), ROWS.values(), ids=ROWS.keys())
def test_a_row_of_another_shape_is_refused(row: object, expected: type[Exception], message: str) -> None:
    with pytest.raises(expected) as caught:
        clean_rows([row])
    assert (type(caught.value), str(caught.value)) == (expected, message)


def test_the_cause_tells_what_was_wrong_with_a_field() -> None:
    with pytest.raises(TypeError) as caught:
        clean_rows([{"name": "Ada", "weight": True}])
    assert str(caught.value.__cause__) == "a weight is text or a number, not bool"


# The border ------------------------------------------------------------------------------------------

NUMBERS = [1.0, 2.5]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

TAKEN: dict[str, tuple[object, list[object]]] = {
    "take_int": (5, ["5", 5.0, None, 2**63, -(2**63) - 1, 2**100]),
    "take_float": (5.0, ["5", None, 5j, 10**400]),
    "take_string": ("é", [5, b"5", None, "\ud800"]),
    "take_str": ("é", [5, b"5", None, "\ud800"]),
    "take_backed_str": ("é", [5, b"5", None, "\ud800"]),
    "take_byte_vec": (b"5", ["5", 5, [256], [-1], None]),
    "take_bytes": (b"5", ["5", bytearray(b"5"), [5], None]),
    "take_float_vec": (NUMBERS, ["5", 5.0, {5.0}, iter(NUMBERS), [None], None]),
    "take_list": (NUMBERS, [(1.0,), "5", None]),
    "read_list": (NUMBERS, [(1.0,), ["5"], None]),
    "take_string_vec": (["é"], ["é", [5], ["\ud800"], None]),
    "take_backed_str_vec": (["é"], ["é", [5], ["\ud800"], None]),
    "take_map": ({"a": 1.0}, [{"a": "b"}, {1: 1.0}, [("a", 1.0)], None]),
    "take_dict": ({"a": 1.0}, [[("a", 1.0)], None]),
    "take_pair": (("a", 1.0), [["a", 1.0], ("a",), ("a", 1.0, 2.0), (1.0, "a"), None]),
    "take_tuple": (("a", 1.0), [["a", 1.0], None]),
    "take_option": (None, ["5", []]),
    "take_time": (NOON, [NOON.replace(tzinfo=None), NOON.replace(year=1926), NOON.date(), 5, None]),
    "take_datetime": (NOON, [NOON.date(), 5, None]),
    "take_path": (Path("weights"), [5, None]),
    "take_copied_array": (np.array(NUMBERS), ["5", np.float64(5), np.array(["5"]), None]),
    "take_array": (np.array(NUMBERS), [NUMBERS, np.array([1, 2]), np.array([NUMBERS]), np.float64(5), None]),
    "echo_int": (5, ["5", 5.0, 2**63]),
    "echo_float": (5.0, ["5", 10**400]),
    "echo_texts": (["kg"], ["kg", [5]]),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_fits_is_taken_and_the_rest_is_refused_with_the_parameters_name(name: str) -> None:
    right, wrong = TAKEN[name]
    function = getattr(border, name)
    function(right)
    for value in wrong:
        with pytest.raises((TypeError, ValueError, OverflowError)) as caught:
            function(value)
        if name != "read_list":
            assert caught.value.__notes__ == ["while processing 'value'"], value


OVERFLOWS = {"take_int": 2**63, "take_float": 10**400, "take_byte_vec": [256]}


@pytest.mark.parametrize(("name", "value"), OVERFLOWS.items(), ids=OVERFLOWS.keys())
def test_a_number_that_does_not_fit_is_an_overflow_error(name: str, value: object) -> None:
    with pytest.raises(OverflowError):
        getattr(border, name)(value)


def test_what_rust_gives_is_what_python_has_for_it() -> None:
    assert border.take_nothing() is None
    given = {
        "give_int": (1_000_003, int),
        "give_float": (3.0, float),
        "give_string": ("xxx", str),
        "give_byte_vec": (b"xxx", bytes),
        "give_float_vec": ([72.5] * 3, list),
        "give_string_vec": (["72,5 kg"] * 3, list),
        "give_map": ({"0": 72.5, "1": 72.5, "2": 72.5}, dict),
        "give_pair": ((1_000_003, 3.0), tuple),
        "give_option": (72.5, float),
        "give_time": (datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC), datetime),
        "give_path": (Path("weights", "3"), type(Path())),
    }
    for name, (value, kind) in given.items():
        found = getattr(border, name)(3)
        assert (found, type(found)) == (value, kind)
    assert border.give_option(1) is None
    assert border.give_array(3).tolist() == [72.5] * 3


def test_every_function_of_the_table_says_which_type_it_takes_or_gives() -> None:
    for name in dir(border):
        if name.startswith(("take_", "give_", "read_")) and name != "take_nothing":
            assert re.search(r"`.+`", getattr(border, name).__doc__), name


def test_a_whole_float_is_no_integer_and_a_bool_is_one() -> None:
    with pytest.raises(TypeError):
        border.echo_int(72.0)
    assert repr(border.echo_int(True)) == "1"


def test_numbers_survive_the_way_there_and_back() -> None:
    for number in (0, -1, 2**63 - 1, -(2**63)):
        assert border.echo_int(number) == number
    for text in (["", "é\0", "\U0001f40d"], []):
        assert border.echo_texts(text) == text
    assert math.copysign(1, border.echo_float(-0.0)) == -1


# Time ------------------------------------------------------------------------------------------------


def test_the_work_takes_some_time_and_less_than_forever() -> None:
    assert 0 < seconds_of_work(["72,5 kg"] * 1000) < 5


@needs_timers
def test_what_a_signal_handler_raises_ends_the_cleaning() -> None:
    # An entry at the very end that is refused: who reads on to it gets the other error.
    column = ["72,5 kg"] * 3_000_000 + [b"at last"]
    with pytest.raises(TimeoutError), alarm():
        clean_weights(column)


# The page --------------------------------------------------------------------------------------------


def test_no_exercise_gives_itself_away() -> None:
    stubs = (ROOT / "rust_examples" / "rust_functions" / "src" / "exercises.rs").read_text("utf-8")
    for spoiler in ("OverflowError", '"1"', "value, *", "Option<String>", "enumerate"):
        assert spoiler not in stubs
