"""What the book is made into beside the site."""

from __future__ import annotations

import base64
import json
import posixpath
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import formats
import lxml.html
import nbformat
import pikepdf
import pytest
from abilities import chromium, epubcheck, program
from bs4 import BeautifulSoup, Tag
from formats import archive, epub, notebooks, pages, pdf
from labs import jupyterlab
from lxml import etree
from PIL import Image, ImageColor

from workbook import layout
from workbook.layout import Chapter

WITH_CELLS = [chapter for chapter in layout.chapters() if "```{code-cell}" in chapter.text]
chapters = pytest.mark.parametrize("chapter", WITH_CELLS, ids=lambda chapter: chapter.slug)


@pytest.fixture(scope="module")
def downloads(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is made of the built book."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def made_notebooks(downloads: Path) -> Path:
    return notebooks.make(downloads / "notebooks")


@pytest.fixture(scope="module")
def site(downloads: Path) -> Path:
    return archive.make(downloads)


@pytest.fixture(scope="module")
def ebook(downloads: Path) -> Path:
    return epub.make(downloads)


@pytest.fixture(scope="module")
def paper(downloads: Path) -> Path:
    with chromium():
        pass  # or the tests are skipped
    return pdf.make(downloads)


def bare(text: str) -> str:
    """Text without white space, for lines are broken elsewhere on paper."""
    return re.sub(r"\s", "", text)


def cells(chapter: Chapter) -> list[Tag]:
    page = BeautifulSoup((pages.SITE / "book" / f"{chapter.slug}.html").read_text("utf-8"), "html.parser")
    return page.select("article div.cell")


def printed(cell: Tag) -> list[str]:
    """What a cell on the site has printed or returned as text, as it stands there."""
    return [output.get_text() for output in cell.select(".output.stream, .output.text_plain")]


# Notebooks


def test_every_page_with_cells_is_a_notebook(made_notebooks: Path) -> None:
    assert {path.stem for path in made_notebooks.iterdir()} == {chapter.slug for chapter in WITH_CELLS}


@chapters
def test_a_notebook_has_the_outputs_that_the_site_shows(made_notebooks: Path, chapter: Chapter) -> None:
    notebook = nbformat.read(made_notebooks / f"{chapter.slug}.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, (ours, shown) in enumerate(zip(code, cells(chapter), strict=True), start=1):
        where = f"cell {number}"
        assert bool(ours.outputs) == (shown.select_one(".cell_output") is not None), where
        assert ours.execution_count is not None, where
        said = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in ours.outputs]
        plain = bare(re.sub(r"\x1b\[[0-9;]*m", "", "".join(said)))
        for text in printed(shown):
            assert bare(text) in plain, where


@chapters
def test_a_notebook_tells_nothing_of_how_it_was_made(made_notebooks: Path, chapter: Chapter) -> None:
    text = (made_notebooks / f"{chapter.slug}.ipynb").read_text("utf-8")
    metadata = json.loads(text)["metadata"]
    assert metadata["kernelspec"] == {"display_name": "Python 3", "language": "python", "name": "python3"}
    for path in (str(layout.ROOT), str(Path.home())):
        assert f"{path}/" not in text


@chapters
def test_a_notebook_speaks_plain_markdown(made_notebooks: Path, chapter: Chapter) -> None:
    notebook = nbformat.read(made_notebooks / f"{chapter.slug}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            unknown = re.findall(r"\{[\w:]+\}`[^`]+`|^`*:{3,}.*|^:[\w-]+: .*", cell.source, re.MULTILINE)
            assert not [found for found in unknown if not found.startswith("{package}")]


@chapters
def test_the_links_of_a_notebook_lead_somewhere(made_notebooks: Path, chapter: Chapter) -> None:
    notebook = nbformat.read(made_notebooks / f"{chapter.slug}.ipynb", as_version=4)
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"^```.*?^```$|`[^`\n]+`", "", cell.source, flags=re.MULTILINE | re.DOTALL)
            found += re.findall(r"\]\(([^)\s]+)\)", prose)
        else:
            html = [output.data.get("text/html", "") for output in cell.outputs if "data" in output]
            found += re.findall(r'href="([^"]+)"', "".join(html))
    for written in found:
        assert urlsplit(written).scheme or written.startswith("#"), written
        if written.startswith(pages.published("book/")):
            address = urlsplit(written.removeprefix(pages.published()))
            page = pages.SITE / address.path
            assert page.exists(), written
            if address.fragment:
                assert f'id="{address.fragment}"' in page.read_text("utf-8"), written


@chapters
def test_a_notebook_has_the_drawings_of_its_page_as_images(made_notebooks: Path, chapter: Chapter) -> None:
    notebook = nbformat.read(made_notebooks / f"{chapter.slug}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for ours, shown in zip(code, cells(chapter), strict=True):
        html = "".join(output.get("data", {}).get("text/html", "") for output in ours.outputs)
        images = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]*)"', html)
        drawn = [svg for svg in shown.select(".cell_output svg") if svg.find_parent("svg") is None]
        assert "<svg" not in html
        for (code_, alt), svg in zip(images, drawn, strict=True):
            image = etree.fromstring(base64.b64decode(code_))
            assert bare("".join(image.itertext())) == bare(svg.get_text())
            assert (svg.title is None) == (alt == "")


