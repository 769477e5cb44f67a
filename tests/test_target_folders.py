"""What a target folder is given of PyO3: all that cargo would compile as it is, and nothing half done."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import tomlkit

from workbook import crates, layout, processes, terminal
from workbook.target_folders import hand_on

WORKSPACE = layout.ROOT / "rust_examples"


def lay_down(profile: Path, unit: str) -> None:
    """A unit as cargo leaves it, compiled on a day long past."""
    name, _, digest = unit.rpartition("-")
    for file in (
        f".fingerprint/{unit}/lib-{name}",
        f"build/{unit}/output",
        f"deps/lib{name}-{digest}.rlib",
        f"deps/{name}-{digest}.d",
    ):
        (profile / file).parent.mkdir(parents=True, exist_ok=True)
        (profile / file).write_text(unit, "utf-8")
        os.utime(profile / file, (1000, 1000))


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_pyo3_needs_is_copied_with_its_dates_and_nothing_else(tmp_path: Path) -> None:
    release, target = tmp_path / "a" / "release", tmp_path / "b"
    for unit in ("pyo3-11", "syn-22", "walkdir-33", "pyo3-log-44"):
        lay_down(release, unit)
    hand_on([release, tmp_path / "nowhere"], target)
    assert {file.rpartition("/")[2] for file in files(target)} == {
        *("lib-pyo3", "lib-syn", "output", "libpyo3-11.rlib", "pyo3-11.d", "libsyn-22.rlib", "syn-22.d")
    }
    assert {(target / file).stat().st_mtime for file in files(target)} == {1000}


def test_what_is_there_stays(tmp_path: Path) -> None:
    lay_down(tmp_path / "a" / "release", "pyo3-11")
    lay_down(tmp_path / "b" / "release", "pyo3-11")
    own = tmp_path / "b" / "release" / "deps" / "libpyo3-11.rlib"
    own.write_text("its own", "utf-8")
    hand_on([tmp_path / "a" / "release"], tmp_path / "b")
    assert own.read_text("utf-8") == "its own"


def test_what_vanishes_meanwhile_is_not_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_down(tmp_path / "a" / "release", "pyo3-11")
    lay_down(tmp_path / "a" / "release", "syn-22")

    def copy(source: Path, target: Path) -> None:
        if "pyo3" in source.name:
            raise FileNotFoundError(source)
        target.write_bytes(source.read_bytes())

    monkeypatch.setattr(shutil, "copy2", copy)
    hand_on([tmp_path / "a" / "release"], tmp_path / "b")
    assert [mark.name for mark in (tmp_path / "b" / "release" / ".fingerprint").iterdir()] == ["syn-22"]


def test_a_page_is_given_what_crates_and_other_pages_have_compiled(tmp_path: Path) -> None:
    lay_down(tmp_path / "scratch-2" / ".target" / "debug", "pyo3-11")
    terminal.hand_on_compiled(tmp_path / "scratch", ["tests"])
    given = tmp_path / "scratch" / ".target"
    for target in (given, given / "tests"):
        assert (target / "debug" / "deps" / "libpyo3-11.rlib").exists()
        assert list((target / "release" / "deps").glob("libsyn-*.rlib"))


def test_cargo_takes_what_it_is_given(tmp_path: Path) -> None:
    hand_on([WORKSPACE / "target" / "release"], tmp_path / "target")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lib.rs").write_text("#[pyo3::pymodule] mod tides {}", "utf-8")
    shutil.copy(WORKSPACE / "Cargo.lock", tmp_path)
    shared = tomlkit.parse((WORKSPACE / "Cargo.toml").read_text("utf-8"))
    del shared["profile"]["release"]["package"]
    manifest = {
        "package": {"name": "tides", "edition": "2024"},
        "workspace": {},
        "dependencies": {"pyo3": shared["workspace"]["dependencies"]["pyo3"]},
        "profile": shared["profile"],
    }
    (tmp_path / "Cargo.toml").write_text(tomlkit.dumps(manifest), "utf-8")
    command = ["cargo", "build", "--release", "--offline", "--message-format=json"]
    environment = crates.as_maturin() | {"CARGO_TARGET_DIR": str(tmp_path / "target")}
    done = processes.run(command, cwd=tmp_path, env=environment)
    assert done.code == 0, done.err
    units = [json.loads(line) for line in done.out.splitlines() if "compiler-artifact" in line]
    assert {unit["target"]["name"] for unit in units if not unit["fresh"]} == {"tides"}
    assert {"pyo3", "pyo3_macros", "syn"} < {unit["target"]["name"] for unit in units}
