"""What commands print, as pages and notebooks show it: their colours, and none of the machine's paths."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbook.layout import ROOT

Names = Sequence[tuple[re.Pattern[str], str]]

_ESCAPE = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[(?P<numbers>[0-9;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]"
)


def page_colours(text: str) -> str:
    """The eight colours that pages render: bright ones become bold, links and cursor movements go."""
    return _ESCAPE.sub(lambda escape: "" if escape["numbers"] is None else _eight(escape["numbers"]), text)


def _eight(numbers: str) -> str:
    # Of 256 colours the first eight are the plain ones and the next eight the bright ones.
    named = re.sub(r"38;5;([0-7])(?=;|$)", r"3\1", numbers)
    named = re.sub(r"38;5;(8|9|1[0-5])(?=;|$)", lambda colour: f"1;{22 + int(colour[1])}", named)
    return "\x1b[" + re.sub(r"(^|;)9([0-7])(?=;|$)", r"\g<1>1;3\2", named) + "m"


def plain(text: str) -> str:
    """The text without colours."""
    return _ESCAPE.sub("", text)


def path_names(folders: Mapping[Path, str], environment: Mapping[str, str]) -> Names:
    """What paths are called on a page; the longest come first. `folders` are called as the caller says."""
    home = Path.home()
    called = {home: "~", home.resolve(): "~", **folders, ROOT: "$BOOK"}
    for variable, name in (("CARGO_HOME", "~/.cargo"), ("RUSTUP_HOME", "~/.rustup")):
        if variable in environment:
            called[Path(environment[variable])] = name
    spellings = {str(path): name for path, name in called.items() if path != Path(path.anchor)}
    spellings |= {path.replace("\\", "/"): name for path, name in spellings.items()}
    return [
        (re.compile(rf"(?:(?<![\w.-])|(?<=\dm)){re.escape(path)}(?![\w-])"), name)  # \dm ends a colour code
        for path, name in sorted(spellings.items(), key=lambda pair: len(pair[0]), reverse=True)
    ]


def without_paths(text: str, names: Names) -> str:
    """The text with the machine's paths as `path_names` calls them."""
    for path, name in names:
        text = path.sub(name, text)
    return text
