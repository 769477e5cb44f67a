"""What `show` promises: the Rust on the page is the Rust of the crate, found by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from workbook import rust
from workbook.layout import Crate, crates
from workbook.rust import NoSuchItemError, Package, Sources, fenced, show

LIB = """\
//! Tides, told from a table.

mod exercises;
mod solutions;
mod table;

use pyo3::prelude::*;

// Metres above the datum.

/// The height of the tide.
///
/// ```
/// tide(0)
/// ```
#[pyfunction]
#[pyo3(
    signature = (hour, /, *, port = "Brest")
)]
// A remark that explains.
fn height(hour: u32, port: &str) -> f64 {
    helper(hour)
}

fn helper(hour: u32) -> f64 { f64::from(hour) } // behind the helper
const PORTS: usize = 3;

/// A port.
#[pyclass]
struct Port {
    name: String,
}

impl Port {
    /// Its name, shortened.
    fn short(&self) -> &str {
        &self.name[..3]
    }
}

#[pymethods]
impl Port {
    fn full(&self) -> &str {
        &self.name
    }
}

impl<'a> From<&'a str> for Port {
    fn from(name: &'a str) -> Self {
        Port { name: name.to_owned() }
    }
}

impl From<u8> for Port {
    fn from(number: u8) -> Self {
        Port { name: number.to_string() }
    }
}

enum Phase { Ebb, Flood }
trait Tidal { fn level(&self) -> f64; }
type Metres = f64;
macro_rules! metres { ($x:expr) => { $x }; }

