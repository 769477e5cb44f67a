"""The theme, mended: a page loads little, all of it from the book itself, and needs neither mouse nor eyes.

What the theme lets us say by settings and templates is said there. The rest is done to each page as it is
written, and to its style sheet and icons once all pages are. Where a new version of the theme no longer has
what is mended here, the build says so.
"""

from __future__ import annotations

import re
import shutil
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import pydata_sphinx_theme
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util import logging

logger = logging.getLogger(__name__)

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
STYLES = "styles/pydata-sphinx-theme.css"

UNUSED = re.compile(r"thebe|toggle|DOCUMENTATION_OPTIONS\.")
"""Scripts and styles that Jupyter Book's extensions bring and no page needs, by name or by content."""

FOR_TABS = re.compile(r"sphinx-design|design-tabs")
"""Those that only pages with tabs, cards or grids need."""

DEAD = ["scripts/fontawesome.js*", "**/*.map", "vendor", "locales", "images/logo_*", "*thebe*", "toggle*"]
"""What no page loads, as patterns of files below `_static`."""

MENDS = [
    # An icon has a name beside it, and is no letter to be read out.
    ("", r'<(i|span) class="((?:theme-switch )?fa)', r'<\1 aria-hidden="true" class="\2'),
    # All that is on a page is part of something that has a name, and a button is called by what it shows.
    (
        "",
        r'<div id="pst-primary-sidebar"',
        r'<div role="region" aria-label="This book" id="pst-primary-sidebar"',
    ),
    ("", r'<dialog id="pst-primary-sidebar-modal"', r'\g<0> aria-label="This book"'),
    ("", r'<dialog id="pst-search-dialog"', r'\g<0> aria-label="Search"'),
    ("", r'title="Toggle primary sidebar"', r'title="Contents of the book"'),
    ("secondary-toggle", r'title="Toggle secondary sidebar"', r'title="Contents of this page"'),
    ("secondary-toggle", r'<dialog id="pst-secondary-sidebar-modal"', r'\g<0> aria-label="This page"'),
    # The authors stand within a line.
    ("", r"\bBy The authors\b", "By the authors"),
    # What is seen of a button is what it is called.
    ("", r'(<button class="btn search-button-field[^>]*?) title="Search" aria-label="Search"', r"\1"),
    ("admonition hide", r'<summary aria-label="Toggle hidden content">', "<summary>"),
    # Roles that are none any more, and a list whose entries are not items.
    ('class="citation"', r' role="doc-biblioentry"', ""),
    ('class="citation"', r'<div role="list" class="citation-list">', '<div class="citation-list">'),
    # The empty corner of a table is the heading of nothing.
    ("></th>", r"<th([^>]*)></th>", r"<td\1></td>"),
    # The ways to take a page along are called by their names, not by what their files end in.
    ("dropdown-download-buttons", r'(<span class="btn__text-container">)\.md', r"\1Source"),
    ("dropdown-download-buttons", r'(<span class="btn__text-container">)\.pdf', r"\1Print"),
    # No cell is run on the page itself.
    ("dropdown-download-buttons", r'(?s)<script type="text/x-thebe-config">.*?</script>', ""),
]
"""What pages are given instead of what the theme writes: all those with the words that come first."""


class ThemeHasChanged(SphinxError):
    """The theme no longer has what is mended."""

    category = "book/_ext/mended_theme.py"


# Each page ----------------------------------------------------------------------------------------


def mend_pages(app: Sphinx) -> None:
    """Mend every page as it is written."""
    if app.builder.name != "html":
        return
    templates = app.builder.templates
    render = templates.render
    templates.render = lambda name, context: mended(render(name, context))


def mended(page: str) -> str:
    if "</html>" not in page:  # a part, rendered to see whether it is empty
        return page
    for sign, wanted, given in MENDS:
        if sign in page:
            page, times = re.subn(wanted, given, page)
            if not times:
                raise ThemeHasChanged(f"the theme no longer writes what is mended here: {wanted}")
    return page


def choose_files(app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    """Only the scripts and styles that a page needs, and no script before it is shown."""
    if app.builder.name != "html":
        return
    needless = (
        UNUSED if "sd-" in context.get("body", "") else re.compile(f"{UNUSED.pattern}|{FOR_TABS.pattern}")
    )
    for kind in ("script_files", "css_files"):
        context[kind] = [
            file
            for file in context[kind]
            if not needless.search(f"{file.filename or ''} {file.attributes.get('body', '')}")
        ]
    if pagename != "search":  # where the theme's own scripts follow, and need these at once
        context["script_files"] = [deferred(script) for script in context["script_files"]]


def deferred(script: Any) -> Any:
    """The same script, to be run once the page is there; all pages share the one that is given."""
    attributes = {**script.attributes, "defer": "defer"}
    return type(script)(script.filename, priority=script.priority, **attributes)


# The style sheet, and the icons in it ---------------------------------------------------------------


def lighten(app: Sphinx, exception: Exception | None) -> None:
    """Leave in the theme's style sheet the icons that are used, and the rest of its files out."""
    if exception is not None or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    for pattern in DEAD:
        for path in static.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    pages = [path.read_text("utf-8") for path in Path(app.outdir).rglob("*.html")]
    (static / STYLES).write_text(with_icons(set(re.findall(r"\bfa-[\w-]+", " ".join(pages)))), "utf-8")


def with_icons(used: set[str]) -> str:
    """The theme's style sheet with these icons, and those that it shows by itself, as a part of it."""

    def keep(rule: re.Match[str]) -> str:
        return rule[0] if used & {name[1:] for name in re.findall(r"\.fa-[\w-]+", rule[0])} else ""

    text = (THEME / STYLES).read_text("utf-8")
    text, rules = re.subn(r'(?:\.fa-[\w-]+:before,?)+\{content:"[^"]*"\}', keep, text)
    if not rules:
        raise ThemeHasChanged(f"the names of icons are not where they were in the theme's {STYLES}")
    signs = {int(sign, 16) for sign in re.findall(r'"\\([ef][0-9a-f]{3})"', text)}

    def embed(font: re.Match[str]) -> str:
        return f"src:url(data:font/woff;base64,{subset(THEME / 'styles' / font[1], signs)})"

    text, fonts = re.subn(r"src:url\([^)]*\) format\(\"woff2\"\),url\(([^)]*\.ttf)\)[^}]*", embed, text)
    if not fonts:
        raise ThemeHasChanged(f"the fonts of icons are not where they were in the theme's {STYLES}")
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)


def subset(path: Path, signs: set[int]) -> str:
    """A font with these signs alone, as it is written into a style sheet."""
    font = TTFont(path)
    subsetter = Subsetter(Options(layout_features=[], notdef_outline=True))
    subsetter.populate(unicodes=signs)
    subsetter.subset(font)
    font.flavor = "woff"
    file = BytesIO()
    font.save(file)
    return b64encode(file.getvalue()).decode()


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_js_file("reach.js", priority=100)  # before Sphinx marks the words of a search
    app.connect("builder-inited", mend_pages)
    app.connect("html-page-context", choose_files, priority=900)  # once all have added theirs
    app.connect("build-finished", lighten, priority=400)  # before links are looked at
    return {"version": "1.0.0", "parallel_read_safe": True, "parallel_write_safe": True}
