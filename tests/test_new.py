"""A new chapter is laid down, built, checked and thrown away, in a copy of the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from sandbox import HEADER, Sandbox, contents
from test_glossary import TERMS

from workbook import layout, new


@pytest.fixture(scope="module")
def copy() -> Iterator[Sandbox]:
    """All that git knows, in a repository of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=layout.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    sandbox = Sandbox("whole")
    sandbox.copy(name for name in listed.stdout.split("\0") if name and (layout.ROOT / name).is_file())
    subprocess.run(["git", "init", "--quiet"], cwd=sandbox.folder, check=True)
    yield sandbox
    shutil.rmtree(sandbox.folder)


def test_a_new_chapter_builds_and_keeps_the_rules_of_the_house(copy: Sandbox) -> None:
    laid = copy.run("-m", "workbook", "new", "tide_tables", "High and low water")
    assert laid.code == 0, laid.output
    for path in ["book/tide_tables.md", "rust_examples/tide_tables/src/lib.rs", "tests/test_tide_tables.py"]:
        assert path in laid.output
        assert (copy.folder / path).exists()
    assert "book/tide_tables" in (copy.folder / "_toc.yml").read_text("utf-8")

    # The new chapter alone, for the others are tested elsewhere.
    for crate in layout.crates():
        shutil.rmtree(copy.folder / "rust_examples" / crate.slug)
    for page in layout.chapters():
        if page.slug == "references":
            continue  # which the new chapter cites
        page_copy = copy.folder / "book" / f"{page.slug}.md"
        page_copy.unlink()
        page_copy.with_name(f"{page.slug}.ipynb").unlink(missing_ok=True)
        (copy.folder / "tests" / "notebooks" / f"{page.slug}.ipynb").unlink(missing_ok=True)
    copy.write("book/index.md", HEADER + "# One chapter\n")
    terms = "".join(f"{term}\n  A word of the trade.\n\n" for term in TERMS)
    copy.write("book/glossary.md", HEADER + f"# Glossary\n\n```{{glossary}}\n{terms}```\n")
    linked = {*re.findall(r"\]\((\w+)\.md", (copy.folder / "book" / "tide_tables.md").read_text("utf-8"))}
    for slug in linked:
        copy.write(f"book/{slug}.md", HEADER + f"# The page {slug}\n")
    copy.write("_toc.yml", contents("tide_tables", "glossary", "references", *sorted(linked)))

    copy.build_crates()
    built = copy.build()
    assert built.code == 0, built.output
    assert "High and low water" in copy.html("tide_tables")

    recorded = copy.run("-m", "workbook", "record")
    assert recorded.code == 0, recorded.output
    rules = copy.run(
        "-m", "pytest", "-q", "tests/test_house.py", "tests/test_exercises.py", "tests/test_tide_tables.py"
    )
    assert rules.code == 0, rules.output


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("Tide-Tables", "one to three plain words"),
        ("a_b_c_d", "one to three plain words"),
        ("json", "'import json' already means another package"),
        ("error_handling", "is taken"),
    ],
)
def test_a_slug_that_will_not_do_is_refused_in_a_sentence(copy: Sandbox, slug: str, said: str) -> None:
    before = sorted(copy.folder.rglob("*.md"))
    refused = copy.run("-m", "workbook", "new", slug, "A title")
    assert refused.code != 0
    assert said in refused.output
    assert "Traceback" not in refused.output
    assert sorted(copy.folder.rglob("*.md")) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name = "pyrust-book-ownership"', 'name = "pyrust-book-two-words"'),
        ('name = "ownership"\nimport ownership', 'name = "two_words"\nimport two_words'),
        ('compare("ownership-index")', 'compare("two-words-index")'),
        ("co-ownerships", "co-ownerships"),
    ],
    ids=["distribution", "module", "race", "another word"],
)
def test_a_slug_of_one_word_is_renamed_in_the_spelling_that_is_meant(text: str, expected: str) -> None:
    assert new.renamed(text, "ownership", "two_words") == expected
