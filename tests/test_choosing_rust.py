"""What the chapter on choosing promises: columns read where they lie, whatever their maker says of them."""

from __future__ import annotations

import ctypes
import gc
import math
import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import polars as pl
import pytest
from alarms import interrupted
from choosing_rust import Column, addresses, from_arrow, from_list, indentation, mean_by, nothing
from hypothesis import example, given
from hypothesis import strategies as st

from workbook import layout

Kept = TypeVar("Kept")
LEAST, MOST = -(2**63), 2**63 - 1
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads memory as Linux tells it")
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


# Columns as Polars has them ----------------------------------------------------------------------------

some_lines = st.lists(st.none() | st.text(" ab\tä\n", max_size=20) | st.text(max_size=3))
some_keys = st.none() | st.sampled_from(["", "os", "a module with a long name", "näme"])
some_rows = st.lists(st.tuples(some_keys, st.none() | st.integers(LEAST, MOST) | st.integers(-9, 9)))
cuts = st.lists(st.integers(0, 20), max_size=3)


def series(values: Sequence[object], kind: Any, at: Sequence[int] = ()) -> pl.Series:
    """A column in several chunks, each of which is a slice of something longer."""
    ends = sorted({0, len(values), *(min(cut, len(values)) for cut in at)})
    pieces = [values[start:end] for start, end in pairwise(ends)]
    spare = [values[0]] * 3 if values else []
    slices = [pl.Series([*spare, *piece, *spare], dtype=kind)[3 : 3 + len(piece)] for piece in pieces]
    return pl.concat(slices, rechunk=False) if slices else pl.Series(values, dtype=kind)


def depth(line: str | None) -> int | None:
    rest = len((line or "").lstrip(" "))
    return len(line or "") - rest if rest else None


@given(some_lines, cuts)
@example(
    [None, "", "    ", "  x", "a line of more than twelve bytes", "  a line of more than twelve bytes"], [2]
)
def test_indentation_is_that_of_python_with_nulls_slices_and_chunks(
    lines: list[str | None], at: list[int]
) -> None:
    column = indentation(series(lines, pl.String, at))
    found = pl.Series(column)
    expected = [depth(line) for line in lines]
    assert found.to_list() == expected
    assert found.dtype == pl.Int64
    assert (len(column), column.null_count) == (len(lines), expected.count(None))


@given(some_rows, cuts, cuts)
@example([("a", MOST), ("a", MOST)], [1], [])
@example([(None, None)], [], [])
def test_means_are_those_of_python_however_both_columns_are_cut(
    rows: list[tuple[str | None, int | None]], first: list[int], second: list[int]
) -> None:
    totals: dict[str | None, list[int]] = {}
    for key, value in rows:
        totals.setdefault(key, []).extend([] if value is None else [value])
    expected = {key: float(sum(all_)) / len(all_) if all_ else None for key, all_ in totals.items()}
    keys = series([key for key, _ in rows], pl.String, first)
    values = series([value for _, value in rows], pl.Int64, second)
    found = mean_by(keys, values)
    assert found == expected
    assert list(found) == list(expected)


def test_no_rows_have_no_means() -> None:
    assert mean_by(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.Int64)) == {}
    assert len(indentation(pl.Series([], dtype=pl.String))) == 0


def test_a_step_in_rust_serves_polars_and_our_own_means_alike() -> None:
    frame = pl.DataFrame({"module": ["a", "b", "a"], "line": ["    x", "", "y"]})
    depths = indentation(frame["line"])
    expected = {"a": 2.0, "b": None}
    assert mean_by(frame["module"], depths) == expected
    table = frame.with_columns(depth=pl.Series(depths)).group_by("module").agg(pl.col("depth").mean())
    assert dict(table.iter_rows()) == expected


def test_keys_and_values_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"(?m)^2 keys and 3 values do not make pairs$"):
        mean_by(pl.Series(["a", "b"]), pl.Series([1, 2, 3]))


