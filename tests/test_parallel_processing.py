"""What the chapter on every core promises."""

from __future__ import annotations

import copyreg
import importlib
import logging
import math
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from alarms import interrupted
from hypothesis import example, given
from hypothesis import strategies as st
from parallel_processing import (
    Meeting,
    Stations,
    Tally,
    array_sum,
    exercises,
    parallel_array_sum,
    parallel_sum,
    solutions,
)
from scipy.spatial import cKDTree

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST, MOST = -(2**63), 2**63 - 1
MEGA = 1_000_000

ARRAY_SUMS = [array_sum, parallel_array_sum]
on_one_core_and_all = pytest.mark.parametrize("add", ARRAY_SUMS, ids=["array_sum", "parallel_array_sum"])
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither such signals nor fork")


def run(program: str, *, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, for so long at most."""
    command = [sys.executable, "-c", program]
    environment = os.environ | {"RUST_BACKTRACE": "0"}
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment, check=False, timeout=seconds
    )


# Sums --------------------------------------------------------------------------------------------------

integers = st.integers(LEAST, MOST) | st.integers(-(2**48) - 2, 2**48 + 2) | st.sampled_from([LEAST, MOST])


def outcome(add: Callable[[Any], int], numbers: object) -> object:
    """A sum, or that it does not fit."""
    try:
        return add(numbers)
    except OverflowError as error:
        return str(error)


def in_python(numbers: Sequence[int]) -> object:
    total = sum(numbers)
    return total if LEAST <= total <= MOST else "the sum does not fit in 64 bits"


@given(st.lists(integers))
@example([])
@example([MOST, 1])
@example([MOST, 1, -1])
@example([LEAST, -1])
@example([LEAST, LEAST, MOST, MOST, 2])
def test_every_sum_is_pythons_or_says_that_it_does_not_fit(numbers: list[int]) -> None:
    array = np.array(numbers, dtype=np.int64)
    expected = in_python(numbers)
    assert outcome(parallel_sum, numbers) == expected
    assert outcome(array_sum, array) == expected
    assert outcome(parallel_array_sum, array) == expected


@on_one_core_and_all
@given(
    base=st.lists(integers, min_size=1, max_size=50),
    size=st.sampled_from([8191, 8192, 8193, 131_072, 131_073, 300_001]),
    step=st.sampled_from([1, -1, 2, -3]),
)
def test_large_arrays_with_gaps_and_backwards_have_the_sum_of_pythons(
    add: Callable[[Any], int], base: list[int], size: int, step: int
) -> None:
    array = np.resize(np.array(base, dtype=np.int64), size)[::step]
    copies, rest = divmod(size, len(base))
    whole = base * copies + base[:rest]
    assert outcome(add, array) == in_python(whole[::step])


@on_one_core_and_all
def test_the_sum_of_more_numbers_than_a_look_at_python_takes_is_exact(add: Callable[[Any], int]) -> None:
    count = 2 * 2**24 + 3
    assert add(np.broadcast_to(np.int64(-7), count)) == -7 * count


@on_one_core_and_all
def test_where_numpy_wraps_around_we_raise(add: Callable[[Any], int]) -> None:
    full = np.array([MOST, 1])
    assert int(full.sum()) == LEAST
    with pytest.raises(OverflowError, match=r"^the sum does not fit in 64 bits$"):
        add(full)


@on_one_core_and_all
def test_a_read_only_array_is_read(add: Callable[[Any], int]) -> None:
    array = np.arange(1000)
    array.flags.writeable = False
    assert add(array) == 499_500


BAD_ARRAYS = {
    "none": (lambda: None, TypeError, "'None' is not an instance of 'ndarray'"),
    "list": (lambda: [1, 2], TypeError, "'list' object is not an instance of 'ndarray'"),
    "floats": (lambda: np.array([1.5, math.nan]), TypeError, "from=float64, to=int64"),
    "infinities": (lambda: np.array([math.inf, -math.inf]), TypeError, "from=float64, to=int64"),
    "byte-swapped": (lambda: np.array([1, 2], dtype=">i8"), TypeError, "from=>i8, to=int64"),
    "narrow": (lambda: np.array([1, 2], dtype=np.int32), TypeError, "from=int32, to=int64"),
    "unsigned": (lambda: np.array([1, 2], dtype=np.uint64), TypeError, "from=uint64, to=int64"),
    "objects": (lambda: np.array([2**100, None]), TypeError, "from=object, to=int64"),
    "square": (lambda: np.zeros((2, 2), np.int64), TypeError, "from=2, to=1"),
    "scalar": (lambda: np.int64(5), TypeError, "not an instance of 'ndarray'"),
    "misaligned": (
        lambda: np.frombuffer(bytes(17), np.int64, 2, 1),
        ValueError,
        "the array is not aligned in memory: pass a copy",
    ),
}


@on_one_core_and_all
@pytest.mark.parametrize(("make", "expected", "message"), BAD_ARRAYS.values(), ids=BAD_ARRAYS.keys())
def test_what_is_no_array_of_64_bit_integers_is_refused(
    add: Callable[[Any], int], make: Callable[[], Any], expected: type[Exception], message: str
) -> None:
    with pytest.raises(expected, match=re.escape(message)):
        add(make())


BAD_LISTS = {
    "none": (lambda: None, TypeError),
    "none-within": (lambda: [1, None], TypeError),
    "nan": (lambda: [math.nan], TypeError),
    "infinity": (lambda: [math.inf], TypeError),
    "text": (lambda: "12", TypeError),
    "huge": (lambda: [2**100], OverflowError),
    "just-too-large": (lambda: [2**63], OverflowError),
    "longer-than-memory": (lambda: range(10**14), MemoryError),
    "longer-than-any-memory": (lambda: range(2**62), MemoryError),
}


@pytest.mark.parametrize(("make", "expected"), BAD_LISTS.values(), ids=BAD_LISTS.keys())
def test_what_is_no_list_of_64_bit_integers_gets_the_exception_that_python_raises(
    make: Callable[[], Any], expected: type[Exception]
) -> None:
    with pytest.raises(expected) as caught:
        parallel_sum(make())
    assert type(caught.value) is expected
    assert caught.value.__notes__ == ["while processing 'numbers'"]


@pytest.mark.parametrize("stage", [exercises, solutions], ids=["stub", "solution"])
def test_the_search_of_the_exercise_refuses_what_is_longer_than_memory(stage: Any) -> None:
    for readings in (range(10**14), range(2**62)):
        with pytest.raises(MemoryError):
            stage.first_repeat(readings)


def test_a_million_elements_and_any_kind_of_sequence_are_summed() -> None:
    assert parallel_sum(list(range(MEGA))) == sum(range(MEGA))
    assert parallel_sum(range(MEGA)) == parallel_sum(tuple(range(MEGA))) == sum(range(MEGA))
    assert parallel_sum([True, np.int64(5)]) == 6


class Liar(Sequence[int]):
    """Says that it has so many items, and has three."""

    def __init__(self, count: int) -> None:
        self.said = count

    def __len__(self) -> int:
        return self.said

    def __getitem__(self, place: Any) -> Any:
        raise IndexError

    def __iter__(self) -> Iterator[int]:
        return iter([1, 2, 3])


def test_a_sequence_that_lies_about_its_length_is_gone_through_all_the_same() -> None:
    assert parallel_sum(Liar(0)) == parallel_sum(Liar(10)) == 6


def test_what_a_sequence_raises_on_the_way_comes_out() -> None:
    class Broken(Liar):
        def __iter__(self) -> Iterator[int]:
            yield 1
            raise LookupError("half way")

    with pytest.raises(LookupError, match=r"^half way\n"):
        parallel_sum(Broken(5))


@on_one_core_and_all
def test_an_array_that_another_thread_changes_meanwhile_has_some_sum(add: Callable[[Any], int]) -> None:
    array = np.zeros(MEGA, np.int64)
    done = threading.Event()

    def meddle() -> None:
        number = 0
        while not done.is_set():
            number += 1
            array[:] = number % 1000

    meddler = threading.Thread(target=meddle)
    meddler.start()
    try:
        sums = [add(array) for _ in range(200)]
    finally:
        done.set()
        meddler.join()
    assert all(0 <= found <= 999 * MEGA for found in sums)


def megabytes_more(numbers: str, work: str) -> float:
    """By how much `work(numbers)`, of ten million numbers, raises the most memory that a process ever had."""
    child = run(
        "import re\n"
        "from pathlib import Path\n"
        "import numpy as np\n"
        f"from parallel_processing import {work}\n"
        "def peak():  # what getrusage tells begins with the peak of the process that started this one\n"
        "    status = Path('/proc/self/status').read_text()\n"
        "    return int(re.search(r'VmHWM:\\s*(\\d+)', status)[1]) / 1024\n"
        f"numbers = {numbers}\n"
        f"{work}(numbers[:200_000])\n"
        "before = peak()\n"
        f"assert {work}(numbers) == 10_000_000\n"
        "print(peak() - before)"
    )
    assert child.returncode == 0, child.stderr
    return float(child.stdout)


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory as Linux tells it")


@on_linux
@pytest.mark.parametrize("work", ["array_sum", "parallel_array_sum"])
def test_no_copy_of_an_array_is_made(work: str) -> None:
    assert megabytes_more("np.ones(10_000_000, np.int64)", work) < 8


@on_linux
def test_a_list_is_copied() -> None:
    assert megabytes_more("[1] * 10_000_000", "parallel_sum") > 60


# Stations ----------------------------------------------------------------------------------------------


def on_globe(latitude: float, longitude: float) -> tuple[float, float, float]:
    # As Rust does it: the functions of the C library, not NumPy's own.
    latitude, longitude = math.radians(latitude), math.radians(longitude)
    out = math.cos(latitude)
    return out * math.cos(longitude), out * math.sin(longitude), math.sin(latitude)


def scattered(count: int, seed: int) -> tuple[Floats, Floats]:
    dice = np.random.default_rng(seed)
    return np.degrees(np.arcsin(dice.uniform(-1, 1, count))), dice.uniform(-180, 180, count)


def distances(stations: tuple[Any, Any], latitude: float, longitude: float) -> Floats:
    places = np.array([on_globe(*place) for place in zip(*stations, strict=True)])
    return np.asarray(np.linalg.norm(places - np.array(on_globe(latitude, longitude)), axis=1))


latitudes = st.floats(-90, 90) | st.sampled_from([-90.0, 0.0, -0.0, 90.0])
longitudes = st.floats(-180, 180) | st.sampled_from([-180.0, 0.0, 180.0])
places = st.lists(st.tuples(latitudes, longitudes), min_size=1, max_size=40)


@given(places, places)
@example([(90.0, 0.0), (90.0, 120.0)], [(90.0, -60.0)])
@example([(0.0, 180.0)] * 20, [(0.0, -180.0)])
def test_no_station_is_nearer_than_the_one_found(
    where: list[tuple[float, float]], readings: list[tuple[float, float]]
) -> None:
    stations = tuple(np.array(column, dtype=float) for column in zip(*where, strict=True))
    ours = tuple(np.array(column, dtype=float) for column in zip(*readings, strict=True))
    found = Stations(*stations).nearest(*ours)
    assert found.dtype == np.intp
    for number, (latitude, longitude) in zip(found, readings, strict=True):
        all_of_them = distances((stations[0], stations[1]), latitude, longitude)
        assert all_of_them[number] <= all_of_them.min() + 1e-12


@pytest.mark.parametrize("threads", [None, 1, 2, 7])
def test_scipy_finds_the_same_stations_whatever_the_number_of_threads(threads: int | None) -> None:
    stations, readings = scattered(500, 1), scattered(200_000, 2)
    globe = [
        np.array([on_globe(*place) for place in zip(*pairs, strict=True)]) for pairs in (stations, readings)
    ]
    _, expected = cKDTree(globe[0]).query(globe[1])
    assert np.array_equal(Stations(*stations).nearest(*readings, threads=threads), expected)


def test_of_stations_at_one_place_the_first_is_found() -> None:
    same = Stations([10.0] * 100, [20.0] * 100)
    assert set(same.nearest(*scattered(1000, 3))) == {0}


def test_readings_with_gaps_backwards_and_repeated_find_the_same() -> None:
    stations, (north, east) = Stations(*scattered(50, 4)), scattered(9000, 5)
    whole = stations.nearest(north, east)
    assert np.array_equal(stations.nearest(north[::-3], east[::-3]), whole[::-3])
    assert set(stations.nearest(np.broadcast_to(north[7], 70_000), np.broadcast_to(east[7], 70_000))) == {
        whole[7]
    }


def test_no_readings_have_no_stations() -> None:
    assert Stations([0], [0]).nearest(np.array([]), np.array([])).tolist() == []


BAD_STATIONS = {
    "none": (([], []), ValueError, "there is no station"),
    "unpaired": (([1.0], [1.0, 2.0]), ValueError, "1 latitudes and 2 longitudes do not make pairs"),
    "beyond-pole": (([0, 91], [0, 0]), ValueError, "station 1: latitude 91 is not between -90 and 90"),
    "nan": (([math.nan], [0]), ValueError, "station 0: latitude NaN is not between -90 and 90"),
    "infinite": (([0], [-math.inf]), ValueError, "station 0: longitude -inf is not between -180 and 180"),
    "text": (([0], ["1"]), TypeError, "must be real number, not str"),
    "missing": (([None], [1]), TypeError, "must be real number, not NoneType"),
    "huge": (([2**2000], [1]), OverflowError, "int too large to convert to float"),
    "too-many": ((range(2**62), []), MemoryError, "there is no room for 4611686018427387904 numbers"),
}


@pytest.mark.parametrize(("given_", "expected", "message"), BAD_STATIONS.values(), ids=BAD_STATIONS.keys())
def test_stations_that_cannot_be_are_refused(
    given_: tuple[Any, Any], expected: type[Exception], message: str
) -> None:
    with pytest.raises(expected) as caught:
        Stations(*given_)
    assert str(caught.value) == message


BAD_READINGS = {
    "unpaired": (np.zeros(2), np.zeros(3), ValueError, "2 latitudes and 3 longitudes do not make pairs"),
    "integers": (np.zeros(2, int), np.zeros(2), TypeError, "from=int64, to=float64"),
    "lists": ([1.0], [1.0], TypeError, "'list' object is not an instance of 'ndarray'"),
    "byte-swapped": (np.zeros(2, ">f8"), np.zeros(2), TypeError, "from=>f8, to=float64"),
    "misaligned": (np.frombuffer(bytes(9), float, 1, 1), np.zeros(1), ValueError, "not aligned in memory"),
    "longer-than-memory": (
        np.broadcast_to(0.0, 10**14),
        np.broadcast_to(0.0, 10**14),
        MemoryError,
        "there is no room for 100000000000000 numbers",
    ),
}


@pytest.mark.parametrize(
    ("north", "east", "expected", "message"), BAD_READINGS.values(), ids=BAD_READINGS.keys()
)
def test_readings_that_cannot_be_are_refused(
    north: Any, east: Any, expected: type[Exception], message: str
) -> None:
    with pytest.raises(expected, match=re.escape(message)):
        Stations([0], [0]).nearest(north, east)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -90.1], ids=str)
@pytest.mark.parametrize("place", [0, 1, 70_000, 199_999])
def test_the_first_reading_that_is_nowhere_is_named(wrong: float, place: int) -> None:
    north = np.zeros(200_000)
    north[place:] = wrong
    with pytest.raises(ValueError, match=f"^reading {place}: latitude "):
        Stations([0], [0]).nearest(north, np.zeros(200_000))


def test_of_many_readings_that_are_nowhere_the_first_is_named_however_the_threads_run() -> None:
    stations, east = Stations(*scattered(500, 8)), np.zeros(60_000)
    north = np.where(np.arange(60_000) < 29_000, 0.0, math.nan)
    for _ in range(50):
        with pytest.raises(ValueError, match=r"^reading 29000: latitude NaN "):
            stations.nearest(north, east, threads=8)


THREADS = {
    "none-at-all": (0, ValueError, "threads must be between 1 and 256, not 0"),
    "far-too-many": (10**9, ValueError, "threads must be between 1 and 256, not 1000000000"),
    "negative": (-1, OverflowError, "can't convert negative int to unsigned"),
    "huge": (2**100, OverflowError, "int too big to convert"),
    "half": (1.5, TypeError, "'float' object cannot be interpreted as an integer"),
}


@pytest.mark.parametrize(("threads", "expected", "message"), THREADS.values(), ids=THREADS.keys())
def test_a_number_of_threads_that_cannot_be_is_refused(
    threads: Any, expected: type[Exception], message: str
) -> None:
    with pytest.raises(expected, match=message):
        Stations([0], [0]).nearest(np.zeros(1), np.zeros(1), threads=threads)


def test_stations_survive_pickling() -> None:
    stations, readings = Stations(*scattered(100, 6)), scattered(1000, 7)
    copy = pickle.loads(pickle.dumps(stations))
    assert len(copy) == len(stations) == 100
    assert repr(copy) == "<Stations: 100>"
    assert np.array_equal(copy.nearest(*readings), stations.nearest(*readings))


# Progress and Ctrl-C -----------------------------------------------------------------------------------


def test_progress_is_told_after_each_block_and_at_the_end() -> None:
    told: list[tuple[int, int]] = []
    Stations([0], [0]).nearest(
        np.zeros(150_000), np.zeros(150_000), progress=lambda done, total: told.append((done, total))
    )
    assert told == [(65_536, 150_000), (131_072, 150_000), (150_000, 150_000)]


def test_what_progress_raises_ends_the_work() -> None:
    told: list[int] = []

    def progress(done: int, total: int) -> None:
        told.append(done)
        raise LookupError("enough")

    with pytest.raises(LookupError, match=r"^enough$"):
        Stations([0], [0]).nearest(np.zeros(150_000), np.zeros(150_000), progress=progress)
    assert told == [65_536]


LONG_WORK = {
    "nearest": "Stations([0], [0]).nearest(np.broadcast_to(0.0, 3 * 10**8), np.broadcast_to(0.0, 3 * 10**8))",
    "array_sum": "array_sum(np.broadcast_to(0, 10**12))",
    "parallel_array_sum": "parallel_array_sum(np.broadcast_to(0, 10**12))",
    "parallel_sum": "parallel_sum(itertools.repeat(0, 10**9))",
}


@posix
@pytest.mark.parametrize("work", LONG_WORK.values(), ids=LONG_WORK.keys())
def test_ctrl_c_stops_long_work_within_ten_seconds(work: str) -> None:
    program = (
        "import itertools\nimport numpy as np\n"
        "from parallel_processing import Stations, array_sum, parallel_array_sum, parallel_sum\n"
        f"print('ready', flush=True)\n{work}"
    )
    _, said = interrupted(program)
    assert "KeyboardInterrupt" in said[-2:]  # after it may come the note, whose argument it was


# Threads -----------------------------------------------------------------------------------------------

WITH_A_GIL = getattr(sys, "_is_gil_enabled", lambda: True)()


@pytest.mark.parametrize(
    ("way", "met"), [("attached", not WITH_A_GIL), ("detached", True), ("mutex", False), ("rwlock", True)]
)
def test_two_python_threads_are_at_work_together(way: str, met: bool) -> None:
    meeting = Meeting()
    with ThreadPoolExecutor(2) as two:
        assert any(two.map(meeting.by, [way, way])) is met


def test_a_meeting_in_no_known_way_is_refused() -> None:
    with pytest.raises(ValueError, match=r'^there is no way "by chance"$'):
        Meeting().by("by chance")


def standstill(method: str) -> str:
    """Two threads that add to a tally, and whose report lets the other one run."""
    return (
        "import time\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from parallel_processing import Tally\n"
        "tally, told = Tally(), []\n"
        "def report(count):\n"
        "    time.sleep(0.05)\n"
        "    told.append(count)\n"
        "with ThreadPoolExecutor(2) as two:\n"
        f"    list(two.map(lambda _: tally.{method}(5, report), range(8)))\n"
        "print(sorted(told))"
    )


def test_a_lock_held_while_python_is_called_is_a_deadlock() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run(standstill("add_or_deadlock"), seconds=3)


def test_a_lock_let_go_before_python_is_called_is_none() -> None:
    child = run(standstill("add"))
    assert child.stdout == "[5, 10, 15, 20, 25, 30, 35, 40]\n"


def test_a_report_may_add_to_the_same_tally() -> None:
    tally, told = Tally(), list[int]()

    def report(count: int) -> None:
        told.append(count)
        if count < 3:
            tally.add(1, report)

    tally.add(1, report)
    assert told == [1, 2, 3]


def test_a_full_tally_says_so_and_stays_as_it_was() -> None:
    tally, told = Tally(), list[int]()
    tally.add(2**64 - 2, told.append)
    for method in (tally.add, tally.add_or_deadlock):
        with pytest.raises(OverflowError, match=r"^the tally is full: it has 64 bits$"):
            method(2, told.append)
    tally.add(1, told.append)
    assert told == [2**64 - 2, 2**64 - 1]


def test_what_a_report_raises_comes_out_and_leaves_the_tally_usable() -> None:
    tally, told = Tally(), list[int]()
    for method in (tally.add, tally.add_or_deadlock):
        with pytest.raises(ZeroDivisionError):
            method(1, lambda count: count / 0)
    tally.add(1, told.append)
    assert told == [3]


@posix
def test_a_forked_child_has_threads_of_its_own() -> None:
    child = run(
        "import os, warnings\n"
        "warnings.simplefilter('ignore')\n"
        "import numpy as np\n"
        "from parallel_processing import Stations, parallel_array_sum, parallel_sum\n"
        "def work():\n"
        "    numbers = np.arange(1_000_000)\n"
        "    stations = Stations([0, 50], [0, 50])\n"
        "    found = stations.nearest(np.full(100_000, 49.0), np.full(100_000, 49.0))\n"
        "    return parallel_array_sum(numbers), parallel_sum([1, 2]), int(found.sum())\n"
        "expected = work()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(0 if work() == work() == expected else 3)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))",
        seconds=20,
    )
    assert child.stdout == "0\n"


# More than one machine ---------------------------------------------------------------------------------

PARTS, SIZE = 28, 2_000_000
LIMIT = 400_000_000
"""What a worker may have, which is less than the data."""


def readings_of(part: int) -> Integers:
    return np.random.default_rng(part).integers(-1000, 1000, SIZE)


@pytest.fixture
def distributed() -> Iterator[Any]:
    """Dask's scheduler. It changes how every exception is pickled, which other tests must not notice."""
    before = dict(copyreg.dispatch_table)
    yield importlib.import_module("distributed")
    copyreg.dispatch_table.clear()
    copyreg.dispatch_table.update(before)


def test_on_a_cluster_that_loses_a_worker_midway_the_answer_is_right(distributed: Any) -> None:
    assert PARTS * SIZE * 8 > LIMIT
    cluster = distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        memory_limit=LIMIT,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    )
    with cluster, distributed.Client(cluster) as client:
        parts = client.map(readings_of, range(PARTS))
        totals = client.map(array_sum, parts)
        before = {worker.pid for worker in cluster.workers.values()}
        for number, _ in enumerate(distributed.as_completed(totals), start=1):
            if number == PARTS // 3:
                os.kill(cluster.workers[0].pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        found = sum(client.gather(totals))
        client.wait_for_workers(2)
        after = {worker.pid for worker in cluster.workers.values()}
    assert found == sum(int(readings_of(part).sum()) for part in range(PARTS))
    assert len(before & after) == 1
