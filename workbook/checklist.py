"""What a package of Rust and Python needs before strangers install it: each point is tried, not asked for.

`examine` looks at a folder as an index and its users will see it: it makes the sdist, builds the wheel from
that alone, installs it where nothing else is, and tries it there. The folder itself is only read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.message import Message
from functools import cached_property
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from workbook import processes
from workbook.crates import environment
from workbook.doctor import Finding
from workbook.printing import plain

BUILDING, TRYING = 900.0, 180.0
"""Seconds that one build may take, and one trial of what was built."""

NOT_COPIED = shutil.ignore_patterns(
    "target", ".git", ".venv", "venv", "node_modules", "__pycache__", ".*_cache"
)
UNWANTED = re.compile(r"(^|/)(target|\.?venv|\.git|__pycache__)/|\.(so|pyd|whl|pyc)$")
PANICS = re.compile(r"\.unwrap\(\)|\b(?:panic|todo|unimplemented|unreachable)!")


class Missing(Exception):
    """A point that is not met: what is wrong, in a few words."""


class NotAPackage(ValueError):
    """Why a folder cannot be examined at all, in a sentence."""


def examine(folder: Path, say: Callable[[str], object] = lambda _: None) -> list[Finding]:
    """Try every point of the list on the package in `folder`, and tell `say` what is being done.

    Raises `NotAPackage` where the folder holds no `pyproject.toml` and `Cargo.toml` that can be read.
    """
    for name in ("pyproject.toml", "Cargo.toml"):
        if not (folder / name).is_file():
            raise NotAPackage(f"{folder} has no {name}: name the folder of a package that maturin builds.")
        try:
            tomllib.loads((folder / name).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise NotAPackage(f"{folder / name} cannot be read: {error}.") from None
    with tempfile.TemporaryDirectory(prefix="pyrust-book-", ignore_cleanup_errors=True) as scratch:
        copy = Path(scratch, "copy")
        copy_of(folder, copy)
        package = Package(copy, Path(scratch))
        findings = []
        for what, (look, cure) in POINTS.items():
            say(f"{what} …")
            findings.append(_looked_at(package, what, look, cure))
        return findings


def copy_of(folder: Path, copy: Path) -> None:
    """Copy what belongs to the package: what git would know, or else all but the usual."""
    listed = b""
    if git := shutil.which("git"):
        command = [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=folder, capture_output=True, timeout=TRYING).stdout
    if not listed:
        shutil.copytree(folder, copy, symlinks=True, ignore=NOT_COPIED, ignore_dangling_symlinks=True)
        return
    for name in map(os.fsdecode, listed.rstrip(b"\0").split(b"\0")):
        if (folder / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / name, copy / name)


def _looked_at(package: Package, what: str, look: Callable[[Package], str], cure: str) -> Finding:
    try:
        return Finding(what, True, look(package))
    except Missing as missing:
        return Finding(what, False, str(missing), cure)
    except subprocess.TimeoutExpired as error:
        return Finding(what, False, f"no answer within {error.timeout:.0f} s", cure)
    except Timeout:
        return Finding(what, False, "somebody else is building, and does not come to an end", cure)
    except (OSError, ValueError, KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
        return Finding(what, False, f"cannot be looked at: {error}", cure)


class Package:
    """A copy of the package, and what is made of it, each once and when it is first asked for."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder = folder
        self.scratch = scratch
        self.python = _python()
        self.empty = scratch / "empty"
        self.empty.mkdir()
        self._failed: dict[str, str] = {}

    @cached_property
    def pyproject(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "pyproject.toml").read_text("utf-8"))

    @cached_property
    def cargo(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "Cargo.toml").read_text("utf-8"))

    @cached_property
    def environment(self) -> dict[str, str]:
        """Ours, without what would change a build, and with a target folder that is kept."""
        unwanted = re.compile(r"PYTHON(PATH|HOME|STARTUP)|MATURIN_\w+|PYO3_\w+|RUST(FLAGS|_BACKTRACE)")
        kept = {name: text for name, text in environment().items() if not unwanted.fullmatch(name)}
        target = user_cache_path("pyrust-book", appauthor=False) / "checklist"
        return {"CARGO_TARGET_DIR": str(target)} | kept | {"CARGO_TERM_COLOR": "never"}

    @cached_property
    def sdist(self) -> Path:
        """The sdist, unpacked."""
        out = self.scratch / "sdist"
        self._once("sdist", [*_maturin("sdist"), "-m", self.folder / "Cargo.toml", "-o", out], BUILDING)
        (archive,) = out.glob("*.tar.gz")
        with tarfile.open(archive) as file:
            file.extractall(out, filter="data")
        for path in out.rglob("*"):
            os.utime(path)  # they are dated to long ago: cargo would think them built already
        return next(path for path in out.iterdir() if path.is_dir())

    @cached_property
    def wheel(self) -> Path:
        """The wheel, built from nothing but the sdist."""
        out = self.scratch / "wheel"
        (manifest, *_) = sorted(self.sdist.rglob("Cargo.toml"), key=lambda path: len(path.parts))
        command: list[str | Path] = [*_maturin("build"), "--release", "-i", self.python]
        command += ["-m", manifest, "-o", out]
        target = Path(self.environment["CARGO_TARGET_DIR"])
        target.mkdir(parents=True, exist_ok=True)
        # Another package of the same name must not be built between this build and the wheel.
        with FileLock(target / "checklist.lock", timeout=BUILDING):
            self._once("wheel", command, BUILDING)
        (built,) = out.glob("*.whl")
        return built

    @cached_property
    def names(self) -> list[str]:
        """What is in the wheel."""
        with zipfile.ZipFile(self.wheel) as archive:
            return archive.namelist()

    @cached_property
    def metadata(self) -> Message:
        with zipfile.ZipFile(self.wheel) as archive:
            name = next(name for name in self.names if name.endswith(".dist-info/METADATA"))
            return message_from_bytes(archive.read(name))

    @cached_property
    def native(self) -> str:
        """The native module, as one would import it."""
        for name in self.names:
            stem, _, suffix = name.partition(".")
            if f".{suffix}" in EXTENSION_SUFFIXES:
                *folders, last = stem.split("/")
                return ".".join(folders if folders[-1:] == [last] else [*folders, last])
        raise Missing("the wheel holds no native module")

    @property
    def module(self) -> str:
        """What people import."""
        return self.native.partition(".")[0]

    @cached_property
    def site(self) -> Path:
        """A folder with the package and what it depends on, and nothing else."""
        from uv import find_uv_bin

        site = self.scratch / "site"
        uv: str | Path = find_uv_bin()
        command: list[str | Path] = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            self.python,
            "--target",
            site,
        ]
        command.append(self.wheel)
        self._once("installed package", command, TRYING)
        return site

    def run(self, command: Sequence[str | Path], seconds: float = TRYING, **more: str) -> processes.Ended:
        """Run a command in an empty folder."""
        env = self.environment | {"PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100"} | more
        ended = processes.run(command, cwd=self.empty, env=env, timeout=seconds)
        place = re.compile(rf"{re.escape(str(self.scratch))}[/\\]\w+[/\\]")
        return processes.Ended(ended.code, place.sub("", ended.out), place.sub("", ended.err))

    def bare(self, *arguments: str | Path) -> processes.Ended:
        """Run Python where only the package and its dependencies can be imported."""
        command: list[str | Path] = [self.python, "-S", *arguments]
        return self.run(command, PYTHONPATH=str(self.site))

    def tool(self, name: str, *arguments: str | Path) -> processes.Ended:
        """Run a tool of the book's on the installed package."""
        site = str(self.site)
        return self.run([sys.executable, "-m", name, *arguments], PYTHONPATH=site, MYPYPATH=site)

    def _once(self, what: str, command: Sequence[str | Path], seconds: float) -> None:
        """Make something; where that has failed before, say so without trying again."""
        if what in self._failed:
            raise Missing(f"there is no {what}, see above")
        try:
            ended = self.run(command, seconds)
        except subprocess.TimeoutExpired:
            self._failed[what] = "too long"
            raise
        if ended.code != 0:
            self._failed[what] = last_words(ended)
            raise Missing(f"there is no {what}: {last_words(ended)}")


