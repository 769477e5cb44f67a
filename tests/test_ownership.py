"""What the chapter on ownership promises: an index that is right, and what the compiler says."""

from __future__ import annotations

import gc
import re
import signal
import string
import sys
import time
from collections.abc import Callable
from pydoc_data.topics import topics
from types import FrameType
from typing import Any

import jupytext
import ownership
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbook import rust_cells
from workbook.layout import ROOT, Crate

SOURCES = Crate("ownership").folder / "src"
CELLS: list[str] = [
    cell.source for cell in jupytext.read(ROOT / "book" / "ownership.md").cells if cell.cell_type == "code"
]


def cell_with(words: str) -> str:
    """The one cell of the page that holds these words."""
    (found,) = [cell for cell in CELLS if words in cell]
    return found


def rust_cell(words: str) -> tuple[str, str]:
    """The line of the magic, and the Rust below it, of the one such cell."""
    magic, body = cell_with(words).split("\n", 1)
    assert magic.startswith("%%rust")
    return magic, body


def python_cell(words: str) -> dict[str, Any]:
    """What a cell of Python defines, where it asks for nothing that the book's crates make."""
    names: dict[str, Any] = {"words_of": words_of} if "def words_of" not in cell_with(words) else {}
    exec(cell_with(words), names)
    return names


def words_of(text: str) -> list[str]:
    """The twin of the first cell, which a test compares with it."""
    return [word for part in text.split() if (word := part.strip(string.punctuation))]


index_in_python: Callable[[dict[str, str]], dict[str, list[str]]] = python_cell("def index_in_python")[
    "index_in_python"
]


# The twin --------------------------------------------------------------------------------------------

SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2003\u2028\u202f\u205f\u3000"
NO_SPACES = "\x1b\u180e\u200b\u2060\ufeff\0"
LETTERS = "abAZ09_é\u0301ïßñ中🐍\u0903"

crumbs = st.text(alphabet=LETTERS + SPACES + NO_SPACES + string.punctuation + "«»–…", max_size=40)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
some_words = st.lists(st.sampled_from(["to", "be", "or", "naïve", "(to)", "🐍", "**"]), max_size=12)
texts = crumbs | anything | some_words.map(" ".join)
pages = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), texts, max_size=6)


@given(texts)
@example(SPACES.join("abc"))
@example("".join(f"a{space}b" for space in SPACES))
@example("".join(f"a{space}b" for space in NO_SPACES))
def test_words_are_those_of_the_python_twin(text: str) -> None:
    assert ownership.words_of(text) == words_of(text)


def test_every_character_divides_words_or_does_not_as_in_python() -> None:
    text = "".join(f"a{chr(code)}b" for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    assert ownership.words_of(text) == words_of(text)


@given(texts)
def test_views_and_copies_count_the_same_words_as_python(text: str) -> None:
    expected = len(set(words_of(text)))
    assert ownership.distinct_viewed(text) == ownership.distinct_copied(text) == expected


@given(pages)
@example({"Hamlet": "to be or not to be", "Macbeth": "be (to)", "": ""})
def test_the_index_is_that_of_the_python_twin(pages: dict[str, str]) -> None:
    expected = index_in_python(pages)
    index = ownership.Index(pages)
    assert {word: index.pages(word) for word in expected} == expected
    assert repr(index) == f"<Index: {len(expected)} words on {len(pages)} pages>"


def test_the_index_of_the_manual_is_that_of_the_python_twin() -> None:
    index = ownership.Index(topics)
    expected = index_in_python(topics)
    assert {word: index.pages(word) for word in expected} == expected


# The index -------------------------------------------------------------------------------------------


def test_an_unknown_word_is_on_no_page() -> None:
    assert ownership.Index({"a": "b"}).pages("c") == []
    assert ownership.Index({}).pages("") == []


def test_names_are_pythons_own_and_not_copies() -> None:
    name = "".join(["lam", "bda"])
    assert ownership.Index({name: "x"}).pages("x")[0] is name


def test_the_index_outlives_its_texts_and_keeps_none_of_them() -> None:
    name, text = "".join(["na", "me"]), "".join(["to ", "be"])
    before = sys.getrefcount(name), sys.getrefcount(text)
    index = ownership.Index({name: text})
    gc.collect()
    assert (sys.getrefcount(name), sys.getrefcount(text)) == (before[0] + 1, before[1])
    del text
    assert index.pages("be") == ["name"]
    del index
    assert sys.getrefcount(name) == before[0]


def test_a_change_of_the_dict_does_not_reach_the_index() -> None:
    pages = {"a": "x"}
    index = ownership.Index(pages)
    pages["b"] = "x"
    assert index.pages("x") == ["a"]


def test_an_index_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ownership.Index({}).names = []


def test_a_long_text_and_many_pages_are_indexed() -> None:
    index = ownership.Index({"one": "ü" * 1_000_000, **{str(n): "word" for n in range(10_000)}})
    assert index.pages("ü" * 1_000_000) == ["one"]
    assert index.pages("word") == [str(n) for n in range(10_000)]


WRONG = {
    "none": (None, TypeError),
    "list": ([("a", "b")], TypeError),
    "text": ("a b", TypeError),
    "number-for-a-name": ({1: "b"}, TypeError),
    "none-for-a-text": ({"a": None}, TypeError),
    "bytes-for-a-text": ({"a": b"b"}, TypeError),
    "lone-surrogate": ({"a": "\ud800"}, UnicodeEncodeError),
}


@pytest.mark.parametrize(("wrong", "expected"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_indexed_gets_the_exception_that_python_raises(
    wrong: Any, expected: type[Exception]
) -> None:
    with pytest.raises(expected) as caught:
        ownership.Index(wrong)
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    "call",
    [ownership.words_of, ownership.distinct_copied, ownership.distinct_viewed, ownership.Index({}).pages],
    ids=["words_of", "distinct_copied", "distinct_viewed", "pages"],
)
@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        pytest.param(None, TypeError, id="none"),
        pytest.param(5, TypeError, id="number"),
        pytest.param(b"a", TypeError, id="bytes"),
        pytest.param(["a"], TypeError, id="list"),
        pytest.param("\udcff", UnicodeEncodeError, id="lone-surrogate"),
    ],
)
def test_what_is_no_text_is_refused(
    call: Callable[[Any], object], wrong: object, expected: type[Exception]
) -> None:
    with pytest.raises(expected) as caught:
        call(wrong)
    assert type(caught.value) is expected


