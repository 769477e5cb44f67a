"""What this machine lacks, each with its cure in one sentence.

`examine` looks at what the book needs. `examine_terminal` looks at the terminal that it is called in, whose
`python` may be quite another than the one that runs us: at what it takes to build a package of Rust there,
and to import it.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from workbook import crates
from workbook.layout import BUILD, ROOT
from workbook.layout import crates as all_crates

_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    detail: str
    """What was found."""
    cure: str | None = None
    """What to do about it, where it is not well."""


def examine() -> list[Finding]:
    """Look at everything that the book needs. Never raises: what cannot be examined is a finding too."""
    return _all(_EXAMINATIONS)


def examine_terminal(modules: Sequence[str] = ()) -> list[Finding]:
    """Look at this terminal: can it build a package of Rust, and import these modules?

    What counts is what commands would find here, by the PATH and the variables of this process; the Python
    that runs us is not looked at. Never raises.
    """
    python = _TheirPython.found()
    looks: dict[str, Callable[[], Finding | list[Finding]]] = {
        "Python": lambda: _their_python(python),
        "Virtual environment": lambda: _their_environment(python),
        "Rust": _rust,
        "C linker": _linker,
        "maturin": _maturin,
    }
    for module in modules:
        looks[f"Module {module}"] = lambda module=module: _module(module, python)  # type: ignore[misc]
    return _all(looks)


def _all(looks: Mapping[str, Callable[[], Finding | list[Finding]]]) -> list[Finding]:
    return [finding for what, look in looks.items() for finding in _guarded(what, look)]


def table(findings: list[Finding]) -> Text:
    """The findings for a terminal, the cures beneath what they cure."""
    lines = []
    for finding in findings:
        mark, style = ("✓", "green") if finding.ok else ("✗", "red")
        lines.append(
            Text(f"{mark} ", style).append(f"{finding.what}: ", "bold").append(finding.detail, "default")
        )
        if finding.cure:
            lines.append(Text(f"  {finding.cure}", "default"))
    wrong = sum(not finding.ok for finding in findings)
    lines.append(Text(f"{wrong} to mend, from the top." if wrong else "All is well.", "bold"))
    text = Text("\n").join(lines)
    text.no_wrap, text.overflow = True, "ignore"  # commands to copy must stay whole
    return text


def _guarded(what: str, look: Callable[[], Finding | list[Finding]]) -> list[Finding]:
    try:
        found = look()
    except Exception as error:
        trouble = f"could not be examined ({type(error).__name__}: {error})"
        return [Finding(what, False, trouble, "Look at what this names; the book needs it in order.")]
    return found if isinstance(found, list) else [found]


def _python() -> Finding:
    found = f"{platform.python_version()}, {sys.executable}"
    return _judged(sys.version_info[:3], found)


def _judged(version: tuple[int, ...], found: str) -> Finding:
    if version >= _PYTHON:
        return Finding("Python", True, found)
    cure = {
        "debian": "Run: sudo apt install python3.11 python3.11-venv",
        "fedora": "Run: sudo dnf install python3.12",
        "macos": "Run: brew install python@3.12",
        "windows": "Run: winget install Python.Python.3.12",
    }.get(_system(), "Install Python 3.11 or newer from https://www.python.org/downloads")
    return Finding(
        "Python", False, f"{found}, and the book needs 3.11", f"{cure}, then make a new environment with it."
    )


def _environment() -> Finding:
    what = "Virtual environment"
    active = os.environ.get("VIRTUAL_ENV")
    if sys.prefix == sys.base_prefix:
        conda = os.environ.get("CONDA_PREFIX")
        if conda and Path(conda).resolve() == Path(sys.prefix).resolve():
            return Finding(what, True, f"conda's, in {conda}")
        cure = f"Run: {_new_environment()}"
        return Finding(what, False, f"none: this Python is {sys.prefix}", cure)
    if active and Path(active).resolve() != Path(sys.prefix).resolve():
        cure = f"Run: deactivate, then: {_activate()}"
        return Finding(what, False, f"VIRTUAL_ENV says {active}, but this Python is in {sys.prefix}", cure)
    return Finding(what, True, sys.prefix)


def _new_environment() -> str:
    return f"{'python' if _system() == 'windows' else 'python3'} -m venv .venv && {_activate()}"


def _activate(venv: Path = Path(".venv")) -> str:
    if _system() == "windows":
        return rf"{venv}\Scripts\activate"
    return f"source {shlex.quote(str(venv / 'bin' / 'activate'))}"


@dataclass(frozen=True)
class _TheirPython:
    """What `python` is in this terminal, as it says of itself."""

    executable: str
    version: tuple[int, ...]
    prefix: Path
    base_prefix: Path

    @classmethod
    def found(cls) -> _TheirPython | None:
        path = shutil.which("python") or shutil.which("python3")
        return cls.asked(path) if path else None

    @classmethod
    def asked(cls, path: str) -> _TheirPython | None:
        try:
            said = json.loads(_run(path, "-c", _ABOUT_ITSELF).stdout)
            version = tuple(said["version"])
            return cls(path, version, Path(said["prefix"]).resolve(), Path(said["base_prefix"]).resolve())
        except (OSError, ValueError, subprocess.SubprocessError):
            return None

    def locate(self, module: str) -> tuple[str | None, list[str]]:
        """The file that `import` would load, and those of the same name that it would pass over."""
        said = json.loads(_run(self.executable, "-c", _WHERE_IS, module).stdout)
        return said["origin"], said["others"]


_ABOUT_ITSELF = """
import json, sys
print(json.dumps({
    "version": sys.version_info[:3],
    "prefix": sys.prefix,
    "base_prefix": getattr(sys, "base_prefix", sys.prefix),
}))
"""

_WHERE_IS = """
import json, pathlib, sys
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
del sys.path[0]  # this folder: one of the module's name would be mistaken for it
*parents, name = sys.argv[1].split(".")
places = sys.path
for parent in parents:
    places = getattr(PathFinder.find_spec(parent, places), "submodule_search_locations", None) or []