def test_nothing_costs_a_call_and_lists_and_columns_are_counted() -> None:
    assert nothing() is None
    assert from_list([1, 2, 3]) == 3
    assert from_arrow(pl.Series(["a", None])) == 2
    with pytest.raises(OverflowError):
        from_list([2**63])
    with pytest.raises(TypeError, match="'range' object is not an instance of 'list'"):
        from_list(range(10**12))


# Without a copy ----------------------------------------------------------------------------------------


def test_a_column_of_polars_is_read_where_it_lies() -> None:
    numbers = pl.Series([4, 8, 0, 12])
    assert addresses(numbers) == [[0, numbers.to_numpy(allow_copy=False).ctypes.data]]


def test_each_chunk_has_its_addresses_and_no_bits_where_nothing_is_missing() -> None:
    pieces = pl.concat([pl.Series([1, None]), pl.Series([2])], rechunk=False)
    (first, _), (second, _) = addresses(pieces)
    assert first != 0
    assert second == 0


def test_polars_reads_our_column_where_it_lies_and_keeps_it_alive() -> None:
    column = indentation(pl.Series(["  a", None] * 10_000))
    (there, numbers), *others = addresses(column)
    found = pl.Series(column)
    assert others == []
    assert addresses(found) == [[there, numbers]]
    del column
    gc.collect()
    again = [indentation(pl.Series(["b"] * 20_000)) for _ in range(10)]
    assert found.to_list() == [2, None] * 10_000
    assert len(again) == 10


def test_a_column_says_what_it_is_and_may_be_asked_for_another_type() -> None:
    column = indentation(pl.Series(["a", None]))
    assert isinstance(column, Column)
    assert repr(column) == "<Column of int64: 2 rows, 1 of them null>"
    schema, array = column.__arrow_c_array__(requested_schema=None)
    assert '"arrow_schema"' in repr(schema)
    assert '"arrow_array"' in repr(array)


def test_a_column_that_nobody_takes_is_given_back() -> None:
    column = indentation(pl.Series(["a"]))
    for _ in range(1000):
        column.__arrow_c_array__()
    assert pl.Series(column).to_list() == [0]


@on_linux
def test_memory_does_not_grow_over_a_hundred_thousand_calls() -> None:
    program = """
import psutil, polars as pl
from choosing_rust import addresses, indentation, mean_by
lines, keys = pl.Series(["  a line of more than twelve bytes", None] * 50), pl.Series(["a", "b"] * 50)
wrong, process = pl.Series([1.5]), psutil.Process()
def work(times):
    for _ in range(times):
        column = indentation(lines)
        mean_by(keys, column)
        column.__arrow_c_array__()
        pl.Series(column)
        addresses(lines)
        try:
            indentation(wrong)
        except TypeError:
            pass
work(5_000)
before = process.memory_info().rss
work(100_000)
print(process.memory_info().rss - before)
"""
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(child.stdout) < 8_000_000


# What is no column of the right type ---------------------------------------------------------------------

REFUSED = {
    "list": (["a"], "'list' object does not hand out Arrow data"),
    "none": (None, "'NoneType' object does not hand out Arrow data"),
    "floats": (pl.Series([1.5]), "a column of text is needed, not of float64"),
    "integers": (pl.Series([1]), "a column of text is needed, not of int64"),
    "bytes": (pl.Series([b"a"]), "a column of text is needed, not of binary view"),
    "dates": (pl.Series([1]).cast(pl.Date), "a column of text is needed, not of date"),
    "times": (pl.Series([1]).cast(pl.Datetime), "a column of text is needed, not of timestamp"),
    "nulls": (pl.Series([None]), "a column of text is needed, not of null"),
    "lists": (pl.Series([["a"]]), "a column of text is needed, not of list"),
    "table": (
        pl.DataFrame({"a": ["b"]}),
        "a column of text is needed, not of struct: give one column of a table",
    ),
    "categories": (
        pl.Series(["a"], dtype=pl.Categorical),
        "a column of text is needed, and this one is dictionary-encoded: cast it first",
    ),
}


