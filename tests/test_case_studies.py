"""What the chapter on Ruff and uv promises."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from abilities import as_nobody, needs_links
from alarms import alarm, needs_timers
from case_studies import Diagnostic, unused_imports
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nesting import DEEP
from pyflakes import messages
from pyflakes.checker import Checker

from workbook.layout import ROOT

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


# The exercises -------------------------------------------------------------------------------------------

TEXTS = {
    "list": "__all__ = ['json']",
    "longer-list": "__all__ = []\n__all__ += ['json']",
    "annotation": "first: 'json'",
    "argument": "def read(text: 'json'): pass",
    "cast": "from typing import cast\ncast('json', 0)",
}


@pytest.mark.parametrize("rest", TEXTS.values(), ids=TEXTS.keys())
def test_a_name_in_a_text_is_a_use_where_pyflakes_reads_it(rest: str) -> None:
    program = f"import json\n{rest}\n"
    assert in_source(program) == by_pyflakes(program) == []


def test_no_exercise_gives_itself_away() -> None:
    stubs = (ROOT / "rust_examples" / "case_studies" / "src" / "exercises.rs").read_text("utf-8")
    for spoiler in ("F401", "__all__", "(3, 1)"):
        assert spoiler not in stubs
