"""Races prove agreement, time fairly, say what came out, and leave a record."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyperf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbook import compare, gluing, layout, measurements, races, records, scaling, timeline
from workbook.results import LEVEL, Race, RaceError, Scaling, Timing, median_interval, slug
from workbook.timelines import Interval, Timeline


class Clock:
    """A clock that moves only when a contender works."""

    def __init__(self) -> None:
        self.now = 0.0
        self.log: list[str] = []

    def __call__(self) -> float:
        return self.now

    def work(self, cost: float | Callable[[int], float], result: object = None, name: str = "") -> Any:
        """A contender that takes `cost` seconds a call, or `cost(n)` for its n-th call."""
        calls = 0

        def run(*_: object) -> object:
            nonlocal calls
            calls += 1
            self.now += cost(calls) if callable(cost) else cost
            self.log.append(name)
            return result

        return run


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Clock:
    """Races against a clock of the test's own, with records in a folder of its own."""
    monkeypatch.delenv("WORKBOOK_QUICK", raising=False)
    monkeypatch.setattr(layout, "RACES", tmp_path / "races")
    made = Clock()
    monkeypatch.setattr(races, "clock", made)
    monkeypatch.setattr(races, "MOST_LOOPS", 10_000)  # for contenders that leave this clock alone
    return made


def race(**times: float | Iterable[float]) -> Race:
    """A race that has been run: seconds by label, or the repetitions of each."""
    timings = {
        label: Timing(tuple(given) if isinstance(given, Iterable) else (given,) * 20)
        for label, given in times.items()
    }
    return Race("a-race", timings, frozenset({"rust"}), "a machine", date(2026, 11, 22))


def growth(**times: list[float]) -> Scaling:
    """A scaling that has been run at 10, 100, 1,000 and so on."""
    steps = zip(*times.values(), strict=True)
    return Scaling(
        "a-race",
        {10**power: race(**dict(zip(times, step, strict=True))) for power, step in enumerate(steps, 1)},
    )


