"""What the chapter on where pure Python stops promises."""

from __future__ import annotations

import inspect
import itertools
import keyword
import os
import pickle
import random
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alarms import alarm, needs_timers
from definitions import on_the_page
from hypothesis import example, given
from hypothesis import strategies as st
from python_limits import Names, distance, exercises, in_order, read, solutions, total, words
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor /dev")

Found = list[tuple[int, str]]


PAGE = on_the_page("python_limits", "def distance(a, b)", "def closest_by_ideas", "def yours", "def judge(")


def in_python(query: str, names: list[str], limit: int | None = 5, cutoff: int | None = None) -> Found:
    """The twin, as it stands on the page."""
    found: Found = PAGE["closest"](query, names, limit, 10**9 if cutoff is None else cutoff)
    return found


# Letters of which many are alike, so that names are close; all that there are, lone surrogates included; and
# such as share a bit or a slot of a table.
few = st.sampled_from("abé")
colliding = st.sampled_from([chr(65 + 64 * n) for n in range(6)] + [chr(128 * n) for n in range(500, 700)])
any_letter = st.characters(exclude_categories=())
texts = st.one_of(
    st.text(few, max_size=12),
    st.text(few, min_size=55, max_size=140),
    st.text(colliding, max_size=100),
    st.text(any_letter, max_size=20),
)
amounts = st.none() | st.integers(0, 12)


# The distance ------------------------------------------------------------------------------------------


@given(texts, texts)
@example("", "")
@example("", "é")
@example("a" * 64, "a" * 65)
@example("\udcff", "\udcfe")
@example("\ud83d\ude00", "\U0001f600")
def test_the_distance_is_that_of_the_twin(a: str, b: str) -> None:
    expected = PAGE["distance"](a, b)
    assert distance(a, b) == expected
    assert PAGE["distance_in_bits"](a, b) == expected


@pytest.mark.parametrize("lengths", [(2000, 700), (700, 2000), (0, 10**6), (10**6, 0), (64, 40_000)])
def test_the_distance_of_long_texts_is_that_of_rapidfuzz(lengths: tuple[int, int]) -> None:
    dice = random.Random(2026)
    a, b = ("".join(dice.choices("aβ\udcff語", k=length)) for length in lengths)
    assert distance(a, b) == Levenshtein.distance(a, b)


@pytest.mark.parametrize("value", [None, 5, 2**100, float("nan"), b"size", ["size"], Ellipsis], ids=repr)
def test_what_is_no_string_has_no_distance(value: Any) -> None:
    for pair in [(value, "size"), ("size", value)]:
        with pytest.raises(TypeError, match="is not an instance of 'str'"):
            distance(*pair)


# The closest names -------------------------------------------------------------------------------------


@given(texts, st.lists(texts, max_size=30), amounts, amounts)
@example("", [], 5, None)
@example("", ["", "", "a"], 2, 0)
@example("a", ["b", "c", "d", "a" * 70], None, None)
@example("a" * 100, ["a" * 99, "b" * 101, "a", ""], 3, None)
def test_the_suggestions_are_those_of_the_twin(
    query: str, names: list[str], limit: int | None, cutoff: int | None
) -> None:
    expected = in_python(query, names, limit, cutoff)
    known = Names(names)
    assert known.closest(query, limit, cutoff) == expected
    assert known.closest_to_each([query, query], limit, cutoff, threads=1) == [expected, expected]


@given(texts, st.lists(texts, max_size=30), st.integers(1, 6), st.integers(0, 9))
def test_the_better_ideas_of_the_page_find_the_same_in_python(
    query: str, names: list[str], limit: int, cutoff: int
) -> None:
    found = PAGE["closest_by_ideas"](query, PAGE["pack"](names), limit, cutoff)
    assert found == in_python(query, names, limit, cutoff)


@given(texts, st.lists(texts, max_size=30))
def test_one_function_moved_to_rust_changes_no_answer(query: str, names: list[str]) -> None:
    moved = PAGE["closest"](query, names, 5, 3, distance)
    assert moved == PAGE["closest"](query, names, 5, 3)


def identifiers() -> list[str]:
    """Some ten thousand names of modules that Python has loaded."""
    found = {name for module in list(sys.modules.values()) for name in dir(module)}
    return sorted(found | set(keyword.kwlist))


def slips(names: list[str], count: int) -> list[str]:
    dice = random.Random(7)
    found = []
    for name in dice.choices(names, k=count):
        place = dice.randrange(len(name))
        found.append(name[:place] + dice.choice("aeé_XY") + name[place + dice.randint(0, 2) :])
    return found


