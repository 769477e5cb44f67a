"""What the chapter on Ruff and uv promises."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import resolvelib
from abilities import as_nobody, needs_links
from alarms import alarm, needs_timers
from case_studies import Diagnostic, Index, NoSolution, unused_imports
from definitions import on_the_page
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nesting import DEEP
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from pyflakes import messages
from pyflakes.checker import Checker

from workbook.layout import ROOT

RECORDED = (ROOT / "rust_examples" / "case_studies" / "index" / "index.json").read_text("utf-8")
INDEX = Index(RECORDED)
PROJECTS = json.loads(RECORDED)["projects"]
ENVIRONMENT: dict[str, str] = json.loads(RECORDED)["environment"]


TWIN = on_the_page(
    "case_studies", "class Provider(", json=json, Requirement=Requirement, canonicalize_name=canonicalize_name
)["Provider"](RECORDED)


# The small Ruff ------------------------------------------------------------------------------------------


def in_source(source: str) -> list[tuple[int, int, str]]:
    """What the small Ruff says of a program."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "program.py")
        path.write_bytes(source.encode())
        return [(one.line, one.column, one.message) for one in unused_imports(path)]


def by_pyflakes(source: str) -> list[tuple[int, int, str]]:
    """What Pyflakes says of its imports."""
    said = Checker(ast.parse(source)).messages
    unused = [one for one in said if isinstance(one, messages.UnusedImport)]
    lines = re.split("\r\n|\r|\n", source)
    # Pyflakes counts bytes.
    column = {one: len(lines[one.lineno - 1].encode()[: one.col].decode()) + 1 for one in unused}
    return sorted({(one.lineno, column[one], one.message % one.message_args) for one in unused})


def test_the_small_ruff_reports_what_pyflakes_reports_on_the_standard_library(tmp_path: Path) -> None:
    library, tree = Path(sysconfig.get_path("stdlib")), tmp_path / "library"
    for source in library.rglob("*.py"):
        place = source.relative_to(library)
        if {"site-packages", "test", "tests"}.isdisjoint(place.parts):
            (tree / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, tree / place)
    command = [sys.executable, "-m", "pyflakes", str(tree)]
    child = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=False)
    line = re.compile(r"^(.+?):(\d+):(\d+):? ('.+' imported but unused)$", re.MULTILINE)
    theirs = {(path, int(at), int(column), words) for path, at, column, words in line.findall(child.stdout)}
    found = unused_imports(tree)
    ours = {(str(one.path), one.line, one.column, one.message) for one in found if one.code == "F401"}
    assert ours == theirs
    assert len(ours) > 100
    assert [one for one in found if one.code != "F401"] == []


NAMES = ["os", "sys", "typing", "a", "b", "print", "__all__"]
name = st.sampled_from(NAMES)
value = st.one_of(
    name,
    st.builds("[{} for {} in {} if {}]".format, name, name, name, name),
    st.builds("lambda {}={}: {}".format, name, name, name),
    st.builds("({} := {})".format, name, name),
    st.builds("f'{{{}}}'".format, name),
    st.builds("{}.path".format, name),
    st.builds("typing.cast('{}', {})".format, name, name),
    st.builds("typing.List['{}']".format, name),
    st.builds("cast('{}', '{}')".format, name, name),
    st.builds("['{}', '{}']".format, name, name),
    st.builds("['{}'] + ['{}']".format, name, name),
)
simple = st.one_of(
    st.builds("import {}".format, name),
    st.builds("import {}.path".format, name),
    st.builds("import {} as {}".format, name, name),
    st.builds("import {}.path as {}".format, name, name),
    st.builds("from {} import {} as {}".format, name, name, name),
    st.builds("from .{} import {}, {}".format, st.sampled_from(["", "os"]), name, name),
    st.just("from typing import cast, Literal, TypeAlias"),
    st.builds("{} = {}".format, name, value),
    st.builds("{}, {} = {}".format, name, name, value),
    st.builds("{} += {}".format, name, value),
    st.builds("{}: {}".format, name, value),
    st.builds("{}: '{}' = {}".format, name, name, value),
    st.builds("{}: TypeAlias = '{}'".format, name, name),
    st.builds("del {}".format, name),
    st.builds("__all__ = {}".format, value),
    st.builds("__all__ += ['{}']".format, name),
    value,
)


def indented(head: str, body: list[str]) -> str:
    return "\n".join([head, *("    " + line for part in body for line in part.split("\n"))])


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=4)
    heads = st.one_of(
        st.builds("def {}({}: {} = {}, *{}_):".format, name, name, value, value, name),
        st.builds("class {}({}):".format, name, value),
        st.builds("if {}:".format, value),
        st.builds("for {} in {}:".format, name, value),
        st.builds("with {} as {}:".format, value, name),
        st.builds("while {}:".format, value),
    )
    tried = st.builds(
        lambda first, kind, as_name, second: "\n".join(
            [indented("try:", first), indented(f"except {kind} as {as_name}:", second)]
        ),
        body,
        name,
        name,
        body,
    )
    declared = st.builds(
        lambda head, kind, names, rest: indented(head, [f"{kind} {names}", *rest]),
        st.builds("def {}():".format, name),
        st.just("global"),
        name,
        body,
    )
    return st.one_of(st.builds(indented, heads, body), tried, declared)


