"""Rust and the pure-Python twin count alike, whatever the lines."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import twin
from capstone import Analyser, analyse
from capstone.__main__ import plain
from hypothesis import example, given, settings
from hypothesis import strategies as st

GOOD = b'10.0.0.1 - ann [10/Oct/2000:13:55:36 -0700] "GET /a?b=1 HTTP/1.1" 200 2326 "-" "curl/8"'

# Of each part of a line, what is right first, and then what may or may not be.
PARTS = {
    "host": [b"10.0.0.1", b"::1", b"h\xf6st", b"", b"a b", b"a [b"],
    "user": [b"- -", b"- ann", b"- [x", b"- a [b", b"", b"-"],
    "time": [
        b"10/Oct/2000:13:55:36 -0700",
        b"29/Feb/2000:00:00:60 +0000",
        b"29/Feb/2024:00:00:00 +2359",
        b"29/Feb/1900:00:00:00 +0000",
        b"29/Feb/2026:00:00:00 +0000",
        b"31/Apr/2026:23:59:59 +1400",
        b"00/Jan/2026:00:00:00 +0000",
        b"01/Foo/2026:00:00:00 +0000",
        b"01/Jan/0000:00:00:00 +0000",
        b"01/Jan/2026:24:00:00 +0000",
        b"01/Jan/2026:00:60:00 +0000",
        b"01/Jan/2026:00:00:61 +0000",
        b"01/Jan/2026:00:00:00 +2400",
        b"01/Jan/2026:00:00:00 +0060",
        b"01/Jan/2026:00:00:00 *0000",
        b"1/Jan/2026:00:00:00 +00000",
        b"01-Jan-2026:00:00:00 +0000",
        b"01/Jan/2026 00:00:00 +0000",
    ],
    "request": [
        b"GET /a?b=1 HTTP/1.1",
        *(b"GET / HTTP/1.1", b"-", b"", b"GET  HTTP", rb"\x16\x03", rb"a \" b c", b"a\\", b'a"b', b"/ ?"),
    ],
    "status": [b"200", b"404", b"100", b"999", b"099", b"1000", b"99", b"-", b"2o0"],
    "size": [
        *(b"7", b"-", b"0", b"007", b"%d" % (2**64 - 1), b"%d" % 2**64, b"1" * 50, b"", b"-1", b"1.5", b"--"),
    ],
    "rest": [b"", b' "-" "a"', b' "-" "a" 0.1', b' "-"', b' "-" "a"x', b' "" ""', b" ", b' "\\" "a"', b"\r"],
}
FORM = b'%b %b [%b] "%b" %b %b%b'
lines = st.builds(
    lambda *parts: FORM % parts, *[st.just(some[0]) | st.sampled_from(some) for some in PARTS.values()]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good line with a few bytes cut out, and others put in."""
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(GOOD))] * 2)))
    return GOOD[:start] + draw(st.binary(max_size=4)) + GOOD[end:]


@pytest.mark.parametrize("part", PARTS)
def test_whatever_stands_in_one_part_of_a_line(part: str, tmp_path: Path) -> None:
    right = {name: some[0] for name, some in PARTS.items()}
    for other in PARTS[part]:
        line = FORM % tuple((right | {part: other}).values())
        (tmp_path / "log").write_bytes(line)
        expected = twin.count(tmp_path / "log")
        report = json.loads(plain(analyse(tmp_path / "log")))
        assert {name: report[name] for name in expected} == expected, line


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("length", [65_534, 65_535, 65_536, 65_537])
def test_how_long_a_line_may_be(length: int, end: bytes, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(GOOD.replace(b"/a", b"/" + b"a" * (length - len(GOOD) + 1)) + end)
    expected = twin.count(tmp_path / "log")
    assert expected["requests"] == (length + end.count(b"\r") <= 65_536)
    assert analyse(tmp_path / "log").requests == expected["requests"]


@settings(deadline=None)
@given(
    st.lists(lines | mutated() | st.just(GOOD), max_size=8), st.sampled_from([b"\n", b"\r\n"]), st.booleans()
)
@example([GOOD], b"\n", False)
@example([b""], b"\n", True)
def test_rust_and_python_count_alike(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[bytes],
    end: bytes,
    ended: bool,
) -> None:
    path = tmp_path_factory.getbasetemp() / "log"
    text = end.join(rows) + (end if ended and rows else b"")
    path.write_bytes(text if text[:1] != b"\x1f" else b"x" + text)
    expected = twin.count(path)
    report = json.loads(plain(analyse(path)))
    assert {name: report[name] for name in expected} == expected


@settings(deadline=None)
@given(st.lists(lines, max_size=20), st.lists(st.integers(1, 400)), st.booleans(), st.integers(0, 2000))
def test_blocks_may_be_cut_anywhere_whatever_is_damaged(
    rows: list[bytes], cuts: list[int], packed: bool, flip: int
) -> None:
    text = b"\n".join(rows)
    data = gzip.compress(text) if packed else text
    data = data[:flip] + bytes(byte ^ 4 for byte in data[flip : flip + 1]) + data[flip + 1 :]

    def counted(blocks: list[bytes]) -> list[object]:
        analyser = Analyser()
        analyser.begin("log")
        for block in blocks:
            analyser.feed(block)
        analyser.end()
        found = [*analyser.problems, *analyser.damage]
        problems = [(one.line, one.offset, one.reason) for one in found]
        return [analyser.requests, analyser.bytes, analyser.paths(5), problems]

    blocks, rest = [], data
    for cut in cuts:
        blocks, rest = [*blocks, rest[:cut]], rest[cut:]
    assert counted([*blocks, rest]) == counted([data])