def test_a_notebook_that_is_not_trusted_shows_its_drawings(made_notebooks: Path, tmp_path: Path) -> None:
    shutil.copy(made_notebooks / "error_handling.ipynb", tmp_path)
    with chromium() as browser, jupyterlab(tmp_path) as address:
        page = browser.new_page(viewport={"width": 1366, "height": 2600})
        page.goto(address.replace("/lab", "/lab/tree/error_handling.ipynb", 1))
        drawing = page.get_by_role("img", name="Three ways across the border")
        drawing.wait_for(timeout=60_000)
        assert drawing.evaluate("image => image.decode().then(() => image.naturalHeight)") > 100
        box = drawing.bounding_box()
        assert box is not None
        assert box["width"] > 300


# The zip


def test_the_unpacked_site_opens_and_leads_on(site: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(site) as zipped:
        zipped.extractall(tmp_path)
    index = tmp_path / pages.file_name() / "index.html"
    with chromium() as browser:
        page = browser.new_page()
        page.goto(index.as_uri(), wait_until="domcontentloaded")
        page.wait_for_url("**/book/index.html", wait_until="domcontentloaded")
        assert pages.text("title") in page.title()
        first = layout.chapters()[1]
        page.locator(f"article a[href='{first.slug}.html']").first.click()
        page.wait_for_url(f"**/{first.slug}.html", wait_until="domcontentloaded")
        assert page.locator("article h1").inner_text().startswith(first.title)


def test_every_link_of_the_zipped_site_is_in_the_zip(site: Path) -> None:
    with zipfile.ZipFile(site) as zipped:
        names = set(zipped.namelist())
        for name in names:
            if not name.endswith(".html") or "/_static/" in name:
                continue
            tree = lxml.html.fromstring(zipped.read(name))
            for written in tree.xpath("//a/@href | //link/@href | //script/@src | //img/@src"):
                address = urlsplit(written)
                if address.path and not address.scheme and not address.netloc:
                    target = posixpath.normpath(
                        posixpath.join(posixpath.dirname(name), unquote(address.path))
                    )
                    assert target in names, f"{name} leads to {written}"


def test_the_zip_of_the_same_site_is_the_same(site: Path, downloads: Path) -> None:
    before = site.read_bytes()
    assert archive.make(downloads).read_bytes() == before


# The EPUB


def test_the_ebook_is_valid(ebook: Path) -> None:
    code, said = epubcheck(ebook)
    assert code == 0, said


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param(b'href="index.xhtml', b'href="nowhere.xhtml', id="a link that is dead"),
        pytest.param(b"<h1>Contents</h1>", b"<h1><p>Contents</p></h1>", id="a tag where none may be"),
        pytest.param(b"<img src", b"<img width='wide' src", id="a size that is none"),
    ],
)
def test_an_ebook_that_is_not_valid_is_found_out(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, right: bytes, wrong: bytes
) -> None:
    monkeypatch.setattr(layout, "chapters", lambda two=layout.chapters()[:2]: two)  # noqa: B008
    with zipfile.ZipFile(epub.make(tmp_path)) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    broken = tmp_path / "broken.epub"
    archive.write(broken, {name: text.replace(right, wrong) for name, text in files.items()}, "mimetype")
    assert epubcheck(tmp_path / f"{pages.file_name()}.epub")[0] == 0
    code, said = epubcheck(broken)
    assert code != 0, said


def test_the_ebook_has_all_pages_in_order(ebook: Path) -> None:
    with zipfile.ZipFile(ebook) as zipped:
        package, nav = zipped.read("book/book.opf").decode(), zipped.read("book/nav.xhtml").decode()
    slugs = [chapter.slug for chapter in layout.chapters()]
    assert re.findall(r'<itemref idref="(\w+)"', package) == ["cover", "nav", *slugs]
    assert re.findall(r'<a href="(\w+)\.xhtml"', nav) == slugs
    assert "<dc:language>en</dc:language>" in package
    assert 'properties="cover-image"' in package


def test_the_ebook_leaves_colours_to_the_reader() -> None:
    assert not re.search(r"^\s*(color|background[\w-]*):", pages.style("epub"), re.MULTILINE)


CUT_OFF = """() => [...document.querySelectorAll("html, body *")]
  .filter((box) => box.clientWidth && box.scrollWidth > box.clientWidth + 1 && !box.closest("svg"))
  .map((box) => `${box.tagName} ${box.className} ${box.textContent.trim().slice(0, 40)}`)"""