# Agreement


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        pytest.param(1, 1.0, id="numbers of different types"),
        pytest.param(math.nan, float("nan"), id="NaN"),
        pytest.param([1, [math.nan]], [1, [float("nan")]], id="NaN within lists"),
        pytest.param({"a": (1, math.nan)}, {"a": (1, float("nan"))}, id="NaN within a dict"),
        pytest.param(None, None, id="None"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_equal_results_agree(theirs: object, ours: object) -> None:
    assert races.difference(theirs, ours) is None


@pytest.mark.parametrize(
    ("theirs", "ours", "path"),
    [
        pytest.param(1, 2, "", id="numbers"),
        pytest.param([1, 2, 3], [1, 2, 4], "[2]", id="an item"),
        pytest.param({"a": [0, 1]}, {"a": [0, 2]}, "['a'][1]", id="an item within a value"),
        pytest.param("abcd", "abxd", "[2:]", id="texts"),
        pytest.param("ab", "abc", "[2:]", id="a text and its beginning"),
        pytest.param([1], (1,), "", id="a list and a tuple"),
        pytest.param([1], [1, 2], "", id="lists of different length"),
        pytest.param({"a": 1}, {"b": 1}, "", id="keys"),
        pytest.param(math.nan, 1.0, "", id="NaN and a number"),
        pytest.param([math.nan, 1], [math.nan, 2], "[1]", id="beside NaN"),
    ],
)
def test_unequal_results_differ_where_they_differ(theirs: object, ours: object, path: str) -> None:
    found = races.difference(theirs, ours)
    assert found is not None
    assert found[0] == path


class Array:
    """As much of NumPy's arrays as agreement is decided by."""

    def __init__(self, *values: float, shape: tuple[int, ...] | None = None) -> None:
        self.values = values
        self.shape = shape if shape is not None else (len(values),)

    def _each(self, other: Any, operation: Callable[[Any, Any], bool]) -> Array:
        others = other.values if isinstance(other, Array) else [other] * len(self.values)
        return Array(*map(operation, self.values, others))

    def __eq__(self, other: object) -> Array:  # type: ignore[override]
        return self._each(other, lambda a, b: a == b)

    def __ne__(self, other: object) -> Array:  # type: ignore[override]
        return self._each(other, lambda a, b: a != b)

    def __or__(self, other: Array) -> Array:
        return self._each(other, lambda a, b: a or b)

    def __and__(self, other: Array) -> Array:
        return self._each(other, lambda a, b: a and b)

    def all(self) -> bool:
        return all(self.values)

    def __bool__(self) -> bool:
        raise ValueError("the truth value of an array is ambiguous")

    __hash__ = None  # type: ignore[assignment]


def test_arrays_agree_element_by_element() -> None:
    assert races.difference(Array(1, math.nan), Array(1, math.nan)) is None
    assert races.difference([Array(1, 2)], [Array(1, 2)]) is None
    assert races.difference(Array(2.0, shape=()), Array(2.0, shape=())) is None
    assert races.difference(Array(1, 2), Array(1, 3)) is not None
    assert races.difference(Array(1, 2), Array(1, 2, 3)) is not None
    assert races.difference([Array(1, 2)], [Array(1, 3)]) is not None


def test_disagreement_is_refused_before_anything_is_timed(clock: Clock) -> None:
    contenders = {"sum": clock.work(1e-3, [1, 2]), "rust sum": clock.work(1e-3, [1, -2])}
    with pytest.raises(
        RaceError, match=r"'rust sum' and 'sum' disagree at \[1\], .*'rust sum' gave -2, 'sum' gave 2\."
    ):
        compare("a-race", contenders)
    assert len(clock.log) == 2
    assert not layout.RACES.exists()


def test_disagreement_names_the_size(clock: Clock) -> None:
    contenders = {"a": lambda n: n, "b": lambda n: min(n, 50)}
    with pytest.raises(RaceError, match=r"disagree at size 1,000, .*'b' gave 50, 'a' gave 1000"):
        scaling("a-race", contenders, int, [10, 1000])


def test_long_results_are_shortened_in_the_refusal(clock: Clock) -> None:
    with pytest.raises(RaceError) as refusal:
        compare("a-race", {"a": lambda: "x" * 10**6, "b": lambda: list(range(10**5))})
    assert len(str(refusal.value)) < 400
    assert "(100,000 items)" in str(refusal.value)


def test_agree_is_applied_to_every_result(clock: Clock) -> None:
    contenders = {"a": clock.work(1e-3, [2, 1]), "b": clock.work(1e-3, (1, 2))}
    compare("a-race", contenders, agree=sorted)
    with pytest.raises(RaceError, match="disagree"):
        compare("a-race", contenders)


def test_results_that_cannot_be_compared_ask_for_agree(clock: Clock) -> None:
    with pytest.raises(RaceError, match=r"ambiguous.*give agree= a function"):
        compare(
            "a-race",
            {"a": lambda: SimpleNamespace(x=Ambiguous()), "b": lambda: SimpleNamespace(x=Ambiguous())},
        )


class Ambiguous:
    def __eq__(self, other: object) -> bool:
        raise TypeError("ambiguous")

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    "lazy",
    [
        pytest.param(lambda: (n for n in range(3)), id="generator"),
        pytest.param(lambda: map(str, [1]), id="map"),
        pytest.param(lambda: iter([1]), id="iterator"),
    ],
)
def test_results_that_have_done_no_work_are_refused(clock: Clock, lazy: Callable[[], object]) -> None:
    with pytest.raises(RaceError, match=r"'lazy' returned .*, which has done no work yet"):
        compare("a-race", {"a": lambda: 1, "lazy": lazy})


# Names


