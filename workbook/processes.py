"""Child processes that are never left behind: what they started ends with them, and they end with us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, TextIO

WINDOWS = sys.platform == "win32"

GRACE = 2.0
"""Seconds that a process has to end by itself, once it has been asked to."""

OWN_GROUP: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if WINDOWS
    else {"start_new_session": True}
)
"""What `Popen` needs to be told, so that `end` reaches all that the process starts, and nothing else."""


class CancelledError(Exception):
    """Whoever wanted the result wants it no more."""


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it said."""

    code: int
    out: str
    err: str


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    given: str | None = None,
    timeout: float | None = None,
    cancelled: Event | None = None,
) -> Ended:
    """Run a command to its end; `given` is its standard input.

    Raises `subprocess.TimeoutExpired` after `timeout` seconds and `CancelledError` once `cancelled` is set.
    Nothing that the command started is left running, whether it came to its end, or we did.
    """
    deadline = time.monotonic() + timeout if timeout is not None else None
    # A file, since Python 3.11 forgets to go on writing where `communicate` is called again.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as standard_input,
        subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=holding(standard_input, given),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            **OWN_GROUP,
        ) as process,
    ):
        try:
            while True:
                if cancelled is not None and cancelled.is_set():
                    raise CancelledError
                left = deadline - time.monotonic() if deadline is not None else 3600.0
                if left <= 0:
                    raise subprocess.TimeoutExpired(command, timeout or 0.0)
                with suppress(subprocess.TimeoutExpired):
                    out, err = process.communicate(timeout=min(left, 0.05 if cancelled else left))
                    _sweep(process)
                    return Ended(process.returncode, out, err)
        except BaseException:
            end(process)
            raise


@contextmanager
def streaming(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run a command whose output, its errors among it, is read from `stdout` as it comes.

    Where the block is left by an exception, nothing that the command started is left running.
    """
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **OWN_GROUP,
    ) as process:
        try:
            yield process
        except BaseException:
            end(process)
            raise


def without_rust() -> dict[str, str]:
    """This process's environment, without what makes Rust print more."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RUST_")}


def holding(file: TextIO, text: str | None) -> TextIO:
    """The file, holding the text, to be read from its beginning."""
    file.write(text or "")
    file.seek(0)
    return file


def _sweep(process: subprocess.Popen[Any]) -> None:
    """End what a process that has come to its end has left behind. Windows no longer knows who that is."""
    if not WINDOWS:
        with suppress(ProcessLookupError, PermissionError):  # macOS refuses where there is nobody
            os.killpg(process.pid, signal.SIGKILL)


def end(process: subprocess.Popen[Any]) -> None:
    """End a process that was started with `OWN_GROUP`, and whatever it has started."""
    if WINDOWS:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=GRACE)
        os.killpg(process.pid, signal.SIGKILL)
