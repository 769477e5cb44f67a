"""What the chapter `just_enough_rust` promises."""

from __future__ import annotations

import csv
import html
import io
import linecache
import re
import runpy
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import Distribution, distribution, distributions, files
from pathlib import Path
from types import ModuleType
from typing import Any

import just_enough_rust
import pytest
from alarms import alarm, needs_timers
from hypothesis import example, given
from hypothesis import strategies as st
from just_enough_rust import largest, weigh, weigh_kinds
from tree_sitter import Node

from workbook import layout, notebooks
from workbook.layout import Chapter, Crate
from workbook.rust import Sources, items, parse, shown_items
from workbook.sheet import DifferenceError, Sheet, outcome

CHAPTER = Chapter("just_enough_rust", None)
CRATE = Crate("just_enough_rust")

# The Python twin -----------------------------------------------------------------------------------------

Row = tuple[str, int | None]

FACES: dict[str, Callable[[str], object]] = {"weigh": weigh, "weigh_kinds": weigh_kinds, "largest": largest}


def unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    return text


def read(text: str) -> list[Row]:
    """The twin: paths and sizes, or the `ValueError` of the first line that is none."""
    lines = re.split(r"\r?\n", text)
    rows: list[Row] = []
    for number, line in enumerate(lines[: -1 if lines[-1] == "" else None], 1):
        fields = line.rsplit(",", 2)
        if len(fields) < 3:
            reason = ["there is no comma", "there is one comma, and not two"][len(fields) - 1]
            raise ValueError(f"line {number}: {reason}")
        size = unquoted(fields[2])
        if size and not re.fullmatch(r"\+?[0-9]+", size):
            raise ValueError(f"line {number}: the size is no number: invalid digit found in string")
        if size and int(size) >= 2**64:
            raise ValueError(f"line {number}: the size is no number: number too large to fit in target type")
        rows.append((unquoted(fields[0]), int(size) if size else None))
    return rows


def weigh_in_python(text: str) -> int:
    total = sum(size for _, size in read(text) if size is not None)
    if total >= 2**64:
        raise OverflowError("the sum does not fit in 64 bits")
    return total


def kind(path: str) -> str:
    _, dot, suffix = path.rpartition(".")
    if dot and suffix in {"py", "pyi"}:
        return "source"
    if dot and suffix == "pyc":
        return "bytecode"
    return "native" if (dot and suffix in {"so", "pyd", "dylib"}) or ".so." in path else "other"


def weigh_kinds_in_python(text: str) -> dict[str, int]:
    weigh_in_python(text)
    weights: dict[str, int] = {}
    for path, size in read(text):
        if size is not None:
            weights[kind(path)] = weights.get(kind(path), 0) + size
    return weights


def largest_in_python(text: str) -> list[tuple[str, int]]:
    known = [(path, size) for path, size in read(text) if size is not None]
    return sorted(known, key=lambda row: -row[1])[:3]


TWINS = {"weigh": weigh_in_python, "weigh_kinds": weigh_kinds_in_python, "largest": largest_in_python}

faces = pytest.mark.parametrize("name", FACES)


def result(function: Callable[[str], object], text: str) -> object:
    """What a call returns, or type and message of what it raises."""
    try:
        return function(text)
    except Exception as error:
        return type(error), str(error)


names = st.sampled_from(
    ["a.py", "b.pyi", "c.pyc", "d.so", "e.so.5.0", "é,ü.py", 'say "x".py', "RECORD", "", "."]
)
sizes = st.sampled_from(["", "0", "99", "+5", "007", '"7"', str(2**64 - 1)]) | st.integers(0, 2**64).map(str)
good_lines = st.tuples(names, st.sampled_from(["", "sha256=w3Mg"]), sizes).map(",".join)
crumbs = st.text(alphabet='a.,+-_"0129٣é \t\r\x0b\u2028', max_size=12)
texts = st.tuples(st.lists(good_lines | crumbs, max_size=5), st.sampled_from(["\n", "\r\n"])).map(
    lambda parts: parts[1].join(parts[0])
)


