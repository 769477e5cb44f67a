"""Verdicts as a notebook shows them: HTML in the page's own colours, without scripts or a style sheet."""

from __future__ import annotations

import html
import re

from rich.console import Console
from rich.text import Text

from workbook.verdicts import MARKS, Report, Verdict

_HUES = {"red": "#e5484d", "green": "#2f9e57", "yellow": "#c98a00", "blue": "#3b7ddd", "cyan": "#1d9aa8"}
_FAINT = "color-mix(in srgb, currentColor 25%, transparent)"
_BOX = (
    "overflow-wrap:anywhere;padding:.6em .9em;margin:.2em 0;line-height:1.5;"
    f"border-radius:.4em;border:1px solid {_FAINT}"
)
_GRID = "display:grid;grid-template-columns:max-content minmax(0,1fr);gap:0 .8em;margin:.1em 0 .5em 1.6em"
_FIXED = "margin:0;padding:0;border:0;background:none;color:inherit;font-family:monospace;font-size:.92em;"


def _tint(hue: str) -> str:
    """A colour made of the page's own text colour, so that it is legible in light and in dark."""
    return f"color:color-mix(in srgb, currentColor 45%, {_HUES[hue]})"


def panel(report: Report) -> str:
    """A report as HTML that needs neither scripts nor a style sheet."""
    head = f"<strong>{html.escape(report.headline)}</strong>"
    if not report.problem:
        cells = "".join(
            f"<span style='{_tint('green') if verdict.solved else 'opacity:.3'}'>■</span>"
            for verdict in report.verdicts
        )
        head += f" <span aria-hidden='true' style='letter-spacing:.15em;margin-left:.6em'>{cells}</span>"
    rows = "".join(map(_row, report.verdicts))
    warned = "".join(
        f"<div><span style='{_tint('yellow')}'>warning</span> {_prose(warning)}</div>"
        for warning in report.warnings
    )
    said = (
        f"<pre style='{_FIXED}overflow-x:auto;white-space:pre'>{_coloured(report.said)}</pre>"
        if report.said
        else ""
    )
    advice = _prose(report.advice).replace("\n", "<br>")
    return (
        f"<div class='exercise-report' style='{_BOX}'><div style='margin-bottom:.3em'>{head}</div>"
        f"{rows}{said}{warned}<div style='margin-top:.4em'>{advice}</div></div>"
    )


def _row(verdict: Verdict) -> str:
    """One exercise: its state, and below it what led to that."""
    mark, style = MARKS.get(verdict.state, MARKS["failed"])
    tint = _tint(style) if style in _HUES else "opacity:.75"
    facts = "".join(
        f"<div style='opacity:.75'>{heading}</div>"
        + (
            f"<div>{_prose(text)}</div>"
            if heading == "why"
            else f"<pre style='{_FIXED}white-space:pre-wrap;overflow-wrap:anywhere'>{html.escape(text)}</pre>"
        )
        for heading, text in verdict.details()
    )
    return (
        f"<div><span style='display:inline-block;width:1.6em;{tint}'>{mark}</span>"
        f"<code style='{_FIXED}'>{verdict.exercise.name}</code> "
        f"<span style='opacity:.75'>({verdict.exercise.kind})</span> "
        f"<span style='{tint}'>{html.escape(verdict.state)}</span></div>"
        + (f"<div style='{_GRID}'>{facts}</div>" if facts else "")
    )


def _prose(text: str) -> str:
    """A sentence, with what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", rf"<code style='{_FIXED}'>\1</code>", html.escape(text))


def _coloured(said: str) -> str:
    """rustc's words in its colours."""
    parts = []
    for words, style, _ in Text.from_ansi(said).render(Console(color_system=None)):
        css = "font-weight:600;" if style and style.bold else ""
        number = style.color.number if style and style.color else None
        hue = [None, "red", "green", "yellow", "blue", None, "cyan", None][number % 8] if number else None
        css += _tint(hue) if hue else ""
        parts.append(f"<span style='{css}'>{html.escape(words)}</span>" if css else html.escape(words))
    return "".join(parts)
