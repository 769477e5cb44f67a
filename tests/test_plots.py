"""Pictures are well-formed, say what they show, and take their colours from the page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from workbook import flames, layout, plots
from workbook.advice import Case, Decisions, Sorting
from workbook.flame_graphs import Flames
from workbook.noise import Repetitions
from workbook.results import Race, Scaling, Timing
from workbook.timelines import Interval, Timeline

LABELS = [
    "Counter(text.split())",
    'a < b & "c"',
    "rust",
    "rust, borrowed",
    "a label of forty characters, not one more",
]


def race(size: int = 1) -> Race:
    timings = {
        label: Timing(tuple(1e-6 * size * (1 + place) * (1 + turn / 50) for turn in range(20)))
        for place, label in enumerate(LABELS)
    }
    return Race("a-race", timings, frozenset(LABELS[2:4]), "a machine", date(2026, 11, 22))


RACE = race()
SCALING = Scaling("a-race", {size: race(size) for size in (10, 1000, 100_000)})
CROSSING = Scaling(
    "a-race",
    {
        size: Race(
            "a-race", {"<a>": Timing((1e-6 * size,)), "b": Timing((1e-4,))}, frozenset("b"), "m", date.min
        )
        for size in (10, 1000)
    },
)
TIMELINE = Timeline("a-line", (Interval("<a>", 0, 2, "x & y"), Interval("b", 1, 3, "z")))
FLAMES = flames(
    '<module> (a.py);work <b> & "c" (a.py) 30\n'
    '<module> (a.py);work <b> & "c" (a.py);one::Two::three::h0123456789abcdef (one.so) 60\n'
    "<module> (a.py);memcpy (libc.so.6) 10\n"
)
NOISE = Repetitions(
    "a-noise", {"alone & <quiet>": [1e-3, 1.1e-3, 1.3e-3], "beside others": [1e-3, 2e-3, 0.5]}
)
SORTING = Sorting({"work & <play>": ["a-race"]}, frozenset(LABELS), {}, {})
INDEX = layout.Chapter("index", None)
CLOUD = Decisions("a-page", [Case(one, INDEX, SORTING, size) for size, one in SCALING.races.items()], SORTING)
HALO = "var(--book-page,var(--jp-layout-color0,Canvas))"

FIGURES = [
    pytest.param(RACE, id="race"),
    pytest.param(SCALING, id="scaling"),
    pytest.param(CROSSING, id="crossing"),
    pytest.param(Scaling("a-race", {10: race()}), id="one size"),
    pytest.param(TIMELINE, id="timeline"),
    pytest.param(FLAMES, id="flames"),
    pytest.param(NOISE, id="noise"),
    pytest.param(CLOUD, id="cloud"),
    pytest.param(Decisions("a-page", CLOUD.cases[:1], SORTING), id="cloud of one"),
    pytest.param(Repetitions("a-noise", {"all alike": [1e-3, 1e-3]}), id="noise without noise"),
]
Figure = Race | Scaling | Timeline | Flames | Repetitions | Decisions


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_are_well_formed(figure: Figure) -> None:
    # XHTML, as EPUB wants it, and no entity that XML does not know
    assert ET.fromstring(figure.html()).tag == "figure"


@pytest.mark.parametrize("figure", FIGURES)
def test_every_picture_says_what_it_shows(figure: Figure) -> None:
    root = ET.fromstring(figure.html())
    parents = {child: parent for parent in root.iter() for child in parent}
    outer = [svg for svg in root.iter("svg") if parents[svg].tag != "svg"]
    spoken = [svg for svg in outer if svg.get("aria-hidden") != "true"]
    assert [svg.get("role") for svg in spoken] == ["img"]
    assert spoken[0][0].tag == "title"
    assert spoken[0][0].text == figure.summary
    assert spoken[0].findtext("desc")
    assert not [element for element in root.iter() if element.get("id")], "ids repeat where figures do"


@pytest.mark.parametrize("figure", FIGURES)
def test_pictures_have_no_colours_but_the_pages_own_and_the_palette(figure: Figure) -> None:
    html = figure.html()
    colours = re.findall(r"(?:fill|stroke|[^-]color|background):([^;\"]+)", html)
    assert set(colours) <= {"currentColor", "inherit", "none", HALO, *plots.PALETTE}
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", html)) <= set(plots.PALETTE)
    assert "class=" not in html, "JupyterLab has none of the book's style"


@pytest.mark.parametrize("figure", FIGURES)
def test_text_is_never_scaled_with_its_picture(figure: Figure) -> None:
    for svg in ET.fromstring(figure.html()).iter("svg"):
        if svg.get("viewBox"):
            assert not list(svg.iter("text"))
        assert svg.get("height", "").isdigit()


@pytest.mark.parametrize("figure", FIGURES)
def test_what_is_placed_across_stays_within_the_picture(figure: Figure) -> None:
    html = figure.html()
    shares = [float(share) for share in re.findall(r' (?:x|x1|x2|cx|width)="([\d.-]+)%"', html)]
    assert shares
    assert all(0 <= share <= 100 for share in shares)
    assert "nan" not in html
    assert "inf" not in html


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_have_a_text_for_terminals(figure: Figure) -> None:
    bundle = figure._repr_mimebundle_()
    assert figure.summary in bundle["text/plain"]
    assert bundle["text/html"] == figure.html()


def test_bars_are_as_long_as_their_medians() -> None:
    root = ET.fromstring(RACE.html())
    widths = [float(bar.get("width", "")[:-1]) for bar in root.iter("rect") if bar.get("rx")]
    medians = [timing.median for timing in RACE.timings.values()]
    assert [width / widths[0] for width in widths] == pytest.approx(
        [median / medians[0] for median in medians], rel=1e-3
    )


def test_a_crossing_is_marked_where_the_lines_cross() -> None:
    html = CROSSING.html()
    assert ">about 100</text>" in html
    (mark,) = (
        element for element in ET.fromstring(html).iter("line") if "dasharray" in element.get("style", "")
    )
    assert mark.get("x1") == mark.get("x2") == "50.00%"  # 100 is halfway from 10 to 1,000
    assert "dasharray:3" not in SCALING.html(), "nobody overtakes"


def test_marks_close_to_each_other_have_their_words_on_two_lines() -> None:
    line = plots.Line("a", [(1, 1.0, 1.0, 1.0), (1000, 2.0, 2.0, 2.0)], plots.RUST)
    drawn = plots.lines([line], [(10, "ten"), (20, "twenty"), (900, "far")], "title", "description")
    heights = dict(reversed(found) for found in re.findall(r'y="(-\d+)"[^>]*>(\w+)<', drawn))
    assert heights["ten"] != heights["twenty"]
    assert heights["ten"] == heights["far"]


def test_no_letter_of_a_cloud_lies_over_the_words_beside_it() -> None:
    marks = [plots.Mark(2.0**n, 4.0**-n, "W", plots.RUST, "") for n in range(-8, 8)]
    drawn = plots.cloud(marks, ("faster", "slower"), "title", "description")
    letters = [float(y) for y in re.findall(r' y="([\d.-]+)"[^>]*><title>', drawn)]
    above, below = (
        float(y) for y in re.findall(r' y="([\d.-]+)"[^>]*>.\N{NO-BREAK SPACE}(?:faster|slower)<', drawn)
    )
    assert len(letters) == len(marks)
    assert above + 3 <= min(letters) - 10  # capitals are ten pixels high
    assert below - 12 >= max(letters)


def test_names_beside_lines_do_not_cover_each_other() -> None:
    lines = [(plots.Line(label, [], plots.RUST), 200.0) for label in LABELS]
    parts, width = plots.line_names(lines)
    heights = [float(y) for y in re.findall(r'<text x="17" y="([\d.-]+)"', "".join(parts))]
    assert len(heights) == len({round(height) for height in heights}) >= len(LABELS)
    assert min(b - a for a, b in pairwise(sorted(heights))) >= 15
    assert max(heights) <= plots.PLOT + 20
    assert width < 140


BOXES = st.lists(st.tuples(st.floats(0, 250), st.sampled_from([15.0, 30.0])), min_size=1, max_size=8)


@given(BOXES)
def test_boxes_are_moved_apart_by_the_least_squares(boxes: list[tuple[float, float]]) -> None:
    boxes.sort()
    tops, heights = zip(*boxes, strict=True)
    room = max(sum(heights), 235.0)
    found = plots.apart(tops, heights, room)
    for (top, below), height in zip(pairwise([*found, room]), heights, strict=True):
        assert top + height <= below + 1e-6
    assert found[0] >= 0
    above = [0.0, *accumulate(heights)][:-1]
    wanted = [top - higher for top, higher in zip(tops, above, strict=True)]
    nearest = isotonic_regression(wanted).x.clip(0, room - sum(heights))
    assert found == pytest.approx([near + higher for near, higher in zip(nearest, above, strict=True)])


def test_boxes_that_have_room_stay_where_they_are() -> None:
    assert plots.apart([10, 40, 100], [15, 30, 15]) == [10, 40, 100]


@given(st.floats(1e-9, 1e5))
def test_a_time_axis_has_few_round_ticks(length: float) -> None:
    ticks = plots.round_steps(length)
    assert 3 <= len(ticks) <= 6
    assert ticks[0] == 0
    assert ticks[-1] <= length * (1 + 1e-6) < ticks[-1] + ticks[1] * (1 + 1e-6)
    assert f"{ticks[1]:.0e}"[0] in "125"
    assert ticks[1] == pytest.approx(float(f"{ticks[1]:.0e}"))


def test_the_ticks_of_a_timeline_stay_within_it_and_are_named_without_empty_decimals() -> None:
    line = Timeline("a-line", (Interval("a", 0, 2.9, ""), Interval("b", 1, 3, "")))
    ticks = re.findall(r'text-anchor="(\w+)"[^>]*>(\d[\d.]*)\N{NO-BREAK SPACE}s<', line.html())
    assert ticks == [("start", "0"), ("middle", "1"), ("middle", "2"), ("end", "3")]


def test_lines_of_one_colour_are_told_apart_by_dashes() -> None:
    labels = [*"abcde", *(f"rust {number}" for number in range(8))]
    chosen = plots.colours(labels, labels[5:])
    assert chosen["a"] == (plots.BASELINE, "")
    assert chosen["rust 0"] == (plots.RUST, "")
    assert len(set(chosen.values())) == len(labels)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", plots.PALETTE)
@pytest.mark.parametrize("page", ["#ffffff", "#121212", "#14181e"])
def test_the_palette_is_seen_on_light_and_on_dark_pages(colour: str, page: str) -> None:
    light, dark = sorted((luminance(colour), luminance(page)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (57.4, 2, "57"),
        (1.34, 2, "1.3"),
        (0.923, 2, "0.92"),
        (0.0017, 2, "0.0017"),
        (9.96, 2, "10"),
        (0.996, 2, "1.0"),
        (1349, 2, "1,300"),
        (123456, 3, "123,000"),
        (3, 2, "3.0"),
        (0, 2, "0"),
    ],
)
def test_numbers_for_people(value: float, digits: int, expected: str) -> None:
    assert plots.significant(value, digits) == expected


@given(st.floats(1e-9, 1e9), st.integers(1, 4))
def test_rounding_is_within_half_a_digit(value: float, digits: int) -> None:
    shown = float(plots.significant(value, digits).replace(",", ""))
    assert shown == pytest.approx(value, rel=0.51 * 10 ** (1 - digits))


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (2.8e-8, 2, "28 ns"),
        (1.31e-6, 3, "1.31 µs"),
        (9.997e-7, 2, "1.0 µs"),
        (0.01312, 3, "13.1 ms"),
        (35, 2, "35 s"),
        (0.99999, 3, "1.00 s"),
        (4200, 2, "4,200 s"),
        (1e-10, 2, "0.10 ns"),
        (0, 3, "0 s"),
    ],
)
def test_durations_for_people(value: float, digits: int, expected: str) -> None:
    assert plots.seconds(value, digits).replace(plots.SPACE, " ") == expected


def test_ranges_share_their_unit() -> None:
    assert plots.between(1.2e-3, 1.31e-3) == f"1.20{plots.DASH}1.31{plots.SPACE}ms"
    assert plots.between(9e-4, 1.1e-3).count(plots.SPACE) == 2


@given(st.floats(1e-9, 1e3), st.floats(1.001, 1e6))
def test_an_axis_has_a_few_ticks_within_it(low: float, factor: float) -> None:
    axis = plots.Axis(low, low * factor)
    ticks = axis.ticks()
    assert len(ticks) <= 6
    assert all(0 <= axis.share(tick) <= 1 for tick in ticks)
    assert ticks or factor < 2


@given(st.sets(st.integers(1, 10**7), min_size=1, max_size=12))
def test_the_names_of_sizes_have_room(sizes: set[int]) -> None:
    axis = plots.Axis(min(sizes), max(sizes))
    shares = sorted(axis.share(size) for size in axis.spaced(sorted(sizes)))
    assert all(b - a >= 0.19 for a, b in pairwise(shares))
    assert axis.share(max(sizes)) in shares


def test_bars_say_their_values_as_they_are_told_and_have_no_whisker_without_a_spread() -> None:
    rows = [plots.Bar("boxed", 40.0, 40.0, 40.0, plots.RUST), plots.Bar("packed", 8.0, 7.0, 9.0, plots.OTHER)]
    drawn = ET.fromstring(plots.bars(rows, "Memory", "A bar each.", "{:.1f} MB".format))
    words = [element.text for element in drawn.iter() if element.tag.endswith("text")]
    assert words == ["boxed", "40.0 MB", "packed", "8.0 MB"]
    assert sum(element.tag.endswith("line") for element in drawn.iter()) == 3


def test_words_stand_to_the_left_of_their_column_and_numbers_to_the_right() -> None:
    headings = ("who", "how long", "written in")
    rows = [("first", "1.5 s", "C"), ("second, longer", "≈ 12 s", "Python")]
    assert plots.plain_table(headings, rows).splitlines() == [
        "who             how long  written in",
        "first              1.5 s  C",
        "second, longer    ≈ 12 s  Python",
    ]
    sides = re.findall(r"<t[dh] style=\"[^\"]*text-align:(\w+)", plots.table(headings, rows))
    assert sides == ["left", "right", "left"] * 3


def test_one_number_is_enough_for_a_column_of_numbers() -> None:
    table = plots.plain_table(("", "lost"), [("C", "4,539"), ("Rust", "E0499")])
    assert table.splitlines()[1] == "C     4,539"


def test_a_table_may_have_no_rows() -> None:
    assert plots.plain_table(("who", "how long"), []) == "who  how long"
    assert plots.table(("who", "how long"), []).count("<th") == 3  # the head of the table, and two headings
