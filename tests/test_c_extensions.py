"""What the chapter on C extensions promises: C and Rust agree, and go wrong in different ways."""

from __future__ import annotations

import inspect
import itertools
import re
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import c_extensions
import jupytext
import pytest
from alarms import alarm, needs_timers
from c_extensions import (
    distance,
    exercises,
    is_private,
    letter,
    nothing,
    solutions,
    with_lengths,
    with_lengths_forgotten,
)
from hypothesis import example, given
from hypothesis import strategies as st

from workbook import plots, processes
from workbook.layout import Chapter
from workbook.terminal import Terminal, TerminalError

CELLS = [
    cell.source
    for cell in jupytext.read(Chapter("c_extensions", None).path).cells
    if cell.cell_type == "code"
]
linux = pytest.mark.skipif(sys.platform != "linux", reason="the words are those of Linux")


def cell(line: str) -> str:
    """The cell of the page in which a line begins so."""
    (source,) = [source for source in CELLS if f"\n{line}" in f"\n{source}"]
    return str(source)


def constant(name: str) -> Any:
    """What the page calls by a name in capitals, of the cell that defines it."""
    names: dict[str, Any] = {}
    value = re.search(
        rf"^{name} = (\{{.*?^\}}|\"\"\".*?\"\"\")", cell(f"{name} = "), re.MULTILINE | re.DOTALL
    )
    assert value is not None
    exec(value[0], names)
    return names[name]


class Compiled:
    """The C of the page, compiled as the page compiles it, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in re.findall(
            r'^\(folder\(\) / "(.+?)"\)\.write_text\(r"""\n(.*?)"""\)', cell("# What every"), re.M | re.S
        ):
            (folder / name).write_text(text, "utf-8")
        for source in CELLS:
            if written := re.match(r"%%write (\S+)\n(.*)", source, re.DOTALL):
                (folder / written[1]).write_text(written[2], "utf-8")
        for name, (before, after) in constant("MENDS").items():
            source = (folder / f"{name}.c").read_text("utf-8")
            assert source.count(before) == 1
            mended = source.replace(before, after).replace(f"MODULE({name}", f"MODULE({name}_mended")
            (folder / f"{name}_mended.c").write_text(mended, "utf-8")
        self.built = processes.run(
            [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"], cwd=folder, timeout=300
        )
        assert self.built.code == 0, f"the C of the page does not compile here:\n{self.built.err}"

    def module(self, name: str) -> ModuleType:
        """One that does no harm, imported into this process."""
        return import_module(name)

    def run(self, program: str) -> processes.Ended:
        """What becomes of a program, in a process of its own."""
        command = [sys.executable, "-u", "-X", "faulthandler", "-c", f"{QUIET}{program}"]
        return processes.run(command, cwd=self.folder, env=processes.without_rust(), timeout=120)


QUIET = """
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
except ImportError:
    import ctypes
    ctypes.windll.kernel32.SetErrorMode(3)
