"""What the compiler says of a reader's file: its first error whole, its warnings in a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workbook import mine
from workbook.layout import Crate
from workbook.printing import plain

DOCTOR = "`workbook doctor` says what is missing; then check again."


class UnusableError(Exception):
    """A library that no case can be run on: why, what the compiler said, and what to do."""

    def __init__(self, problem: str, said: str = "", remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.said = said
        self.remedy = remedy


@dataclass(frozen=True)
class Warned:
    """A remark of the compiler's on the reader's file."""

    line: int
    text: str
    """In one line, with its place."""


def messages(said: str) -> Iterator[str]:
    """Each error and warning of the compiler's, whole and in its colours."""
    colour = r"(?:\x1b\[[0-9;]*m)*"
    begin = rf"^{colour}(?:error|warning)(?:\[|{colour}:)"
    for block in re.split(r"\n\s*\n", said):
        if match := re.search(begin, block, re.MULTILINE):
            yield block[match.start() :].rstrip()


def explained(crate: Crate, said: str) -> UnusableError:
    """What went wrong, with rustc's first error in its colours; else with the end of what was said."""
    for error in map(from_root, messages(said)):
        if not plain(error).startswith("error") or "error: could not compile" in plain(error):
            continue
        place = re.search(r"--> (\S+?):(\d+)", plain(error))
        if place is None:
            return UnusableError("could not be built", error, DOCTOR)
        path, where = place[1], f"{place[1]}:{place[2]}"
        problem = f"does not compile, at {where}"
        if path != mine.shown(crate):
            first = re.split(r"\n(?=(?:\x1b\[[0-9;]*m)*(?:note|help))", error)[0]
            return UnusableError(problem, _trimmed(first), _lacking(crate, path))
        told = essence(error)
        return UnusableError(
            problem, told, "\n".join([*remarks(plain(told)), f"Mend {where}, and check again."])
        )
    return UnusableError("could not be built", "\n".join(said.strip().splitlines()[-12:]), DOCTOR)


def _lacking(crate: Crate, path: str) -> str:
    return (
        f"{path} uses what {mine.shown(crate)} no longer has. Keep `#[pymodule(submodule)]` and "
        f"`pub mod exercises {{ … }}` around your functions, as in {mine.shown(crate, 'exercises.rs')}."
    )


_ELSEWHERE = re.compile(r"^ *(?:-->|:::) (?:~?/|~?\\|[A-Za-z]:\\)", re.MULTILINE)
"""A place outside the workspace: in Rust's own sources, or in a crate that cargo has fetched."""
_NOISE = re.compile(
    r" *= (?:help: the following other types implement|note: this error originates in|note: .*implements `)"
    r"|help: the type constructed contains|note: required by a bound in"
)


def essence(error: str) -> str:
    """An error without the notes that lead into other people's code, or nowhere."""
    parts = _parts(error)
    kept = [part for part in parts if not (_NOISE.match(plain(part)) or _ELSEWHERE.search(plain(part)))]
    return "\n".join(map(_trimmed, dict.fromkeys([parts[0], *kept])))


def _parts(error: str) -> list[str]:
    """The error itself, and each of its notes."""
    return re.split(r"\n(?=(?:\x1b\[[0-9;]*m| )*(?:note: |help: |= ))", _plain_heads(error))


def close_by(said: str) -> str:
    """What the compiler said, without what it shows of other people's code."""
    return "\n\n".join(
        _close_by(block) if _ELSEWHERE.search(plain(block)) else block for block in said.split("\n\n")
    )


def _close_by(error: str) -> str:
    error, *notes = _parts(error)
    lines = error.split("\n")
    far = next((number for number, line in enumerate(lines) if _ELSEWHERE.match(plain(line))), len(lines))
    if far < len(lines):
        del notes[:1]  # it says what stands there
    kept = [note for note in notes if not _ELSEWHERE.search(plain(note))]
    return "\n".join(map(_trimmed, ["\n".join(lines[:far]), *kept]))


def _trimmed(part: str) -> str:
    """A drawing without the empty rows at its end."""
    lines = part.split("\n")
    while len(lines) > 1 and plain(lines[-1]).strip() in ("", "|"):
        del lines[-1]
    return "\n".join(lines)


