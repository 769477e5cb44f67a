"""What the chapter on Rust-powered tools promises."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import jupytext
import pytest
import rpds
import rust_powered_tools
from abilities import as_nobody, needs_links
from alarms import alarm, needs_timers
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rust_powered_tools import Finding, examine, survey

from workbook.layout import chapters

BLOCK = 256 << 10
REACH = 256
"""As in src/marks.rs: where blocks meet, marks must not be lost."""


def page() -> dict[str, Any]:
    """The detective in Python and the list of known packages, taken from the page that shows them."""
    (chapter,) = [chapter for chapter in chapters() if chapter.slug == "rust_powered_tools"]
    cells = [cell.source for cell in jupytext.read(chapter.path).cells]
    (search,) = [cell for cell in cells if "def marks_in" in cell]
    (rule,) = [cell for cell in cells if "def verdict" in cell]
    (known,) = [cell for cell in cells if "KNOWN = {" in cell]
    names: dict[str, Any] = {}
    exec(search, names)
    exec(rule, names)
    exec(known[known.index("KNOWN") : known.index("found =")], names)
    exec(known[known.index("def is_right") : known.index("judged =")], names)
    return names


twin = SimpleNamespace(**page())


# Files to examine: headers that are whole, with anything behind them


def elf(body: bytes = b"", *, size: int | None = None, bits: int = 64, order: str = "<") -> bytes:
    """A program of one segment, which is the whole file, or as much as `size` says."""
    start = 120 if bits == 64 else 84
    length = start + len(body) if size is None else size
    ident = b"\x7fELF" + bytes([bits // 32, 1 if order == "<" else 2, 1]) + bytes(9)
    if bits == 64:
        head = struct.pack(f"{order}HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 1, 64, 0, 0)
        segment = struct.pack(f"{order}IIQQQQQQ", 1, 5, 0, 0, 0, length, length, 4096)
    else:
        head = struct.pack(f"{order}HHIIIIIHHHHHH", 3, 3, 1, 0, 52, 0, 0, 52, 32, 1, 40, 0, 0)
        segment = struct.pack(f"{order}IIIIIIII", 1, 0, 0, 0, length, length, 5, 4096)
    return ident + head + segment + body


def macho(body: bytes = b"", *, size: int | None = None, bits: int = 64, order: str = "<") -> bytes:
    """A library of one segment."""
    start = 32 + 72 if bits == 64 else 28 + 56
    length = start + len(body) if size is None else size
    if bits == 64:
        head = struct.pack(f"{order}IIIIIIII", 0xFEEDFACF, 0x0100000C, 0, 6, 1, 72, 0, 0)
        command = struct.pack(f"{order}II16sQQQQIIII", 0x19, 72, b"__TEXT", 0, length, 0, length, 5, 5, 0, 0)
    else:
        head = struct.pack(f"{order}IIIIIII", 0xFEEDFACE, 7, 3, 6, 1, 56, 0)
        command = struct.pack(f"{order}II16sIIIIIIII", 1, 56, b"__TEXT", 0, length, 0, length, 5, 5, 0, 0)
    return head + command + body


def fat(*slices: bytes, bits: int = 32) -> bytes:
    """A universal Mach-O of these slices."""
    record = ">IIIII" if bits == 32 else ">IIQQII"
    start = 8 + struct.calcsize(record) * len(slices)
    table, content = b"", b""
    for number, one in enumerate(slices):
        spare = (0,) if bits == 64 else ()
        table += struct.pack(record, 0x01000007 + number, 3, start + len(content), len(one), 0, *spare)
        content += one
    return struct.pack(">II", 0xCAFEBABE if bits == 32 else 0xCAFEBABF, len(slices)) + table + content


def pe(body: bytes = b"", *, size: int | None = None, bits: int = 64) -> bytes:
    """A library of one section."""
    optional = (112 if bits == 64 else 96) + 16 * 8
    start = 64 + 4 + 20 + optional + 40
    length = len(body) if size is None else size
    dos = b"MZ" + bytes(58) + struct.pack("<I", 64)
    machine = 0x8664 if bits == 64 else 0x14C
    coff = struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, optional, 0x2022)
    magic = struct.pack("<H", 0x20B if bits == 64 else 0x10B)
    counted = magic + bytes(optional - 16 * 8 - 6) + struct.pack("<I", 16) + bytes(16 * 8)
    section = struct.pack("<8sIIIIIIHHI", b".rdata", length, 4096, length, start, 0, 0, 0, 0, 0x40000040)
    return dos + b"PE\0\0" + coff + counted + section + body


MAKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "elf-64": ("ELF", elf),
    "elf-32": ("ELF", lambda body: elf(body, bits=32)),
    "elf-64-big-endian": ("ELF", lambda body: elf(body, order=">")),
    "elf-32-big-endian": ("ELF", lambda body: elf(body, bits=32, order=">")),
    "mach-o-64": ("Mach-O", macho),
    "mach-o-32": ("Mach-O", lambda body: macho(body, bits=32)),
    "mach-o-64-big-endian": ("Mach-O", lambda body: macho(body, order=">")),
    "mach-o-32-big-endian": ("Mach-O", lambda body: macho(body, bits=32, order=">")),
    "mach-o-universal": ("Mach-O", lambda body: fat(macho(), macho(body))),
    "mach-o-universal-64": ("Mach-O", lambda body: fat(macho(), macho(body), bits=64)),
    "pe-64": ("PE", pe),
    "pe-32": ("PE", lambda body: pe(body, bits=32)),
}
makers = pytest.mark.parametrize(("kind", "make"), MAKERS.values(), ids=MAKERS.keys())

COMMIT = "59807616e1fa2540724bfbac14d7976d7e4a3860"
STAMP = b"\0rustc version 1.95.0 (59807616e 2026-04-14)\0"
PATH = f"/rustc/{COMMIT}/library/core/src/option.rs".encode()
UNWRAP = b"called `Option::unwrap()` on a `None` value"
CRATE = b"registry/src/index.crates.io-1949cf8c6b5b557f/rpds-1.1.0/src/lib.rs"


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "file.so"
        path.write_bytes(content)
        return path

    return write


Write = Callable[[bytes], Path]


# The verdict on each format


@makers
def test_a_stamp_tells_the_release(kind: str, make: Callable[[bytes], bytes], file: Write) -> None:
    found = examine(file(make(b"code" + STAMP + b"code")))
    assert (found.format, found.verdict, found.compiler) == (kind, "Rust", "1.95.0")
    assert found.problem is None


@makers
def test_a_path_tells_the_commit(kind: str, make: Callable[[bytes], bytes], file: Write) -> None:
    found = examine(file(make(PATH)))
    assert (found.format, found.verdict, found.compiler) == (kind, "Rust", "commit 59807616e")


@makers
def test_without_marks_there_is_no_trace(kind: str, make: Callable[[bytes], bytes], file: Write) -> None:
    found = examine(file(make(b"GCC: (GNU) 14.2.1\0printf\0")))
    assert (found.format, found.verdict, found.compiler) == (kind, "no trace of Rust", None)


@makers
def test_a_file_that_is_cut_off_is_not_judged(kind: str, make: Callable[[bytes], bytes], file: Write) -> None:
    whole = make(STAMP + bytes(100))
    for length in range(4, len(whole)):
        found = examine(file(whole[:length]))
        assert found.verdict == "not judged", length
        assert found.format in (kind, None)
        assert found.compiler is None
        assert found.problem


def test_what_is_missing_is_told_in_bytes(file: Write) -> None:
    found = examine(file(elf(b"x" * 80)[:150]))
    assert found.problem == "cut off: its header speaks of 200 bytes, and there are 150"
    assert repr(found) == f"<file.so: not judged: {found.problem}>"


VERDICTS = {
    "a-nightly": (b"rustc version 1.101.0-nightly (0ef1bc386 2026-11-09)", "Rust", "1.101.0-nightly"),
    "without-a-commit": (b"\0rustc version 1.63.0\0", "Rust", "1.63.0"),
    "in-debug-information": (b"clang LLVM (rustc version 1.95.0 (59807616e 2026-04-14))", "Rust", "1.95.0"),
    "built-by-a-distribution": (
        b"/builddir/rustc-1.88.0-src/library/alloc/src/slice.rs",
        "Rust",
        "1.88.0",
    ),
    "the-stamp-counts-most": (b"rustc-1.88.0-src/library/" + PATH + STAMP, "Rust", "1.95.0"),
    "the-first-stamp-that-is-one": (b"rustc version is unknown" + STAMP, "Rust", "1.95.0"),
    "windows-paths": (PATH.replace(b"/library/", rb"\library\ "[:-1]), "Rust", "commit 59807616e"),
    "a-commit-behind-another-path": (b"/rustc" + PATH, "Rust", "commit 59807616e"),
    "stripped": (UNWRAP + b"RUST_BACKTRACE", "Rust", "unknown"),
    "hearsay": (UNWRAP, "no trace of Rust", None),
    "hearsay-twice-the-same": (UNWRAP * 2, "no trace of Rust", None),
    "a-word-about-rustc": (b"see rustc version, rustc/ and rustc-1.88.0", "no trace of Rust", None),
    "a-commit-of-39-digits": (PATH.replace(b"59807616e", b"9807616e"), "no trace of Rust", None),
    "a-stamp-cut-off": (b"rustc version 1.95", "no trace of Rust", None),
    "a-little-in-much": (STAMP + b".rs" * 19 + bytes(2_000_000), "Rust in part", "1.95.0"),
    "enough-in-much": (STAMP + b".rs" * 20 + bytes(2_000_000), "Rust", "1.95.0"),
    "nothing-but-a-stamp": (STAMP + bytes(2_000_000), "Rust", "1.95.0"),
}


@pytest.mark.parametrize(("body", "verdict", "compiler"), VERDICTS.values(), ids=VERDICTS.keys())
def test_a_verdict_rests_on_the_marks(body: bytes, verdict: str, compiler: str | None, file: Write) -> None:
    found = examine(file(elf(body)))
    assert (found.verdict, found.compiler) == (verdict, compiler)


def test_crates_are_named_with_their_versions(file: Write) -> None:
    windows = rb"registry\src\index.crates.io-1949cf8c6b5b557f\pyo3-ffi-0.29.3\src\lib.rs"
    cut = b"registry/src/index.crates.io-1949cf8c6b5b557f/serde-1.0.2"
    found = examine(file(elf(b"\0".join([CRATE, windows, CRATE, cut, STAMP]))))
    assert found.crates == ["pyo3-ffi-0.29.3", "rpds-1.1.0"]


# The twin of the page


shreds = st.sampled_from(
    [
        *(STAMP, PATH, UNWRAP, CRATE, b".rs", b"rustc", b"rustc-1.88.0-src/library/", b"RUST_BACKTRACE"),
        *(b"rustc version ", b"rustc/", b"registry\\src\\", b"library/core/src/", b"rust_eh_personality"),
    ]
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Marks, parts of marks and junk, now and then laid across the edge of a block."""
    parts = []
    for _ in range(draw(st.integers(0, 8))):
        whole = draw(shreds)
        end = draw(st.just(len(whole)) | st.integers(0, len(whole)))
        parts.append(whole[:end] + draw(st.binary(max_size=6) | st.just(b"")))
    body = b"".join(parts)
    edge = draw(st.sampled_from([0, 0, BLOCK, REACH + BLOCK, 2 * BLOCK + REACH]))
    return bytes(max(edge - 120 - draw(st.integers(0, len(body) + 300)), 0)) + body


