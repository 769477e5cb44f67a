"""Style sheets without the rules that no page of the book could need, as most of the theme's are.

A browser shows nothing before it has read them all. A rule goes if it is for a class or an id that stands in
no page and in no script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import tinycss2
from sphinx.application import Sphinx
from tinycss2.ast import AtRule, HashToken, IdentToken, LiteralToken, Node, QualifiedRule

NESTING = {"media", "supports", "layer", "container"}
"""At-rules that hold rules."""


def lighten(app: Sphinx, exception: Exception | None) -> None:
    """Leave in each style sheet what is needed."""
    if exception is not None or app.builder.name != "html":
        return
    out = Path(app.outdir)
    pages = "\n".join(path.read_text("utf-8") for path in out.rglob("*.html"))
    scripts = "\n".join(path.read_text("utf-8") for path in (out / "_static").rglob("*.js"))
    used = names(pages, scripts)
    for sheet in (out / "_static").rglob("*.css"):
        sheet.write_text(lean(with_imports(sheet), used), "utf-8")


def names(pages: str, scripts: str) -> set[str]:
    """The classes and ids that stand in pages, and all words of scripts, which may set one."""
    attributes = re.findall(r"""\s(?:class|id)=(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", pages)
    inline = re.findall(r"(?s)<script[^>]*>(.*?)</script>", pages)
    return set(re.findall(r"[\w-]+", "\n".join([scripts, *inline]))).union(
        *(part.split() for groups in attributes for part in groups)
    )


def with_imports(sheet: Path) -> str:
    """A style sheet with those that it imports, which would else be asked for one after the other."""
    return re.sub(
        r"""@import\s+["']([^"':]+)["'];""",
        lambda found: with_imports(sheet.parent / found[1]),
        sheet.read_text("utf-8"),
    )


def lean(sheet: str, used: set[str]) -> str:
    """A style sheet without the rules for anything but these classes and ids, and without comments."""
    text = "".join(kept(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), used))
    return re.sub(
        r"@(?:-webkit-)?keyframes ([\w-]+)\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}",
        lambda found: found[0] if re.search(rf"animation[^;{{}}]*:[^;}}]*{found[1]}\b", text) else "",
        text,
    )


def kept(rules: Iterable[Node], used: set[str]) -> Iterator[str]:
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            selectors = [one for one in split(rule.prelude) if required(one) <= used]
            if selectors:
                heads = ",".join(tinycss2.serialize(one).strip() for one in selectors)
                yield f"{heads}{{{tinycss2.serialize(rule.content).strip()}}}\n"
        elif isinstance(rule, AtRule) and rule.lower_at_keyword in NESTING and rule.content is not None:
            inner = "".join(kept(tinycss2.parse_rule_list(rule.content, True, True), used))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}\n"
        else:
            yield f"{rule.serialize()}\n"


def split(prelude: Iterable[Node]) -> list[list[Node]]:
    """The selectors of a list of them."""
    found: list[list[Node]] = [[]]
    for token in prelude:
        if isinstance(token, LiteralToken) and token.value == ",":
            found.append([])
        else:
            found[-1].append(token)
    return found


def required(selector: list[Node]) -> set[str]:
    """The classes and ids without which it finds nothing; not those in `:not()` and its like."""
    after_dots = {
        name.value
        for dot, name in pairwise(selector)
        if isinstance(dot, LiteralToken) and dot.value == "." and isinstance(name, IdentToken)
    }
    return after_dots | {token.value for token in selector if isinstance(token, HashToken)}


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("build-finished", lighten, priority=900)  # once all are written
    return {"version": "1.0.0", "parallel_read_safe": True, "parallel_write_safe": True}
