"""Record the index again: `python record.py`, in the book's environment. It asks PyPI three thousand times.

For each project, the newest release of each of its eight newest minor series is kept, with what it requires,
as the metadata of a wheel have it. Where that release was withdrawn ("yanked"), the newest that was not is
kept beside it. Kept are releases that CPython 3.11 could install on Linux and x86-64 from a wheel, without
pre-releases. Projects are added until all that the `ROOTS` may need is there.

What a project requires is a fact that it has published about itself. PyPI serves these facts to every
installer, and no licence is claimed for them here; descriptions, files and names of persons are left out.
"""

from __future__ import annotations

import io
import json
import urllib.request
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from packaging.markers import Environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

ROOTS = [
    "jupyterlab",
    "jupyter-book",
    "pandas",
    "scikit-learn",
    "matplotlib",
    "dask[distributed]",
    "fastapi[standard]",
    "flask[async]",
    "django",
    "celery",
    "sqlalchemy",
    "boto3",
    "s3fs",
    "requests[socks]",
    "black",
    "pytest",
    "hypothesis",
    "flake8",
    "twine",
    "tox",
]
SERIES = 8
IN_WHEEL = ".dist-info/METADATA"
ENVIRONMENT = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.7",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_system": "Linux",
    "platform_version": "",
    "python_full_version": "3.11.7",
    "python_version": "3.11",
    "sys_platform": "linux",
}

PLATFORMS = [f"manylinux_2_{minor}_x86_64" for minor in range(40, 4, -1)]
PLATFORMS += ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64"]
INSTALLABLE = {
    *cpython_tags((3, 11), platforms=PLATFORMS),
    *compatible_tags((3, 11), "cp311", PLATFORMS),
}


def fetch(url: str, accept: str = "*/*", part: tuple[int, int] | None = None) -> bytes:
    """What is at an address, or the bytes of it from one place to another."""
    headers = {"Accept": accept}
    if part is not None:
        headers["Range"] = f"bytes={part[0]}-{part[1] - 1}"
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        content: bytes = answer.read()
    return content


def wheels(name: str) -> Iterator[tuple[Version, dict[str, Any]]]:
    """The wheels of final releases that the environment could install."""
    listed = fetch(f"https://pypi.org/simple/{name}/", "application/vnd.pypi.simple.v1+json")
    for file in json.loads(listed)["files"]:
        if not file["filename"].endswith(".whl"):
            continue
        try:
            _, version, _, tags = parse_wheel_filename(file["filename"])
        except (InvalidVersion, ValueError):
            continue
        if not version.is_prerelease and not INSTALLABLE.isdisjoint(tags):
            yield version, file


def chosen(name: str) -> list[tuple[Version, dict[str, Any]]]:
    """Of each of the newest series the newest release, and the newest that was not withdrawn."""
    files = dict(sorted(wheels(name), key=lambda pair: pair[0]))
    series: dict[tuple[int, ...], list[Version]] = {}
    for version in reversed(files):
        series.setdefault((version.epoch, version.major, version.minor), []).append(version)
    kept = []
    for versions in list(series.values())[:SERIES]:
        sound = [version for version in versions if not files[version]["yanked"]]
        kept += sorted({*versions[:1], *sound[:1]}, reverse=True)
    return [(version, files[version]) for version in kept]


def written(requirement: str) -> str | None:
    """A requirement as it is written today; None where it is none."""
    try:
        return str(Requirement(requirement))
    except InvalidRequirement:
        return None


class Remote(io.RawIOBase):
    """A file of which only the parts are fetched that are read, and its end at once."""

    def __init__(self, url: str, size: int) -> None:
        self.url, self.size, self.place = url, size, 0
        self.start = max(size - 100_000, 0)
        self.end = fetch(url, part=(self.start, size))

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        return self.place

    def tell(self) -> int:
        return self.place

    def read(self, size: int = -1) -> bytes:
        stop = self.size if size < 0 else min(self.place + size, self.size)
        start, self.place = self.place, stop
        if start >= self.start:
            return self.end[start - self.start : stop - self.start]
        return fetch(self.url, part=(start, stop)) if start < stop else b""