def call_with_timer(call: Callable[[str], object], text: str, seconds: float) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    call(text)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interval timer")
@pytest.mark.parametrize(
    "call",
    [
        ownership.words_of,
        ownership.distinct_copied,
        ownership.distinct_viewed,
        lambda text: ownership.Index({"a": text}),
    ],
    ids=["words_of", "distinct_copied", "distinct_viewed", "Index"],
)
def test_what_a_signal_handler_raises_ends_the_work(call: Callable[[str], object]) -> None:
    def handler(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    text = "to be " * 1_000_000
    start = time.process_time()
    call(text)
    whole = time.process_time() - start
    before = signal.signal(signal.SIGPROF, handler)
    try:
        start = time.process_time()
        with pytest.raises(TimeoutError):
            call_with_timer(call, text, whole / 5)
        assert time.process_time() - start < whole * 0.8
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# What the page says -----------------------------------------------------------------------------------


def test_one_list_behind_every_word_holds_more_pages_than_there_are() -> None:
    names = python_cell("dict.fromkeys")
    assert names["index"]["lambda"] is names["index"]["None"]
    assert len(names["index"]["lambda"]) > len(topics)
    assert names["words_of"]("(a) b, ** «c»") == words_of("(a) b, ** «c»")


def test_a_loop_that_removes_from_its_own_list_leaves_small_words() -> None:
    left = python_cell("words.remove(word)")["words"]
    assert any(len(word) < 4 for word in left)
    assert [word for word in left if len(word) >= 4] == ["many", "words", "lambda"]


def test_one_step_under_the_lock_is_exact_and_two_steps_never_count_too_much(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, body = rust_cell("two_steps")
    rust_cells.run(body)
    one_step, two_steps = map(int, capsys.readouterr().out.split(" and "))
    assert one_step == 40_000
    assert 1 <= two_steps <= 40_000


SAYINGS = {
    "use-of-moved-value": ("let pages: Vec<&str>", "use of moved value"),
    "borrow-of-moved-value": ("fn width(page: String)", "borrow of moved value"),
    "rc-is-not-send": ("Rc::clone", "cannot be sent between threads safely"),
    "closure-may-outlive": ("let counting = thread::spawn", "may outlive the current function"),
    "missing-lifetime": ("fn longer(a: &str", "missing lifetime specifier"),
}


@pytest.mark.parametrize(("words", "saying"), SAYINGS.values(), ids=SAYINGS.keys())
def test_the_compiler_says_what_the_page_quotes(words: str, saying: str) -> None:
    _, body = rust_cell(words)
    rust_cells.run(body, fails=saying)


CURES = {
    "a-clone-for-each-word": ("let pages: Vec<&str>", "(word, pages)", "(word, pages.clone())"),
    "a-clone-of-the-page": ("fn width(page: String)", "width(page);", "width(page.clone());"),
    "a-mutable-borrow": ("fn add_page", "&Vec<String>", "&mut Vec<String>"),
    "a-borrow-that-has-ended": (
        "let there = &mut pages",
        '    let there = &mut pages;\n    here.push("naming");\n',
        '    here.push("naming");\n    let there = &mut pages;\n',
    ),
    "the-value-and-no-view": ("fn headline", "-> &str {\n", "-> String {\n"),
    "no-inner-braces": ("let longest;", "    {\n        let other", "    let other"),
    "a-bound": ("fn longest<T>", "<T>", "<T: PartialOrd>"),
    "arc-and-mutex": ("Rc::clone", "Rc", "Arc"),
    "move": ("let counting = thread::spawn", "spawn(||", "spawn(move ||"),
    "a-view-of-the-page": ("fn first_page", "-> String {\n    pages[0]", "-> &str {\n    &pages[0]"),
    "a-clone-out-of-the-list": ("fn first_page", "pages[0]", "pages[0].clone()"),
}
FURTHER = {
    "the-value-and-no-view": [("    &line\n", "    line\n")],
    "no-inner-braces": [("&other);\n    }\n", "&other);\n")],
    "arc-and-mutex": [
        ("std::rc::Arc", "std::sync::Arc"),
        ("std::cell::RefCell", "std::sync::Mutex"),
        ("RefCell::new", "Mutex::new"),
        ("mine.borrow_mut()", "mine.lock().unwrap()"),
    ],
}


@pytest.mark.parametrize(("name", "words", "wrong", "right"), [(n, *c) for n, c in CURES.items()], ids=CURES)
def test_a_cure_of_the_page_compiles(name: str, words: str, wrong: str, right: str) -> None:
    magic, body = rust_cell(words)
    assert "--fails" in magic
    for old, new in [(wrong, right), *FURTHER.get(name, [])]:
        assert old in body
        body = body.replace(old, new)
    rust_cells.run(body)


def test_numbers_bools_characters_and_views_are_copied_where_a_string_moves() -> None:
    program = "fn main() {{ let a = {}; let b = a; println!({}, a, b); }}"
    for value in ["7_u8", "2.5", "true", "'a'", '"a"']:
        rust_cells.run(program.format(value, '"{} {}"'))
    rust_cells.run(program.format('String::from("a")', '"{} {}"'), fails="E0382")


def test_the_token_has_no_size() -> None:
    rust_cells.run("const _: () = assert!(size_of::<Python<'static>>() == 0);")


def test_every_code_that_the_page_promises_is_shown() -> None:
    magics = " ".join(cell.split("\n", 1)[0] for cell in CELLS)
    shown = set(re.findall(r"E0\d{3}", magics))
    assert shown >= {f"E0{code}" for code in (106, 277, 369, 373, 382, 499, 502, 507, 515, 596, 597)}


# Exercises ---------------------------------------------------------------------------------------------


def test_the_lines_of_the_exercise_are_the_lines_that_are_run() -> None:
    asked = re.findall(r"/// \d\. `(.+)`", (SOURCES / "exercises.rs").read_text("utf-8"))
    run = re.findall(r"moved!\(page, (.+)\),", (SOURCES / "moves.rs").read_text("utf-8"))
    assert asked == run
    assert len(ownership.lines_that_moved()) == len(asked) == 6


def test_a_line_moves_where_the_page_could_not_be_used_after_it() -> None:
    """The truth that the exercise compares with is rustc's."""
    page = "#[derive(Clone)] struct Page { number: usize, text: String }\n"
    page += "fn measure(page: &Page) -> usize { page.text.len() }\n"
    page += "fn shelve(page: Page) -> usize { page.text.len() }\n"
    lines = re.findall(r"moved!\(page, (.+)\),", (SOURCES / "moves.rs").read_text("utf-8"))
    for line, moved in zip(lines, ownership.lines_that_moved(), strict=True):
        body = f"{page}fn after(page: Page) -> usize {{ {line}; page.number }}\n"
        rust_cells.run(body, fails="E0382" if moved else None)


def test_no_exercise_gives_itself_away() -> None:
    stubs = (SOURCES / "exercises.rs").read_text("utf-8")
    for spoiler in ("false, true", "[False", "chars().count", "max_by_key", "&mut Vec"):
        assert spoiler not in stubs
