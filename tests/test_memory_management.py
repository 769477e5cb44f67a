"""What the chapter on memory promises: who owns what, and that nothing is leaked, copied or lost."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import memory_management
import numpy as np
import numpy.typing as npt
import pytest
from alarms import alarm, needs_timers
from hypothesis import example, given
from hypothesis import strategies as st
from memory_management import (
    Editor,
    LeakyEditor,
    brighten,
    grey,
    grey_copied,
    lies_at,
    made_in_rust,
    paste,
    reference_count,
)
from numpy.lib.stride_tricks import as_strided
from PIL import Image

from workbook.layout import ROOT

Pixels = npt.NDArray[np.uint8]
Region = tuple[slice, slice]

HOPPER = ROOT / "book" / "_static" / "grace_hopper.jpg"
EVERYTHING = np.s_[:, :]

solved = memory_management.solutions
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads memory as Linux tells it")


def picture(height: int = 6, width: int = 5, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def run(program: str, *, seconds: float = 120) -> str:
    """What a program prints in a process of its own; it must end well."""
    child = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"RUST_BACKTRACE": "0"},
        check=False,
        timeout=seconds,
    )
    assert child.returncode == 0, child.stderr[-2000:]
    return child.stdout


# Counts -----------------------------------------------------------------------------------------------


def test_both_sides_count_the_same() -> None:
    for thing in (picture(), object(), [1], "text" * 2):
        assert reference_count(thing) == sys.getrefcount(thing)


def refusal(photo: Pixels) -> None:
    with pytest.raises(ValueError, match=r"overlaps itself|read-only"):
        brighten(photo, 1)


BORROWERS: dict[str, Callable[[Pixels], object]] = {
    "reference_count": reference_count,
    "lies_at": lies_at,
    "brighten": lambda photo: brighten(photo, 1),
    "paste": lambda photo: paste(photo, photo[::-1]),
    "grey": grey,
    "grey_copied": grey_copied,
    "refused": lambda photo: refusal(np.broadcast_to(photo, photo.shape)),
    "edited": lambda photo: Editor(photo).edit(EVERYTHING, lambda crop: brighten(crop, 1)),
}


@pytest.mark.parametrize("borrow", BORROWERS.values(), ids=BORROWERS.keys())
def test_a_borrow_leaves_no_reference_behind(borrow: Callable[[Pixels], object]) -> None:
    photo = picture()
    borrow(photo)
    before = reference_count(photo)
    for _ in range(10):
        borrow(photo)
    assert reference_count(photo) == before


def test_an_editor_holds_one_reference_whatever_it_has_done() -> None:
    photo = picture()
    before = reference_count(photo)
    editor = Editor(photo)
    assert reference_count(photo) == before + 1
    for _ in range(5):
        editor.edit(EVERYTHING, lambda crop: brighten(crop, 1))
    editor.undo()
    assert reference_count(photo) == before + 1
    assert editor.picture is photo
    del editor
    assert reference_count(photo) == before


def test_numpy_moves_no_array_that_an_editor_holds() -> None:
    photo = picture()
    editor = Editor(photo)
    with pytest.raises(ValueError, match="cannot resize an array that references or is referenced"):
        photo.resize((2, 2, 3))
    del editor


# Nothing is leaked ------------------------------------------------------------------------------------

CALLS = {
    "reference_count": "reference_count(photo)",
    "lies_at": "lies_at(photo); lies_at(raw); lies_at(name)",
    "brighten": "brighten(photo[::2, ::-1], 1)",
    "paste": "paste(photo, photo[::-1])",
    "grey": "grey(photo)",
    "grey_copied": "grey_copied(photo)",
    "made_in_rust": "made_in_rust(1_000)",
    "editor": "Editor(photo)",
    "edit": "editor.edit(whole, lambda crop: None); editor.undo()",
    "failing-edit": "refused(ZeroDivisionError, editor.edit, whole, lambda crop: 1 / 0)",
    "leaky-without-a-cycle": "LeakyEditor(photo).watcher = print",
    "cycle": "turn_in_circles(Editor)",
    "refused-type": "refused(TypeError, grey, raw)",
    "refused-write": "refused(ValueError, brighten, read_only, 1)",
    "refused-shape": "refused(ValueError, paste, photo, photo[:2])",
    "exercise-invert": "solutions.invert(photo)",
    "exercise-layer": "solutions.layer(print).toggle",
}

FLAT = """
import gc, re, sys
from pathlib import Path
import numpy as np
from memory_management import *
from memory_management import Editor, LeakyEditor, solutions

