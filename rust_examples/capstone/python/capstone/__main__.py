"""The command: `capstone access.log`, or `python -m capstone access.log`."""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from capstone import Problem, Report, __version__, analyse

EXAMPLES = """\
examples:
  capstone access.log access.log.*.gz     all of them together, compressed or not
  zstdcat access.log.zst | capstone -     what another program unpacks
  capstone --json access.log | jq .paths  for programs

exit codes: 0, 1 where a file could not be read to its end, 2 for a wrong option, 130 after Ctrl-C
"""


def parser() -> argparse.ArgumentParser:
    """What the command understands."""
    known = argparse.ArgumentParser(
        prog="capstone",
        description="Count who asks a web server for what, in bounded memory.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    known.add_argument(
        "logs", nargs="+", metavar="LOG", help="an access log, plain or gzip; - is standard input"
    )
    known.add_argument("--top", type=natural, default=10, metavar="N", help="paths and hosts to show (10)")
    known.add_argument(
        "--problems", type=natural, default=10, metavar="N", help="malformed lines to name (10)"
    )
    known.add_argument("--json", action="store_true", help="print the report as JSON")
    known.add_argument("--no-progress", action="store_true", help="no progress bar, even on a terminal")
    known.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return known


def natural(text: str) -> int:
    """A number of things to show."""
    number = int(text)
    if not 0 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1,000,000")
    return number


class Bar:
    """A progress bar on standard error, drawn ten times a second at most."""

    def __init__(self, logs: Sequence[str]) -> None:
        sizes = [Path(log).stat().st_size if Path(log).is_file() else 0 for log in logs if log != "-"]
        self.total = sum(sizes) if sizes and "-" not in logs else 0
        self.drawn = 0.0

    def __call__(self, read: int) -> None:
        """Draw it, where it is time to."""
        now = time.monotonic()
        if now - self.drawn >= 0.1:
            self.drawn = now
            self.say(self.line(read))

    def line(self, read: int) -> str:
        """How far we are: of a pipe nobody knows."""
        megabytes = f"{read / 1e6:,.0f} MB"
        if not self.total:
            return megabytes
        done = min(read / self.total, 1.0)
        return f"[{'█' * round(30 * done):░<30}] {done:4.0%} of {self.total / 1e6:,.0f} MB"

    def clear(self) -> None:
        """Leave nothing behind."""
        if self.drawn:
            self.say("")

    def say(self, line: str) -> None:
        """Put the line where the last one was."""
        encoding = sys.stderr.encoding or "ascii"
        sys.stderr.write("\r\x1b[K" + line.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()


def table(report: Report) -> str:
    """The report for people."""
    sent = f"{report.bytes:,} bytes sent"
    lines = [f"{report.requests:,} requests, {sent}, {report.malformed:,} malformed lines", ""]
    statuses = {str(status): count for status, count in report.statuses.items()}
    for title, counts, error in [
        ("status", statuses, 0),
        ("path", report.paths, report.path_error),
        ("host", report.hosts, report.host_error),
    ]:
        note = f" (each may be too low by {error:,})" if error else ""
        lines += [f"{'requests':>12}  {title}{note}"]
        lines += [f"{count:>12,}  {printable(key)}" for key, count in counts.items()]
        lines += [""]
    busiest = max(report.hours) or 1
    heights = "".join(" ▁▂▃▄▅▆▇█"[-(-8 * count // busiest)] for count in report.hours)
    lines += ["hours 0 to 23, the busiest with", f"{busiest:>12,}  {heights}|"]
    if report.problems:
        lines += ["", "The first malformed lines:", *map(sentence, report.problems)]
    return "\n".join(lines)


def printable(text: str) -> str:
    """Text from a log, which anybody may have written: nothing in it reaches the terminal as a command."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def sentence(problem: Problem) -> str:
    """Where it is, as editors understand it, and what is wrong there."""
    where = f"{printable(problem.source)}:{problem.line}"
    return f"  {where}: the line {problem.reason} (byte {problem.offset:,})"


def plain(report: Report) -> str:
    """The report for programs."""
    fields = {field.name: getattr(report, field.name) for field in dataclasses.fields(report)}
    for name in ("problems", "damage"):
        fields[name] = [
            {part: getattr(problem, part) for part in ("source", "line", "offset", "reason")}
            for problem in fields[name]
        ]
    return json.dumps(fields, indent=2)


def run(arguments: Sequence[str] | None) -> int:
    """Do what the arguments say, and return the exit code."""
    options = parser().parse_args(arguments)
    bar = None if options.no_progress or not sys.stderr.isatty() else Bar(options.logs)
    failures: list[str] = []

    def failed(error: OSError) -> None:
        failures.append(f"{error.filename or 'a log'}: {error.strerror or error}")

    try:
        report = analyse(
            *options.logs,
            top=options.top,
            problems=options.problems,
            on_progress=bar,
            on_error=failed,
        )
    finally:
        if bar is not None:
            bar.clear()
    failures += [
        f"{where.source}: {where.reason}, in line {where.line}; what comes before was counted"
        for where in report.damage
    ]
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    print(plain(report) if options.json else table(report), flush=True)
    for failure in failures:
        print(f"capstone: {printable(failure)}", file=sys.stderr)
    return 1 if failures else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: its exit code is what it returns."""
    try:
        return run(arguments)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:  # whoever read our output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
