"""What the chapter `existing_package` promises: a core that differs from its Python half in time alone."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import existing_package
import jupytext
import pytest
from alarms import alarm, needs_timers
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from platformdirs import user_cache_path

from workbook import printing, terminal
from workbook.layout import ROOT

natural_sort = existing_package.natural_sort
draft_sort = existing_package.first_draft.natural_sort

PAGE = (ROOT / "book" / "existing_package.md").read_text("utf-8")


# The twin: what stands on the page, and in the package's Python half.

DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> list[str | int]:
    parts: list[str | int] = [*DIGITS.split(name.casefold())]
    parts[1::2] = map(int, parts[1::2])
    return parts


def python_sort(names: Iterable[str]) -> list[str]:
    return sorted(names, key=natural_key)


def outcome(sort: Callable[[Any], list[str]], names: object) -> object:
    """The very objects that a call returns, in order, or the type and message of what it raises."""
    try:
        return [id(name) for name in sort(names)]
    except Exception as error:
        return type(error), str(error)


def same(names: object) -> None:
    assert outcome(natural_sort, names) == outcome(python_sort, names)


# Names ---------------------------------------------------------------------------------------------------

awkward = st.sampled_from("aA0019sSßẞµΣσςİıſK٣५²½Ⅷ .-_\0\x7fe\u0301\ud800\udce9\U0001d7d9\U0001f600")
names = st.one_of(
    st.text(awkward, max_size=4),
    st.text(st.characters(), max_size=8),
    st.from_regex(r"\A[a-z]{0,2}[0-9]{0,30}[a-z]{0,2}\d{0,3}\Z"),
    st.integers(-1, 10**30).map(str),
)


@given(st.lists(names, max_size=12))
@example(["ß", "SS"])
@example(["11", "٣"])
@example(["99999999999999999999", "1"])
@example(["caf\udce9", "b"])
@example(["a\0", "a", "a0", "a\0\0", "", "0", "00", "\0"])
@example(["9" * 641, "1" + "0" * 640, "9" * 640, "0" * 700 + "1"])
@example(["\uffff", "\ud800", "\U00010000", "\udfff"])  # surrogates sort below astral characters
def test_core_and_python_half_agree_and_return_the_very_same_objects(names: list[str]) -> None:
    same(names)


def test_they_agree_on_every_character_there_is() -> None:
    """Rust knows another Unicode than Python: no letter of the one may be a digit of the other."""
    everything = [f"a{chr(point)}" for point in (*range(0x40000), *range(0xE0000, 0xE1000))]
    assert natural_sort(everything) == python_sort(everything)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], []),
        (["img12", "img2", "img100"], ["img2", "img12", "img100"]),
        (["b", "C", "A"], ["A", "b", "C"]),
        (["v02", "v2", "V2", "v1"], ["v1", "v02", "v2", "V2"]),
        (["a0", "a", "a00"], ["a", "a0", "a00"]),
        (["ß", "SS", "ss"], ["ß", "SS", "ss"]),
        (["٤", "11", "٣"], ["٣", "٤", "11"]),
        ("c10b", ["0", "1", "b", "c"]),
    ],
    ids=["none", "numbers", "capitals", "stable", "prefix", "sharp-s", "arabic", "text"],
)
def test_names_are_sorted_as_people_count(names: Iterable[str], expected: list[str]) -> None:
    assert natural_sort(names) == expected == python_sort(names)


@pytest.mark.parametrize("kind", [iter, set, tuple, dict.fromkeys, lambda names: (name for name in names)])
def test_names_may_come_from_anywhere(kind: Callable[[list[str]], Any]) -> None:
    assert natural_sort(kind(["img12", "img2"])) == ["img2", "img12"]


def test_a_new_list_is_returned_and_the_old_one_left_alone() -> None:
    names = ["b", "a"]
    assert natural_sort(names) == ["a", "b"]
    assert names == ["b", "a"]
    assert natural_sort(names=names) is not names


# What is no name -----------------------------------------------------------------------------------------


class Strange(str):
    """A text that folds its case in a way of its own."""

    __slots__ = ()

    def casefold(self) -> str:
        return "" if self == "last" else Strange("x" + self)


class Broken:
    def __iter__(self) -> Iterator[str]:
        yield "a"
        raise LookupError("no more")


class Folds:
    """No text, but something that folds its case, to what it is told."""

    def __init__(self, folded: object) -> None:
        self.folded = folded

    def casefold(self) -> object:
        return self.folded


class Lying:
    def __len__(self) -> int:
        return 10**18

    def __getitem__(self, index: int) -> str:
        return "ba"[index]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(None, id="none"),
        pytest.param(7, id="int"),
        pytest.param(float("nan"), id="nan"),
        pytest.param([1, 2], id="numbers"),
        pytest.param(["a", None], id="none-among-names"),
        pytest.param([float("inf")], id="infinity"),
        pytest.param([b"a"], id="bytes"),
        pytest.param(b"ab", id="iterates-to-numbers"),
        pytest.param([Path("a")], id="paths"),
        pytest.param([["a"]], id="nested"),
        pytest.param([Folds(b"a1")], id="folds-to-bytes"),
        pytest.param([Folds(5)], id="folds-to-int"),
        pytest.param([Folds(None)], id="folds-to-none"),
        pytest.param([Folds("b2"), "b1", Folds("a")], id="folds-to-text"),
        pytest.param([Strange("first"), "xg", Strange("last")], id="subclass"),
        pytest.param(["9" * 5000, "1"], id="more-digits-than-python-takes"),
        pytest.param(["٣" * 5000], id="more-arabic-digits"),
        pytest.param(Broken(), id="breaks-off"),
    ],
)
def test_hostile_input_has_the_outcome_that_it_has_in_python(wrong: object) -> None:
    same(wrong)


@pytest.mark.parametrize("names", [range(10**15), Lying()], ids=["range", "lie"])
def test_more_names_than_memory_holds_are_a_memory_error(names: Any) -> None:
    same(names)
    with pytest.raises(MemoryError):
        natural_sort(names)


@contextmanager
def digits_limited_to(most: int) -> Iterator[None]:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(most)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


@pytest.mark.parametrize("most", [0, 640, 4300])
def test_python_decides_how_many_digits_are_too_many(most: int) -> None:
    with digits_limited_to(most):
        for length in (639, 640, 641, 4300, 4301):
            same(["1" * length, "2", "9" * length])


def test_an_argument_is_asked_for_as_python_asks() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'names'"):
        natural_sort()


@needs_timers
def test_what_a_signal_handler_raises_ends_the_sorting() -> None:
    # Plain names, for on the slow way Python looks for signals itself, and at the very end one that is none:
    # who reads on to it gets the other error.
    names = [*["a1"] * 4_000_000, None]
    with pytest.raises(TimeoutError) as caught, alarm(0.05):
        natural_sort(names)
    assert caught.value.__context__ is None


# The draft -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names", [["ß", "SS"], ["11", "٣"], ["99999999999999999999", "1"]], ids=["letter", "digit", "number"]
)
def test_the_draft_differs_where_the_page_says_so(names: list[str]) -> None:
    assert draft_sort(names) != python_sort(names)


plain = st.from_regex(r"\A[a-z._-]{0,3}([0-9]{1,18}[a-z._-]{1,3}){0,2}\Z")


@given(st.lists(plain, max_size=8))
def test_the_draft_is_right_about_plain_names_and_so_passes_most_tests(names: list[str]) -> None:
    assert draft_sort(names) == python_sort(names)


def test_the_draft_wants_a_sequence_and_cannot_hold_a_lone_surrogate() -> None:
    with pytest.raises(TypeError, match="'generator' object is not an instance of 'Sequence'"):
        draft_sort(name for name in ["b", "a"])
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        draft_sort(["caf\udce9"])


# The page ------------------------------------------------------------------------------------------------


def test_the_package_of_the_page_uses_the_pyo3_of_the_book() -> None:
    workspace = tomllib.loads((ROOT / "rust_examples" / "Cargo.toml").read_text("utf-8"))
    assert re.findall(r'^pyo3 = "(.+)"$', PAGE, re.MULTILINE) == [
        workspace["workspace"]["dependencies"]["pyo3"]
    ]


def test_the_old_backend_is_the_one_that_uv_brings_along() -> None:
    """Another version would have to be fetched."""
    wanted = re.findall(r'requires = \["(uv_build.*?)"\]', PAGE)
    assert wanted
    assert all(Requirement(one).specifier.contains(version("uv")) for one in wanted)


def test_the_package_of_the_page_is_the_twin_of_these_tests() -> None:
    notebook = jupytext.reads(PAGE, fmt="md:myst")
    cell = next(cell.source for cell in notebook.cells if "%%write natural_order/__init__.py" in cell.source)
    package: dict[str, Any] = {}
    exec(cell.partition("\n")[2], package)
    for names in (["ß", "SS"], ["img12", "img2"], ["v02", "v2"]):
        assert package["natural_sort"](names) == python_sort(names)


Said = list[tuple[str, str]]


@pytest.fixture(scope="module")
def said() -> Said:
    """The commands of the page, run once more, a pair for each cell: what it says, and what they print."""
    lock, root = terminal.claim(user_cache_path("pyrust-book", appauthor=False))
    with lock:
        return list(run_cells(terminal.prepare(root, "pytest", "hypothesis", "mypy")))


def run_cells(page: terminal.Terminal) -> Iterator[tuple[str, str]]:
    heard: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terminal, "_say", heard.append)
        for cell in jupytext.reads(PAGE, fmt="md:myst").cells:
            first, _, rest = cell.source.partition("\n")
            if first.startswith("%%write"):
                page.write(first.removeprefix("%%write "), rest)
            elif first.startswith("%%terminal"):
                heard.clear()
                page.run(rest, terminal._expected(first.removeprefix("%%terminal").strip()))
                yield rest, printing.plain("".join(heard))


def heard(said: Said, pattern: str) -> str:
    """What the one cell printed whose commands match."""
    found = [output for commands, output in said if re.search(pattern, commands)]
    assert len(found) == 1, f"{len(found)} cells of the page match {pattern!r}"
    return found[0]


def test_the_door_opens_into_rust_once_that_is_built(said: Said) -> None:
    printed = heard(said, r"draft\.rs. src/order\.rs\nmaturin develop")
    assert "Setting installed package as editable" in printed
    assert re.search(r"^_core\.\w", printed, re.MULTILINE)
    assert printed.splitlines()[-1] == "<built-in function natural_sort>"


def test_one_suite_over_both_halves_fails_for_the_draft_alone(said: Said) -> None:
    printed = heard(said, r"^pytest -q --tb=short$")
    assert re.findall(r"^FAILED .*::(\S+)", printed, re.MULTILINE) == [
        "test_names_may_come_from_anywhere[rust]"
    ]
    assert "'generator' object is not an instance of 'Sequence'" in printed


def test_the_generated_stub_gives_the_draft_away(said: Said) -> None:
    printed = heard(said, r"cat python/natural_order/_core\.pyi")
    assert "def natural_sort(names: SupportsGetItem[int, str]) -> list[str]:" in printed
    words = " ".join(printed.split())  # mypy breaks its lines where they are long
    assert 'imported name has type "Callable[[Iterable[str]], list[str]]"' in words


def test_hypothesis_finds_the_difference_only_with_an_alphabet_that_makes_trouble_likely(said: Said) -> None:
    assert "1 passed" in heard(said, r"^pytest -q tests/test_agreement\.py$")
    printed = heard(said, r"--tb=short tests/test_near\.py")
    assert "names=['ß', 'SS']" in printed


def test_an_edit_of_the_rust_is_there_after_a_build_and_not_before(said: Said) -> None:
    printed = heard(said, r"\['ß', 'SS'\]")
    lines = printed.splitlines()
    assert lines.index("['SS', 'ß']") < lines.index("['ß', 'SS']")
    assert "10 passed" in printed
    assert "def natural_sort(names: Any) -> list:" in printed


def test_a_wide_except_hides_a_core_that_cannot_be_loaded(said: Said) -> None:
    printed = heard(said, r"^cp src/lib\.rs right\.rs")
    assert "PyInit__core" in printed.partition("<function natural_sort at ")[0], "maturin's warning"
    assert "does not define module export function (PyInit__core)" in printed


def test_the_wheel_that_fits_is_taken_and_the_pure_one_holds_no_library(said: Said) -> None:
    printed = heard(said, r"^mkdir pure/natural_order")
    wheels = re.findall(r"^natural_order-1\.1\.0-(\S+)\.whl$", printed, re.MULTILINE)
    assert len(wheels) == 2
    assert "py3-none-any" in wheels
    hers = printed.partition("ls hers/natural_order\n")[2].partition("$")[0]
    assert hers.split() == ["__init__.py", "_core.pyi", "_pure.py"]
    assert re.match(r"rust ~.*site-packages", printed.splitlines()[-1])


def test_a_right_caller_is_accepted_and_a_wrong_one_refused(said: Said) -> None:
    printed = heard(said, r"^touch python/natural_order/py\.typed")
    assert "Success: no issues found" in printed.partition("listdir")[0]
    words = " ".join(printed.split())
    assert 'has incompatible type "list[bytes]"; expected "Iterable[str]"' in words
    assert "Success: no issues found in 3 modules" in heard(said, r"stubtest")


def test_uv_sees_the_rust_once_it_is_told_where_to_look(said: Said) -> None:
    printed = heard(said, r"requirements\.txt")
    before, _, after = printed.partition("cache-keys")
    assert "Checked 1 package" in before
    assert "Checked 1 package" not in after
    assert "natural-order==1.1.0" in after