photo = np.zeros((8, 8, 3), np.uint8)
read_only = np.broadcast_to(photo, photo.shape)
raw, name, whole = bytes(100), "Zo\\u00eb" * 10, np.s_[:, :]
editor = Editor(photo)

def refused(kind, work, *arguments):
    try:
        work(*arguments)
    except kind:
        return
    raise AssertionError

class Window:
    def __init__(self, editor):
        self.editor = editor
        editor.watcher = self.redraw
    def redraw(self):
        pass

def turn_in_circles(kind):
    Window(kind(np.zeros((8, 8, 3), np.uint8)))

def kilobytes():
    gc.collect()
    return int(re.search(r"VmRSS:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])

def work():
    {call}

for _ in range(2000):
    work()
before, blocks = kilobytes(), sys.getallocatedblocks()
for _ in range(100_000):
    work()
print(kilobytes() - before, sys.getallocatedblocks() - blocks)
"""


def growth(call: str) -> tuple[int, int]:
    """What a hundred thousand calls leave behind, in kilobytes and in blocks of Python's."""
    kilobytes, blocks = map(int, run(FLAT.replace("{call}", call)).split())
    return kilobytes, blocks


@on_linux
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_hundred_thousand_calls_leave_memory_flat(call: str) -> None:
    kilobytes, blocks = growth(call)
    assert kilobytes < 1000
    assert blocks < 1000


@on_linux
def test_the_editor_that_leaks_is_caught_by_the_same_check() -> None:
    kilobytes, blocks = growth("turn_in_circles(LeakyEditor)")
    assert kilobytes > 20_000
    assert blocks > 100_000


# Cycles -----------------------------------------------------------------------------------------------


class Window:
    def __init__(self, editor: Any) -> None:
        self.editor = editor
        self.drawn = 0
        editor.watcher = self.redraw

    def redraw(self) -> None:
        self.drawn += 1


def survivors(make: Callable[[], object], count: int = 50) -> int:
    """How many of these are still there when nobody has them and the collector was called."""
    windows = [make() for _ in range(count)]
    watched = [weakref.ref(window) for window in windows]
    del windows
    gc.collect()
    return sum(window() is not None for window in watched)


def test_cycles_through_a_callback_are_collected_where_the_class_tells_of_it() -> None:
    assert survivors(lambda: Window(Editor(picture()))) == 0
    assert survivors(lambda: Window(LeakyEditor(picture()))) == 50


def test_the_collector_is_shown_the_picture_and_the_watcher() -> None:
    photo, watcher = picture(), print
    editor, leaky = Editor(photo), LeakyEditor(photo)
    editor.watcher = leaky.watcher = watcher
    assert {id(photo), id(watcher)} <= set(map(id, gc.get_referents(editor)))
    assert not {id(photo), id(watcher)} & set(map(id, gc.get_referents(leaky)))


class Photo(np.ndarray[Any, np.dtype[np.uint8]]):
    """An array that can hold things, an editor of itself among them."""

    editor: Editor


def test_a_cycle_through_the_picture_itself_is_collected() -> None:
    def make() -> Photo:
        photo = picture().view(Photo)
        photo.editor = Editor(photo)
        return photo

    assert survivors(make) == 0


def test_a_cycle_that_nobody_but_the_editor_can_cut_is_cut() -> None:
    photo = picture()
    before = reference_count(photo)
    for _ in range(5):
        editor = Editor(photo)
        editor.watcher = (editor,)  # a tuple cannot let go of what is in it
        del editor
    gc.collect()
    assert reference_count(photo) == before  # the collector clears weak references before it frees anything


def test_an_editor_in_use_keeps_its_watcher_when_the_collector_comes() -> None:
    window = Window(Editor(picture()))
    for _ in range(3):
        gc.collect()
    window.editor.edit(EVERYTHING, lambda crop: None)
    assert window.drawn == 1


def test_a_watcher_can_be_looked_at_and_taken_away() -> None:
    editor = Editor(picture())
    assert editor.watcher is None
    editor.watcher = print
    assert editor.watcher is print
    editor.watcher = None
    assert editor.watcher is None
    with pytest.raises(AttributeError):
        del editor.watcher
    leaky = LeakyEditor("anything")
    leaky.watcher = len
    assert (leaky.picture, leaky.watcher) == ("anything", len)


def test_what_a_watcher_runs_when_it_goes_may_use_the_editor() -> None:
    editor = Editor(picture())

    class Last:
        def __call__(self) -> None: ...

        def __del__(self) -> None:
            seen.append((editor.watcher, editor.steps))

    seen: list[object] = []
    editor.watcher = Last()
    editor.watcher = None
    assert seen == [(None, 0)]


# Without a copy ---------------------------------------------------------------------------------------


def test_what_is_borrowed_lies_where_python_says() -> None:
    raw, name, photo = picture().tobytes(), "Grace Hopper", picture()
    film = bytearray(raw)
    head = sys.getsizeof(b"") - 1
    assert lies_at(raw) == (id(raw) + head, len(raw))
    assert lies_at(memoryview(raw)[7:]) == (id(raw) + head + 7, len(raw) - 7)
    assert lies_at(name) == (id(name) + sys.getsizeof("") - 1, len(name))
    assert lies_at(photo) == (photo.ctypes.data, photo.nbytes)
    assert lies_at(film)[0] == np.frombuffer(film, np.uint8).ctypes.data
    for crop in (photo[1:3, 2:4], photo[::-1], photo[::2, ::-2], photo.T):
        assert lies_at(crop) == (crop.ctypes.data, crop.nbytes)


def test_a_text_beyond_ascii_is_encoded_once_and_kept() -> None:
    text = "Zo\u00eb" * 1000
    size = sys.getsizeof(text)
    first = lies_at(text)
    assert sys.getsizeof(text) == size + len(text.encode()) + 1
    assert lies_at(text) == first
    assert first[1] == len(text.encode())


BAD_BUFFERS = {
    "number": (5, TypeError, "a bytes-like object is required, not 'int'"),
    "none": (None, TypeError, "a bytes-like object is required, not 'NoneType'"),
    "list": ([1], TypeError, "a bytes-like object is required, not 'list'"),
    "surrogate": ("\ud800", UnicodeEncodeError, "surrogates not allowed"),
}


@pytest.mark.parametrize(("thing", "expected", "message"), BAD_BUFFERS.values(), ids=BAD_BUFFERS.keys())
def test_what_has_no_bytes_is_refused(thing: object, expected: type[Exception], message: str) -> None:
    with pytest.raises(expected, match=re.escape(message)):
        lies_at(thing)


def test_a_released_memoryview_is_refused() -> None:
    view = memoryview(b"film")
    view.release()
    with pytest.raises(ValueError, match="released memoryview"):
        lies_at(view)


def test_no_loan_outlives_the_call() -> None:
    film = bytearray(b"film")
    lies_at(film)
    film.extend(b"more")


def peak(function: str) -> float:
    """By how many megabytes a call on a hundred million pixels raises the peak of a process's memory."""
    return float(
        run(
            "import re\n"
            "from pathlib import Path\n"
            "import numpy as np\n"
            f"from memory_management import {function} as work\n"
            "def peak():  # what getrusage tells begins with the peak of the process that started this one\n"
            "    status = Path('/proc/self/status').read_text()\n"
            "    return int(re.search(r'VmHWM:\\s*(\\d+)', status)[1]) / 1024\n"
            "photo = np.broadcast_to(np.uint8([1, 2, 3]), (10_000, 10_000, 3))\n"
            "work(photo[:10, :10])\n"
            "before = peak()\n"
            "assert work(photo).shape == (10_000, 10_000)\n"
            "print(peak() - before)"
        )
    )


@on_linux
def test_a_large_array_is_given_away_without_a_copy() -> None:
    assert 90 < peak("grey") < 110
    assert peak("grey_copied") > 180


@pytest.mark.parametrize("size", [0, 1, 1_000_000])
def test_an_array_made_in_rust_stays_where_rust_made_it(size: int) -> None:
    address, pixels = made_in_rust(size)
    assert pixels.shape == (size,)
    assert pixels.dtype == np.uint8
    assert bool((pixels == 255).all())
    assert pixels.ctypes.data == address or size == 0  # NumPy has an address of its own for nothing
    assert type(pixels.base).__name__ == "PySliceContainer"


@pytest.mark.parametrize(
    ("size", "expected"),
    [(2**62, MemoryError), (2**64, OverflowError), (-1, OverflowError), (1.5, TypeError)],
    ids=str,
)
def test_an_array_of_no_such_size_is_refused(size: Any, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        made_in_rust(size)


def test_the_array_belongs_to_rust_and_is_freed_with_its_last_view() -> None:
    shades = grey(picture())
    assert type(shades.base).__name__ == "PySliceContainer"
    assert not shades.flags.owndata
    assert shades.flags.writeable
    owner, row = shades.base, shades[0]
    del shades
    assert row.tolist() == grey(picture())[0].tolist()
    held = reference_count(owner)
    del row
    assert reference_count(owner) == held - 1
    assert grey_copied(picture()).flags.owndata


# Pixels and their twins -------------------------------------------------------------------------------

sizes = st.integers(0, 9)
steps = st.integers(-4, 4).filter(bool)
ends = st.none() | st.integers(-12, 12)
slices = st.builds(slice, ends, ends, st.none() | steps)
regions = st.tuples(slices, slices)
amounts = st.integers(-300, 300) | st.sampled_from([-(2**15), 2**15 - 1])


def brightened(crop: Pixels, by: int) -> Pixels:
    return np.asarray(np.clip(crop.astype(int) + by, 0, 255), np.uint8)


@given(sizes, sizes, regions, amounts)
@example(6, 5, np.s_[::-4, ::2], 120)
@example(1, 1, EVERYTHING, 0)
def test_brighten_does_to_any_crop_what_numpy_does_and_to_nothing_else(
    height: int, width: int, region: Region, by: int
) -> None:
    photo = picture(height, width)
    expected = photo.copy()
    expected[region] = brightened(expected[region], by)
    brighten(photo[region], by)
    assert np.array_equal(photo, expected)


@given(sizes, sizes, regions)
def test_grey_is_pillows_to_the_last_bit(height: int, width: int, region: Region) -> None:
    crop = picture(height, width)[region]
    expected = np.asarray(Image.fromarray(crop).convert("L")) if crop.size else np.zeros(crop.shape[:2])
    for work in (grey, grey_copied):
        shades = work(crop)
        assert shades.dtype == np.uint8
        assert np.array_equal(shades, expected)
        assert shades.shape == crop.shape[:2]


def test_the_photograph_is_grey_as_pillow_has_it_in_any_layout() -> None:
    image = Image.open(HOPPER)
    photo, expected = np.array(image), np.asarray(image.convert("L"))
    assert np.array_equal(grey(photo), expected)
    assert np.array_equal(grey(np.asfortranarray(photo)), expected)
    assert np.array_equal(grey(photo.transpose(1, 0, 2)), expected.T)
    assert np.array_equal(grey(photo[..., ::-1][..., ::-1]), expected)


def test_every_colour_is_weighed_as_pillow_does() -> None:
    levels = np.arange(0, 256, 5, dtype=np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(len(levels), -1, 3)
    assert np.array_equal(grey(colours), np.asarray(Image.fromarray(colours).convert("L")))


@given(sizes, sizes, regions, regions)
@example(6, 5, EVERYTHING, np.s_[:, ::-1])
@example(6, 5, np.s_[1:, :], np.s_[:-1, :])
@example(6, 5, np.s_[:3, :], np.s_[3:, :])
@example(6, 5, EVERYTHING, np.s_[2:3, :])
def test_paste_is_numpys_assignment_also_where_the_crops_overlap(
    height: int, width: int, target: Region, source: Region
) -> None:
    photo = picture(height, width)
    expected = photo.copy()
    try:
        expected[target] = expected[source]
    except ValueError as error:
        refused = re.sub(r" *\n?$", "", str(error))
        with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
            paste(photo[target], photo[source])
    else:
        paste(photo[target], photo[source])
    assert np.array_equal(photo, expected)


# What is refused --------------------------------------------------------------------------------------


def frozen() -> Pixels:
    photo = picture()
    photo.flags.writeable = False
    return photo


BAD_PICTURES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "none": (lambda: None, TypeError, "'None' is not an instance of 'ndarray'"),
    "list": (lambda: [[[1, 2, 3]]], TypeError, "'list' object is not an instance of 'ndarray'"),
    "bytes": (lambda: b"abc", TypeError, "'bytes' object is not an instance of 'ndarray'"),
    "image": (lambda: Image.new("RGB", (1, 1)), TypeError, "object is not an instance of 'ndarray'"),
    "floats": (lambda: picture() / 255, TypeError, "a picture is an array of uint8, not of float64"),
    "nan": (lambda: np.full((2, 2, 3), np.nan), TypeError, "a picture is an array of uint8, not of float64"),
    "signed": (lambda: picture().view(np.int8), TypeError, "a picture is an array of uint8, not of int8"),
    "bool": (lambda: picture() > 3, TypeError, "a picture is an array of uint8, not of bool"),
    "wide": (lambda: picture().astype(">u2"), TypeError, "a picture is an array of uint8, not of >u2"),
    "objects": (lambda: picture().astype(object), TypeError, "not of object"),
    "records": (lambda: np.zeros((2, 2, 3), [("a", "u1")]), TypeError, "a picture is an array of uint8"),
    "scalar": (lambda: np.uint8(5), TypeError, "is not an instance of 'ndarray'"),
    "flat": (lambda: picture().ravel(), ValueError, "shape (height, width, 3), not (90,)"),
    "no-dimension": (lambda: np.array(5, np.uint8), ValueError, "shape (height, width, 3), not ()"),
    "transparent": (lambda: np.zeros((2, 2, 4), np.uint8), ValueError, "not (2, 2, 4)"),
    "film": (lambda: np.zeros((2, 2, 2, 3), np.uint8), ValueError, "not (2, 2, 2, 3)"),
}

TAKERS: dict[str, Callable[[Any], object]] = {
    "brighten": lambda photo: brighten(photo, 1),
    "paste-target": lambda photo: paste(photo, picture()),
    "paste-source": lambda photo: paste(picture(), photo),
    "grey": grey,
    "grey_copied": grey_copied,
    "editor": Editor,
    "invert": solved.invert,
}


@pytest.mark.parametrize("take", TAKERS.values(), ids=TAKERS.keys())
@pytest.mark.parametrize(("make", "expected", "message"), BAD_PICTURES.values(), ids=BAD_PICTURES.keys())
def test_what_is_no_picture_is_refused(
    take: Callable[[Any], object], make: Callable[[], Any], expected: type[Exception], message: str
) -> None:
    with pytest.raises(expected, match=re.escape(message)):
        take(make())


def once_more() -> Pixels:
    return as_strided(picture(), (4, 5, 3), (0, 3, 1))


def sliding() -> Pixels:
    return as_strided(picture(), (3, 4, 3), (3, 3, 1))


UNWRITABLE: dict[str, tuple[Callable[[], Any], str]] = {
    "frozen": (frozen, "output array is read-only"),
    "broadcast": (lambda: np.broadcast_to(np.uint8(1), (4, 4, 3)), "the array overlaps itself"),
    "of-bytes": (lambda: np.frombuffer(bytes(27), np.uint8).reshape(3, 3, 3), "output array is read-only"),
    "of-pillow": (lambda: np.asarray(Image.new("RGB", (2, 2))), "output array is read-only"),
    "rows-repeated": (once_more, "the array overlaps itself: pass a copy"),
    "pixels-shared": (sliding, "the array overlaps itself: pass a copy"),
}


@pytest.mark.parametrize("take", [name for name in TAKERS if "grey" not in name and "source" not in name])
@pytest.mark.parametrize(("make", "message"), UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_must_not_be_written_is_left_as_it_was(take: str, make: Callable[[], Any], message: str) -> None:
    photo = make()
    before = photo.copy()
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        TAKERS[take](photo)
    assert np.array_equal(photo, before)


def test_what_must_not_be_written_can_be_read() -> None:
    for photo in (frozen(), once_more(), sliding(), np.broadcast_to(np.uint8(7), (4, 4, 3))):
        assert np.array_equal(grey(photo), grey(photo.copy()))
        target = np.zeros_like(photo.copy())
        paste(target, photo)
        assert np.array_equal(target, photo)


@pytest.mark.parametrize("by", [2**15, -(2**15) - 1, 2**70, 1.5, "1", None], ids=str)
def test_an_amount_that_is_no_small_integer_is_refused(by: Any) -> None:
    with pytest.raises(OverflowError if isinstance(by, int) else TypeError):
        brighten(picture(), by)


def test_a_picture_larger_than_memory_is_a_memory_error() -> None:
    for shape in [(10**7, 10**7, 3), (2**60, 1, 3), (1, 2**60, 3)]:
        with pytest.raises(MemoryError, match="there is no room for"):
            grey(np.broadcast_to(np.uint8(7), shape))


@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 2**40, 3), (2**40, 0, 3)], ids=str)
def test_pictures_of_no_pixels_are_no_trouble(shape: tuple[int, ...]) -> None:
    photo = np.zeros(shape, np.uint8)
    for turned in (photo, photo[::-1], photo[:, ::-1]):
        brighten(turned, 1)
        paste(turned, turned)
        assert grey(turned).shape == shape[:2]
        editor = Editor(turned)
        editor.edit(EVERYTHING, lambda crop: brighten(crop, 1))
        editor.undo()


@needs_timers
def test_a_long_conversion_can_be_stopped() -> None:
    def seconds(side: int) -> float:
        start = time.perf_counter()
        grey(np.broadcast_to(np.uint8(7), (side, side, 3)))
        return time.perf_counter() - start

    in_full, start = seconds(15_000), time.perf_counter()
    with pytest.raises(TimeoutError), alarm(0.01):
        seconds(45_000)
    assert time.perf_counter() - start < 3 * in_full, "nine times the work was not cut short"


def test_a_subclass_that_lies_about_its_views_is_taken_for_what_numpy_knows() -> None:
    class Liar(np.ndarray[Any, np.dtype[np.uint8]]):
        def view(self, *arguments: Any) -> Any:  # type: ignore[override]
            raise AssertionError

        def __getitem__(self, key: Any) -> Any:
            raise AssertionError

    photo = picture()
    liar = np.ndarray.view(photo, Liar)
    expected = brightened(photo, 9)
    editor = Editor(liar)
    editor.edit(EVERYTHING, lambda crop: brighten(crop, 9))
    assert np.array_equal(photo, expected)
    editor.undo()
    brighten(liar, 9)
    assert np.array_equal(photo, expected)


# The editor -------------------------------------------------------------------------------------------

edits = st.lists(st.tuples(regions, amounts), max_size=6)


@given(sizes, sizes, edits)
@example(4, 4, [(np.s_[::-1, ::-1], 9), (np.s_[-100::-1, :], 9), (np.s_[-1:-100:-1, 2:0:-1], 9)])
def test_edits_are_numpys_and_undoing_all_gives_back_the_picture(
    height: int, width: int, changes: list[tuple[Region, int]]
) -> None:
    photo = picture(height, width)
    editor = Editor(photo)
    history = [photo.copy()]
    for region, by in changes:
        editor.edit(region, lambda crop, by=by: brighten(crop, by))
        expected = history[-1].copy()
        expected[region] = brightened(expected[region], by)
        assert np.array_equal(photo, expected)
        history.append(expected)
    assert editor.steps == len(changes)
    for expected in reversed(history[:-1]):
        editor.undo()
        assert np.array_equal(photo, expected)
    assert (editor.steps, editor.nbytes) == (0, 0)


def test_only_the_pixels_of_the_crop_are_kept() -> None:
    editor = Editor(picture(6, 5))
    editor.edit(np.s_[1:3, ::2], lambda crop: None)
    assert editor.nbytes == 2 * 3 * 3


def test_nothing_to_undo_is_an_index_error() -> None:
    with pytest.raises(IndexError, match=r"^there is nothing to undo$"):
        Editor(picture()).undo()


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (np.s_[:2], TypeError),
        (np.s_[0, 0], TypeError),
        (np.s_[:, [1, 2]], TypeError),
        (np.s_[:, :, 0], (TypeError, ValueError)),
        (None, TypeError),
        (np.s_[::0, :], ValueError),
        (np.s_["a":, :], TypeError),
        (np.s_[1.5:, :], TypeError),
    ],
    ids=str,
)
def test_a_region_that_is_no_pair_of_slices_is_refused(region: Any, expected: type[Exception]) -> None:
    editor = Editor(picture())
    with pytest.raises(expected):
        editor.edit(region, lambda crop: brighten(crop, 1))
    assert editor.steps == 0
    editor.edit(np.s_[10**30 :, :], lambda crop: None)  # as in NumPy: nothing, and no error