@settings(max_examples=300)
@given(bodies())
@example(b"rustc/rustc/" + PATH)
@example(b"registry/src/registry/src/a/b-1.0.0/c")
@example(b"registry/src/a//b-1.0.0//c")
@example(b"rustc version 9.." + b"a" * 40)
@example(bytes(BLOCK + REACH - 120 - 8) + STAMP)
@example(bytes(BLOCK - 120 - 8) + PATH + CRATE)
@example(bytes(BLOCK + REACH - 120))
def test_any_content_gets_the_verdict_of_the_python_twin(body: bytes) -> None:
    content = elf(body)
    with TemporaryDirectory() as folder:
        path = Path(folder, "file.so")
        path.write_bytes(content)
        found = examine(path)
    marks = twin.marks_in(content)
    verdict = twin.verdict(marks, len(content))
    assert found.verdict == verdict
    assert found.compiler == (None if verdict == "no trace of Rust" else twin.compiler(marks))
    assert (found.mentions, found.crates) == (marks.mentions, marks.crates)
    assert found.size == len(content)


@settings(max_examples=300)
@given(st.sampled_from(list(MAKERS.values())), st.integers(0, 200), st.binary(min_size=1, max_size=9))
def test_a_damaged_header_never_brings_python_down(
    maker: tuple[str, Callable[[bytes], bytes]], at: int, junk: bytes
) -> None:
    content = bytearray(maker[1](bytes(300) + STAMP))
    content[at : at + len(junk)] = junk
    with TemporaryDirectory() as folder:
        path = Path(folder, "file.so")
        path.write_bytes(content)
        assert examine(path).verdict in {"Rust", "not judged"}


