"""A signal handler that raises: what Ctrl-C is to a person, at a time that a test can choose."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

needs_timers = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interval timer")


@contextmanager
def alarm(seconds: float = 0.005) -> Iterator[None]:
    """Have a handler raise `TimeoutError` in this block, that many seconds after it began."""

    def handler(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
