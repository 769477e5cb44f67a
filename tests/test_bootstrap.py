"""The first step of `make`: what a machine lacks is said in one sentence, and nothing is begun."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workbook.layout import ROOT

SCRIPT = ROOT / "workbook" / "bootstrap.py"

LACKING = {
    "an old Python": ("sys.version_info = (3, 9, 2)", "this Python is 3.9; the book needs 3.11 or newer"),
    "no cargo": ("found.discard('cargo')", "install Rust from https://rustup.rs"),
    "no linker": ("found.difference_update({'cc', 'gcc'})", "a C linker is missing"),
}


def bootstrap(folder: Path, prepare: str) -> subprocess.CompletedProcess[str]:
    """Run it for a folder, on a machine prepared by a line of Python."""
    program = f"""
import shutil, sys
found = {{"cargo", "cc", "gcc"}}
shutil.which = lambda name, **_: name if name in found else None
sys.path.insert(0, {str(SCRIPT.parent)!r})
import bootstrap
bootstrap.VENV = {str(folder / ".venv")!r}
bootstrap.STAMP = {str(folder / ".venv" / "stamp")!r}
{prepare}
bootstrap.main()
"""
    return subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there is no make to be started from")
@pytest.mark.parametrize(("prepare", "said"), LACKING.values(), ids=LACKING.keys())
def test_what_is_missing_is_one_sentence(tmp_path: Path, prepare: str, said: str) -> None:
    ended = bootstrap(tmp_path, prepare)
    assert ended.returncode != 0
    assert said in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_failed_is_said_with_its_own_words(tmp_path: Path) -> None:
    ended = bootstrap(
        tmp_path, "bootstrap.run([sys.executable, '-c', 'import sys; print(6 * 7); sys.exit(1)'])"
    )
    assert ended.returncode != 0
    assert "this failed:" in ended.stderr
    assert "42" in ended.stderr