@pytest.mark.parametrize("name", ["", "a race", "a:b", "-a", "a-", "a--b", "a/b", "../a", "é"])
def test_names_that_no_key_or_file_can_carry_are_refused(clock: Clock, name: str) -> None:
    with pytest.raises(RaceError, match="cannot name a race"):
        compare(name, {"a": lambda: 1, "b": lambda: 1})


@pytest.mark.parametrize(
    ("contenders", "sentence"),
    [
        pytest.param({"a": int}, "needs at least two contenders; it has 1", id="one"),
        pytest.param({}, "needs at least two contenders; it has 0", id="none"),
        pytest.param({"a": int, "b": 1}, "'b' is no function but 1: write 'lambda: …'", id="a value"),
        pytest.param({"a b": int, "a-b": int}, "'a b' and 'a-b' would both be quoted as 'a-b'", id="one key"),
        pytest.param({"a": int, "…": int}, "'…' cannot name a contender", id="no letter"),
        pytest.param({"a": int, "x" * 41: int}, "1 to 40 characters", id="too long"),
    ],
)
def test_contenders_that_cannot_race_are_refused(
    clock: Clock, contenders: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RaceError, match=sentence):
        compare("a-race", contenders)


@pytest.mark.parametrize("sizes", [[], [0, 1], [10, 10], [100, 10], [1.5, 2], [-1]])
def test_sizes_that_no_axis_can_carry_are_refused(clock: Clock, sizes: list[int]) -> None:
    with pytest.raises(RaceError, match="whole numbers above zero, the smallest first"):
        scaling("a-race", {"a": lambda n: n, "b": lambda n: n}, int, sizes)


def test_labels_become_keys() -> None:
    assert slug("Counter(text.split())") == "Counter-text-split"
    assert slug("parallel_sum") == "parallel_sum"
    assert slug("f-string") == "f-string"


@pytest.mark.parametrize(
    ("labels", "given", "expected"),
    [
        (["sum", "parallel_sum"], None, {"parallel_sum"}),
        (["python", "croniter", "rust"], None, {"rust"}),
        (["python", "rust_list", "Rust, borrowed"], None, {"rust_list", "Rust, borrowed"}),
        (["trust", "crust"], None, {"crust"}),
        (["sum", "np.sum", "parallel_sum"], ["parallel_sum"], {"parallel_sum"}),
    ],
)
def test_rust_is_known_by_its_label(labels: list[str], given: list[str] | None, expected: set[str]) -> None:
    assert races.rust_labels(dict.fromkeys(labels), given) == expected


def test_rust_that_does_not_take_part_is_refused() -> None:
    with pytest.raises(RaceError, match="rust= names 'c', but the contenders are a, b"):
        races.rust_labels({"a": None, "b": None}, ["c"])


# Timing


def test_the_median_is_what_the_clock_says(clock: Clock) -> None:
    result = compare("a-race", {"slow": clock.work(3e-3), "rust": clock.work(1e-3)})
    assert result.timings["slow"].median == pytest.approx(3e-3)
    assert result.timings["rust"].median == pytest.approx(1e-3)
    assert result.ratio("rust") == pytest.approx(3)


@pytest.mark.parametrize("cost", [1e-4, 1e-3, 1e-2, 0.05, 0.1, 0.5, 2.0])
def test_a_race_keeps_to_its_budget(clock: Clock, cost: float) -> None:
    result = compare("a-race", {"a": clock.work(cost), "b": clock.work(cost)})
    rounds = [len(timing.times) for timing in result.timings.values()]
    assert rounds[0] == rounds[1]
    assert 3 <= rounds[0] <= races.ROUNDS
    assert clock.now < 2 * races.BUDGET + 8 * cost


def test_a_first_call_that_imports_something_does_not_count(clock: Clock) -> None:
    result = compare("a-race", {"a": clock.work(lambda n: 2.0 if n == 1 else 1e-3), "b": clock.work(1e-3)})
    assert result.timings["a"].median == pytest.approx(1e-3)
    assert result.timings["a"].loops > 1


