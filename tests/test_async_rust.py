"""What the page on async Rust promises."""

from __future__ import annotations

import asyncio
import itertools
import math
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from threading import Thread
from typing import Any

import async_rust
import pytest
from alarms import interrupted
from async_rust import blocking_greeting, doze, doze_aside, greeting, greetings, nap, nothing, stay, visits
from definitions import on_the_page
from hypothesis import given
from hypothesis import strategies as st

HERE = "127.0.0.1"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither such signals nor fork")


class Server:
    """Greets whoever connects, some time after, and counts who came and who has hung up."""

    def __init__(self, words: bytes | None, after: float) -> None:
        self.words, self.after = words, after
        self.came = self.hung_up = self.at_once = self.most = 0

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            if self.words is not None:
                await asyncio.sleep(self.after)
                writer.write(self.words)
                writer.write_eof()
            await reader.read()
            self.hung_up += 1
        finally:
            self.at_once -= 1
            writer.close()


@asynccontextmanager
async def serving(words: bytes | None = b"ready\n", after: float = 0.0) -> AsyncIterator[tuple[Server, int]]:
    server = Server(words, after)
    started = await asyncio.start_server(server.greet, HERE, 0, backlog=1000)
    async with started:
        yield server, started.sockets[0].getsockname()[1]


@contextmanager
def nobody() -> Iterator[int]:
    """A port that nobody listens at, and nobody else can take."""
    with socket.socket() as taken:
        taken.bind((HERE, 0))
        yield taken.getsockname()[1]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what happens on another thread."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


