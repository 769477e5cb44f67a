"""Races: the same work done in several ways, proved to agree, timed fairly, and reported as it came out.

A race is run with `compare`, or with `scaling` over inputs of growing size. All contenders are called once
and must agree before anything is timed. Then they take turns, so that whatever else the machine does hits
all alike. A verdict rests on medians and on what the repetitions can tell apart: see `Race.outcome`.
Each race leaves a record, `_build/races/<name>.json`, which `pyperf show` reads.
"""

from __future__ import annotations

import os
import re
import reprlib
import time
import timeit
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

from workbook import records, timelines
from workbook.gluing import glue
from workbook.results import Race, RaceError, Scaling, Timing, check_name, slug

measurements = records.measurements
timeline = timelines.timeline

BUDGET = 0.6
"""Seconds that a race takes, its first calls aside, where its contenders allow it."""

ROUNDS = 20
"""How often each contender repeats, where the budget allows it."""

MOST_LOOPS = 10**7
"""However little time a call takes, or the clock sees: no repetition has more calls."""

SLOW = 5.0
"""A contender whose first call takes so many seconds is not called again."""

clock = time.perf_counter

Work: TypeAlias = Callable[[], object]
Input = TypeVar("Input")


# Running one


def compare(
    name: str,
    contenders: Mapping[str, Work],
    *,
    agree: Callable[[Any], object] | None = None,
    once: bool | Collection[str] = False,
    rust: Collection[str] | None = None,
) -> Race:
    """Race `contenders`, callables without arguments by label, after proving that all return the same.

    The first is the baseline, which the others are measured against. `agree` is applied to each result
    before they are compared: `agree=sorted` where order does not matter. `once` runs each a single time, or
    those that it names, as happens by itself to those that take over five seconds. `rust` names the
    contenders that are Rust, for the page of measurements; by default those with "rust" in their label, or
    else all but the first.

    Each contender is called many times: one that uses up its input (an iterator, a file) or changes it
    (`list.sort`) would do less work from the second call on, so let it begin with a fresh one. What is
    timed is the call of the callable: a lambda adds some 20 ns of its own, to all alike.

    The race is shown where it is the last expression of a cell. Sentences quote it by the keys
    `<name>-<label>-verdict`, `-ratio`, `-outcome` (won, lost, tied) and `-median`, and `<name>-machine`;
    in keys, whatever is not a letter, a digit or an underscore becomes a hyphen.
    """
    check_names(name, contenders)
    ours = rust_labels(contenders, rust)
    race = Race(name, measure(contenders, BUDGET, agree, once=once), ours, records.machine(), date.today())
    keep(race)
    return race


def scaling(
    name: str,
    contenders: Mapping[str, Callable[[Input], object]],
    make_input: Callable[[int], Input],
    sizes: Sequence[int],
    *,
    by: str = "size",
    agree: Callable[[Any], object] | None = None,
    once: bool | Collection[str] = False,
    rust: Collection[str] | None = None,
) -> Scaling:
    """Race `contenders` over inputs of growing size, and find where the lead changes.

    `make_input` is called once a size; all contenders are given what it returns and must leave it as it
    was. Agreement is proved at every size. `by` says what the sizes are, such as "number of threads". For
    the rest, see `compare`.

    Sentences quote `<name>-crossover` ("up to about 3,000, sum leads; from about 3,000 on, rust leads"),
    `<name>-<label>-crossover`, which says where that contender leads over the baseline ("from about 3,000
    on", "never, up to 100,000"), and at each size `<name>-<label>-<size>-verdict` and so on.
    """
    check_names(name, contenders)
    whole = all(isinstance(size, int) and size > 0 for size in sizes)
    if not sizes or not whole or any(small >= large for small, large in pairwise(sizes)):
        raise RaceError(
            f"The sizes of {name!r} must be whole numbers above zero, the smallest first, unlike {sizes}."
        )
    ours, measured_by, races = rust_labels(contenders, rust), records.machine(), {}
    for size in sizes[:1] if quick() else sizes:
        given = make_input(size)
        bound = {label: partial(work, given) for label, work in contenders.items()}
        timings = measure(bound, 2 * BUDGET / len(sizes), agree, once=once, where=f" at size {size:,}")
        races[size] = Race(name, timings, ours, measured_by, date.today())
    found = Scaling(name, races, by)
    keep(found)
    return found


def measure(
    contenders: Mapping[str, Work],
    budget: float,
    agree: Callable[[Any], object] | None,
    *,
    once: bool | Collection[str],
    where: str = "",
) -> dict[str, Timing]:
    """Prove agreement, then time all in turns. The times of a single run are those of the first call."""
    single = frozenset(contenders if once is True or quick() else once or ())
    if strangers := single - contenders.keys():
        raise RaceError(f"once= names {min(strangers)!r}, but the contenders are {', '.join(contenders)}.")
    first = {}
    results = {}
    for label, work in contenders.items():
        start = clock()
        results[label] = work()
        first[label] = max(clock() - start, 1e-9)
    prove_agreement(results, agree, where)
    results.clear()  # what a contender returned must not take memory from the timing

    timings = {label: Timing((elapsed,)) for label, elapsed in first.items()}
    runners = [label for label in contenders if first[label] < SLOW and label not in single]
    timers = {label: timeit.Timer(contenders[label], timer=clock) for label in runners}
    slot = budget / ROUNDS / max(len(runners), 1)
    loops: dict[str, int] = {}
    times: dict[str, list[float]] = {}
    cost = 0.0
    for label in runners:
        loops[label], elapsed = calibrate(timers[label], slot)
        times[label] = [elapsed]
        cost += max(elapsed, 1e-9)
    if runners:
        rounds = min(max(round(budget / cost), 5 if cost < budget else 3), ROUNDS)
        for turn in range(1, rounds):  # the calibration was the first
            # Each second round runs backwards, so that nobody always follows the same contender.
            for label in runners if turn % 2 == 0 else reversed(runners):
                times[label].append(timers[label].timeit(loops[label]))
        for label in runners:
            each = (max(elapsed / loops[label], 1e-12) for elapsed in times[label])
            timings[label] = Timing(tuple(each), loops[label])
    return timings