def test_contenders_take_turns_and_the_first_is_not_always_first(clock: Clock) -> None:
    compare("a-race", {"a": clock.work(0.9, name="a"), "b": clock.work(0.9, name="b")})
    measured = "".join(clock.log[2:])  # after the first calls; the calibration is a turn
    assert measured == "abbaab"


def test_slow_contenders_run_once(clock: Clock) -> None:
    result = compare("a-race", {"slow": clock.work(races.SLOW, name="slow"), "rust": clock.work(1e-2)})
    assert clock.log.count("slow") == 1
    assert result.timings["slow"].times == (races.SLOW,)
    assert len(result.timings["rust"].times) == races.ROUNDS
    assert result.verdict("rust") == "was 500 times as fast as slow"
    assert "one run" in str(result)


def test_once_runs_each_contender_once(clock: Clock) -> None:
    compare("a-race", {"a": clock.work(0.1), "b": clock.work(0.1)}, once=True)
    assert len(clock.log) == 2


def test_once_runs_those_contenders_once_that_it_names(clock: Clock) -> None:
    contenders = {"a": clock.work(0.01, name="a"), "b": clock.work(0.01, name="b")}
    result = compare("a-race", contenders, once={"a"})
    assert clock.log.count("a") == 1
    assert len(result.timings["a"].times) == 1
    assert len(result.timings["b"].times) == races.ROUNDS


def test_once_knows_the_contenders(clock: Clock) -> None:
    with pytest.raises(RaceError, match="once= names 'c', but the contenders are a, b"):
        compare("a-race", {"a": clock.work(0.1), "b": clock.work(0.1)}, once={"c"})
    assert clock.log == []


def test_a_contender_that_takes_no_time_ends(clock: Clock) -> None:
    result = compare("a-race", {"a": clock.work(0.0), "b": clock.work(0.0)})
    assert result.verdict("b") == "was level with a"


def test_scaling_gives_every_contender_the_same_input(clock: Clock) -> None:
    seen: dict[str, set[int]] = {"a": set(), "b": set()}

    def contender(label: str) -> Callable[[list[int]], int]:
        def work(numbers: list[int]) -> int:
            seen[label].add(id(numbers))
            clock.now += len(numbers) * 1e-3
            return len(numbers)

        return work

    made = scaling("a-race", {label: contender(label) for label in seen}, lambda n: [0] * n, [1, 10])
    assert seen["a"] == seen["b"]
    assert made.sizes == [1, 10]
    assert made.races[10].timings["b"].median == pytest.approx(1e-2)


# Verdicts


@pytest.mark.parametrize(
    ("rust", "verdict", "outcome"),
    [
        (1.0, "was level with python", "tied"),
        (1 / 1.04, "was level with python", "tied"),
        (1.04, "was level with python", "tied"),
        (1 / 1.06, "was 1.1 times as fast as python", "won"),
        (1.06, "took 1.1 times as long as python", "lost"),
        (1 / 3.21, "was 3.2 times as fast as python", "won"),
        (5.14, "took 5.1 times as long as python", "lost"),
        (1 / 57.4, "was 57 times as fast as python", "won"),
        (1 / 12345, "was 12,000 times as fast as python", "won"),
    ],
)
def test_verdicts_at_their_thresholds(rust: float, verdict: str, outcome: str) -> None:
    result = race(python=1.0, rust=rust)
    assert result.verdict("rust") == verdict
    assert result.outcome("rust") == outcome


def test_noise_makes_a_tie() -> None:
    steady, restless = [1.0] * 20, [0.5, 1.6] * 9 + [0.5, 0.5]
    assert race(python=steady, rust=restless).ratio("rust") > LEVEL
    assert race(python=steady, rust=restless).outcome("rust") == "tied"


