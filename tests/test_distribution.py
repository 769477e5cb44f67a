"""What the chapter `distribution` promises: tags as installers read them, and a package that gets through."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import distribution
import jsonschema
import packaging.tags
import psutil
import pytest
from alarms import alarm, needs_timers
from distribution import best_tag, in_words, installable_tags, read_wheel_name, total_size, why_not
from hypothesis import assume, example, given
from hypothesis import strategies as st
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version
from uv import find_uv_bin
from workflows import WORKFLOWS, checked

from workbook import notebooks
from workbook.layout import ROOT, Chapter, Crate

CHAPTER = Chapter("distribution", None)
LINUX = [f"manylinux_2_{minor}_x86_64" for minor in range(36, 16, -1)] + ["linux_x86_64"]

# Names, against the library that pip reads them with -----------------------------------------------------

words = st.text("abcxyzABC019_", min_size=1, max_size=6)
names = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._]{0,6}[A-Za-z0-9])?", fullmatch=True)
versions = st.from_regex(
    r"[vV]?([0-9]{1,2}!)?[0-9]{1,3}(\.[0-9]{1,2}){0,3}"
    r"([._]?(alpha|a|beta|b|preview|pre|c|rc|RC)[._]?[0-9]{0,2})?([._]?(post|rev|r)[._]?[0-9]{0,2})?"
    r"([._]?dev[._]?[0-9]{0,2})?(\+[a-z0-9]{1,3}([._][a-z0-9]{1,3}){0,2})?",
    fullmatch=True,
)
pythons = st.from_regex(r"(cp3[0-9]{1,2}|py[23]|pp3[0-9]{1,2}|CP311)", fullmatch=True)
abis = st.sampled_from(["none", "abi3", "abi3t", "cp311", "cp313t", "pypy311_pp73", "ABI3"])
platforms = st.sampled_from(["any", "win32", "win_amd64", "linux_x86_64", "macosx_11_0_arm64", *LINUX])


def sets(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, min_size=1, max_size=3).map(".".join)


builds = st.just("") | st.from_regex(r"-[0-9]{1,4}[a-z0-9_.]{0,3}", fullmatch=True)
tag_sets = st.tuples(sets(pythons), sets(abis), sets(platforms)).map("-".join)
wheels = st.tuples(names, st.just("-"), versions, builds, st.just("-"), tag_sets, st.just(".whl")).map(
    "".join
)
crumbs = st.text("abcp3019-_.+!é \n\0٣/\\", max_size=6)


@st.composite
def broken(draw: st.DrawFn, whole: st.SearchStrategy[str]) -> str:
    """Something good cut short, or with something else in the place of a piece of it."""
    text = draw(whole)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    return text[:start] + draw(crumbs) + text[end:]


def in_python(name: str) -> tuple[object, ...] | None:
    """What packaging reads, as we tell it; `None` where it refuses."""
    try:
        package, version, build, tags = parse_wheel_filename(name)
    except InvalidWheelFilename:
        return None
    return str(package), version, build, {str(tag) for tag in tags}


def in_rust(name: str) -> tuple[object, ...] | None:
    try:
        wheel = read_wheel_name(name)
    except ValueError:
        return None
    digits = re.match(r"([0-9]+)(.*)", wheel.build) if wheel.build is not None else None
    build = (int(digits[1]), digits[2]) if digits else ()
    return wheel.name, Version(wheel.version), build, set(wheel.tags)


@given(wheels)
@example("demo-1.0-1x-cp310.cp311-abi3.none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")
@example("Ruamel.Yaml__x-1.0-py3-none-any.whl")
@example("a._b-1.0-py3-none-any.whl")
def test_a_good_name_is_read_as_packaging_reads_it(name: str) -> None:
    assert in_rust(name) == in_python(name)


@given(broken(wheels) | st.text(max_size=30))
@example("")
@example(".whl")
@example("demo-1.0-py3-none-any.WHL")
@example("demo-1.0-py3--any.whl")
@example("demo-1.0-py3.-none-any.whl")
@example("demo-1.0-3-none-any.whl")
@example("demo-1.0-x-py3-none-any.whl")
@example("demo-1.0-1-2-py3-none-any.whl")
@example("-1.0-py3-none-any.whl")
@example("demo-v1!2.0.post-py3-none-any.whl")
def test_what_is_read_packaging_reads_alike_and_what_it_reads_in_ascii_is_read(name: str) -> None:
    found, expected = in_rust(name), in_python(name)
    if found is not None:
        assert found == expected
    elif expected is not None:  # packaging lets more characters pass than the specifications
        parts = name.removesuffix(".whl").split("-")
        beside_the_version = [part for number, part in enumerate(parts) if number != 1]
        assert re.search(r"[^A-Za-z0-9_.+!-]", name) or re.search(r"[+!]", "".join(beside_the_version))


@given(versions | broken(versions))
@example("1.0a.")
@example("1.0.post.dev")
@example("1.0rc1.post2.dev3+ubuntu.1")
@example("1.0dev1a2")
@example("1.0+")
def test_a_version_is_one_where_packaging_says_so(version: str) -> None:
    assume(re.fullmatch(r"[A-Za-z0-9_.+!]*", version))
    try:
        Version(version)
    except InvalidVersion:
        with pytest.raises(ValueError, match=r"^column 6: '.*' is no version$"):
            read_wheel_name(f"demo-{version}-py3-none-any.whl")
    else:
        assert read_wheel_name(f"demo-{version}-py3-none-any.whl").version == version


FAULTS = {
    "no-wheel": ("demo-1.0.tar.gz", "column 16: the name of a wheel ends in .whl"),
    "four-parts": ("demo-1.0-py3-none.whl", "column 1: the name of a wheel has 5 or 6 parts, this one 4"),
    "seven-parts": ("a-1-1-1-py3-none-any.whl", "column 1: the name of a wheel has 5 or 6 parts, this one 7"),
    "no-name": ("-1.0-py3-none-any.whl", "column 1: '' is no name of a package"),
    "two-underscores": ("a__b-1.0-py3-none-any.whl", "column 1: 'a__b' is no name of a package"),
    "no-version": ("demo-latest-py3-none-any.whl", "column 6: 'latest' is no version"),
    "no-build": (
        "demo-1.0-x1-py3-none-any.whl",
        "column 10: 'x1' is no build number: a digit, then letters and digits",
    ),
    "no-python": ("demo-1.0-3-none-any.whl", "column 10: '3' names no Python"),
    "nothing-after-the-dot": ("demo-1.0-py3.-none-any.whl", "column 14: a part of the tag is missing"),
    "nothing-between": ("demo-1.0-py3--any.whl", "column 14: a part of the tag is missing"),
    "plus-in-a-tag": ("demo-1.0-py3-a+b-any.whl", "column 14: 'a+b' is in no tag"),
    "blank": ("demo 1.0-py3-none-any.whl", "column 5: ' ' has no place here"),
    "folder": ("dist/demo-1.0-py3-none-any.whl", "column 5: '/' has no place here"),
    "after-two-bytes": ("é-1.0-py3-none-any.whl", "column 1: 'é' has no place here"),
    "escape-sequence": ("a\x1b[2J-1.0-py3-none-any.whl", r"column 2: '\u{1b}' has no place here"),
    "too-long": (f"{'a' * 300}-1.0-py3-none-any.whl", "column 256: a name has at most 255 characters"),
}


@pytest.mark.parametrize(("name", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_name_at_fault_is_told_where_and_why(name: str, message: str) -> None:
    for function in (read_wheel_name, lambda name: best_tag(name, []), lambda name: why_not(name, [])):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function(name)


def test_the_longest_name_of_the_most_tags_is_read() -> None:
    sets = ["py" + ".p" * 38, "a" + ".a" * 39, "b" + ".b" * 41]
    name = f"x-1-{'-'.join(sets)}.whl"
    assert len(name) <= 255
    assert len(read_wheel_name(name).tags) == 39 * 40 * 42


def test_a_wheel_name_compares_hashes_and_shows_itself() -> None:
    name = "Demo_x-1.0-1-cp310-abi3-win_amd64.win_arm64.whl"
    one, other = read_wheel_name(name), read_wheel_name(name.replace("Demo_x", "demo.x"))
    assert one == other != read_wheel_name(name.replace("1.0", "1.1"))
    assert len({one, other}) == 1
    assert repr(one) == "<WheelName demo-x 1.0 for cp310-abi3-win_amd64.win_arm64>"
    assert (one.name, one.version, one.build) == ("demo-x", "1.0", "1")
    with pytest.raises(AttributeError, match="not writable"):
        one.version = "2.0"


# What an interpreter takes -------------------------------------------------------------------------------


def tags_in_python(minor: int, platforms: list[str], free_threaded: bool) -> list[str]:
    """The twin: the same list from packaging, which pip uses."""
    this = f"cp3{minor}"
    own = packaging.tags.cpython_tags((3, minor), [f"{this}t" if free_threaded else this], platforms)
    pure = packaging.tags.compatible_tags((3, minor), this, platforms)
    return [str(tag) for tag in (*own, *pure)]


@given(st.integers(2, 99), st.lists(platforms, min_size=1, max_size=4), st.booleans())
@example(2, ["WIN_AMD64"], False)
@example(15, LINUX, True)
def test_the_list_of_an_interpreter_is_that_of_packaging(
    minor: int, platforms: list[str], free_threaded: bool
) -> None:
    assert installable_tags(minor, platforms, free_threaded=free_threaded) == tags_in_python(
        minor, platforms, free_threaded
    )


def test_the_list_of_this_interpreter_is_that_of_packaging() -> None:
    if sysconfig.get_config_var("Py_GIL_DISABLED") or sysconfig.get_config_var("Py_DEBUG"):
        pytest.skip("a Python of a special kind takes more")
    ours = installable_tags(sys.version_info.minor, list(packaging.tags.platform_tags()))
    assert ours == [str(tag) for tag in packaging.tags.sys_tags()]


@given(wheels, st.integers(9, 15), st.lists(platforms, min_size=1, max_size=3), st.booleans())
def test_the_best_tag_is_the_first_of_the_list_that_packaging_finds_in_the_name(
    name: str, minor: int, platforms: list[str], free_threaded: bool
) -> None:
    tags = tags_in_python(minor, platforms, free_threaded)
    try:
        theirs = {str(tag) for tag in parse_wheel_filename(name)[3]}
    except InvalidWheelFilename:
        assume(False)
    expected = next((tag for tag in tags if tag in theirs), None)
    assert best_tag(name, tags) == expected
    assert (why_not(name, tags) is None) == (expected is not None)


def test_no_tags_take_no_wheel() -> None:
    assert best_tag("demo-1.0-py3-none-any.whl", []) is None
    assert why_not("demo-1.0-py3-none-any.whl", []) == "no tag has the platform any"


MISFITS = {
    "fits": ("cp310-abi3-manylinux_2_28_x86_64", None),
    "system": ("cp310-abi3-win_amd64", "no tag has the platform win_amd64"),
    "glibc": ("cp310-abi3-manylinux_2_39_x86_64", "no tag has the platform manylinux_2_39_x86_64"),
    "newer-python": ("cp313-abi3-linux_x86_64", "no tag has the Python cp313"),
    "older-python": ("cp311-cp311-linux_x86_64", "no tag has the ABI cp311"),
    "no-gil": ("cp312-cp312t-linux_x86_64", "no tag has the ABI cp312t"),
    "several": ("cp38.cp39-cp38.cp39-linux_x86_64", "no tag has the ABI cp38.cp39"),
    "no-two-go-together": ("cp311-cp312-linux_x86_64", "each part is in some tag, and no tag has all three"),
}


@pytest.mark.parametrize(("tag", "reason"), MISFITS.values(), ids=MISFITS.keys())
def test_what_keeps_a_wheel_from_an_interpreter_is_named(tag: str, reason: str | None) -> None:
    assert why_not(f"demo-1.0-{tag}.whl", installable_tags(12, LINUX)) == reason


@pytest.mark.parametrize("minor", [1, 100, -1, 2**62])
def test_no_python_of_another_century_is_asked_for(minor: int) -> None:
    with pytest.raises(ValueError, match=rf"^Python 3\.{minor} is not in 3\.2–3\.99$"):
        installable_tags(minor, ["any"])


@pytest.mark.parametrize(
    ("platforms", "message"),
    [
        ([""], "column 1: a part of the tag is missing"),
        (["linux-x86_64"], "column 6: '-' has no place here"),
        (["a" * 256], "column 256: a name has at most 255 characters"),
        (["any"] * 1001, "no system takes 1001 platforms: at most 1000"),
    ],
    ids=["empty", "hyphen", "too-long", "too-many"],
)
def test_what_is_no_platform_is_refused(platforms: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        installable_tags(12, platforms)


# In words --------------------------------------------------------------------------------------------------


@given(pythons, abis, platforms)
def test_words_are_one_line_that_names_version_and_system(python: str, abi: str, platform: str) -> None:
    said = in_words(f"{python}-{abi}-{platform}")
    assert "\n" not in said
    assert ", on " in said
    assert (
        "or newer" in said.split(", on ")[0]
        or "abi3" not in abi.lower()
        or not python.lower().startswith("cp")
    )


@given(st.tuples(words, words, words).map("-".join))
def test_any_tag_that_can_be_read_can_be_said(tag: str) -> None:
    assume(not tag[0].isdigit())
    assert in_words(tag)


def test_every_tag_of_this_interpreter_can_be_said() -> None:
    for tag in packaging.tags.sys_tags():
        assert "with the ABI" not in in_words(str(tag)), tag


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("cp312-abi3", "column 1: a tag has three parts, with hyphens between"),
        ("cp312-abi3-any.win32", "column 15: '.' has no place here"),
        ("-abi3-any", "column 1: a part of the tag is missing"),
        ("312-abi3-any", "column 1: '312' names no Python"),
        ("cp312-abi3-manylinux_2_17 x86_64", "column 26: ' ' has no place here"),
    ],
)
def test_what_is_no_tag_is_told_where_and_why(tag: str, message: str) -> None:
    for function in (in_words, lambda tag: best_tag("demo-1.0-py3-none-any.whl", [tag])):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function(tag)


# Sizes -----------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 2**64)))
@example([])
@example([2**64 - 1])
@example([2**63, 2**63])
@example([True])
def test_a_total_is_pythons_sum_or_an_overflow_error(sizes: list[int]) -> None:
    if sum(sizes) < 2**64:
        assert total_size(sizes) == sum(sizes)
    else:
        with pytest.raises(OverflowError):
            total_size(sizes)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([-1], OverflowError),
        ([2**64], OverflowError),
        ([1.0], TypeError),
        ([None], TypeError),
        (["1"], TypeError),
    ],
    ids=["negative", "huge", "float", "none", "text"],
)
def test_what_is_no_size_gets_the_exception_that_python_raises(
    sizes: list[Any], expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        total_size(sizes)


def test_a_sum_that_is_too_large_says_so() -> None:
    with pytest.raises(OverflowError, match=r"^the sum does not fit in 64 bits$"):
        total_size([2**64 - 1, 1])


# Hostile arguments -----------------------------------------------------------------------------------------

NAME = "demo-1.0-py3-none-any.whl"
CALLS: dict[str, Callable[[Any], object]] = {
    "read_wheel_name": read_wheel_name,
    "best_tag": lambda value: best_tag(value, []),
    "why_not": lambda value: why_not(value, []),
    "in_words": in_words,
    "tags": lambda value: best_tag(NAME, [value]),
    "platforms": lambda value: installable_tags(12, [value]),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, TypeError),
        (3, TypeError),
        (b"py3-none-any", TypeError),
        ([], TypeError),
        ("\ud800", UnicodeEncodeError),
    ],
    ids=["none", "int", "bytes", "list", "lone-surrogate"],
)
def test_what_is_no_text_gets_the_exception_that_python_raises(
    call: Callable[[Any], object], value: Any, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        call(value)


@pytest.mark.parametrize(
    "value", [range(10**15), (), {}, "text", None, iter([])], ids=lambda value: type(value).__name__
)
def test_only_a_list_is_a_list(value: Any) -> None:
    calls: list[tuple[Callable[..., object], tuple[Any, ...]]] = [
        (best_tag, (NAME, value)),
        (why_not, (NAME, value)),
        (installable_tags, (12, value)),
        (total_size, (value,)),
    ]
    for call, arguments in calls:
        with pytest.raises(TypeError):
            call(*arguments)


@needs_timers
def test_what_a_signal_handler_raises_ends_a_long_list() -> None:
    # A fault at the very end: who reads on to it gets the other error.
    for call, items in [
        (total_size, [1] * 20_000_000 + [None]),
        (lambda tags: best_tag(NAME, tags), ["cp312-none-linux_x86_64"] * 1_000_000 + ["at last"]),
    ]:
        with pytest.raises(TimeoutError), alarm():
            call(items)


# The page --------------------------------------------------------------------------------------------------


def sources() -> list[str]:
    return [cell.source for cell in notebooks.cells(CHAPTER).cells]


def written(name: str) -> str:
    """What the page writes to a file of this name."""
    (source,) = [source for source in sources() if source.startswith(f"%%write {name}\n")]
    return source.partition("\n")[2]


def test_the_package_of_the_page_uses_the_pyo3_of_the_book() -> None:
    workspace = tomllib.loads((ROOT / "rust_examples" / "Cargo.toml").read_text("utf-8"))
    manifest = tomllib.loads(written("Cargo.toml"))
    assert manifest["dependencies"]["pyo3"] == workspace["workspace"]["dependencies"]["pyo3"]


def test_what_is_published_is_not_private_and_what_stays_is() -> None:
    assert "classifiers" not in tomllib.loads(written("pyproject.toml"))["project"]
    own = tomllib.loads((Crate("distribution").folder / "pyproject.toml").read_text("utf-8"))
    assert own["project"]["classifiers"] == ["Private :: Do Not Upload"]


def test_the_hints_of_the_page_are_those_of_the_module() -> None:
    tree = ast.parse(written("distribution.pyi"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    public = {name for name, value in vars(distribution).items() if inspect.isbuiltin(value)}
    assert set(functions) == public
    for name, node in functions.items():
        parameters = inspect.signature(getattr(distribution, name)).parameters.values()
        assert [argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)] == [
            parameter.name for parameter in parameters
        ]
    (hinted,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    attributes = {node.target.id for node in hinted.body if isinstance(node, ast.AnnAssign)}  # type: ignore[union-attr]
    wheel = read_wheel_name(NAME)
    assert attributes == {name for name in dir(wheel) if not name.startswith("_")}


def test_the_schema_refuses_a_word_that_is_misspelt() -> None:
    schema = json.loads((files("cibuildwheel.resources") / "cibuildwheel.schema.json").read_bytes())
    with pytest.raises(jsonschema.ValidationError, match="test-comand"):
        jsonschema.validate({"test-comand": "true"}, schema)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_github_takes_our_workflows_and_refuses_a_word_that_is_misspelt(
    workflow: Path, tmp_path: Path
) -> None:
    right, wrong = checked(workflow), tmp_path / "wrong.yml"
    assert right.returncode == 0, right.stdout
    wrong.write_text(workflow.read_text("utf-8").replace("runs-on:", "run-on:"), "utf-8")
    assert checked(wrong).returncode != 0


def test_no_exercise_gives_itself_away() -> None:
    stubs = (Crate("distribution").folder / "src" / "exercises.rs").read_text("utf-8")
    for spoiler in ("vec![true, false", "find_map", "split_once", "Reverse", "position("):
        assert spoiler not in stubs


# The index of the page -------------------------------------------------------------------------------------

PASSWORD = "open sesame"
QUIET = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV"))}
QUIET |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def until(met: Callable[[], object], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Index:
    """The page's own index, in a folder of the test's."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.place = folder, folder / "address"
        (folder / "files").mkdir()
        (folder / "server.py").write_text(written("../index_server.py"), "utf-8")

    def command(self) -> list[str]:
        return [sys.executable, *(str(self.folder / name) for name in ("server.py", "files", "address"))]

    def address(self) -> str:
        assert until(self.place.exists), "the index did not start"
        return self.place.read_text("utf-8")

    def upload(self, *files: Path, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
        login = ["--username", "reader", "--password", password]
        return uv("publish", "--publish-url", f"{self.address()}/", *login, *map(str, files))


def uv(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [find_uv_bin(), "--no-config", *arguments]
    return subprocess.run(command, env=QUIET, capture_output=True, encoding="utf-8", timeout=60, check=False)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path)
    with subprocess.Popen(
        index.command(), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdin is not None
            server.stdin.write(f"{PASSWORD}\n")
            server.stdin.flush()
            yield index
            server.stdin.close()
            assert server.wait(timeout=10) == 0
        finally:
            server.kill()


def demo(folder: Path, version: str) -> Path:
    """A wheel of pure Python that tells its version."""
    path = folder / f"demo_words-{version}-py3-none-any.whl"
    info = f"demo_words-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("demo_words.py", f"version = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.4\nName: demo-words\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


def test_the_index_takes_a_release_then_the_next_and_uv_brings_both(index: Index, tmp_path: Path) -> None:
    environment = tmp_path / "clean"
    assert uv("venv", "--python", sys.executable, str(environment)).returncode == 0
    source = ["--no-cache", "--index-url", f"{index.address()}/simple/"]
    python = Path(sysconfig.get_path("scripts", "venv", vars={"base": str(environment)}), "python")
    for version in ("0.1.0", "0.2.0"):
        sent = index.upload(demo(tmp_path, version))
        assert sent.returncode == 0, sent.stderr
        brought = uv("pip", "install", "--python", str(environment), *source, "--upgrade", "demo-words")
        assert brought.returncode == 0, brought.stderr
        # Both releases bear one date, so what Python had compiled of the first would do for the second.
        said = subprocess.check_output(
            [python, "-B", "-c", "import demo_words; print(demo_words.version)"], text=True
        )
        assert said.strip() == version


def test_the_index_refuses_a_wrong_password(index: Index, tmp_path: Path) -> None:
    refused = index.upload(demo(tmp_path, "0.1.0"), password="guess")
    assert refused.returncode != 0
    assert "403 Forbidden" in refused.stderr
    assert not list((tmp_path / "files").iterdir())


def test_the_index_refuses_the_same_file_twice(index: Index, tmp_path: Path) -> None:
    wheel = demo(tmp_path, "0.1.0")
    assert index.upload(wheel).returncode == 0
    again = index.upload(wheel)
    assert again.returncode != 0
    assert "already exists" in again.stderr


def test_the_index_sends_nobody_elsewhere_for_what_it_does_not_have(index: Index) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{index.address()}/simple/numpy/", timeout=10)
    assert caught.value.code == 404
    caught.value.close()


def test_the_index_listens_on_the_loopback_address_alone(index: Index) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", index.address())


def test_the_index_ends_with_the_process_that_started_it_however_that_ends(tmp_path: Path) -> None:
    index = Index(tmp_path)
    parent = (
        "import subprocess, sys, time\n"
        "quiet = {'stdin': subprocess.PIPE, 'stderr': subprocess.DEVNULL, 'text': True}\n"
        "server = subprocess.Popen(sys.argv[1:], **quiet)\n"
        "print(server.pid, flush=True)\n"
        "server.stdin.write('x\\n')\n"
        "server.stdin.flush()\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", parent, *index.command()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        server = psutil.Process(int(process.stdout.readline()))
        try:
            assert answers(index.address())
            process.kill()
            assert until(lambda: not server.is_running(), 10), "the index goes on without its parent"
        finally:
            process.kill()
            with suppress(psutil.NoSuchProcess):
                server.kill()


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=10).close()
    except OSError:
        return False
    return True
