"""The page of messages: each is one that a tool prints, and the book's search finds it when it is pasted."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import mmap
import os
import platform
import re
import shutil
import subprocess
import sys
import textwrap
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import nbformat
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page
from uv import find_uv_bin

from workbook import layout
from workbook.cell_crates import compiled, read
from workbook.layout import Chapter
from workbook.printing import plain

PAGE = next(page for page in layout.chapters() if page.slug == "troubleshooting")

# What a page says, section by section


@dataclass
class Section:
    """A heading and what stands below it, to the next heading that is not deeper."""

    title: str
    level: int
    prose: str = ""
    said: list[str] = field(default_factory=list)
    """What its cells print."""

    @property
    def anchor(self) -> str:
        return re.sub(r"[^\w\- ]", "", self.title.strip().lower()).replace(" ", "-")

    @property
    def messages(self) -> list[str]:
        """The messages that the heading quotes; none where it is a symptom."""
        quoted = [part.strip().strip("`").strip() for part in self.title.split(" · ")]
        return quoted if self.title.startswith("`") else []

    @property
    def links(self) -> list[tuple[str, str]]:
        """The chapters and places that it leads to."""
        return re.findall(r"\]\((\w+)\.md(?:#([\w-]+))?\)", self.prose)


@functools.cache
def sections(slug: str) -> list[Section]:
    """All sections of a page, with what their cells print."""
    chapter = Chapter(slug, None)
    record = nbformat.read(chapter.record, as_version=4)
    cells = iter(cell for cell in record.cells if cell.cell_type == "code")
    found: list[Section] = []
    text = re.sub(r"\A---\n.*?\n---\n", "", chapter.text, flags=re.DOTALL)
    for piece in re.split(r"(^```\{code-cell\}.*?^```$)", text, flags=re.DOTALL | re.MULTILINE):
        if piece.startswith("```{code-cell}"):
            said = printed(next(cells))
            for section in open_sections(found):
                section.said.append(said)
            continue
        for line in piece.splitlines():
            if heading := re.match(r"(#+) (.+)", line):
                found.append(Section(heading[2], len(heading[1])))
            elif found:
                found[-1].prose += f"{line}\n"
    return found


def open_sections(found: list[Section]) -> Iterator[Section]:
    """The last section, and those that it stands in; but not the whole page."""
    level = 7
    for section in reversed(found):
        if section.level < level:
            level = section.level
            if level > 1 or section is found[-1]:
                yield section


def printed(cell: nbformat.NotebookNode) -> str:
    """What a cell prints: what is recorded, or else what it promises, and what rustc says of it now."""
    outputs = [
        "\n".join(output.get("traceback", []))
        or output.get("text")
        or output.get("data", {}).get("text/plain", "")
        for output in cell.outputs
    ]
    promise = re.match(r"%%(?:rust|terminal)\b.* --(?:fails|panics) (.+)", cell.source)
    if promise:
        outputs.append(promise[1].strip("\"'"))
    if "nbval-ignore-output" in cell.metadata.get("tags", []) and cell.source.startswith("%%rust --fails"):
        outputs.append(compiled(read(cell.source.partition("\n")[2])).said)
    return plain("\n".join(outputs))


def pattern(message: str) -> re.Pattern[str]:
    """Its pieces in one line; what stands for … may be anything."""
    return re.compile(".*".join(map(re.escape, re.split(r" ?… ?", message))))


ENTRIES = [section for section in sections(PAGE.slug) if section.level == 3]
MESSAGES = {message: entry for entry in ENTRIES for message in entry.messages}


@functools.cache
def evidence(message: str) -> str | None:
    """The lines around the message, as the page, or a chapter that it links to, or a test shows it."""
    places = [MESSAGES[message]]
    for slug, anchor in MESSAGES[message].links:
        of_page = sections(slug)
        places += [section for section in of_page if section.anchor == anchor] if anchor else of_page[:1]
    texts = [said for place in places for said in place.said]
    if message in REPRODUCED:
        texts = [REPRODUCED[message]()]
    for text in texts:
        lines = text.splitlines()
        for number, line in enumerate(lines):
            if pattern(message).search(line):
                return "\n".join(lines[max(number - 1, 0) : number + 2])
    assert message not in REPRODUCED, f"what was to say {message!r} says this:\n{texts[0]}"
    return None


# What no page shows


def python(program: str, **settings: str) -> str:
    """What a program of Python's says, in a process of its own."""
    return output([sys.executable, "-c", textwrap.dedent(program)], None, **settings)


