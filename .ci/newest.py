"""Raise PyO3, and the crates that follow its minor versions, to the newest that there is.

For the weekly build that tells whether the book would stand the upgrade: nothing of this is committed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import tomlkit

FOLLOWING = ["pyo3", "numpy", "pyo3-async-runtimes", "pyo3-log"]


def newest(crate: str) -> str:
    """Its newest version on crates.io."""
    said = subprocess.run(
        ["cargo", "search", "--limit", "1", crate], capture_output=True, text=True, check=True
    )
    found = re.match(rf'{re.escape(crate)} = "([\d.]+)"', said.stdout)
    if found is None:
        sys.exit(f"cargo search does not know {crate}: {said.stdout}")
    return found[1]


def main(workspace: Path) -> None:
    """Change the workspace's `Cargo.toml`, then its lock."""
    manifest = workspace / "Cargo.toml"
    text = tomlkit.parse(manifest.read_text("utf-8"))
    wanted = text["workspace"]["dependencies"]  # type: ignore[index]
    for crate in FOLLOWING:
        version = newest(crate)
        if isinstance(wanted[crate], str):  # type: ignore[index]
            wanted[crate] = version  # type: ignore[index]
        else:
            wanted[crate]["version"] = version  # type: ignore[index]
        print(f"{crate} {version}")
    manifest.write_text(tomlkit.dumps(text), "utf-8")
    subprocess.run(["cargo", "update", "--manifest-path", manifest], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
