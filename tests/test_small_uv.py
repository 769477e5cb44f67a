"""What the page on the small uv's resolver promises, and the chapter on Ruff and uv of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import resolvelib
from alarms import alarm, needs_timers
from definitions import on_the_page
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from small_uv import Index, NoSolution, solutions

from workbook.layout import ROOT

RECORDED = (ROOT / "rust_examples" / "small_uv" / "index" / "index.json").read_text("utf-8")
INDEX = Index(RECORDED)
PROJECTS = json.loads(RECORDED)["projects"]
ENVIRONMENT: dict[str, str] = json.loads(RECORDED)["environment"]
TWIN = on_the_page(
    "case_studies", "class Provider(", json=json, Requirement=Requirement, canonicalize_name=canonicalize_name
)["Provider"](RECORDED)
PAGE = on_the_page("small_uv", "def backtrack(", "def index_of(", "import small_uv")
backtrack, index_of, three_projects = PAGE["backtrack"], PAGE["index_of"], PAGE["three_projects"]

Projects = dict[str, dict[str, list[str]]]

# Beside backtracking -------------------------------------------------------------------------------------


def backtracked(projects: Projects, asked: list[str]) -> tuple[dict[str, str] | None, int]:
    """The answer of the page's backtracking, and how many candidates they tried."""
    tried: list[Any] = []
    return backtrack([*map(Requirement, asked)], {}, projects, tried), len(tried)


def resolved(projects: Projects, asked: list[str]) -> dict[str, str] | str:
    try:
        answer: dict[str, str] = index_of(projects).resolve(asked)
    except NoSolution as error:
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


# What PyPI has recorded, beside resolvelib ---------------------------------------------------------------


def test_the_recorded_index_is_real_and_small() -> None:
    projects, releases = INDEX.size
    assert projects == len(PROJECTS) >= 100
    assert releases == sum(map(len, PROJECTS.values()))
    assert len(RECORDED.encode()) < 1_000_000
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", json.loads(RECORDED)["recorded"])
    assert repr(INDEX) == f"<{releases} releases of {projects} projects>"
    assert any(one["yanked"] for releases in PROJECTS.values() for one in releases)


def violations(asked: list[str], found: dict[str, str]) -> Iterator[str]:
    """What an answer leaves unsatisfied, by `packaging`, with every extra that is asked for on the way."""
    pending = [("you", line, "") for line in asked]
    seen = set()
    while pending:
        who, line, extra = pending.pop()
        one = Requirement(line)
        if one.marker and not one.marker.evaluate({**ENVIRONMENT, "extra": extra}):
            continue
        project = canonicalize_name(one.name)
        if project not in found:
            yield f"{who}: {line} is not there"
            continue
        version = Version(found[project])
        if not one.specifier.contains(version, prereleases=True):
            yield f"{who}: {line}, but it is {version}"
        (release,) = [one for one in PROJECTS[project] if Version(one["version"]) == version]
        if ENVIRONMENT["python_full_version"] not in SpecifierSet(release["requires_python"]):
            yield f"{project} {version} is for another Python"
        for wanted in ["", *map(canonicalize_name, one.extras)]:
            if (project, wanted) not in seen:
                seen.add((project, wanted))
                pending += [(project, line, wanted) for line in release["requires"]]


WEB = ["flask", "django", "requests", "celery", "kombu", "jinja2", "werkzeug", "click"]
WORK = ["pandas", "numpy", "twine", "rich", "black", "pytest", "sphinx", "docutils", "myst-parser"]
CLOUD = ["aiobotocore", "botocore", "boto3"]
quick_ones = st.sampled_from(WEB + WORK + CLOUD)


@st.composite
def real_requirements(draw: st.DrawFn) -> str:
    project = draw(quick_ones)
    release = draw(st.sampled_from(PROJECTS[project]))
    version = Version(release["version"])
    extra = draw(st.sampled_from(["", "", "", *(f"[{extra}]" for extra in release["extras"])]))
    ends = [f">={version}", f"<={version}", f"=={version}", f"<{version}", f"!={version}", f">{version}"]
    ends += ["", "", f"~={version.major}.{version.minor}", f"=={version.major}.*"]
    marker = draw(st.sampled_from(["", "", "", "; sys_platform == 'win32'", "; python_version >= '3.8'"]))
    return f"{project}{extra}{draw(st.sampled_from(ends))}{marker}".replace("[-none]", "")