@pytest.mark.parametrize("threads", [None, 1, 2, 7])
@pytest.mark.parametrize(("limit", "cutoff"), [(5, 3), (1, None), (None, 2), (40, 9)])
def test_rapidfuzz_suggests_the_same_ties_included(
    threads: int | None, limit: int | None, cutoff: int | None
) -> None:
    names = identifiers()
    queries = slips(names, 25)
    found = Names(names).closest_to_each(queries, limit, cutoff, threads=threads)
    for query, ours in zip(queries, found, strict=True):
        theirs = process.extract(query, names, scorer=Levenshtein.distance, limit=limit, score_cutoff=cutoff)
        assert ours == [(away, name) for name, away, _ in theirs]


def test_distances_up_to_ties_are_ordered_by_name_whatever_the_order_of_the_list() -> None:
    names = ["bat", "cat", "at", "rat", "cart", "oat"]
    expected = [(1, "at"), (1, "bat"), (1, "cat"), (1, "oat"), (1, "rat")]
    for order in itertools.islice(itertools.permutations(names), 0, None, 37):
        assert Names(order).closest("hat") == expected


@pytest.mark.parametrize(
    ("limit", "cutoff", "count"),
    [
        (0, None, 0),
        (1, None, 1),
        (None, None, 3),
        (10**30, 10**30, 3),
        (2**63, 2**64, 3),
        (5, 0, 1),
        (True, 9, 1),
    ],
)
def test_any_amount_from_0_upwards_is_one(limit: Any, cutoff: Any, count: int) -> None:
    known = Names(["ab", "abc", "b"])
    assert len(known.closest("ab", limit, cutoff)) == count
    assert len(known.closest_to_each(["ab"], limit, cutoff)[0]) == count


BAD_AMOUNTS = {
    "negative": (-1, ValueError, "must be 0 or more, not -1"),
    "hugely-negative": (-(10**30), ValueError, f"must be 0 or more, not -{10**30}"),
    "float": (1.0, TypeError, "'float' object cannot be interpreted as an integer"),
    "nan": (float("nan"), TypeError, "'float' object cannot be interpreted as an integer"),
    "text": ("5", TypeError, "'str' object cannot be interpreted as an integer"),
}


@pytest.mark.parametrize(("amount", "expected", "message"), BAD_AMOUNTS.values(), ids=BAD_AMOUNTS.keys())
def test_what_is_no_amount_is_refused(amount: Any, expected: type[Exception], message: str) -> None:
    known = Names(["ab"])
    for name in ("limit", "cutoff"):
        for ask, query in [(known.closest, "ab"), (known.closest_to_each, ["ab"])]:
            with pytest.raises(expected) as caught:
                ask(query, **{name: amount})
            assert str(caught.value) == message
            assert caught.value.__notes__ == [f"while processing '{name}'"]


def broken() -> Iterator[str]:
    yield "size"
    raise LookupError("half way")


BAD_NAMES = {
    "none": (None, TypeError, "'NoneType' object is not iterable"),
    "number": (7, TypeError, "'int' object is not iterable"),
    "one-string": ("size", TypeError, "one string is no list of {}s: put it into one"),
    "none-within": (["size", None], TypeError, "{} 1 is no string but of type NoneType"),
    "bytes-within": ([b"size"], TypeError, "{} 0 is no string but of type bytes"),
    "bytes": (b"size", TypeError, "{} 0 is no string but of type int"),
    "nan-within": (["a", "b", float("nan")], TypeError, "{} 2 is no string but of type float"),
    "range": (range(10**15), TypeError, "{} 0 is no string but of type int"),
}


