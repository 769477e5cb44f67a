"""Judging what a reader wrote: it is compiled, and its cases are run, where it can do no harm."""

from __future__ import annotations

import json
import math
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

from filelock import Timeout

from workbook import cases, mine, processes, rustc
from workbook.crates import BuildError, building, environment, require_cargo
from workbook.exercises import Exercise, exercises, functions
from workbook.layout import Crate
from workbook.rust import Item, crate_of
from workbook.rustc import DOCTOR, UnusableError, Warned, from_root
from workbook.verdicts import Case, Report, Verdict

LIMIT = 10.0
"""Seconds that the cases of one exercise may take."""

PATIENCE = 2.0
"""Seconds to wait for another build without a word."""

MOST_PRINTED = 8
"""Lines that are told of what a case printed, the last of them."""


def check(
    subject: ModuleType | str | Crate,
    limit: float = LIMIT,
    cancelled: Event | None = None,
    say: Callable[[str], object] = print,
) -> Report:
    """Compile the reader's `mine.rs` and run the cases of every exercise on it.

    Makes `mine.rs` from the stubs where there is none, and never writes to one that exists. Nothing is
    installed, and no code of the reader's runs in this process. `limit` is in seconds, for each exercise.
    `say` is told where another build must be waited for. Raises `processes.CancelledError` once
    `cancelled` is set.
    """
    crate = crate_of(subject)
    chosen = exercises(crate)
    with tempfile.TemporaryDirectory(prefix="pyrust-book-", ignore_cleanup_errors=True) as scratch:
        try:
            warned = build_mine(crate, Path(scratch), cancelled, say)
            verdicts = judge(chosen, "exercises", Path(scratch), limit, cancelled)
        except UnusableError as error:
            remedy = error.remedy or f"Mend {mine.shown(crate)} and check again."
            return Report(crate, problem=error.problem, said=error.said, remedy=remedy)
    own = functions(crate, "mine", within="exercises")
    return Report(
        crate,
        tuple(_placed(verdict, own.get(verdict.exercise.name), warned) for verdict in verdicts),
        lines={name: item.code_line for name, item in own.items()},
        warnings=tuple(warning.text for warning in warned),
    )


def run_exercises(subject: ModuleType | str | Crate, submodule: str, limit: float = LIMIT) -> list[Verdict]:
    """Run the cases on the installed crate's own `exercises` or `solutions`, in a process of their own."""
    try:
        return judge(exercises(crate_of(subject)), submodule, None, limit)
    except UnusableError as error:
        raise BuildError(f"{error.problem}\n{error.said}".strip()) from None


def _placed(verdict: Verdict, own: Item | None, warned: Sequence[Warned]) -> Verdict:
    """The verdict with what the reader's text says of it: whether it is the stub's, and what is remarked."""
    if own is None:
        return verdict
    within = (warning.text for warning in warned if own.first <= warning.line <= own.last)
    untouched = own.code.split() == verdict.exercise.stub.code.split()
    return replace(verdict, untouched=untouched, warnings=tuple(within))


@contextmanager
def _our_turn(crate: Crate, cancelled: Event | None, say: Callable[[str], object]) -> Iterator[None]:
    """Hold the lock of all builds; `say` so where somebody else does."""
    lock, silent_until = building(crate), time.monotonic() + PATIENCE
    while not lock.is_locked:
        try:
            lock.acquire(timeout=0.1)
        except Timeout:
            if cancelled is not None and cancelled.is_set():
                raise processes.CancelledError from None
            if time.monotonic() > silent_until:
                silent_until = math.inf
                say("Another build is under way. Yours comes next …")
    try:
        yield
    finally:
        lock.release()


def build_mine(
    crate: Crate,
    folder: Path,
    cancelled: Event | None = None,
    say: Callable[[str], object] = print,
) -> list[Warned]:
    """Compile the crate with the reader's file in place of the stubs, and unpack its module into `folder`.

    Returns what the compiler remarks on that file. Raises `UnusableError` where it does not compile.
    """
    try:
        require_cargo()
    except BuildError as error:
        raise UnusableError("there is no Rust here", str(error), DOCTOR) from None
    options = ["--release", "--features=mine", "--auditwheel=skip"]
    command = [sys.executable, "-m", "maturin", "build", *options]
    with _our_turn(crate, cancelled, say):
        mine.lay_down(crate)
        try:
            mine.read(crate)
        except mine.MineError as error:
            raise UnusableError("mine.rs cannot be used", remedy=str(error)) from None
        ended = processes.run(
            [*command, "-i", sys.executable, "-m", crate.manifest, "-o", folder],
            env=environment() | {"CARGO_TERM_COLOR": "always"},
            cancelled=cancelled,
        )
    if ended.code != 0:
        raise rustc.explained(crate, ended.err)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return rustc.warnings(crate, ended.err)


