"""What the chapter on Rust beside C, C++, Cython and Numba promises."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rust_advantages
from alarms import alarm, needs_timers
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from rust_advantages import careless_product, distance, exercises, product, solutions

from workbook import cell_crates, processes
from workbook.cell_crates import Compiled, compiled, read
from workbook.layout import Chapter

CELLS = re.findall(
    r"^```\{code-cell\} ipython3\n(?::tags: [^\n]*\n\n)?(.*?)^```$",
    Chapter("rust_advantages", None).text,
    re.MULTILINE | re.DOTALL,
)
WRITTEN = {
    name: text for cell in CELLS for name, text in re.findall(r"\A%%write (\S+)\n(.*)", cell, re.DOTALL)
}
PAGE: dict[str, Any] = {}
exec(next(cell for cell in CELLS if "def distance(a, b)" in cell), PAGE)

COMPILED = ("c", "cpp", "cython")
LEAST, MOST = -(2**63), 2**63 - 1

needs_compiler = pytest.mark.skipif(
    sys.platform != "win32" and shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0]) is None,
    reason="there is no compiler for C",
)
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no limit to a process's memory")


def rust_cells(options: str = "") -> list[str]:
    """The Rust of the page's cells that begin with `%%rust` and these options."""
    return [cell.partition("\n")[2] for cell in CELLS if cell.partition("\n")[0] == f"%%rust{options}"]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that the page writes, and the modules that it builds."""
    folder = tmp_path_factory.mktemp("workshop")
    for name, text in WRITTEN.items():
        (folder / name).write_text(text, "utf-8")

    def build(name: str) -> None:
        done = processes.run([sys.executable, "setup.py", name], cwd=folder, timeout=300)
        assert done.code == 0, done.err
        assert "warning" not in done.err.lower(), done.err

    build("nanobind_core")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(build, [f"{kind}_{tool}" for kind in ("in", "hazards") for tool in COMPILED]))
    (folder / "rust").mkdir()
    made = compiled(read(WRITTEN["hazards.rs"]))
    assert made.product is not None, made.said
    shutil.copyfile(made.product, folder / "rust" / f"rust_cell{sysconfig.get_config_var('EXT_SUFFIX')}")
    return folder


# The distance ------------------------------------------------------------------------------------------

few = st.lists(st.sampled_from(b"ab\x00\xff"), max_size=40).map(bytes)
texts = few | st.binary(max_size=80)


@given(texts, texts)
@example(b"", b"")
@example(b"", b"abc")
@example(b"abc", b"")
@example(b"kitten", b"sitting")
def test_the_distance_is_that_of_the_twin_and_of_rapidfuzz(a: bytes, b: bytes) -> None:
    assert distance(a, b) == PAGE["distance"](a, b) == Levenshtein.distance(a, b)


@pytest.mark.parametrize("lengths", [(9_000, 4_000), (3, 10**7), (10**7, 3), (0, 10**7), (10**7, 0)], ids=str)
def test_long_texts_are_worked_on_in_pieces_and_the_answer_is_the_same(lengths: tuple[int, int]) -> None:
    a, b = (b"stitch in time "[: length % 15 + 1] * length for length in lengths)
    a, b = a[: lengths[0]], b[: lengths[1]]
    if 0 in lengths:
        assert distance(a, b) == max(lengths)
    else:
        assert distance(a, b) == Levenshtein.distance(a, b)


@pytest.mark.parametrize("value", [None, "size", 5, 2**100, ["s"], bytearray(b"s")], ids=repr)
def test_what_is_no_bytes_object_is_refused(value: Any) -> None:
    for pair in [(value, b"size"), (b"size", value)]:
        with pytest.raises(TypeError, match="is not an instance of 'bytes'"):
            distance(*pair)


def test_a_subclass_that_lies_about_its_length_counts_as_its_bytes() -> None:
    class Liar(bytes):
        def __len__(self) -> int:
            return 2**62

    assert distance(Liar(b"size"), Liar(b"sizes")) == 1


@posix
def test_where_there_is_no_room_for_a_row_it_is_a_memory_error() -> None:
    program = (
        "import resource, rust_advantages\n"
        "text = bytes(300_000_000)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))\n"
        "try:\n"
        "    rust_advantages.distance(b'', text)\n"
        "except MemoryError as error:\n"
        "    print(error)"
    )
    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert child.stdout == "no room for a row\n", child.stderr


@needs_timers
def test_ctrl_c_ends_long_work() -> None:
    with alarm(0.05), pytest.raises(TimeoutError):
        distance(b"ab" * 10**6, b"ba" * 10**6)


def test_other_threads_run_meanwhile() -> None:
    worker = threading.Thread(target=partial(distance, b"ab" * 20_000, b"ba" * 20_000))
    worker.start()
    turns = 0
    while worker.is_alive():
        worker.join(0.001)
        turns += 1
    assert turns > 5


# Five ways, one answer ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ways(workshop: Path) -> Iterator[dict[str, Callable[[bytes, bytes], int]]]:
    names = [f"in_{tool}" for tool in (*COMPILED, "numba")]
    sys.path.insert(0, str(workshop))
    try:
        modules: dict[str, ModuleType] = {name: __import__(name) for name in names}
        yield {name: module.distance for name, module in modules.items()}
    finally:
        sys.path.remove(str(workshop))
        for name in names:
            sys.modules.pop(name, None)


@needs_compiler
def test_all_ways_agree(ways: dict[str, Callable[[bytes, bytes], int]]) -> None:
    @given(texts, texts)
    @example(b"", b"")
    @example(b"", b"abc")
    @example(b"abc", b"")
    def agree(a: bytes, b: bytes) -> None:
        assert {way(a, b) for way in ways.values()} == {distance(a, b)}

    agree()


@needs_compiler
@pytest.mark.parametrize("value", [None, "size", 5, ["s"]], ids=repr)
@pytest.mark.parametrize("tool", COMPILED)
def test_the_opponents_refuse_what_is_no_bytes_object(
    ways: dict[str, Callable[[Any, Any], int]], tool: str, value: Any
) -> None:
    for pair in [(value, b"size"), (b"size", value)]:
        with pytest.raises(TypeError):
            ways[f"in_{tool}"](*pair)


def test_the_same_table_stands_in_each_source() -> None:
    rust = (Chapter("rust_advantages", None).path.parents[1]).joinpath(
        "rust_examples/rust_advantages/src/distance.rs"
    )
    sources = [WRITTEN[name] for name in ("edits.h", "in_cpp.cpp", "in_cython.pyx", "in_numba.py")]
    for source in [*sources, rust.read_text("utf-8")]:
        for word in ("corner", "up", "fewest", "left"):
            assert re.search(rf"\b{word}\b", source)


# The hazards -------------------------------------------------------------------------------------------

FOUR_BILLION = "(4_000_000_000, 4_000_000_000)"
WRAPPED = str((4_000_000_000**2 + 2**63) % 2**64 - 2**63)


def what_comes_of(workshop: Path, tool: str, call: str) -> str:
    """A value, an exception's name, or `dead`."""
    module, place = ("rust_cell", workshop / "rust") if tool == "rust" else (f"hazards_{tool}", workshop)
    program = (
        f"import sys\nsys.path.insert(0, {str(place)!r})\nimport {module} as tool\n"
        f"try:\n    print(tool.{call})\nexcept BaseException as error:\n    print(type(error).__name__)"
    )
    done = processes.run([sys.executable, "-c", program], env=processes.without_rust(), timeout=120)
    return done.out.strip() if done.code == 0 else "dead"


