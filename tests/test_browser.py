"""The book as a browser shows it, opened from the disk: on a screen and on a phone, by day and by night.

Each page is looked at in all four ways for what no page may have. That the look would see it is tested too,
on pages with a fault planted. Then what a reader does, by mouse and by keyboard: searching, copying, folding.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlencode, urlsplit

import axe_playwright_python
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser, Page, expect

from workbook import layout

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
PAGES = [*(f"book/{chapter.slug}" for chapter in layout.chapters()), "search", "genindex"]
SCREEN, ZOOMED, PHONE = [{"width": width, "height": 900} for width in (1366, 683, 390)]

OF_EACH_COLOUR_ONE = """() => {
  const seen = new Set();
  for (const block of document.querySelectorAll("pre")) {
    const where = ["[class*=highlight-]", ".cell_input, .cell_output", ".cell"]
      .map((part) => block.closest(part)?.className);
    for (const span of [...block.querySelectorAll("span")].reverse()) {
      const key = [...where, span.parentElement.className, span.className, span.style.cssText].join();
      if (seen.has(key)) span.replaceWith(...span.childNodes);
      seen.add(key);
    }
    block.normalize();
  }
}"""
"""Leaves one of each class and place of the thousands of words in code, since axe looks at each for long."""


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A reader's first visit."""
    context = browser.new_context(viewport=SCREEN, color_scheme="light")  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def address(book: Path, page: str) -> str:
    return (book.parent / f"{page}.html").as_uri()


# What no page may have


def faults(tab: Page, address: str) -> list[str]:
    """All that is wrong with a page: what it asks for elsewhere, complains of, hides, or leaves unsaid."""
    found: list[str] = []
    tab.on(
        "request", lambda request: found.append(f"asks for {request.url}") if foreign(request.url) else None
    )
    tab.on("pageerror", lambda error: found.append(f"breaks: {error}"))
    tab.on("console", lambda said: found.append(f"says {said.text}") if said.type == "error" else None)
    tab.goto(address)
    tab.evaluate(OF_EACH_COLOUR_ONE)
    tab.evaluate(AXE)
    for size in (PHONE, ZOOMED, SCREEN):
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        width = tab.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            found.append(f"is {width} wide at {size['width']}")
        if size is ZOOMED:  # the window of a reader who has doubled the size of all
            continue
        tab.wait_for_timeout(350)  # the theme looks after 300 ms which blocks of code scroll now
        for theme in ("dark", "light"):
            # and at once, for a colour on its way from one theme to the other is no fault
            tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
            expect(tab.locator("html")).to_have_attribute("data-theme", theme)
            result = tab.evaluate("axe.run({ preload: false, resultTypes: ['violations'] })")
            found += [
                f"{rule['id']} at {size['width']} in the {theme}: {node['html'][:200]}"
                for rule in result["violations"]
                for node in rule["nodes"]
            ]
    return found


