"""What the builder promises: a crate that is not what its sources say is known, and said so."""

from __future__ import annotations

import importlib.machinery
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, as_completed
from pathlib import Path

import psutil
import pytest
from alarms import alarm, needs_timers

from workbook import crates, layout, processes
from workbook.layout import Crate


@pytest.fixture
def tides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Crate:
    """A crate with sources of 1000 seconds after the epoch, installed at 2000, as far as pip knows."""
    crate = Crate("tides", tmp_path / "book")
    (crate.folder / "src").mkdir(parents=True)
    (crate.folder / "pyproject.toml").write_text('[project]\nname = "test-tides"\n', "utf-8")
    for path in (crate.folder / "src" / "lib.rs", crate.manifest, crate.folder.parent / "Cargo.toml"):
        path.write_text("", "utf-8")
    for path in crate.sources:
        if path.exists():
            os.utime(path, (1000, 1000))
    site = tmp_path / "site"
    metadata = site / "test_tides-1.0.0.dist-info"
    metadata.mkdir(parents=True)
    module = f"tides/tides{importlib.machinery.EXTENSION_SUFFIXES[0]}"
    (site / "tides").mkdir()
    (site / module).write_bytes(b"binary")
    os.utime(site / module, (2000, 2000))
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: test-tides\nVersion: 1.0.0\n", "utf-8")
    (metadata / "RECORD").write_text(f"{module},,\n", "utf-8")
    (metadata / "direct_url.json").write_text(json.dumps({"url": crate.folder.as_uri()}), "utf-8")
    monkeypatch.syspath_prepend(site)
    return crate


def test_a_crate_that_is_newer_than_its_sources_is_not_stale(tides: Crate) -> None:
    assert crates.stale(tides) is None


def test_a_source_that_is_newer_is_named(tides: Crate) -> None:
    os.utime(tides.folder / "src" / "lib.rs", (3000, 3000))
    assert crates.stale(tides) == "is older than rust_examples/tides/src/lib.rs"


def test_a_change_of_the_workspace_counts_and_a_readers_own_file_does_not(tides: Crate) -> None:
    (tides.folder / "src" / "mine.rs").write_text("new", "utf-8")
    assert crates.stale(tides) is None
    os.utime(tides.folder.parent / "Cargo.toml", (3000, 3000))
    assert crates.stale(tides) == "is older than rust_examples/Cargo.toml"


def test_a_crate_that_is_gone_or_was_never_there_is_not_installed(tides: Crate) -> None:
    installed = crates.binary(tides)
    assert installed is not None
    installed.unlink()
    assert crates.stale(tides) == "is not installed"
    (tides.folder / "pyproject.toml").write_text('[project]\nname = "test-no-such-tides"\n', "utf-8")
    assert crates.stale(tides) == "is not installed"


def test_the_module_of_a_package_that_is_half_python_lies_among_its_sources(
    tides: Crate, tmp_path: Path
) -> None:
    python = tides.folder / "python" / "tides"
    python.mkdir(parents=True)
    (record,) = (tmp_path / "site").glob("*/RECORD")
    record.write_text("tides.pth,,\n", "utf-8")
    (tmp_path / "site" / "tides.pth").write_text(f"{python.parent}\n", "utf-8")
    assert crates.stale(tides) == "is not installed"
    module = python / f"_core{importlib.machinery.EXTENSION_SUFFIXES[0]}"
    for path, moment in [(python / "_core.other-99.so", 1), (module, 2000), (python / "__init__.py", 1000)]:
        path.write_bytes(b"")
        os.utime(path, (moment, moment))
    assert crates.binary(tides) == module
    assert crates.stale(tides) is None
    os.utime(python / "__init__.py", (3000, 3000))
    assert crates.stale(tides) == "is older than rust_examples/tides/python/tides/__init__.py"


def test_a_crate_of_another_folder_is_not_this_one(tides: Crate, tmp_path: Path) -> None:
    (record,) = (tmp_path / "site").glob("*/direct_url.json")
    record.write_text(json.dumps({"url": (tmp_path / "other").as_uri()}), "utf-8")
    assert crates.stale(tides) == f"is installed from {tmp_path / 'other'}, not from this repository"


def test_the_fingerprint_changes_with_source_and_binary_and_with_nothing_else(tides: Crate) -> None:
    before = crates.fingerprint(tides)
    os.utime(tides.manifest, (9000, 9000))
    (tides.folder / "src" / "mine.rs").write_text("new", "utf-8")
    assert crates.fingerprint(tides) == before
    (tides.folder / "src" / "lib.rs").write_text("// new", "utf-8")
    with_source = crates.fingerprint(tides)
    installed = crates.binary(tides)
    assert installed is not None
    installed.write_bytes(b"other binary")
    assert len({before, with_source, crates.fingerprint(tides)}) == 3


