"""Where everything stands: the chapters, their crates, and the repository they live in."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
"""The repository: workbook is installed from it, never away from it."""

BUILD = ROOT / "_build"
"""What a build leaves behind. Never tracked."""


RACES = BUILD / "races"
"""The record of every race that a page ran, one file each."""


@dataclass(frozen=True)
class Crate:
    """The compiled half of a chapter."""

    slug: str
    root: Path = ROOT

    @property
    def folder(self) -> Path:
        return self.root / "rust_examples" / self.slug

    @property
    def manifest(self) -> Path:
        return self.folder / "Cargo.toml"

    @property
    def sources(self) -> list[Path]:
        """Every file that decides what the compiled crate is, the workspace's own included."""
        rust = sorted(
            path for path in (self.folder / "src").rglob("*.rs") if not path.name.startswith("mine.")
        )
        script = self.folder / "build.rs"
        workspace = self.folder.parent
        return [
            *rust,
            *self.python("python"),
            *([script] if script.exists() else []),
            self.manifest,
            self.folder / "pyproject.toml",
            workspace / "Cargo.toml",
            workspace / "Cargo.lock",
        ]

    def python(self, folder: str) -> list[Path]:
        """Its files of Python in that folder, with what says that they are typed."""
        found = sorted((self.folder / folder).rglob("*"))
        return [path for path in found if path.suffix in {".py", ".pyi"} or path.name == "py.typed"]

    @property
    def distribution(self) -> str:
        """The name under which pip knows it."""
        pyproject = tomllib.loads((self.folder / "pyproject.toml").read_text("utf-8"))
        return str(pyproject["project"]["name"])


@dataclass(frozen=True)
class Chapter:
    """A page of the book, in the order of `_toc.yml`."""

    slug: str
    part: str | None

    @property
    def path(self) -> Path:
        return ROOT / "book" / f"{self.slug}.md"

    @property
    def record(self) -> Path:
        return ROOT / "tests" / "notebooks" / f"{self.slug}.ipynb"

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def title(self) -> str:
        match = re.search(r"^# (.+)$", self.text, re.MULTILINE)
        if match is None:
            raise ValueError(f"{self.path.relative_to(ROOT)} has no title: its first heading is '# …'")
        return match[1]

    @property
    def front_matter(self) -> dict[str, object]:
        match = re.match(r"---\n(.*?)\n---\n", self.text, re.DOTALL)
        return dict(yaml.safe_load(match[1])) if match else {}

    @property
    def collects(self) -> bool:
        """Whether it shows what the other pages say and measured, and so must come after them."""
        return self.front_matter.get("collects") is True

    @property
    def races(self) -> list[str]:
        """The names of the races that its cells run."""
        return re.findall(r'\b(?:compare|scaling)\(\s*"([^"]+)"', self.text)

    @property
    def crate(self) -> Crate | None:
        """The crate of the same name, where the page has one."""
        crate = Crate(self.slug)
        return crate if crate.manifest.exists() else None


def crates() -> list[Crate]:
    """All crates of the workspace, by name."""
    return [Crate(manifest.parent.name) for manifest in sorted((ROOT / "rust_examples").glob("*/Cargo.toml"))]


def chapters() -> list[Chapter]:
    """All pages of the book, the landing page first, in the order in which they are read and run."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    pages = [Chapter(Path(toc["root"]).name, None)]
    for part in toc.get("parts", [{"chapters": toc.get("chapters", [])}]):
        pages += [Chapter(Path(entry["file"]).name, part.get("caption")) for entry in part["chapters"]]
    return pages


def race_record(name: str) -> Path:
    """Where the record of a race is kept, in pyperf's JSON format."""
    return RACES / f"{name}.json"


@cache
def settings() -> dict[str, object]:
    """`_config.yml`, read once."""
    loaded: dict[str, object] = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    return loaded


def repository_url(path: Path) -> str:
    """The absolute address of a file of this repository, for links that must work from anywhere."""
    repository = settings()["repository"]
    assert isinstance(repository, dict)
    return f"{repository['url']}/blob/{repository['branch']}/{path.relative_to(ROOT).as_posix()}"