def _python() -> Path:
    """The Python of the active environment, where it is as old as ours; cargo knows what it built for it."""
    venv = os.environ.get("VIRTUAL_ENV")
    if venv and not processes.WINDOWS:
        python, settings = Path(venv, "bin", "python"), Path(venv, "pyvenv.cfg")
        release = ".".join(map(str, sys.version_info[:2])) + "."
        if python.exists() and settings.exists() and f" {release}" in settings.read_text("utf-8"):
            return python
    return Path(sys.executable)


def _maturin(verb: str) -> list[str]:
    return [sys.executable, "-m", "maturin", verb]


def last_words(ended: processes.Ended) -> str:
    """What a command said of its failure, on one line: rustc begins with it, Python ends with it."""
    lines = [line.strip() for line in plain(f"{ended.out}\n{ended.err}").splitlines() if line.strip()]
    rust = [line for line in lines if re.match(r"error(\[E\d+\])?: ", line)]
    python = [
        line for line in lines if re.match(r"\w*(Error|Exception|Warning)\b|.*\b(error|failed)\b", line)
    ]
    return [*rust[:1], *python[-1:], *lines[-1:], f"exit code {ended.code}"][0][:200]


# The points, in the order in which they are tried --------------------------------------------------------


def _one_version(package: Package) -> str:
    if "version" not in package.pyproject.get("project", {}).get("dynamic", []):
        raise Missing("pyproject.toml and Cargo.toml state one each")
    for path in sorted(package.folder.rglob("*.py")):
        if re.search(r"^__version__\s*=\s*[\"']", path.read_text("utf-8", "replace"), re.MULTILINE):
            raise Missing(f"{path.relative_to(package.folder).as_posix()} states one, too")
    return "stands in Cargo.toml alone"