def test_nothing_in_the_ebook_is_cut_off_on_a_small_reader(ebook: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(ebook) as zipped:
        zipped.extractall(tmp_path)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 600})
        for path in sorted((tmp_path / "book").glob("*.xhtml")):
            page.goto(path.as_uri())
            assert page.evaluate(CUT_OFF) == [], path.stem


def test_the_cover_has_the_colours_of_the_book() -> None:
    with Image.open(epub.COVER) as cover:
        assert cover.width / cover.height == pytest.approx(210 / 297, abs=0.01)
        found = {colour for _, colour in cover.convert("RGB").getcolors(256) or []}
    for name in ("plate", "ink", "python", "rust"):
        colour = re.search(
            rf"--book-{name}: (#\w+);", (pages.SITE / "_static" / "book.css").read_text("utf-8")
        )
        assert colour is not None
        assert ImageColor.getrgb(colour[1]) in found, (
            f"run make pictures: the cover has nothing in --book-{name}"
        )


# The PDF


def test_the_outline_of_the_pdf_names_every_chapter_below_its_part(paper: Path) -> None:
    with pikepdf.open(paper) as document, document.open_outline() as outline:
        found = {part.title: [chapter.title for chapter in part.children] for part in outline.root}
        deep = sum(len(chapter.children) for part in outline.root for chapter in part.children)
    expected = {part.title or "Contents": [page.title for page in part.pages] for part in pages.parts()}
    assert found == expected
    assert deep > 5 * len(expected)


def test_the_pdf_is_tagged_and_says_what_it_is(paper: Path) -> None:
    with pikepdf.open(paper) as document:
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        assert str(document.Root.Lang) == "en"
        assert str(document.docinfo["/Title"]) == pages.text("title")
        assert str(document.docinfo["/Author"]) == pages.text("author")


@pytest.fixture(scope="module")
def text(paper: Path) -> list[str]:
    """The text of the PDF, page by page."""
    command = [program("pdftotext"), "-layout", str(paper), "-"]
    said = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    return said.split("\f")[:-1]


def test_the_contents_of_the_pdf_name_the_page_of_each_chapter(text: list[str]) -> None:
    contents = bare(text[1])
    assert contents.startswith("Contents")
    for chapter in layout.chapters():
        title = bare(pages.read(chapter).title)
        starts = next(number for number, words in enumerate(text, 1) if bare(words).startswith(2 * title))
        assert f"{title}{starts}" in contents


def test_the_pdf_is_set_in_the_fonts_of_the_book(paper: Path) -> None:
    with pikepdf.open(paper) as document:
        fonts = [page.resources.get("/Font", {}).values() for page in map(pikepdf.Page, document.pages)]
        kinds = {str(font.Subtype) for listed in fonts for font in listed}
        names = {str(font.get("/BaseFont", "")) for listed in fonts for font in listed}
    assert kinds == {"/Type0"}, "drawings of letters instead of a font"
    for name in ("Literata", "Figtree", "JetBrainsMono"):
        assert any(name in found for found in names), name


def test_no_page_of_the_pdf_is_empty(text: list[str]) -> None:
    assert len(text) > 100
    for number, words in enumerate(text, start=1):
        assert len(bare(words)) > 20 or any(part.title and part.title in words for part in pages.parts()), (
            f"page {number} says only {words.strip()!r}"
        )


def test_the_pdf_has_what_the_cells_printed(text: list[str]) -> None:
    whole = bare("".join(text))
    lines = [
        printed_.strip().splitlines()[0]
        for chapter in WITH_CELLS
        for cell in cells(chapter)
        if cell.select_one("details.hide .cell_output") is None  # else it is left out
        for printed_ in printed(cell)
        if printed_.strip()
    ]
    assert len(lines) > 100
    missing = [line for line in lines if bare(pdf.EMOJI.sub("", line)) not in whole]
    assert not missing


# What is offered


def test_what_the_pages_offer_is_what_is_made(made_notebooks: Path, site: Path, ebook: Path) -> None:
    made = {f"{pages.file_name()}{ending}" for ending in (".pdf", ".epub", "-site.zip")}
    assert {site.name, ebook.name} < made
    made |= {f"notebooks/{path.name}" for path in made_notebooks.iterdir()}
    offered = set()
    for chapter in layout.chapters():
        page = (pages.SITE / "book" / f"{chapter.slug}.html").read_text("utf-8")
        offered |= set(re.findall(rf'href="{re.escape(pages.published("downloads/"))}([^"]+)"', page))
    assert offered == made


def test_without_a_browser_all_else_is_made(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "DOWNLOADS", tmp_path / "downloads")
    monkeypatch.setattr(formats, "FORMATS", {"PDF": pdf.make, **formats.FORMATS})  # before all others
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    made = formats.make_all()
    assert [sentence.partition(":")[0] for sentence in (next(made), next(made), next(made))] == [
        "notebooks",
        "zip",
        "EPUB",
    ]
    with pytest.raises(formats.CannotMake, match="needs a browser"):
        next(made)
