"""What makes the build tell the truth.

A chapter runs again whenever anything that decides its outputs has changed, one that collects what others
measured runs after them, and whatever the build complains about makes it fail, now and the next time.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import chain, product
from pathlib import Path
from string import ascii_lowercase
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import lanes
import lxml.html
import nbformat
from docutils import nodes
from ipython_pygments_lexers import IPython3Lexer
from jupyter_cache import get_cache
from jupyter_cache.base import JupyterCacheAbstract
from myst_nb.core.read import create_nb_reader
from myst_nb.core.render import strip_ansi
from pybtex.plugin import find_plugin, register_plugin
from pygments.lexer import bygroups, using
from pygments.lexers import BashLexer, CLexer, CppLexer, CythonLexer, PythonLexer, RustLexer, TOMLLexer
from pygments.token import Operator, Text
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.highlighting import PygmentsBridge
from sphinx.util import logging

from workbook import crates, layout, pages
from workbook.highlighting import Formatter

logger = logging.getLogger(__name__)


class StaleCrate(SphinxError):
    """A crate that is missing, or older than its source."""

    category = "The book cannot be built"


# What decides the outputs of a page -------------------------------------------------------------

# Asked for by many pages, and the same for all of a build.
fingerprint_of_crate = cache(crates.fingerprint)
map_of_book = cache(pages.contents)


def fingerprint(page: layout.Chapter) -> str:
    """Everything but its own cells that decides what a page's cells print.

    The crates it names, source and binary, and the workspace's lock; the tools it imports and the
    pictures it shows; the Python that runs it and the compiler. A page with `collects: true` in its
    front matter also shows what the others measured, and how they stand in the map of the book.
    """
    book, rust = layout.ROOT / "book", layout.ROOT / "rust_examples"
    words, collects = {page.slug, *re.findall(r"\w+", page.text)}, page.collects
    named = [crate for crate in layout.crates() if crate.slug in words or collects]
    files = [
        *sorted((layout.ROOT / "workbook").rglob("*.py")),
        layout.ROOT / "constraints.txt",
        rust / "Cargo.toml",
        rust / "Cargo.lock",
        *(picture for picture in sorted((book / "_static").glob("*.svg")) if picture.stem in words),
    ]
    if collects:
        later = races_not_before(page)
        files += [record for record in sorted(layout.RACES.glob("*.json")) if record.stem not in later]
    facts = [page.slug, platform.python_version(), platform.platform(), crates.rustc_version()]
    facts += [fingerprint_of_crate(crate) for crate in named]
    if collects:
        facts += [
            map_of_book().plain,
            *(f"{other.slug} {other.title} {other.races}" for other in layout.chapters()),
        ]
    digest = hashlib.sha256()
    for part in [*(fact.encode() for fact in facts), *(file.read_bytes() for file in files)]:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()[:16]


def races_not_before(page: layout.Chapter) -> set[str]:
    """The races of a page that collects, and of those that collect after it: what it cannot have seen.

    Two such pages would otherwise make each other run again, for ever.
    """
    collecting = [other for other in layout.chapters() if other.collects]
    return {name for other in collecting[collecting.index(page) :] for name in other.races}


def _page(docname: str) -> layout.Chapter | None:
    return next((page for page in layout.chapters() if docname == f"book/{page.slug}"), None)


def has_records(page: layout.Chapter) -> bool:
    """Whether the records of its races are still there, for other pages to collect."""
    return all(layout.race_record(name).exists() for name in page.races)


def add_fingerprint(app: Sphinx, docname: str, source: list[str]) -> None:
    """Write the fingerprint into the kernelspec, which is part of jupyter-cache's key."""
    page = _page(docname)
    if page is None:
        return
    if not has_records(page):
        forget(app, page)
    mark = fingerprint(page)
    kernelspec = f"kernelspec:\n  decided_by: {mark}"
    source[0] = re.sub(r"^kernelspec:$", kernelspec, source[0], count=1, flags=re.MULTILINE)
    app.env.__dict__.setdefault("fingerprints", {})[docname] = mark


def forget(app: Sphinx, page: layout.Chapter) -> None:
    """Drop a page from the cache, since what it measured has been deleted."""
    cache = _cache(app)
    for record in cache.list_cache_records():
        if Path(record.uri) == page.path:
            cache.remove_cache(record.pk)


def find_outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Iterable[str]:
    """Pages whose text is unchanged, but not what decides their outputs.

    All, where the contents have changed, or how a source is cited.
    """
    known = env.__dict__.setdefault("fingerprints", {})
    contents = (layout.ROOT / "_toc.yml").read_text("utf-8"), years(app)
    listed, env.__dict__["contents"] = env.__dict__.get("contents"), contents
    return [
        docname
        for docname in env.found_docs - added - changed
        if (page := _page(docname))
        and (listed != contents or known.get(docname) != fingerprint(page) or not has_records(page))
    ]