"""


@pytest.fixture(scope="module")
def c(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("c")
    compiled = Compiled(folder)
    sys.path.insert(0, str(folder))
    try:
        yield compiled
    finally:
        sys.path.remove(str(folder))


def outcome(function: Callable[..., object], *arguments: object) -> object:
    """What a call returns, or the type of what it raises."""
    try:
        return function(*arguments)
    except Exception as error:
        return type(error)


# C and Rust agree --------------------------------------------------------------------------------------

few = st.text(st.sampled_from("abé"), max_size=30)
any_text = st.text(st.characters(exclude_categories=()), max_size=20)
texts = few | any_text | st.text("a😀\udcff", min_size=60, max_size=140)
no_texts = st.none() | st.integers() | st.floats() | st.binary(max_size=3) | st.lists(st.text(max_size=2))


def in_python(a: str, b: str) -> int:
    """The twin, as it stands on the page."""
    names: dict[str, Any] = {}
    exec(cell("def distance(a, b)"), names)
    found: int = names["distance"](a, b)
    return found


@given(texts, texts)
@example("", "")
@example("", "é")
@example("\udcff", "\udcfe")
@example("\ud83d\ude00", "\U0001f600")
@example("a" * 64, "a" * 65)
def test_the_distance_is_the_same_in_python_c_and_rust(c: Compiled, a: str, b: str) -> None:
    expected = in_python(a, b)
    assert distance(a, b) == expected
    assert c.module("speller").distance(a, b) == expected


@given(texts | no_texts, texts | no_texts)
def test_what_is_no_text_is_a_type_error_in_c_and_in_rust(c: Compiled, a: Any, b: Any) -> None:
    assert outcome(distance, a, b) == outcome(c.module("speller").distance, a, b)


@pytest.mark.parametrize("arguments", [(), ("a",), ("a", "b", "c")], ids=len)
def test_other_than_two_arguments_are_a_type_error_in_both(c: Compiled, arguments: tuple[Any, ...]) -> None:
    speller = c.module("speller")
    for function in (distance, nothing, speller.distance, speller.nothing):
        assert outcome(function, *arguments) is TypeError


def test_long_texts_have_the_same_distance(c: Compiled) -> None:
    a, b = "".join(map(chr, range(0x4E00, 0x4E00 + 3000))), "ab" * 1500
    for pair in itertools.permutations([a, b, a[::2]], 2):
        assert distance(*pair) == c.module("speller").distance(*pair)
    assert distance("", "x" * 10**7) == c.module("speller").distance("", "x" * 10**7) == 10**7


class Name(str):
    """A text with a mind of its own."""

    __slots__ = ()

    def __str__(self) -> str:
        return "somebody else"

    def __len__(self) -> int:
        return 2**40


@pytest.mark.parametrize("text", ["size", "\udcff"])
def test_a_text_of_a_subclass_counts_as_its_letters(c: Compiled, text: str) -> None:
    for function in (distance, c.module("speller").distance):
        assert function(Name(text), text + "s") == 1
        assert function(text + "s", Name(text)) == 1


@needs_timers
@pytest.mark.parametrize(
    ("a", "b"), [("ab" * 20_000, "ba" * 20_000), ("ab" * 50, "ba" * 5_000_000)], ids=["high", "wide"]
)
def test_what_a_signal_handler_raises_ends_the_work_in_both(c: Compiled, a: str, b: str) -> None:
    for function in (distance, c.module("speller").distance):
        # Whoever works to the end comes to the second pair, and to another error.
        with pytest.raises(TimeoutError) as caught, alarm(0.05):
            list(map(function, [a, None], [b, None]))
        assert caught.value.__context__ is None


def test_nothing_is_done_with_two_objects_of_any_kind(c: Compiled) -> None:
    for function in (nothing, c.module("speller").nothing):
        assert function(object(), None) is None
    assert nothing(a=1, b=2) is None
    with pytest.raises(TypeError, match="takes no keyword arguments"):
        c.module("speller").nothing(a=1, b=2)


sized = st.text(max_size=5) | st.binary(max_size=5) | st.lists(st.integers(), max_size=3)


@given(st.lists(sized | st.none() | st.integers(), max_size=8))
def test_names_come_with_their_lengths_in_all_four(c: Compiled, names: list[Any]) -> None:
    def twin(*names: Any) -> list[tuple[int, Any]]:
        return [(len(name), name) for name in names]

    expected = outcome(twin, *names)
    for function in (with_lengths, with_lengths_forgotten, c.module("pairs_mended").with_lengths):
        assert outcome(function, *names) == expected
    if expected is not TypeError:
        assert c.module("pairs").with_lengths(*names) == expected


@given(any_text)
@example("_size")
@example("")
@example("\0_")
def test_a_name_is_private_in_both_or_a_unicode_error_in_both(c: Compiled, name: str) -> None:
    found = outcome(is_private, name)
    assert found == outcome(c.module("naming_mended").is_private, name)
    assert found is UnicodeEncodeError or found == name.startswith("_")


@pytest.mark.parametrize("wrong", [None, 5, b"_size", ["_"]], ids=repr)
def test_what_is_no_name_is_a_type_error_in_both(c: Compiled, wrong: Any) -> None:
    for function in (is_private, c.module("naming_mended").is_private):
        with pytest.raises(TypeError):
            function(wrong)


WORD = "get_sizof" + "\0" * 7


@given(st.integers() | st.integers(-2, 40))
@example(2**63)
@example(-(10**30))
def test_a_letter_is_in_the_word_or_an_index_error_in_rust(index: int) -> None:
    if 0 <= index < 16:
        assert letter(index) == WORD[index]
    else:
        with pytest.raises(IndexError, match=r"^letter index out of range$"):
            letter(index)


@given(st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 40))
def test_the_mended_c_finds_the_same_letters(c: Compiled, index: int) -> None:
    assert outcome(c.module("session_mended").letter, index) == outcome(letter, index)


@pytest.mark.parametrize("wrong", [None, 1.0, "1", float("nan"), [1]], ids=repr)
def test_what_is_no_index_is_a_type_error_in_both(c: Compiled, wrong: Any) -> None:
    for function in (letter, c.module("session_mended").letter):
        with pytest.raises(TypeError):
            function(wrong)


# What happens in C, and not in Rust --------------------------------------------------------------------

CATCHER = """
from {module} import is_private
try:
    is_private({name})
