"""The book for e-readers: EPUB 3, with nothing fixed that a reader's own settings decide."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Iterator
from html import escape
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from lxml import etree
from lxml.html import HtmlElement

from formats import archive, pages

COVER = Path(__file__).parent / "cover.png"
"""The first page of the PDF, as `make pictures` takes it."""

PAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="epub.css"/></head>
<body>
{body}
</body>
</html>
"""

CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""

PACKAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:language>en</dc:language>
<dc:source>{source}</dc:source>
<meta property="dcterms:modified">{year}-01-01T00:00:00Z</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta name="cover" content="cover-image"/>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def make(folder: Path) -> Path:
    """The whole book."""
    target = folder / f"{pages.file_name()}.epub"
    parts = pages.parts()
    chapters = [page for part in parts for page in part.pages]
    files: dict[str, bytes] = {"cover.png": COVER.read_bytes(), "epub.css": pages.style("epub").encode()}
    texts = {"cover": page("Cover", '<p class="cover"><img src="cover.png" alt="Cover"/></p>')}
    listed = pages.contents(parts, "{}.xhtml".format)
    texts["nav"] = page("Contents", f'<nav epub:type="toc" id="toc"><h1>Contents</h1>{listed}</nav>')
    for chapter in chapters:
        files |= pictures(chapter.body, chapter.slug)
        link(chapter.body)
        for own in list(chapter.body.iter("style")):  # it is for the site
            own.drop_tree()
        texts[chapter.slug] = page(chapter.title, xhtml(chapter.body))
    files |= {f"{name}.xhtml": text.encode() for name, text in texts.items()}
    package = PACKAGE.format(
        identifier=uuid5(NAMESPACE_URL, pages.published()),
        title=escape(pages.text("title")),
        author=escape(pages.text("author")),
        source=pages.published(),
        year=pages.text("copyright"),
        manifest="\n".join(manifest(files)),
        spine="\n".join(f'<itemref idref="{name}"/>' for name in texts),
    )
    archive.write(
        target,
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": CONTAINER.encode(),
            "book/book.opf": package.encode(),
            **{f"book/{name}": content for name, content in files.items()},
        },
        stored="mimetype",
    )
    return target


def page(title: str, body: str) -> str:
    """A page of XHTML."""
    return PAGE.format(title=escape(title), body=body)


def manifest(files: dict[str, bytes]) -> Iterator[str]:
    """A line for every file, which says what is in it."""
    for name, content in files.items():
        stem, ending = name.rsplit(".", 1)
        kind = "application/xhtml+xml" if ending == "xhtml" else mimetypes.guess_type(name)[0]
        properties = {"cover.png": "cover-image", "nav.xhtml": "nav"}.get(name, "")
        if ending == "xhtml" and b"<svg" in content:
            properties = "svg"
        said = f' properties="{properties}"' if properties else ""
        name_of = "cover-image" if name == "cover.png" else stem
        yield f'<item id="{name_of}" href="{name}" media-type="{kind}"{said}/>'


def pictures(body: HtmlElement, slug: str) -> dict[str, bytes]:
    """Make files of the pictures that stand in the page itself."""
    files = {}
    for number, picture in enumerate(body.iter("img")):
        kind, _, data = picture.get("src").removeprefix("data:").partition(";base64,")
        name = f"{slug}-{number}{mimetypes.guess_extension(kind)}"
        files[name] = base64.b64decode(data)
        picture.set("src", name)
    return files


def link(body: HtmlElement) -> None:
    """Lead to the book's own pages."""
    for one, slug, place in pages.links(body):
        one.set("href", (f"{slug}.xhtml" if slug else "") + (f"#{place}" if place else ""))


def xhtml(body: HtmlElement) -> str:
    """The page as XML."""
    for element in body.iter(etree.Element):
        for name in ["border", "scoped", "data-name", "data-sync-group", "data-sync-id"]:
            element.attrib.pop(name, None)
    return pages.xml(body)
