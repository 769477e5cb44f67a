"""What the chapter `first_package` promises: a counter of 32 bits that is exact, or says why not."""

from __future__ import annotations

import inspect
import operator
import re
import tomllib
from collections.abc import Callable

import first_package
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbook.layout import ROOT, Crate

SMALLEST, LARGEST = -(2**31), 2**31 - 1

Add = Callable[[object, object], object]


def add_views(views: object, new: object) -> int:
    """The twin: what the counter would be in Python."""
    numbers = [operator.index(number) for number in (views, new)]  # type: ignore[arg-type]  # it raises TypeError
    if not all(SMALLEST <= number <= LARGEST for number in (*numbers, sum(numbers))):
        raise OverflowError
    return sum(numbers)


def sum_as_string(a: object, b: object) -> str:
    """The twin of the other function."""
    return f"{add_views(a, b)}"


def outcome(call: Add, left: object, right: object) -> object:
    """What a call returns, or the type of what it raises."""
    try:
        return call(left, right)
    except Exception as error:
        return type(error)


pairs = pytest.mark.parametrize(
    ("rust", "python"),
    [
        pytest.param(first_package.add_views, add_views, id="add_views"),
        pytest.param(first_package.sum_as_string, sum_as_string, id="sum_as_string"),
    ],
)

near_the_limits = st.one_of(
    st.integers(SMALLEST, LARGEST),
    st.integers(SMALLEST - 2, SMALLEST + 2),
    st.integers(LARGEST - 2, LARGEST + 2),
    st.integers(),
)


@pairs
@given(left=near_the_limits, right=near_the_limits)
@example(left=LARGEST, right=1)
@example(left=SMALLEST, right=-1)
@example(left=LARGEST, right=SMALLEST)
def test_every_sum_is_that_of_python_or_an_overflow_error(
    rust: Add, python: Add, left: int, right: int
) -> None:
    assert outcome(rust, left, right) == outcome(python, left, right)


@pairs
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="None"),
        pytest.param(float("nan"), id="nan"),
        pytest.param(float("inf"), id="inf"),
        pytest.param(-0.0, id="minus zero"),
        pytest.param(1.0, id="whole float"),
        pytest.param(2**31, id="2**31"),
        pytest.param(2**63, id="2**63"),
        pytest.param(2**100, id="2**100"),
        pytest.param(-(2**100), id="-2**100"),
        pytest.param(True, id="True"),
        pytest.param("", id="empty text"),
        pytest.param("5", id="digits"),
        pytest.param("\udcff", id="lone surrogate"),
        pytest.param("5" * 1_000_000, id="a megabyte of text"),
        pytest.param(b"5", id="bytes"),
        pytest.param([5], id="list"),
        pytest.param(5 + 0j, id="complex"),
    ],
)
def test_hostile_input_has_the_outcome_that_it_has_in_python(rust: Add, python: Add, value: object) -> None:
    assert outcome(rust, value, 0) == outcome(python, value, 0)
    assert outcome(rust, 0, value) == outcome(python, 0, value)


def test_whatever_counts_as_an_integer_in_python_is_taken() -> None:
    class Views:
        def __index__(self) -> int:
            return 5

    assert first_package.add_views(Views(), 20) == 25


def test_an_exception_from_index_arrives_unchanged() -> None:
    class Broken:
        def __index__(self) -> int:
            raise KeyError("views")

    with pytest.raises(KeyError, match="views"):
        first_package.add_views(Broken(), 20)


@pytest.mark.parametrize(
    ("views", "new", "sentence"),
    [
        pytest.param(LARGEST, 1, "2147483647 + 1 does not fit in 32 bits", id="full"),
        pytest.param(SMALLEST, -1, "-2147483648 + -1 does not fit in 32 bits", id="empty"),
    ],
)
def test_a_full_counter_says_what_did_not_fit(views: int, new: int, sentence: str) -> None:
    for function in (first_package.add_views, first_package.sum_as_string):
        with pytest.raises(OverflowError) as caught:
            function(views, new)
        assert str(caught.value) == sentence


def test_five_and_twenty_make_25() -> None:
    assert first_package.sum_as_string(5, 20) == "25"


def test_parameters_have_names_and_functions_have_docs() -> None:
    assert str(inspect.signature(first_package.add_views)) == "(views, new)"
    assert str(inspect.signature(first_package.sum_as_string)) == "(a, b)"
    assert first_package.add_views(new=20, views=5) == 25
    for function in (first_package.add_views, first_package.sum_as_string):
        assert "Raises `OverflowError`" in (function.__doc__ or "")


def test_what_the_pages_time_is_a_release_build() -> None:
    assert first_package.DEBUG_BUILD is False


def test_the_package_of_the_page_uses_the_pyo3_of_the_book() -> None:
    workspace = tomllib.loads((ROOT / "rust_examples" / "Cargo.toml").read_text("utf-8"))
    page = (ROOT / "book" / "first_package.md").read_text("utf-8")
    assert re.findall(r'^pyo3 = "(.+)"$', page, re.MULTILINE) == [
        workspace["workspace"]["dependencies"]["pyo3"]
    ]


def test_no_exercise_gives_itself_away() -> None:
    stubs = (Crate("first_package").folder / "src" / "exercises.rs").read_text("utf-8")
    for spoiler in ("checked_mul", "div_euclid", "wrapping", "-2_147_483_648", "2147483648\n", "-2,"):
        assert spoiler not in stubs