def order_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """In the order of `_toc.yml`, and pages that collect from the others last of all."""
    chapters = layout.chapters()
    if docnames:
        collecting = {f"book/{page.slug}" for page in chapters if page.collects}
        docnames[:] = {*docnames, *(collecting & env.found_docs)}
    order = {f"book/{page.slug}": (page.collects, position) for position, page in enumerate(chapters)}
    docnames.sort(key=lambda docname: order.get(docname, (False, -1)))


def run_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run what the cache does not hold, before Sphinx reads it: pages that collect after the others."""
    collecting = {f"book/{page.slug}" for page in layout.chapters() if page.collects}
    rounds = [[name for name in docnames if name not in collecting]]
    rounds += [[name] for name in docnames if name in collecting]
    settings = env.mystnb_config  # type: ignore[attr-defined]
    if settings.execution_mode != "cache":
        return
    for names in rounds:
        waiting = [page for name in names if (page := to_run(app, name)) is not None]
        lanes.run_all(waiting, settings.execution_timeout, _cache(app))


def to_run(app: Sphinx, docname: str) -> lanes.Page | None:
    """The page as MyST-NB will read it, if that would not find its outputs in the cache."""
    if _page(docname) is None:
        return None
    path = Path(app.env.doc2path(docname))
    source = [path.read_text("utf-8")]
    add_fingerprint(app, docname, source)
    settings = app.env.mystnb_config  # type: ignore[attr-defined]
    reader = create_nb_reader(str(path), app.env.myst_config, settings, source[0])  # type: ignore[attr-defined]
    if reader is None:
        return None
    notebook = reader.read(source[0])
    try:
        _cache(app).match_cache_notebook(notebook)
    except KeyError:
        return lanes.Page(docname, path, notebook)
    return None


def _cache(app: Sphinx) -> JupyterCacheAbstract:
    return get_cache(app.env.mystnb_config.execution_cache_path)  # type: ignore[attr-defined]


# What makes the build fail ------------------------------------------------------------------------


def require_crates(app: Sphinx) -> None:
    """No page is built from a crate that is missing or older than its source."""
    for crate in layout.crates():
        reason = crates.stale(crate)
        if reason is not None:
            raise StaleCrate(f"{crate.slug} {reason}. Build it with: workbook crates")


def code_cells(doctree: nodes.document) -> list[nodes.container]:
    return [cell for cell in doctree.findall(nodes.container) if cell.get("nb_element") == "cell_code"]


def require_errors(app: Sphinx, doctree: nodes.document) -> None:
    """A cell that promises to raise must have raised."""
    for cell in code_cells(doctree):
        tags = cell.get("cell_metadata", {}).get("tags", [])
        raised = any("traceback" in block["classes"] for block in cell.findall(nodes.literal_block))
        if "raises-exception" in tags and not raised:
            logger.warning("a cell tagged raises-exception did not raise", location=cell)


def require_links(app: Sphinx) -> None:
    """Every link between the built pages leads somewhere, those in cells' outputs included."""
    folder = Path(app.outdir)
    paths = [path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts]
    trees = {path: lxml.html.parse(path).getroot() for path in paths}
    anchors = {path: {"", *tree.xpath("//@id")} for path, tree in trees.items()}
    for path, tree in trees.items():
        for written in sorted({*tree.xpath("//a/@href | //img/@src | //object/@data")}):
            link = urlsplit(written)
            if link.scheme or link.netloc:
                continue
            target = (path.parent / unquote(link.path)).resolve() if link.path else path
            name = path.relative_to(folder).as_posix()
            if not target.exists():
                logger.warning("%s links to %s, which does not exist", name, written)
            elif target in anchors and unquote(link.fragment) not in anchors[target]:
                logger.warning("%s links to %s, and there is no such place", name, written)


KINDS = [
    ("cell_terminal", r"%%terminal\b"),
    ("cell_rust", r"%%rust\b|%%write \S+\.rs\n"),
    ("cell_toml", r"%%write \S+\.toml\n"),
    ("cell_c", r"%%write \S+\.(c|h|cpp)\n"),
    ("cell_cython", r"%%write \S+\.pyx\n"),
    ("cell_file", r"%%write (?!\S+\.pyi?\n)"),
]
"""What cells are written in, where it is not Python, by what they begin with."""