@settings(max_examples=150)
@given(st.lists(real_requirements(), min_size=1, max_size=3))
@example(["jupyter-book<2", "docutils>=0.22"])
@example(["dask[distributed]", "s3fs", "boto3"])
@example(["nowhere"])
@example(["flask>=3.1.3", "click>=8.2.2", "click<=8.2.2"])
def test_answers_satisfy_every_requirement_and_there_is_one_where_resolvelib_finds_one(
    asked: list[str],
) -> None:
    here = [line.partition(";")[0] for line in asked if "win32" not in line]
    try:
        expected = TWIN.resolve(here)
    except resolvelib.ResolutionImpossible:
        expected = None
    try:
        found = INDEX.resolve(asked)
    except NoSolution:
        assert expected is None
        return
    assert list(violations(asked, found)) == []
    if expected is None:  # the twin wants `==` for a withdrawn release, where `>=` and `<=` may mean the same
        assert any(one["yanked"] for name in found for one in PROJECTS[name] if one["version"] == found[name])
    else:
        assert list(violations(asked, expected)) == []


def test_withdrawn_releases_are_taken_only_where_exactly_they_are_wanted() -> None:
    withdrawn = [
        (name, one["version"])
        for name, releases in PROJECTS.items()
        for one in releases
        if one["yanked"] and ENVIRONMENT["python_full_version"] in SpecifierSet(one["requires_python"])
    ]
    taken = []
    for name, version in withdrawn:
        assert INDEX.resolve([name]).get(name) != version
        try:
            found = INDEX.resolve([f"{name}=={version}"])
        except NoSolution:
            continue  # what it requires is not recorded
        assert found[name] == version
        taken.append(name)
    assert taken


def test_the_explanation_of_the_books_own_conflict_is_a_proof() -> None:
    with pytest.raises(NoSolution) as caught:
        INDEX.resolve(["jupyter-book<2", "docutils>=0.22"])
    last = str(caught.value).splitlines()[-1]
    assert last == ("And because you require jupyter-book <2 and you require docutils >=0.22, nothing fits.")
    assert isinstance(caught.value, ValueError)
    for one in ["jupyter-book<2", "docutils>=0.22"]:
        assert INDEX.resolve([one])


# Why nothing fits, and what is refused -------------------------------------------------------------------


def made(*releases: tuple[str, str, list[str]], **more: Any) -> Index:
    """An index of a few releases: name, version, requirements."""
    projects: dict[str, list[dict[str, Any]]] = {}
    for name, version, lines in releases:
        extras = sorted({extra for line in lines for extra in re.findall(r"extra == '(\w+)'", line)})
        fields = {"version": version, "requires_python": "", "requires": lines, "extras": extras}
        projects.setdefault(name, []).append(fields | {"yanked": False} | more)
    return Index(json.dumps({"environment": ENVIRONMENT, "projects": projects}))


WHYS = {
    "missing": (["a>=1"], [], "a is not in the index"),
    "too-old": (["a>=2"], [("a", "1", [])], "there is no a >=2"),
    "missing-further-on": (["a"], [("a", "1", ["b"])], "b is not in the index"),
    "url": (["a"], [("a", "1", ["b @ https://b.example/b.whl"])], "requires b from a URL"),
    "your-url": (["a @ https://a.example/a.whl"], [("a", "1", [])], "you require a from a URL"),
    "no-version": (["a>=2,<1"], [("a", "1", [])], "you require a of no version"),
    "itself": (["a"], [("a", "1", ["a>1"]), ("a", "2", ["a<2"])], "requires itself in other versions"),
    "by-way-of-an-extra": (["a[x]"], [("a", "1", ["b; extra == 'x'"])], "b is not in the index"),
}


@pytest.mark.parametrize(("asked", "releases", "why"), WHYS.values(), ids=WHYS.keys())
def test_where_nothing_fits_it_says_why(
    asked: list[str], releases: list[tuple[str, str, list[str]]], why: str
) -> None:
    with pytest.raises(NoSolution) as caught:
        made(*releases).resolve(asked)
    assert why in str(caught.value)


def test_another_python_is_a_reason() -> None:
    with pytest.raises(NoSolution, match=r"a ==1 requires Python >=3\.99"):
        made(("a", "1", []), requires_python=">=3.99").resolve(["a"])


CIRCLES = {
    "itself": ([("a", "1", ["a"])], ["a"], {"a": "1"}),
    "its-own-extra": (
        [("a", "1", ["a[x]; extra == 'y'", "b; extra == 'x'"]), ("b", "1", [])],
        ["a[y]"],
        None,
    ),
    "two": ([("a", "1", ["b"]), ("b", "1", ["a"])], ["b"], {"a": "1", "b": "1"}),
    "by-way-of-an-extra": ([("a", "1", ["b; extra == 'x'"]), ("b", "1", ["a[x]"])], ["a[x]"], None),
}


@pytest.mark.parametrize(("releases", "asked", "expected"), CIRCLES.values(), ids=CIRCLES.keys())
def test_circles_end(
    releases: list[tuple[str, str, list[str]]], asked: list[str], expected: dict[str, str] | None
) -> None:
    assert made(*releases).resolve(asked) == (expected or {"a": "1", "b": "1"})


