"""A terminal for the pages: commands as a reader would type them, in a folder of their own.

A page calls `scratch()` once. From then on `%%terminal` runs the commands of its cell there, and
`%%write PATH` writes its cell to a file; `cd`, `export`, `unset` and `source` last from cell to cell. The
folder is shown as `~`; it is no part of the repository, and its virtual environment is not the one that the
book runs in, so nothing that a page builds can disturb the book.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock, Timeout
from IPython.core.interactiveshell import InteractiveShell
from platformdirs import user_cache_path

from workbook import processes
from workbook.layout import ROOT
from workbook.printing import page_colours, path_names, plain, without_paths
from workbook.target_folders import hand_on

_TARGET, _VENV, _TEMPORARY = ".target", ".venv", ".tmp"
_KEPT = {_TARGET, _VENV}
"""What survives from one start of a page to the next, so that only the first one compiles PyO3."""

_TOOLS = ("maturin", "uv")
"""What each scratch environment holds: maturin, and uv, which maturin asks to install what it has built."""

_UNWANTED = re.compile(
    r"PYTHON\w*|PYO3_\w+|MATURIN_\w+|CONDA_\w+|UV_PYTHON|RUST_BACKTRACE|RUST_LIB_BACKTRACE|CARGO_BUILD_TARGET"
    r"|NO_COLOR|FORCE_COLOR|CLICOLOR\w*|PY_COLORS|CI"
)
"""Settings of the reader's machine, or of the kernel, that would change what a page shows."""

_SETTINGS = re.compile(r"(export|unset|source|\.)\s")
"""Commands whose only use is that later ones find another environment."""

_DUMP = 'import json, os, sys; open(sys.argv[1], "w").write(json.dumps(dict(os.environ)))'
_OF_A_SHELL = {"_", "OLDPWD", "PWD", "SHLVL"}

_CURES = {
    "cargo": "install Rust from https://rustup.rs",
    "rustc": "install Rust from https://rustup.rs",
}

_COMPLAINTS = {
    r"Python\.h['\"]?: No such file|Cannot open include file: 'Python\.h'": (
        "Python's headers are missing: install them, on Debian and Ubuntu as python3-dev, on Fedora as "
        "python3-devel."
    ),
    r"command '\S+' failed: No such file|No such file or directory: '\S*(?:cc|clang)\S*'"
    r"|Microsoft Visual C\+\+ \S+ or greater is required|invalid active developer path": (
        "There is no C compiler: install one, on Debian and Ubuntu as build-essential, on Fedora as gcc, on "
        "macOS by xcode-select --install, on Windows as the Build Tools for Visual Studio."
    ),
}
"""What a build says that lacks something, and the sentence that helps."""