def mark_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Give each cell a class that says what it is written in, for the style sheet."""
    for cell in code_cells(doctree):
        source = next(iter(cell.findall(nodes.literal_block)), nodes.literal_block()).astext()
        named = (kind for kind, magic in KINDS if re.match(magic, source))
        cell["classes"].append(next(named, "cell_python"))


def mark_columns(app: Sphinx, doctree: nodes.document) -> None:
    """Tell the style sheet what was printed in columns: a broken line would spoil them."""
    for output in doctree.findall(nodes.literal_block):
        if "stream" in output["classes"] and COLUMNS.search(strip_ansi(output.astext())):
            output["classes"].append("columns")


COLUMNS = re.compile(r"[!-~] {2,}\S|[─-╿]|^[ \d|-]*\^", re.MULTILINE)
"""Words far from each other, lines that are drawn, and marks under what they mean."""


def mark_names(app: Sphinx, doctree: nodes.document) -> None:
    """Tell the style sheet which names of code a phone has room for, so that they stay whole."""
    for code in doctree.findall(nodes.literal):
        if max(map(len, code.astext().split()), default=0) <= WIDTH_OF_A_PHONE:
            code["classes"].append("whole")


WIDTH_OF_A_PHONE = 28
"""In letters of code, with some to spare."""


def remove_leftovers(app: Sphinx) -> None:
    """A chapter that was renamed or removed leaves no page behind."""
    known = {app.env.doc2path(docname, base=False).removesuffix(".md") for docname in app.env.found_docs}
    book = Path(app.outdir) / "book"
    for path in book.glob("*.html"):
        if f"book/{path.stem}" not in known:
            path.unlink()


def finish(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        remove_leftovers(app)
        require_links(app)
    if exception is not None or app._warncount:
        # Sphinx warns only of what it reads. Without its memory it reads, and warns, again.
        (Path(app.doctreedir) / ENV_PICKLE_FILENAME).unlink(missing_ok=True)


# How messages are found ---------------------------------------------------------------------------


def find_messages(app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    """Let the search look for what is pasted among the headings of the pages of messages and old forms."""
    if pagename == "search":
        app.add_js_file("search_messages.js", loading_method="defer")


# How it looks -------------------------------------------------------------------------------------


def add_look(app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    """Load the fonts of text and menus with the page, not after it, and name the icons for older browsers."""

    def address(file: str) -> str:
        return str(context["pathto"](f"_static/{file}", resource=True))

    faces = [address(f"fonts/{face}.woff2") for face in ("literata", "figtree")]
    context["metatags"] = context.get("metatags", "") + (
        f"\n<script>{PRELOAD % json.dumps(faces)}</script>"
        f'\n<link rel="icon" href="{address("favicon.ico")}" sizes="32x32">'
        f'\n<link rel="apple-touch-icon" href="{address("touch_icon.png")}">'
    )


PRELOAD = (
    'if (location.protocol !== "file:") for (const href of %s) '
    'document.head.append(Object.assign(document.createElement("link"), '
    '{rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href}))'
)
"""Not on a page that is opened as a file: there browsers refuse, and call it an error."""


# What a page offers for download ------------------------------------------------------------------


def offer_notebook(app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    """Offer the page as a notebook with outputs, where it is published: `workbook formats` makes it."""
    if doctree is None or not code_cells(doctree):
        return
    for group in context.get("header_buttons", []):
        if group["label"] == "download-buttons":
            address = f"downloads/notebooks/{pagename.removeprefix('book/')}.ipynb"
            group["buttons"].insert(
                0,
                {
                    "type": "link",
                    "url": urljoin(app.config.html_baseurl, address),
                    "text": "Notebook",
                    "icon": "fas fa-code",
                    "tooltip": "Download the notebook, with its outputs",
                    "label": "download-notebook-button",
                },
            )


# What the search finds ----------------------------------------------------------------------------


def keep_index_entries(app: Sphinx) -> None:
    """Have the search keep the terms of pages that are not written again: Sphinx keeps all but these."""
    builder: Any = app.builder
    if builder.name != "html":
        return
    load_indexer = builder.load_indexer

    def load(docnames: Iterable[str]) -> None:
        load_indexer(docnames)
        index = Path(builder.outdir, builder.searchindex_filename)
        if not index.exists():
            return
        with index.open(encoding="utf-8") as stream:
            saved = builder.indexer_format.load(stream)
        kept = set(app.env.all_docs) - set(docnames)
        for entry, places in saved["indexentries"].items():
            for number, target, is_main in places:
                if (docname := saved["docnames"][number]) in kept:
                    found = (entry, target, "main" if is_main else "")
                    builder.indexer._index_entries.setdefault(docname, []).append(found)

    builder.load_indexer = load


# How sources are cited ----------------------------------------------------------------------------


def years(app: Sphinx) -> dict[str, str]:
    """The year that each source is cited with."""
    return {key: entry.fields.get("year", "") for key, entry in _sources(app).items()}


def tell_years_apart(app: Sphinx) -> None:
    """Put letters behind the year where an author has several sources of it: 2026a, 2026b, by title."""
    groups = defaultdict(list)
    for entry in _sources(app).values():
        if year := entry.fields.get("year", "")[:4]:  # without the letter of the last build
            groups[str(entry.persons), year].append(entry)
    for (_, year), group in groups.items():
        letters = chain(ascii_lowercase, map("".join, product(ascii_lowercase, repeat=2)))
        for letter, entry in zip(
            letters, sorted(group, key=lambda entry: entry.fields["title"]), strict=False
        ):
            entry.fields["year"] = year + letter if len(group) > 1 else year


def _sources(app: Sphinx) -> dict[str, Any]:
    return app.env.get_domain("cite").bibdata.data.entries  # type: ignore[attr-defined,no-any-return]


# What other formats are made of -------------------------------------------------------------------


def keep_outputs(app: Sphinx, doctree: nodes.document) -> None:
    """Put a page's outputs into the notebook that MyST-NB has just written: it leaves them out."""
    folder = Path(app.env.mystnb_config.output_folder)  # type: ignore[attr-defined]
    path = folder / f"{app.env.docname}.ipynb"
    if code_cells(doctree) and app.env.mystnb_config.execution_mode == "cache":  # type: ignore[attr-defined]
        _, executed = _cache(app).merge_match_into_notebook(nbformat.read(path, as_version=4))
        path.write_text(nbformat.writes(executed) + "\n", "utf-8")


