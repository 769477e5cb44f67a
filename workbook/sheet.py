"""A sheet of Python beside Rust: each row is a pair of functions that were called, and agreed."""

from __future__ import annotations

import ast
import copy
import html
import linecache
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from workbook.rust import Item, Sources, crate_of

COLUMNS = ("Python", "Rust", "PyO3")

Call = tuple[Any, ...]
"""The arguments of one call."""

T = TypeVar("T", bound=Callable[..., object])


class DifferenceError(Exception):
    """A row whose two sides do not do the same."""


@dataclass(frozen=True)
class Row:
    """One idea: in Python, in Rust, and what PyO3 makes of the one for the other."""

    idea: str
    sources: tuple[str, str, str]
    """What stands in the three columns."""


class Sheet:
    """Rows of functions and classes in Python, each beside its namesake in `<crate>.<submodule>`."""

    def __init__(self, module: ModuleType, submodule: str = "sheet") -> None:
        self.rows: list[Row] = []
        self._rust = getattr(module, submodule)
        self._within = submodule
        self._items = Sources(crate_of(module))

    def row(self, *calls: Call) -> Callable[[T], T]:
        """Put what this decorates on the sheet. Each call is a tuple of arguments, on which both must agree.

        Raises `DifferenceError` where they do not: in what they return, its type, or the type of what they
        raise.
        """

        def register(python: T) -> T:
            rust = getattr(self._rust, python.__name__)
            for arguments in calls:
                found, expected = outcome(rust, arguments), outcome(python, arguments)
                if found != expected:
                    said = f"{python.__name__}{arguments}: Rust says {found}, and Python {expected}"
                    raise DifferenceError(said)
            lines = linecache.getlines(sys._getframe(1).f_code.co_filename)
            source = _definition(lines, python.__name__)
            self.rows.append(self._row(python.__name__, source))
            return python

        return register

    def _row(self, name: str, python: str) -> Row:
        path = f"{self._within}::{name}"
        if isinstance(getattr(self._rust, name), type):
            items = [*self._items.find(f"struct {path}"), *self._items.find(f"impl {name}")]
            lines = "\n".join(item.code for item in items).splitlines()
            attributes = [line.strip() for line in lines if line.lstrip().startswith("#[")]
            rust = "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#["))
            return Row(_idea(items[0]), (python, rust, "\n".join(attributes)))
        (item,) = self._items.find(f"fn {path}")
        head, _, rest = item.code.partition("{\n")
        body = textwrap.dedent(rest.rstrip().removesuffix("}")).strip("\n")
        return Row(_idea(item), (python, body, head.rstrip()))

    def __repr__(self) -> str:
        blocks = []
        for row in self.rows:
            columns = zip(COLUMNS, row.sources, strict=True)
            blocks += [row.idea, *(f"  {name}\n{textwrap.indent(text, '    ')}" for name, text in columns)]
        return "\n".join(blocks)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.markup}

    @property
    def markup(self) -> str:
        """The sheet as a table, which on a narrow screen becomes a column, and on paper one page."""
        from pygments import highlight  # slow to import, and needed here alone
        from pygments.lexers import PythonLexer, RustLexer

        from workbook.highlighting import Formatter

        lexers = [PythonLexer(), RustLexer(), RustLexer()]
        formatter = Formatter(nowrap=True)
        rows = []
        for row in self.rows:
            cells = "".join(
                f'<td class="highlight" data-name="{name}">'
                f"<pre>{_lines(text, highlight(text, lexer, formatter))}</pre></td>"
                for name, text, lexer in zip(COLUMNS, row.sources, lexers, strict=True)
            )
            idea = html.escape(row.idea)
            rows.append(
                f'<tbody><tr><th colspan="3" scope="rowgroup">{idea}</th></tr><tr>{cells}</tr></tbody>'
            )
        head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
        table = f'<table class="sheet"><thead><tr>{head}</tr></thead>{"".join(rows)}</table>'
        return f"<style>{STYLE}</style>{table}"


def outcome(function: Callable[..., object], arguments: Sequence[object]) -> tuple[str, str]:
    """What a call gives, as a pair that can be compared across languages: a kind, and how it is written."""
    try:
        found = function(*copy.deepcopy(arguments))
    except Exception as error:
        return "raised", type(error).__name__
    if isinstance(found, dict):  # Rust's have no order
        found = dict(sorted(found.items()))
    return type(found).__name__, repr(found)


def _definition(lines: Sequence[str], name: str) -> str:
    """The last definition of a name in a cell, without decorators."""
    found = [
        node
        for node in ast.walk(ast.parse("".join(lines)))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
    ]
    return "".join(lines[found[-1].lineno - 1 : found[-1].end_lineno]).rstrip()


def _lines(text: str, marked: str) -> str:
    """The lines of a listing, each of which keeps its indentation where it has to be broken."""
    pairs = zip(text.splitlines(), marked.splitlines(), strict=True)
    return "".join(
        f'<span class="line" style="--indent: {len(plain) - len(plain.lstrip())}ch">{line}\n</span>'
        for plain, line in pairs
    )


def _idea(item: Item) -> str:
    return item.doc.splitlines()[0].removesuffix(".")


STYLE = """
.sheet { width: 100%; border-collapse: collapse; font-size: 0.85rem; table-layout: fixed; }
.sheet thead th { width: 35.5%; }
.sheet thead th:last-child { width: 29%; }
.sheet.sheet tr, .sheet.sheet th, .sheet.sheet td.highlight { padding: 0.1rem 0.5rem 0.1rem 0;
  text-align: left; vertical-align: top; border: none; background: none; }
html .sheet.sheet td.highlight { background: none; }
.sheet tbody { border-top: 1px solid color-mix(in srgb, currentColor 30%, transparent); break-inside: avoid; }
.sheet.sheet tbody th { padding-top: 0.3rem; font-weight: 600; }
.sheet.sheet td.highlight { padding-bottom: 0.4rem; }
.sheet.sheet td pre { margin: 0; padding: 0; border: none; background: none; box-shadow: none;
  overflow: visible; white-space: pre-wrap; overflow-wrap: anywhere; word-break: normal;
  font-size: 0.7rem; line-height: 1.35; }
.sheet .line { display: block; padding-left: calc(var(--indent) + 2ch);
  text-indent: calc(-1 * var(--indent) - 2ch); }
.sheet .line span { white-space: nowrap; }
.sheet .line span:is(.w, .s, .s2) { white-space: pre-wrap; }
@media screen and (max-width: 720px) {
  .sheet, .sheet tbody, .sheet tr, .sheet th, .sheet td { display: block; }
  .sheet thead { display: none; }
  .sheet td::before { content: attr(data-name); font-size: 0.7rem; opacity: 0.8; }
}
@media print {
  .sheet { break-before: page; break-after: page; }
  .sheet.sheet th { font-size: 6pt; }
  .sheet.sheet td pre { font-size: 5.5pt; line-height: 1.1; }
  .sheet.sheet tbody th, .sheet.sheet td.highlight { padding-top: 0; padding-bottom: 0.4pt;
    line-height: 1.15; }
}
"""
