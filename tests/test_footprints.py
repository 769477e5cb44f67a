"""Memory is drawn from the first reading on, and said in words."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from workbook import memory
from workbook.footprints import Memory
from workbook.results import RaceError

SPACE = "\N{NO-BREAK SPACE}"
READINGS = {
    "a <leak> & more": [90_000_000, 100_000_000, 136_000_000],
    "level": [80_000_000, 80_400_000, 79_000_000],
}


def drawn(**rust: list[str]) -> Memory:
    return memory("a-leak", READINGS, "windows opened & closed", **rust)


def test_what_was_there_at_first_does_not_count() -> None:
    assert drawn().grown("a <leak> & more") == [0, 10_000_000, 46_000_000]
    assert drawn().grown("level") == [0, 400_000, 0]


def test_the_growth_is_said_in_words() -> None:
    assert drawn().verdict("a <leak> & more") == f"grew by 46{SPACE}MB"
    assert drawn().verdict("level") == f"grew by less than 1{SPACE}MB"
    assert drawn().summary.startswith("After 2 windows opened & closed: a <leak> & more grew by 46")


@pytest.mark.parametrize("rust", [[], ["level"], list(READINGS)], ids=str)
def test_the_figure_is_well_formed_and_says_what_it_shows(rust: list[str]) -> None:
    figure = drawn(rust=rust)
    root = ET.fromstring(figure.html())
    assert root.tag == "figure"
    assert [svg.findtext("title") for svg in root.iter("svg") if svg.get("role") == "img"] == [figure.summary]
    lines = [line.get("points", "") for line in root.iter("polyline")]
    assert [len(line.split()) for line in lines] == [3, 3]
    heights = [float(point.split(",")[1]) for point in lines[0].split()]
    assert heights == sorted(heights, reverse=True)


def test_pictures_have_no_colours_but_the_pages_own_and_the_palette() -> None:
    found = set(re.findall(r"(?:fill|stroke):([^;\"]+)", drawn(rust=["level"]).html()))
    assert found <= {"currentColor", "none", "#c8602a"}


def test_a_process_that_never_grows_can_be_drawn() -> None:
    assert "grew by less than 1" in memory("flat", {"flat": [5, 5, 5]}, "steps").html()


@pytest.mark.parametrize("readings", [{}, {"one": [5]}, {"one": [5, 6], "none": []}], ids=str)
def test_too_little_to_draw_is_refused(readings: dict[str, list[int]]) -> None:
    with pytest.raises(RaceError, match="'a-leak' has too little to draw"):
        memory("a-leak", readings, "steps")


def test_a_name_that_cannot_be_quoted_is_refused() -> None:
    with pytest.raises(RaceError, match="cannot name"):
        memory("a leak", READINGS, "steps")
