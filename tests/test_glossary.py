"""The glossary: each term once, and linked from where a chapter first uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from workbook import layout
from workbook.layout import Chapter

GLOSSARY = next(page for page in layout.chapters() if page.slug == "glossary")
TERMS = re.findall(r"^(\S.*)\n  \S", GLOSSARY.text.partition("```{glossary}\n")[2], re.MULTILINE)

OTHER_SENSES = {"derive", "feature", "profile", "slice", "stub"}
"""Everyday words, and words of Python's: where they are first used as terms, only a reader can tell."""

READ = [page for page in layout.chapters() if page.slug not in {"glossary", "references", "index"}]
chapters = pytest.mark.parametrize("chapter", READ, ids=lambda chapter: chapter.slug)


@cache
def pattern(term: str) -> re.Pattern[str]:
    """The term as a word, in the plural, and as a verb; but not within a longer term, or crates.io."""
    within = "".join(
        rf"(?<!{re.escape(longer.removesuffix(term))})" for longer in TERMS if longer.endswith(f" {term}")
    )
    return re.compile(rf"{within}\b{re.escape(term)}(s|es|ed|ing)?\b(?!\.io|-)", re.IGNORECASE)


def mentions(chapter: Chapter) -> Iterator[tuple[int, str, str | None]]:
    """The plain text of its paragraphs, piece by piece: line, words, and the term if it is a link to one."""
    parser = create_md_parser(MdParserConfig(enable_extensions={"colon_fence"}), RendererHTML)
    tokens = parser.parse(chapter.text)
    for before, token in pairwise(tokens):
        if token.type != "inline" or before.type == "heading_open" or token.map is None:
            continue
        inside = 0
        for piece in token.children or []:
            inside += (piece.type == "link_open") - (piece.type == "link_close")
            if piece.type == "myst_role" and piece.meta["name"] == "term":
                target = re.search(r"<(.*)>$", piece.content)
                yield token.map[0] + 1, piece.content, target[1] if target else piece.content
            elif piece.type == "text" and not inside:
                yield token.map[0] + 1, piece.content, None


def test_terms_are_defined_once_and_in_order() -> None:
    assert len(TERMS) > 40
    assert len(set(TERMS)) == len(TERMS)
    assert sorted(TERMS, key=str.casefold) == TERMS


def test_every_term_is_linked_from_a_chapter() -> None:
    linked = {term for chapter in READ for _, _, term in mentions(chapter) if term}
    assert set(TERMS) - linked == set(), "book/glossary.md: define what a chapter uses, and nothing else"


@chapters
def test_a_term_is_linked_where_a_chapter_first_uses_it(chapter: Chapter) -> None:
    seen: set[str] = set()
    for line, words, term in mentions(chapter):
        if term is not None:
            assert term not in seen, f"book/{chapter.slug}.md, line {line}: {term} was linked before"
            seen.add(term)
            continue
        for other in set(TERMS) - seen - OTHER_SENSES:
            assert not pattern(other).search(words), (
                f"book/{chapter.slug}.md, line {line}: here {other} is first used: link it, {{term}}`{other}`"
            )