def metadata_of(file: dict[str, Any]) -> Message:
    """The metadata of a wheel: what lies beside it (PEP 658), or else that part of the wheel itself."""
    try:
        content = fetch(f"{file['url']}.metadata")
    except HTTPError as error:
        if error.code != 404:
            raise
        with zipfile.ZipFile(Remote(file["url"], file["size"])) as wheel:  # type: ignore[arg-type]
            (name,) = [name for name in wheel.namelist() if name.count("/") == 1 and name.endswith(IN_WHEEL)]
            content = wheel.read(name)
    return HeaderParser().parsestr(content.decode())


def release(version: Version, file: dict[str, Any]) -> dict[str, Any]:
    """What the metadata of a wheel says, as far as a resolver needs it."""
    metadata = metadata_of(file)
    python = metadata.get("Requires-Python") or ""
    try:
        python = str(SpecifierSet(python))
    except InvalidSpecifier:
        python = ""
    return {
        "version": str(version),
        "requires_python": python,
        "requires": list(filter(None, map(written, metadata.get_all("Requires-Dist", [])))),
        "extras": sorted({canonicalize_name(extra) for extra in metadata.get_all("Provides-Extra", [])}),
        "yanked": bool(file["yanked"]),
    }


def needed(releases: list[dict[str, Any]], extras: set[str]) -> Iterator[tuple[str, set[str]]]:
    """The projects that releases require, with the extras of each."""
    environments: list[Environment | dict[str, str]] = [
        {**ENVIRONMENT, "extra": extra} for extra in ["", *sorted(extras)]
    ]
    for one in releases:
        for requirement in map(Requirement, one["requires"]):
            if requirement.marker is None or any(map(requirement.marker.evaluate, environments)):
                yield canonicalize_name(requirement.name), {*map(canonicalize_name, requirement.extras)}


def record() -> dict[str, Any]:
    """The whole index, from `ROOTS` on."""
    found: dict[str, list[dict[str, Any]]] = {}
    wanted: dict[str, set[str]] = {}
    for root in map(Requirement, ROOTS):
        wanted[canonicalize_name(root.name)] = {*map(canonicalize_name, root.extras)}
    pending = list(wanted)
    with ThreadPoolExecutor(8) as pool:
        while pending:
            new = [name for name in pending if name not in found]
            for name, files in zip(new, pool.map(chosen, new), strict=True):
                found[name] = list(pool.map(release, *zip(*files, strict=True))) if files else []
                print(name, len(found[name]))
            following: list[str] = []
            for name in pending:
                for other, extras in needed(found[name], wanted[name]):
                    if other not in wanted or not extras <= wanted[other]:
                        wanted.setdefault(other, set()).update(extras)
                        following.append(other)
            pending = list(dict.fromkeys(following))
    return {
        "recorded": str(datetime.now(UTC).date()),
        "environment": ENVIRONMENT,
        "projects": {name: found[name] for name in sorted(found) if found[name]},
    }


def compact(index: dict[str, Any]) -> str:
    """A line for each release, so that a new recording can be read as a difference."""
    lines = []
    for name, releases in index["projects"].items():
        rows = ",\n".join(f"   {json.dumps(one, ensure_ascii=False)}" for one in releases)
        lines.append(f"  {json.dumps(name)}: [\n{rows}\n  ]")
    head = json.dumps({key: index[key] for key in ("recorded", "environment")}, indent=1)
    return f'{head[:-2]},\n "projects": {{\n' + ",\n".join(lines) + "\n }\n}\n"


if __name__ == "__main__":
    Path(__file__).with_name("index.json").write_text(compact(record()), "utf-8")
