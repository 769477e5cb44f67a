"""Records of races, as pyperf's JSON, and the page that collects them."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from itertools import groupby

import pyperf

from workbook import layout
from workbook.results import Race, RaceError, Scaling, Timing


@cache
def circumstances() -> dict[str, str | int]:
    """What pyperf knows of the machine, without what would name it or its user."""
    wanted = {"cpu_count", "cpu_model_name", "perf_version", "python_version", "timer", "unit"}
    return {key: value for key, value in pyperf.Run([1.0]).get_metadata().items() if key in wanted}


def machine() -> str:
    """What measured: processor, cores, system, Python."""
    cpu = circumstances().get("cpu_model_name") or platform.processor() or "unknown processor"
    cores = circumstances().get("cpu_count", os.cpu_count() or 1)
    return (
        f"{cpu}, {cores} {'core' if cores == 1 else 'cores'}, {platform.system()} {platform.machine()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def save(race: Race | Scaling) -> None:
    """Leave the record of a race: one benchmark for each contender, and for each size."""
    by, by_size = (race.by, race.races.items()) if isinstance(race, Scaling) else ("-", [(None, race)])
    path = layout.race_record(race.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")  # so that whoever reads a record finds it whole
    benchmarks = [benchmark(one, label, size, by) for size, one in by_size for label in one.timings]
    pyperf.BenchmarkSuite(benchmarks).dump(str(part), replace=True)
    part.replace(path)


def benchmark(race: Race, label: str, size: int | None, by: str) -> pyperf.Benchmark:
    """What the record holds of one contender at one size."""
    facts = circumstances() | {
        "name": label if size is None else f"{label}, {size:,}",
        "loops": race.timings[label].loops,
        "date": f"{race.day} 00:00:00",
        "race_kind": "compare" if size is None else "scaling",
        "race_size": size or 0,
        "race_by": by,
        "race_label": label,
        "race_rust": int(label in race.rust),
        "race_machine": race.machine,
    }
    return pyperf.Benchmark([pyperf.Run(race.timings[label].times, metadata=facts, collect_metadata=False)])


def load(name: str) -> Race | Scaling | None:
    """The race on record, or None where it has not been run."""
    path = layout.race_record(name)
    if not path.exists():
        return None
    by_size: dict[int, dict[str, pyperf.Benchmark]] = {}
    try:
        for bench in pyperf.BenchmarkSuite.load(str(path)):
            facts = bench.get_metadata()
            by_size.setdefault(facts["race_size"], {})[facts["race_label"]] = bench
        races = {size: from_benchmarks(name, contenders) for size, contenders in by_size.items()}
        return races[0] if 0 in races else Scaling(name, races, facts["race_by"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RaceError(
            f"{path.name} is not the record of a race: delete it, and build the book again."
        ) from error


def from_benchmarks(name: str, contenders: Mapping[str, pyperf.Benchmark]) -> Race:
    """The race that left these."""
    facts = {label: bench.get_metadata() for label, bench in contenders.items()}
    common = next(iter(facts.values()))
    return Race(
        name,
        {label: Timing(bench.get_values(), bench.get_loops()) for label, bench in contenders.items()},
        frozenset(label for label in facts if facts[label]["race_rust"]),
        common["race_machine"],
        date.fromisoformat(common["date"][:10]),
    )


@dataclass(frozen=True)
class Measurements:
    """All races of the book by the chapter that runs them: None where a race has left no record."""

    races: Mapping[layout.Chapter, Mapping[str, Race | Scaling | None]]

    @property
    def recorded(self) -> list[tuple[layout.Chapter, Race | Scaling]]:
        """The races that have left a record, each with its chapter."""
        return [(chapter, race) for chapter, races in self.races.items() for race in races.values() if race]

    @property
    def losses(self) -> list[tuple[layout.Chapter, str]]:
        """A sentence, with its chapter, for each time that Rust was beaten."""
        return [(chapter, loss) for chapter, race in self.recorded for loss in race.losses()]

    @property
    def missing(self) -> list[str]:
        """The names of the races without a record."""
        return [name for races in self.races.values() for name, race in races.items() if race is None]

    def notes(self) -> list[str]:
        """What has been collected, and what not, in a line each."""
        if not self.recorded:
            return ["No race has been recorded yet: build the book, and its races will stand here."]
        lost = len({race.name for _, race in self.recorded if race.losses()})
        notes = [
            f"Races on record: {len(self.recorded)}. "
            f"Races in which something else was faster than Rust: {lost or 'none'}."
        ]
        if self.missing:
            notes.append(f"Not run in this build: {', '.join(self.missing)}.")
        return notes

    def __str__(self) -> str:
        parts = ["\n".join(self.notes())]
        parts += [f"{chapter.title}: {loss}" for chapter, loss in self.losses]
        parts += [f"{chapter.title}, {race.name}\n{race}" for chapter, race in self.recorded]
        return "\n\n".join(parts)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}

    def html(self) -> str:
        """The notes, the defeats, then every race, chapter by chapter."""
        parts = [f"<p>{escape(note)}</p>" for note in self.notes()]
        if self.losses:
            parts.append("<h2>Where Rust lost</h2><ul>")
            parts += [f"<li>{escape(loss)} ({link(chapter)})</li>" for chapter, loss in self.losses]
            parts.append("</ul>")
        for chapter, group in groupby(self.recorded, key=lambda pair: pair[0]):
            parts.append(f"<h2>{link(chapter)}</h2>")
            parts += [f"<h3>{race.name}</h3>{race.html(picture=False)}" for _, race in group]
        return f"<div>{''.join(parts)}</div>"


def link(chapter: layout.Chapter) -> str:
    """To a page beside this one."""
    return f'<a href="{chapter.slug}.html">{escape(chapter.title.replace("`", ""))}</a>'


def measurements() -> Measurements:
    """Every race of the book, chapter by chapter, read from the records that they left."""
    races: dict[layout.Chapter, dict[str, Race | Scaling | None]] = {}
    seen: dict[str, str] = {}
    for chapter in layout.chapters():
        for name in chapter.races if chapter.path.exists() else []:
            if name in seen:
                raise RaceError(
                    f"The race {name!r} stands in {seen[name]} and in {chapter.slug}: rename one."
                )
            seen[name] = chapter.slug
            races.setdefault(chapter, {})[name] = load(name)
    return Measurements(races)
