"""Logs as they really are: cut off, mixed up, endless, or not there."""

from __future__ import annotations

import gzip
import io
import os
import sys
import threading
from pathlib import Path

import pytest
from capstone import Analyser, Problem, analyse

LINE = b'10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /%d HTTP/1.1" 200 7\n'
TEXT = b"".join(LINE % number for number in range(1000))
PACKED = gzip.compress(TEXT)


def where(found: list[Problem]) -> list[tuple[int, int, str]]:
    return [(problem.line, problem.offset, problem.reason) for problem in found]


def test_lines_that_are_no_requests_are_counted_and_named() -> None:
    log = io.BytesIO(LINE % 1 + b"\n" + b"nonsense\n" + LINE % 2 + b"\0" * 9)
    report = analyse(log)
    assert (report.requests, report.malformed) == (2, 3)
    size = len(LINE % 1)
    assert where(report.problems) == [
        (2, size, "is empty"),
        (3, size + 1, "does not begin with a host and a space"),
        (5, 2 * size + 10, "does not begin with a host and a space"),
    ]


def test_the_first_problems_are_kept_and_all_are_counted() -> None:
    report = analyse(io.BytesIO(b"x\n" * 1000), problems=3)
    assert report.malformed == 1000
    assert [problem.line for problem in report.problems] == [1, 2, 3]


@pytest.mark.parametrize("text", [b"", b"\n", TEXT, TEXT[:-1]], ids=["empty", "blank", "whole", "unfinished"])
def test_what_is_compressed_counts_as_what_is_not(text: bytes) -> None:
    assert analyse(io.BytesIO(gzip.compress(text))).paths == analyse(io.BytesIO(text)).paths


def test_members_one_after_the_other_and_padding_are_one_file() -> None:
    report = analyse(io.BytesIO(PACKED + PACKED + b"\0" * 512))
    assert report.requests == 2000
    assert report.damage == []


