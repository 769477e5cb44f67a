"""What cargo has compiled of PyO3, handed on from one target folder to another.

In each new folder cargo compiles PyO3 anew, fourteen crates, though most of them would be the same as in the
folder beside it. So they are copied where they are missing, as cargo lays them down: a unit is a crate with
its features and its profile, and named by a digest of both. What does not suit after all, such as PyO3 for a
Python that lies elsewhere, cargo compiles again.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from workbook.layout import ROOT

_MARKS = ".fingerprint"
"""Where cargo notes which units are complete."""


def hand_on(profiles: Iterable[Path], target: Path) -> None:
    """Copy each complete unit of PyO3, and of what it needs, that `target` does not have.

    `profiles` are folders such as `target/release`, which may be in use: what vanishes meanwhile is left out.
    """
    for profile in profiles:
        for mark in sorted(profile.glob(f"{_MARKS}/*")):
            if mark.name.rpartition("-")[0] in _pyo3():
                with suppress(OSError):
                    _copy(profile, mark.name, target / profile.name)


def _copy(profile: Path, unit: str, into: Path) -> None:
    marked = into / _MARKS / unit
    if marked.exists():
        return
    digest = unit.rpartition("-")[2]
    found = [*(profile / "deps").glob(f"*-{digest}.*"), *(profile / "build").glob(unit)]
    for entry in found:
        copied = into / entry.parent.name / entry.name
        copied.parent.mkdir(parents=True, exist_ok=True)
        if entry.is_dir():
            shutil.copytree(entry, copied, dirs_exist_ok=True)
        else:
            shutil.copy2(entry, copied)
    # Last, for from then on cargo takes the unit to be complete.
    shutil.copytree(profile / _MARKS / unit, marked)


@cache
def _pyo3() -> frozenset[str]:
    """The crates that PyO3 needs, by what the workspace has locked."""
    lock = tomllib.loads((ROOT / "rust_examples" / "Cargo.lock").read_text("utf-8"))
    needs: dict[str, set[str]] = {}
    for package in lock["package"]:
        needs.setdefault(package["name"], set()).update(
            need.split()[0] for need in package.get("dependencies", [])
        )
    found: set[str] = set()
    waiting = ["pyo3"]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += needs[name]
    return frozenset(found)
