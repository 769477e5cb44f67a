"""What `workbook doctor` promises: it names what is missing with its cure, and never falls over itself."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from workbook import crates, doctor
from workbook.doctor import Finding, examine, table


def found(what: str) -> Finding:
    """One finding, without the time that all the others take."""
    examination = {"cargo": "Rust", "rustc": "Rust"}.get(what, what)
    findings = doctor._guarded(examination, doctor._EXAMINATIONS[examination])
    (finding,) = [finding for finding in findings if finding.what == what]
    return finding


def program(folder: Path, name: str, script: str) -> None:
    """Put a program on the PATH before all others."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if sys.platform == "win32":
        pytest.skip("the stand-ins are shell scripts")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def test_a_finding_has_a_cure_exactly_when_it_is_not_well() -> None:
    findings = examine()
    assert [finding.what for finding in findings if finding.ok == bool(finding.cure)] == []
    assert {"Python", "cargo", "rustc", "C linker", "Packages"} <= {finding.what for finding in findings}


def test_what_builds_this_book_is_well() -> None:
    for what in ("Python", "cargo", "rustc", "C linker"):
        assert found(what).ok, found(what)


def test_without_rust_cargo_rustc_and_linker_are_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    for what in ("cargo", "rustc"):
        assert found(what).detail == "not found"
        assert "rustup" in (found(what).cure or "").lower()
    assert found("C linker").cure == "Install Rust first, as said above."


def test_rust_that_is_installed_but_not_on_the_path_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bin_folder: Path
) -> None:
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin", "cargo", "echo cargo 1.99.0")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    assert found("cargo").detail == f"in {tmp_path / 'bin'}, which is not on the PATH"
    assert "Open a new terminal" in (found("cargo").cure or "")


def test_an_old_rustc_is_told_with_the_version_that_is_needed(bin_folder: Path) -> None:
    program(bin_folder, "rustc", "echo 'rustc 1.9.0 (abc 2016-05-24)'")
    assert not found("rustc").ok
    assert found("rustc").detail.startswith("1.9.0, and the book needs 1.")


def test_rustup_without_a_toolchain_is_told_with_its_own_words(bin_folder: Path) -> None:
    program(bin_folder, "rustc", "echo 'error: no default toolchain' >&2; exit 1")
    assert "error: no default toolchain" in found("rustc").detail
    assert found("rustc").cure == "Run: rustup default stable"


def test_a_missing_linker_is_found_by_linking(bin_folder: Path) -> None:
    program(bin_folder, "rustc", "echo 'error: linker `cc` not found' >&2; exit 1")
    assert found("C linker").detail == "linker `cc` not found"
    assert found("C linker").cure


@pytest.mark.parametrize(
    ("system", "word"),
    [
        ("debian", "apt"),
        ("fedora", "dnf"),
        ("arch", "pacman"),
        ("macos", "xcode-select"),
        ("windows", "winget"),
    ],
)
def test_each_system_gets_the_command_of_its_own_for_a_linker(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch, system: str, word: str
) -> None:
    monkeypatch.setattr(doctor, "_system", lambda: system)
    program(bin_folder, "rustc", "exit 1")
    assert word in (found("C linker").cure or "")


def test_an_environment_that_is_not_the_one_that_runs_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "base_prefix", "elsewhere")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    assert str(tmp_path) in found("Virtual environment").detail
    assert "deactivate" in (found("Virtual environment").cure or "")


def test_no_environment_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    assert "-m venv .venv" in (found("Virtual environment").cure or "")


def test_condas_environment_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    monkeypatch.setenv("CONDA_PREFIX", sys.prefix)
    assert found("Virtual environment").ok


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_PYTHON", (99, 0))
    assert "and the book needs 3.11" in found("Python").detail


def test_packages_that_are_missing_or_of_another_version_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = doctor._version
    others = {"maturin": None, "uv": "0.0.1"}
    monkeypatch.setattr(doctor, "_version", lambda name: others[name] if name in others else real(name))
    assert "maturin missing (wanted " in found("Packages").detail
    assert "uv 0.0.1 (wanted " in found("Packages").detail


def test_a_crate_that_is_out_of_date_is_told_with_the_command_that_builds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crates, "stale", lambda crate: "is not installed")
    findings = [finding for finding in examine() if finding.what.startswith("Crate ")]
    assert findings
    assert {finding.cure for finding in findings} == {"Run: workbook crates"}


def test_a_folder_without_write_access_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert str(Path(sys.prefix)) in found("Write access").detail


def test_what_cannot_be_examined_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall() -> Finding:
        raise OSError("the disk is gone")

    monkeypatch.setitem(doctor._EXAMINATIONS, "Rust", fall)
    assert found("Rust").detail == "could not be examined (OSError: the disk is gone)"


def test_the_report_counts_what_is_to_mend_and_keeps_commands_whole() -> None:
    cure = "Run: " + "x" * 200
    text = table([Finding("A", True, "well"), Finding("B", False, "not well", cure)])
    assert text.plain == f"✓ A: well\n✗ B: not well\n  {cure}\n1 to mend, from the top."
    assert table([Finding("A", True, "well")]).plain.endswith("All is well.")


# The terminal that it is called in