@faces
@given(text=texts)
@example("")
@example("\n")
@example("a,,\r")
@example("a,,1\r\r\n")
@example("a,,-1")
@example("a,,1_0")
@example("a,,٣")
@example(f"a,,{2**64 - 1}\nb,,1")
@example(f"a,,{2**64 - 1}\nb.py,,1")
@example(f"a,,{2**64}")
@example('",,"')
@example('"')
def test_any_text_gives_what_the_python_twin_gives_or_raises(name: str, text: str) -> None:
    assert result(FACES[name], text) == result(TWINS[name], text)


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_characters="\r\n", codec="utf-8")), st.integers(0, 2**50))
    )
)
def test_what_the_csv_module_writes_is_read_back(rows: list[tuple[str, int]]) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows((path, "sha256=w3Mg", size) for path, size in rows)
    assert largest(written.getvalue(), len(rows)) == sorted(rows, key=lambda row: -row[1])
    assert weigh(written.getvalue()) == sum(size for _, size in rows)


def test_a_path_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^line 1: there is no comma$"):
        weigh('"a\nb",,')


# This environment ----------------------------------------------------------------------------------------


def installed() -> list[tuple[Distribution, str]]:
    found = [(one, one.read_text("RECORD")) for one in distributions()]
    return [(one, text) for one, text in found if text]


def test_every_package_of_this_environment_weighs_what_importlib_says() -> None:
    assert len(installed()) > 50
    for one, text in installed():
        expected = sum(file.size or 0 for file in one.files or ())
        assert weigh(text) == expected == sum(weigh_kinds(text).values()), one.name


def test_the_line_of_the_first_screen_meets_a_file_without_a_size() -> None:
    listed = files("rpds-py") or []
    assert "RECORD" in [file.name for file in listed if file.size is None]
    with pytest.raises(TypeError, match=r"^unsupported operand type\(s\) for \+: 'int' and 'NoneType'$"):
        sum(file.size for file in listed)  # type: ignore[misc]


def test_nearly_all_of_rpds_is_native() -> None:
    record = distribution("rpds-py").read_text("RECORD") or ""
    assert weigh_kinds(record)["native"] > 0.9 * weigh(record)


# What is refused -----------------------------------------------------------------------------------------


@faces
@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        pytest.param(None, TypeError, id="None"),
        pytest.param(5, TypeError, id="int"),
        pytest.param(b"a,,1", TypeError, id="bytes"),
        pytest.param(["a,,1"], TypeError, id="list"),
        pytest.param(Path("RECORD"), TypeError, id="path"),
        pytest.param("a,,1\ud800", UnicodeEncodeError, id="lone surrogate"),
    ],
)
def test_what_is_no_text_is_refused(name: str, wrong: Any, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        FACES[name](wrong)


@pytest.mark.parametrize("count", [-1, 2**64], ids=["negative", "huge"])
def test_a_count_that_is_none_is_an_overflow_error(count: int) -> None:
    with pytest.raises(OverflowError):
        largest("a,,1", count)


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (2, 2), (2**63, 4)])
def test_largest_gives_at_most_so_many_and_equal_ones_in_order(count: int, expected: int) -> None:
    found = largest("a,,1\nb,,3\nc,,1\nd,,2\ne,,", count)
    assert found == [("b", 3), ("d", 2), ("a", 1), ("c", 1)][:expected]


def test_a_megabyte_in_one_line_gives_a_short_message() -> None:
    with pytest.raises(ValueError, match=r"^line 1: ") as caught:
        weigh("9" * 1_000_000)
    assert len(str(caught.value)) < 100
    with pytest.raises(ValueError, match=r"too large") as caught:
        weigh("a,," + "9" * 1_000_000)
    assert len(str(caught.value)) < 100


@needs_timers
def test_what_a_signal_handler_raises_ends_the_reading() -> None:
    # A fault at the very end: who reads on to it gets the other error.
    text = "rpds/__init__.py,sha256=w3Mg,99\n" * 2_000_000 + "at last"
    with pytest.raises(TimeoutError), alarm():
        weigh(text)


def test_functions_have_docs_that_name_their_errors() -> None:
    for function in FACES.values():
        assert "Raises" in (function.__doc__ or "")


# The sheet -----------------------------------------------------------------------------------------------

u32 = st.integers(0, 2**32 - 1)
words = st.text(alphabet='aZé./_-"<& 0', max_size=8)
digits = st.from_regex(r"\A([0-9]{1,9}|[a-z.]{0,5})\Z")
word_lists = st.lists(words | st.just("test_a"), max_size=5)
number_lists = st.lists(u32, max_size=5)