def test_noise_that_hits_both_alike_makes_no_tie() -> None:
    restless = [1.0, 3.0] * 10
    assert race(python=[2 * time for time in restless], rust=restless).outcome("rust") == "won"


def test_single_runs_are_allowed_a_tenth() -> None:
    assert race(python=[1.0], rust=[1 / 1.09]).outcome("rust") == "tied"
    assert race(python=[1.0], rust=[1 / 1.11]).outcome("rust") == "won"
    assert race(python=[1.0], rust=[1.11] * 20).outcome("rust") == "lost"


@example([1.0] * 10 + [3.0] * 9 + [2.5], LEVEL)
@given(st.lists(st.floats(1e-6, 1e3), min_size=20, max_size=20), st.floats(0.01, 100))
def test_the_outcome_is_the_same_seen_from_the_other_side(times: list[float], factor: float) -> None:
    result = race(python=times, rust=[time * factor for time in times])
    mirror = {"won": "lost", "lost": "won", "tied": "tied"}
    assert result.outcome("python", "rust") == mirror[result.outcome("rust")]


def test_the_interval_of_the_median_is_the_sign_tests() -> None:
    assert median_interval(range(1, 21)) == (6, 15)  # the table's value for twenty: the sixth from each end
    assert median_interval(range(1, 9)) == (1, 8)
    assert median_interval(range(1, 10)) == (2, 8)
    assert median_interval([1, 2, 3]) == (1, 3)


def test_the_leader_beats_all_others() -> None:
    assert race(python=3.0, c=2.0, rust=1.0).leader() == "rust"
    assert race(python=3.0, c=1.01, rust=1.0).leader() is None
    assert race(python=3.0, c=1.01, rust=1.0).leader(("python", "rust")) == "rust"


def test_a_name_with_a_comma_is_closed_by_one_in_a_sentence() -> None:
    timings = {"Python": Timing((2.0,)), "Rust, views": Timing((1.0,))}
    found = Race("a-race", timings, frozenset({"Rust, views"}), "a machine", date.min)
    assert found.summary == "Rust, views, was 2.0 times as fast as Python."


def test_losses_name_what_was_faster_than_rust() -> None:
    assert race(python=1.0, croniter=9.0, rust=3.0).losses() == ["rust took 3.0 times as long as python"]
    assert race(python=9.0, c=1.0, rust=3.0).losses() == ["rust took 3.0 times as long as c"]
    assert race(python=9.0, croniter=8.0, rust=3.0).losses() == []
    timings = {"rust": Timing((3.0,)), "rust, borrowed": Timing((1.0,))}
    assert Race("a-race", timings, frozenset(timings), "a machine", date.min).losses() == []
    assert growth(python=[1, 1, 1], rust=[3, 2, 0.5]).losses() == [
        "rust took up to 3.0 times as long as python at 10, 100"
    ]


# The crossover


@pytest.mark.parametrize(
    ("python", "rust", "crossover", "when"),
    [
        pytest.param(
            [1, 10, 100, 1000],
            [20, 20, 20, 20],
            "up to about 200, python leads; from about 200 on, rust leads",
            "from about 200 on",
            id="one crossing",
        ),
        pytest.param(
            [1, 1, 1],
            [2, 2, 2],
            "at every size from 10 to 1,000, python leads",
            "never, up to 1,000",
            id="never",
        ),
        pytest.param(
            [2, 2, 2],
            [1, 1, 1],
            "at every size from 10 to 1,000, rust leads",
            "at every size from 10 to 1,000",
            id="always",
        ),
        pytest.param(
            [1, 1, 1],
            [1, 1, 1],
            "up to 1,000, nobody is clearly ahead of all others",
            "never clearly, up to 1,000",
            id="level",
        ),
        pytest.param(
            [1, 1, 9],
            [9, 1, 1],
            "up to 10, python leads; from 1,000 on, rust leads; elsewhere it is too close to call",
            "from 1,000 on",
            id="unclear between",
        ),
        pytest.param(
            [1, 1, 1],
            [1, 1, 0.5],
            "from 1,000 on, rust leads; elsewhere it is too close to call",
            "from 1,000 on",
            id="unclear before",
        ),
        pytest.param(
            [1, 4, 4, 1],
            [2, 2, 2, 2],
            "up to about 32, python leads; between about 32 and about 3,200, rust leads; "
            "from about 3,200 on, python leads",
            "between about 32 and about 3,200",
            id="there and back",
        ),
        pytest.param([1], [2], "at 10, python leads", "never, up to 10", id="a single size"),
    ],
)
def test_the_crossover_in_words(python: list[float], rust: list[float], crossover: str, when: str) -> None:
    result = growth(python=python, rust=rust)
    assert result.crossover == crossover
    assert result.when("rust") == when