spec = PathFinder.find_spec(name, places)
if spec is not None and spec.origin and spec.origin.endswith("__init__.py"):
    # maturin packs a module into a package of its own name
    spec = PathFinder.find_spec(name, spec.submodule_search_locations) or spec
loaded = [f"{name}{suffix}" for suffix in EXTENSION_SUFFIXES]
others = [
    str(file)
    for place in places
    for pattern in (f"{name}.*", f"{name}/{name}.*")
    for file in pathlib.Path(place).glob(pattern)
    if file.suffix in (".so", ".pyd") and file.name not in loaded
]
print(json.dumps({"origin": getattr(spec, "origin", None), "others": others}))
"""


def _their_python(python: _TheirPython | None) -> Finding:
    if python is None:
        cure = f"Run: {_new_environment()}"
        return Finding("Python", False, "no python that runs is on the PATH", cure)
    return _judged(python.version, f"{'.'.join(map(str, python.version))}, {python.executable}")


def _their_environment(python: _TheirPython | None) -> Finding:
    """Where `maturin develop` would install, and whether `python` looks there."""
    what = "Virtual environment"
    named = {name: os.environ.get(name) for name in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    if all(named.values()) and named["VIRTUAL_ENV"] != named["CONDA_PREFIX"]:
        detail = (
            f"two are active, {named['VIRTUAL_ENV']} and {named['CONDA_PREFIX']}, and maturin takes neither"
        )
        return Finding(what, False, detail, "Run: conda deactivate")
    above = (folder / ".venv" for folder in [Path.cwd(), *Path.cwd().parents])
    beside = next((venv for venv in above if (venv / "pyvenv.cfg").exists()), None)
    chosen = next((Path(value) for value in named.values() if value), beside)
    if chosen is None:
        cure = f"Run: {_new_environment()}"
        return Finding(what, False, "none, so maturin has nowhere to install", cure)
    if not chosen.is_dir():
        cure = f"Run: deactivate, then: {_new_environment()}"
        return Finding(what, False, f"VIRTUAL_ENV says {chosen}, which is not there", cure)
    if python is None:
        return Finding(what, False, f"{chosen}, but there is no python", f"Run: {_activate(chosen)}")
    if python.prefix != chosen.resolve():
        detail = f"maturin installs into {chosen}, but python is {python.executable}"
        return Finding(what, False, detail, f"Run: {_activate(chosen)}")
    return Finding(what, True, str(chosen))


def _maturin() -> Finding:
    path = shutil.which("maturin")
    if path is None:
        return Finding("maturin", False, "not found", "Run: python -m pip install maturin")
    version = re.search(r"\d+\.\d+\.\d+", _run(path, "--version").stdout)
    if version is None:
        return Finding("maturin", False, f"{path} does not run", "Run: python -m pip install maturin")
    return Finding("maturin", True, f"{version[0]}, {path}")


DEBUG_MARK = b"unsafe precondition(s) violated: "
"""What checks of Rust's standard library say. Only a build with debug assertions keeps those checks."""