def calibrate(timer: timeit.Timer, slot: float) -> tuple[int, float]:
    """How many calls fill a slot of so many seconds, and the seconds that they took."""
    loops, elapsed = 1, timer.timeit(1)  # again: a first call may have imported something
    while elapsed < slot / 2 and loops < MOST_LOOPS:
        loops = max(loops + 1, min(loops * 10, int(loops * slot / max(elapsed, 1e-9))))
        elapsed = timer.timeit(loops)
    return loops, elapsed


def quick() -> bool:
    """Whether outputs are not kept: the smallest size and one run will do, and nothing is written."""
    return os.environ.get("WORKBOOK_QUICK") == "1"


def prove_agreement(results: Mapping[str, object], agree: Callable[[Any], object] | None, where: str) -> None:
    """Refuse to race contenders that did not do the same."""
    for label, result in results.items():
        if isinstance(result, Iterator) or hasattr(result, "__await__"):
            raise RaceError(
                f"{label!r} returned {shorten(result)}, which has done no work yet: "
                "let it return a list or a total."
            )
    normalised = {label: agree(result) if agree else result for label, result in results.items()}
    baseline, expected = next(iter(normalised.items()))
    for label, result in normalised.items():
        try:
            found = difference(expected, result)
        except Exception as error:
            raise RaceError(
                f"The results of {baseline!r} and {label!r} cannot be compared ({error}): "
                "give agree= a function that turns each into plain Python."
            ) from error
        if found is not None:
            path, theirs, ours = found
            at = f" at {path}" if path else ""
            raise RaceError(
                f"{label!r} and {baseline!r} disagree{where}{at}, so there is nothing to race: "
                f"{label!r} gave {shorten(ours)}, {baseline!r} gave {shorten(theirs)}."
            )


def difference(left: Any, right: Any, path: str = "") -> tuple[str, object, object] | None:
    """Where two results first differ, and in what, or None.

    NaN equals NaN; arrays are equal by element.
    """
    keys: Iterable[Any] = ()
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        keys = left
    elif isinstance(left, list | tuple) and type(left) is type(right) and len(left) == len(right):
        keys = range(len(left))
    if keys:
        with suppress(ValueError):  # arrays within refuse to be compared as a whole
            if left == right:
                return None
        inner = (difference(left[key], right[key], f"{path}[{key!r}]") for key in keys)
        return next(filter(None, inner), None)
    if isinstance(left, str) and isinstance(right, str) and left != right:
        pairs = enumerate(zip(left, right, strict=False))
        shared = next((index for index, (one, other) in pairs if one != other), min(len(left), len(right)))
        return f"{path}[{shared}:]", left[shared:], right[shared:]
    if hasattr(left, "shape") or hasattr(right, "shape"):
        # A number of NumPy's has the shape (), and so has any other number.
        same = getattr(left, "shape", ()) == getattr(right, "shape", ()) and array_equal(left, right)
    else:
        same = bool(left == right or (left != left and right != right))
    return None if same else (path, left, right)


def array_equal(left: Any, right: Any) -> bool:
    """Element by element, NaN being NaN: of NumPy's arrays and numbers, and whatever behaves like them."""
    return bool(((left == right) | ((left != left) & (right != right))).all())


def shorten(value: object) -> str:
    """A repr that fits into a sentence."""
    shortener = reprlib.Repr()
    shortener.maxother = shortener.maxstring = shortener.maxlong = 60
    size = (
        f" ({len(value):,} items)" if isinstance(value, list | tuple | dict | set) and len(value) > 6 else ""
    )
    return shortener.repr(value) + size


# Names


def check_names(name: str, contenders: Mapping[str, object]) -> None:
    """Refuse names that would not work as keys or would be mistaken for each other."""
    check_name(name)
    if len(contenders) < 2:
        raise RaceError(f"The race {name!r} needs at least two contenders; it has {len(contenders)}.")
    keys: dict[str, str] = {}
    for label, work in contenders.items():
        if not slug(label) or len(label) > 40:
            raise RaceError(
                f"{label!r} cannot name a contender: use 1 to 40 characters, a letter among them."
            )
        if not callable(work):
            raise RaceError(
                f"{label!r} is no function but {shorten(work)}: write 'lambda: …' before the call."
            )
        if other := keys.get(slug(label)):
            raise RaceError(f"{other!r} and {label!r} would both be quoted as {slug(label)!r}: rename one.")
        keys[slug(label)] = label


def rust_labels(contenders: Mapping[str, object], rust: Collection[str] | None) -> frozenset[str]:
    """Which contenders are Rust."""
    labels = list(contenders)
    if rust is None:
        named = re.compile(r"(?<![a-z])rust(?![a-z])", re.IGNORECASE)
        return frozenset(filter(named.search, labels)) or frozenset(labels[1:])
    if strangers := [label for label in rust if label not in labels]:
        raise RaceError(f"rust= names {strangers[0]!r}, but the contenders are {', '.join(labels)}.")
    return frozenset(rust)


def keep(race: Race | Scaling) -> None:
    """Record a race, unless this is a quick run, and let the page quote it."""
    if not quick():
        records.save(race)
    glue(race.glued())