def test_a_slice_that_answers_differently_each_time_is_asked_once() -> None:
    class Moody:
        asked = 0

        def __index__(self) -> int:
            Moody.asked += 1
            return Moody.asked

    photo = picture()
    before = photo.copy()
    editor = Editor(photo)
    editor.edit((slice(Moody(), None), slice(None)), lambda crop: brighten(crop, 50))
    assert Moody.asked == 1
    editor.undo()
    assert np.array_equal(photo, before)


@pytest.mark.parametrize("error", [LookupError, KeyboardInterrupt, MemoryError, SystemExit])
def test_where_an_edit_raises_the_crop_is_put_back(error: type[BaseException]) -> None:
    photo = picture()
    before = photo.copy()
    window = Window(Editor(photo))

    def spoil(crop: Pixels) -> None:
        crop[:] = 0
        raise error

    with pytest.raises(error):
        window.editor.edit(np.s_[::2, ::-1], spoil)
    assert np.array_equal(photo, before)
    assert (window.editor.steps, window.drawn) == (0, 0)
    window.editor.edit(EVERYTHING, lambda crop: None)
    assert (window.editor.steps, window.drawn) == (1, 1)


def test_an_edit_or_an_undo_within_an_edit_is_refused_and_the_outer_one_put_back() -> None:
    photo = picture()
    before = photo.copy()
    editor = Editor(photo)
    editor.edit(EVERYTHING, lambda crop: None)

    def within(again: Callable[[], None]) -> Callable[[Pixels], None]:
        def change(crop: Pixels) -> None:
            crop[:] = 0
            again()

        return change

    for again in (editor.undo, lambda: editor.edit(EVERYTHING, print)):
        with pytest.raises(RuntimeError, match=r"^an edit of this picture is under way$"):
            editor.edit(EVERYTHING, within(again))
    assert np.array_equal(photo, before)
    assert editor.steps == 1