@needs_compiler
@pytest.mark.parametrize(
    ("tool", "call", "expected"),
    [
        pytest.param(tool, call, expected, id=f"{tool}-{call}")
        for tool, call, expected in [
            ("c", "letter(b'size', 10**12)", "dead"),
            ("c", "letter_checked(b'size', 40)", "IndexError"),
            ("cpp", "letter(b'size', 10**12)", "dead"),
            ("cpp", "letter_checked(b'size', 40)", "IndexError"),
            ("cython", "letter_unchecked(b'size', 10**12)", "dead"),
            ("cython", "letter(b'size', 40)", "IndexError"),
            ("cython", "letter(b'size', 10**12)", "IndexError"),
            ("numba", "letter(b'size', 10**12)", "dead"),
            ("numba", "letter_checked(b'size', 40)", "IndexError"),
            ("rust", "letter(b'size', 40)", "PanicException"),
            ("rust", "letter(b'size', 10**12)", "PanicException"),
            ("rust", "letter_checked(b'size', 40)", "IndexError"),
            *((tool, f"product{FOUR_BILLION}", WRAPPED) for tool in (*COMPILED, "numba", "rust")),
            *((tool, f"product_checked{FOUR_BILLION}", "OverflowError") for tool in (*COMPILED, "rust")),
        ]
    ],
)
def test_a_hazard_ends_as_the_table_says(workshop: Path, tool: str, call: str, expected: str) -> None:
    assert what_comes_of(workshop, tool, call) == expected


@needs_compiler
@pytest.mark.parametrize("tool", [*COMPILED, "rust"])
def test_in_range_every_way_finds_the_letter(workshop: Path, tool: str) -> None:
    for name in ("letter", "letter_checked", "letter_unchecked"):
        if (name == "letter_unchecked") == (tool == "cython") or name == "letter":
            assert what_comes_of(workshop, tool, f"{name}(b'size', 2)") == str(ord("z"))


@needs_compiler
@pytest.mark.parametrize("tool", [*COMPILED, "numba"])
def test_one_thread_loses_no_letter(workshop: Path, tool: str) -> None:
    program = (
        f"import sys\nsys.path.insert(0, {str(workshop)!r})\nfrom array import array\n"
        f"from hazards_{tool} import count\ntable = array('q', bytes(8 * 256))\n"
        "count(b'mississippi', table)\nprint({chr(at): found for at, found in enumerate(table) if found})"
    )
    done = processes.run([sys.executable, "-c", program], timeout=120)
    assert done.out == "{'i': 4, 'm': 1, 'p': 2, 's': 4}\n", done.err