#[pymodule]
mod tides {
    #[pymodule_export]
    use super::height;
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
"""

TABLE = """\
/// Another helper, of the table.
pub fn helper() {}
pub fn lookup() {}
"""

EXERCISES = """\
#[pymodule(submodule)]
pub mod exercises {
    /// Build: the next high tide.
    #[pyfunction]
    fn next_high() {}
}
"""


@pytest.fixture
def tides(tmp_path: Path) -> Crate:
    """A crate with one of everything."""
    src = tmp_path / "rust_examples" / "tides" / "src"
    src.mkdir(parents=True)
    (src / "lib.rs").write_text(LIB, "utf-8")
    (src / "table.rs").write_text(TABLE, "utf-8")
    (src / "exercises.rs").write_text(EXERCISES, "utf-8")
    (src / "mine.rs").write_text("fn secret() {}\n", "utf-8")
    return Crate("tides", tmp_path)


def test_a_function_comes_with_its_docs_and_attributes_and_nothing_else(tides: Crate) -> None:
    shown = str(show(tides, "height"))
    assert shown.startswith("/// The height of the tide.\n")
    assert "#[pyfunction]\n#[pyo3(\n    signature" in shown
    assert shown.endswith("    helper(hour)\n}\n")


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("fn height", "/// The height of the tide."),
        ("PORTS", "const PORTS: usize = 3;"),
        ("Port", "/// A port."),
        ("struct Port", "/// A port."),
        ("Port.short", "/// Its name, shortened."),
        ("Port::full", "fn full(&self) -> &str {"),
        ("Phase", "enum Phase { Ebb, Flood }"),
        ("Tidal", "trait Tidal { fn level(&self) -> f64; }"),
        ("Metres", "type Metres = f64;"),
        ("metres", "macro_rules! metres { ($x:expr) => { $x }; }"),
        ("tides", "#[pymodule]"),
        ("mod table", "mod table;"),
        ("impl From<u8> for Port", "impl From<u8> for Port {"),
        ("impl From<&'a str> for Port", "impl<'a> From<&'a str> for Port {"),
        ("table::helper", "/// Another helper, of the table."),
        ("crate::helper", "fn helper(hour: u32) -> f64 { f64::from(hour) } // behind the helper"),
        ("lookup", "pub fn lookup() {}"),
        ("exercises::next_high", "/// Build: the next high tide."),
    ],
)
def test_an_item_is_found_by_the_name_that_rust_gives_it(tides: Crate, name: str, first: str) -> None:
    assert str(show(tides, name)).splitlines()[0] == first


def test_impl_of_a_type_shows_all_of_its_blocks_in_order(tides: Crate) -> None:
    shown = str(show(tides, "impl Port"))
    assert shown.index("fn short") < shown.index("#[pymethods]") < shown.index("fn full")
    assert "From" not in shown


def test_items_are_shown_in_the_order_asked_for(tides: Crate) -> None:
    shown = str(show(tides, "lookup", "height"))
    assert shown.index("fn lookup") < shown.index("fn height")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hieght", r"There is no 'hieght' in rust_examples/tides/src; there is height\b"),
        ("helper", "'helper' stands for several items .* say 'fn crate::helper', 'fn crate::table::helper'"),
        ("impl From for Port", "stands for several items"),
        ("next_high", "There is no 'next_high'.* there is exercises::next_high"),
        ("secret", "There is no 'secret'"),
        ("short", "There is no 'short'.* there is .*Port::short"),
        ("struct height", "There is no 'struct height'"),
        ("", "There is no ''"),
    ],
    ids=lambda text: text.partition(" ")[0] or "empty",
)
def test_a_name_of_no_item_or_of_several_is_refused_with_the_nearest(
    tides: Crate, name: str, message: str
) -> None:
    with pytest.raises(NoSuchItemError, match=message):
        show(tides, name)


def test_the_link_names_the_very_lines(tides: Crate) -> None:
    markdown = show(tides, "Port")._repr_markdown_()
    first = LIB.splitlines().index("/// A port.") + 1
    assert f"rust_examples/tides/src/lib.rs, lines {first}\N{EN DASH}{first + 4}]" in markdown
    assert f"/rust_examples/tides/src/lib.rs#L{first}-L{first + 4})" in markdown
    assert str(tides.root) not in markdown


def test_a_listing_is_one_rust_fence_even_with_a_fence_in_its_docs(tides: Crate) -> None:
    tokens = MarkdownIt().parse(show(tides, "height")._repr_markdown_())
    fences = [token for token in tokens if token.type == "fence"]
    assert [fence.info for fence in fences] == ["rust"]
    assert fences[0].content == str(show(tides, "height"))


def test_a_fence_is_longer_than_any_within() -> None:
    assert fenced("````\n", "text").startswith("`````text\n")


def test_an_item_knows_its_docs_code_and_signature(tides: Crate) -> None:
    (height,) = Sources(tides).find("height")
    assert height.doc == "The height of the tide.\n\n```\ntide(0)\n```"
    assert height.code.startswith("#[pyfunction]\n#[pyo3(\n")
    assert height.signature == "fn height(hour: u32, port: &str) -> f64"


def test_an_item_loses_its_indentation_and_a_text_within_keeps_its_own(tmp_path: Path) -> None:
    text = 'r#"\ndef twice(x):\n    return x + x\n"#'
    program = f"fn program() -> &str {{\n    {text}\n}}\n"
    within = f"mod inner {{\n    fn program() -> &str {{\n        {text}\n    }}\n}}\n"
    file = tmp_path / "lib.rs"
    file.write_text(within, "utf-8")
    assert {item.name: item.text for item in rust.items(file)}["program"] == program


def test_an_unknown_crate_is_refused_with_the_nearest() -> None:
    known = crates()[0].slug
    with pytest.raises(NoSuchItemError, match=f"There is no crate '{known}x'; did you mean {known}"):
        show(f"{known}x", "anything")


@pytest.mark.parametrize("crate", crates(), ids=lambda crate: crate.slug)
def test_every_item_of_the_book_is_found_by_its_full_path_where_rust_finds_it(crate: Crate) -> None:
    sources = Sources(crate)
    assert sources.items
    for item in sources.items:
        if item.keyword == "impl":
            assert item in sources.find(f"impl {item.name}")
        elif sum(other.path == item.path for other in sources.items) == 1:
            assert sources.find("::".join(item.path)) == [item]
        lines = item.file.read_text("utf-8").splitlines()[item.first - 1 : item.last]
        assert [line.strip() for line in lines] == [line.strip() for line in item.text.splitlines()]


@pytest.mark.parametrize("crate", crates(), ids=lambda crate: crate.slug)
def test_a_whole_crate_is_shown_folded_and_without_its_exercises(crate: Crate) -> None:
    shown = show(crate)
    assert isinstance(shown, Package)
    assert list(shown.files)[:3] == ["Cargo.toml", "pyproject.toml", "src/lib.rs"]
    markdown = shown._repr_markdown_()
    assert markdown.count("<details>") == markdown.count("</details>") == len(shown.files)
    assert "solutions" not in markdown
    fences = [token for token in MarkdownIt().parse(markdown) if token.type == "fence"]
    assert [fence.content.rstrip() for fence in fences] == [text.rstrip() for text in shown.files.values()]


def test_a_module_is_as_good_as_its_slug() -> None:
    crate = crates()[0]
    module = pytest.importorskip(crate.slug)
    assert rust.crate_of(module) == rust.crate_of(crate.slug) == crate