def test_where_a_watcher_raises_the_edit_stays_and_can_be_undone() -> None:
    photo = picture()
    before = photo.copy()
    editor = Editor(photo)
    editor.watcher = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        editor.edit(EVERYTHING, lambda crop: brighten(crop, 1))
    assert editor.steps == 1
    with pytest.raises(ZeroDivisionError):
        editor.undo()
    assert np.array_equal(photo, before)


def test_a_watcher_may_edit_and_one_that_never_ends_is_a_recursion_error() -> None:
    assert "RecursionError" in run(
        "import numpy as np\n"
        "from memory_management import Editor\n"
        "editor = Editor(np.zeros((2, 2, 3), np.uint8))\n"
        "def watch():\n"
        "    if editor.steps == 1:\n"
        "        editor.edit(np.s_[:, :], lambda crop: None)\n"
        "editor.watcher = watch\n"
        "editor.edit(np.s_[:, :], lambda crop: None)\n"
        "assert editor.steps == 2\n"
        "editor.watcher = lambda: editor.edit(np.s_[:, :], lambda crop: None)\n"
        "try:\n"
        "    editor.edit(np.s_[:, :], lambda crop: None)\n"
        "except RecursionError as error:\n"
        "    print(type(error).__name__)\n"
        "editor.watcher = None\n"
        "while editor.steps:\n"
        "    editor.undo()\n"
    )


