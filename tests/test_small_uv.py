"""What the page on the small uv's resolver promises."""

from __future__ import annotations

from typing import Any

import case_studies
import pytest
from definitions import on_the_page
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.version import Version

PAGE = on_the_page("small_uv", "def backtrack(", "def index_of(", "import case_studies")
backtrack, index_of, three_projects = PAGE["backtrack"], PAGE["index_of"], PAGE["three_projects"]

Projects = dict[str, dict[str, list[str]]]


def backtracked(projects: Projects, asked: list[str]) -> tuple[dict[str, str] | None, int]:
    """The answer of the page's backtracking, and how many candidates they tried."""
    tried: list[Any] = []
    return backtrack([*map(Requirement, asked)], {}, projects, tried), len(tried)


def resolved(projects: Projects, asked: list[str]) -> dict[str, str] | str:
    try:
        answer: dict[str, str] = index_of(projects).resolve(asked)
    except case_studies.NoSolution as error:
        return str(error)
    return answer


@pytest.mark.parametrize("count", [1, 2, 7, 30])
def test_backtracking_tries_each_pair_and_each_kit_and_the_proof_stays_as_long(count: int) -> None:
    asked = ["site", "theme"]
    assert backtracked(three_projects(count), asked) == (None, count + count * count + count * count)
    few, many = (str(resolved(three_projects(number), asked)) for number in (7, count))
    assert few.count("\n") >= many.count("\n")


def test_the_proof_of_thirty_releases_names_no_version_of_a_site() -> None:
    assert resolved(three_projects(30), ["site", "theme"]) == (
        "Because site requires kit >=2 and theme requires kit <2, theme and site do not go together.\n"
        "And because you require site and you require theme, nothing fits."
    )


def test_where_one_theme_is_different_the_numbers_come_back() -> None:
    projects = three_projects(30)
    projects["theme"]["1.29"] = ["kit>=3"]
    said = resolved(projects, ["site", "theme"])
    assert "theme ==1.29 requires kit >=3" in said
    assert "theme <1.29 requires kit <2" in said


NAMES = ["hen", "egg", "cock"]


requirements = st.builds(
    lambda name, sign, version: f"{name}{sign}{version}" if sign else name,
    st.sampled_from(NAMES),
    st.sampled_from(["", ">=", "<", "==", "!="]),
    st.integers(1, 3),
)
releases = st.fixed_dictionaries({str(version): st.lists(requirements, max_size=2) for version in (3, 2, 1)})


@settings(max_examples=200)
@given(
    st.fixed_dictionaries(dict.fromkeys(NAMES, releases)),
    st.lists(requirements, min_size=1, max_size=3),
)
def test_backtracking_and_the_small_uv_agree_on_whether_there_is_an_answer(
    projects: Projects, asked: list[str]
) -> None:
    ours, (theirs, _) = resolved(projects, asked), backtracked(projects, asked)
    assert isinstance(ours, dict) == (theirs is not None)
    if isinstance(ours, dict):
        needs = [*asked, *(need for name, version in ours.items() for need in projects[name][version])]
        for need in map(Requirement, needs):
            assert Version(ours[need.name]) in need.specifier
