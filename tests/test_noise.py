"""Repetitions are drawn each for itself, and sentences can quote what is made of them."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest

from workbook import plots, repetitions
from workbook.results import RaceError

ALONE, BESIDE = [1e-3, 2e-3, 3e-3], [1e-3, 4e-3, 10e-3]


def test_every_repetition_is_a_dot_in_its_order() -> None:
    root = ET.fromstring(repetitions("a-noise", {"alone": ALONE, "beside others": BESIDE}).html())
    dots = [(float(dot.get("cx", "")[:-1]), float(dot.get("cy", ""))) for dot in root.iter("circle")]
    assert len(dots) == 6
    assert [down for _, down in dots] == sorted(down for _, down in dots)
    assert dots[0][0] == dots[3][0] < dots[1][0] < dots[2][0] < dots[5][0]


def test_figures_can_be_quoted_and_how_they_moved() -> None:
    glued = repetitions("a-noise", {"alone": ALONE, "beside others": BESIDE}).glued()
    assert glued["a-noise-alone-median"] == f"2.0{plots.SPACE}ms"
    assert glued["a-noise-beside-others-shortest-moved"] == f"1.0{plots.SPACE}{plots.TIMES}"
    assert glued["a-noise-beside-others-median-moved"] == f"2.0{plots.SPACE}{plots.TIMES}"
    assert glued["a-noise-beside-others-mean-moved"] == f"2.5{plots.SPACE}{plots.TIMES}"
    assert glued["a-noise-beside-others-longest-moved"] == f"3.3{plots.SPACE}{plots.TIMES}"


@pytest.mark.parametrize(
    "times", [[], [1.0], [1.0, 0.0], [1.0, -1.0], [1.0, math.nan], [1.0, math.inf]], ids=str
)
def test_what_cannot_be_drawn_is_refused_by_its_label(times: list[float]) -> None:
    with pytest.raises(RaceError, match=r"^The repetitions of 'alone' cannot be drawn"):
        repetitions("a-noise", {"alone": times})


def test_nothing_is_refused() -> None:
    with pytest.raises(RaceError, match=r"has no repetitions"):
        repetitions("a-noise", {})


def test_a_name_that_cannot_be_a_key_is_refused() -> None:
    with pytest.raises(RaceError, match=r"cannot name a race"):
        repetitions("a noise", {"alone": ALONE})
