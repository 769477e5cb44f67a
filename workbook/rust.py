"""Rust sources on the page: the items of a crate, found by name as a parser sees them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType

import tree_sitter_rust
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from workbook.layout import Crate, crates, repository_url

_LANGUAGE = Language(tree_sitter_rust.language())
_TEXTS = Query(_LANGUAGE, "(raw_string_literal) @text")

_DOC = re.compile(r"[ \t]*///(?!/) ?(.*)$")
_KEYWORDS = {
    "function_item": "fn",
    "function_signature_item": "fn",
    "struct_item": "struct",
    "enum_item": "enum",
    "union_item": "union",
    "trait_item": "trait",
    "const_item": "const",
    "static_item": "static",
    "type_item": "type",
    "mod_item": "mod",
    "macro_definition": "macro_rules!",
    "impl_item": "impl",
}
_SIDE_FILES = ("exercises", "solutions")
"""Files that hold exercises: their items are found only by a name that begins with the file's."""


class NoSuchItemError(LookupError):
    """A name that stands for no item of the crate, or for more than one."""


@dataclass(frozen=True)
class Item:
    """A function, a type, an `impl` block: whatever Rust calls an item, with its docs and attributes."""

    path: tuple[str, ...]
    """Where it stands, the crate first: `("crate", "cron", "parse")`."""
    keyword: str
    file: Path
    first: int
    last: int
    """Its lines, counted from 1, both included."""
    text: str
    """Its source, dedented."""
    head: int
    """How many of its lines are comments and attributes before the item itself."""
    bare: bool
    """Whether its last name alone is enough to find it."""

    @property
    def name(self) -> str:
        """What it is called; of an `impl` block all between `impl` and the brace."""
        return self.path[-1]

    @property
    def doc(self) -> str:
        """Its doc comment, without the slashes."""
        documented = filter(None, map(_DOC.match, self.text.splitlines()[: self.head]))
        return "\n".join(match[1] for match in documented).strip()

    @property
    def code(self) -> str:
        """Its source without the doc comment, attributes kept."""
        lines = self.text.splitlines(keepends=True)
        return "".join(line for row, line in enumerate(lines) if row >= self.head or not _DOC.match(line))

    @property
    def code_line(self) -> int:
        """The line where its source begins, the doc comment left out."""
        return self.last - self.code.count("\n") + 1

    @property
    def signature(self) -> str:
        """What a function promises, without its body and in one line."""
        declared = " ".join(
            "".join(self.text.splitlines(keepends=True)[self.head :]).split("{", 1)[0].split()
        )
        return declared.replace("( ", "(").replace(", )", ")")

    def answers_to(self, query: str) -> bool:
        """Whether `query` is a name of this item: `divide`, `fn divide`, `cron::parse`, `Field.parse`."""
        keyword, name = _split_keyword(query)
        if keyword not in (None, self.keyword):
            return False
        if self.keyword == "impl":
            full, short = self.name, _without_generics(self.name)
            return keyword == "impl" and _squeeze(name) in (_squeeze(full), _squeeze(short))
        parts = tuple(part for part in re.split(r"::|\.", name) if part)
        return parts == self.path[-len(parts) :] and (len(parts) > 1 or self.bare)


def _split_keyword(query: str) -> tuple[str | None, str]:
    keyword, _, name = query.strip().partition(" ")
    return (keyword, name.strip()) if name and keyword in _KEYWORDS.values() else (None, query.strip())


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text.replace(" for ", "\0"))


def _without_generics(text: str) -> str:
    while (shorter := re.sub(r"<[^<>]*>", "", text)) != text:
        text = shorter
    return text


