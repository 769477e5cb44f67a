"""Style sheets lose what no page needs, and nothing else."""

from __future__ import annotations

from pathlib import Path

import lean_styles
import pytest

PAGES = """<main id="content" class="page  wide"><p class='said'>unsaid</p><a class=link href="#">a</a>
<script>document.body.classList.add("open-menu")</script></main>"""
SCRIPTS = 'box.classList.toggle("shown");'
USED = lean_styles.names(PAGES, SCRIPTS)

KEPT = {
    "an element": ("p{margin:0}", "p{margin:0}"),
    "a class of a page": (".page .said{margin:0}", ".page .said{margin:0}"),
    "a class that a script sets": ("p.shown{margin:0}", "p.shown{margin:0}"),
    "a class that a page's own script sets": (".open-menu{margin:0}", ".open-menu{margin:0}"),
    "an id": ("#content{margin:0}", "#content{margin:0}"),
    "a class without quotes": (".link{margin:0}", ".link{margin:0}"),
    "a class that nothing has": (".absent{margin:0}", ""),
    "a word that is no class": (".unsaid{margin:0}", ""),
    "one of two classes": (".page.absent{margin:0}", ""),
    "an id that nothing has": ("#absent p{margin:0}", ""),
    "one of two selectors": (".absent,.page>p{margin:0}", ".page>p{margin:0}"),
    "what is excluded": ("p:not(.absent){margin:0}", "p:not(.absent){margin:0}"),
    "a choice": (":is(.absent, .page) p{margin:0}", ":is(.absent, .page) p{margin:0}"),
    "a narrow screen": ("@media print{.page{margin:0}.absent{margin:0}}", "@media print{.page{margin:0}\n}"),
    "an empty screen": ("@media print{.absent{margin:0}}", ""),
    "a face": ('@font-face{font-family:"A"}', '@font-face{font-family:"A"}'),
    "a movement": (
        "p{animation:1s turn}@keyframes turn{from{top:0}to{top:1px}}",
        "p{animation:1s turn}\n@keyframes turn{from{top:0}to{top:1px}}",
    ),
    "a movement of nothing": ("@keyframes turn{from{top:0}to{top:1px}}p{margin:0}", "p{margin:0}"),
    "a comment": ("/* .absent */p{margin:0}", "p{margin:0}"),
}


@pytest.mark.parametrize(("sheet", "left"), KEPT.values(), ids=KEPT.keys())
def test_what_a_page_could_need_is_left(sheet: str, left: str) -> None:
    assert lean_styles.lean(sheet, USED).strip() == left


def test_what_a_sheet_imports_becomes_a_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "styles").mkdir()
    (tmp_path / "basic.css").write_text("p{margin:0}", "utf-8")
    sheet = tmp_path / "styles" / "theme.css"
    sheet.write_text('@import "../basic.css";\na{top:0}', "utf-8")
    assert lean_styles.with_imports(sheet) == "p{margin:0}\na{top:0}"


def test_the_book_has_its_sheets_without_what_it_does_not_need(book: Path) -> None:
    sheets = list((book.parent / "_static").rglob("*.css"))
    text = "".join(sheet.read_text("utf-8") for sheet in sheets)
    assert len(sheets) > 5
    assert ".navbar" in text
    assert ".navbar-dark" not in text
    assert "@import" not in text
