"""From files to a report: Python opens and reads, Rust counts."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from capstone._core import Analyser, Problem

BLOCK = 1 << 14
"""Bytes that are read at a time: Ctrl-C is heard, and progress told, between two blocks."""

Log: TypeAlias = "str | os.PathLike[str] | BinaryIO"
OnError: TypeAlias = "Callable[[OSError], object]"


@dataclass(frozen=True)
class Report:
    """What access logs say. Paths and hosts are those with most requests, the first of them first."""

    requests: int
    malformed: int
    bytes: int
    statuses: dict[int, int]
    hours: list[int]
    paths: dict[str, int]
    hosts: dict[str, int]
    path_error: int
    """By how much the count of a path may be too low, where there were too many to keep them all."""
    host_error: int
    problems: list[Problem]
    """The first lines that were malformed."""
    damage: list[Problem]
    """Where compressed files are damaged: what comes before that place was counted."""


def analyse(
    *logs: Log,
    top: int = 10,
    problems: int = 10,
    on_progress: Callable[[int], object] | None = None,
    on_error: OnError | None = None,
) -> Report:
    """Count the requests in logs: paths, "-" for standard input, or binary files; plain or gzip.

    `top` is how many paths and hosts the report names, `problems` how many malformed lines it keeps.
    `on_progress` is told how many bytes of the files have been read, after each block. Where a file cannot be
    read, `on_error` is told, and the next file follows; without it, the `OSError` is raised.
    """
    analyser, read = Analyser(problems=problems), 0
    for log in logs:
        analyser.begin(name_of(log))
        with closing(blocks(log, on_error)) as stream:
            for block in stream:
                analyser.feed(block)
                read += len(block)
                if on_progress is not None:
                    on_progress(read)
        analyser.end()
    return Report(
        requests=analyser.requests,
        malformed=analyser.malformed,
        bytes=analyser.bytes,
        statuses=dict(analyser.statuses),
        hours=analyser.hours,
        paths=dict(analyser.paths(top)),
        hosts=dict(analyser.hosts(top)),
        path_error=analyser.path_error,
        host_error=analyser.host_error,
        problems=analyser.problems,
        damage=analyser.damage,
    )


def name_of(log: Log) -> str:
    """What to call a log where one of its lines is named."""
    if log == "-":
        return "standard input"
    return os.fspath(log) if isinstance(log, str | os.PathLike) else str(getattr(log, "name", "a stream"))


def blocks(log: Log, on_error: OnError | None) -> Generator[bytes, None, None]:
    """The bytes of a log as they come. Only what reading raises goes to `on_error`."""
    try:
        with opened(log) as file:
            read = getattr(file, "read1", file.read)
            while block := read(BLOCK):
                yield block
    except OSError as error:
        if on_error is None:
            raise
        on_error(error)


def opened(log: Log) -> AbstractContextManager[BinaryIO]:
    """The log, open: a file of the caller's is left open."""
    if log == "-":
        return nullcontext(sys.stdin.buffer)
    if isinstance(log, str | os.PathLike):
        return Path(log).open("rb", buffering=0)
    return nullcontext(log)