except BaseException as error:
    print("caught", type(error).__name__)
finally:
    print("tidied up")
"""


@pytest.mark.parametrize("name", [r"'\ud83d'", "None", "b'_'"])
def test_a_check_left_out_ends_the_process_in_c_and_is_an_exception_in_rust(c: Compiled, name: str) -> None:
    died = c.run(CATCHER.format(module="naming", name=name))
    assert died.out == ""
    assert "Fatal Python error" in died.err or "Windows fatal exception" in died.err
    if not processes.WINDOWS:
        assert -died.code in {signal.SIGSEGV, signal.SIGBUS}
    caught = "UnicodeEncodeError" if "ud83d" in name else "TypeError"
    for module in ("c_extensions", "naming_mended"):
        ended = c.run(CATCHER.format(module=module, name=name))
        assert (ended.out, ended.code) == (f"caught {caught}\ntidied up\n", 0)


@linux
def test_the_trace_tells_the_line_of_python_and_the_module(c: Compiled) -> None:
    died = c.run("\nimport naming\nnaming.is_private('\\ud83d')")
    assert died.code == -signal.SIGSEGV
    line = QUIET.count("\n") + 3
    assert died.err.startswith("Fatal Python error: Segmentation fault\n")
    assert f'File "<string>", line {line} in <module>' in died.err
    assert "Extension modules: naming (total: 1)" in died.err


LEAK = """
import sys
from {module} import {function} as with_lengths
names = [f"name_{{number}}" for number in range(100)]
with_lengths(*names)
before = sys.getallocatedblocks(), sys.getrefcount(names[0])
for _ in range(100):
    with_lengths(*names)