programs = st.lists(st.recursive(simple, compound, max_leaves=8), min_size=1, max_size=8).map("\n".join)


@settings(max_examples=300)
@given(programs)
@example("from os import *\na")
@example("from os import *\nprint")
@example("from os import *\n__all__ = ['a']")
@example("import os.path\nimport os as system\nsystem")
@example("import os as o, os.path\no")
@example("class A:\n    import os\n    x = os\n    def f(self): return os")
@example("def f():\n    import os\n    def g():\n        nonlocal os\n        os = 1")
@example("match 1:\n    case {'a': os, **sys}: pass\n    case [*a]: pass\n    case b.c as os: pass")
@example("import os\ntry: pass\nexcept* os.error as os: os")
@example("import os\n@os\nasync def f(): await os")
@example("import os\nawait os\nyield os\nreturn os")
@example("from __future__ import annotations\nx: os\nimport os")
@example("import typing, os, sys\nx: typing.Annotated['os', 'sys'], typing.Literal['a']")
@example("from typing import Literal\nimport os\nx: Literal['os']")
@example("from typing import NamedTuple as N\nimport os\nN('a', [('x', 'os')])")
@example("from typing import TypedDict as T\nimport sys\nT('b', {'x': 'sys'})")
@example("import os\nx: 'os +'\ny: 'os; os'\nz: ' os'")
@example("import os\nif a:\n    del os")
@example("import os\ndef os(): pass")
@example("import os; é = 1; import sys")
def test_any_program_gets_the_verdict_of_pyflakes(source: str) -> None:
    try:
        expected = by_pyflakes(source)
    except (SyntaxError, AttributeError, TypeError):  # Pyflakes stumbles over `__all__` here and there
        return
    assert in_source(source) == expected


@pytest.mark.parametrize("threads", [None, 1, 3, 64])
def test_threads_change_nothing(threads: int | None) -> None:
    email = Path(sysconfig.get_path("stdlib"), "email")
    assert unused_imports(email, threads=threads) == unused_imports(email)


