"""Duels: a reader's solution of an exercise raced against ours, on the exercise's cases."""

from __future__ import annotations

import ast
import doctest
import faulthandler
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from datetime import date
from pathlib import Path
from threading import Event
from types import CodeType
from typing import Any

from workbook import cases, judging, processes, races, records
from workbook.exercises import Exercise
from workbook.results import Race, Timing
from workbook.rustc import UnusableError

LIMIT = 60.0
"""Seconds that a duel may take."""

YOURS, OURS = "yours", "ours"


class DuelError(RuntimeError):
    """A duel that cannot be fought: why."""


def duel(
    exercise: Exercise,
    cancelled: Event | None = None,
    say: Callable[[str], object] = print,
) -> Race:
    """Race the reader's solution against ours, on all cases one after another, in a process of its own.

    Raises `DuelError` where the exercise is not solved, and `processes.CancelledError` once `cancelled`
    is set.
    """
    with tempfile.TemporaryDirectory(prefix="pyrust-book-", ignore_cleanup_errors=True) as scratch:
        library, arena = Path(scratch, "library"), Path(scratch, "arena")
        arena.mkdir()
        try:
            judging.build_mine(exercise.crate, library, cancelled, say)
            [verdict] = judging.judge([exercise], "exercises", library, cancelled=cancelled)
        except UnusableError as error:
            raise DuelError(f"There is no race: {exercise.crate.slug} {error.problem}.") from None
        if not verdict.solved:
            raise DuelError(f"There is no race yet: {exercise.name} is not solved ({verdict.state}).")
        job = {
            "slug": exercise.crate.slug,
            "name": exercise.name,
            "doc": exercise.doc,
            "folder": str(library),
            "limit": LIMIT,
        }
        try:
            processes.run(
                [sys.executable, "-P", "-X", "utf8", "-m", "workbook.duels"],
                given=json.dumps(job),
                cwd=arena,
                env=processes.without_rust(),
                timeout=LIMIT + 30,
                cancelled=cancelled,
            )
            told = json.loads((arena / cases.EVENTS).read_text("utf-8"))
        except (subprocess.TimeoutExpired, OSError, ValueError):
            raise DuelError(f"The race of {exercise.name} did not come to its end.") from None
    timings = {label: Timing(tuple(times), loops) for label, (times, loops) in told.items()}
    return Race(exercise.name, timings, frozenset(timings), records.machine(), date.today())


def contender(examples: list[doctest.Example], names: dict[str, Any]) -> Callable[[], None]:
    """What is timed: the cases, one after another. What prepares the first of them is done here, once."""
    steps = [(_compiled(example.source), bool(example.want)) for example in examples]
    first = next(index for index, (_, counted) in enumerate(steps) if counted)
    for code, _ in steps[:first]:
        eval(code, names)
    codes = [(code, example.exc_msg is not None) for (code, _), example in zip(steps, examples, strict=True)]

    def work(codes: list[tuple[CodeType, bool]] = codes[first:]) -> None:
        for code, raises in codes:
            if raises:
                with suppress(BaseException):
                    eval(code, names)
            else:
                eval(code, names)

    return work


def _compiled(source: str) -> CodeType:
    """An expression for its value alone, so that nothing is printed; statements as they are."""
    tree = ast.parse(source)
    match tree.body:
        case [ast.Expr(value)]:
            return compile(ast.Expression(value), "<case>", "eval")
    return compile(tree, "<case>", "exec")


def main() -> None:
    """Fight the duel that standard input describes, and leave the times in a file."""
    job = json.loads(sys.stdin.buffer.read())
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # cases that expect an exception must not swallow it
    cases.confine(os.devnull)
    faulthandler.dump_traceback_later(job["limit"], exit=True)
    sys.path.insert(0, job["folder"])
    module = importlib.import_module(job["slug"])
    examples = doctest.DocTestParser().get_examples(job["doc"])
    contenders = {}
    for label, submodule in [(YOURS, module.exercises), (OURS, module.solutions)]:
        names = {job["name"]: getattr(submodule, job["name"]), job["slug"]: module}
        contenders[label] = contender(examples, names)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        timings = races.measure(contenders, races.BUDGET, None, once=False)
    told = {label: (timing.times, timing.loops) for label, timing in timings.items()}
    Path(cases.EVENTS).write_text(json.dumps(told), "utf-8")
    os._exit(0)


if __name__ == "__main__":
    main()