# Known packages


@pytest.mark.parametrize(("package", "language"), twin.KNOWN.items(), ids=twin.KNOWN.keys())
def test_a_known_package_is_judged_as_it_should_be(package: str, language: str) -> None:
    try:
        parts = distribution(package).files or []
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed")
    # A part may be gone, such as a .pyc; whatever is left is examined.
    paths = {Path(str(part.locate())).resolve() for part in parts}
    found = [examine(path) for path in paths if path.is_file()]
    said = {one.verdict for one in found if one.format is not None}
    if not said:
        pytest.skip(f"{package} has no native file on this system")
    assert twin.is_right(language, said), [one for one in found if one.format is not None]


def test_at_least_twenty_packages_are_known() -> None:
    assert len(twin.KNOWN) >= 20
    assert sum(language == "Rust" for language in twin.KNOWN.values()) >= 5


def test_our_own_crates_were_made_by_rustc() -> None:
    found = examine(rust_powered_tools.rust_powered_tools.__file__)
    assert found.verdict == "Rust"
    assert any(name.startswith("pyo3-") for name in found.crates)


# A survey


def test_a_survey_tells_of_native_files_and_of_false_ones(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "program").write_bytes(macho(PATH))
    (tmp_path / "a.dll").write_bytes(pe())
    (tmp_path / "c.so").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(STAMP)
    (tmp_path / "Some.class").write_bytes(b"\xca\xfe\xba\xbe\0\0\0\x41" + STAMP)
    found = survey(tmp_path)
    assert [(one.path.name, one.format, one.verdict) for one in found] == [
        ("a.dll", "PE", "no trace of Rust"),
        ("program", "Mach-O", "Rust"),
        ("c.so", None, "not judged"),
    ]
    assert found[2].problem == "no header of ELF, Mach-O or PE"


