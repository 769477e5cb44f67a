"""What this machine lacks to build the book, each with its cure in one sentence."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
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
    return [finding for what, look in _EXAMINATIONS.items() for finding in _guarded(what, look)]


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
    if sys.version_info >= _PYTHON:
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
    on_windows = _system() == "windows"
    activate = r".venv\Scripts\activate" if on_windows else "source .venv/bin/activate"
    if sys.prefix == sys.base_prefix:
        conda = os.environ.get("CONDA_PREFIX")
        if conda and Path(conda).resolve() == Path(sys.prefix).resolve():
            return Finding(what, True, f"conda's, in {conda}")
        make = f"{'python' if on_windows else 'python3'} -m venv .venv"
        return Finding(what, False, f"none: this Python is {sys.prefix}", f"Run: {make} && {activate}")
    if active and Path(active).resolve() != Path(sys.prefix).resolve():
        cure = f"Run: deactivate, then: {activate}"
        return Finding(what, False, f"VIRTUAL_ENV says {active}, but this Python is in {sys.prefix}", cure)
    return Finding(what, True, sys.prefix)


def _rust() -> list[Finding]:
    needed = tomllib.loads((ROOT / "rust_examples" / "Cargo.toml").read_text("utf-8"))["workspace"]["package"]
    return [_tool("cargo"), _tool("rustc", str(needed["rust-version"]))]


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
        tried = _run(rustc, str(source), "-o", str(Path(folder, "link.exe")))
    if tried.returncode == 0:
        return Finding(what, True, "links a Rust program")
    error = re.search(r"error: (.*)", tried.stderr)
    return Finding(
        what, False, error[1] if error else "a program of one line could not be linked", _install_linker()
    )


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