def output(command: Sequence[str | Path], cwd: Path | None = None, **settings: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | {"RUST_BACKTRACE": "0", "NO_PROXY": "127.0.0.1", "NO_COLOR": "1", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )
    return done.stdout


def refused(cell: str) -> Callable[[], str]:
    """What rustc says of a cell that it turns down."""

    def said() -> str:
        made = compiled(read(textwrap.dedent(cell)))
        assert made.product is None
        return plain(made.said)

    return said


def no_cargo() -> str:
    if sys.platform == "win32":
        pytest.skip("Windows has words of its own")
    return output(["sh", "-c", "PATH=/nowhere cargo build"])


def no_linker_of_microsofts() -> str:
    """The words that rustc has for it, in rustc's own library, for they are printed on Windows alone."""
    sysroot = Path(output(["rustc", "--print", "sysroot"]).strip())
    wanted = b"the msvc targets depend on the msvc linker but `link.exe` was not found"
    for library in [*sysroot.glob("lib/*rustc_driver*"), *sysroot.glob("bin/rustc_driver*.dll")]:
        with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            if content.find(wanted) >= 0:
                shown = next(
                    entry for entry in sections("setting_up") if entry.anchor == "second-fault-no-linker"
                )
                (linker,) = {
                    line for said in shown.said for line in said.splitlines() if "linker `cc`" in line
                }
                return f"error: {linker.replace('cc', 'link.exe')}\n  = note: {wanted.decode()}"
    return ""


def externally_managed() -> str:
    """What pip says in a Python that has the mark: a stand-in for Debian's, which brings it along."""
    pip = importlib.util.find_spec("pip")
    assert pip is not None
    assert pip.origin is not None
    with TemporaryDirectory() as folder:
        mark = "[externally-managed]\nError=To install Python packages system-wide, try apt install\n"
        Path(folder, "EXTERNALLY-MANAGED").write_text(mark, "utf-8")
        program = f"""
            import runpy, sys, sysconfig
            real = sysconfig.get_path
            def get_path(name, *rest, **named):
                return {folder!r} if name == "stdlib" else real(name, *rest, **named)
            sysconfig.get_path = get_path
            sys.prefix = sys.base_prefix  # no virtual environment
            sys.argv = ["pip", "--isolated", "install", "--no-index", "wheelwords"]
            runpy.run_module("pip", run_name="__main__")
            """
        return python(program, PYTHONPATH=str(Path(pip.origin).parent.parent))


def build_folder_in_use() -> str:
    """What cargo says while somebody else holds the lock, as another cargo would."""
    if sys.platform == "win32":
        pytest.skip("the lock is held by a call that Windows has not")
    import fcntl

    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "src").mkdir()
        (folder / "src" / "lib.rs").touch()
        (folder / "Cargo.toml").write_text('[package]\nname = "one"\nversion = "0.1.0"\n', "utf-8")
        target = folder / "target"
        output(["cargo", "check", "--target-dir", target], folder)
        (lock,) = target.glob("debug/.cargo-*lock")
        with lock.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            threading.Timer(1.0, fcntl.flock, [held, fcntl.LOCK_UN]).start()
            said = output(["cargo", "check", "--target-dir", target], folder)
        assert "Finished" in said, "it goes on when the other has ended"
        return said