def test_an_empty_folder_has_nothing_to_tell(tmp_path: Path) -> None:
    assert survey(tmp_path) == []


@needs_links
def test_symbolic_links_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "back").symlink_to(tmp_path)
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    (tmp_path / "gone.so").symlink_to(tmp_path / "nowhere")
    (tmp_path / "inner" / "file.so").write_bytes(elf(STAMP))
    (tmp_path / "twice.so").symlink_to(tmp_path / "inner" / "file.so")
    assert [one.path.name for one in survey(tmp_path)] == ["file.so"]
    assert examine(tmp_path / "twice.so").verdict == "Rust"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipes_and_sockets_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's name must be short
    os.mkfifo(tmp_path / "pipe.so")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert survey(tmp_path) == []
        for path in (tmp_path / "pipe.so", tmp_path / "s", Path(os.devnull)):
            with pytest.raises(ValueError, match=r"a pipe, a socket or a device, and is not opened$"):
                examine(path)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another matter on Windows")
def test_what_cannot_be_read_is_not_judged_and_all_else_is() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        closed, secret, last = Path(folder, "closed"), Path(folder, "secret.so"), Path(folder, "z.so")
        closed.mkdir()
        secret.write_bytes(elf(STAMP))
        last.write_bytes(elf(STAMP))
        closed.chmod(0)
        secret.chmod(0)
        with as_nobody():
            found = survey(folder)
            with pytest.raises(PermissionError) as caught:
                examine(secret)
            with pytest.raises(PermissionError):
                survey(closed)
        closed.chmod(0o755)
    assert [(one.path.name, one.verdict) for one in found] == [
        ("closed", "not judged"),
        ("secret.so", "not judged"),
        ("z.so", "Rust"),
    ]
    assert all("ermission denied" in one.problem for one in found[:2])
    assert caught.value.filename == str(secret)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_a_name_that_is_no_utf8_is_a_path_like_any_other(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.so"))
    path.write_bytes(elf(STAMP))
    (found,) = survey(tmp_path)
    assert found.path == path
    assert examine(found.path).verdict == "Rust"
    assert repr(found) == "<caf\N{REPLACEMENT CHARACTER}.so: Rust, rustc 1.95.0>"


def test_deep_folders_are_walked(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 200)
    deep.mkdir(parents=True)
    (deep / "file.so").write_bytes(elf(STAMP))
    assert [one.verdict for one in survey(tmp_path)] == ["Rust"]


# Errors


def test_a_missing_folder_is_pythons_own_file_not_found_error(tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError) as expected:
        open(missing)  # noqa: PTH123, SIM115
    for look in (survey, examine):
        with pytest.raises(FileNotFoundError) as caught:
            look(missing)
        assert str(caught.value) == str(expected.value)
        assert (caught.value.errno, caught.value.filename) == (expected.value.errno, missing)


def test_a_file_is_no_folder_and_a_folder_no_file(tmp_path: Path, file: Write) -> None:
    with pytest.raises(NotADirectoryError):
        survey(file(b""))
    with pytest.raises(IsADirectoryError, match=r"Is a directory"):
        examine(tmp_path)


@pytest.mark.parametrize("look", [examine, survey])
@pytest.mark.parametrize(
    ("wrong", "expected", "message"),
    [
        (None, TypeError, "expected str, bytes or os.PathLike object, not NoneType"),
        (3, TypeError, "expected str, bytes or os.PathLike object, not int"),
        ("a\0b", ValueError, "^embedded null byte$"),
    ],
    ids=["none", "number", "nul"],
)
def test_what_is_no_path_is_refused(
    look: Callable[[Any], object], wrong: Any, expected: type[Exception], message: str
) -> None:
    with pytest.raises(expected, match=message):
        look(wrong)


def test_a_finding_cannot_be_made_or_changed(file: Write) -> None:
    with pytest.raises(TypeError):
        Finding()
    with pytest.raises(AttributeError):
        examine(file(elf())).verdict = "Rust"


# Large and hostile files


LIES = {
    "elf-table-far-away": elf(size=1 << 62),
    "elf-segment-beyond-the-last-byte": elf(size=(1 << 64) - 1),
    "elf-headers-far-away": elf()[:32] + struct.pack("<Q", 1 << 63) + elf()[40:],
    "elf-more-headers-than-a-short-can-count": elf()[:56] + b"\xff\xff" + elf()[58:],
    "mach-o-four-gigabytes-of-commands": macho()[:20] + b"\xff\xff\xff\xff" + macho()[24:],
    "mach-o-four-billion-commands": macho()[:16] + b"\xff\xff\xff\xff" + macho()[20:],
    "mach-o-command-without-a-length": macho()[:36] + bytes(4) + macho()[40:],
    "mach-o-slice-within-itself": fat(struct.pack(">II", 0xCAFEBABE, 1) + bytes(60)),
    "mach-o-thirty-slices-of-none": struct.pack(">II", 0xCAFEBABE, 30),
    "pe-header-far-away": pe()[:60] + b"\xff\xff\xff\xff" + pe()[64:],
    "pe-many-sections": pe()[:70] + b"\xff\xff" + pe()[72:],
    "pe-section-of-four-gigabytes": pe(size=(1 << 32) - 1),
    "an-old-dos-program": b"MZ" + bytes(62),
}


@pytest.mark.parametrize("content", LIES.values(), ids=LIES.keys())
def test_a_header_that_lies_is_not_judged(content: bytes, file: Write) -> None:
    found = examine(file(content))
    assert found.verdict == "not judged"
    assert found.problem.startswith(("cut off", "its header is damaged"))


def hole(path: Path, size: int) -> Path:
    """A file that takes long to search, and no room on the disk. Its only mark is the last thing in it."""
    with path.open("wb") as file:
        file.write(elf())
        file.seek(size)
        file.write(STAMP)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="memory is counted otherwise on Windows")
