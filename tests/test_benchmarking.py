"""What the chapter on measuring promises."""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import benchmarking
import jupytext
import pytest
from alarms import alarm, needs_timers
from benchmarking import count_copied, count_viewed, count_words
from hypothesis import example, given
from hypothesis import strategies as st

from workbook.layout import Chapter, chapters

Count = Callable[[str], dict[str, int]]
COUNTS = [count_copied, count_viewed, count_words]
counts = pytest.mark.parametrize("count", COUNTS, ids=lambda count: count.__name__)

MANUAL = "\n".join(topics.values())


def page() -> Chapter:
    (found,) = [page for page in chapters() if page.slug == "benchmarking"]
    return found


# Counting, against Counter(text.split()) ----------------------------------------------------------------

# All that `str.split` takes for white space, and what one might take for it.
SPACES = "".join(map(chr, [*range(9, 14), *range(28, 34), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)]))
SPACES += "\u2028\u2029\u202f\u205f\u3000"
SHAM = "\x00\x08\x1b\x7f\x84\x86\u180e\u200b\u200c\u2060\ufeff\ufffd"

texts = st.text(st.sampled_from(SPACES + SHAM + "abé漢🦀") | st.characters(exclude_categories=["Cs"]))
with_halves = st.text(st.sampled_from(" ab\ud800\udfff\ud83e") | st.characters())


@counts
@given(text=texts)
@example(text="")
@example(text=SPACES)
@example(text=SHAM)
@example(text="\x1c\x1d\x1e\x1f")
@example(text="a\x00b a\x00b \x00")
@example(text="e\u0301 é")
def test_words_are_counted_as_counter_counts_what_split_finds(count: Count, text: str) -> None:
    assert count(text) == Counter(text.split())


@given(texts)
@example("b a b")
def test_count_words_keeps_the_order_of_counter(text: str) -> None:
    assert list(count_words(text).items()) == list(Counter(text.split()).items())
    assert Counter(count_words(text)).most_common() == Counter(text.split()).most_common()


@counts
def test_every_character_separates_or_does_not_as_in_python(count: Count) -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    for start in range(0, len(every), 50_000):
        text = "".join(f"a{character}b\n" for character in every[start : start + 50_000])
        assert count(text) == Counter(text.split())


@counts
@given(text=with_halves)
def test_half_of_a_surrogate_pair_is_refused_as_encode_refuses_it(count: Count, text: str) -> None:
    refusal = refusal_to_encode(text)
    if refusal is None:
        assert count(text) == Counter(text.split())
        return
    with pytest.raises(UnicodeEncodeError) as caught:
        count(text)
    assert str(caught.value) == str(refusal)
    assert (caught.value.start, caught.value.reason) == (refusal.start, "surrogates not allowed")
    assert caught.value.__notes__ == ["while processing 'text'"]


def refusal_to_encode(text: str) -> UnicodeEncodeError | None:
    try:
        text.encode()
    except UnicodeEncodeError as refusal:
        return refusal
    return None


@counts
def test_the_whole_manual_is_counted(count: Count) -> None:
    assert count(MANUAL) == Counter(MANUAL.split())


