"""What `workbook checklist` promises: a point that is broken is seen to be, and nothing is written."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from workbook import checklist, layout
from workbook.__main__ import main

FILES = {
    "Cargo.toml": """\
[package]
name = "tides"
version = "0.3.0"
edition = "2024"
include = ["/src/*.rs", "/python/**/*.py*", "/python/**/py.typed", "/README.md", "/LICENSE"]

[lib]
name = "tides"
crate-type = ["cdylib"]

[dependencies]
pyo3 = "PYO3"

[profile.release]
codegen-units = 1
strip = "debuginfo"
""",
    "pyproject.toml": """\
[build-system]
requires = ["maturin>=1.16,<2"]
build-backend = "maturin"

[project]
name = "tides"
description = "When the water comes."
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.11"
dynamic = ["version"]

[project.urls]
Source = "https://example.org/tides"

[project.scripts]
tides = "tides.__main__:main"

[tool.maturin]
module-name = "tides._core"
python-source = "python"
""",
    "src/lib.rs": """\
use pyo3::prelude::*;

/// Minutes from one high tide to the next.
#[pyfunction]
fn between() -> u32 {
    745 // not .unwrap()
}

#[pymodule]
mod _core {
    #[pymodule_export]
    use super::between;
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_a_number() {
        "745".parse::<u32>().unwrap();
    }
}
""",
    "python/tides/__init__.py": '"""When the water comes."""\n\nfrom tides._core import between\n\n'
    '__all__ = ["between"]\n',
    "python/tides/__main__.py": """\
import argparse


def main() -> None:
    argparse.ArgumentParser(prog="tides").parse_args()


if __name__ == "__main__":
    main()
""",
    "python/tides/_core.pyi": '__all__ = ["between"]\n\ndef between() -> int: ...\n',
    "python/tides/py.typed": "",
    "tests/test_tides.py": "import tides\n\n\ndef test_between():\n    assert tides.between() == 745\n",
    "benches/bench_tides.py": "import timeit\n",
    "README.md": "# tides\n",
    "LICENSE": "Take it.\n",
}


@pytest.fixture(autouse=True)
def shared_target(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the crates which the tests eject: PyO3 is there already, or will be."""
    monkeypatch.setenv("CARGO_TARGET_DIR", str(layout.BUILD / "tests" / "ejected"))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


@pytest.fixture
def tides(tmp_path: Path) -> Path:
    """A package that has everything."""
    workspace = layout.ROOT / "rust_examples"
    pyo3 = next(
        line.split('"')[1]
        for line in (workspace / "Cargo.toml").read_text("utf-8").splitlines()
        if line.startswith("pyo3 = ")
    )
    folder = tmp_path / "tides"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("PYO3", pyo3), "utf-8")
    shutil.copyfile(workspace / "Cargo.lock", folder / "Cargo.lock")
    return folder


@pytest.fixture
def look(tides: Path, tmp_path: Path) -> Callable[[str], str]:
    """Try a single point, and what it needs."""

    def tried(point: str) -> str:
        scratch = tmp_path / "scratch"
        checklist.copy_of(tides, scratch / "copy")
        return checklist.POINTS[point][0](checklist.Package(scratch / "copy", scratch))

    return tried