def _module(name: str, python: _TheirPython | None) -> Finding:
    """Whether `import` finds it, and whether it is a debug build."""
    what = f"Module {name}"
    if python is None:
        return Finding(what, False, "not looked for, since there is no python", "Mend that first.")
    origin, others = python.locate(name)
    if origin is None:
        active = os.environ.get("VIRTUAL_ENV")
        elsewhere = _in_environment(Path(active), name) if active else None
        if elsewhere:
            return Finding(
                what,
                False,
                f"not where python looks, but in {active}",
                f"Run: {_activate(Path(active or ''))}",
            )
        if others:
            detail = f"built for another Python: {Path(others[0]).name}"
            return Finding(what, False, detail, "Run: maturin develop --release")
        cure = "Run in the package's folder: maturin develop --release"
        return Finding(what, False, "not installed for this python", cure)
    if not origin.endswith((".so", ".pyd")):
        return Finding(what, True, f"{origin}, which is not native")
    if DEBUG_MARK in Path(origin).read_bytes():
        cure = "Run in the package's folder: maturin develop --release"
        return Finding(what, False, f"a debug build, {Path(origin).name}: do not time it", cure)
    return Finding(what, True, f"{Path(origin).name}, without the checks of a debug build")


def _in_environment(venv: Path, module: str) -> str | None:
    path = shutil.which("python", path=str(venv / ("Scripts" if _system() == "windows" else "bin")))
    python = _TheirPython.asked(path) if path else None
    return python.locate(module)[0] if python else None


def _rust() -> list[Finding]:
    needed = tomllib.loads((ROOT / "rust_examples" / "Cargo.toml").read_text("utf-8"))["workspace"]["package"]
    versions = [str(needed["rust-version"])]
    for crate in all_crates():  # one may need more than the others
        own = tomllib.loads(crate.manifest.read_text("utf-8"))["package"]["rust-version"]
        versions += [own] if isinstance(own, str) else []
    newest = max(versions, key=lambda version: [int(part) for part in version.split(".")])
    return [_tool("cargo"), _tool("rustc", newest)]


def _tool(name: str, needed: str | None = None) -> Finding:
    path = shutil.which(name)
    if path is None:
        home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")) / "bin"
        if shutil.which(name, path=str(home)):
            return Finding(name, False, f"in {home}, which is not on the PATH", _on_the_path(home))
        return Finding(name, False, "not found", _install_rust())
    said = _run(path, "--version")
    version = re.search(r"\d+\.\d+\.\d+", said.stdout)
    if said.returncode != 0 or version is None:
        lines = (said.stderr or said.stdout).strip().splitlines() or ["it said nothing"]
        return Finding(name, False, f"{path} does not run: {lines[0]}", "Run: rustup default stable")
    if needed and _numbers(version[0]) < _numbers(needed):
        detail = f"{version[0]}, and the book needs {needed}"
        cure = "Run: rustup update stable" if shutil.which("rustup") else _install_rust()
        return Finding(name, False, detail, cure)
    return Finding(name, True, f"{version[0]}, {path}")