@given(st.lists(st.tuples(st.floats(0.1, 10), st.floats(0.1, 10)), min_size=1, max_size=6))
def test_every_crossing_lies_between_the_sizes_where_the_lead_changes(
    times: list[tuple[float, float]],
) -> None:
    result = growth(python=[a for a, _ in times], rust=[b for _, b in times])
    changes = [
        (before, after)
        for before, after in pairwise(result.sizes)
        if {result.races[before].leader(), result.races[after].leader()} == {"python", "rust"}
    ]
    assert len(result.crossings()) == len(changes)
    for size, (before, after) in zip(result.crossings(), changes, strict=True):
        assert before < size < after


def test_a_scaling_says_what_its_sizes_are() -> None:
    grown = growth(python=[2.0, 2.0], rust=[1.0, 1.0])
    threads = dataclasses.replace(grown, by="number of threads")
    assert str(grown).startswith("size ")
    assert str(threads).startswith("number of threads ")
    for found, what in ((grown, "size"), (threads, "number of threads")):
        assert f"at every {what} from 10 to 100" in found.summary.lower()
        assert f"Median time of one call by {what};" in found.html()
        assert f">{what}</th>" in found.html(picture=False)


# Records


def test_records_are_read_by_pyperf(clock: Clock) -> None:
    compare("a-race", {"Counter(text.split())": clock.work(4e-3), "rust": clock.work(2e-3)})
    suite = pyperf.BenchmarkSuite.load(str(layout.race_record("a-race")))
    assert suite.get_benchmark_names() == ["Counter(text.split())", "rust"]
    assert suite.get_benchmark("rust").median() == pytest.approx(2e-3)
    shown = subprocess.run(
        [sys.executable, "-m", "pyperf", "show", "--quiet", str(layout.race_record("a-race"))],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "rust: Mean +- std dev: 2.00 ms" in shown.stdout


def test_a_record_gives_back_the_race(clock: Clock) -> None:
    made = compare("a-race", {"python": clock.work(2e-3), "Rust, fast": clock.work(1e-3)})
    assert records.load("a-race") == made
    contenders = {"python": clock.work(2e-3), "rust": clock.work(1e-3)}
    grown = scaling("b-race", contenders, int, [1, 10], by="number of threads")
    assert records.load("b-race") == grown
    assert records.load("c-race") is None


def test_a_record_does_not_name_the_machine_or_its_user(clock: Clock) -> None:
    compare("a-race", {"a": clock.work(2e-3), "b": clock.work(1e-3)})
    record = layout.race_record("a-race").read_text("utf-8")
    assert "hostname" not in record
    assert str(Path.home()) not in record
    assert sys.prefix not in record


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"benchmarks": [], "version": "1.0"}', "\0"])
def test_a_broken_record_asks_to_be_deleted(clock: Clock, content: str) -> None:
    layout.RACES.mkdir()
    layout.race_record("a-race").write_text(content, "utf-8")
    with pytest.raises(RaceError, match=r"a-race\.json is not the record of a race: delete it"):
        records.load("a-race")