def test_a_watcher_that_cannot_be_called_is_a_type_error() -> None:
    editor = Editor(picture())
    editor.watcher = 5
    with pytest.raises(TypeError, match="'int' object is not callable"):
        editor.edit(EVERYTHING, lambda crop: None)


@pytest.mark.parametrize("shape", [(3, 10, 3), (5, 6, 3), (90,), (15, 2, 3)], ids=str)
def test_a_picture_that_gets_another_shape_meanwhile_loses_nothing(shape: tuple[int, ...]) -> None:
    photo = picture(6, 5)
    before = photo.copy()
    editor = Editor(photo)
    editor.edit(EVERYTHING, lambda crop: brighten(crop, 1))
    photo.shape = shape
    with pytest.raises(ValueError, match="shape"):
        editor.undo()
    assert editor.steps == 1
    photo.shape = (6, 5, 3)
    editor.undo()
    assert np.array_equal(photo, before)


def test_an_edit_that_fails_and_cannot_be_put_back_is_kept_for_later() -> None:
    photo = picture(6, 5)
    before = photo.copy()
    editor = Editor(photo)

    def spoil(crop: Pixels) -> None:
        crop[:] = 0
        photo.shape = (90,)
        raise LookupError

    with pytest.raises(LookupError):
        editor.edit(EVERYTHING, spoil)
    photo.shape = (6, 5, 3)
    editor.undo()
    assert np.array_equal(photo, before)


