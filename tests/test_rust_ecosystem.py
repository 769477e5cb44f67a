"""What the chapter on crates promises: findings like Ruff's, and evidence that can be counted."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import sysconfig
import tokenize
import tomllib
from datetime import date
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import rust_ecosystem
from abilities import as_nobody, needs_links
from alarms import alarm, needs_timers
from definitions import on_the_page
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nesting import DEEP
from ruff import find_ruff_bin
from rust_ecosystem import Diagnostic, Findings, Linter
from workflows import checked

from workbook.layout import ROOT

solved = rust_ecosystem.solutions
ALL = ["B006", "E711", "E722", "F541", "F631"]
LIBRARY = Path(sysconfig.get_path("stdlib"))
CANDIDATES = ROOT / "rust_examples" / "rust_ecosystem" / "candidates"
PAGE = on_the_page(
    "rust_ecosystem", "library =", "WORKSPACE =", "def unsafe_lines(", "ASKED =", "def wanted("
)


def places(source: str, **options: Any) -> list[tuple[int, int, str]]:
    """What our linter says of a program."""
    return [(one.line, one.column, one.code) for one in Linter(**options).check(source)]


def ruff(*arguments: str, given: str | None = None) -> list[dict[str, Any]]:
    """What the real Ruff says by our rules."""
    options = ["--isolated", "--no-cache", "--output-format", "json", "--select", ",".join(ALL)]
    command = [find_ruff_bin(), "check", *options, *arguments]
    ended = subprocess.run(
        command, input=given, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert ended.returncode in {0, 1}, ended.stderr
    said: list[dict[str, Any]] = json.loads(ended.stdout)
    return said


def by_ruff(source: str) -> list[tuple[int, int, str]]:
    said = ruff("--stdin-filename", "program.py", "-", given=source)
    return sorted((one["location"]["row"], one["location"]["column"], one["code"]) for one in said)


# The same as Ruff ------------------------------------------------------------------------------------------


def test_ours_finds_what_ruff_finds_in_the_packages_of_the_library() -> None:
    folders = [
        init.parent for init in LIBRARY.glob("*/__init__.py") if init.parent.name not in {"test", "lib2to3"}
    ]
    found = list(chain.from_iterable(map(Linter().walk, folders)))
    ours = {(str(one.path), one.line, one.column, one.code) for one in found}
    said = ruff(*map(str, folders))
    theirs = {
        (one["filename"], one["location"]["row"], one["location"]["column"], one["code"]) for one in said
    }
    assert ours == theirs
    assert len(ours) == len(found) > 20


def test_the_twin_on_the_page_finds_what_ours_finds() -> None:
    for package in ["asyncio", "email", "http", "unittest"]:
        theirs = {(path, *said) for path in (LIBRARY / package).rglob("*.py") for said in PAGE["twin"](path)}
        ours = {(one.path, one.line, one.code) for one in Linter().walk(LIBRARY / package)}
        assert ours == theirs


operand = st.sampled_from(["None", "x", "f(None)", "(None)", "x.y", "(not None)", "x[None]"])
operator = st.sampled_from([" == ", " != ", " is ", " < ", " in "])
chained = st.builds(
    lambda first, rest: first + "".join(map("".join, rest)),
    operand,
    st.lists(st.tuples(operator, operand), min_size=1, max_size=3),
)
text = st.sampled_from(
    ["f'a'", "f'{x}'", "f'{x:>{f''}}'", "'a' f'b'", "f'a' f'{x}'", "f'{{}}'", "rf'a' 'b' f''"]
)
default = st.sampled_from(
    [
        "[]",
        "{}",
        "{1}",
        "()",
        "None",
        "[i for i in x]",
        "{i: i for i in x}",
        "(i for i in x)",
        "list()",
        "set(x)",
    ]
)
value = st.one_of(chained, text, default, st.builds("lambda a={}: {}".format, default, chained))
simple = st.one_of(
    st.builds("x = {}".format, value),
    st.builds("assert {}".format, value),
    st.builds("assert ({}, {})".format, value, value),
    st.just("assert ()"),
    st.builds("assert {},\\\n    {}".format, value, value).map(lambda line: line.replace(",\\", ", \\")),
)
comment = st.sampled_from(
    [
        "",
        "",
        "",
        "  # noqa",
        "  #noqa:E711",
        "  # noqa: F541 B006",
        "  # why # NOQA",
        "  # noqa:why",
        "  # E711",
    ]
)
line = st.builds("{}{}".format, simple, comment)


def indented(head: str, body: list[str]) -> str:
    return "\n".join([head, *("    " + line for part in body for line in part.split("\n"))])


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3)
    heads = st.one_of(
        st.builds("def f(a, b={}, *c, d={}):{}".format, default, default, comment),
        st.builds("async def f(a={}, /):{}".format, default, comment),
        st.builds("class C:{}".format, comment),
        st.builds("if {}:{}".format, chained, comment),
    )
    tried = st.builds(
        lambda first, kind, second, raised: "\n".join(
            [indented("try:", first), indented(f"except{kind}:", [*second, *raised])]
        ),
        body,
        st.sampled_from(["", " E", "  # noqa"]).map(lambda kind: kind if "noqa" not in kind else ""),
        body,
        st.sampled_from([[], ["raise"], ["raise x"], ["if x:\n    raise"]]),
    )
    return st.one_of(st.builds(indented, heads, body), tried)


programs = st.lists(st.recursive(line, compound, max_leaves=6), min_size=1, max_size=6).map("\n".join)


@settings(max_examples=150)
@given(programs)
@example("x = x['''\n'''] == None  # noqa")
@example("x = (None ==\n     x)  # noqa")
@example("x = None == \\\n    x  # noqa")
@example("x = f'''\n{x}''' == None # noqa: E711")
@example("x = f'''\n{\nx\n}''' == None # noqa: E711")
@example("x = None == f'''{\nx\n}'''  # noqa")
@example("x = None == f'''{\nx  # noqa\n}'''")
@example("x = x['# noqa'] == None")
@example("é = ü == None")
@example("\ufeffx == None")
@example("x == None\r\ny == None\r\n")
@example("if x:\n\f    x == None")
@example("x == None\x0c")
@example("match x:\n    case None if x == None: pass")
@example("type A = f''")
@example("x: f'' = None == x")
@example("@f(None == x)\ndef f[T: (x == None)](): pass")
@example("with x == None as y: assert (y, x)")
@example("t'a'")
def test_any_program_gets_the_verdict_of_ruff(source: str) -> None:
    assert places(source) == by_ruff(source)


DIFFERENT = {
    "a name that ruff looks up": "from collections import deque\ndef f(a=deque()): pass",
    "an annotation that ruff believes": "from collections.abc import Sequence\ndef f(a: Sequence = []): pass",
    "a name that is another": "def list(): pass\ndef f(a=list()): pass",
    "a constant beside none": "1 == None",
}


@pytest.mark.parametrize("source", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_where_the_page_or_the_crate_names_a_difference_there_is_one(source: str) -> None:
    assert places(source) != by_ruff(source)


def test_noqa_false_heeds_no_comment() -> None:
    assert places("x == None  # noqa") == []
    assert places("x == None  # noqa", noqa=False) == [(1, 6, "E711")]


# The face --------------------------------------------------------------------------------------------------


def test_a_diagnostic_is_what_python_people_expect_of_a_small_class(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("y == None; x == None\n")
    later, first = reversed(list(Linter().walk(path)))
    assert isinstance(first, Diagnostic)
    assert sorted([later, first]) == [first, later]
    assert first < later
    assert first == next(Linter().walk(path))
    assert first != later
    assert len({first, later, next(Linter().walk(path))}) == 2
    assert dict(first) == {"path": path, "line": 1, "column": 6, "code": "E711", "message": Linter()["E711"]}
    assert list(first) == list(first.keys()) == list(Diagnostic.__match_args__)
    assert len(first) == 5
    assert str(first) == f"{path}:1:6: E711 compare with None by `is` or `is not`"
    assert repr(first) == f"<{first}>"
    match later:
        case Diagnostic(found, line, column, "E711", message):
            assert (found, line, column, message) == (path, 1, 17, Linter()["E711"])
    with pytest.raises(AttributeError):
        first.line = 2


@pytest.mark.parametrize("key", ["file", "keys", "__str__", 0, None, "\udcff"])
def test_a_field_that_is_none_is_a_key_error(key: Any) -> None:
    (found,) = Linter().check("x == None")
    with pytest.raises(KeyError) as caught:
        found[key]
    assert caught.value.args == (key,)


def test_a_linter_is_a_mapping_of_its_rules() -> None:
    linter = Linter(code for code in ["F541", "E711", "F541"])
    assert list(linter) == linter.keys() == ["E711", "F541"]
    assert len(linter) == 2
    assert "E711" in linter
    assert "B006" not in linter
    assert None not in linter
    assert dict(linter) == {code: Linter()[code] for code in ["E711", "F541"]}
    assert repr(linter) == "<a linter with E711, F541>"
    assert list(Linter()) == ALL
    assert list(Linter([])) == []
    with pytest.raises(KeyError, match=r"^'B006'$"):
        linter["B006"]


@pytest.mark.parametrize(
    ("select", "expected", "message"),
    [
        (["W605"], ValueError, 'there is no rule "W605", but there is B006, E711, E722, F541, F631'),
        ([""], ValueError, 'there is no rule ""'),
        ("E711", TypeError, "one string is no list of codes: put it into one"),
        ([None], TypeError, "'None' is not an instance of 'str'"),
        (3, TypeError, "'int' object is not iterable"),
        (["\udcff"], UnicodeEncodeError, "surrogates not allowed"),
    ],
    ids=["unknown", "empty", "string", "none", "number", "surrogate"],
)
def test_what_is_no_list_of_rules_is_refused(select: Any, expected: type[Exception], message: str) -> None:
    with pytest.raises(expected, match=message):
        Linter(select)


def test_a_length_that_lies_allocates_nothing() -> None:
    class Liar(list[str]):
        def __len__(self) -> int:
            return sys.maxsize

    assert list(Linter(Liar(["E711"]))) == ["E711"]


@needs_timers
def test_a_list_of_rules_that_never_ends_can_be_stopped() -> None:
    with pytest.raises(TimeoutError), alarm(0.05):
        Linter(iter(lambda: "E711", None))


def test_the_diagnostics_of_a_folder_come_as_they_are_found_in_the_order_of_names(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"{number:03}.py").write_text("x == None\n" + "#" * 200_000)
    findings = Linter().walk(tmp_path, threads=2)
    assert isinstance(findings, Findings)
    assert iter(findings) is findings
    assert findings.files == 0
    first = next(findings)
    assert first.path == tmp_path / "000.py"
    assert 0 < findings.files < 200
    rest = list(findings)
    assert [first, *rest] == sorted([first, *rest])
    assert findings.files == 200 == len(rest) + 1
    assert list(findings) == []


@pytest.mark.parametrize("threads", [None, 1, 3, 64])
def test_threads_change_nothing(threads: int | None) -> None:
    asyncio = LIBRARY / "asyncio"
    assert list(Linter().walk(asyncio, threads=threads)) == list(Linter().walk(asyncio))


@pytest.mark.parametrize("threads", [0, 65, 10**9, -1, 2**80])
def test_a_number_of_threads_that_makes_no_sense_is_refused(threads: int, tmp_path: Path) -> None:
    with pytest.raises((ValueError, OverflowError)):
        Linter().walk(tmp_path, threads=threads)


def test_a_missing_folder_is_pythons_own_error_and_comes_at_once(tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError) as caught:
        Linter().walk(missing)
    assert caught.value.filename == missing


@pytest.mark.parametrize(
    ("wrong", "expected", "message"),
    [
        (None, TypeError, "expected str, bytes or os.PathLike object, not NoneType"),
        (3, TypeError, "expected str, bytes or os.PathLike object, not int"),
        ("a\0b", ValueError, "embedded null"),
    ],
    ids=["none", "number", "nul"],
)
def test_what_is_no_path_is_refused(wrong: Any, expected: type[Exception], message: str) -> None:
    with pytest.raises(expected, match=message):
        Linter().walk(wrong)


@needs_timers
def test_what_a_signal_handler_raises_ends_the_walk(tmp_path: Path) -> None:
    source = "x = [1, 2, 3]\n" * 10_000
    for number in range(200):
        (tmp_path / f"{number}.py").write_text(source)
    with pytest.raises(TimeoutError), alarm(0.02):
        list(Linter().walk(tmp_path, threads=1))


# Whatever a folder holds ------------------------------------------------------------------------------------


def in_file(content: bytes) -> list[tuple[int, int, str, str]]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "program.py")
        path.write_bytes(content)
        return [(one.line, one.column, one.code, one.message) for one in Linter().walk(path)]


JUNK = {
    "binary": (b"\x7fELF\x00\xff\xfe", "E902", "not UTF-8: byte 5 belongs to no character"),
    "nul": (b"\0", "E999", r"Got unexpected token \u{0}"),
    "latin": ("é = 1".encode("latin-1"), "E902", "not UTF-8: byte 0 belongs to no character"),
    "unknown": (b"# coding: cp1252\nx = '\x80'", "E902", "its encoding is cp1252, which we do not read"),
    "half": (b"import os\ndef f(", "E999", "unexpected EOF while parsing"),
    "brackets": (b"(" * 1_000_000, "E902", "a statement of more than 50000 brackets and operators"),
    "minus": (b"x = " + b"-" * 1_000_000, "E902", "a statement of more than 50000 brackets and operators"),
}


@pytest.mark.parametrize(("content", "code", "message"), JUNK.values(), ids=JUNK.keys())
def test_what_is_no_python_is_a_diagnostic_and_the_rest_is_looked_at(
    content: bytes, code: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "junk.py").write_bytes(content)
    (tmp_path / "sound.py").write_text("x == None\n")
    junk, sound = Linter().walk(tmp_path)
    assert (junk.path, junk.code, junk.message) == (tmp_path / "junk.py", code, message)
    assert (sound.path, sound.code) == (tmp_path / "sound.py", "E711")


@pytest.mark.parametrize("content", [b"", b"\n", b"\r", b"\x0c", b"\xef\xbb\xbf", b"# only\n"])
def test_next_to_nothing_has_nothing_to_say(content: bytes) -> None:
    assert in_file(content) == []


def test_lines_and_columns_are_those_that_an_editor_shows() -> None:
    said = "compare with None by `is` or `is not`"
    assert in_file("\ufeffé == None\r\n\x0cü == None".encode()) == [
        (1, 6, "E711", said),
        (2, 7, "E711", said),
    ]
    assert in_file("# coding: latin-1\nx = 'é' == None".encode("latin-1")) == [(2, 12, "E711", said)]


cookies = st.sampled_from(
    [
        "# coding: latin-1",
        "# -*- coding: utf-8 -*-",
        "#!/usr/bin/python",
        "# vim: set fileencoding=iso-8859-1 :",
        "# coding:utf8",
        "# coding : latin-1",
        "  \t# coding=latin_1",
        "x = 1  # coding: latin-1",
        "# coding: cp1252",
        "",
        "'''",
        "# uncoding: latin-1 coding: utf-8",
    ]
)


@given(st.lists(cookies, max_size=3), st.sampled_from(["\n", "\r\n"]))
def test_a_file_is_read_in_the_encoding_that_python_finds(lines: list[str], end: str) -> None:
    source = end.join([*lines, "x = 'é'"])
    latin = source.encode("latin-1")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(latin).readline)
    except SyntaxError:
        return  # Python wants to read the first lines before it knows how
    read = not any(code == "E902" for _, _, code, _ in in_file(latin))
    assert read == (encoding == "iso-8859-1")


@pytest.mark.parametrize("piece", DEEP)
def test_the_deepest_that_is_tried_brings_nobody_down(piece: str, tmp_path: Path) -> None:
    closed = {"(": ")", "[": "]", "{": "}"}
    times = 49_900 // max(1, len(re.findall(r"\b(?:not|lambda|if|else|for|in|await)\b|[^\w\s\])}]", piece)))
    end = "1" + "".join(closed[c] for c in piece if c in closed) * times if set(piece) & set(closed) else "b"
    (tmp_path / "deep.py").write_text(f"x = {piece * times}{end}\n")
    program = """