def test_what_a_file_is_decides_and_not_its_name(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(TEXT)
    assert analyse(path).requests == 1000


@pytest.mark.parametrize("missing", [1, 7, 8, 9, 100, len(PACKED) // 2, len(PACKED) - 20, len(PACKED) - 3])
def test_a_file_that_breaks_off_is_counted_to_there(missing: int) -> None:
    report = analyse(io.BytesIO(PACKED[:-missing]))
    (damage,) = report.damage
    assert damage.reason == "the compressed data ends too early"
    assert report.malformed == 0
    assert report.requests == damage.line - 1
    assert report.requests == (1000 if missing < 9 else TEXT[: damage.offset].count(b"\n"))


def test_a_line_that_breaks_off_with_its_file_is_not_trusted() -> None:
    whole = gzip.compress(TEXT + LINE[:-2], 0)  # stored as it is, so it can be cut where we like
    report = analyse(io.BytesIO(whole[:-9]))
    assert report.requests == 1000
    assert report.malformed == 0
    assert where(report.damage) == [(1001, len(TEXT), "the compressed data ends too early")]


def test_garbage_after_the_end_is_named() -> None:
    report = analyse(io.BytesIO(PACKED + b"garbage"))
    assert report.requests == 1000
    assert where(report.damage) == [(1001, len(TEXT), "what follows here is not gzip")]


@pytest.mark.parametrize("place", range(10, len(PACKED), 97))
def test_no_flipped_bit_goes_unnoticed_however_the_blocks_are_cut(place: int) -> None:
    flipped = bytearray(PACKED)
    flipped[place] ^= 0x10
    seen = []
    for size in (len(PACKED), 7):
        analyser = Analyser()
        analyser.begin("log")
        for start in range(0, len(PACKED), size):
            analyser.feed(bytes(flipped[start : start + size]))
        analyser.end()
        seen.append((analyser.requests, where(analyser.problems), where(analyser.damage)))
    assert seen[0] == seen[1]
    assert len(seen[0][2]) == 1


def test_a_wrong_checksum_is_named() -> None:
    for more in (b"", PACKED):
        report = analyse(io.BytesIO(PACKED[:-8] + b"\0" * 8 + more))
        assert [damage.reason for damage in report.damage] == [
            "the compressed data does not match its checksum"
        ]


def test_after_a_damaged_file_comes_the_next() -> None:
    report = analyse(io.BytesIO(PACKED[:-100]), io.BytesIO(TEXT))
    assert report.requests >= 1000
    assert len(report.damage) == 1


def test_byte_counts_are_exact_beyond_64_bits() -> None:
    line = LINE.replace(b"200 7", b"200 %d" % (2**64 - 1)).replace(b"%d", b"x")
    report = analyse(io.BytesIO(line * 3))
    assert report.bytes == 3 * (2**64 - 1)


def test_names_that_are_not_utf_8_come_back_as_they_were() -> None:
    report = analyse(io.BytesIO(LINE.replace(b"/%d", b"/caf\xe9")))
    assert [name.encode("utf-8", "surrogateescape") for name in report.paths] == [b"/caf\xe9"]


def test_a_line_without_end_takes_no_memory() -> None:
    analyser = Analyser()
    analyser.begin("log")
    for _ in range(400):
        analyser.feed(b"x" * (1 << 18))
        assert analyser.held < 1 << 18
    analyser.feed(b"\n" + LINE % 1)
    analyser.end()
    assert (analyser.requests, analyser.malformed) == (1, 1)
    assert analyser.problems[0].reason == "is longer than 65,536 bytes"


def test_paths_without_end_take_no_more_than_their_room() -> None:
    analyser = Analyser(room=1 << 20)
    analyser.begin("log")
    for start in range(0, 200_000, 1000):
        new = b"".join(LINE % number for number in range(start, start + 1000))
        analyser.feed(new + LINE.replace(b"%d", b"popular") * 100)
        assert analyser.held < (1 << 21) + (1 << 17)
    ((name, count),) = analyser.paths(1)
    assert name == "/popular"
    assert count <= 20_000 <= count + analyser.path_error


def test_a_bomb_is_counted_in_bounded_memory() -> None:
    bomb = gzip.compress(b"x" * 100_000_000)
    analyser = Analyser()
    analyser.begin("bomb")
    analyser.feed(bomb)
    analyser.end()
    assert analyser.malformed == 1
    assert analyser.held < 1 << 18


# Files


def test_a_missing_file_and_a_folder_are_pythons_own_errors(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        analyse(tmp_path / "missing")
    with pytest.raises((IsADirectoryError, PermissionError)):
        analyse(tmp_path)


def test_with_on_error_the_next_file_follows(tmp_path: Path) -> None:
    told: list[OSError] = []
    report = analyse(tmp_path / "missing", io.BytesIO(TEXT), on_error=told.append)
    assert report.requests == 1000
    assert [type(error) for error in told] == [FileNotFoundError]


def test_a_text_file_is_refused() -> None:
    with pytest.raises(TypeError, match="'str'"):
        analyse(io.StringIO("text"))  # type: ignore[arg-type]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[TEXT])
    writer.start()
    report = analyse(pipe)
    writer.join()
    assert report.requests == 1000


def test_what_is_written_meanwhile_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(TEXT)

    def grow(read: int) -> None:
        if read == len(TEXT):
            with path.open("ab") as file:
                file.write(LINE % 1000)

    assert analyse(path, on_progress=grow).requests == 1001


def test_progress_is_told_in_bytes_of_the_file() -> None:
    told: list[int] = []
    analyse(io.BytesIO(PACKED), io.BytesIO(TEXT), on_progress=told.append)
    assert told[0] == len(PACKED)
    assert told[-1] == len(PACKED) + len(TEXT)
    assert told == sorted(set(told))


@pytest.mark.parametrize("error", [LookupError, OSError])
def test_what_progress_raises_comes_out(error: type[Exception]) -> None:
    def progress(read: int) -> None:
        raise error("enough")

    with pytest.raises(error, match=r"^enough$"):
        analyse(io.BytesIO(TEXT), on_progress=progress, on_error=lambda error: None)


def test_room_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^room must be 1,048,576 bytes or more, not 9$"):
        Analyser(room=9)


def test_a_problem_says_where_it_is() -> None:
    (problem,) = analyse(io.BytesIO(b"x y\n")).problems
    assert repr(problem) == "<Problem: a stream, line 1, byte 0: the line has no time in brackets>"