def test_a_change_that_enlarges_the_picture_can_be_undone_where_it_was() -> None:
    photo = picture(6, 5)
    before = photo.copy()
    editor = Editor(photo)
    editor.edit(EVERYTHING, lambda crop: photo.resize((400, 5, 3), refcheck=False))
    photo[:] = 1
    editor.undo()
    assert np.array_equal(photo[:6], before)
    assert set(np.unique(photo[6:])) == {1}


@pytest.mark.parametrize("rows", [0, 2])
def test_a_change_that_shrinks_the_picture_is_survived(rows: int) -> None:
    photo = picture(6, 5)
    editor = Editor(photo)

    def resize(crop: Pixels) -> None:
        photo.resize((rows, 5, 3), refcheck=False)

    editor.edit(EVERYTHING, resize)
    with pytest.raises(ValueError, match=r"^the picture has changed its shape since this edit$"):
        editor.undo()
    assert photo.shape == (rows, 5, 3)


def test_a_picture_that_becomes_read_only_meanwhile_keeps_its_steps() -> None:
    photo = picture()
    editor = Editor(photo)
    editor.edit(EVERYTHING, lambda crop: brighten(crop, 1))
    photo.flags.writeable = False
    with pytest.raises(ValueError, match=r"^output array is read-only$"):
        editor.undo()
    with pytest.raises(ValueError, match=r"^output array is read-only$"):
        editor.edit(EVERYTHING, lambda crop: None)
    assert editor.steps == 1


