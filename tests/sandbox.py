"""Copies of the repository under `_build`, for tests that build, install or break something.

A copy has an environment of its own, on top of the one that runs the tests, so that its crates are built and
installed there, and nothing of the reader's is touched.
"""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbook import layout
from workbook.__main__ import JUPYTER_BOOK

HOME = layout.BUILD / "tests"
SETTINGS = ["_config.yml", "constraints.txt", "requirements.txt", "workbook", "book/_ext", "book/_static"]

HEADER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""

LIB = """\
//! One number.

use pyo3::prelude::*;

/// The answer.
#[pyfunction]
fn answer() -> i32 {
    1
}

#[pymodule]
mod small {
    #[pymodule_export]
    use super::answer;
}
"""


def contents(*pages: str) -> str:
    """A `_toc.yml` with these pages after the index."""
    entries = "".join(f"  - file: book/{page}\n" for page in pages)
    return f"format: jb-book\nroot: book/index\nchapters:\n{entries}"


def cell(code: str, *tags: str) -> str:
    """A code cell as it stands in a page."""
    head = f":tags: {json.dumps(list(tags))}\n\n" if tags else ""
    return f"```{{code-cell}} ipython3\n{head}{code}\n```\n"


@dataclass
class Outcome:
    """What a command did."""

    code: int
    output: str


class Sandbox:
    """A folder, an environment, and the commands that a reader would run in them."""

    def __init__(self, name: str) -> None:
        self.folder = HOME / name
        self.environment = HOME / f"{name}-environment"
        self.target = HOME / f"{name}-target"  # kept, for compiling PyO3 takes a while
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.prepare_environment()

    def copy(self, names: Iterable[str]) -> None:
        """Copy files and folders of the repository."""
        for name in names:
            source, target = layout.ROOT / name, self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, target)

    def prepare_environment(self) -> None:
        """A virtual environment that sees the packages of this one, and has room for its own."""
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", "--without-pip", self.environment], check=True
        )
        parents = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
        lines = [f"import site; site.addsitedir({path!r})" for path in parents or site.getsitepackages()]
        packages = sysconfig.get_path("purelib", vars={"base": str(self.environment)})
        Path(packages, "parent.pth").write_text("\n".join(lines), "utf-8")
        for tool in ["maturin", "uv"]:
            places = [str(Path(sys.executable).parent), os.environ["PATH"]]
            found = shutil.which(tool, path=os.pathsep.join(places))
            assert found, f"{tool} is missing: run make test, or pip install -r requirements.txt"
            shutil.copy2(found, self.scripts / Path(found).name)

    @property
    def scripts(self) -> Path:
        return self.environment / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *arguments: str) -> Outcome:
        """Run the environment's Python on these; stdout and stderr together."""
        variables = {key: value for key, value in os.environ.items() if key != "WORKBOOK_QUICK"}
        variables |= {
            "PYTHONPATH": str(self.folder),
            "VIRTUAL_ENV": str(self.environment),
            "CARGO_TARGET_DIR": str(self.target),
            "JUPYTER_PATH": str(Path(sys.prefix) / "share" / "jupyter"),
            "XDG_CACHE_HOME": str(HOME / "cache"),
            "NO_COLOR": "1",
        }
        done = subprocess.run(
            [self.scripts / "python", *arguments],
            cwd=self.folder,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return Outcome(done.returncode, done.stdout)

    def build_crates(self) -> None:
        done = self.run("-m", "workbook", "crates")
        assert done.code == 0, done.output

    def build(self) -> Outcome:
        """The plain way: `jupyter-book build .`."""
        return self.run("-c", JUPYTER_BOOK, "build", ".")

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def html(self, name: str) -> str:
        return (self.folder / "_build" / "html" / "book" / f"{name}.html").read_text("utf-8")


class SmallBook(Sandbox):
    """A book of two pages and one crate."""

    def __init__(self) -> None:
        super().__init__("small")
        self.copy([*SETTINGS, "rust_examples/Cargo.toml", "rust_examples/Cargo.lock"])
        model = layout.crates()[0]
        for name in ["Cargo.toml", "pyproject.toml"]:
            text = (model.folder / name).read_text("utf-8")
            text = text.replace(model.slug, "small").replace(model.slug.replace("_", "-"), "small")
            self.write(f"rust_examples/small/{name}", text)
        self.write("rust_examples/small/src/lib.rs", LIB)
        self.write("book/references.bib", "")
        self.write("book/index.md", HEADER + "# A small book\n")
        self.contents("small")
        self.page("Nothing to see.")

    def contents(self, *pages: str) -> None:
        """Write `_toc.yml`, the index first."""
        self.write("_toc.yml", contents(*pages))

    def page(self, text: str, name: str = "small") -> None:
        """Write a chapter: prose and cells."""
        self.write(f"book/{name}.md", f"{HEADER}# Small\n\n{text}\n")