def test_only_what_is_stale_is_built_and_it_is_said(tides: Crate, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Crate] = []
    said: list[str] = []
    monkeypatch.setattr(crates, "_build", lambda crate, cancelled: built.append(crate))
    assert crates.ensure([tides], said.append) == []
    os.utime(tides.manifest, (3000, 3000))
    assert crates.ensure([tides], said.append) == built == [tides]
    assert said[0] == "tides is older than rust_examples/tides/Cargo.toml: building it …"


def commands(monkeypatch: pytest.MonkeyPatch, programs: dict[Crate, str]) -> None:
    """Build these crates by running these programs in Python."""
    for crate in programs:
        crate.folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(crates, "stale", dict.fromkeys(programs, "is not installed").get)
    monkeypatch.setattr(crates, "_command", lambda crate: [sys.executable, "-c", programs[crate]])


@pytest.mark.parametrize("late", [0, 1])
def test_a_build_that_fails_ends_the_one_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    """It does so too where the builders go on for a while before we hear of it."""

    def heard_of(builds: Iterable[Future[None]]) -> Iterator[Future[None]]:
        for build in as_completed(builds):
            time.sleep(late)
            yield build

    monkeypatch.setattr(crates, "as_completed", heard_of)
    slow, fails, waits = (Crate(slug, tmp_path) for slug in ("slow", "fails", "waits"))
    fail = "import sys, time; time.sleep(1); sys.exit('no such tide')"
    endless = f"import time; open({str(tmp_path / 'began')!r}, 'x'); time.sleep(86397)"
    commands(monkeypatch, {slow: endless, fails: fail, waits: f"open({str(tmp_path / 'third')!r}, 'x')"})
    with pytest.raises(crates.BuildError, match=r"fails could not be built:\n\nno such tide"):
        crates.ensure([slow, fails, waits], lambda said: None)
    assert (tmp_path / "began").exists()
    assert not (tmp_path / "third").exists()
    assert not [one for one in psutil.process_iter(["cmdline"]) if endless in (one.info["cmdline"] or [])]


@needs_timers
def test_what_interrupts_the_builds_ends_them_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Crate("one", tmp_path), Crate("other", tmp_path)
    endless = "import time; time.sleep(86396)"
    commands(monkeypatch, {one: endless, other: endless})
    with pytest.raises(TimeoutError), alarm(1):
        crates.ensure([one, other], lambda said: None)
    assert not [one for one in psutil.process_iter(["cmdline"]) if endless in (one.info["cmdline"] or [])]


def test_crates_are_compiled_together_where_they_share_all_that_they_have_in_common(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wants = {
        "ebb": {"pyo3": {""}, "syn": {"full"}},
        "flow": {"pyo3": {""}, "rayon": {"", "web"}},
        "gulf": {"pyo3": {""}, "rayon": {""}},
        "hull": {"pyo3": {""}, "syn": {"derive"}, "rayon": {""}},
        "inlet": {"syn": {"full"}, "libc": {"std"}},
    }
    monkeypatch.setattr(crates, "_features", lambda crate: dict(wants[crate.slug]))
    groups = crates.alike([Crate(slug) for slug in wants])
    found = [[crate.slug for crate in group] for group in groups]
    assert found == [["ebb", "flow", "inlet"], ["gulf", "hull"]]


def test_what_cargo_compiles_together_is_what_maturin_takes() -> None:
    """The crates are installed: maturin compiled them, or found them compiled."""
    groups = crates.alike(layout.crates())
    assert 1 < len(groups) < 8
    for group in groups:
        command = [*crates.together(group), "--message-format=json"]
        done = processes.run(command, cwd=layout.ROOT / "rust_examples", env=crates.as_maturin())
        units = [json.loads(line) for line in done.out.splitlines() if "compiler-artifact" in line]
        anew = {unit["target"]["name"] for unit in units if not unit["fresh"]}
        if sys.platform == "darwin":  # maturin tells the linker more
            anew -= {crate.slug for crate in group}
        assert {unit["target"]["name"] for unit in units} > {"pyo3", *(crate.slug for crate in group)}
        assert not anew


def test_without_cargo_a_build_says_where_to_get_it(tides: Crate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(crates.BuildError, match=r"install Rust from https://rustup\.rs"):
        crates.build(tides)


def test_a_build_that_fails_carries_what_was_said(tides: Crate) -> None:
    with pytest.raises(crates.BuildError, match=r"tides could not be built:\n\n(?s:.)*Cargo\.toml"):
        crates.build(tides)