@pytest.mark.parametrize(("given_", "expected", "message"), BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_what_is_no_list_of_strings_is_refused_and_the_place_is_named(
    given_: Any, expected: type[Exception], message: str
) -> None:
    for what, take in [("name", Names), ("query", Names(["size"]).closest_to_each), ("name", in_order)]:
        with pytest.raises(expected) as caught:
            take(given_)
        assert str(caught.value) == message.format(what)


def test_what_a_generator_raises_on_the_way_comes_out() -> None:
    for take in (Names, Names(["size"]).closest_to_each):
        with pytest.raises(LookupError, match=r"^half way$"):
            take(broken())


@pytest.mark.parametrize("query", [None, 5, b"size", ["size"]], ids=repr)
def test_a_query_that_is_no_string_is_refused(query: Any) -> None:
    with pytest.raises(TypeError, match="is not an instance of 'str'"):
        Names(["size"]).closest(query)


@pytest.mark.parametrize("threads", [0, 257])
def test_a_number_of_threads_that_makes_no_sense_is_refused(threads: int) -> None:
    with pytest.raises(ValueError, match=f"^threads must be between 1 and 256, not {threads}$"):
        Names(["size"]).closest_to_each(["size"], threads=threads)


def test_names_come_from_whatever_can_be_gone_through() -> None:
    for source in (["b", "a"], ("b", "a"), {"a", "b"}, iter("ab"), {"a": 1, "b": 2}, (name for name in "ab")):
        assert Names(source).closest("a") == [(0, "a"), (1, "b")]


class Name(str):
    """A string with a mind of its own."""

    def __str__(self) -> str:
        return "somebody else"

    def __len__(self) -> int:
        return 2**40

    def encode(self, *_: object) -> bytes:
        return b"lies"


def test_a_string_of_a_subclass_counts_as_its_letters() -> None:
    (found,) = Names([Name("size")]).closest("size")
    assert found == (0, "size")
    assert type(found[1]) is str
    assert Names(["size"]).closest(Name("sizes")) == [(1, "size")]
    assert distance(Name("size"), Name("sizes")) == 1
    assert distance(Name("\udcff"), Name("\udcff\udcff")) == 1


def test_the_names_that_come_back_are_the_very_objects() -> None:
    name = "".join(["get", "size", "of"])
    assert Names([name]).closest("getsizeof")[0][1] is name


def test_names_are_a_copy_of_the_list() -> None:
    names = ["size"]
    known = Names(names)
    names.append("sizes")
    assert len(known) == 1
    assert repr(known) == "<Names: 1>"
    assert known.closest("sizes") == [(1, "size")]


def test_names_can_be_pickled_and_cannot_be_changed() -> None:
    known = Names(["size", "\udcff", "語"])
    again = pickle.loads(pickle.dumps(known))
    assert again.closest("", None) == known.closest("", None)
    with pytest.raises(AttributeError):
        known.names = []


def test_parameters_have_names_and_defaults() -> None:
    assert str(inspect.signature(Names.closest)) == "(self, /, query, limit=5, cutoff=None)"
    each = inspect.signature(Names.closest_to_each)
    assert str(each) == "(self, /, queries, limit=5, cutoff=None, *, threads=None)"


# Long work ---------------------------------------------------------------------------------------------

LONG = 1_000_000


def test_a_query_of_a_million_letters_has_an_answer() -> None:
    names = ["", "a", "b", "ab" * 30, "c" * 60]
    query = "ab" * (LONG // 2)
    expected = sorted((LONG - len(name) if name.strip("c") else LONG, name) for name in names)
    assert Names(names).closest(query) == expected


def test_a_query_of_a_million_kinds_of_letters_has_an_answer() -> None:
    query = "".join(map(chr, range(LONG)))
    assert Names(["abc", "cba", ""]).closest(query) == [(LONG - 3, "abc"), (LONG - 1, "cba"), (LONG, "")]


LONG_WORK: dict[str, Callable[[], Callable[[], object]]] = {
    "distance": lambda: partial(distance, "ab" * LONG, "ba" * LONG),
    "closest": lambda: partial(Names(["ab" * LONG]).closest, "ba" * LONG),
    "many-names": lambda: partial(Names(map(str, range(200_000))).closest, "x" * LONG),
    "many-short-names": lambda: partial(Names(["ab" * 20] * 2_000_000).closest, "ba" * 20, None),
    "closest-to-each": lambda: partial(Names(["ab" * LONG]).closest_to_each, ["ba" * LONG] * 4),
    "names": lambda: partial(Names, itertools.repeat("a", 10**8)),
    "total": lambda: partial(total, [0] * 10**8),
}


@needs_timers
@pytest.mark.parametrize("prepare", LONG_WORK.values(), ids=LONG_WORK.keys())
def test_ctrl_c_ends_long_work(prepare: Callable[[], Callable[[], object]]) -> None:
    work = prepare()
    with alarm(0.05), pytest.raises(TimeoutError):
        work()


@needs_timers
@posix
def test_ctrl_c_ends_the_reading_of_a_file_without_end() -> None:
    with alarm(0.05), pytest.raises(TimeoutError):
        read("/dev/zero")


@pytest.mark.parametrize(
    "work",
    [
        lambda: distance("ab" * 30_000, "ba" * 30_000),
        lambda: Names(["ab" * 30_000]).closest("ba" * 30_000),
        lambda: Names(["ab" * 30_000]).closest_to_each(["ba" * 30_000]),
    ],
    ids=["distance", "closest", "closest-to-each"],
)
def test_other_threads_run_meanwhile(work: Callable[[], object]) -> None:
    begun = threading.Event()

    def job() -> None:
        begun.set()
        work()

    worker = threading.Thread(target=job)
    worker.start()
    begun.wait()
    turns = 0
    while worker.is_alive():
        worker.join(0.001)
        turns += 1
    assert turns > 5


def test_many_threads_may_ask_the_same_names() -> None:
    names = identifiers()[::5]
    known, queries = Names(names), slips(names, 40)
    expected = [known.closest(query, cutoff=4) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert list(pool.map(lambda query: known.closest(query, cutoff=4), queries)) == expected


@posix
def test_a_forked_child_has_threads_of_its_own() -> None:
    program = (
        "import os, warnings\n"
        "warnings.simplefilter('ignore')\n"
        "from python_limits import Names\n"
        "known = Names(['size', 'sizes'])\n"
        "expected = known.closest_to_each(['sise'] * 100)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(0 if known.closest_to_each(['sise'] * 100) == expected else 3)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    command = [sys.executable, "-c", program]
    child = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=30)
    assert child.stdout == "0\n", child.stderr


# What Python does in C ---------------------------------------------------------------------------------

LEAST, MOST = -(2**63), 2**63 - 1


@given(st.lists(st.integers(LEAST, MOST) | st.integers(-5, 300)))
@example([MOST, 1])
@example([2**100])
def test_a_total_is_the_sum_or_says_that_it_does_not_fit(numbers: list[int]) -> None:
    sums = list(itertools.accumulate(numbers))
    if all(LEAST <= number <= MOST for number in [*numbers, *sums]):
        assert total(numbers) == sum(numbers)
    else:
        with pytest.raises(OverflowError):
            total(numbers)


@pytest.mark.parametrize("value", [None, 1.5, float("nan"), "1"], ids=repr)
def test_a_total_of_what_is_no_integer_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        total([1, value])
    with pytest.raises(TypeError):
        total(value)


@given(st.lists(st.text()))
def test_the_order_is_that_of_sorted(names: list[str]) -> None:
    assert in_order(names) == sorted(names)


@given(st.text() | st.text("ab_9 é.\n\x00"))
def test_words_are_those_of_re(text: str) -> None:
    assert words(text) == re.findall(r"\w+", text, re.ASCII)


def test_a_lone_surrogate_is_refused_where_the_docs_say_so() -> None:
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        words("\udcff")
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        in_order(["\udcff"])


@pytest.mark.parametrize("size", [0, 1, 2**22 - 1, 2**22, 2**22 + 1])
def test_a_file_is_read_whole(tmp_path: Path, size: int) -> None:
    file = tmp_path / "bytes"
    file.write_bytes(os.urandom(1) * size)
    assert read(file) == read(str(file)) == file.read_bytes()


@pytest.mark.parametrize("name", ["missing", ".", "a\0b"])
def test_a_file_that_cannot_be_read_raises_what_open_raises(tmp_path: Path, name: str) -> None:
    with pytest.raises((OSError, ValueError)) as theirs:
        (tmp_path / name).read_bytes()
    with pytest.raises((OSError, ValueError)) as ours:
        read(tmp_path / name)
    assert type(ours.value) is type(theirs.value)


# The exercises -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [exercises, solutions], ids=["stub", "solution"])
def test_a_profile_that_is_none_is_refused(stage: Any) -> None:
    for profile in (
        range(10**15),
        [None],
        [{"number": 1}],
        [{"number": -1, "runs": 1, "microseconds": 1}],
        None,
    ):
        with pytest.raises((TypeError, KeyError, OverflowError)):
            stage.hot_line(profile)


def test_the_cell_for_readers_without_rust_tells_the_stub_from_the_solution() -> None:
    solution: dict[str, Any] = {}
    exec(solutions.quicker_twin(), solution)
    assert PAGE["judge"](PAGE["yours"]).endswith("half of the names or more were compared")
    assert PAGE["judge"](solution["closest"]).startswith("Solved: ")
    assert "are not the closest" in PAGE["judge"](lambda query, names, limit, distance: [(0, "print")])