def _profile(package: Package) -> str:
    profile = package.cargo.get("profile", {}).get("release", {})
    if profile.get("panic") == "abort":
        raise Missing('panic = "abort" ends Python where it should raise')
    if profile.get("debug-assertions") or profile.get("opt-level", 3) in (0, 1):
        raise Missing("the release profile does not optimise")
    return "optimised, and a panic becomes an exception"


def _panics(package: Package) -> str:
    for path in sorted((package.folder / "src").rglob("*.rs")):
        text = path.read_text("utf-8", "replace").partition("#[cfg(test)]")[0]
        for number, line in enumerate(text.splitlines(), start=1):
            if found := PANICS.search(line.partition("//")[0]):
                raise Missing(f"src/{path.name}, line {number}: {found[0]}")
    return "none on purpose"


def _sdist(package: Package) -> str:
    files = [
        path.relative_to(package.sdist).as_posix() for path in package.sdist.rglob("*") if path.is_file()
    ]
    for file in sorted(files):
        if UNWANTED.search(file):
            raise Missing(f"it carries {file}")
    if not any(Path(file).name == "Cargo.lock" for file in files):
        raise Missing("it has no Cargo.lock")
    return f"{len(files)} files"


def _wheel(package: Package) -> str:
    tag = "-".join(package.wheel.stem.split("-")[-3:])
    if re.search(r"-linux_\w+$", tag):
        raise Missing(f"{tag} is for this machine alone")
    return f"{tag}, {package.wheel.stat().st_size / 1000:,.0f} KB"


def _imports(package: Package) -> str:
    ended = package.bare("-c", f"import {package.native}, {package.module}; print({package.module}.__doc__)")
    if ended.code != 0:
        raise Missing(last_words(ended))
    if ended.out.strip() in ("", "None"):
        raise Missing(f"{package.module} has no docstring")
    return f"import {package.module}"


def _metadata(package: Package) -> str:
    known = package.metadata
    wanted = {
        "a description": known["Summary"],
        "a readme": str(known.get_payload()).strip() or known["Description"],
        "requires-python": known["Requires-Python"],
        "a URL": known["Project-URL"] or known["Home-page"],
        "a licence": known["License-Expression"] or known["License"],
    }
    lacking = [name for name, value in wanted.items() if not value]
    if lacking:
        raise Missing(f"it lacks {', '.join(lacking)}")
    return f"{known['Name']} {known['Version']}, {wanted['a licence']}"


def _licence(package: Package) -> str:
    for name in package.names:
        if re.search(r"\.dist-info/(licen[cs]es?/)?(LICEN[CS]E|COPYING)[^/]*$", name, re.IGNORECASE):
            return Path(name).name
    raise Missing("the wheel holds no text of a licence")


