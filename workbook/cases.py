"""The cases of exercises, run in a process of their own: a reader's code may hang or bring Python down.

Started as a script in an empty folder, with the job as JSON on standard input. What happens is written to
the file `EVENTS` line by line, so that whoever started it knows how far it came, and what the reader's code
prints to the file `PRINTED`. To be quick, it imports nothing but the standard library.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import faulthandler
import importlib
import io
import json
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

EVENTS, PRINTED = "events", "printed"
"""The files that are left in the folder."""

TIMED_OUT = "Timeout ("
"""How the line begins that faulthandler writes when the time is up."""

MEMORY = 4 << 30
"""Bytes that the process may have."""

DISK = 64 << 20
"""Bytes that a file may have which it writes, what it prints included."""

LONGEST = 20_000
"""Characters that are told of a value."""

_ExcInfo = tuple[type[BaseException], BaseException, types.TracebackType]


class _Runner(doctest.DocTestRunner):
    """doctest as it is, which tells what it finds instead of printing it."""

    def __init__(self, tell: Callable[..., None]) -> None:
        super().__init__(verbose=False)
        self.tell = tell

    def report_start(self, out: Any, test: doctest.DocTest, example: doctest.Example) -> None:
        counted = bool(example.want)
        expected = (example.exc_msg or example.want).removesuffix("\n") or "None"
        self.tell(
            begins=example.source.strip(),
            expected=expected if counted else "no exception",
            counted=counted,
            start=Path(PRINTED).stat().st_size,
        )

    def report_success(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        self.tell(passes=True)

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        if got.startswith("Traceback (most recent call last):\n"):
            got = _message(got)
        self.tell(
            passes=False,
            got=got.removesuffix("\n")[:LONGEST] or "None",
            answer=_answer(example, got, test.globs),
        )

    def report_unexpected_exception(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: _ExcInfo
    ) -> None:
        kind, error, _ = exc_info
        said = _plain(f"{kind.__name__}: {error}" if str(error) else kind.__name__)
        self.tell(passes=False, got=said[:LONGEST])


def _message(traceback: str) -> str:
    """The last lines of a traceback, where the exception says what it is."""
    lines = traceback.splitlines()[1:]
    while lines and lines[0].startswith(" "):
        del lines[0]
    return _plain("\n".join(lines))


def _plain(error: str) -> str:
    """An exception in words: its type without the module, and a panic as what it is."""
    name, colon, message = error.partition(":")
    name = name.rpartition(".")[2]
    return ("panicked" if name == "PanicException" else name) + colon + message


def _answer(example: doctest.Example, got: str, names: dict[str, Any]) -> str | None:
    """The left side of a case of the form `f() == …`, where False alone would tell the reader little."""
    if got.strip() != "False":
        return None
    with contextlib.suppress(BaseException):
        match ast.parse(example.source.strip(), mode="eval").body:
            case ast.Compare(left=left, ops=[ast.Eq()]):
                return repr(eval(compile(ast.Expression(left), "<case>", "eval"), names))[:LONGEST]
    return None


def confine(printed: str = PRINTED) -> None:
    """Let a list or a file without end fail in this process before the machine does, and print to a file."""
    file = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    with contextlib.suppress(ImportError):
        import resource

        for limit, most in [
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_FSIZE, DISK),
            (resource.RLIMIT_CORE, 0),
        ]:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(limit, (most, resource.getrlimit(limit)[1]))


def _run(job: dict[str, Any], file: TextIO) -> None:
    def tell(**event: object) -> None:
        file.write(json.dumps(event) + "\n")
        file.flush()

    if job["folder"] is not None:
        sys.path.insert(0, job["folder"])
    faulthandler.dump_traceback_later(job["limit"], exit=True, file=file)
    try:
        module = importlib.import_module(job["slug"])
        functions = getattr(module, job["submodule"])
    except BaseException as error:
        tell(unloadable=f"{type(error).__name__}: {error}")
        return
    runner, parser = _Runner(tell), doctest.DocTestParser()
    for exercise in job["exercises"]:
        name = exercise["name"]
        faulthandler.dump_traceback_later(job["limit"], exit=True, file=file)
        tell(exercise=name)
        if not hasattr(functions, name):
            tell(missing=True)
            continue
        names = {name: getattr(functions, name), job["slug"]: module}
        test = parser.get_doctest(exercise["doc"], names, name, None, None)
        runner.run(test, out=lambda _: None, clear_globs=False)
    faulthandler.cancel_dump_traceback_later()
    tell(done=True)


def main() -> None:
    """Do the job on standard input."""
    job = json.loads(sys.stdin.buffer.read())
    sys.stdin = io.StringIO()
    confine()
    with Path(EVENTS).open("a", encoding="utf-8") as file:
        _run(job, file)
    os._exit(0)  # at once: neither threads nor destructors of the reader's may keep us


if __name__ == "__main__":
    main()