def used_by_another_thread() -> str:
    return python(
        '''
        from threading import Thread
        from workbook.rust_cells import run

        Diary = run("""#[pyclass(unsendable, new = "from_fields")]
        struct Diary {
            pages: u32,
        }

        #[pymethods]
        impl Diary {
            fn read(&self) -> u32 {
                self.pages
            }
        }
        """)["Diary"]
        diary = Diary(12)
        assert diary.read() == 12
        thread = Thread(target=diary.read)
        thread.start()
        thread.join()
        '''
    )


def namespace_of_today() -> str:
    """What a folder looks like that was imported, in Python 3.12 or newer."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))  # whose Pythons are not on the PATH
    path = os.pathsep.join([os.environ["PATH"], *map(str, pyenv.glob("versions/3.*/bin"))])
    search: list[str | Path] = [
        find_uv_bin(),
        "python",
        "find",
        "--no-python-downloads",
        "--system",
        ">=3.12",
    ]
    found = sys.executable if sys.version_info >= (3, 12) else output(search, PATH=path).strip()
    if not Path(found).is_file():
        pytest.skip("there is no Python 3.12 or newer on this machine")
    with TemporaryDirectory() as folder:
        Path(folder, "wheelwords").mkdir()
        return output([found, "-c", "import wheelwords; print(wheelwords)"], Path(folder))


def nothing_that_fits() -> str:
    command = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check"]
    return output([*command, "install", "--no-index", "--dry-run", "wheelwords-that-nobody-has-made"])


def unlinked(*flags: str) -> Callable[[], str]:
    """What the linker says of a program that calls Python's functions and is not linked to Python."""

    def said() -> str:
        if (sys.platform, platform.machine()) != ("linux", "x86_64"):
            pytest.skip("each system's linker has words of its own")
        program = (
            'unsafe extern "C" {\n    fn PyExc_ValueError();\n}\n\n'
            "fn main() {\n    unsafe { PyExc_ValueError() }\n}\n"
        )
        with TemporaryDirectory() as folder:
            Path(folder, "test.rs").write_text(program, "utf-8")
            return output(["rustc", "--edition=2024", *flags, "test.rs"], Path(folder))

    return said


def built_on_a_newer_linux() -> str:
    """What the loader says of a library that wants more than there is; one of ours stands in for libc."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("this takes Linux and a C compiler")
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "libc.c").write_text("int newest(void) { return 1; }\n", "utf-8")
        (folder / "module.c").write_text("int newest(void); int module(void) { return newest(); }\n", "utf-8")
        shared: list[str] = [compiler, "-shared", "-fPIC", "-o"]
        for version in ("2.99", "2.17"):  # there, and here
            (folder / "versions").write_text(f"GLIBC_{version} {{ global: newest; }};\n", "utf-8")
            script = "-Wl,--version-script=versions"
            output([*shared, "libstandin.so", "libc.c", script, "-Wl,-soname,libstandin.so"], folder)
            if version == "2.99":
                output([*shared, "module.so", "module.c", "-L.", "-lstandin"], folder)
        load = "import ctypes; ctypes.CDLL('./module.so')"
        return output([sys.executable, "-c", load], folder, LD_LIBRARY_PATH=name)


@contextmanager
def index_that_says(code: int, words: str) -> Iterator[str]:
    """An index that refuses every upload in PyPI's words."""

    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(code, words)
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words.encode())

        def log_message(self, *_: object) -> None:
            pass

    with served(Refusing) as address:
        yield address