def _typed(package: Package) -> str:
    folder = package.native.replace(".", "/")
    stubs = {f"{folder}.pyi", f"{folder}/__init__.pyi"} & set(package.names)
    if f"{package.module}/py.typed" not in package.names:
        raise Missing("there is no py.typed, so type checkers look no further")
    if not stubs:
        raise Missing(f"nothing tells the types of {package.native}")
    return min(stubs)


def _checked(package: Package) -> str:
    _typed(package)
    checked = package.tool("mypy", "--strict", "--no-incremental", "--no-error-summary", "-p", package.module)
    if checked.code != 0:
        raise Missing(f"mypy --strict: {last_words(checked)}")
    compared = package.tool("mypy.stubtest", "--concise", "--ignore-disjoint-bases", package.native)
    if compared.code != 0:
        raise Missing(f"the stub does not match the module: {last_words(compared)}")
    return "mypy --strict accepts them, and they match the module"


def _command(package: Package) -> str:
    scripts = package.pyproject.get("project", {}).get("scripts", {})
    if f"{package.module}/__main__.py" not in package.names and not scripts:
        raise Missing("there is neither a script nor a __main__.py")
    tried = []
    if f"{package.module}/__main__.py" in package.names:
        tried.append((f"python -m {package.module}", package.bare("-m", package.module, "--help")))
    for name, place in scripts.items():
        module, _, function = place.partition(":")
        call = f"import sys, {module} as it; sys.argv[0] = {name!r}; sys.exit(it.{function}())"
        tried.append((name, package.bare("-c", call, "--help")))
    for name, ended in tried:
        if ended.code != 0 or not ended.out.strip():
            raise Missing(f"{name} --help: {last_words(ended)}")
    return ", ".join(f"{name} --help" for name, _ in tried)


def _tests(package: Package) -> str:
    folder = next((path for name in ("tests", "test") if (path := package.folder / name).is_dir()), None)
    if folder is None or not any(folder.rglob("test_*.py")):
        raise Missing("there is no tests/test_….py")
    place = package.scratch / "trial"
    shutil.copytree(folder, place / folder.name)
    settings = place / "pytest.ini"
    settings.write_text("[pytest]\n", "utf-8")
    options = ["-q", "-p", "no:cacheprovider", "--tb=line"]
    ended = package.tool("pytest", *options, "--rootdir", place, "-c", settings, place)
    if ended.code != 0:
        raise Missing(last_words(ended))
    passed = re.search(r"\d+ passed", ended.out)
    return f"{passed[0] if passed else 'passed'} on the installed package"


def _benchmark(package: Package) -> str:
    for path in sorted(package.folder.rglob("*")):
        name = path.relative_to(package.folder).as_posix()
        if path.suffix in {".py", ".rs"} and re.search(r"(^|[/_])bench", name):
            return name
    raise Missing("there is none")


POINTS: dict[str, tuple[Callable[[Package], str], str]] = {
    "One version": (
        _one_version,
        'Say dynamic = ["version"] in pyproject.toml; in Python, ask importlib.metadata.',
    ),
    "Release profile": (_profile, "Leave panic and opt-level in [profile.release] as cargo has them."),
    "Panics": (_panics, "Return a Result with ?, or say in expect(…) why it cannot happen."),
    "Source archive": (
        _sdist,
        "Name what belongs in it by include in Cargo.toml, and keep Cargo.lock.",
    ),
    "Wheel, built from that": (
        _wheel,
        "Build the unpacked sdist elsewhere, and read what is missing there.",
    ),
    "Import, with nothing else": (
        _imports,
        "Name what it needs under dependencies, and begin __init__.py with a docstring.",
    ),
    "Metadata": (
        _metadata,
        "Add it under [project]: description, readme, requires-python, license, [project.urls].",
    ),
    "Licence": (_licence, 'Put a LICENSE beside pyproject.toml, and say license-files = ["LICENSE"].'),
    "Types": (_typed, "Put py.typed and a .pyi for the native module into the package's folder."),
    "Types, checked": (
        _checked,
        "Run mypy --strict and python -m mypy.stubtest yourself, and mend the stub.",
    ),
    "Command": (
        _command,
        "Write __main__.py with a main that knows --help, and name it in [project.scripts].",
    ),
    "Tests": (_tests, "Write tests that import the package as users do, and run them where it is installed."),
    "Benchmark": (_benchmark, "Keep one in benches/, so that whoever doubts the speed can run it."),
}
"""Each point: how it is tried, and how it is mended."""