@counts
def test_words_at_the_borders_of_blocks_stay_whole(count: Count) -> None:
    for words in ("naïve ", "a\x1f", "word\u3000", "x" * 1_500_000 + " y "):
        text = words * (3_000_000 // len(words.encode()) + 1)
        assert count(text) == Counter(text.split())


@counts
@pytest.mark.parametrize(
    "wrong", [None, 5, b"to be", ["to", "be"], 1.5, object()], ids=lambda wrong: type(wrong).__name__
)
def test_what_is_no_text_is_a_type_error_that_names_the_argument(count: Count, wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"is not an instance of 'str'") as caught:
        count(wrong)
    assert caught.value.__notes__ == ["while processing 'text'"]


class Text(str):
    """A text that lies about itself."""

    def split(self, *_: Any) -> list[str]:
        return []

    def __len__(self) -> int:
        return 10**18


@counts
def test_a_subclass_of_str_is_taken_for_what_it_holds(count: Count) -> None:
    assert count(Text("to be to")) == {"to": 2, "be": 1}


@needs_timers
@counts
def test_what_a_signal_handler_raises_ends_the_count(count: Count) -> None:
    # Two texts, one after the other, without Python in between: who reads on to the second is refused.
    texts = ["word " * 20_000_000, "half: \ud83e"]
    with pytest.raises(TimeoutError) as caught, alarm():
        list(map(count, texts))
    assert caught.value.__context__ is None


def test_other_threads_run_while_count_words_counts() -> None:
    text = "word " * 2_000_000
    go, finished = threading.Event(), threading.Event()
    finished_before: list[bool] = []

    def meanwhile() -> None:
        go.wait()
        finished_before.append(finished.is_set())

    thread = threading.Thread(target=meanwhile)
    thread.start()
    before = sys.getswitchinterval()
    sys.setswitchinterval(60)  # nobody is made to let go: who runs meanwhile was let in
    try:
        go.set()
        counted = count_words(text)
        finished.set()
    finally:
        sys.setswitchinterval(before)
        go.set()
        thread.join()
    assert counted == {"word": 2_000_000}
    assert finished_before == [False]


# The exercises' solutions -------------------------------------------------------------------------------

anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary()


@given(st.lists(anything | st.tuples(anything)))
@example([float("nan"), float("nan"), 0.0, -0.0, False, 0])
@example(["half: \ud83e", "half: \ud83e"])
def test_count_list_counts_any_hashable_object_as_counter_does(words: list[Any]) -> None:
    found = benchmarking.solutions.count_list(words)
    expected = Counter(words)
    assert list(found.values()) == list(expected.values())
    assert all(ours is theirs for ours, theirs in zip(found, expected, strict=True))


def test_count_list_refuses_what_cannot_be_a_key_as_counter_does() -> None:
    with pytest.raises(TypeError, match=r"^unhashable type: 'list'"):
        benchmarking.solutions.count_list([[]])
    with pytest.raises(TypeError, match=r"tuple|list"):
        benchmarking.solutions.count_list(("to", "be"))


def break_even(sizes: list[float], ours: list[float], theirs: list[float]) -> float | None:
    """The twin: walk from the largest size down, until somebody else is ahead."""
    behind = [index for index in range(len(sizes)) if not math.log(theirs[index]) - math.log(ours[index]) > 0]
    if not behind:
        return sizes[0]
    last = behind[-1]
    if last == len(sizes) - 1:
        return None
    before, after = (math.log(theirs[index]) - math.log(ours[index]) for index in (last, last + 1))
    low, high = math.log(sizes[last]), math.log(sizes[last + 1])
    return math.exp(low + (high - low) * before / (before - after))


positive = st.floats(min_value=1e-300, max_value=1e300, allow_nan=False, allow_infinity=False)


@st.composite
def measured(draw: st.DrawFn) -> tuple[list[float], list[float], list[float]]:
    sizes = sorted(draw(st.sets(positive, min_size=1, max_size=8)))
    times = st.lists(positive, min_size=len(sizes), max_size=len(sizes))
    return sizes, draw(times), draw(times)


@given(measured())
@example(([1.0, 10.0], [5e-324, 1.0], [1.7e308, 2.0]))
@example(([1.0], [2.0], [2.0]))
def test_break_even_is_where_the_twin_says(case: tuple[list[float], list[float], list[float]]) -> None:
    found, expected = benchmarking.solutions.break_even(*case), break_even(*case)
    if expected is None:
        assert found is None
    else:
        assert found == pytest.approx(expected, rel=1e-9)
        assert case[0][0] * (1 - 1e-9) <= found <= case[0][-1] * (1 + 1e-9)


REFUSED = {
    "no-sizes": (([], [], []), ValueError, "0 sizes need 0 times of each function, and at least 1"),
    "one-time-too-few": (([1, 2], [1], [1, 2]), ValueError, "2 sizes need 2 times of each"),
    "one-time-too-many": (([1, 2], [1, 2], [1, 2, 3]), ValueError, "2 sizes need 2 times of each"),
    "backwards": (([2, 1], [1, 2], [1, 2]), ValueError, "sizes must ascend"),
    "twice": (([1, 1], [1, 2], [1, 2]), ValueError, "sizes must ascend"),
    "nan": (([1], [math.nan], [1]), ValueError, "nan is not a finite number above zero"),
    "infinity": (([math.inf], [1], [1]), ValueError, "inf is not a finite number above zero"),
    "zero": (([1], [1], [0]), ValueError, "0 is not a finite number above zero"),
    "negative": (([1], [1], [-1.5]), ValueError, "-1.5 is not a finite number above zero"),
    "huge": (([10**400], [1], [1]), OverflowError, "int too large to convert to float"),
    "text": (([1], ["1"], [1]), TypeError, "must be real number, not str"),
    "half-a-pair": (([1], ["\ud800"], [1]), TypeError, "must be real number, not str"),
}


@pytest.mark.parametrize(("case", "error", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_break_even_refuses_what_was_not_measured(case: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        benchmarking.solutions.break_even(*case)
    assert str(caught.value).startswith(message)


def test_a_range_longer_than_memory_is_no_list() -> None:
    with pytest.raises(TypeError, match=r"range"):
        benchmarking.solutions.break_even(range(10**15), [1], [1])


# What the page does ---------------------------------------------------------------------------------------


def cell(part: str) -> str:
    """The one cell of the page that holds these words."""
    (source,) = [cell.source for cell in jupytext.read(page().path).cells if part in cell.source]
    return str(source)


def test_no_neighbour_is_left_running_where_the_measurement_fails() -> None:
    """The page's own cell, with a count that fails once the neighbours are there."""
    program = f"""
import subprocess, sys, timeit
started = []
class Watched(subprocess.Popen):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        started.append(self)
subprocess.Popen = Watched
text_of = lambda size: "text"
def count_in_python(text):
    if started:
        raise RuntimeError("as asked")
try:
    exec({cell("neighbours.append")!r})
except RuntimeError as error:
    print(error, len(started) > 0, all(process.poll() is not None for process in started))
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    child = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )
    assert child.stdout.split("\n")[0] == "as asked True True", child.stderr


def test_without_a_profiler_the_page_says_so_and_goes_on(tmp_path: Path) -> None:
    namespace: dict[str, Any] = {}
    setup = "from pathlib import Path\nimport subprocess, sys\nfrom workbook import flames\n"
    source = cell("def watched")
    exec(setup + source[source.index("def watched") :], namespace)
    namespace["folder"] = type("Folder", (), {"name": str(tmp_path)})
    seen, why = namespace["watched"]("no-such-profiler record -- python both.py")
    assert seen is None
    assert "no-such-profiler" in why
    seen, why = namespace["watched"]("py-spy record --pid 0 --format raw --output profile.txt")
    assert seen is None
    assert why, "what py-spy said is what the page shows"


def test_a_race_is_between_functions_that_agree() -> None:
    """`count_words` has the order of `Counter`, as the page says, and the first version need not."""
    text = " ".join(MANUAL.split()[:1000])
    assert list(count_words(text)) == list(Counter(text.split()))


@pytest.mark.skipif(sys.platform != "linux", reason="the profile speaks of symbols in ELF files")
def test_names_of_functions_stay_in_the_library_for_a_profiler() -> None:
    library = Path(sys.modules["benchmarking.benchmarking"].__file__ or "")
    assert b"add_copied" in library.read_bytes(), "strip = 'debuginfo' keeps the names of functions"


@pytest.mark.skipif(sys.platform != "linux", reason="the linker's option is for Linux")
def test_code_lies_in_the_file_where_its_address_says() -> None:
    """Else libunwind, and py-spy with it, cannot tell who called whom: see the crate's `build.rs`."""
    library = Path(sys.modules["benchmarking.benchmarking"].__file__ or "").read_bytes()
    headers, size, count = struct.unpack_from("<Q14xHH", library, 32)
    loaded = [struct.unpack_from("<IIQQ", library, headers + size * index) for index in range(count)]
    segments = [(offset, address) for kind, _, offset, address in loaded if kind == 1]
    assert segments
    assert all(offset == address for offset, address in segments)
