"""Each page that has cells as a notebook, with the outputs that the site shows, for any Jupyter."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import lxml.html
import nbformat
from lxml.html import HtmlElement, builder
from nbformat import NotebookNode

from formats import pages
from workbook import layout

EXECUTED = layout.BUILD / "jupyter_execute" / "book"
"""The pages as they were run: `executable_book.keep_outputs` puts the outputs there."""

ROLES = {
    "cite": ".//span[@class='bibtex-citation']",
    "term": ".//a[span[contains(@class, 'std-term')]]",
    "glue:text": ".//span[@class='pasted-text']",
}
"""What MyST adds to Markdown within a line, and where on the page it is seen what becomes of it."""

DIRECTIVE = re.compile(r"^(?P<marks>`{3,}|:{3,})\{(?P<kind>[\w-]+)\} ?(?P<title>.*)$")

LINE = 14
"""How high a line of words is in a plot."""

INK = "currentColor"
"""What is drawn in the colour of the words around a drawing."""

RECORD = "application/papermill.record/text/plain"
"""The type of a fact that a cell hands to the prose."""


def make(folder: Path) -> Path:
    """A notebook for each page with cells."""
    folder.mkdir()
    for chapter in layout.chapters():
        executed = nbformat.read(EXECUTED / f"{chapter.slug}.ipynb", as_version=4)
        if any(cell.cell_type == "code" for cell in executed.cells):
            made = nbformat.writes(notebook(chapter, executed))
            (folder / f"{chapter.slug}.ipynb").write_text(made + "\n", "utf-8")
    return folder


def notebook(chapter: layout.Chapter, executed: NotebookNode) -> NotebookNode:
    """A page's notebook, in the Markdown that every Jupyter knows."""
    words = spoken(chapter)
    cells = [nbformat.v4.new_markdown_cell(origin(chapter))]
    for cell in executed.cells:
        if cell.cell_type == "code":
            outputs = [portable(output) for output in cell.outputs if RECORD not in output.get("data", {})]
            cells.append(
                nbformat.v4.new_code_cell(
                    cell.source,
                    execution_count=cell.execution_count,
                    outputs=outputs,
                    metadata=cell.metadata,
                )
            )
        else:
            cells.append(nbformat.v4.new_markdown_cell(plain(cell.source, chapter, words)))
    for number, cell in enumerate(cells):
        cell["id"] = f"{chapter.slug.replace('_', '-')}-{number}"
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    made: NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    return made


def origin(chapter: layout.Chapter) -> str:
    """Where the notebook is from, and how to run it."""
    page = pages.published(f"book/{chapter.slug}.html")
    readme = layout.repository_url(layout.ROOT / "README.md")
    return (
        f"*A page of [{pages.text('title')}]({page}), with the outputs that it had when the book was built. "
        f"Its cells need the book's tools and crates: [how to run it]({readme}).*"
    )


def spoken(chapter: layout.Chapter) -> dict[str, Iterator[str]]:
    """What has become of the roles of a page, by their kinds, in order."""
    article = pages.article(chapter)
    return {
        kind: (in_words(found, chapter) for found in article.xpath(where)) for kind, where in ROLES.items()
    }


def in_words(element: HtmlElement, chapter: layout.Chapter) -> str:
    """A piece of the page as Markdown: its text and its links."""
    if element.tag == "a":
        words = " ".join(element.text_content().split())
        return f"[{words}]({pages.published(urljoin(f'book/{chapter.slug}.html', element.get('href')))})"
    inner = "".join(in_words(child, chapter) + (child.tail or "") for child in element)
    return (element.text or "") + inner


def plain(source: str, chapter: layout.Chapter, words: dict[str, Iterator[str]]) -> str:
    """Prose without what only MyST understands."""
    source = re.sub(r"\{(cite|term|glue:text)\}`[^`]+`", lambda role: next(words[role[1]]), source)
    source = re.sub(
        r"\]\((?P<slug>\w+\.md)?(?P<place>#[^)\s]+)?\)", lambda link: _elsewhere(link, chapter), source
    )
    lines: list[str] = []
    open_ones: list[tuple[str, str]] = []
    for line in source.splitlines():
        quoted = "> " if any(kind == "admonition" for _, kind in open_ones) else ""
        if directive := DIRECTIVE.match(line):
            marks, kind, title = directive["marks"], directive["kind"], directive["title"]
            open_ones.append((marks, kind))
            if kind == "code-block":
                lines.append(f"{quoted}{marks}{title}")
            elif title:
                lines.append(f"> **{title}**" if kind == "admonition" else f"**{title}**")
        elif open_ones and line.strip() == open_ones[-1][0]:
            _, kind = open_ones.pop()
            lines.append(quoted + line if kind == "code-block" else "")
        elif not (open_ones and re.match(r":[\w-]+: ", line)):
            lines.append(f"{quoted}{line}".rstrip() if quoted else line)
    return "\n".join(lines)


def _elsewhere(link: re.Match[str], chapter: layout.Chapter) -> str:
    if not link["slug"] and not link["place"]:
        return link[0]
    page = (link["slug"] or f"{chapter.slug}.md").removesuffix(".md")
    return f"]({pages.published(f'book/{page}.html')}{link['place'] or ''})"


def portable(output: NotebookNode) -> NotebookNode:
    """An output whose links work from anywhere, and whose drawings are seen."""
    data = output.get("data", {})
    if "text/html" in data:
        html = re.sub(r'(?<=href=")[^"]+(?=")', _absolute, data["text/html"])
        data["text/html"] = painted(html) if "<svg" in html else html
    return output


def painted(html: str) -> str:
    """The drawings as images: of a notebook from elsewhere, JupyterLab shows of a drawing the words alone."""
    html = html.replace(f"background:{INK}", "background:#25282e;border:1px solid #888")  # for dark pages
    whole = lxml.html.fragment_fromstring(html, create_parent="div")
    for drawing in whole.xpath(".//svg[not(ancestor::svg)]"):
        picture = image(deepcopy(drawing))
        picture.tail = drawing.tail
        drawing.getparent().replace(drawing, picture)
    return (whole.text or "") + "".join(lxml.html.tostring(part, encoding="unicode") for part in whole)


def image(drawing: HtmlElement) -> HtmlElement:
    """An image of a drawing, legible in the dark as well."""
    said = " ".join(part.text_content() for part in drawing.xpath("./title | ./desc"))
    style = drawing.attrib.pop("style", "")
    drawing.tail = None
    if not drawing.get("viewbox"):  # it is as large as it is said to be, and words may stand above it
        above = max([0.0, *(LINE - float(y) for y in drawing.xpath("./text/@y") if y.startswith("-"))])
        height = float(drawing.get("height")) + above
        drawing.set("y", f"{above:g}")
        drawing.set("overflow", "visible")
        width = drawing.get("width")
        style += f";width:{width if width.endswith('%') else width + 'px'};height:{height:g}px"
        drawing = builder.E.svg(drawing, width="100%", height=f"{height:g}")
    ground = ";background:white" if INK in lxml.html.tostring(drawing, encoding="unicode") else ""
    drawing.set("style", f"color:#25282e;font-family:system-ui,sans-serif{ground}")
    code = base64.b64encode(pages.xml(drawing).encode()).decode()
    return builder.IMG(src=f"data:image/svg+xml;base64,{code}", alt=said, style=style)


def _absolute(address: re.Match[str]) -> str:
    if urlsplit(address[0]).scheme or address[0].startswith("#"):
        return address[0]
    return pages.published(urljoin("book/", address[0]))