def judge(
    chosen: Sequence[Exercise],
    submodule: str,
    library: Path | None,
    limit: float = LIMIT,
    cancelled: Event | None = None,
) -> list[Verdict]:
    """Run all cases in one process; where one exercise brings it down, the rest in another."""
    verdicts: list[Verdict] = []
    while len(verdicts) < len(chosen):
        todo = chosen[len(verdicts) :]
        lived = _live(todo, submodule, library, limit, cancelled)
        seen = _verdicts(todo, lived)
        if not seen:
            raise UnusableError("compiles, but cannot be imported", lived.unloadable or lived.death or "")
        verdicts += seen
    return verdicts


@dataclass(frozen=True)
class _Life:
    """What a process told, what it printed, and how it died, where it did not come to its end."""

    events: list[dict[str, Any]]
    printed: bytes
    death: str | None

    @property
    def unloadable(self) -> str | None:
        """Why the library could not be imported."""
        return next((event["unloadable"] for event in self.events if "unloadable" in event), None)


def _live(
    chosen: Sequence[Exercise], submodule: str, library: Path | None, limit: float, cancelled: Event | None
) -> _Life:
    job = {
        "slug": chosen[0].crate.slug,
        "submodule": submodule,
        "folder": None if library is None else str(library),
        "limit": limit,
        "exercises": [{"name": one.name, "doc": one.doc} for one in chosen],
    }
    code: int | None = None
    with tempfile.TemporaryDirectory(prefix="pyrust-book-", ignore_cleanup_errors=True) as scratch:
        with suppress(subprocess.TimeoutExpired):
            code = processes.run(
                [sys.executable, "-I", "-X", "utf8", cases.__file__],
                given=json.dumps(job),
                env=processes.without_rust(),
                cwd=Path(scratch),
                timeout=limit * (len(chosen) + 1) + 30,
                cancelled=cancelled,
            ).code
        told, printed = (
            file.read_bytes() if file.is_file() else b""
            for file in (Path(scratch, cases.EVENTS), Path(scratch, cases.PRINTED))
        )
    lines = told.decode("utf-8", "replace").splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{")]
    death = None
    if not any("done" in event or "unloadable" in event for event in events):
        in_time = code is not None and not any(line.startswith(cases.TIMED_OUT) for line in lines)
        death = _death(code or 0, printed) if in_time else f"no answer within {limit:g} s"
    return _Life(events, printed, death)


_WINDOWS_ENDINGS = {0xC0000005: "access violation", 0xC00000FD: "stack overflow", 0xC0000409: "abort"}


def _death(code: int, printed: bytes) -> str:
    """How a process ended that should not have."""
    if re.search(rb"memory allocation of \d+ bytes failed", printed):
        return f"it wanted more than {cases.MEMORY >> 30} GB of memory"
    known = {-member.value: member.name for member in signal.Signals} | _WINDOWS_ENDINGS
    how = f"by {known[code]}" if code in known else f"with exit code {code}"
    return f"Python itself was ended {how}"


def _verdicts(chosen: Sequence[Exercise], life: _Life) -> list[Verdict]:
    """The verdicts on those exercises that were begun; a death is the failure of the case that it met."""
    verdicts: list[Verdict] = []
    starts = [event["start"] for event in life.events if "start" in event]
    stretches = iter(pairwise([*starts, len(life.printed)]))
    for event in life.events:
        if "exercise" in event:
            verdicts.append(Verdict(chosen[len(verdicts)], ()))
        elif "missing" in event:
            verdicts[-1] = replace(verdicts[-1], missing=True)
        elif "begins" in event:
            start, end = next(stretches)
            printed, place = _printed(life.printed[max(start, end - cases.LONGEST) : end])
            case = Case(
                event["begins"],
                event["expected"],
                event["counted"],
                got=life.death or "nothing",
                printed=printed,
                place=place,
            )
            verdicts[-1] = replace(verdicts[-1], cases=(*verdicts[-1].cases, case))
        elif "passes" in event:
            *before, case = verdicts[-1].cases
            got = event.get("got")
            if got is not None and "File too large" in got:
                got = f"it printed or wrote more than {cases.DISK >> 20} MB"
            case = replace(case, got=got, answer=event.get("answer"))
            verdicts[-1] = replace(verdicts[-1], cases=(*before, case))
    return verdicts


_PANIC = re.compile(
    r"\n?thread '.*?'(?: \(\d+\))? panicked at (?P<place>.*?):\n.*?(?:\nnote: run with .*?\n|\Z)", re.DOTALL
)


def _printed(raw: bytes) -> tuple[str, str | None]:
    """What a reader's code printed, without the words of panics, and where the last of these was."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    places = [match["place"] for match in _PANIC.finditer(text)]
    own = [place for place in places if re.match(r"\w+[/\\]src[/\\]", place)]
    lines = _PANIC.sub("", text).splitlines()[-MOST_PRINTED:]
    return "\n".join(lines), from_root(own[-1]) if own else None