class TerminalError(Exception):
    """Why a cell stopped, in a few words: it is shown without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


@dataclass
class Terminal:
    """A folder, the folder in it where we are, and the environment that commands find there."""

    root: Path
    environment: dict[str, str]
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.root.resolve()
        self.folder = self.root
        self._names = path_names({self.root: "~"}, self.environment)

    def run(self, cell: str, fails: str | None = None) -> None:
        """Run the commands of a cell, printing what they print as it comes.

        `fails` says that the last command must fail, and what its output must hold.
        Raises `TerminalError` at the first command that does otherwise.
        """
        commands = list(_commands(cell))
        if not commands:
            raise TerminalError("the cell holds no command")
        for number, command in enumerate(commands, start=1):
            if len(commands) > 1:
                _say(f"\x1b[2m$ \x1b[0m{command}\n")
            last = number == len(commands)
            if where := _change_of_folder(command):
                self._enter(where)
                if last and fails is not None:
                    raise TerminalError(f"`{command}` succeeded, where the page says that it fails")
                continue
            run = self._keep if _SETTINGS.match(command) else self._execute
            code, output = run(command)
            if last and fails is not None:
                self._expect_failure(command, code, output, fails)
            elif code != 0:
                raise TerminalError(self._failure(command, code, output))

    def write(self, name: str, content: str) -> None:
        """Write a file and the folders that it stands in.

        Raises `TerminalError` where it would stand outside of the scratch folder.
        """
        if not name:
            raise TerminalError("say which file to write: %%write src/lib.rs")
        path = (self._existing_folder() / name).resolve()
        if not path.is_relative_to(self.root):
            raise TerminalError(f"{name} is outside of the scratch folder, so it was not written")
        if path.is_dir():
            raise TerminalError(f"{name} is a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if content.endswith("\n") else content + "\n", encoding="utf-8", newline="\n")
        _say(f"\x1b[2mwrote {self._shown(str(path))}\x1b[0m\n")

    def _execute(self, command: str) -> tuple[int, str]:
        output = []
        with processes.streaming(
            _shell(command), cwd=self._existing_folder(), env=self.environment
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                shown = page_colours(self._shown(line))
                _say(shown)
                output.append(shown)
        return process.returncode, plain("".join(output))

    def _keep(self, command: str) -> tuple[int, str]:
        """Run a command that changes the environment of its shell, and keep what it changed."""
        command = re.sub(r"^source\s", ". ", command)  # sh knows the dot alone
        if processes.WINDOWS:
            command = command.replace("/bin/activate", "/Scripts/activate")
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder, "environment.json")
            python, file = (shlex.quote(Path(path).as_posix()) for path in (sys.executable, kept))
            code, output = self._execute(f"{command}\n[ $? = 0 ] && {python} -c '{_DUMP}' {file}")
            if kept.exists():
                found = json.loads(kept.read_text("utf-8"))
                self.environment = {name: text for name, text in found.items() if name not in _OF_A_SHELL}
        return code, output

    def _expect_failure(self, command: str, code: int, output: str, text: str) -> None:
        if code == 0:
            raise TerminalError(f"`{command}` succeeded, where the page says that it fails with {text!r}")
        if text not in output:
            raise TerminalError(f"{self._failure(command, code, output)}\nIt does not say {text!r}.")
        _say(f"\x1b[2m({_ending(code)})\x1b[0m\n")

    def _failure(self, command: str, code: int, output: str) -> str:
        word = command.split()[0]
        if code in (127, 9009) and shutil.which(word, path=self.environment["PATH"]) is None:
            return f"{word}: not found" + (f": {_CURES[word]}" if word in _CURES else "")
        tail = [line for line in output.splitlines() if line.strip()][-6:]
        said = "\n".join(["", *(f"  {line}" for line in tail)]) if tail else " It printed nothing."
        cures = [cure for complaint, cure in _COMPLAINTS.items() if re.search(complaint, output)]
        return "\n".join([f"`{command}` ended with {_ending(code)}.{said}", *cures[:1]])

    def _enter(self, where: str) -> None:
        inside = where[1:].lstrip("/") if where == "~" or where.startswith("~/") else None
        path = ((self.root / inside) if inside is not None else self._existing_folder() / where).resolve()
        if not path.is_relative_to(self.root):
            raise TerminalError(f"cd: {where} is outside of the scratch folder")
        if not path.is_dir():
            raise TerminalError(f"cd: {where}: there is no such folder in {self._shown(str(self.folder))}")
        self.folder = path

    def _existing_folder(self) -> Path:
        if not self.folder.is_dir():
            gone, self.folder = self._shown(str(self.folder)), self.root
            raise TerminalError(f"{gone}, where the terminal was, is gone; it is back in ~")
        return self.folder

    def _shown(self, text: str) -> str:
        return without_paths(text, self._names)


_current: Terminal | None = None
_lock: FileLock | None = None


def scratch(*tools: str, targets: Sequence[str] = ()) -> None:
    """Give the page an empty folder with a virtual environment of its own, the terminal's world from here on.

    `tools` are packages to install there, in the versions that the book has; `targets` are folders within
    `$CARGO_TARGET_DIR` that the page has cargo use as well. Pages that run one after the other have the same
    folder, so that PyO3 is compiled for the first of them alone: cargo compiles it again for each path to a
    Python. What is compiled, and the environment, are kept; all else is emptied. Needs the network the first
    time only.
    """
    global _current, _lock
    if _lock is not None:
        _lock.release()
    _lock, root = claim(user_cache_path("pyrust-book", appauthor=False))
    _current = prepare(root, *tools)
    hand_on_compiled(root, targets)


def folder() -> Path:
    """The scratch folder, for cells that read or make files there without the terminal."""
    return _open_terminal().root


def prepare(root: Path, *tools: str) -> Terminal:
    """Empty the folder `root`, see to its virtual environment with these tools, and open a terminal there."""
    root.mkdir(parents=True, exist_ok=True)
    for entry in root.iterdir():
        if entry.name not in _KEPT:
            _remove(entry)
    (root / _TEMPORARY).mkdir()
    _install_tools(root / _VENV, (*_TOOLS, *tools))
    return Terminal(root, _environment(root))


def hand_on_compiled(root: Path, targets: Sequence[str]) -> None:
    """Spare the page what the book's crates, or pages in other folders, have had compiled of PyO3."""
    ours = ROOT / "rust_examples" / "target" / "release"
    profiles = [ours, *sorted(root.parent.glob(f"*/{_TARGET}/*"))]
    for name in ("", *targets):
        hand_on(profiles, root / _TARGET / name)


def register(ipython: InteractiveShell) -> None:
    """Teach a notebook the two cell magics."""
    ipython.magics_manager.register_function(_terminal_magic, "cell", "terminal")
    ipython.magics_manager.register_function(_write_magic, "cell", "write")


def _terminal_magic(line: str, cell: str) -> None:
    _open_terminal().run(cell, _expected(line.strip()))


