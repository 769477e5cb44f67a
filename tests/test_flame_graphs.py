"""Flame graphs show what a profiler saw, in proportion, and by names that people can read."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook import flames
from workbook.flame_graphs import LEAST, Frame

PROFILE = """\
0x7f52a084524a (libc.so.6);main (python3.11);<module> (both.py);in_rust (both.py);\
trampoline::h0123456789abcdef (own.so);own::count::h0123456789abcdef (own.so) 50
<module> (both.py);in_rust (both.py);trampoline::h0123456789abcdef (own.so);own::count::h0123456789abcdef \
(own.so);core::hash::BuildHasher::hash_one::h0123456789abcdef (own.so) 30
<module> (both.py);in_python (both.py:7);unicode_split (libpython3.11.so.1.0) 15
<module> (both.py);in_python (both.py:9) 5
"""


def boxes(folded: str) -> dict[tuple[str, int], tuple[float, float]]:
    """Start and width of each box, by name and storey."""
    return {(box.name, box.depth): (box.start, box.share) for box in flames(folded).boxes()}


def test_a_box_is_as_wide_as_its_share_and_stands_on_its_caller() -> None:
    found = boxes(PROFILE)
    assert found["<module>", 0] == (0, 1)
    assert found["in_python", 1] == (0, 0.2)
    assert found["in_rust", 1] == (0.2, 0.8)
    assert found["count", 3] == (0.2, 0.8)
    assert found["BuildHasher::hash_one", 4] == (0.2, 0.3)
    assert found["unicode_split", 2] == (0, 0.15)


def test_lines_of_one_function_are_one_box() -> None:
    assert flames(PROFILE).seen("in_python") == 20


def test_frames_before_python_are_left_out() -> None:
    assert flames(PROFILE).seen("main") == 0


def test_shares_are_of_all_samples_or_of_those_within_a_function() -> None:
    seen = flames(PROFILE)
    assert seen.samples == 100
    assert seen.share("in_rust") == 0.8
    assert seen.share("hash_one", within="in_rust") == 0.375
    assert seen.share("hash_one", within="in_python") == 0
    assert seen.share("hash_one", within="nobody") == 0


def test_the_table_and_the_summary_tell_who_was_running() -> None:
    seen = flames(PROFILE)
    assert seen.rows()[:2] == [("count", "Rust", "50%"), ("BuildHasher::hash_one", "Rust", "30%")]
    assert seen.summary == (
        "Of 100 samples, most ended in count (Rust) 50%, BuildHasher::hash_one (Rust) 30%, "
        "unicode_split (C) 15%."
    )


NAMES = {
    "python": ("Counter.update (collections/__init__.py:690)", Frame("Counter.update", "Python")),
    "python-without-line": ("<module> (both.py)", Frame("<module>", "Python")),
    "python-from-a-text": ("work (<string>:3)", Frame("work", "Python")),
    "c": ("unicode_hash (libpython3.11.so.1.0)", Frame("unicode_hash", "C")),
    "c-without-name": ("0x7f52a084524a (libc.so.6)", Frame("libc.so.6", "C")),
    "nothing-known": ("0x7f52a05b190d (?)", Frame("unnamed", "C")),
    "nothing-but-a-name": ("_start", Frame("_start", "C")),
    "rust": ("own::counting::add::h0123456789abcdef (own.so)", Frame("add", "Rust")),
    "rust-new-mangling": ("_RNvC3own3add (own.so)", Frame("_RNvC3own3add", "Rust")),
    "rust-trait": (
        "_$LT$core..hash..sip..Hasher$LT$S$GT$$u20$as$u20$core..hash..Hasher$GT$::write"
        "::h0123456789abcdef (o.so)",
        Frame("<Hasher<S> as Hasher>::write", "Rust"),
    ),
    "rust-impl": (
        "hashbrown::rustc_entry::_$LT$impl$u20$hashbrown..map..HashMap$LT$K$C$V$GT$$GT$::rustc_entry"
        "::h0123456789abcdef (o.so)",
        Frame("<impl HashMap<K,V>>::rustc_entry", "Rust"),
    ),
    "rust-closure": (
        "own::count::_$u7b$$u7b$closure$u7d$$u7d$::h0123456789abcdef (o.so)",
        Frame("{{closure}}", "Rust"),
    ),
}


@pytest.mark.parametrize(("written", "frame"), NAMES.values(), ids=NAMES.keys())
def test_a_frame_is_told_by_name_and_language(written: str, frame: Frame) -> None:
    ((stack, count),) = flames(f"{written} 3").stacks.items()
    assert (stack, count) == ((frame,), 3)


names = st.sampled_from(
    ["a (a.py)", "b (a.py)", "c::d::h0123456789abcdef (d.so)", "e (libc.so.6)", "<é> & (x.py)"]
)


@given(st.lists(st.tuples(st.lists(names, min_size=1, max_size=6), st.integers(1, 1000)), min_size=1))
def test_boxes_stand_within_their_callers_and_beside_each_other(samples: list[tuple[list[str], int]]) -> None:
    seen = flames("\n".join(f"{';'.join(stack)} {count}" for stack, count in samples))
    assert seen.samples == sum(count for _, count in samples)
    drawn = list(seen.boxes())
    for box in drawn:
        assert 0 <= box.start <= box.start + box.share <= 1 + 1e-9
        assert box.share >= LEAST
        below = [other for other in drawn if other.depth == box.depth - 1]
        assert box.depth == 0 or any(
            other.start <= box.start + 1e-9 and box.start + box.share <= other.start + other.share + 1e-9
            for other in below
        )
    for depth in {box.depth for box in drawn}:
        level = sorted((box.start, box.share) for box in drawn if box.depth == depth)
        for (start, share), (after, _) in pairwise(level):
            assert start + share <= after + 1e-9
    assert ET.fromstring(seen.html()).tag == "figure"


@pytest.mark.parametrize("folded", ["", "\n", "a 0"], ids=["nothing", "a blank line", "no count"])
def test_a_profile_without_samples_is_refused(folded: str) -> None:
    with pytest.raises(ValueError, match=r"no samples|no folded stack"):
        flames(folded)


@pytest.mark.parametrize("line", ["a;b", "a;b x", "12", "a;b -3"])
def test_what_is_no_folded_stack_is_refused_and_shown(line: str) -> None:
    with pytest.raises(ValueError, match=r"is no folded stack: it should be like 'outer;inner 12'") as caught:
        flames(f"a 1\n{line}")
    assert repr(line) in str(caught.value)


def test_nothing_narrower_than_a_pixel_or_two_is_drawn() -> None:
    assert ("b", 0) not in boxes("a (a.py) 1000\nb (a.py) 1")