def test_a_record_of_an_earlier_book_asks_to_be_deleted(clock: Clock) -> None:
    scaling("a-race", {"a": clock.work(2e-3), "b": clock.work(1e-3)}, int, [1, 10])
    record = layout.race_record("a-race")
    content = record.read_text("utf-8")
    record.write_text(content.replace('"race_by"', '"race_of"'), "utf-8")
    with pytest.raises(RaceError, match=r"a-race\.json is not the record of a race: delete it"):
        records.load("a-race")


def test_quick_mode_runs_the_smallest_size_once_and_writes_nothing(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBOOK_QUICK", "1")
    compare("a-race", {"a": clock.work(1e-3), "b": clock.work(1e-3)})
    made = scaling("b-race", {"a": clock.work(1e-3), "b": clock.work(1e-3)}, int, [1, 10, 100])
    assert len(clock.log) == 4
    assert made.sizes == [1]
    assert not layout.RACES.exists()


# What the page quotes


def test_facts_are_glued_under_keys_without_colons(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    glued: dict[str, str] = {}
    monkeypatch.setattr(races, "glue", glued.update)
    compare("words", {"Counter(text.split())": clock.work(3.2e-3), "rust": clock.work(1e-3)})
    machine = glued.pop("words-machine")
    assert "Python" in machine
    assert glued == {
        "words-Counter-text-split-median": "3.2\N{NO-BREAK SPACE}ms",
        "words-rust-median": "1.0\N{NO-BREAK SPACE}ms",
        "words-rust-verdict": "was 3.2 times as fast as Counter(text.split())",
        "words-rust-ratio": "3.2",
        "words-rust-outcome": "won",
    }
    glued.clear()
    scaling("grow", {"python": clock.work(1e-3), "rust": clock.work(2e-3)}, int, [1, 10])
    assert glued["grow-crossover"] == "at every size from 1 to 10, python leads"
    assert glued["grow-rust-crossover"] == "never, up to 10"
    assert glued["grow-rust-10-verdict"] == "took 2.0 times as long as python"
    assert not [key for key in glued if ":" in key]


def test_without_a_page_nothing_is_glued(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    gluing.glue({"a": "b"})
    assert capsys.readouterr().out == ""


def test_a_notebook_shows_a_refusal_as_one_sentence() -> None:
    assert RaceError("No.")._render_traceback_() == ["RaceError: No."]


# Measurements


@pytest.fixture
def book(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of two chapters, with a race each."""
    (tmp_path / "book").mkdir()
    (tmp_path / "_toc.yml").write_text(
        "root: book/index\nchapters:\n- file: book/zebra\n- file: book/ant\n", "utf-8"
    )
    (tmp_path / "book" / "index.md").write_text("# Start\n", "utf-8")
    (tmp_path / "book" / "zebra.md").write_text('# Zebra & `co`\ncompare("zebra-race", {})\n', "utf-8")
    (tmp_path / "book" / "ant.md").write_text('# Ant\nscaling(\n    "ant-race", {})\n', "utf-8")
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    return tmp_path


def test_measurements_follow_the_order_of_the_book_and_skip_what_no_chapter_runs(
    book: Path, clock: Clock
) -> None:
    scaling("ant-race", {"python": clock.work(1e-3), "rust": clock.work(2e-3)}, int, [1, 10])
    compare("zebra-race", {"python": clock.work(2e-3), "rust": clock.work(1e-3)})
    compare("forgotten", {"python": clock.work(2e-3), "rust": clock.work(1e-3)})
    page = measurements()
    assert [made.name for _, made in page.recorded] == ["zebra-race", "ant-race"]
    assert page.missing == []
    html = page.html()
    ET.fromstring(html)
    assert (
        html.index('<a href="zebra.html">Zebra &amp; co</a>')
        < html.index("zebra-race")
        < html.index("ant-race")
    )
    assert "forgotten" not in html


def test_measurements_put_the_defeats_first(book: Path, clock: Clock) -> None:
    scaling("ant-race", {"python": clock.work(1e-3), "rust": clock.work(2e-3)}, int, [1, 10])
    compare("zebra-race", {"python": clock.work(2e-3), "rust": clock.work(1e-3)})
    page = measurements()
    defeat = "rust took up to 2.0 times as long as python at 1, 10"
    assert [loss for _, loss in page.losses] == [defeat]
    assert page.html().index(defeat) < page.html().index("<h2><a")
    assert "Races in which something else was faster than Rust: 1." in page.notes()[0]


def test_measurements_say_what_has_not_been_run(book: Path, clock: Clock) -> None:
    assert measurements().notes() == [
        "No race has been recorded yet: build the book, and its races will stand here."
    ]
    compare("zebra-race", {"python": clock.work(2e-3), "rust": clock.work(1e-3)})
    assert measurements().notes()[-1] == "Not run in this build: ant-race."


def test_measurements_refuse_two_races_of_one_name(book: Path) -> None:
    (book / "book" / "ant.md").write_text('# Ant\ncompare("zebra-race", {})\n', "utf-8")
    with pytest.raises(RaceError, match="'zebra-race' stands in zebra and in ant"):
        measurements()


# Timelines


def test_threads_that_take_turns_never_overlap() -> None:
    made = timeline("turns", [("a", 0.0, 1.0), ("b", 1.0, 2.0), ("a", 2.0, 3.0)])
    assert made.overlap == 0
    assert made.summary == "a and b never worked at the same time."


def test_the_overlap_is_measured() -> None:
    made = timeline("both", [("a", 5.0, 5.2), ("b", 5.01, 5.21)])
    assert made.overlap == pytest.approx(0.19)
    assert made.summary == (
        "a and b worked at the same time for 190\N{NO-BREAK SPACE}ms of 210\N{NO-BREAK SPACE}ms."
    )


def test_one_thread_does_not_overlap_with_itself() -> None:
    made = timeline("one", [("a", 0.0, 1.0), ("a", 0.5, 2.0)])
    assert made.overlap == 0
    assert made.summary == "a worked alone."


moments = st.integers(0, 30)


@given(st.lists(st.tuples(st.sampled_from("abc"), moments, moments), min_size=1, max_size=12))
def test_the_overlap_is_the_time_in_which_two_threads_are_at_work(
    drawn: list[tuple[str, int, int]],
) -> None:
    taken = [(thread, min(a, b), max(a, b)) for thread, a, b in drawn]
    made = Timeline("any", tuple(Interval(*interval) for interval in taken))
    busy = [{thread for thread, a, b in taken if a <= second < b} for second in range(31)]
    assert made.overlap == sum(len(threads) > 1 for threads in busy)


@pytest.mark.parametrize(
    "interval",
    [
        ("a", 1.0),
        ("a", 2.0, 1.0),
        ("a", math.nan, 1.0),
        ("a", 0.0, math.inf),
        ("a", "0", 1),
        ("a", 0, 1, "x", 2),
        "ab",
    ],
)
def test_what_is_no_interval_is_refused(interval: Any) -> None:
    with pytest.raises(RaceError, match="is no interval for the timeline 'bad'"):
        timeline("bad", [interval])


def test_a_timeline_without_intervals_is_refused() -> None:
    with pytest.raises(RaceError, match="has no intervals"):
        timeline("empty", [])


def test_intervals_closer_than_a_pixel_are_drawn_as_one() -> None:
    made = timeline("fine", [("a", n / 10_000, (n + 0.9) / 10_000) for n in range(10_000)])
    assert len(made.merged()) == 1
    both = [(thread, n, n + 0.5) for n in range(10_000) for thread in "ab"]
    assert len(timeline("both", both).html()) < 5000
    assert len(timeline("kinds", [("a", 0, 1, "x"), ("a", 1, 2, "y")]).merged()) == 2
