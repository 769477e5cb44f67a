"""How code gets its colours: what has the ink of the page is plain text, and has no tags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO

from pygments.formatters import HtmlFormatter
from pygments.token import Generic, Name, Operator, Punctuation, Text, Whitespace

INK = {
    Generic.Output,
    Name,
    Name.Builtin.Pseudo,
    Name.Namespace,
    Name.Other,
    Name.Variable,
    Name.Variable.Instance,
    Operator,
    Punctuation,
    Whitespace,
}
"""Three of four tokens of a page. The colours of the others are in `book/_static/book.css`."""


class Formatter(HtmlFormatter):  # type: ignore[misc]
    """Pygments' for HTML, but for tags that change nothing: a telephone reads every one of them."""

    def format_unencoded(self, tokensource: Iterable[tuple[Any, str]], outfile: TextIO) -> None:
        coloured = ((Text if kind in INK else kind, text) for kind, text in tokensource)
        super().format_unencoded(coloured, outfile)
