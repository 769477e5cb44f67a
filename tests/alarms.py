"""A signal handler that raises: what Ctrl-C is to a person, at a time that a test can choose."""

from __future__ import annotations

import gc
import signal
import sys
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