print(sys.getallocatedblocks() - before[0], sys.getrefcount(names[0]) - before[1])
"""


@pytest.mark.parametrize(
    ("module", "function", "leaks"),
    [
        ("pairs", "with_lengths", True),
        ("pairs_mended", "with_lengths", False),
        ("c_extensions", "with_lengths", False),
        ("c_extensions", "with_lengths_forgotten", True),
    ],
)
def test_a_release_left_out_leaks_in_c_and_in_rust_only_if_asked_for(
    c: Compiled, module: str, function: str, leaks: bool
) -> None:
    ended = c.run(LEAK.format(module=module, function=function))
    assert ended.code == 0, ended.err
    blocks, references = map(int, ended.out.split())
    assert references == (100 if leaks else 0)
    assert blocks > 9_000 if leaks else blocks < 100  # of 10,000; some come from a store of free tuples


def test_what_fails_half_way_leaks_nothing_in_rust_and_in_mended_c(c: Compiled) -> None:
    for function in (with_lengths, c.module("pairs_mended").with_lengths):
        name = "".join(["get", "sizeof"])
        before = sys.getrefcount(name)
        for _ in range(50):
            with pytest.raises(TypeError):
                function(name, None)
        assert sys.getrefcount(name) == before


NEIGHBOUR = "from {module} import letter; print(''.join(map(letter, range(16, 27))))"


def test_a_limit_left_out_gives_the_key_away_in_c_and_is_an_index_error_in_rust(c: Compiled) -> None:
    ended = c.run(NEIGHBOUR.format(module="session"))
    assert (ended.out, ended.err, ended.code) == ("k-93f1-open\n", "", 0)
    for module in ("c_extensions", "session_mended"):
        ended = c.run(NEIGHBOUR.format(module=module))
        assert (ended.out, ended.code) == ("", 1)
        assert ended.err.endswith("IndexError: letter index out of range\n")


def test_half_a_mend_is_a_system_error(c: Compiled) -> None:
    half = c.module("naming_half")
    assert half.is_private("_size") is True
    with pytest.raises(SystemError, match="returned a result with an exception set") as caught:
        half.is_private("\ud83d")
    assert isinstance(caught.value.__cause__, UnicodeEncodeError)


# What C people do about it -----------------------------------------------------------------------------


@linux
def test_the_compiler_has_nothing_to_say_of_the_three(c: Compiled) -> None:
    assert "warning" not in c.built.out + c.built.err


@pytest.fixture(scope="module")
def tools(c: Compiled, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The page's own cell, run over the same files."""
    names: dict[str, Any] = {
        "folder": lambda: c.folder,
        "Markup": lambda *both: both,
        "glue": dict,
        "os": __import__("os"),
        "plots": plots,
        "processes": processes,
        "re": re,
        "run": lambda program, place=None: processes.run(
            [sys.executable, "-c", QUIET + program], cwd=place or c.folder, timeout=120
        ),
        "sys": sys,
    }
    exec(cell("SLIPS = {"), names)
    return names


@linux
def test_the_sanitizer_finds_the_check_and_the_limit(tools: Any) -> None:
    found = tools["checked"]
    if found is None:
        pytest.skip("this compiler has no sanitizer")
    assert re.fullmatch(r"naming\.c:7: load of null pointer of type 'const char'", found["naming"])
    assert found["pairs"] is None
    assert re.fullmatch(r"session\.c:\d+: index 16 out of bounds for type 'char ?\[16\]'", found["session"])


def test_counting_references_finds_the_release(tools: Any) -> None:
    assert tools["tools"]["counting"] == {"naming": False, "pairs": True, "session": False}


@linux
def test_neither_warnings_nor_the_analyser_find_any_of_the_three(tools: Any) -> None:
    for kind in ("warnings", "analyser"):
        assert tools["tools"][kind] in (None, dict.fromkeys(["naming", "pairs", "session"], False))


# The rest ----------------------------------------------------------------------------------------------


def test_parameters_have_names() -> None:
    signatures = {
        name: str(inspect.signature(getattr(c_extensions, name)))
        for name in dir(c_extensions)
        if inspect.isbuiltin(getattr(c_extensions, name))
    }
    assert signatures == {
        "distance": "(a, b)",
        "is_private": "(name)",
        "letter": "(index)",
        "nothing": "(a, b)",
        "with_lengths": "(*names)",
        "with_lengths_forgotten": "(*names)",
    }


def test_without_a_compiler_the_build_fails_in_words(c: Compiled, tmp_path: Path) -> None:
    if processes.WINDOWS:
        pytest.skip("Windows looks for its compiler elsewhere")
    names = {"PATH": str(tmp_path), "CC": "gcc", "LDSHARED": "gcc -shared", "LDCXXSHARED": "gcc -shared"}
    command = f"'{sys.executable}' setup.py --quiet build_ext --force -b '{tmp_path}' -t '{tmp_path}'"
    with pytest.raises(TerminalError, match=r"\nThere is no C compiler: install one, on Debian"):
        Terminal(c.folder, names).run(command)


def test_no_exercise_gives_itself_away() -> None:
    assert exercises is not solutions
    assert solutions.four_ends() == "cbda"
    assert solutions.given_back() == ["pair"]
    assert solutions.exposing() == [16, 16, -12]
    with pytest.raises(NotImplementedError):
        exercises.exposing()