def test_letters_that_are_lost_are_counted() -> None:
    page: dict[str, Any] = {}
    exec(WRITTEN["lost.py"].replace("500_000", "10"), page)

    def careful(text: bytes, table: Any) -> None:
        with lock:
            table[0] += len(text)

    def careless(text: bytes, table: Any) -> None:
        table[0] = len(text)

    lock = threading.Lock()
    page["perf_counter"] = iter(range(100)).__next__
    assert page["lost"](careful) == 0
    assert page["lost"](careless) == len(page["TEXT"])


def test_rust_refuses_the_data_race_and_compiles_the_cure() -> None:
    (refused,), (cure,) = rust_cells(" --fails E0499"), rust_cells()
    assert compiled(read(refused)).codes == ("E0499",)
    made = compiled(read(cure))
    assert made.product is not None, made.said
    assert processes.run([made.product], timeout=60).out == "0 lost\n"
    assert "unsafe" not in refused + cure + WRITTEN["hazards.rs"]


def test_what_the_page_times_is_really_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    compilations: list[object] = []

    def compilation(*given_: object) -> Compiled:
        compilations.append(given_)
        return Compiled(None)

    cell = read(WRITTEN["hazards.rs"])
    compiled(cell)
    monkeypatch.setattr(cell_crates, "_compile", compilation)
    assert compiled(cell).product is not None
    assert not compilations
    for number in (1, 2):
        compiled(cell, anew=True)
        assert len(compilations) == number


@given(st.integers(LEAST - 2, MOST + 2), st.integers(LEAST - 2, MOST + 2) | st.integers(-9, 9))
@example(2**62, 2)
@example(LEAST, -1)
def test_a_product_is_exact_or_an_overflow_error(a: int, b: int) -> None:
    if all(LEAST <= number <= MOST for number in (a, b, a * b)):
        assert product(a, b) == careless_product(a, b) == a * b
        return
    with pytest.raises(OverflowError):
        product(a, b)
    if all(LEAST <= number <= MOST for number in (a, b)):
        assert careless_product(a, b) == (a * b - LEAST) % 2**64 + LEAST


@pytest.mark.parametrize("value", [None, 1.5, float("nan"), "1"], ids=repr)
def test_a_product_of_what_is_no_integer_is_refused(value: Any) -> None:
    for multiply in (product, careless_product):
        with pytest.raises(TypeError):
            multiply(value, 1)


def test_a_product_that_does_not_fit_says_which() -> None:
    with pytest.raises(OverflowError, match=r"^4611686018427387904 \* 2 does not fit in 64 bits$"):
        product(2**62, 2)


# The exercises -----------------------------------------------------------------------------------------

costs = st.floats(0, 1e6)
tools = st.lists(st.fixed_dictionaries({"name": st.text(), "build": costs, "call": costs}), max_size=8)


@given(tools, st.integers(0, 2**32 - 1))
def test_tools_are_ranked_by_what_one_waits(measured: list[dict[str, Any]], calls: int) -> None:
    def wait(tool: dict[str, Any]) -> float:
        return float(tool["build"] + calls * tool["call"])

    assert solutions.ranked(measured, calls) == [tool["name"] for tool in sorted(measured, key=wait)]


@pytest.mark.parametrize("stage", [exercises, solutions], ids=["stub", "solution"])
def test_what_is_no_list_of_tools_is_refused(stage: Any) -> None:
    class Endless(list[Any]):
        def __len__(self) -> int:
            return 2**62

    assert stage.ranked(Endless(), 1) == []
    one = {"name": "C", "build": 1.0, "call": 1.0}
    refused: list[Any] = [None, 5, [None], [{}], [{**one, "name": 5}], [{**one, "call": "1"}], range(10**15)]
    for given_ in refused:
        with pytest.raises((TypeError, KeyError)):
            stage.ranked(given_, 1)
    for calls in (-1, 2**32, 2**100):
        with pytest.raises(OverflowError):
            stage.ranked([one], calls)


def test_the_sealed_answers_are_not_in_the_stubs() -> None:
    stubs = (
        Chapter("rust_advantages", None).path.parents[1] / "rust_examples/rust_advantages/src/exercises.rs"
    )
    assert not re.search(r'"Numba".*"C\+\+".*"Cython".*"Rust"', stubs.read_text("utf-8"), re.DOTALL)


def test_the_cure_of_the_exercise_is_one_and_sharing_a_table_is_none() -> None:
    program: dict[str, Any] = {}
    exec(solutions.no_letter_lost(), program)

    def count(text: bytes, table: list[int]) -> None:
        found = [old + text.count(letter) for letter, old in enumerate(table)]
        gate.wait()
        table[:] = found

    gate = threading.Barrier(2, timeout=10)
    table = program["count_all"](count, [b"mississippi", b"mississippi"])
    assert (sum(table), table[ord("s")]) == (22, 8)


def test_functions_have_parameters_with_names_and_docs() -> None:
    for function in (distance, product, careless_product):
        assert function.__text_signature__ == "(a, b)"
        assert function.__doc__
    assert rust_advantages.__doc__ is None or isinstance(rust_advantages.__doc__, str)