def foreign(url: str) -> bool:
    return urlsplit(url).scheme not in {"file", "data", "blob"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_without_fault(tab: Page, book: Path, page: str) -> None:
    found = faults(tab, address(book, page))
    assert not found, "\n".join([f"{page}:", *found])


PLANTED = {
    "a script from elsewhere": ("<script src='https://unpkg.com/thebe'></script>", "asks for https://unpkg"),
    "a script that breaks": ("<script>noSuchThing()</script>", "breaks: noSuchThing is not defined"),
    "a complaint": ("<script>console.error('no such mode')</script>", "says no such mode"),
    "a file that is missing": ("<img src='gone.png' alt='Gone'>", "says Failed to load resource"),
    "a picture wider than a phone": ("<div style='width:500px'>wide</div>", "is 50. wide at 390"),
    "a table wider than half a screen": ("<div style='width:800px'>wide</div>", "is 80. wide at 683"),
    "a picture without words": ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", "image-alt at 390"),
    "a heading too deep": ("<h4>Deep</h4>", "heading-order at 1366"),
    "a button without a name": ("<button></button>", "button-name at 390 in the light"),
    "a word outside of all parts": ("</main><p>word</p><main>", "region at 390 in the light"),
    "grey on white": ("<p style='color:#aaa'>pale</p>", "color-contrast at 1366 in the light"),
    "black on black": ("<p style='color:#444'>dim</p>", "color-contrast at 390 in the dark"),
    "code that only a mouse can scroll": (
        f"<pre tabindex='-1' style='overflow-x:auto;width:200px'>{'long ' * 50}</pre>",
        "scrollable-region-focusable at 1366",
    ),
    "a pale word among a thousand": (
        "<pre style='white-space:normal'>"
        + "<span class='k'>let</span> " * 1000
        + "<span class='x'>me</span></pre>"
        "<style>.x { color: #bbb }</style>",
        "color-contrast at 1366 in the light: <span class=.x.>",
    ),
}

FRAME = """\
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Planted</title>
<meta name="viewport" content="width=device-width">
<style>:root {{ color-scheme: light dark; background: Canvas; color: CanvasText }}
body {{ margin: 0 }}</style>
<script>
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const look = () => {{ document.documentElement.dataset.theme = dark.matches ? "dark" : "light"; }};
  dark.onchange = look;
  look();
</script></head><body><main><h1>Planted</h1>{}</main></body></html>"""


@pytest.mark.parametrize(("fault", "said"), PLANTED.values(), ids=PLANTED.keys())
def test_a_fault_would_be_seen(tab: Page, tmp_path: Path, fault: str, said: str) -> None:
    (tmp_path / "planted.html").write_text(FRAME.format(fault), "utf-8")
    found = faults(tab, (tmp_path / "planted.html").as_uri())
    assert any(re.match(said, sentence) for sentence in found), found


def test_a_page_without_a_fault_is_seen_as_such(tab: Page, tmp_path: Path) -> None:
    (tmp_path / "sound.html").write_text(FRAME.format("<p>Sound.</p>"), "utf-8")
    assert faults(tab, (tmp_path / "sound.html").as_uri()) == []


# What a page weighs

PICTURES = {".svg", ".png", ".jpg", ".ico"}
EMBEDDED = re.compile(rb'(?s)src="data:image/[^"]*"')


def weight(tab: Page, address: str) -> int:
    """The bytes of a first visit, compressed as servers do, without pictures."""
    asked: set[str] = set()
    tab.on("request", lambda request: asked.add(request.url))
    tab.goto(address)
    files = {Path(unquote(urlsplit(url).path)) for url in asked if url.startswith("file:")}
    texts = [path.read_bytes() for path in files if path.suffix not in PICTURES]
    return sum(len(gzip.compress(EMBEDDED.sub(b"", text))) for text in texts)


@pytest.mark.parametrize("page", PAGES)
def test_a_first_visit_brings_less_than_300_kibibytes(tab: Page, book: Path, page: str) -> None:
    assert weight(tab, address(book, page)) < 300 * 1024


def test_a_heavy_page_would_be_noticed(tab: Page, tmp_path: Path) -> None:
    noise = "".join(f"{number * 2654435761 % 2**32:08x}" for number in range(100_000))
    (tmp_path / "heavy.js").write_text(f"// {noise}", "utf-8")
    (tmp_path / "heavy.html").write_text('<script src="heavy.js"></script>', "utf-8")
    assert weight(tab, (tmp_path / "heavy.html").as_uri()) > 300 * 1024


def test_every_icon_of_a_page_is_among_those_that_the_style_sheet_brings(book: Path) -> None:
    sheet = (book.parent / "_static" / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    fonts = [TTFont(BytesIO(b64decode(font))) for font in re.findall(r"font/woff;base64,([^)]*)\)", sheet)]
    drawn = {sign for font in fonts for sign in font.getBestCmap()}
    names = {
        name
        for page in PAGES
        for icon in BeautifulSoup((book.parent / f"{page}.html").read_text("utf-8"), "lxml").select(
            "[class*=fa-]"
        )
        for name in icon["class"]
        if name.startswith("fa-") and name not in {"fa-solid", "fa-lg"}
    }
    assert len(names) > 5
    for name in names:
        shown = re.search(rf'\.{name}:before[^{{]*\{{content:"(.)"', sheet)
        assert shown, f"the style sheet has no {name}"
        assert ord(shown[1]) in drawn, f"no font has {name}"


# What a reader does


def test_what_is_searched_is_found(tab: Page, book: Path) -> None:
    tab.goto(address(book, "book/index"))
    tab.keyboard.press("Control+k")
    tab.keyboard.type("lifetime")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html?q=lifetime")
    results = tab.locator("#search-results ul.search > li > a")
    expect(tab.locator("#search-results .search-summary")).to_contain_text("found")
    assert results.count() > 3
    quotes = tab.locator("#search-results p.context")
    expect(quotes).to_have_count(results.count())
    expect(quotes.locator(".highlighted").first).to_be_visible()
    results.first.click()
    expect(tab.locator("article .highlighted").first).to_be_visible()


def test_what_was_searched_is_marked_on_the_whole_page(tab: Page, book: Path) -> None:
    broken: list[str] = []
    tab.on("pageerror", lambda error: broken.append(str(error)))
    tab.goto(f"{address(book, 'search')}?{urlencode({'q': 'Python'})}")
    tab.locator("#search-results a[href='book/ownership.html']").click()
    expect(tab.locator("article svg title tspan").first).to_have_text("Python")
    last = tab.locator("article p", has_text="Python").last
    expect(last.locator(".highlighted").first).to_have_text("Python")
    assert broken == []


def test_a_message_pasted_into_the_search_leads_to_its_entry(tab: Page, book: Path) -> None:
    pasted = "error[E0382]: borrow of moved value: `words` --> src/lib.rs:12:20"
    tab.goto(f"{address(book, 'search')}?{urlencode({'q': pasted})}")
    first = tab.locator("#search-results ul.search > li > a").first
    expect(first).to_have_attribute("href", re.compile(r"book/troubleshooting\.html.*#"))


def test_a_theme_that_is_chosen_stays_on_the_next_page(tab: Page, book: Path) -> None:
    tab.goto(address(book, "book/index"))
    page = tab.locator("html")
    expect(page).to_have_attribute("data-theme", "light")
    tab.locator(".theme-switch-button").click()
    expect(page).to_have_attribute("data-theme", "dark")
    tab.locator(".right-next").click()
    tab.wait_for_load_state()
    expect(page).to_have_attribute("data-theme", "dark")


def test_a_page_is_dark_from_the_start_where_the_reader_wants_it_dark(tab: Page, book: Path) -> None:
    tab.emulate_media(color_scheme="dark")
    tab.route("**/*.js*", lambda route: route.abort())
    tab.goto(address(book, "book/index"))
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_cell_is_copied_as_it_stands(tab: Page, book: Path) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(address(book, "book/ownership"))
    cell = tab.locator(".cell_input:visible").first
    cell.hover()
    cell.locator("button.copybtn").click()
    expect(cell.locator("button.copybtn.success")).to_be_visible()
    assert tab.evaluate("navigator.clipboard.readText()").strip() == cell.locator("pre").inner_text().strip()


def test_a_folded_cell_unfolds_by_keyboard(tab: Page, book: Path) -> None:
    tab.goto(address(book, "book/memory_management"))
    cell = tab.locator("details.above-input").first
    expect(cell.locator("pre")).to_be_hidden()
    cell.locator("summary").focus()
    tab.keyboard.press("Enter")
    expect(cell.locator("pre")).to_be_visible()


def test_tabs_are_changed_by_keyboard(tab: Page, book: Path) -> None:
    page = next(page for page in PAGES if "sd-tab-set" in (book.parent / f"{page}.html").read_text("utf-8"))
    tab.goto(address(book, page))
    tabs = tab.locator(".sd-tab-set").first
    first, second = tabs.locator("> .sd-tab-content").all()[:2]
    expect(first).to_be_visible()
    tabs.locator("> input").first.focus()
    tab.keyboard.press("ArrowRight")
    expect(second).to_be_visible()
    expect(first).to_be_hidden()


def test_a_page_can_be_downloaded(tab: Page, book: Path) -> None:
    tab.goto(address(book, "book/ownership"))
    button = tab.get_by_role("button", name="Download this page")
    button.focus()
    tab.keyboard.press("Enter")
    for name in ("Notebook", "Source"):
        expect(tab.get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(tab.get_by_role("button", name="Print", exact=True)).to_be_visible()
    link = tab.get_by_role("link", name="Source", exact=True)
    target = tab.evaluate("link => link.href", link.element_handle())
    assert Path(unquote(urlsplit(target).path)).read_text("utf-8").startswith("---\njupytext:")
    tab.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(button).to_be_focused()


# By keyboard


def test_the_first_thing_that_the_keyboard_reaches_leads_to_the_text(tab: Page, book: Path) -> None:
    tab.goto(address(book, "book/ownership"))
    tab.keyboard.press("Tab")
    expect(tab.locator("#pst-skip-link a")).to_be_focused()
    expect(tab.locator("#pst-skip-link a")).to_be_in_viewport()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")


WALK = """() => {
  const within = (box, frame) =>
    (box.left >= frame.left && box.right <= frame.right || box.right - box.left > frame.right - frame.left) &&
    (box.top >= frame.top && box.bottom <= frame.bottom || box.bottom - box.top > frame.bottom - frame.top);

  const fault = (part) => {
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(part);
    if (outlineStyle === "none" || outlineWidth === "0px") return "has no ring";
    const reach = parseFloat(outlineWidth) + parseFloat(outlineOffset) - 1;  // what is half a pixel is seen
    const [line] = part.getClientRects();
    const [left, top, right, bottom] = [line.left, line.top, line.right, line.bottom];
    const box = { left: left - reach, top: top - reach, right: right + reach, bottom: bottom + reach };
    if (!within(box, { left: 0, top: 0, right: innerWidth, bottom: innerHeight })) return "is out of sight";
    for (let frame = part; frame !== document.body; frame = frame.parentElement) {
      const { opacity, overflowX, overflowY } = getComputedStyle(frame);
      if (opacity < 0.5) return "is pale";
      const cuts = frame !== part && (overflowX !== "visible" || overflowY !== "visible");
      if (cuts && !within(box, frame.getBoundingClientRect())) return `is cut off by ${frame.className}`;
    }
    const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
    const [x, y] = [middle(left, right, innerWidth), middle(top, bottom, innerHeight)];
    const there = document.elementFromPoint(x, y);
    if (!part.contains(there) && !there.contains(part)) return `lies below ${there.className}`;
  };

  const faults = [];
  const reached = new Set([document.body]);
  addEventListener("keyup", () => {
    const focused = document.activeElement;
    window.roundTrip ||= focused === document.body;
    if (reached.has(focused)) return;
    reached.add(focused);
    const wrong = fault(focused.matches("[type=radio]") ? focused.nextElementSibling : focused);
    if (wrong) faults.push(`${focused.outerHTML.slice(0, 120)} ${wrong}`);
  });

  const keys = "a[href], button, summary, input:not([type=radio]), input:checked";
  const shown = [...document.querySelectorAll(keys)]
    .filter((part) => part.checkVisibility({ visibilityProperty: true }));
  window.seen = () => {
    const missed = shown.filter((part) => !reached.has(part));
    return [...faults, ...missed.map((part) => `${part.outerHTML.slice(0, 120)} is never reached`)];
  };
}"""
"""Looks at what the keyboard has reached whenever a key is let go, for by then it has been scrolled to."""


def unseen(tab: Page) -> list[str]:
    """What the keyboard reaches and no eye sees, and what it does not reach, once around a page."""
    tab.evaluate(WALK)
    for _ in range(50):
        for _ in range(20):
            tab.keyboard.press("Tab")
        if tab.evaluate("window.roundTrip"):
            return list(tab.evaluate("seen()"))
    raise AssertionError("a thousand steps do not lead around the page")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("size", [SCREEN, PHONE], ids=["screen", "phone"])
def test_the_keyboard_reaches_everything_and_what_it_reaches_is_seen(
    tab: Page, book: Path, page: str, size: dict[str, int]
) -> None:
    tab.emulate_media(reduced_motion="reduce")  # what glides into view is there at once
    tab.set_viewport_size(size)  # type: ignore[arg-type]
    tab.goto(address(book, page))
    found = unseen(tab)
    assert not found, "\n".join([f"{page}:", *found])


UNSEEN = {
    "no ring": ("<a href='#' style='outline:none'>a</a>", "has no ring"),
    "a shadow, which high contrast takes away": (
        "<style>a:focus { outline: none; box-shadow: 0 0 3px red }</style><a href='#'>a</a>",
        "has no ring",
    ),
    "no colour": ("<p style='opacity:0'><a href='#'>a</a></p>", "is pale"),
    "a place beside the page": ("<a href='#' style='position:fixed;left:-99px'>a</a>", "is out of sight"),
    "a box that cuts the ring off": (
        "<pre class='box' style='overflow:hidden'><a href='#'>a</a></pre>",
        "is cut off by box",
    ),
    "a bar above it": (
        "<p class='bar' style='position:fixed;inset:0'></p><a href='#'>a</a>",
        "lies below bar",
    ),
    "a button for the mouse alone": ("<button tabindex='-1'>a</button><a href='#'>b</a>", "is never reached"),
}


@pytest.mark.parametrize(("fault", "said"), UNSEEN.values(), ids=UNSEEN.keys())
def test_what_the_keyboard_does_not_show_would_be_noticed(
    tab: Page, tmp_path: Path, fault: str, said: str
) -> None:
    (tmp_path / "hidden.html").write_text(
        FRAME.format(f"<style>main {{ padding: 9px }}</style>{fault}"), "utf-8"
    )
    tab.goto((tmp_path / "hidden.html").as_uri())
    [found] = unseen(tab)
    assert found.endswith(said)


def test_a_page_that_does_not_let_the_keyboard_go_would_be_noticed(tab: Page, tmp_path: Path) -> None:
    trap = "<button onkeydown='event.preventDefault()'>in</button>"
    (tmp_path / "trap.html").write_text(FRAME.format(trap), "utf-8")
    tab.goto((tmp_path / "trap.html").as_uri())
    with pytest.raises(AssertionError, match="a thousand steps"):
        unseen(tab)


def test_the_search_opens_and_closes_by_keyboard_and_the_place_is_kept(tab: Page, book: Path) -> None:
    tab.goto(address(book, "book/ownership"))
    button = tab.locator(".search-button-field")
    button.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#pst-search-dialog:modal input")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(tab.locator("#pst-search-dialog")).to_be_hidden()
    expect(button).to_be_focused()


def test_the_theme_is_switched_by_keyboard_and_the_place_is_kept(tab: Page, book: Path) -> None:
    tab.goto(address(book, "book/ownership"))
    button = tab.locator(".theme-switch-button")
    button.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    expect(button).to_be_focused()


@pytest.mark.parametrize(
    ("name", "dialog", "link"),
    [
        ("Contents of the book", "#pst-primary-sidebar-modal", "The Rust you already run"),
        ("Contents of this page", "#pst-secondary-sidebar-modal", "Threads"),
    ],
    ids=["the book", "the page"],
)
def test_a_sidebar_opens_and_closes_on_a_phone(
    tab: Page, book: Path, name: str, dialog: str, link: str
) -> None:
    tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    tab.goto(address(book, "book/ownership"))
    toggle = tab.get_by_role("button", name=name, exact=True)
    toggle.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator(f"{dialog}:modal").get_by_role("link", name=link)).to_be_in_viewport()
    tab.keyboard.press("Escape")
    expect(tab.locator(dialog)).to_be_hidden()
    expect(toggle).to_be_focused()


def test_a_block_that_scrolls_has_a_name(tab: Page, book: Path) -> None:
    tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    tab.goto(address(book, "book/ownership"))
    blocks = tab.locator("pre[tabindex='0']")
    expect(blocks.first).to_have_attribute("aria-label", re.compile("Code|Output"))
    narrow = blocks.count()
    assert tab.locator("pre[tabindex='0'][role=group][aria-label]").count() == narrow
    tab.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    expect(blocks).not_to_have_count(narrow)
    assert tab.locator("pre:is([role], [aria-label])").count() == blocks.count()


def test_nothing_moves_where_the_reader_wants_rest(tab: Page, book: Path) -> None:
    moving = """() => [...document.querySelectorAll("*")].filter((part) => {
      const { transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(part);
      return /[1-9]/.test(transitionDuration + animationDuration) || scrollBehavior !== "auto";
    }).length"""
    tab.goto(address(book, "book/ownership"))
    assert tab.evaluate(moving) > 0
    tab.emulate_media(reduced_motion="reduce")
    assert tab.evaluate(moving) == 0