def test_a_diagnostic_says_where_and_what(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1; import os\n")
    (found,) = unused_imports(path)
    assert isinstance(found, Diagnostic)
    assert (found.path, found.line, found.column, found.code) == (path, 1, 8, "F401")
    assert str(found) == f"{path}:1:8: F401 'os' imported but unused"
    with pytest.raises(AttributeError):
        found.line = 2


JUNK = {
    "binary": (b"\x7fELF\x00\xff\xfe", "E902", "not UTF-8: byte 5 belongs to no character"),
    "nul": (b"\0", "E999", r"Got unexpected token \u{0}"),
    "latin": ("é = 1".encode("latin-1"), "E902", "not UTF-8: byte 0 belongs to no character"),
    "half": (b"import os\ndef f(", "E999", "unexpected EOF while parsing"),
    "python-2": (b"print 'a'", "E999", "Simple statements must be separated by newlines or semicolons"),
    "brackets": (b"(" * 1_000_000, "E999", "nested too deeply"),
    "minus": (b"x = " + b"-" * 1_000_000, "E999", "nested too deeply"),
    "indents": (b"".join(b" " * n + b"if 1:\n" for n in range(5_000)), "E999", None),
}


@pytest.mark.parametrize(("content", "code", "message"), JUNK.values(), ids=JUNK.keys())
def test_what_is_no_python_is_a_diagnostic_and_the_rest_is_looked_at(
    content: bytes, code: str, message: str | None, tmp_path: Path
) -> None:
    (tmp_path / "junk.py").write_bytes(content)
    (tmp_path / "sound.py").write_text("import os\n")
    junk, sound = unused_imports(tmp_path)
    assert junk.path.name == "junk.py"
    assert junk.code == code
    assert message is None or junk.message == message
    assert sound.message == "'os' imported but unused"


@pytest.mark.parametrize("piece", DEEP)
@pytest.mark.parametrize("quoted", [False, True], ids=["bare", "quoted"])
def test_the_deepest_that_is_tried_brings_nobody_down(piece: str, quoted: bool, tmp_path: Path) -> None:
    opened = sum(map(piece.count, "([{"))
    closed = {"(": ")", "[": "]", "{": "}"}
    times = 49_000 // max(len(piece.split()), len(re.findall(r"\w+|[^\w\s]", piece)))
    end = "1" + "".join(closed[c] for c in piece if c in closed) * times if opened else "b"
    deep = piece * times + end
    (tmp_path / "deep.py").write_text(f"x: '{deep}'\n" if quoted else f"x = {deep}\n")
    program = "import case_studies, sys; print(len(case_studies.unused_imports(sys.argv[1])) < 2)"
    child = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (child.returncode, child.stdout) == (0, "True\n")


def test_a_file_of_a_hundred_megabytes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.py").open("wb") as file:
        file.truncate(100_000_000)
    (found,) = unused_imports(tmp_path)
    assert (found.code, found.message) == ("E902", "larger than 16 MB")


def test_an_empty_folder_has_nothing_to_tell(tmp_path: Path) -> None:
    assert unused_imports(tmp_path) == []


@needs_links
def test_links_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "back").symlink_to(tmp_path)
    (tmp_path / "itself.py").symlink_to(tmp_path / "itself.py")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "inner" / "a.py").write_text("import os\n")
    (tmp_path / "twice.py").symlink_to(tmp_path / "inner" / "a.py")
    assert [one.path.name for one in unused_imports(tmp_path)] == ["a.py"]
    assert len(unused_imports(tmp_path / "twice.py")) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipes_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert unused_imports(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another matter on Windows")
def test_what_cannot_be_read_is_a_diagnostic_and_all_else_is_read() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        closed, secret, last = Path(folder, "closed"), Path(folder, "secret.py"), Path(folder, "z.py")
        closed.mkdir()
        secret.write_text("import os\n")
        last.write_text("import os\n")
        closed.chmod(0)
        secret.chmod(0)
        with as_nobody():
            found = unused_imports(folder)
            with pytest.raises(PermissionError):
                unused_imports(closed)
        closed.chmod(0o755)
    said = [(one.path.name, one.code, one.message) for one in found]
    assert said == [
        ("closed", "E902", "Permission denied"),
        ("secret.py", "E902", "Permission denied"),
        ("z.py", "F401", "'os' imported but unused"),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_a_name_that_is_no_utf8_is_a_path_like_any_other(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py"))
    path.write_text("import os\n")
    (found,) = unused_imports(tmp_path)
    assert found.path == path


def test_a_missing_folder_is_pythons_own_file_not_found_error(tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError) as caught:
        unused_imports(missing)
    assert caught.value.filename == missing


@pytest.mark.parametrize(
    ("wrong", "expected", "message"),
    [
        (None, TypeError, "expected str, bytes or os.PathLike object, not NoneType"),
        (3, TypeError, "expected str, bytes or os.PathLike object, not int"),
        ("a\0b", ValueError, "^embedded null byte$"),
    ],
    ids=["none", "number", "nul"],
)
def test_what_is_no_path_is_refused(wrong: Any, expected: type[Exception], message: str) -> None:
    with pytest.raises(expected, match=message):
        unused_imports(wrong)


@pytest.mark.parametrize("threads", [0, 65, 10**9, -1, 2**80])
def test_a_number_of_threads_that_makes_no_sense_is_refused(threads: int, tmp_path: Path) -> None:
    with pytest.raises((ValueError, OverflowError)):
        unused_imports(tmp_path, threads=threads)


@needs_timers
def test_what_a_signal_handler_raises_ends_the_search(tmp_path: Path) -> None:
    source = "import os\nx = [1, 2, 3]\n" * 10_000
    for number in range(200):
        (tmp_path / f"{number}.py").write_text(source)
    with pytest.raises(TimeoutError), alarm(0.02):
        unused_imports(tmp_path, threads=1)


# The small uv --------------------------------------------------------------------------------------------


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
def requirements(draw: st.DrawFn) -> str:
    project = draw(quick_ones)
    release = draw(st.sampled_from(PROJECTS[project]))
    version = Version(release["version"])
    extra = draw(st.sampled_from(["", "", "", *(f"[{extra}]" for extra in release["extras"])]))
    ends = [f">={version}", f"<={version}", f"=={version}", f"<{version}", f"!={version}", f">{version}"]
    ends += ["", "", f"~={version.major}.{version.minor}", f"=={version.major}.*"]
    marker = draw(st.sampled_from(["", "", "", "; sys_platform == 'win32'", "; python_version >= '3.8'"]))
    return f"{project}{extra}{draw(st.sampled_from(ends))}{marker}".replace("[-none]", "")


@settings(max_examples=150)
@given(st.lists(requirements(), min_size=1, max_size=3))
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


def test_the_explanation_on_the_page_is_a_proof() -> None:
    with pytest.raises(NoSolution) as caught:
        INDEX.resolve(["jupyter-book<2", "docutils>=0.22"])
    last = str(caught.value).splitlines()[-1]
    assert last == ("And because you require jupyter-book <2 and you require docutils >=0.22, nothing fits.")
    assert isinstance(caught.value, ValueError)
    for one in ["jupyter-book<2", "docutils>=0.22"]:
        assert INDEX.resolve([one])


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