@pytest.mark.parametrize(("given_", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_column_of_text_is_refused_by_the_name_of_its_type(given_: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        indentation(given_)
    assert str(caught.value) == message


@pytest.mark.parametrize("kind", [pl.Int32, pl.UInt64, pl.Float64, pl.String], ids=str)
def test_values_of_another_type_are_refused_and_not_converted(kind: Any) -> None:
    with pytest.raises(TypeError, match="a column of int64 is needed, not of"):
        mean_by(pl.Series(["a"]), pl.Series([1]).cast(kind))


# Columns as nobody should make them ----------------------------------------------------------------------


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


class Stream(ctypes.Structure):
    pass


P = ctypes.POINTER
FreeSchema, FreeArray, FreeStream = (ctypes.CFUNCTYPE(None, P(kind)) for kind in (Schema, Array, Stream))
GetSchema, GetArray = (ctypes.CFUNCTYPE(ctypes.c_int, P(Stream), P(kind)) for kind in (Schema, Array))
GetError = ctypes.CFUNCTYPE(ctypes.c_void_p, P(Stream))
Schema._fields_ = [
    *((name, ctypes.c_char_p) for name in ("format", "name", "metadata")),
    *((name, ctypes.c_int64) for name in ("flags", "n_children")),
    *((name, ctypes.c_void_p) for name in ("children", "dictionary")),
    ("release", FreeSchema),
    ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    *((name, ctypes.c_int64) for name in ("length", "null_count", "offset", "n_buffers", "n_children")),
    ("buffers", P(ctypes.c_void_p)),
    *((name, ctypes.c_void_p) for name in ("children", "dictionary")),
    ("release", FreeArray),
    ("private_data", ctypes.c_void_p),
]
Stream._fields_ = [
    ("get_schema", GetSchema),
    ("get_next", GetArray),
    ("get_last_error", GetError),
    ("release", FreeStream),
    ("private_data", ctypes.c_void_p),
]

new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
new_capsule.restype = ctypes.py_object


class Home:
    """Keeps everything that the structs of a test point to, and counts what is released."""

    kept: ClassVar[list[object]] = []

    def __init__(self) -> None:
        self.released = {"schema": 0, "array": 0, "stream": 0}

    def keep(self, thing: Kept) -> Kept:
        self.kept.append(thing)
        return thing

    def _release(self, kind: str, function: Any) -> Any:
        def release(pointer: Any) -> None:
            self.released[kind] += 1
            # A field that is a function cannot be set to nothing, but its place can be overwritten.
            struct = pointer.contents
            at = ctypes.addressof(struct) + type(struct).release.offset
            ctypes.memset(at, 0, ctypes.sizeof(ctypes.c_void_p))

        return self.keep(function(release))

    def schema(self, kind: bytes | None = b"l") -> Schema:
        return self.keep(Schema(format=kind, name=b"", release=self._release("schema", FreeSchema)))

    def array(
        self,
        length: int = 0,
        buffers: Sequence[int | bytes | None] = (None, b""),
        *,
        offset: int = 0,
        nulls: int = 0,
        count: int | None = None,
    ) -> Array:
        """An array with these buffers: bytes, addresses, or nothing."""
        places: list[int | None] = []
        for buffer in buffers:
            if isinstance(buffer, bytes):
                numbers = (ctypes.c_int64 * (len(buffer) // 8 + 2))()  # aligned
                ctypes.memmove(numbers, buffer, len(buffer))
                buffer = ctypes.addressof(self.keep(numbers))
            places.append(buffer)
        pointers = self.keep((ctypes.c_void_p * len(places))(*places))
        return self.keep(
            Array(
                length=length,
                null_count=nulls,
                offset=offset,
                n_buffers=len(places) if count is None else count,
                buffers=ctypes.cast(pointers, P(ctypes.c_void_p)) if places else None,
                release=self._release("array", FreeArray),
            )
        )

    def stream(self, arrays: Sequence[Array], kind: bytes = b"l", code: int = 0, said: bytes = b"") -> Stream:
        """A stream of these, which then ends, or breaks off with a code."""
        left = list(arrays)

        def get_schema(_: Any, out: Any) -> int:
            ctypes.memmove(out, ctypes.byref(self.schema(kind)), ctypes.sizeof(Schema))
            return 0

        def get_next(_: Any, out: Any) -> int:
            if left:
                ctypes.memmove(out, ctypes.byref(left.pop(0)), ctypes.sizeof(Array))
                return 0
            ctypes.memset(out, 0, ctypes.sizeof(Array))
            return code

        words = self.keep(ctypes.create_string_buffer(said))
        return self.keep(
            Stream(
                self.keep(GetSchema(get_schema)),
                self.keep(GetArray(get_next)),
                self.keep(GetError(lambda _: ctypes.addressof(words) if said else None)),
                self._release("stream", FreeStream),
            )
        )


def capsule(struct: Any, name: bytes | None = None) -> Any:
    names = {Schema: b"arrow_schema", Array: b"arrow_array", Stream: b"arrow_array_stream"}
    chosen = name or names[type(struct)]
    Home.kept.append(chosen)
    return new_capsule(ctypes.addressof(struct), chosen, None)


class Gives:
    """An object with one of the two methods, which returns what it was told."""

    def __init__(self, array: object = None, stream: object = None) -> None:
        if array is not None:
            self.__arrow_c_array__ = lambda: array
        if stream is not None:
            self.__arrow_c_stream__ = lambda: stream


def column(home: Home, kind: bytes, array: Array) -> Gives:
    return Gives((capsule(home.schema(kind)), capsule(array)))


def words(*numbers: int, size: int = 8) -> bytes:
    return b"".join(number.to_bytes(size, sys.byteorder, signed=True) for number in numbers)


ONE = pl.Series(["k"])


def means_of(given_: object, rows: int) -> dict[str | None, float | None]:
    found: dict[str | None, float | None] = mean_by(pl.Series(["k"] * rows, dtype=pl.String), given_)
    return found


def test_an_array_with_an_offset_is_read_from_there_bits_and_values() -> None:
    home = Home()
    there = bytes([0b1010_1110, 0b11])
    numbers = words(*range(100, 110))
    array = home.array(6, [there, numbers], offset=3, nulls=-1)
    expected = [number for number, bit in zip(range(103, 109), [1, 0, 1, 0, 1, 1], strict=True) if bit]
    assert means_of(column(home, b"l", array), 6) == {"k": sum(expected) / len(expected)}
    assert home.released == {"schema": 1, "array": 1, "stream": 0}


@pytest.mark.parametrize(("kind", "size"), [(b"u", 4), (b"U", 8)], ids=["utf8", "large-utf8"])
def test_texts_with_offsets_are_read_like_views(kind: bytes, size: int) -> None:
    home = Home()
    text = "skipped  a    bé".encode()
    ends = words(0, 7, 10, 10, 15, len(text), size=size)
    array = home.array(4, [bytes([0b1_0110]), ends, text], offset=1, nulls=1)
    assert pl.Series(indentation(column(home, kind, array))).to_list() == [2, None, None, 0]
    assert home.released == {"schema": 1, "array": 1, "stream": 0}


def test_no_rows_need_no_buffers() -> None:
    home = Home()
    for kind, buffers in [(b"u", [None] * 3), (b"U", [None] * 3), (b"vu", [None] * 3)]:
        assert len(indentation(column(home, kind, home.array(0, buffers)))) == 0
    assert means_of(column(home, b"l", home.array(0, [None, None])), 0) == {}


def test_a_stream_of_several_arrays_is_one_column_and_all_are_released() -> None:
    home = Home()
    arrays = [home.array(2, [None, words(1, 2)]), home.array(0), home.array(1, [None, words(6)])]
    assert means_of(Gives(stream=capsule(home.stream(arrays))), 3) == {"k": 3.0}
    assert home.released == {"schema": 1, "array": 3, "stream": 1}


far = words(30, size=4) + b"abcd"
BROKEN = {
    "negative-length": (b"l", {"length": -1, "buffers": [None, b""]}, "a negative number of rows"),
    "negative-offset": (
        b"l",
        {"length": 1, "offset": -1, "buffers": [None, b""]},
        "a negative number of rows",
    ),
    "huge": (b"l", {"length": MOST, "buffers": [None, b""]}, "more rows than memory"),
    "huge-together": (
        b"l",
        {"length": 2**62, "offset": 2**62, "buffers": [None, b""]},
        "more rows than memory",
    ),
    "one-buffer": (b"l", {"length": 1, "buffers": [None]}, "so few buffers"),
    "no-buffers": (b"l", {"length": 1, "buffers": []}, "so few buffers"),
    "no-buffers-claimed": (b"l", {"length": 1, "buffers": [], "count": 2}, "so few buffers"),
    "negative-buffers": (b"l", {"length": 1, "buffers": [None, b""], "count": -1}, "so few buffers"),
    "texts-of-two": (b"u", {"length": 1, "buffers": [None, b""]}, "so few buffers"),
    "no-bits": (
        b"l",
        {"length": 1, "nulls": 1, "buffers": [None, b""]},
        "nulls, and no word on where they are",
    ),
    "no-values": (b"l", {"length": 1, "buffers": [None, None]}, "rows without a buffer"),
    "no-offsets": (b"u", {"length": 1, "buffers": [None, None, b""]}, "rows without a buffer"),
    "no-views": (b"vu", {"length": 1, "buffers": [None, None, b""]}, "rows without a buffer"),
    "no-lengths": (b"vu", {"length": 1, "buffers": [None, b"", b"", None]}, "rows without a buffer"),
    "odd-address": (b"l", {"length": 1, "buffers": [None, 4097]}, "a buffer that is not aligned"),
    "odd-offsets": (b"u", {"length": 1, "buffers": [None, 4098, b""]}, "a buffer that is not aligned"),
}
OUTSIDE = {
    "falling": (b"u", 2, [None, words(0, 3, 2, size=4), b"abc"]),
    "negative-start": (b"u", 1, [None, words(-1, 2, size=4), b"abc"]),
    "negative-end": (b"U", 1, [None, words(0, -2), b"abc"]),
    "past-the-last": (b"U", 2, [None, words(0, 9, 3), b"abc"]),
    "no-text": (b"u", 1, [None, words(0, 3, size=4), None]),
    "negative-view": (b"vu", 1, [None, words(-5, size=4) + bytes(12), b""]),
    "no-such-buffer": (b"vu", 1, [None, far + words(0, 0, size=4), b""]),
    "negative-buffer": (b"vu", 1, [None, far + words(-1, 0, size=4), b"x" * 40, words(40)]),
    "negative-place": (b"vu", 1, [None, far + words(0, -1, size=4), b"x" * 40, words(40)]),
    "past-the-end": (b"vu", 1, [None, far + words(0, 11, size=4), b"x" * 40, words(40)]),
}


@pytest.mark.parametrize(("kind", "claims", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_an_array_that_contradicts_itself_is_refused(kind: bytes, claims: Any, message: str) -> None:
    home = Home()
    given_ = column(home, kind, home.array(**claims))
    with pytest.raises(ValueError, match=f"(?m)^an Arrow array cannot have {message}$"):
        mean_by(ONE, given_) if kind == b"l" else indentation(given_)
    assert home.released == {"schema": 1, "array": 1, "stream": 0}


@pytest.mark.parametrize(("kind", "length", "buffers"), OUTSIDE.values(), ids=OUTSIDE.keys())
def test_a_text_outside_its_buffer_is_refused(kind: bytes, length: int, buffers: Any) -> None:
    home = Home()
    with pytest.raises(ValueError, match=r"(?m)^an Arrow array has a text outside its buffer$"):
        indentation(column(home, kind, home.array(length, buffers)))
    assert home.released == {"schema": 1, "array": 1, "stream": 0}


def test_a_view_at_the_very_end_of_its_buffer_is_read() -> None:
    home = Home()
    view = far + words(0, 10, size=4)
    given_ = column(home, b"vu", home.array(1, [None, view, b"x" * 10 + b" " * 29 + b"y", words(40)]))
    assert pl.Series(indentation(given_)).to_list() == [29]


def test_a_key_that_is_no_utf8_is_a_unicode_error() -> None:
    home = Home()
    keys = column(home, b"u", home.array(1, [None, words(0, 2, size=4), b"\xff\xfe"]))
    with pytest.raises(UnicodeDecodeError):
        mean_by(keys, pl.Series([1]))


def test_an_array_whose_type_is_not_wanted_is_released_too() -> None:
    home = Home()
    with pytest.raises(TypeError, match=r"(?m)^a column of text is needed, not of int64$"):
        indentation(column(home, b"l", home.array()))
    assert home.released == {"schema": 1, "array": 1, "stream": 0}


NAMELESS = {"null": None, "not-utf8": b"\xff"}


@pytest.mark.parametrize("kind", NAMELESS.values(), ids=NAMELESS.keys())
def test_a_schema_without_a_type_is_refused(kind: bytes | None) -> None:
    home = Home()
    with pytest.raises(ValueError, match=r"(?m)^an Arrow schema has no type$"):
        indentation(Gives((capsule(home.schema(kind)), capsule(home.array()))))


def test_an_unknown_type_is_quoted() -> None:
    home = Home()
    with pytest.raises(TypeError, match=r'(?m)^a column of text is needed, not of Arrow\'s type "\+r"$'):
        indentation(column(home, b"+r", home.array()))


def test_a_capsule_that_was_emptied_is_refused() -> None:
    generous = Gives(stream=pl.Series(["a"]).__arrow_c_stream__())
    assert from_arrow(generous) == 1
    with pytest.raises(ValueError, match=r'(?m)^"arrow_array_stream" is empty: what it had is taken'):
        from_arrow(generous)


def test_an_array_that_was_released_is_refused_and_its_schema_given_back() -> None:
    home = Home()
    with pytest.raises(ValueError, match=r'(?m)^"arrow_array" is empty'):
        indentation(Gives((capsule(home.schema(b"u")), capsule(home.keep(Array())))))
    assert home.released["schema"] == 1


NONSENSE = {
    "none": (Gives(stream=()), TypeError, "'tuple' object is not an instance of 'PyCapsule'"),
    "number": (Gives(stream=7), TypeError, "'int' object is not an instance of 'PyCapsule'"),
    "no-pair": (Gives(array=7), TypeError, "'int' object is not an instance of 'tuple'"),
    "three": (Gives(array=(1, 2, 3)), ValueError, "expected tuple of length 2, but got tuple of length 3"),
    "pair-of-numbers": (Gives(array=(1, 2)), TypeError, "'int' object is not an instance of 'PyCapsule'"),
    "wrong-name": (
        Gives(stream=capsule(Stream(), b"arrow_array")),
        ValueError,
        "PyCapsule_GetPointer called with incorrect name",
    ),
    "swapped": (
        Gives((capsule(Array()), capsule(Schema()))),
        ValueError,
        "PyCapsule_GetPointer called with incorrect name",
    ),
}


@pytest.mark.parametrize(("given_", "expected", "message"), NONSENSE.values(), ids=NONSENSE.keys())
def test_methods_that_return_nonsense_are_refused(
    given_: Gives, expected: type[Exception], message: str
) -> None:
    with pytest.raises(expected, match=re.escape(message)):
        indentation(given_)


def test_what_a_method_raises_comes_out() -> None:
    class Shy:
        def __arrow_c_stream__(self) -> object:
            raise LookupError("not today")

    class Hidden:
        @property
        def __arrow_c_array__(self) -> object:
            raise ZeroDivisionError

    with pytest.raises(LookupError, match=r"(?m)^not today$"):
        indentation(Shy())
    with pytest.raises(ZeroDivisionError):
        indentation(Hidden())


CODES = {
    "invalid": (22, ValueError),
    "memory": (12, MemoryError),
    "io": (5, OSError),
    "missing-file": (2, FileNotFoundError),
}


@pytest.mark.parametrize(("code", "expected"), CODES.values(), ids=CODES.keys())
@pytest.mark.parametrize("said", [b"the disk is gone", b""], ids=["said", "unsaid"])
def test_a_stream_that_breaks_off_raises_what_its_code_means(
    code: int, expected: type[Exception], said: bytes
) -> None:
    home = Home()
    broken = home.stream([home.array(1, [None, words(1)])], code=code, said=said)
    words_ = "the stream broke off" + (": the disk is gone" if said else ", and does not say why")
    with pytest.raises(expected, match=words_):
        means_of(Gives(stream=capsule(broken)), 1)
    assert home.released == {"schema": 1, "array": 1, "stream": 1}


def test_a_stream_without_its_functions_is_refused() -> None:
    home = Home()
    stream = home.keep(Stream(release=home._release("stream", FreeStream)))
    with pytest.raises(TypeError, match=r"(?m)^the stream lacks a function that every stream must have$"):
        indentation(Gives(stream=capsule(stream)))
    assert home.released["stream"] == 1


@posix
def test_ctrl_c_stops_long_work_within_ten_seconds() -> None:
    folder = str(Path(__file__).parent)
    program = f"""
import sys
sys.path.insert(0, {folder!r})
import numpy as np
from choosing_rust import mean_by
from test_choosing_rust import Home, column
rows, home = 300_000_000, Home()
ends, numbers = np.zeros(rows + 1, np.int32), np.zeros(rows, np.int64)
keys = column(home, b"u", home.array(rows, [None, ends.ctypes.data, b""]))
values = column(home, b"l", home.array(rows, [None, numbers.ctypes.data]))
print("ready", flush=True)
mean_by(keys, values)
print("done", flush=True)
"""
    rest, said = interrupted(program)
    assert rest == ""
    assert "KeyboardInterrupt" in said[-1]


def test_more_rows_than_memory_are_a_memory_error() -> None:
    home = Home()
    views = column(home, b"vu", home.array(2**58, [None, b"", b""]))
    with pytest.raises(MemoryError, match=r"(?m)^there is no room for 288230376151711744 rows$"):
        indentation(views)


# What the page says --------------------------------------------------------------------------------------


def sorting() -> dict[str, Any]:
    """What the page says of the races of other chapters."""
    page = next(chapter for chapter in layout.chapters() if chapter.slug == "choosing_rust")
    cell = re.search(r"^KINDS = .*?(?=^```$)", page.text, re.MULTILINE | re.DOTALL)
    assert cell is not None
    found: dict[str, Any] = {}
    exec(cell[0], found)
    return found


def test_every_race_that_the_page_sorts_is_one_of_the_book_and_sorted_once() -> None:
    page = sorting()
    named = [race for races in page["KINDS"].values() for race in races]
    known = {race for chapter in layout.chapters() for race in chapter.races}
    assert len(set(named)) == len(named)
    assert set(named) <= known, "book/choosing_rust.md: a race of this name is not in the book"
    assert {*page["CALLS"], *page["APART"]} <= set(named)


def test_what_counts_as_compiled_is_a_contender_of_some_race() -> None:
    book = "\n".join(chapter.text for chapter in layout.chapters() if chapter.slug != "choosing_rust")
    for label in sorting()["COMPILED"]:
        assert f'"{label}"' in book, f"book/choosing_rust.md: no race has a contender {label!r}"


def test_the_page_collects_and_so_runs_after_the_races_of_all_others() -> None:
    page = next(chapter for chapter in layout.chapters() if chapter.slug == "choosing_rust")
    assert page.collects


def test_means_of_whole_numbers_are_exact_where_floats_are() -> None:
    assert mean_by(pl.Series(["a"] * 3), pl.Series([1, 2, 4]))["a"] == 7 / 3
    assert math.isclose(mean_by(pl.Series(["a", "a"]), pl.Series([MOST, LEAST]))["a"], -0.5)
