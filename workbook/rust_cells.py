"""`%%rust`: a cell of Rust whose functions and classes the next cell can call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from threading import Thread
from types import ModuleType

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic_arguments import MagicArgumentParser

from workbook import processes
from workbook.cell_crates import MODULE, Compiled, RustError, compiled, read
from workbook.crates import rustc_version
from workbook.printing import plain
from workbook.rustc import close_by

MOST_OUTPUT = 1_000_000
"""Characters that a program may print into a notebook."""

_PANIC = 101


class RustInterrupted(KeyboardInterrupt):
    """The reader stopped the cell."""

    def _render_traceback_(self) -> list[str]:
        return ["Stopped. Nothing is left running, and the notebook has what it had before."]


def run(
    body: str,
    crates: Sequence[str] = (),
    *,
    debug: bool = False,
    fails: str | None = None,
    panics: str | None = None,
    warns: str | None = None,
) -> dict[str, object]:
    """Compile a cell, run its `main` where it has one, and return its items for Python by name.

    `fails` says that it must not compile, and why: by an error's code, such as E0382, or by some of its
    words; `warns`, that it compiles with a warning, and with which words. Raises `RustError` where it does
    otherwise.
    """
    cell = read(body, crates, debug=debug)
    if panics is not None and not cell.is_program:
        raise RustError("--panics is for cells with a fn main, which are run.")
    made = compiled(cell)
    if fails is not None:
        _require_failure(made, fails)
        return {}
    if made.product is None:
        raise RustError(f"the cell does not compile{_with_codes(made)}.", made.said)
    if warns is not None and warns not in plain(made.said):
        raise RustError(f"the cell compiles without a warning that says {warns!r}.", made.said)
    if made.said:
        print(close_by(made.said))
    if cell.is_program:
        run_program(made.product, panics)
        return {}
    if cell.module is not None:
        return {cell.module: load(made.product, cell.module)}
    if not cell.exports:
        print("It compiles. Nothing in it is for Python yet: mark a function with #[pyfunction].")
        return {}
    module = load(made.product, MODULE)
    return {name: getattr(module, name) for name in module.__all__}


def _require_failure(made: Compiled, fails: str) -> None:
    if made.product is not None:
        raise RustError(f"the cell compiles, where it says that it fails with {fails}.", made.said)
    is_code = re.fullmatch(r"E\d{4}", fails) is not None
    if not (fails in made.codes if is_code else fails in made.errors):
        raise RustError(f"the cell fails{_with_codes(made)}, and not with {fails}.", made.said)
    print(close_by(made.said))


def _with_codes(made: Compiled) -> str:
    return f" ({', '.join(made.codes)})" if made.codes else ""


_loaded: dict[Path, ModuleType] = {}


def load(library: Path, name: str) -> ModuleType:
    """Import a compiled cell; the same one only once, for that is all that PyO3 allows."""
    if library not in _loaded:
        loader = ExtensionFileLoader(name, str(library))
        spec = spec_from_loader(name, loader)
        assert spec is not None
        module = module_from_spec(spec)
        loader.exec_module(module)
        _loaded[library] = module
    return _loaded[library]


def run_program(program: Path, panics: str | None = None) -> None:
    """Run a compiled `main`, printing what it prints as it comes.

    `panics` says that it must panic, and what its output must hold.
    Raises `RustError` where it ends otherwise.
    """
    printed: list[str] = []
    size = 0
    with processes.streaming([program], env=processes.without_rust()) as process:
        assert process.stdout is not None
        while line := process.stdout.readline(MOST_OUTPUT):
            size += len(line)
            if size > MOST_OUTPUT:
                raise RustError(f"the program printed more than {MOST_OUTPUT:,} characters, and was stopped.")
            shown = _without_machinery(line)
            print(shown, end="")
            printed.append(shown)
    code, output = process.returncode, "".join(printed)
    if panics is None and code != 0:
        raise RustError(f"the program {_ending(code)}.")
    if panics is not None and code != _PANIC:
        raise RustError(f"the program {_ending(code)}, where the cell says that it panics with {panics!r}.")
    if panics is not None and panics not in output:
        raise RustError(f"the program panics, but does not say {panics!r}.")


def _without_machinery(line: str) -> str:
    """A line of a panic without what differs from run to run, or could not be followed in a notebook."""
    if line.startswith("note: run with `RUST_BACKTRACE=1`"):
        return ""
    return re.sub(r"^(thread '.*') \(\d+\) panicked at ", r"\1 panicked at ", line)


def _ending(code: int) -> str:
    if code == 0:
        return "ended well"
    if code == _PANIC:
        return "panicked"
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"


# The magic ----------------------------------------------------------------------------------------

_OPTIONS = MagicArgumentParser(
    "%%rust", description="Compile a cell of Rust, and bring its functions and classes into the notebook."
)
_OPTIONS.add_argument("crates", nargs="*", metavar="CRATE", help="a crate of the workspace's lock to use")
_OPTIONS.add_argument("--debug", action="store_true", help="do not optimise, and check for overflow")
_OPTIONS.add_argument("--fails", metavar="TEXT", help="it must not compile: an error's code, or some words")
_OPTIONS.add_argument("--warns", metavar="TEXT", help="it must compile with a warning that says TEXT")
_OPTIONS.add_argument("--panics", metavar="TEXT", help="its main must panic, and say TEXT")


def rust(line: str, cell: str) -> None:  # noqa: D103 – its docstring is what the options say
    options = _OPTIONS.parse_argstring(line)
    try:
        items = run(
            cell,
            options.crates,
            debug=options.debug,
            fails=_unquoted(options.fails),
            panics=_unquoted(options.panics),
            warns=_unquoted(options.warns),
        )
    except KeyboardInterrupt:
        raise RustInterrupted from None
    InteractiveShell.instance().push(items)


def _unquoted(text: str | None) -> str | None:
    return text[1:-1] if text and len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


rust.__doc__ = _OPTIONS.format_help()


def register(ipython: InteractiveShell) -> None:
    """Teach a notebook the cell magic."""
    Thread(target=rustc_version, daemon=True).start()  # so that the first cell need not wait for the answer
    ipython.magics_manager.register_function(rust, "cell", "rust")
