"""Ctrl-C at a time that a test can choose: a signal handler that raises here, and the signal in a child."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

needs_timers = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interval timer")


@contextmanager
def alarm(seconds: float = 0.005) -> Iterator[None]:
    """Have a handler raise `TimeoutError` in this block, that many seconds after it began.

    No garbage is collected meanwhile: Hypothesis looks on when it is, and what a handler raises in there is
    lost.
    """

    def handler(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, handler)
    collecting = gc.isenabled()
    gc.disable()
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if collecting:
            gc.enable()
        signal.signal(signal.SIGALRM, before)


def interrupted(program: str) -> tuple[str, list[str]]:
    """What a program prints after "ready", and the lines of its errors, when Ctrl-C comes soon after that."""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as child:
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == "ready\n"
            time.sleep(0.3)
            assert child.poll() is None, "it has ended by itself"
            child.send_signal(signal.SIGINT)
            printed, said = child.communicate(timeout=10)
        finally:
            child.kill()
    return printed, said.splitlines()