@pytest.mark.parametrize(
    ("wrong", "expected", "message"),
    [
        ("flask", TypeError, "one string is no list of requirements: put it into one"),
        (None, TypeError, "'NoneType' object is not iterable"),
        ([None], TypeError, "'None' is not an instance of 'str'"),
        (["flask >="], ValueError, "Unexpected end of version specifier"),
        ([""], ValueError, "Empty field is not allowed"),
        (["\udcff"], UnicodeEncodeError, "surrogates not allowed"),
        (["a" * 1_001], ValueError, "a requirement of 1001 bytes is not read"),
        (["a; " + "(" * 900], ValueError, "Expected"),
    ],
    ids=["string", "none", "none-within", "half", "empty", "surrogate", "long", "deep"],
)
def test_what_is_no_requirement_is_refused(wrong: Any, expected: type[Exception], message: str) -> None:
    with pytest.raises(expected, match=message):
        INDEX.resolve(wrong)


@pytest.mark.parametrize("count", [12, 13, 27])
def test_a_marker_is_read_at_once_or_refused(count: int) -> None:
    pairs = " or ".join(f"(extra=='a{n}' and extra=='z{n}')" for n in range(count))
    if count == 12:
        assert INDEX.resolve([f"flask; {pairs}"]) == {}
    else:
        with pytest.raises(ValueError, match="is not read"):
            INDEX.resolve([f"flask; {pairs}"])


def release(**fields: Any) -> str:
    whole = {"version": "1", "requires_python": "", "requires": [], "extras": [], "yanked": False} | fields
    return json.dumps({"environment": ENVIRONMENT, "projects": {"a": [whole]}})


NO_INDEX = {
    "empty": ("", "EOF while parsing"),
    "binary": ("\x00\x01", "expected value"),
    "list": ("[]", "invalid length 0"),
    "deep": ("[" * 100_000, "recursion limit exceeded|invalid"),
    "nothing-in-it": ("{}", "missing field"),
    "version": (release(version="one"), 'a: "one" is no version'),
    "python": (release(requires_python="three"), 'a: 1: "three" says nothing of versions'),
    "requirement": (release(requires=["b >"]), "a: 1: Unexpected end of version specifier"),
    "twice": (
        release().replace('"a": [', '"a": [' + release()[release().index("[") + 1 : -3] + ", "),
        "twice",
    ),
}


@pytest.mark.parametrize(("text", "message"), NO_INDEX.values(), ids=NO_INDEX.keys())
def test_what_is_no_index_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Index(text)


@needs_timers
def test_what_a_signal_handler_raises_ends_the_resolution() -> None:
    count = 12  # so many pigeons and one hole less: whoever proves it without counting tries for ever
    pigeons = [(f"p{n}", f"{hole}", [f"h{hole}=={n}"]) for n in range(count) for hole in range(1, count)]
    holes = [(f"h{hole}", f"{n}", list[str]()) for hole in range(1, count) for n in range(count)]
    index = made(*pigeons, *holes)
    with pytest.raises(TimeoutError), alarm(0.2):
        index.resolve([f"p{n}" for n in range(count)])


# The exercises -------------------------------------------------------------------------------------------


VERSIONS = ["1.9", "1.10", "1.10.0", "1!0.1", "2.0rc1", "2.0.dev3", "2.0", "2.0.post1", "02", "soon"]


@given(
    st.sampled_from(["", "<2", ">=1.10", "!=1.10", "==2.*", "~=1.9"]),
    st.lists(st.sampled_from(VERSIONS), unique=True),
)
@example("", ["1.10", "1.10.0"])
def test_the_newest_is_the_one_that_packaging_would_take(ends: str, versions: list[str]) -> None:
    fitting = [
        version
        for version in versions
        if version != "soon" and SpecifierSet(ends).contains(version, prereleases=True)
    ]
    found = solutions.newest(f"kit{ends}", versions)
    assert (found is None) == (not fitting)
    if found is not None:
        assert found in fitting
        assert Version(found) == max(map(Version, fitting))


ALL_THERE_ARE = [f"{whole}.{half}" for whole in range(5) for half in (0, 5)]


@given(requirements, requirements)
def test_two_requirements_clash_where_packaging_finds_no_version_for_both(one: str, other: str) -> None:
    first, second = Requirement(one), Requirement(other)
    both = [v for v in ALL_THERE_ARE if v in first.specifier and v in second.specifier]
    assert solutions.clash(one, other) == (first.name == second.name and not both)


def test_no_exercise_gives_itself_away() -> None:
    stubs = (ROOT / "rust_examples" / "small_uv" / "src" / "exercises.rs").read_text("utf-8")
    for spoiler in ("max_by_key", "is_disjoint", '"rich"', "jinja2<3"):
        assert spoiler not in stubs