@contextmanager
def served(handler: Callable[..., http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    """A web server on the loopback address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def upload(code: int, words: str) -> Callable[[], str]:
    """What `uv publish` says where the index refuses the file, in these words."""

    def said() -> str:
        with TemporaryDirectory() as folder, index_that_says(code, words) as address:
            wheel = Path(folder, "wheelwords-0.1.0-py3-none-any.whl")
            with zipfile.ZipFile(wheel, "w") as archive:
                info = "wheelwords-0.1.0.dist-info"
                archive.writestr(
                    f"{info}/METADATA", "Metadata-Version: 2.1\nName: wheelwords\nVersion: 0.1.0\n"
                )
                archive.writestr(
                    f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
                )
                archive.writestr(f"{info}/RECORD", "")
            login = ["--username", "__token__", "--password", "guess"]
            target = ["--no-config", "--publish-url", f"{address}/legacy/"]
            said = output([find_uv_bin(), "publish", *target, *login, wheel])
            return " ".join(said.split())  # uv breaks lines where it likes

    return said


REPRODUCED: dict[str, Callable[[], str]] = {
    "cargo: … not found": no_cargo,
    "linker `link.exe` not found": no_linker_of_microsofts,
    "externally-managed-environment": externally_managed,
    "Blocking waiting for file lock on build directory": build_folder_in_use,
    "no function or associated item named `with_gil` found": refused("""
        fn version() -> String {
            Python::with_gil(|py| py.version().to_owned())
        }
        """),
    "<module '…' (namespace)": namespace_of_today,
    "is unsendable, but sent to another thread": used_by_another_thread,
    "memory allocation of … bytes failed": lambda: python(
        "import rust_functions; rust_functions.clean_copied(range(10**15))"
    ),
    "cannot be converted to a Python object": refused("""
        struct Weight(f64);

        #[pyfunction]
        fn doubled(weight: f64) -> Weight {
            Weight(2.0 * weight)
        }
        """),
    "undefined symbol: … Py…": unlinked(),
    "undefined reference to … Py…": unlinked("-Clinker-features=-lld"),
    "version `GLIBC_…' not found (required by": built_on_a_newer_linux,
    "No matching distribution found for": nothing_that_fits,
    "Invalid or non-existent authentication information": upload(
        403,
        "Invalid or non-existent authentication information. "
        "See https://pypi.org/help/#invalid-auth for more information.",
    ),
    "File already exists": upload(
        400, "File already exists. See https://pypi.org/help/#file-name-reuse for more information."
    ),
}
"""Messages that no page shows, and how to get them."""


def test_there_are_many_messages_and_each_has_one_entry() -> None:
    assert len(MESSAGES) >= 50
    assert len(MESSAGES) == sum(len(entry.messages) for entry in ENTRIES)
    assert not set(REPRODUCED) - set(MESSAGES), "these are on the page no more"


@pytest.mark.parametrize("message", MESSAGES, ids=str)
def test_a_message_is_one_that_a_tool_prints(message: str) -> None:
    slugs = ", ".join(dict.fromkeys(slug for slug, _ in MESSAGES[message].links))
    assert evidence(message), f"neither the page, nor what it links to ({slugs}), nor a test shows it"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_an_entry_says_something_and_leads_somewhere_or_shows_it(entry: Section) -> None:
    assert len(entry.prose.split()) > 5
    assert entry.links or entry.said
    for slug, anchor in entry.links:
        assert not anchor or anchor in {section.anchor for section in sections(slug)}, f"{slug}.md#{anchor}"


# What the search finds

PASTED = {
    "cargo: … not found": "make: *** bash: line 3: cargo: command not found",
    "is not supported by the following package": (
        "error: rustc 1.75.0 is not supported by the following package: wheelwords@0.1.0 requires rustc 1.88"
    ),
    "dynamic module does not define module export function (PyInit_…)": (
        'File "/srv/app/main.py", line 3, in <module> import counter ImportError: dynamic module does not '
        "define module export function (PyInit_counter)"
    ),
    "is not a supported wheel on this platform": (
        "ERROR: wheelwords-0.1.0-cp311-cp311-manylinux_2_34_x86_64.whl is not a supported wheel on this "
        "platform."
    ),
    "PanicException": (
        "thread '<unnamed>' (4711) panicked at src/lib.rs:12:30: index out of bounds: the len is 3 but the "
        "index is 3 pyo3_runtime.PanicException: index out of bounds: the len is 3 but the index is 3"
    ),
    "Already borrowed": "RuntimeError: Already borrowed",
    "ModuleNotFoundError: No module named": "ModuleNotFoundError: No module named 'my_parser'",
    "E0382": (
        "error[E0382]: borrow of moved value: `names` --> src/lib.rs:40:16 | 38 | let names = read(path)?; "
        "move occurs because `names` has type `Vec<String>`"
    ),
    "no wheels with a matching Python ABI tag": (
        "× No solution found when resolving dependencies: ╰─▶ Because fastwords==2.1.0 has no wheels with a "
        "matching Python ABI tag (e.g., `cp314`) and you require fastwords, your requirements are "
        "unsatisfiable."
    ),
    "cannot be shared between threads safely": (
        "error[E0277]: `*mut pyo3::Python<'static>` cannot be shared between threads safely "
        "--> src/lib.rs:51:9"
    ),
}
"""Messages as other people's machines print them."""


@pytest.fixture(scope="module")
def address(book: Path) -> Iterator[str]:
    """The built book, as `workbook serve` would serve it."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with served(functools.partial(Quiet, directory=str(book.parent))) as found:
        yield found


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(30_000)
    yield page
    page.close()


def hits(tab: Page, address: str, query: str) -> list[str]:
    """Where the links of the search lead, the first one first."""
    tab.goto(f"{address}/search.html?{urlencode({'q': query})}")
    tab.wait_for_function("document.querySelector('#search-results .search-summary')?.innerText")
    found = tab.locator("#search-results ul.search > li > a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    return [re.sub(r"\?[^#]*", "", str(link)) for link in found]


@functools.cache
def anchors(book: Path) -> dict[str, str]:
    """Where each entry stands on the built page."""
    page = BeautifulSoup((book / "troubleshooting.html").read_text("utf-8"), "html.parser")
    links = [str(heading.select("a.headerlink")[0]["href"]) for heading in page.select("article h3")]
    return {entry.title: link for entry, link in zip(ENTRIES, links, strict=True)}


@pytest.mark.parametrize("message", PASTED, ids=str)
def test_a_message_pasted_by_a_reader_leads_to_its_entry(
    tab: Page, address: str, book: Path, message: str
) -> None:
    found = hits(tab, address, PASTED[message])
    assert found[0] == f"book/troubleshooting.html{anchors(book)[MESSAGES[message].title]}", found[:3]


@pytest.fixture(scope="module")
def searching(tab: Page, address: str) -> Page:
    """The page of the search, with its index loaded."""
    hits(tab, address, "Rust")
    return tab


@pytest.mark.parametrize("message", MESSAGES, ids=str)
def test_every_message_is_found_among_the_lines_around_it(searching: Page, book: Path, message: str) -> None:
    first = searching.evaluate(
        """query => Search._performSearch(...Search._parseQuery(query))
            .slice(-3).map(([name, , anchor]) => name + anchor)""",
        evidence(message),
    )
    assert f"book/troubleshooting{anchors(book)[MESSAGES[message].title]}" in first, first


@pytest.mark.parametrize(
    ("pasted", "section"),
    [
        ("py.allow_threads(|| numbers.iter().sum())", "py-allow-threads"),
        ("let gil = Python::acquire_gil();", "python-acquire-gil"),
        ("fn address(name: &str, title: Option<T>)", "option-t"),
    ],
)
def test_an_old_form_pasted_as_it_stands_leads_to_its_section(
    tab: Page, address: str, pasted: str, section: str
) -> None:
    found = hits(tab, address, pasted)
    assert found[0] == f"book/old_tutorials.html#{section}", found[:3]


def test_the_search_finds_other_things_as_before(tab: Page, address: str) -> None:
    assert "book/error_handling.html" in [link.partition("#")[0] for link in hits(tab, address, "crontab")]
    assert hits(tab, address, "a word that is not there: zzyzx") == []