class Sources:
    """The Rust files of one crate, parsed."""

    def __init__(self, crate: Crate) -> None:
        self.crate = crate

    @cached_property
    def files(self) -> list[Path]:
        """`lib.rs` first, the others by name; not the reader's own `mine.rs`."""
        folder = self.crate.folder / "src"
        rust = [path for path in self.crate.sources if path.suffix == ".rs"]
        return sorted(rust, key=lambda path: (path != folder / "lib.rs", path))

    @cached_property
    def items(self) -> list[Item]:
        """Every item of every file, in the order of the files."""
        return [
            item for file in self.files for item in items(file, _module_path(file, self.crate.folder / "src"))
        ]

    def find(self, query: str) -> list[Item]:
        """The one item that is called so; of `impl Type` all blocks. Raises `NoSuchItemError`."""
        found = [item for item in self.items if item.answers_to(query)]
        if len(found) == 1 or (
            found and found[0].keyword == "impl" and len({item.name for item in found}) == 1
        ):
            return found
        where = f"rust_examples/{self.crate.slug}/src"
        if found:
            choices = ", ".join(sorted({f"'{item.keyword} {'::'.join(item.path)}'" for item in found}))
            raise NoSuchItemError(f"'{query}' stands for several items of {where}: say {choices}.")
        names = {_said(item) for item in self.items}
        near = difflib.get_close_matches(query, names, n=3, cutoff=0.5) or sorted(names)[:8]
        raise NoSuchItemError(f"There is no '{query}' in {where}; there is {', '.join(near)}.")


def _said(item: Item) -> str:
    if item.keyword == "impl":
        return f"impl {item.name}"
    return item.name if item.bare else "::".join(item.path[-2:])


def _module_path(file: Path, src: Path) -> tuple[str, ...]:
    parts = file.relative_to(src if file.is_relative_to(src) else src.parent).with_suffix("").parts
    return ("crate", *(part for part in parts if part not in ("lib", "mod")))


def items(file: Path, path: tuple[str, ...] = ("crate",)) -> Sequence[Item]:
    """The items of one Rust file, those within modules, traits and `impl` blocks included."""
    return _items(file, path, file.read_bytes())


@cache
def _items(file: Path, path: tuple[str, ...], source: bytes) -> tuple[Item, ...]:
    return tuple(_Walk(file, path, source))


@dataclass(frozen=True)
class _Walk:
    file: Path
    path: tuple[str, ...]
    source: bytes

    def __iter__(self) -> Iterator[Item]:
        lines = self.source.decode("utf-8").splitlines()
        bare = self.path[1:2] == () or self.path[1] not in _SIDE_FILES
        root = parse(self.source)
        yield from self._within(root, self.path, lines, _rows_of_texts(root), bare)

    def _within(
        self, node: Node, path: tuple[str, ...], lines: list[str], texts: set[int], bare: bool
    ) -> Iterator[Item]:
        for child, start, last in declarations(node):
            keyword = _KEYWORDS.get(child.type)
            if keyword is None:
                continue
            name = _name(child)
            text = outdented(lines, start, last, texts)
            head = child.start_point.row - start
            yield Item((*path, name), keyword, self.file, start + 1, last + 1, text, head, bare)
            body = child.child_by_field_name("body")
            if keyword in ("mod", "trait", "impl") and body is not None:
                owner = _owner(child) if keyword == "impl" else name
                yield from self._within(body, (*path, owner), lines, texts, bare=False)


def outdented(lines: Sequence[str], first: int, last: int, texts: Collection[int]) -> str:
    """Some lines without the indentation of the first, but for those that belong to a text."""
    margin = lines[first][: -len(lines[first].lstrip())]
    rows = range(first, last + 1)
    return "".join(f"{lines[row] if row in texts else lines[row].removeprefix(margin)}\n" for row in rows)


def _rows_of_texts(node: Node) -> set[int]:
    """The rows that begin within a raw string, where blanks count."""
    texts = QueryCursor(_TEXTS).captures(node).get("text", [])
    return {row for text in texts for row in range(text.start_point.row + 1, text.end_point.row + 1)}


def declarations(node: Node) -> Iterator[tuple[Node, int, int]]:
    """What is declared directly within a node, with first and last row, comments and attributes included."""
    first: int | None = None  # where the comments and attributes above the next declaration begin
    end = -1  # the row on which what stands before it ends
    for child in node.children:
        row, last = child.start_point.row, _last_row(child)
        if child.type in ("line_comment", "block_comment", "attribute_item"):
            if child.child_by_field_name("inner") is not None or (row == end and first is None):
                end = last  # the file's own docs, or a remark behind the declaration before
                continue
            if first is None or (row > end + 1 and child.type != "attribute_item"):
                first = row  # a blank line cuts off the comments above it
            end = last
            continue
        yield child, row if first is None or row > end + 1 else first, last
        first, end = None, last


def parse(source: bytes) -> Node:
    """The syntax tree of a Rust file."""
    return Parser(_LANGUAGE).parse(source).root_node


