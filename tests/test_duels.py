"""What a duel promises: both solutions do the same cases, and only a solved exercise is raced."""

from __future__ import annotations

import doctest
import threading

import probes
import pytest
from probes import write

from workbook import duels, mine, processes
from workbook.duels import DuelError, contender, duel
from workbook.exercises import exercise
from workbook.layout import Crate


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Crate:
    return probes.lay_out(tmp_path_factory.mktemp("root"), "duel_probe")


@pytest.fixture
def probe(workspace: Crate, monkeypatch: pytest.MonkeyPatch) -> Crate:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(probes.TARGET))
    mine.path(workspace).unlink(missing_ok=True)
    return workspace


def test_yours_and_ours_are_raced(probe: Crate, capfd: pytest.CaptureFixture[str]) -> None:
    write(probe, ("let left", 'println!("noise");\n        let left'))
    race = duel(exercise(probe, "free"))
    assert list(race.timings) == ["yours", "ours"]
    assert all(timing.median > 0 for timing in race.timings.values())
    assert race.summary.startswith("ours ")
    assert "noise" not in "".join(capfd.readouterr())


def test_what_takes_longer_is_seen_to(probe: Crate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKBOOK_QUICK", raising=False)
    slow = "std::thread::sleep(std::time::Duration::from_millis(20));\n        Ok(40)"
    write(probe, ("Ok(40)", slow))
    race = duel(exercise(probe, "guess"))
    assert race.outcome("ours") == "won"
    assert race.timings["yours"].median > 0.02


def test_an_exercise_that_is_not_solved_is_not_raced(probe: Crate) -> None:
    with pytest.raises(DuelError, match=r"There is no race yet: trips is not solved"):
        duel(exercise(probe, "trips"))
    write(probe, ("Ok(40)", "Ok(4"))
    with pytest.raises(DuelError, match=r"There is no race: duel_probe does not compile, at rust_examples/"):
        duel(exercise(probe, "trips"))


def test_a_race_without_an_end_gets_a_sentence(probe: Crate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKBOOK_QUICK", raising=False)
    monkeypatch.setattr(duels, "LIMIT", 1.0)
    once = "static CALLS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);"
    count = (
        "if CALLS.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0 { loop { std::hint::spin_loop(); } }"
    )
    write(probe, ("Ok(40)", f"{once}\n        {count}\n        Ok(40)"))
    with pytest.raises(DuelError, match="The race of guess did not come to its end"):
        duel(exercise(probe, "guess"))


def test_a_duel_can_be_cancelled(probe: Crate) -> None:
    write(probe)
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(processes.CancelledError):
        duel(exercise(probe, "guess"), cancelled=cancelled)


def test_cases_of_every_kind_can_be_timed() -> None:
    calls: list[int] = []
    text = """
    >>> start = 10
    >>> def add(n):
    ...     calls.append(n)
    ...     return n
    >>> add(start)
    10
    >>> try:
    ...     add(1 / 0)
    ... except ZeroDivisionError:
    ...     print("no")
    no
    >>> more = add(2)
    >>> add(more) + int("x")
    Traceback (most recent call last):
    ValueError: invalid literal for int() with base 10: 'x'
    """
    work = contender(doctest.DocTestParser().get_examples(text), {"calls": calls})
    assert calls == []
    work()
    work()
    assert calls == [10, 2, 2] * 2