def test_a_crop_that_is_kept_looks_at_the_picture() -> None:
    photo, kept = picture(), list[Pixels]()
    Editor(photo).edit(np.s_[1:3, :], kept.append)
    assert np.shares_memory(kept[0], photo)
    kept[0].shape = (30,)
    assert photo.shape == (6, 5, 3)


# Threads ----------------------------------------------------------------------------------------------


def test_two_threads_in_one_picture_take_turns_or_are_told() -> None:
    photo = np.zeros((500, 500, 3), np.uint8)

    def work(_: int) -> int:
        with suppress(RuntimeError):
            brighten(photo, 1)
            return 1
        return 0

    with ThreadPoolExecutor(2) as pool:
        done = sum(pool.map(work, range(200)))
    assert set(np.unique(photo)) == {done}


def test_two_threads_in_crops_that_do_not_touch_never_meet() -> None:
    photo = np.zeros((400, 400, 3), np.uint8)

    def work(crop: Pixels) -> None:
        for _ in range(100):
            brighten(crop, 1)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [photo[:200], photo[200:]]))
    assert set(np.unique(photo)) == {100}


def test_an_array_that_another_thread_reshapes_meanwhile_is_no_danger() -> None:
    run(
        "import threading\n"
        "import numpy as np\n"
        "from memory_management import brighten, grey\n"
        "photo = np.zeros((400, 500, 3), np.uint8)\n"
        "done = threading.Event()\n"
        "def reshape():\n"
        "    while not done.is_set():\n"
        "        photo.shape = (500, 400, 3)\n"
        "        photo.shape = (600_000,)\n"
        "        photo.shape = (400, 500, 3)\n"
        "thread = threading.Thread(target=reshape)\n"
        "thread.start()\n"
        "for _ in range(2000):\n"
        "    for work in (grey, lambda photo: brighten(photo, 1)):\n"
        "        try:\n"
        "            work(photo)\n"
        "        except ValueError:\n"
        "            pass\n"
        "done.set()\n"
        "thread.join()\n"
    )


