"""What all races together advise: counted, drawn, and quoted as they came out."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import pytest
from executable_book import races_not_before

from workbook import decisions, defeats, layout, records
from workbook.advice import Decisions
from workbook.plots import SPACE
from workbook.results import Race, RaceError, Scaling, Timing

KINDS = {"small calls": ["a-call"], "work": ["a-parser", "a-search"]}


def race(name: str, **times: float) -> Race:
    timings = {label: Timing((seconds,) * 20) for label, seconds in times.items()}
    return Race(
        name, timings, frozenset(label for label in timings if "Rust" in label), "a machine", date.today()
    )


RACES: list[Race | Scaling] = [
    race("a-call", Python=2e-8, Rust=5e-8),
    race("a-parser", Python=0.04, Rust=0.002),
    Scaling(
        "a-search", {10: race("a-search", C=1e-6, Rust=2e-6), 100: race("a-search", C=1e-5, Rust=1.01e-5)}
    ),
    race("unknown", Python=1e-3, Rust=1e-4),
    race("rust-alone", Rust=1.0, Rust2=2.0),
    race("nobody-is-rust", Python=1.0, C=2.0),
    race("the-page-own", Python=1.0, Rust=1e-9),
]


@pytest.fixture
def chapter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> layout.Chapter:
    """A book of one chapter, which draws all these races, and keeps the records in a folder of its own."""
    monkeypatch.setattr(layout, "RACES", tmp_path / "races")
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    (tmp_path / "book").mkdir()
    calls = "\n".join(f'compare("{one.name}", {{}})' for one in RACES)
    (tmp_path / "book" / "chapter.md").write_text(f"# A `chapter`\n\n{calls}\n", "utf-8")
    found = layout.Chapter("chapter", "A part")
    monkeypatch.setattr(layout, "chapters", lambda: [found])
    return found


@pytest.fixture
def made(chapter: layout.Chapter) -> Decisions:
    for one in RACES:
        records.save(one)
    return decisions("the-page", KINDS, compiled={"C"})


def test_the_fastest_rust_is_measured_against_the_fastest_alternative(made: Decisions) -> None:
    found = [(case.race.name, case.size, case.kind, case.against, case.outcome) for case in made.cases]
    assert found == [
        ("a-call", None, "small calls", "Python", "lost"),
        ("a-parser", None, "work", "Python", "won"),
        ("a-search", 10, "work", "compiled code", "lost"),
        ("a-search", 100, "work", "compiled code", "tied"),
        ("unknown", None, "not sorted", "Python", "won"),
    ]


def test_races_without_a_choice_and_the_own_ones_of_the_page_do_not_count(made: Decisions) -> None:
    assert {case.race.name for case in made.cases}.isdisjoint(
        {"rust-alone", "nobody-is-rust", "the-page-own"}
    )


def test_sentences_quote_how_rust_fared(made: Decisions) -> None:
    facts = made.facts()
    assert facts["the-page-measured"] == "5 measurements in 4 races"
    assert facts["the-page-fared"] == "was faster in 2, level in 1 and slower in 2"
    assert facts["the-page-small-calls"] == "was slower in 1"
    assert facts["the-page-work"] == "was faster in 1, level in 1 and slower in 1"
    assert facts["the-page-against-Python"] == "was faster in 2 and slower in 1"
    assert facts["the-page-against-compiled-code"] == "was level in 1 and slower in 1"
    assert facts["the-page-shortest"] == "was slower in 1"
    assert facts["the-page-longest"] == "was faster in 1"
    assert facts["the-page-a-call"] == "took 2.5 times as long as Python"
    assert facts["the-page-a-search"] == "was level with C"


def test_the_table_has_a_row_for_each_kind_rival_and_length_that_occurs(made: Decisions) -> None:
    rows = [(name.replace(SPACE, " "), *numbers) for name, *numbers in made.rows()]
    assert rows == [
        ("small calls", "0", "0", "1", "0.40"),
        ("work", "1", "1", "1", "0.50–20"),
        ("not sorted", "1", "0", "0", "10"),
        ("against Python", "2", "0", "1", "0.40–20"),
        ("against compiled code", "0", "1", "1", "0.50–0.99"),
        ("calls of under 1 µs", "0", "0", "1", "0.40"),
        ("calls of 1 µs to 100 µs", "0", "1", "1", "0.50–0.99"),
        ("calls of 100 µs to 10 ms", "1", "0", "0", "10"),
        ("calls of 10 ms and more", "1", "0", "0", "20"),
    ]


def test_a_race_of_many_calls_counts_by_the_length_of_one(chapter: layout.Chapter) -> None:
    records.save(race("a-call", Python=2e-5, Rust=5e-5))
    (case,) = decisions("the-page", KINDS, calls={"a-call": 1000}).cases
    assert case.seconds == pytest.approx(2e-8)


def test_a_contender_that_does_less_is_set_apart(chapter: layout.Chapter) -> None:
    records.save(race("a-parser", Python=4.0, Rust=2.0, RustLazy=0.1))
    (case,) = decisions("the-page", KINDS, apart={"a-parser": "RustLazy"}).cases
    assert case.rust == "Rust"


def test_the_picture_is_well_formed_and_says_what_each_letter_is(made: Decisions) -> None:
    tree = ET.fromstring(made.html())
    letters = [text for text in tree.iter("text") if text.find("title") is not None]
    assert ["".join(text.itertext())[-1] for text in letters] == ["S", "W", "W", "W", "N"]
    said = letters[0].findtext("title")
    assert said == "A chapter: Rust took 2.5 times as long as Python"
    assert "In 5 measurements Rust was faster in 2, level in 1 and slower in 2." in made.html()


def test_defeats_are_listed_once_a_race_the_worst_first_with_a_link(made: Decisions) -> None:
    assert str(defeats(made)).splitlines() == [
        "A chapter: Rust took 2.5 times as long as Python",
        "A chapter: Rust took 2.0 times as long as C at size 10",
    ]
    bundle = defeats(made)._repr_mimebundle_()
    assert bundle["text/html"].count('<a href="chapter.html">A chapter</a>') == 2
    ET.fromstring(bundle["text/html"])


def test_without_records_the_page_says_so_and_its_sentences_have_words(chapter: layout.Chapter) -> None:
    made = decisions("the-page", KINDS)
    assert str(made).startswith("No race is on record yet")
    assert "No race is on record yet" in made.html()
    assert "no race is on record yet" in str(defeats(made))
    facts = made.facts()
    assert facts["the-page-measured"] == "no measurements in no races"
    assert facts["the-page-work"] == facts["the-page-longest"] == "has not been measured yet"
    assert facts["the-page-a-parser"] == "has not been raced in this build"


def test_the_same_keys_are_there_with_records_and_without(chapter: layout.Chapter) -> None:
    before = decisions("the-page", KINDS).facts().keys()
    for one in RACES:
        records.save(one)
    assert before <= decisions("the-page", KINDS).facts().keys()


@pytest.mark.parametrize("kinds", [{"": []}, {"work": [], "waiting": []}, {"nothing": []}], ids=repr)
def test_kinds_that_the_picture_could_not_tell_apart_are_refused(kinds: dict[str, list[str]]) -> None:
    with pytest.raises(RaceError, match="a first letter of its own"):
        decisions("the-page", kinds)


def test_what_a_page_that_collects_cannot_have_seen_does_not_make_it_run_again() -> None:
    collecting = [chapter for chapter in layout.chapters() if chapter.collects]
    races = [set(chapter.races) for chapter in collecting]
    for place, chapter in enumerate(collecting):
        assert races_not_before(chapter) == set().union(*races[place:])