def test_a_file_of_two_hundred_megabytes_is_searched_in_little_memory(tmp_path: Path) -> None:
    path = hole(tmp_path / "large.so", 200 << 20)
    program = (
        "import sys, resource, rust_powered_tools\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "print(rust_powered_tools.examine(sys.argv[1]).compiler, peak() - before)"
    )
    child = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    compiler, grown = child.stdout.split()
    unit = 1 if sys.platform == "darwin" else 1024
    assert compiler == "1.95.0"
    assert int(grown) * unit < 20 << 20


@needs_timers
def test_what_a_signal_handler_raises_ends_the_search(tmp_path: Path) -> None:
    large = hole(tmp_path / "large.so", 8 << 30)
    # Whoever searches to the end comes to the second argument, and to another error.
    with pytest.raises(TimeoutError) as caught, alarm():
        list(map(examine, [large, None]))
    assert caught.value.__context__ is None


def test_other_threads_run_during_a_search(tmp_path: Path) -> None:
    large = hole(tmp_path / "large.so", 8 << 30)
    found = []
    thread = threading.Thread(target=lambda: found.append(examine(large)))
    thread.start()
    time.sleep(0.1)
    os.truncate(large, 1 << 20)  # whoever is kept from doing so until the end has found the mark
    thread.join()
    assert found[0].verdict == "no trace of Rust"


# One call, followed


class Key:
    def __init__(self, refuses: bool) -> None:
        self.refuses = refuses

    def __hash__(self) -> int:
        return 4

    def __eq__(self, other: object) -> bool:
        if self.refuses:
            raise ValueError("I will not be compared")
        return True


def test_an_insertion_asks_python_for_hash_and_equality_and_keeps_the_old_map() -> None:
    empty: rpds.HashTrieMap[Key, int] = rpds.HashTrieMap()
    before = empty.insert(Key(refuses=False), 88)
    after = before.insert(Key(refuses=False), 100)
    assert (list(before.values()), list(after.values())) == ([88], [100])


def test_a_key_that_refuses_to_be_compared_is_a_panic_and_no_crash() -> None:
    program = (
        "import rpds\n"
        "class Key:\n"
        "    def __hash__(self): return 4\n"
        "    def __eq__(self, other): raise ValueError('I will not be compared')\n"
        "rpds.HashTrieMap().insert(Key(), 88).insert(Key(), 79)\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert child.returncode == 1
    assert "PanicException" in child.stderr
    assert "I will not be compared" in child.stderr