def _plain_heads(error: str) -> str:
    """Each note's heading as one piece: rustc closes the colour before the colon."""
    return re.sub(r"(note|help)((?:\x1b\[[0-9;]*m)+): ", r"\1: \2", error)


def warnings(crate: Crate, said: str) -> list[Warned]:
    """The warnings on the reader's file."""
    found = []
    for text in map(plain, messages(from_root(said))):
        place = re.search(r"--> (\S+?):(\d+):\d+", text)
        if text.startswith("warning: ") and place and place[1] == mine.shown(crate):
            what = text.splitlines()[0].removeprefix("warning: ")
            found.append(Warned(int(place[2]), f"{place[1]}:{place[2]}: {what}"))
    return found


_COLOUR = r"(?:\x1b\[[0-9;]*m)*"
_PATH = re.compile(
    rf"^((?:{_COLOUR}\s*{_COLOUR}(?:-->|:::){_COLOUR} {_COLOUR})?)(\w+)[/\\]src[/\\](?=[\w./\\]+:\d)",
    re.MULTILINE,
)


def from_root(text: str) -> str:
    """Paths of the workspace as readers see them, from the repository's root."""
    return _PATH.sub(_rooted, text)


def _rooted(match: re.Match[str]) -> str:
    return f"{match[1]}rust_examples/{match[2]}/src/"


_EXCEPTION = '`Err(PyValueError::new_err("…"))`, or with another type from `pyo3::exceptions`'
_REMARKS = {
    r"expected `[iu](?:\d+|size)`, found (?:`f\d+`|floating)": (
        "Rust never mixes whole numbers with numbers that have a point: "
        "keep to one kind, or convert with `as`."
    ),
    r"expected `(?!Result|Option)[^`]*`, found `Option<": (
        "An `Option` may be empty. Say what happens then, with `match`, `unwrap_or(…)` or `ok_or_else(…)?`."
    ),
    r"expected `PyErr`, found|`From<(?:String|&str)>` is not implemented for `PyErr`": (
        f"What Python is to raise is written {_EXCEPTION}."
    ),
    r"`\?` couldn't convert the error to `PyErr`": (
        "`?` raises the error in Python, and nothing says as what. "
        "Say so before it: `.map_err(|error| PyValueError::new_err(…))?`."
    ),
    r"cannot find .*`(Py\w+Error)`": (
        r"It takes `use pyo3::exceptions::\1;` at the top of the module; "
        r'`\1::new_err("…")` then makes one.'
    ),
    r"\| .*\braise ": f"Rust has no `raise`: return {_EXCEPTION}.",
    r"\| .*\belif ": "Rust writes `else if`.",
    r"prefix `f` is unknown": (
        'Rust needs no `f`: `format!("{name}")` and `println!` fill in names by themselves.'
    ),
    r"\| .*\w \*\* \w": "Rust has no `**`: call `.pow(…)`.",
    r"expected `\{`, found `:`": (
        "Where Python has a colon and an indent, Rust has braces: `if a > b { … }`."
    ),
    r"`if` expression is missing a block": ("Rust puts the condition first: `if a > b { a } else { b }`."),
    r"cannot be indexed by `[iu]\d+`": (
        "Positions are of type `usize`: convert with `usize::try_from`, "
        "or with `as usize` where the number is surely not negative."
    ),
    r"error\[E0(?:515|597)\]": (
        "A reference must not outlive what it points to. "
        "Keep or return the value itself: a `String` for a `&str`, a `Vec` for a slice."
    ),
    r"error\[E0(?:499|502|506)\]": (
        "While one borrow is in use, nothing else may change the value: "
        "finish with the first one before, or let it borrow a copy (`clone`)."
    ),
}
"""What a beginner from Python needs to be told, by words of an error whose own help stops short."""


def remarks(error: str) -> list[str]:
    """A sentence on an error, where we know one that rustc does not say."""
    for pattern, sentence in _REMARKS.items():
        if match := re.search(pattern, error):
            return [match.expand(sentence) if match.groups() else sentence]
    return []