def _on_the_path(folder: Path) -> str:
    if _system() == "windows":
        return "Open a new terminal: the installer has set its PATH."
    return f'Open a new terminal, or run: . "{folder.parent / "env"}"'


def _install_rust() -> str:
    if _system() == "windows":
        return "Run: winget install Rustlang.Rustup, then open a new terminal."
    command = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
    return f"Run: {command}, then open a new terminal."


def _linker() -> Finding:
    what = "C linker"
    rustc = shutil.which("rustc")
    if rustc is None:
        return Finding(
            what, False, "not tried, since there is no rustc", "Install Rust first, as said above."
        )
    # The proof is a program that was linked: on Windows rustc finds a linker that is on no PATH.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder, "link.rs")
        source.write_text("fn main() {}\n", "utf-8")
        tried = _run(rustc, str(source), "-o", str(Path(folder, "link.exe")), *_chosen_linker(rustc))
    if tried.returncode == 0:
        return Finding(what, True, "links a Rust program")
    error = re.search(r"error: (.*)", tried.stderr)
    return Finding(
        what, False, error[1] if error else "a program of one line could not be linked", _install_linker()
    )


def _chosen_linker(rustc: str) -> list[str]:
    """The linker that cargo would be told to take by a variable of the environment."""
    host = re.search(r"^host: (\S+)$", _run(rustc, "-vV").stdout, re.MULTILINE)
    name = f"CARGO_TARGET_{re.sub('[-.]', '_', host[1]).upper()}_LINKER" if host else ""
    return ["-C", f"linker={os.environ[name]}"] if os.environ.get(name) else []


def _install_linker() -> str:
    return {
        "debian": "Run: sudo apt install build-essential",
        "fedora": "Run: sudo dnf install gcc",
        "arch": "Run: sudo pacman -S gcc",
        "macos": "Run: xcode-select --install",
        "windows": "Run: winget install Microsoft.VisualStudio.2022.BuildTools, and choose "
        "'Desktop development with C++'.",
    }.get(_system(), "Install gcc or clang with your system's package manager.")


def _requirements() -> Finding:
    """The packages that requirements.txt names, in the versions that it names."""
    text = (ROOT / "requirements.txt").read_text("utf-8")
    wrong = [
        f"{name} {found or 'missing'} (wanted {version})"
        for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)\s*$", text, re.MULTILINE)
        if (found := _version(name)) != version
    ]
    if wrong:
        return Finding("Packages", False, ", ".join(wrong), "Run: python -m pip install -r requirements.txt")
    return Finding(
        "Packages", True, f"as requirements.txt says; maturin {_version('maturin')}, uv {_version('uv')}"
    )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _crates() -> Iterator[Finding]:
    for crate in all_crates():
        reason = crates.stale(crate)
        cure = "Run: workbook crates" if reason else None
        yield Finding(f"Crate {crate.slug}", reason is None, reason or "installed, as its sources are", cure)


def _writable() -> Finding:
    places = [ROOT, BUILD, ROOT / "rust_examples" / "target", Path(sys.prefix)]
    closed = [str(place) for place in places if place.exists() and not os.access(place, os.W_OK)]
    if closed:
        mine = "Run the terminal as the user who owns them, or take a copy into your home folder."
        return Finding("Write access", False, f"none to {', '.join(closed)}", mine)
    return Finding("Write access", True, "to the book, its builds and its environment")


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL, timeout=60
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _system() -> str:
    """The family of systems that cures are written for."""
    if sys.platform in ("darwin", "win32"):
        return {"darwin": "macos", "win32": "windows"}[sys.platform]
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return "linux"
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((name for name in names if name in ("debian", "fedora", "arch")), "linux")


_EXAMINATIONS: dict[str, Callable[[], Finding | list[Finding]]] = {
    "Python": _python,
    "Virtual environment": _environment,
    "Rust": _rust,
    "C linker": _linker,
    "Packages": _requirements,
    "Crates": lambda: list(_crates()),
    "Write access": _writable,
}