def here(what: str, *modules: str) -> Finding:
    (finding,) = [finding for finding in doctor.examine_terminal(modules) if finding.what == what]
    return finding


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two environments, neither of them active, and no other variable that maturin reads."""
    if sys.platform == "win32":
        pytest.skip("environments are laid out as on Unix")
    for name in ("new", "old"):
        venv.create(tmp_path / name / ".venv", with_pip=False, symlinks=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    return tmp_path


def activate(monkeypatch: pytest.MonkeyPatch, named: Path, first: Path) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(named))
    monkeypatch.setenv("PATH", f"{first / 'bin'}{os.pathsep}{os.environ['PATH']}")


def library(environment: Path, name: str, content: bytes, suffix: str = EXTENSION_SUFFIXES[0]) -> None:
    packages = next((environment / "lib").glob("python*")) / "site-packages"
    (packages / f"{name}{suffix}").write_bytes(content)


def test_a_terminal_in_order_is_well(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    activate(monkeypatch, terminal / "new" / ".venv", terminal / "new" / ".venv")
    (terminal / "new" / ".venv" / "bin" / "maturin").symlink_to(Path(sys.executable).with_name("maturin"))
    library(terminal / "new" / ".venv", "counter", b"a release build")
    findings = doctor.examine_terminal(["counter"])
    assert [finding for finding in findings if not finding.ok or finding.cure] == []
    assert findings[-1].detail.endswith("without the checks of a debug build")


def test_no_environment_means_that_maturin_has_nowhere_to_install(terminal: Path) -> None:
    assert here("Virtual environment").detail == "none, so maturin has nowhere to install"


def test_an_environment_beside_the_package_counts_as_maturin_counts_it(
    terminal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (terminal / "new" / "src").mkdir()
    monkeypatch.chdir(terminal / "new" / "src")
    assert str(terminal / "new" / ".venv") in here("Virtual environment").detail


def test_an_environment_that_is_gone_is_told(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(terminal / "gone"))
    assert here("Virtual environment").detail.endswith("which is not there")


def test_two_environments_at_once_are_told(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    activate(monkeypatch, terminal / "new" / ".venv", terminal / "new" / ".venv")
    monkeypatch.setenv("CONDA_PREFIX", str(terminal / "conda"))
    assert here("Virtual environment").cure == "Run: conda deactivate"
    monkeypatch.setenv("CONDA_PREFIX", str(terminal / "new" / ".venv"))
    assert here("Virtual environment").ok


def test_the_wrong_python_is_told_with_both_places(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new, old = terminal / "new" / ".venv", terminal / "old" / ".venv"
    activate(monkeypatch, new, old)
    library(new, "counter", b"")
    finding = here("Virtual environment")
    assert finding.detail == f"maturin installs into {new}, but python is {old / 'bin' / 'python'}"
    assert finding.cure == f"Run: source {new / 'bin' / 'activate'}"
    assert here("Module counter", "counter").detail == f"not where python looks, but in {new}"


def test_a_module_for_another_python_is_told_apart_from_a_missing_one(
    terminal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    activate(monkeypatch, terminal / "new" / ".venv", terminal / "new" / ".venv")
    assert here("Module counter", "counter").detail == "not installed for this python"
    library(terminal / "new" / ".venv", "counter", b"", ".cpython-38-other.so")
    assert here("Module counter", "counter").detail == "built for another Python: counter.cpython-38-other.so"


def test_a_debug_build_is_known_by_its_checks(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    activate(monkeypatch, terminal / "new" / ".venv", terminal / "new" / ".venv")
    library(terminal / "new" / ".venv", "counter", b"\0" + doctor.DEBUG_MARK + b"ptr")
    assert "a debug build" in here("Module counter", "counter").detail
    assert here("Module counter", "counter").cure
    library(terminal / "new" / ".venv", "checked", b"attempt to add with overflow")
    assert here("Module checked", "checked").ok


def test_rustc_marks_debug_builds_and_no_others(tmp_path: Path) -> None:
    source = tmp_path / "small.rs"
    source.write_text(
        "#[unsafe(no_mangle)] pub unsafe extern fn at(data: *const u8, size: usize) -> u8 {\n"
        "    unsafe { *std::slice::from_raw_parts(data, size).get_unchecked(size / 2) }\n}\n",
        "utf-8",
    )
    marked = {}
    for flags in ((), ("-O",)):
        out = tmp_path / f"small{''.join(flags)}.so"
        command = ["rustc", "--crate-type=cdylib", *flags, "-Cstrip=debuginfo", str(source), "-o", str(out)]
        subprocess.run(command, check=True, capture_output=True)
        marked[flags] = doctor.DEBUG_MARK in out.read_bytes()
    assert marked == {(): True, ("-O",): False}


def test_a_module_that_is_python_is_no_fault(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    activate(monkeypatch, terminal / "new" / ".venv", terminal / "new" / ".venv")
    assert here("Module json", "json").detail.endswith("which is not native")


def test_what_lies_beside_the_terminal_is_not_taken_for_the_module(
    terminal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    activate(monkeypatch, terminal / "new" / ".venv", terminal / "new" / ".venv")
    (terminal / "counter.py").touch()
    assert not here("Module counter", "counter").ok


def test_without_a_python_nothing_falls_over(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for what in ("Python", "Virtual environment", "maturin", "Module counter"):
        assert here(what, "counter").cure


def test_a_linker_that_cargo_is_told_to_take_is_the_one_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    host = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    triple = host.partition("host: ")[2].split()[0].upper().replace("-", "_")
    monkeypatch.setenv(f"CARGO_TARGET_{triple}_LINKER", "no-such-linker")
    assert found("C linker").detail == "linker `no-such-linker` not found"


def test_modules_are_looked_at_in_the_terminal_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workbook", "doctor", "counter"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "say --here" in done.stderr
