"""A copy of the repository as somebody gets it who clones it, in an environment of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox import HOME, Outcome

from workbook.layout import ROOT


def tracked() -> list[str]:
    """The names of all files that git tracks, or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@dataclass
class Clone:
    """The files that are tracked, nothing that was built, and what a command sees that is run there."""

    name: str
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in tracked():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, self.folder / name)
            shutil.copymode(ROOT / name, self.folder / name)

    @property
    def folder(self) -> Path:
        return HOME / self.name

    @property
    def environment(self) -> Path:
        return self.folder / ".venv"

    def tool(self, name: str) -> Path:
        """A command of its environment."""
        scripts, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
        return self.environment / scripts / f"{name}{suffix}"

    def make_environment(self) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--clear", self.environment], check=True)

    def run(self, *command: str | Path, variables: Mapping[str, str] = {}) -> Outcome:
        """Run a command there, outside of our own environment; stdout and stderr together."""
        ours = {
            "VIRTUAL_ENV",
            "PYTHONPATH",
            "CARGO_TARGET_DIR",
            "JUPYTER_PATH",
            "MAKEFLAGS",
            "MAKELEVEL",
            "MFLAGS",
        }
        kept = {key: value for key, value in os.environ.items() if key not in ours}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**kept, "NO_COLOR": "1", **self.variables, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return Outcome(done.returncode, done.stdout)