import sys
from pathlib import Path
from rust_ecosystem import Linter
(one,) = list(Linter().walk(sys.argv[1])) or [None]
(other,) = Linter().check(Path(sys.argv[1], "deep.py").read_text()) or [None]
print((one and one.message) == (other and other.message), one is None or one.code == "E999")
"""
    child = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (child.returncode, child.stdout) == (0, "True True\n")


def test_thousands_of_indents_bring_nobody_down() -> None:
    source = "".join(" " * n + "if 1:\n" for n in range(3_000)) + " " * 3_000 + "x == None"
    assert places(source) == [(3_001, 3_006, "E711")]


def test_what_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.py").open("wb") as file:
        file.truncate(100_000_000)
    (found,) = Linter().walk(tmp_path)
    assert (found.code, found.message) == ("E902", "larger than 16 MB")
    (found,) = Linter().check("#" * 16_000_001)
    assert (found.code, found.message) == ("E902", "larger than 16 MB")


@needs_links
def test_links_are_not_followed_and_circles_end(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "back").symlink_to(tmp_path)
    (tmp_path / "itself.py").symlink_to(tmp_path / "itself.py")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "inner" / "a.py").write_text("x == None\n")
    (tmp_path / "twice.py").symlink_to(tmp_path / "inner" / "a.py")
    assert [one.path.name for one in Linter().walk(tmp_path)] == ["a.py"]
    assert len(list(Linter().walk(tmp_path / "twice.py"))) == 1
    with pytest.raises(OSError, match="itself"):
        Linter().walk(tmp_path / "itself.py")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipes_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert list(Linter().walk(tmp_path)) == []
    (found,) = Linter().walk(tmp_path / "pipe.py")
    assert (found.code, found.message) == ("E902", "no regular file")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another matter on Windows")
def test_what_cannot_be_read_is_a_diagnostic_and_all_else_is_read() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        closed, secret, last = Path(folder, "closed"), Path(folder, "secret.py"), Path(folder, "z.py")
        closed.mkdir()
        secret.write_text("x == None\n")
        last.write_text("x == None\n")
        closed.chmod(0)
        secret.chmod(0)
        with as_nobody():
            found = list(Linter().walk(folder))
            with pytest.raises(PermissionError):
                Linter().walk(closed)
        closed.chmod(0o755)
    said = [(one.path.name, one.code, one.message) for one in found]
    assert said == [
        ("closed", "E902", "Permission denied"),
        ("secret.py", "E902", "Permission denied"),
        ("z.py", "E711", "compare with None by `is` or `is not`"),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_a_name_that_is_no_utf8_is_a_path_like_any_other(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py"))
    path.write_text("x == None\n")
    (found,) = Linter().walk(tmp_path)
    assert found.path == path
    assert "caf\ufffd.py" in str(found)


def test_a_text_with_half_a_character_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        Linter().check("\udcff")


# The evidence -----------------------------------------------------------------------------------------------


def packages(lock: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for package in tomllib.loads(lock.read_text("utf-8"))["package"]:
        found.setdefault(package["name"], []).append(package["version"])
    return found


def test_the_candidates_that_we_use_are_in_the_version_that_we_use() -> None:
    ours, candidates = packages(ROOT / "rust_examples" / "Cargo.lock"), packages(CANDIDATES / "Cargo.lock")
    for name in ["ruff_python_parser", "walkdir", "pep508_rs"]:
        assert ours[name] == candidates[name]


def test_each_candidate_is_recorded_and_the_pin_is_among_its_releases() -> None:
    recorded = json.loads((CANDIDATES / "registry.json").read_text("utf-8"))
    features = tomllib.loads((CANDIDATES / "Cargo.toml").read_text("utf-8"))["features"]
    assert set(recorded["crates"]) == set(features) - {"pep508_rs"}
    pins = tomllib.loads((CANDIDATES / "Cargo.toml").read_text("utf-8"))["dependencies"]
    for name, releases in recorded["crates"].items():
        assert pins[name]["version"].removeprefix("=") in {release["version"] for release in releases}
        days = [date.fromisoformat(release["day"]) for release in releases]
        assert days == sorted(days)
        assert days[-1] <= date.fromisoformat(recorded["recorded"])


@pytest.fixture(scope="module")
def parsers() -> dict[str, dict[str, str]]:
    names = ["ruff_python_parser", "rustpython-parser", "tree-sitter-python"]
    return {name: PAGE["evidence"](name) for name in names}


def test_the_parsers_are_what_the_page_says_of_them(parsers: dict[str, dict[str, str]]) -> None:
    ruffs, pythons, grammars = parsers.values()
    assert ruffs["not on our list"] == grammars["not on our list"] == "–"
    assert "LGPL" in pythons["not on our list"]
    assert pythons["releases in a year"] == grammars["releases in a year"] == "0"
    crates = [int(facts["crates"]) for facts in parsers.values()]
    assert max(crates) == crates[0]
    assert min(crates) == crates[2]
    c, rust = (int(grammars[row].replace(",", "")) for row in ("lines of C", "lines of Rust"))
    assert c > (c + rust) / 3


def test_the_walker_that_we_took_brings_the_least() -> None:
    walkers = {name: PAGE["evidence"](name) for name in ["walkdir", "ignore", "jwalk"]}
    lines = {name: int(facts["lines of Rust"].replace(",", "")) for name, facts in walkers.items()}
    assert min(lines, key=lines.__getitem__) == "walkdir"
    assert walkers["walkdir"]["crates"] == "2"


def test_every_licence_of_our_tree_is_on_the_list() -> None:
    crates = PAGE["brought_by"]("pyrust-book-rust-ecosystem", PAGE["WORKSPACE"])
    assert len(crates) > 50
    assert [one["name"] for one in crates if not PAGE["accepted"](one["license"])] == []


@pytest.mark.parametrize(
    ("licence", "fine"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("Unlicense/MIT", True),
        ("(MIT OR GPL-2.0) AND Unicode-3.0", True),
        ("MIT AND GPL-2.0", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("", False),
    ],
)
def test_a_licence_is_accepted_where_each_part_leaves_a_choice_of_ours(licence: str, fine: bool) -> None:
    assert PAGE["accepted"](licence) == fine


def test_the_pin_leaves_twenty_crates_out() -> None:
    brought_by = PAGE["brought_by"]
    as_it_comes = {one["name"] for one in brought_by("pep508_rs", CANDIDATES, "--features", "pep508_rs")}
    here = {one["name"] for one in brought_by("pep508_rs", PAGE["WORKSPACE"])}
    assert here < as_it_comes
    assert len(as_it_comes - here) >= 20
    assert "idna_adapter" in here


def test_ruffs_parser_and_what_it_stands_on_is_compiled_once_for_both_linters() -> None:
    wanted, workspace = PAGE["wanted"], PAGE["WORKSPACE"]
    stack = {one["name"] for one in PAGE["brought_by"]("ruff_python_parser", workspace)}
    ours, theirs = (
        {line for line in wanted(slug) if line.split()[0] in stack}
        for slug in ("rust-ecosystem", "case-studies")
    )
    assert len(ours) >= len(stack) > 50
    assert ours == theirs, f"{sorted(ours ^ theirs)}: align the features in rust_examples/Cargo.toml"


def test_the_small_uv_wants_more_of_what_ruffs_parser_stands_on() -> None:
    stack = {one["name"] for one in PAGE["brought_by"]("ruff_python_parser", PAGE["WORKSPACE"])}
    wanted = PAGE["wanted"]
    changed = {line.split()[0] for line in wanted("case-studies") - wanted("case-studies", "small-uv")}
    assert changed
    assert changed <= stack


def test_the_advisories_are_checked_every_week() -> None:
    weekly = ROOT / ".github" / "workflows" / "weekly.yml"
    text = weekly.read_text("utf-8")
    assert "cron:" in text
    assert "cargo-deny-action" in text
    assert "manifest-path: rust_examples/Cargo.toml" in text
    ended = checked(weekly)
    assert ended.returncode == 0, ended.stdout
    deny = tomllib.loads((ROOT / "rust_examples" / "deny.toml").read_text("utf-8"))
    assert {"advisories", "licenses", "bans", "sources"} <= set(deny)


# The exercises ----------------------------------------------------------------------------------------------


OPERANDS = ["x", "1", "'a'", "None", "...", "x.y"]


@settings(max_examples=40)
@given(st.sampled_from(OPERANDS), st.sampled_from(["is", "is not", "=="]), st.sampled_from(OPERANDS))
def test_what_the_solved_rule_reports_ruff_reports_too(left: str, operator: str, right: str) -> None:
    source = f"{left} {operator} {right}"
    command = [find_ruff_bin(), "check", "--isolated", "--no-cache", "--select", "F632", "--quiet", "-"]
    ended = subprocess.run(command, input=source, capture_output=True, encoding="utf-8", check=False)
    swapped = f"{right} {operator} {left}"  # Ruff looks at both sides, the exercise at what follows
    assert bool(solved.is_literal(source) or solved.is_literal(swapped)) == (ended.returncode == 1)


@given(
    st.sampled_from(["not ", "-", ""]), st.sampled_from(["x in y", "(x in y)", "x in y in z", "x", "x is y"])
)
def test_what_the_solved_rule_of_not_in_reports_ruff_reports_too(sign: str, rest: str) -> None:
    source = f"{sign}{rest}"
    command = [find_ruff_bin(), "check", "--isolated", "--no-cache", "--select", "E713", "--quiet", "-"]
    ended = subprocess.run(command, input=source, capture_output=True, encoding="utf-8", check=False)
    assert bool(solved.not_in(source)) == (ended.returncode == 1)


def test_no_exercise_gives_itself_away() -> None:
    stubs = (ROOT / "rust_examples" / "rust_ecosystem" / "src" / "exercises.rs").read_text("utf-8")
    for spoiler in ("StringLiteral", "UnaryOp::Not", "CmpOp::In]", "vec!["):
        assert spoiler not in stubs