ARGUMENTS: dict[str, st.SearchStrategy[tuple[Any, ...]]] = {
    "kilobytes": st.tuples(u32),
    "label": st.tuples(words, u32),
    "folders": st.tuples(words),
    "split_size": st.tuples(u32),
    "is_hidden": st.tuples(words | st.sampled_from([".", "..", "...", ".git"])),
    "plural": st.tuples(u32 | st.just(1)),
    "described": st.tuples(words | st.sampled_from(["py", "pyi"])),
    "suffix": st.tuples(words),
    "known": st.tuples(u32 | st.none()),
    "check": st.tuples(u32 | st.integers(999_999, 1_000_001)),
    "doubled": st.tuples(digits),
    "total": st.tuples(number_lists),
    "halvings": st.tuples(u32),
    "tests": st.tuples(word_lists),
    "any_above": st.tuples(number_lists, u32),
    "numbered": st.tuples(word_lists),
    "by_size": st.tuples(st.lists(st.tuples(words, u32 | st.just(7)), max_size=5)),
    "tally": st.tuples(word_lists),
    "File": st.tuples(words, u32),
}


@cache
def sheet_cell() -> str:
    (cell,) = [
        cell.source for cell in notebooks.cells(CHAPTER).cells if "Sheet(just_enough_rust)" in cell.source
    ]
    return str(cell)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the cell of the page that makes the sheet leaves behind."""
    path = tmp_path_factory.mktemp("page") / "cell.py"
    path.write_text(f"import just_enough_rust\n\n{sheet_cell()}\n", "utf-8")
    return runpy.run_path(str(path))


def shown_by(module: ModuleType) -> set[str]:
    return {name for name in vars(module) if not name.startswith("_")}


def test_every_row_of_the_sheet_is_tried_here(page: dict[str, Any]) -> None:
    assert shown_by(just_enough_rust.sheet) == set(ARGUMENTS)
    assert len(page["sheet"].rows) == len(ARGUMENTS)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_both_sides_of_a_row_do_the_same(page: dict[str, Any], name: str) -> None:
    rust, python = getattr(just_enough_rust.sheet, name), page[name]

    @given(ARGUMENTS[name])
    def agree(arguments: tuple[Any, ...]) -> None:
        assert outcome(rust, arguments) == outcome(python, arguments)

    agree()


def test_a_list_of_the_sheet_keeps_what_it_was_given() -> None:
    given_list = ["test_b", "test_a"]
    assert just_enough_rust.sheet.tests(given_list) == ["test_b", "test_a"] == given_list


@pytest.mark.parametrize("wrong", [-1, 2**32, "99", 1.0, None], ids=str)
def test_a_size_that_is_no_u32_is_refused(wrong: Any) -> None:
    expected = OverflowError if isinstance(wrong, int) else TypeError
    for name in ["kilobytes", "split_size", "plural", "check", "halvings"]:
        with pytest.raises(expected):
            getattr(just_enough_rust.sheet, name)(wrong)


def test_the_columns_are_the_very_code_that_ran(page: dict[str, Any]) -> None:
    rust = " ".join((CRATE.folder / "src" / "sheet.rs").read_text("utf-8").split())
    for row in page["sheet"].rows:
        python, *others = row.sources
        assert python in sheet_cell()
        for text in others:
            for line in text.splitlines():
                assert " ".join(line.split()) in rust
    assert "fn suffix" not in sheet_cell()


def test_the_markup_says_what_the_rows_say(page: dict[str, Any]) -> None:
    markup = page["sheet"].markup
    cells = re.findall(r"<pre>(.*?)</pre>", markup, re.DOTALL)
    said = [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]
    assert said == [text for row in page["sheet"].rows for text in row.sources]
    assert repr(page["sheet"]).count("  PyO3\n") == len(ARGUMENTS)


SHEETS = {
    "value": ("def plural(count): return 'files'", "plural.*: Rust says .*0 files.*, and Python .*'files'"),
    "type": ("def kilobytes(size): return 0", r"kilobytes.*'float', '0.0'.*'int', '0'"),
    "raised": ("def halvings(size): raise KeyError", r"halvings.*'int', '0'.*'raised', 'KeyError'"),
}


@pytest.mark.parametrize(("code", "message"), SHEETS.values(), ids=SHEETS.keys())
def test_a_row_whose_sides_differ_is_refused(code: str, message: str) -> None:
    sheet = Sheet(just_enough_rust)
    source = f"@sheet.row((0,))\n{code}\n"
    linecache.cache["<row>"] = (len(source), None, source.splitlines(keepends=True), "<row>")
    with pytest.raises(DifferenceError, match=message):
        exec(compile(source, "<row>", "exec"), {"sheet": sheet})
    assert not sheet.rows


# Test of success: who has read this chapter and `ownership` can read every listing of the book -------------

SAME_AS_IN_PYTHON = {
    *("<=", ">=", "!=", "-", "-=", "*=", "|=", "&=", "^", "^=", "%=", "<<", ">>", "assignment_expression"),
    *("break_expression", "break", "continue_expression", "continue"),
    *("boolean_literal", "true", "false"),
    "mut_pattern",  # `mut` within a pattern, where ours stand before a name
}
"""Signs and statements that a Python reader knows, and what the grammar alone tells apart."""

EXPLAINED_THERE = {
    "async_rust": {"async", "await", "await_expression", "async_block", "bounded_type", "function_modifiers"},
    "benchmarking": {"..="},
    "capstone": {"function_type", "slice_pattern"},
    "choosing_rust": {
        *("base_field_initializer", "raw", "pointer_type", "function_type", "function_modifiers"),
        *("extern", "extern_modifier", "unsafe", "unsafe_block"),
    },
    "distribution": {"slice_pattern"},
    "existing_package": {"..=", "range_pattern", "slice_pattern"},
    "memory_management": {"unsafe", "unsafe_block"},
    "rust_ecosystem": {"function_signature_item", "trait", "trait_item"},
    "rust_functions": {"default", "type", "type_item", "lifetime_parameter", "type_parameters"},
    "testing": {"..=", "range_pattern", "slice_pattern", "static", "static_item", "unsafe", "unsafe_block"},
}
"""What another chapter explains where it shows it, by the chapter's slug."""


