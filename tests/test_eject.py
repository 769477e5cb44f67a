"""What `workbook eject` promises: a package that needs nothing of the book, and no file overwritten."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from workbook.crates import environment
from workbook.eject import CannotEject, eject, manifest, without_exercises
from workbook.layout import BUILD, Crate, crates
from workbook.rust import NoSuchItemError

every_crate = pytest.mark.parametrize("crate", crates(), ids=lambda crate: crate.slug)


@every_crate
def test_an_ejected_crate_builds_by_itself_and_imports(crate: Crate, tmp_path: Path) -> None:
    eject(crate, tmp_path / "mine")
    target = BUILD / "tests" / "ejected"  # not the book's own, which would take one crate for the other
    command = [sys.executable, "-m", "maturin", "build", "--release", "--locked", "--auditwheel", "skip"]
    built = subprocess.run(
        [*command, "-i", sys.executable, "-o", tmp_path],
        cwd=tmp_path / "mine",
        env=environment() | {"CARGO_TARGET_DIR": str(target)},
        capture_output=True,
        encoding="utf-8",
    )
    assert built.returncode == 0, built.stderr
    assert "warning" not in built.stderr, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    code = (
        f"import sys; sys.path.insert(0, sys.argv[1]); import {crate.slug} as it; "
        "print(it.__file__, hasattr(it, 'exercises'))"
    )
    imported = subprocess.run(
        [sys.executable, "-I", "-c", code, tmp_path / "unpacked"], capture_output=True, encoding="utf-8"
    )
    file, has_exercises = imported.stdout.rsplit(maxsplit=1)
    assert Path(file).is_relative_to(tmp_path / "unpacked"), imported.stderr
    assert has_exercises == "False"


@every_crate
def test_an_ejected_manifest_inherits_nothing_and_keeps_lints_and_profile(crate: Crate) -> None:
    text = manifest(crate)
    assert "workspace" not in text
    own, shared = tomllib.loads(text), tomllib.loads((crate.folder.parent / "Cargo.toml").read_text("utf-8"))
    del shared["profile"]["release"]["package"]
    assert own["profile"] == shared["profile"]
    assert own["lints"] == shared["workspace"]["lints"]
    assert own["package"]["edition"] == shared["workspace"]["package"]["edition"]
    pyo3 = tomllib.loads(f"pyo3 = {shared['workspace']['dependencies']['pyo3']!r}")["pyo3"]
    assert own["dependencies"]["pyo3"] == pyo3
    assert "mine" not in own.get("features", {})


def test_inherited_dependencies_keep_their_own_additions(tmp_path: Path) -> None:
    crate = Crate("tides", tmp_path)
    crate.folder.mkdir(parents=True)
    (crate.folder.parent / "Cargo.toml").write_text(
        '[workspace.package]\nedition = "2024"\n'
        '[workspace.dependencies]\nplain = "1"\nrich = { version = "2", features = ["a"] }\nbare = "3"\n'
        '[workspace.lints.rust]\nmissing_docs = "warn"\n',
        "utf-8",
    )
    crate.manifest.write_text(
        '[package]\nname = "tides"\nedition.workspace = true\n'
        "[features]\nmine = []\nfast = []\n"
        "[dependencies]\nplain = { workspace = true, optional = true }\n"
        'rich = { workspace = true, features = ["b"] }\nbare.workspace = true\nown = "4"\n'
        "[lints]\nworkspace = true\n",
        "utf-8",
    )
    assert tomllib.loads(manifest(crate)) == {
        "package": {"name": "tides", "edition": "2024"},
        "features": {"fast": []},
        "dependencies": {
            "plain": {"version": "1", "optional": True},
            "rich": {"version": "2", "features": ["a", "b"]},
            "bare": "3",
            "own": "4",
        },
        "lints": {"rust": {"missing_docs": "warn"}},
    }


@every_crate
def test_an_ejected_package_names_no_exercise(crate: Crate, tmp_path: Path) -> None:
    for path in eject(crate, tmp_path):
        assert "exercises" not in path.read_text("utf-8"), path.name
        assert path.name not in ("mine.rs", "exercises.rs", "solutions.rs")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            '//! Docs.\n\n#[cfg_attr(feature = "mine", path = "mine.rs")]\nmod exercises;\n'
            "mod solutions;\n\nfn f() {}\n",
            "//! Docs.\n\nfn f() {}\n",
            id="declarations",
        ),
        pytest.param(
            "mod m {\n    #[pymodule_export]\n    use super::f;\n    #[pymodule_export]\n"
            "    use crate::{exercises::exercises, solutions::solutions};\n}\n",
            "mod m {\n    #[pymodule_export]\n    use super::f;\n}\n",
            id="export at the end",
        ),
        pytest.param(
            "mod m {\n    use super::f;\n\n    #[pymodule_export]\n    use crate::exercises::exercises;\n\n"
            "    const A: u8 = 1;\n}\n",
            "mod m {\n    use super::f;\n\n    const A: u8 = 1;\n}\n",
            id="export in the middle",
        ),
        pytest.param("fn exercises() {}\n", "fn exercises() {}\n", id="a function of that name stays"),
    ],
)
def test_exercises_go_and_all_else_stays(before: str, after: str) -> None:
    assert without_exercises(before) == after


def test_a_use_line_that_mixes_exercises_with_others_is_refused() -> None:
    with pytest.raises(CannotEject, match="mixes exercises with 'tide'"):
        without_exercises("use crate::{exercises::exercises, tide};\n")


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text("mine", "utf-8")
    with pytest.raises(CannotEject, match="is not empty: name a folder that is empty or does not exist yet"):
        eject(crates()[0], tmp_path)
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.touch()
    with pytest.raises(CannotEject, match="is a file"):
        eject(crates()[0], file)


def test_a_folder_inside_the_workspace_is_refused() -> None:
    crate = crates()[0]
    folder = crate.folder / "new"
    with pytest.raises(CannotEject, match="inside the book's own workspace"):
        eject(crate, folder)
    assert not folder.exists()


def test_an_unknown_slug_is_refused_with_the_nearest(tmp_path: Path) -> None:
    slug = crates()[0].slug
    with pytest.raises(NoSuchItemError, match=f"did you mean {slug}"):
        eject(slug[:-1], tmp_path)
    assert list(tmp_path.iterdir()) == []