# How cells are coloured ---------------------------------------------------------------------------


class CellLexer(IPython3Lexer):  # type: ignore[misc]
    """IPython's lexer, which also knows the magics of the book."""

    name = "IPython with the book's magics"
    aliases = ["ipython3"]
    tokens = {
        **IPython3Lexer.tokens,
        "root": [
            (rf"(?s)\A(%%{magic})([^\n]*\n)(.*)", bygroups(Operator, Text, using(lexer)))
            for magic, lexer in [
                (r"terminal\b", BashLexer),
                (r"write(?=[^\n]*\.rs\n)", RustLexer),
                (r"write(?=[^\n]*\.toml\n)", TOMLLexer),
                (r"write(?=[^\n]*\.pyi?\n)", PythonLexer),
                (r"write(?=[^\n]*\.[ch]\n)", CLexer),
                (r"write(?=[^\n]*\.cpp\n)", CppLexer),
                (r"write(?=[^\n]*\.pyx\n)", CythonLexer),
                (r"rust\b", RustLexer),
            ]
        ]
        + IPython3Lexer.tokens["root"],
    }


def digest(*folders: Path) -> str:
    """As a setting it makes Sphinx do its work again when a file in one of these folders has changed."""
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    found = hashlib.sha256()
    for path in files:
        if path.suffix != ".pyc":
            found.update(b"%s\0%s\0" % (path.name.encode(), hashlib.sha256(path.read_bytes()).digest()))
    return found.hexdigest()


def setup(app: Sphinx) -> dict[str, Any]:
    os.environ["WORKBOOK_UNATTENDED"] = "1"  # kernels inherit it: see workbook/etc/ipython_kernel_config.py
    app.keep_going = True  # Warnings are errors, all of them shown, however the build was started.
    app.add_lexer("ipython3", CellLexer)
    PygmentsBridge.html_formatter = Formatter
    # Each citation asks for it, and would have it looked for among all packages that are installed.
    register_plugin("pybtex.backends", "plaintext", find_plugin("pybtex.backends", "plaintext"), force=True)
    here = Path(__file__).parent
    app.add_config_value("extensions_digest", digest(here), "env", str)
    app.add_config_value(
        "look_digest", digest(here.with_name("_static"), here.with_name("_templates")), "html", str
    )
    app.connect("builder-inited", require_crates)
    app.connect("builder-inited", keep_index_entries)
    app.connect("builder-inited", tell_years_apart, priority=900)  # once the sources are read
    app.connect("env-get-outdated", find_outdated)
    app.connect("env-before-read-docs", order_pages)
    app.connect("env-before-read-docs", run_pages, priority=600)  # once they are in order
    app.connect("source-read", add_fingerprint)
    app.connect("doctree-read", require_errors)
    app.connect("doctree-read", mark_cells)
    app.connect("doctree-read", mark_columns)
    app.connect("doctree-read", mark_names)
    app.connect("doctree-read", keep_outputs)
    app.connect("html-page-context", find_messages)
    app.connect("html-page-context", add_look)
    app.connect("html-page-context", offer_notebook, priority=600)  # once the theme has put its buttons there
    app.connect("build-finished", finish)
    return {"version": "1.0.0", "env_version": 1, "parallel_read_safe": False, "parallel_write_safe": True}
