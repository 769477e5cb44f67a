"""The one builder: all crates are compiled and installed here, and here it is known which are out of date."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import json
import os
import shutil
import struct
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit
from urllib.request import url2pathname

from filelock import FileLock

from workbook import processes
from workbook.layout import Crate


class BuildError(RuntimeError):
    """A crate that could not be built; the message carries what the compiler said."""


def building(crate: Crate) -> FileLock:
    """The lock that every build takes: all crates of a workspace share one target folder."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", crate.folder.parent / "target"))
    target.mkdir(parents=True, exist_ok=True)
    return FileLock(target / "workbook.lock")


def environment() -> dict[str, str]:
    """This process's environment, with the virtual environment that it really runs in named and first."""
    found = os.environ.copy()
    found["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), found.get("PATH", "")])
    if sys.prefix != sys.base_prefix:
        found["VIRTUAL_ENV"] = sys.prefix
        found.pop("CONDA_PREFIX", None)  # maturin refuses to choose where both are set
    return found


def binary(crate: Crate) -> Path | None:
    """The installed extension module, found without importing it; None where there is none."""
    importlib.invalidate_caches()
    try:
        installed = importlib.metadata.distribution(crate.distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
    files = [Path(str(installed.locate_file(file))) for file in installed.files or ()]
    for file in files:
        if file.suffix == ".pth" and file.exists():  # half Python: the module lies beside it, in the sources
            folders = file.read_text("utf-8").splitlines()
            files += [path for folder in folders for path in sorted(Path(folder).glob("*/*"))]
    modules = (file for file in files if f".{file.name.partition('.')[2]}" in EXTENSION_SUFFIXES)
    return next((module for module in modules if module.exists()), None)


def stale(crate: Crate) -> str | None:
    """Why the installed crate is not what its sources say, in words that follow its name; None if it is."""
    found = binary(crate)
    if found is None:
        return "is not installed"
    origin = _origin(crate)
    if origin is not None and origin != crate.folder.resolve():
        return f"is installed from {origin}, not from this repository"
    built = found.stat().st_mtime
    for source in crate.sources:
        if source.exists() and source.stat().st_mtime > built:
            return f"is older than {source.relative_to(crate.root).as_posix()}"
    return None


def _origin(crate: Crate) -> Path | None:
    """The folder that the installed crate was built from, as far as the installer wrote it down."""
    record = importlib.metadata.distribution(crate.distribution).read_text("direct_url.json")
    if record is None:
        return None
    url = urlsplit(json.loads(record).get("url", ""))
    return Path(url2pathname(url.path)).resolve() if url.scheme == "file" else None


def require_cargo() -> None:
    """Raise `BuildError` where there is no Rust to build with."""
    if shutil.which("cargo") is None:
        raise BuildError(
            "There is no cargo on the PATH: install Rust from https://rustup.rs, then open a new terminal."
        )


def build(crate: Crate) -> None:
    """Compile the crate in release mode and install it. Raises `BuildError` with the compiler's words."""
    require_cargo()
    with building(crate):
        _build(crate)


def _build(crate: Crate, cancelled: Event | None = None) -> None:
    # The binary is dated to the start of its build: what is saved while rustc works is newer, and
    # an installer that links an old file from its cache cannot make a fresh crate look stale.
    moment = max([time.time(), *_dates(crate)])
    ended = processes.run(_command(crate), env=environment(), cancelled=cancelled)
    said = f"{ended.out}{ended.err}".strip()
    if ended.code != 0:
        raise BuildError(f"{crate.slug} could not be built:\n\n{said}")
    installed = binary(crate)
    if installed is None:
        raise BuildError(f"{crate.slug} was built, but {crate.distribution} is not there:\n\n{said}")
    lock = crate.folder.parent / "Cargo.lock"  # cargo may have written it
    moment = max(moment, lock.stat().st_mtime)
    os.utime(installed, (moment, moment))


def _dates(crate: Crate) -> list[float]:
    return [source.stat().st_mtime for source in crate.sources if source.exists()]


def _command(crate: Crate) -> list[str]:
    if sys.prefix == sys.base_prefix:  # maturin develop wants a virtual environment
        return [sys.executable, "-m", "pip", "install", "--force-reinstall", "--no-deps", str(crate.folder)]
    uv = ["--uv"] if shutil.which("uv", path=environment()["PATH"]) else []
    return [sys.executable, "-m", "maturin", "develop", *uv, "--release", "-m", str(crate.manifest)]


def ensure(crates: Iterable[Crate], say: Callable[[str], object] = print) -> list[Crate]:
    """Build those crates that are stale, tell `say` about each, and return them.

    Where there are several, cargo compiles them together first, and maturin finds that done. Two of it are
    under way at a time, so that the next crate is looked at while one is installed.
    """
    reasons = {crate: reason for crate in crates if (reason := stale(crate)) is not None}
    if not reasons:
        return []
    require_cargo()
    cancelled, start = Event(), time.perf_counter()

    def build_next(crate: Crate) -> None:
        if cancelled.is_set():
            return
        say(f"{crate.slug} {reasons[crate]}: building it …")
        try:
            _build(crate, cancelled)
        except BaseException:
            cancelled.set()  # here, for this thread takes the next crate before the other one hears of it
            raise

    with building(next(iter(reasons))), ThreadPoolExecutor(2) as pool:
        _compile_together(list(reasons), say)
        building_them = [pool.submit(build_next, crate) for crate in reasons]
        try:
            for one in as_completed(building_them):
                with suppress(processes.CancelledError):  # what cancelled it is still to come
                    one.result()
        except BaseException:
            cancelled.set()
            raise
    say(f"{'It is' if len(reasons) == 1 else 'They are'} built, in {time.perf_counter() - start:.1f} s.")
    return list(reasons)


def _compile_together(crates: Sequence[Crate], say: Callable[[str], object]) -> None:
    """Keep all cores busy: cargo alone knows what can be compiled beside what, and maturin takes one crate.

    What does not compile is left for maturin to tell.
    """
    if len(crates) < 2 or sys.prefix == sys.base_prefix:
        return
    for group in alike(crates):
        say(f"Compiling {', '.join(crate.slug for crate in group)} …")
        processes.run(together(group), cwd=group[0].folder.parent, env=as_maturin())


def together(group: Iterable[Crate]) -> list[str]:
    """What has cargo compile these crates."""
    chosen = [argument for crate in group for argument in ("--package", crate.distribution)]
    return ["cargo", "build", "--quiet", "--release", "--lib", "--keep-going", *chosen]


def as_maturin() -> dict[str, str]:
    """The environment that cargo has from maturin: in another, PyO3 would be compiled again."""
    python = Path(sysconfig.get_path("scripts"), "python.exe" if processes.WINDOWS else "python")
    version, bits = ".".join(map(str, sys.version_info[:2])), 8 * struct.calcsize("P")
    return environment() | {
        "PYO3_BUILD_EXTENSION_MODULE": "1",
        "PYO3_ENVIRONMENT_SIGNATURE": f"{sys.implementation.name}-{version}-{bits}bit",
        "PYO3_PYTHON": str(python),
    }


def alike(crates: Sequence[Crate]) -> list[list[Crate]]:
    """The crates, in groups that want the same features of whatever they share.

    Cargo compiles a dependency once for all the crates that it is asked for, with the features that any of
    them wants; a crate that is then built alone would find another than it needs.
    """
    groups: list[tuple[list[Crate], dict[str, set[str]]]] = []
    with ThreadPoolExecutor() as pool:
        for crate, wanted in zip(crates, pool.map(_features, crates), strict=True):
            if not wanted:  # a broken manifest
                continue
            for members, known in groups:
                if all(known.get(name, features) == features for name, features in wanted.items()):
                    members.append(crate)
                    known |= wanted
                    break
            else:
                groups.append(([crate], wanted))
    return [members for members, _ in groups]


def _features(crate: Crate) -> dict[str, set[str]]:
    """What a crate is built of, by name and version, and with which features; a few are used in two ways."""
    shape = ["--edges", "normal,build", "--prefix", "none", "--no-dedupe", "--format", "{p}\t{f}"]
    tree = processes.run(["cargo", "tree", "--quiet", "--manifest-path", crate.manifest, *shape])
    found: dict[str, set[str]] = {}
    for line in tree.out.splitlines():
        name, _, features = line.partition("\t")
        found.setdefault(name, set()).add(features)
    return found


@cache
def rustc_version() -> str:
    """The compiler's version, such as 1.95.0, or "none"."""
    if shutil.which("rustc") is None:
        return "none"
    said = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[1]


def fingerprint(crate: Crate) -> str:
    """A hash of what the crate is: its sources and its installed binary, by content."""
    digest = hashlib.sha256()
    installed = binary(crate)
    for path in [*crate.sources, *([installed] if installed else [])]:
        content = path.read_bytes() if path.exists() else b""
        digest.update(f"{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