def put(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Break a package by putting one text for another."""

    def broken(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")

    return broken


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


BROKEN = {
    "two-versions": (
        "One version",
        put("pyproject.toml", 'dynamic = ["version"]', 'version = "0.3.0"'),
        "pyproject.toml and Cargo.toml state one each",
    ),
    "a-version-in-python": (
        "One version",
        put("python/tides/__init__.py", "__all__", '__version__ = "0.3.0"\n__all__'),
        "python/tides/__init__.py states one, too",
    ),
    "abort": (
        "Release profile",
        put("Cargo.toml", "codegen-units", 'panic = "abort"\ncodegen-units'),
        'panic = "abort" ends Python where it should raise',
    ),
    "debug": (
        "Release profile",
        put("Cargo.toml", "codegen-units", "opt-level = 0\ncodegen-units"),
        "the release profile does not optimise",
    ),
    "unwrap": (
        "Panics",
        put("src/lib.rs", "745 // not", '"745".parse().unwrap() //'),
        "src/lib.rs, line 6: .unwrap()",
    ),
    "carries-too-much": (
        "Source archive",
        lambda folder: [
            put("Cargo.toml", '"/LICENSE"]', '"/LICENSE", "/*.whl"]')(folder),
            (folder / "old.whl").write_text(""),
        ],
        "it carries old.whl",
    ),
    "source-forgotten": (
        "Wheel, built from that",
        put("Cargo.toml", '"/src/*.rs"', '"/src/lib.rs.old"'),
        None,
    ),
    "does-not-compile": ("Wheel, built from that", put("src/lib.rs", "745", '"745"'), "error"),
    "undeclared-dependency": (
        "Import, with nothing else",
        put("python/tides/__init__.py", "from tides", "import numpy\nfrom tides"),
        "ModuleNotFoundError: No module named 'numpy'",
    ),
    "no-docstring": (
        "Import, with nothing else",
        put("python/tides/__init__.py", '"""When the water comes."""', ""),
        "tides has no docstring",
    ),
    "no-metadata": (
        "Metadata",
        put(
            "pyproject.toml",
            'description = "When the water comes."\nreadme = "README.md"\nlicense = "MIT"\n',
            "",
        ),
        None,
    ),
    "no-licence": (
        "Licence",
        put("pyproject.toml", 'license-files = ["LICENSE"]', "license-files = []"),
        None,
    ),
    "no-py-typed": (
        "Types",
        without("python/tides/py.typed"),
        "there is no py.typed, so type checkers look no further",
    ),
    "no-stub": ("Types", without("python/tides/_core.pyi"), "nothing tells the types of tides._core"),
    "wrong-stub": (
        "Types, checked",
        put("python/tides/_core.pyi", "between()", "between(place: str)"),
        "the stub does not match the module",
    ),
    "wrong-types": (
        "Types, checked",
        put("python/tides/__main__.py", "    argparse", "    wrong: int = 'no'\n    argparse"),
        "mypy --strict: ",
    ),
    "no-command": (
        "Command",
        lambda folder: [
            without("python/tides/__main__.py")(folder),
            put("pyproject.toml", 'tides = "tides.__main__:main"', "")(folder),
        ],
        "there is neither a script nor a __main__.py",
    ),
    "command-that-raises": (
        "Command",
        put("python/tides/__main__.py", "    argparse", "    1 / 0\n    argparse"),
        "ZeroDivisionError",
    ),
    "no-tests": ("Tests", without("tests/test_tides.py"), "there is no tests/test_….py"),
    "failing-test": ("Tests", put("tests/test_tides.py", "745", "744"), "1 failed"),
    "no-benchmark": ("Benchmark", without("benches/bench_tides.py"), "there is none"),
}


def test_every_point_has_a_way_to_fail() -> None:
    assert {point for point, *_ in BROKEN.values()} == set(checklist.POINTS)


@pytest.mark.parametrize(("point", "damage", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_a_point_that_is_broken_is_seen(
    tides: Path,
    look: Callable[[str], str],
    point: str,
    damage: Callable[[Path], object],
    said: str | None,
) -> None:
    damage(tides)
    with pytest.raises(checklist.Missing) as missing:
        look(point)
    assert said is None or said in str(missing.value), str(missing.value)
    assert "\n" not in str(missing.value)


def contents(folder: Path) -> dict[str, tuple[bytes, float]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_package_that_has_everything_passes_and_is_left_as_it_was(tides: Path) -> None:
    before = contents(tides)
    done = CliRunner().invoke(main, ["checklist", str(tides)])
    assert done.exit_code == 0, done.output
    assert done.output.count("✓") == len(checklist.POINTS)
    assert "All is well." in done.output
    assert contents(tides) == before


def test_what_does_not_build_fails_once_and_the_rest_refers_to_it(tides: Path) -> None:
    put("src/lib.rs", "    745", '    "745"')(tides)
    findings = {finding.what: finding for finding in checklist.examine(tides)}
    assert "mismatched types" in findings["Wheel, built from that"].detail
    assert findings["Command"].detail == findings["Tests"].detail == "there is no wheel, see above"
    assert findings["Benchmark"].ok


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("Cargo.toml", None, "has no Cargo.toml"),
        ("pyproject.toml", None, "has no pyproject.toml"),
        ("Cargo.toml", "[package", "cannot be read: "),
    ],
)
def test_what_is_no_package_is_a_sentence(tides: Path, name: str, text: str | None, said: str) -> None:
    (tides / name).unlink()
    if text is not None:
        (tides / name).write_text(text, "utf-8")
    done = CliRunner().invoke(main, ["checklist", str(tides)])
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_command_that_hangs_is_given_up(
    tides: Path, look: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("python/tides/__main__.py", "    argparse", "    import time; time.sleep(60)\n    argparse")(tides)
    monkeypatch.setattr(checklist, "TRYING", 20.0)
    monkeypatch.setattr(checklist.Package.run, "__defaults__", (3.0,))
    with pytest.raises(subprocess.TimeoutExpired):
        look("Command")


def test_links_and_odd_files_are_no_obstacle(tides: Path) -> None:
    if sys.platform != "win32":
        (tides / "loop").symlink_to(tides)
        (tides / "nowhere").symlink_to(tides / "missing")
    (tides / "python" / "tides" / "latin.py").write_bytes(b"# caf\xe9\n")
    finding = checklist.examine(tides)[0]
    assert finding.ok, finding.detail


def test_what_git_ignores_is_not_the_packages(tides: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tides, check=True)
    (tides / ".gitignore").write_text("*.whl\n", "utf-8")
    (tides / "old.whl").write_text("", "utf-8")
    checklist.copy_of(tides, tmp_path / "copy")
    assert not (tmp_path / "copy" / "old.whl").exists()
    assert (tmp_path / "copy" / "python" / "tides" / "py.typed").exists()


def test_what_was_built_before_is_not_taken_for_this(tides: Path) -> None:
    assert all(finding.ok for finding in checklist.examine(tides))
    put("src/lib.rs", "745", "744")(tides)
    failed = [finding.what for finding in checklist.examine(tides) if not finding.ok]
    assert failed == ["Tests"]