def _write_magic(line: str, cell: str) -> None:
    _open_terminal().write(line.strip(), cell)


def _open_terminal() -> Terminal:
    if _current is None:
        raise TerminalError("there is no scratch folder yet: call scratch() first")
    return _current


def _expected(line: str) -> str | None:
    if not line:
        return None
    option, _, text = line.partition(" ")
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    if option != "--fails" or not text:
        raise TerminalError("after %%terminal comes nothing, or --fails and what the output must say")
    return text


def _commands(cell: str) -> Iterator[str]:
    """A line each; an open quotation or a backslash at its end takes the next line along."""
    command = ""
    for line in cell.splitlines():
        command += line
        if command.endswith("\\") or _quotation_is_open(command):
            command += "\n"
        elif command.strip():
            yield command.strip()
            command = ""
        else:
            command = ""
    if command.strip():
        yield command.strip()


def _quotation_is_open(command: str) -> bool:
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return True
    return False


def _change_of_folder(command: str) -> str | None:
    """Where `cd` goes: to `~` without a word. A shell's own `cd` would be forgotten with the shell."""
    if not re.match(r"cd(\s|$)", command):
        return None
    words = shlex.split(command, comments=True)[1:]
    if len(words) > 1 or re.search(r"[;&|]", command):
        raise TerminalError("cd stands on a line of its own: the next command is run where it leads")
    return words[0] if words else "~"


def _shell(command: str) -> list[str]:
    if not processes.WINDOWS:
        return ["/bin/sh", "-c", command]
    # The sh that comes with Git knows the commands that pages use; cmd does not.
    git = shutil.which("git")
    sh = Path(git).parent.parent / "bin" / "sh.exe" if git else None
    return [str(sh), "-c", command] if sh and sh.exists() else ["cmd", "/d", "/c", command]


def _ending(code: int) -> str:
    number = -code if code < 0 else code - 128
    if not processes.WINDOWS and number in {int(known) for known in signal.Signals}:
        return f"signal {signal.Signals(number).name}"
    return f"exit code {code}"


def _say(text: str) -> None:
    # Not flushed: the kernel sends what has gathered five times a second, in pieces that pages can join.
    print(text, end="")


def _environment(root: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not _UNWANTED.fullmatch(name)}
    own = Path(sys.prefix) / _SCRIPTS if sys.prefix != sys.base_prefix else None
    path = [entry for entry in environment.get("PATH", "").split(os.pathsep) if entry and Path(entry) != own]
    return environment | {
        "PATH": os.pathsep.join([str(root / _VENV / _SCRIPTS), *path]),
        "VIRTUAL_ENV": str(root / _VENV),
        "CARGO_TARGET_DIR": str(root / _TARGET),
        "CARGO_TERM_COLOR": "always",
        # Python and Rust write to the same page: in the order in which they speak.
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        "BOOK": str(ROOT),
        **{name: str(root / _TEMPORARY) for name in ("TMPDIR", "TEMP", "TMP")},
    }


_SCRIPTS = "Scripts" if processes.WINDOWS else "bin"


def _install_tools(venv: Path, tools: Sequence[str]) -> None:
    """A virtual environment that holds the tools and nothing else; without the network where uv has them."""
    python = venv / _SCRIPTS / ("python.exe" if processes.WINDOWS else "python")
    settings = venv / "pyvenv.cfg"
    release = ".".join(map(str, sys.version_info[:3]))
    if not python.exists() or f"version_info = {release}" not in settings.read_text("utf-8").splitlines():
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(venv))
    wanted = [f"{tool}=={version(tool)}" for tool in tools]
    locked = ("--constraints", str(ROOT / "constraints.txt"))
    install = ("pip", "install", "--quiet", "--exact", "--python", str(python), *locked, *wanted)
    try:
        _uv(*install, "--offline")
    except TerminalError:
        _uv(*install)


def _uv(*arguments: str) -> None:
    from uv import find_uv_bin

    done = subprocess.run([find_uv_bin(), *arguments], capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise TerminalError(f"the scratch environment could not be made.\n{done.stderr.strip()}")


def claim(cache: Path) -> tuple[FileLock, Path]:
    """A scratch folder that no other kernel works in, and the lock that says so."""
    cache.mkdir(parents=True, exist_ok=True)
    for number in range(1, 100):
        folder = cache / ("scratch" if number == 1 else f"scratch-{number}")
        lock = FileLock(f"{folder}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        return lock, folder
    raise TerminalError("a hundred scratch folders are in use: close some notebooks")


def _remove(entry: Path) -> None:
    if entry.is_symlink() or not entry.is_dir():
        entry.unlink()
        return
    if processes.WINDOWS:  # Git writes its objects read-only, and there such a file cannot be deleted.
        for path in entry.rglob("*"):
            path.chmod(stat.S_IWRITE)
    shutil.rmtree(entry)