def run(program: str, *, seconds: float = 30) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, for so long at most."""
    command = [sys.executable, "-W", "ignore", "-c", f"import asyncio, async_rust\n{program}"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=seconds)


# One greeting ------------------------------------------------------------------------------------------

LINES = {
    "line": (b"220 ready\r\nmore\r\n", "220 ready"),
    "nothing": (b"", ""),
    "no-end": (b"ready", "ready"),
    "empty-line": (b"\nready\n", ""),
    "no-utf8": (b"gr\xfc\xdfe\n", "gr\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}e"),
    "endless": (b"a" * 5000, "a" * 1024),
}


@pytest.mark.parametrize(("words", "expected"), LINES.values(), ids=LINES.keys())
def test_the_first_line_is_the_greeting_awaited_or_not(words: bytes, expected: str) -> None:
    async def main() -> None:
        async with serving(words) as (_, port):
            assert await greeting(HERE, port) == expected
            assert await asyncio.to_thread(blocking_greeting, HERE, port) == expected
            assert await greetings([(HERE, port)]) == [expected]

    asyncio.run(main())


@given(st.binary(max_size=100))
def test_the_greeting_is_that_of_the_twin(words: bytes) -> None:
    async def main() -> tuple[str, str]:
        async with serving(words) as (_, port):
            reader, writer = await asyncio.open_connection(HERE, port)
            line = await reader.readline()
            writer.close()
            return await greeting(HERE, port), line.decode("utf-8", "replace")

    ours, theirs = asyncio.run(main())
    # What is white space differs in a few control characters, and what is one broken character in length.
    assert "".join(ours.split()).replace("\ufffd", "") == "".join(theirs.split()).replace("\ufffd", "")


def test_what_python_gets_is_a_future_that_has_begun() -> None:
    async def main() -> None:
        async with serving(None) as (server, port):
            call = greeting(HERE, port)
            assert isinstance(call, asyncio.Future)
            await until(lambda: server.came == 1)
            assert visits() == 1
            call.cancel()
            await until(lambda: visits() == 0)

    asyncio.run(main())


def test_a_refused_connection_raises_what_a_socket_raises() -> None:
    async def awaited(port: int) -> None:
        await greeting(HERE, port)

    with nobody() as port:
        with pytest.raises(ConnectionRefusedError) as theirs:
            socket.create_connection((HERE, port))
        for call in (lambda: asyncio.run(awaited(port)), lambda: blocking_greeting(HERE, port)):
            with pytest.raises(ConnectionRefusedError) as ours:
                call()
            assert ours.value.errno == theirs.value.errno
            assert f"'{HERE}:{port}'" in str(ours.value)


def test_a_host_that_cannot_be_is_an_os_error_or_a_value_error() -> None:
    async def ask(host: str) -> Any:
        return await greeting(host, 1)

    with pytest.raises(OSError, match=r"^no\.such\.host\.invalid:1: "):
        asyncio.run(ask("no.such.host.invalid"))
    with pytest.raises(ValueError, match="NUL byte"):
        asyncio.run(ask("127.0.0.1\0"))


def test_a_silent_server_is_given_up_in_time() -> None:
    async def main() -> list[Any]:
        async with serving(None) as (_, port):
            begin = time.perf_counter()
            with pytest.raises(TimeoutError, match=r"no greeting within 0\.1 s"):
                await asyncio.to_thread(blocking_greeting, HERE, port, timeout=0.1)
            answers = await greetings([(HERE, port)] * 3, timeout=0.1)
            assert time.perf_counter() - begin < 5
            return [(type(answer), str(answer)) for answer in answers]

    assert {kind for kind, _ in asyncio.run(main())} == {TimeoutError}


def test_a_server_that_sends_drop_by_drop_has_no_more_time() -> None:
    with socket.create_server((HERE, 0)) as listener:
        done: list[bool] = []

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    while not done:
                        connection.sendall(b"a")
                        time.sleep(0.02)
                except OSError:
                    pass

        dripping = Thread(target=drip)
        dripping.start()
        try:
            with pytest.raises(TimeoutError):
                blocking_greeting(HERE, listener.getsockname()[1], timeout=0.2)
        finally:
            done.append(True)
            dripping.join()


# Cancelling --------------------------------------------------------------------------------------------


async def by_timeout(port: int) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await greeting(HERE, port)


async def by_wait_for(port: int) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(greeting(HERE, port), 0.05)


async def by_task(port: int) -> None:
    async def call() -> None:
        await greeting(HERE, port)

    task = asyncio.create_task(call())
    await asyncio.sleep(0.05)
    assert task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not task.cancel()


async def by_group(port: int) -> None:
    async def fail() -> None:
        await asyncio.sleep(0.05)
        raise LookupError

    async def call() -> None:
        await greeting(HERE, port)

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(call())
            group.create_task(fail())

    with pytest.raises(ExceptionGroup):
        await both()


async def by_hand_twice(port: int) -> None:
    call = greeting(HERE, port)
    await asyncio.sleep(0.05)
    assert call.cancel()
    assert not call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def many_at_once(port: int) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await greetings([(HERE, port)] * 100, timeout=60)


WAYS = [by_timeout, by_wait_for, by_task, by_group, by_hand_twice, many_at_once]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_cancelled_is_dropped_and_the_server_sees_it(way: Callable[[int], Awaitable[None]]) -> None:
    async def main() -> None:
        async with serving(None) as (server, port):
            await way(port)
            await until(lambda: visits() == 0 and server.came > 0 and server.hung_up == server.came)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("way", "goes_on"), [("itself", False), ("spawned", True), ("set", False), ("aside", True)]
)
def test_what_goes_on_after_it_was_cancelled(way: str, goes_on: bool) -> None:
    async def main() -> bool:
        done: list[str] = []
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await stay(way, 0.2, lambda: done.append(way))
        await asyncio.sleep(0.5)
        return bool(done)

    assert asyncio.run(main()) is goes_on


def test_who_stays_to_the_end_is_done_in_every_way() -> None:
    async def main() -> list[str]:
        done: list[str] = []
        for way in ("itself", "spawned", "set", "aside"):
            await stay(way, 0.01, lambda way=way: done.append(way))
        return done

    async def fail() -> None:
        await stay("set", 0.01, lambda: 1 / 0)

    assert asyncio.run(main()) == ["itself", "spawned", "set", "aside"]
    with pytest.raises(ZeroDivisionError):
        asyncio.run(fail())


def test_a_way_to_stay_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match=r'^there is no way "elsewhere"$'):
        stay("elsewhere", 0.1, print)


# The loop ----------------------------------------------------------------------------------------------


async def longest_silence(work: Callable[[], Any]) -> float:
    """For how long the loop was dead while something was awaited, or only called."""
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            ticks.append(time.perf_counter())
            await asyncio.sleep(0.005)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.02)
    awaitable = work()
    if awaitable is not None:
        await awaitable
    await asyncio.sleep(0.02)
    ticking.cancel()
    return max(after - before for before, after in itertools.pairwise(ticks))


def test_the_loop_is_alive_while_rust_is_awaited_and_dead_while_it_is_called() -> None:
    assert asyncio.run(longest_silence(lambda: nap(0.6))) < 0.4
    assert asyncio.run(longest_silence(lambda: doze(0.6))) < 0.4
    with socket.create_server((HERE, 0)) as listener:
        port = listener.getsockname()[1]

        def call() -> None:
            with pytest.raises(TimeoutError):
                blocking_greeting(HERE, port, timeout=0.6)

        assert asyncio.run(longest_silence(call)) >= 0.6


def test_who_dozes_keeps_a_thread_from_others_and_who_dozes_aside_does_not() -> None:
    async def beside(sleep: Callable[[float], Awaitable[None]]) -> float:
        sleepers = [sleep(0.5), sleep(0.5)]
        await asyncio.sleep(0.1)
        begin = time.perf_counter()
        await nap(0.001)
        took = time.perf_counter() - begin
        await asyncio.gather(*sleepers)
        return took

    assert asyncio.run(beside(doze)) > 0.2
    assert asyncio.run(beside(nap)) < 0.2
    assert asyncio.run(beside(doze_aside)) < 0.2


@pytest.mark.parametrize("call", [nothing, lambda: nap(1), lambda: greetings([])])
def test_without_a_running_loop_there_is_python_own_error(call: Callable[[], object]) -> None:
    with pytest.raises(RuntimeError, match=r"^no running event loop$"):
        call()


def test_a_loop_in_another_thread_does_as_well() -> None:
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    async def main() -> str:
        async with serving() as (_, port):
            return str(await greeting(HERE, port))

    try:
        assert asyncio.run_coroutine_threadsafe(main(), loop).result(10) == "ready"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, 1e300, 86_401])
def test_a_time_that_cannot_be_waited_for_is_refused(seconds: float) -> None:
    calls: list[Callable[[], object]] = [
        lambda: nap(seconds),
        lambda: doze(seconds),
        lambda: stay("itself", seconds, print),
        lambda: blocking_greeting(HERE, 1, timeout=seconds),
        lambda: greetings([], timeout=seconds),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"^seconds must be above 0 and at most 86400, not "):
            call()


# Many --------------------------------------------------------------------------------------------------


def test_the_page_twin_and_rust_have_the_same_answers() -> None:
    twin = on_the_page("async_rust", "async def python_greetings(", asyncio=asyncio)["python_greetings"]

    async def main() -> None:
        async with serving(b"one\n") as (_, one), serving(b"two\n", 0.02) as (_, two):
            with nobody() as down:
                addresses = [(HERE, port) for port in (one, two, down)] * 20
                ours, theirs = await greetings(addresses), await twin(addresses)
        kinds = [[type(answer) for answer in answers] for answers in (ours, theirs)]
        assert kinds[0] == kinds[1] == [str, str, ConnectionRefusedError] * 20
        assert [ours[0], ours[1]] == [theirs[0], theirs[1]] == ["one", "two"]

    asyncio.run(main())


@pytest.mark.parametrize("at_once", [1, 7, 500])
def test_no_more_are_called_at_the_same_time_than_are_allowed(at_once: int) -> None:
    async def main() -> int:
        async with serving(after=0.01) as (server, port):
            assert await greetings([(HERE, port)] * 40, at_once=at_once, timeout=30) == ["ready"] * 40
            return server.most

    assert asyncio.run(main()) <= at_once


def test_a_server_that_starts_late_is_met_at_a_further_try() -> None:
    async def main() -> None:
        with socket.socket() as listener:
            listener.bind((HERE, 0))
            address = listener.getsockname()
            assert [type(a) for a in await greetings([address])] == [ConnectionRefusedError]
            patient = greetings([address], tries=10)
            await asyncio.sleep(0.1)
            server = Server(b"late\n", 0)
            async with await asyncio.start_server(server.greet, sock=listener):
                assert await patient == ["late"]

    asyncio.run(main())


def refused(number: int) -> tuple[type[Exception], str]:
    return ValueError, f"at_once must be between 1 and 500, not {number}"


BAD: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "at-once-none": (lambda: greetings([], at_once=0), *refused(0)),
    "at-once-many": (lambda: greetings([], at_once=501), *refused(501)),
    "at-once-negative": (lambda: greetings([], at_once=-1), OverflowError, "can't convert negative"),
    "at-once-huge": (lambda: greetings([], at_once=2**100), OverflowError, "int too big"),
    "tries-none": (lambda: greetings([], tries=0), ValueError, "tries must be between 1 and 10, not 0"),
    "tries-many": (lambda: greetings([], tries=11), ValueError, "tries must be between 1 and 10, not 11"),
    "port-negative": (lambda: greeting(HERE, -1), OverflowError, "port must be between 0 and 65535, not -1"),
    "port-large": (
        lambda: greeting(HERE, 65536),
        OverflowError,
        "port must be between 0 and 65535, not 65536",
    ),
    "port-huge": (lambda: greeting(HERE, 10**100), OverflowError, "int too big"),
    "port-text": (
        lambda: greeting(HERE, "80"),
        TypeError,
        "'str' object cannot be interpreted as an integer",
    ),
    "port-within": (lambda: greetings([(HERE, 70000)]), OverflowError, "between 0 and 65535, not 70000"),
    "host-none": (lambda: greeting(None, 80), TypeError, "'None' is not an instance of 'str'"),
    "host-surrogate": (lambda: greeting("\ud800", 80), UnicodeEncodeError, "surrogates not allowed"),
    "no-pairs": (lambda: greetings([HERE]), TypeError, "is not an instance of 'tuple'"),
    "triples": (lambda: greetings([(HERE, 1, 2)]), ValueError, "expected tuple of length 2"),
    "no-list": (lambda: greetings(5), TypeError, "'int' object is not iterable"),
    "endless": (
        lambda: greetings(itertools.repeat((HERE, 1))),
        ValueError,
        "more than 1000000 addresses are not asked",
    ),
    "huge": (lambda: greetings(range(2**62)), TypeError, "is not an instance of 'tuple'"),
}


@pytest.mark.parametrize(("call", "expected", "message"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_asked_is_refused_at_once(
    call: Callable[[], object], expected: type[Exception], message: str
) -> None:
    async def main() -> None:
        with pytest.raises(expected, match=message):
            call()

    asyncio.run(main())


def test_no_addresses_have_no_answers() -> None:
    async def main() -> list[object]:
        return list(await greetings([]))

    assert asyncio.run(main()) == []


# Python from within Rust -------------------------------------------------------------------------------

asker: ContextVar[str] = ContextVar("asker")


def test_report_hears_of_each_answer_in_the_loop_and_in_the_callers_context() -> None:
    async def main() -> None:
        asker.set("me")
        heard: list[tuple[int, str, str, bool]] = []
        loop = asyncio.get_running_loop()

        async def report(place: int, answer: str) -> None:
            await asyncio.sleep(0.001)
            heard.append((place, answer, asker.get(), asyncio.get_running_loop() is loop))

        async with serving() as (_, port):
            await greetings([(HERE, port)] * 20, report=report)
        assert sorted(heard) == [(place, "ready", "me", True) for place in range(20)]

    asyncio.run(main())


async def raising(place: int, answer: object) -> None:
    raise LookupError(place)


async def of_one_argument(place: int) -> None:
    pass


REPORTS: dict[str, tuple[Any, type[Exception], str]] = {
    "raises": (raising, LookupError, "0"),
    "raises-at-once": (lambda place, answer: 1 / 0, ZeroDivisionError, "division by zero"),
    "plain-function": (lambda place, answer: None, TypeError, "report must be an async def"),
    "wrong-arguments": (of_one_argument, TypeError, "takes 1 positional argument but 2 were given"),
    "not-callable": (7, TypeError, "'int' object is not callable"),
}


@pytest.mark.parametrize(("report", "expected", "message"), REPORTS.values(), ids=REPORTS.keys())
def test_what_a_report_raises_ends_the_survey(report: Any, expected: type[Exception], message: str) -> None:
    async def main() -> None:
        async with serving() as (_, port), serving(None) as (silent, other):
            with pytest.raises(expected, match=message):
                await greetings([(HERE, port), (HERE, other)], timeout=60, report=report)
            await until(lambda: visits() == 0 and silent.hung_up == silent.came)

    asyncio.run(main())


def test_a_report_that_has_begun_goes_on_when_the_survey_is_cancelled() -> None:
    async def main() -> list[str]:
        told: list[str] = []

        async def report(place: int, answer: str) -> None:
            await asyncio.sleep(0.2)
            told.append(answer)

        async with serving() as (_, port):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await greetings([(HERE, port)], report=report)
            assert told == []
            await asyncio.sleep(0.4)
        return told

    assert asyncio.run(main()) == ["ready"]


# Processes ---------------------------------------------------------------------------------------------


def test_a_future_left_behind_keeps_no_process_from_ending() -> None:
    child = run(
        "import time\n"
        "async def main():\n"
        "    for way in ('itself', 'spawned', 'set', 'aside'):\n"
        "        async_rust.stay(way, 60, print)\n"
        "    for _ in range(2):\n"
        "        async_rust.doze(60)\n"
        "    await asyncio.sleep(0.1)\n"
        "asyncio.run(main())\n"
        "print('bye')",
        seconds=20,
    )
    assert (child.returncode, child.stdout, child.stderr) == (0, "bye\n", "")


def test_a_future_that_is_done_while_python_ends_says_nothing() -> None:
    program = (
        "async def main():\n"
        "    for number in range(1, 400):\n"
        "        async_rust.nap(number * 0.0005)\n"
        "    await asyncio.sleep(0.05)\n"
        "asyncio.run(main())\n"
    )
    for _ in range(3):
        child = run(program)
        assert child.returncode == 0
        assert "panicked" not in child.stderr
    assert not hasattr(async_rust, "leave")  # it is for atexit alone


@pytest.mark.parametrize("seconds", [0.4, 30])
def test_what_waits_for_a_thread_while_python_ends_says_nothing(seconds: float) -> None:
    """All threads that may hand something to Python are taken: the news of what was cancelled has to wait.

    It comes while Python is taken down, unless Python waits for it, which it does for a while.
    """
    child = run(
        "import time\n"
        "class Late:\n"
        "    def __del__(self, sleep=time.sleep):\n"
        "        sleep(1)\n"
        "late = Late()\n"
        "async def main():\n"
        "    for _ in range(64):\n"
        f"        async_rust.doze_aside({seconds})\n"
        "    nap = async_rust.nap(60)\n"
        "    await asyncio.sleep(0.1)\n"
        "    nap.cancel()\n"
        "asyncio.run(main())\n"
        "print('bye', flush=True)",
        seconds=15,
    )
    assert (child.returncode, child.stdout, child.stderr) == (0, "bye\n", "")


def test_a_future_that_is_done_after_its_loop_is_printed_by_the_library() -> None:
    child = run(
        "import time\n"
        "async def main():\n"
        "    async_rust.nap(0.1)\n"
        "asyncio.run(main())\n"
        "time.sleep(0.4)\n"
        "print('on')"
    )
    assert (child.returncode, child.stdout) == (0, "on\n")
    assert child.stderr.endswith("RuntimeError: Event loop is closed\n")


@posix
@pytest.mark.parametrize("work", ["nap(60)", "doze_aside(60)"])
def test_ctrl_c_stops_what_is_awaited(work: str) -> None:
    program = (
        "import async_rust, asyncio\n"
        "async def main():\n"
        "    print('ready', flush=True)\n"
        f"    await async_rust.{work}\n"
        "asyncio.run(main())"
    )
    _, said = interrupted(program)
    assert said[-1] == "KeyboardInterrupt"


@posix
def test_ctrl_c_is_heard_while_addresses_without_end_are_taken() -> None:
    child = run(
        "import itertools, signal, threading, time\n"
        "def slowly():\n"
        "    while True:\n"
        "        time.sleep(0.001)\n"
        "        yield ('127.0.0.1', 1)\n"
        "async def main():\n"
        "    async_rust.greetings(slowly())\n"
        "def stop(*_):\n"
        "    raise TimeoutError('stopped')\n"
        "signal.signal(signal.SIGALRM, stop)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.2)\n"
        "asyncio.run(main())",
        seconds=10,
    )
    assert "TimeoutError: stopped" in child.stderr


@posix
def test_a_forked_process_is_told_to_spawn() -> None:
    child = run(
        "import os, sys\n"
        "async def main():\n"
        "    await async_rust.nothing()\n"
        "asyncio.run(main())\n"
        "if os.fork() == 0:\n"
        "    try:\n"
        "        asyncio.run(main())\n"
        "    except RuntimeError as error:\n"
        "        print(error, flush=True)\n"
        "    sys.exit(3)\n"
        "print(os.waitstatus_to_exitcode(os.wait()[1]))",
        seconds=20,
    )
    assert child.stdout == (
        "the threads of async_rust are not in this process, which was forked: "
        "start it with the method 'spawn'\n3\n"
    ), child.stderr