def listings(chapter: Chapter) -> Iterator[tuple[str, str]]:
    """All Rust that a page shows or compiles, each with where it comes from."""
    for number, cell in enumerate(notebooks.cells(chapter).cells, 1):
        first, _, body = cell.source.partition("\n")
        if first.startswith("%%rust") or re.match(r"%%write \S+\.rs$", first):
            yield f"cell {number}, {first}", body
        if chapter.crate is not None:
            for item in shown_items(cell.source, chapter.crate):
                yield f"cell {number}, {item.keyword} {item.name}", item.text


def constructs(text: str) -> set[str]:
    """Everything that the grammar tells apart in a listing."""
    waiting: list[Node] = [parse(text.encode())]
    found = set()
    while waiting:
        node = waiting.pop()
        found.add(node.type)
        waiting += node.children
    return found


@cache
def taught() -> set[str]:
    sheet = (CRATE.folder / "src" / "sheet.rs").read_text("utf-8")
    shown = [text for slug in ("just_enough_rust", "ownership") for _, text in listings(Chapter(slug, None))]
    return set().union(*map(constructs, [sheet, *shown]))


def part_two_and_later() -> list[Chapter]:
    chapters = [chapter for chapter in layout.chapters() if chapter.crate is not None]
    return chapters[[chapter.slug for chapter in chapters].index("first_package") :]


@pytest.mark.parametrize("chapter", part_two_and_later(), ids=lambda chapter: chapter.slug)
def test_every_construct_of_a_listing_is_shown_in_this_chapter_or_in_ownership(chapter: Chapter) -> None:
    known = taught() | SAME_AS_IN_PYTHON | EXPLAINED_THERE.get(chapter.slug, set())
    for where, text in listings(chapter):
        new = sorted(constructs(text) - known)
        assert not new, (
            f"book/{chapter.slug}.md, {where}: {', '.join(new)} is in no listing of just_enough_rust or "
            "ownership. Show it there, or explain it where it stands and say so in EXPLAINED_THERE."
        )


def test_the_walk_would_find_what_is_not_taught() -> None:
    assert constructs("union Bits { a: u32 }\n") - taught() >= {"union_item"}
    assert {"match_expression", "try_expression", "closure_expression", "tuple_expression"} <= taught()


# The page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mistake",
    ["E0277", "E0308", "E0384", "E0004", "E0369", "on a `None` value", "attempt to add with overflow"],
)
def test_the_page_makes_the_mistake(mistake: str) -> None:
    firsts = [cell.source.partition("\n")[0] for cell in notebooks.cells(CHAPTER).cells]
    assert any(first.startswith("%%rust") and mistake in first for first in firsts)


def test_no_exercise_gives_itself_away() -> None:
    stubs = (CRATE.folder / "src" / "exercises.rs").read_text("utf-8")
    for spoiler in ("false", "split_once('='", "ok_or_else", ".trim()"):
        assert spoiler not in stubs


def test_all_that_the_crate_shows_is_found_by_its_parser() -> None:
    within = {
        item.name for item in items(CRATE.folder / "src" / "sheet.rs") if item.keyword in {"fn", "struct"}
    }
    assert set(ARGUMENTS) <= within
    assert Sources(CRATE).find("record::weight")