def _last_row(node: Node) -> int:
    row, column = node.end_point  # a doc comment's own node reaches into the next row
    return row - 1 if column == 0 and row > node.start_point.row else row


def _field(node: Node, name: str) -> str:
    found = node.child_by_field_name(name)
    return "" if found is None or found.text is None else " ".join(found.text.decode("utf-8").split())


def _name(node: Node) -> str:
    if node.type != "impl_item":
        return _field(node, "name")
    trait = _field(node, "trait")
    return f"{trait} for {_field(node, 'type')}" if trait else _field(node, "type")


def _owner(node: Node) -> str:
    return _without_generics(_field(node, "type"))


@dataclass(frozen=True)
class Listing:
    """Rust from the compiled crate, as the page shows it."""

    crate: Crate
    items: tuple[Item, ...]

    def __str__(self) -> str:
        return "\n".join(item.text for item in self.items)

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return f"{fenced(str(self), 'rust')}\n\n<small>{' · '.join(self._links())}</small>\n"

    def _links(self) -> Iterator[str]:
        for item in self.items:
            path = item.file.relative_to(self.crate.root).as_posix()
            where = (
                f"line {item.first}" if item.first == item.last else f"lines {item.first}\u2013{item.last}"
            )
            yield f"[{path}, {where}]({_url(self.crate, item.file)}#L{item.first}-L{item.last})"


@dataclass(frozen=True)
class Package:
    """A whole crate as a package that stands alone, folded."""

    crate: Crate
    files: dict[str, str]

    def __str__(self) -> str:
        return "\n".join(f"# {name}\n{text}" for name, text in self.files.items())

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        languages = {".rs": "rust", ".toml": "toml", ".md": "markdown"}
        return "\n".join(
            folded(f"<code>{name}</code>", fenced(text, languages.get(Path(name).suffix, "text")))
            for name, text in self.files.items()
        )


def fenced(text: str, language: str) -> str:
    """A Markdown fence that no run of backticks within closes."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    ticks = "`" * (longest + 1)
    return f"{ticks}{language}\n{text.rstrip()}\n{ticks}"


def folded(summary: str, body: str) -> str:
    """A part of the page that opens with a click; Markdown within, in the book and in JupyterLab alike."""
    return f'<details>\n<summary style="display:list-item">{summary}</summary>\n\n{body}\n\n</details>\n'


def _url(crate: Crate, file: Path) -> str:
    # A workspace elsewhere, such as a test's, is addressed as if it were the repository's own.
    return repository_url(Crate(crate.slug).root / file.relative_to(crate.root))


def crate_of(subject: ModuleType | str | Crate) -> Crate:
    """The crate behind a module, a slug or itself. Raises `NoSuchItemError` with the nearest slug."""
    if isinstance(subject, Crate):
        return subject
    slug = subject if isinstance(subject, str) else subject.__name__.partition(".")[0]
    known = [crate.slug for crate in crates()]
    if slug in known:
        return Crate(slug)
    near = difflib.get_close_matches(slug, known, n=1, cutoff=0.4)
    raise NoSuchItemError(
        f"There is no crate '{slug}'; {f'did you mean {near[0]}' if near else f'there is {known}'}?"
    )


def shown_items(text: str, own: Crate) -> Iterator[Item]:
    """The items that the cells of a page show: of its own crate, or of another's where that is named."""
    known = {crate.slug: crate for crate in crates()}
    for subject, names in re.findall(r"\bshow\((\w*)(.*?)\)", text, re.DOTALL):
        yield from find(known.get(subject, own), re.findall(r'"([^"]+)"', names))


def show(subject: ModuleType | str | Crate, *names: str) -> Listing | Package:
    """The Rust behind a compiled module, from its sources.

    Items are called as Rust calls them: `divide` or `fn divide`, `Field` (the type), `impl Field` (its
    methods), `impl Display for Field`, `Field.parse` (one method), `cron::parse` (of two that are called
    `parse`), `exercises::column`. Without a name: the whole crate as a package that stands alone, folded.
    """
    crate = crate_of(subject)
    if not names:
        from workbook.eject import package  # that module reads Rust through this one

        return Package(crate, package(crate))
    return Listing(crate, find(crate, names))


def find(crate: Crate, names: Sequence[str]) -> tuple[Item, ...]:
    """The items of these names, in this order. Raises `NoSuchItemError`."""
    sources = Sources(crate)
    return tuple(item for name in names for item in sources.find(name))