def test_no_edit_of_any_thread_is_lost_without_an_error() -> None:
    photo = np.zeros((20, 20, 3), np.uint8)
    editor, refused, start = Editor(photo), [], threading.Barrier(4)

    def work() -> None:
        start.wait(10)
        for _ in range(50):
            try:
                editor.edit(EVERYTHING, lambda crop: brighten(crop, 1))
            except RuntimeError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert editor.steps + len(refused) == 200
    assert set(np.unique(photo)) == {editor.steps}
    assert set(refused) <= {
        "an edit of this picture is under way",
        "somebody else is at work in this picture",
    }


# The page and the solutions ---------------------------------------------------------------------------


def test_a_slice_is_a_view_and_an_index_by_list_is_a_copy() -> None:
    photo = picture()
    assert np.shares_memory(photo[1:3], photo)
    copy = photo[[1, 2]]
    brighten(copy, 90)
    assert not np.shares_memory(copy, photo)
    assert np.array_equal(photo, picture())


def test_the_photograph_is_large_enough_for_what_the_page_does() -> None:
    with Image.open(HOPPER) as image:
        assert image.size == (512, 600)


@given(sizes, sizes, regions)
def test_invert_is_numpys_in_any_crop(height: int, width: int, region: Region) -> None:
    photo = picture(height, width)
    expected = photo.copy()
    expected[region] = 255 - expected[region]
    solved.invert(photo[region])
    assert np.array_equal(photo, expected)


def test_a_layer_is_collected_with_the_window_that_watches_it() -> None:
    class Watching:
        def __init__(self, make: Callable[[Any], Any]) -> None:
            self.layer = make(self.redraw)

        def redraw(self) -> None: ...

    assert survivors(lambda: Watching(solved.layer)) == 0
    assert survivors(lambda: Watching(memory_management.exercises.layer)) == 50
