"""What stands on the book's cover, and on the card that is shown beside its address."""

from __future__ import annotations

from html import escape

from formats import pages

FRONT = """\
<div class="front">
<div><p class="title">{title}</p><p>{promise}</p></div>
<svg viewBox="0 0 320 384" fill="none" stroke="currentColor" role="presentation">
<rect x="2" y="2" width="316" height="110" rx="16" stroke="var(--book-python)"/>
<rect x="2" y="272" width="316" height="110" rx="16" stroke="var(--book-rust)"/>
<path d="M2 192h316" stroke-dasharray="2 12"/>
<path d="M92 132v120m-16-18 16 18 16-18M228 252v-120m-16 18 16-18 16 18"/>
<text x="160" y="69">Python</text>
<text x="160" y="339">Rust</text>
</svg>
{below}</div>"""


def front(below: str = "") -> str:
    """The title, what the book promises, and a call that goes to Rust and back, as HTML."""
    return FRONT.format(title=escape(pages.text("title")), promise=escape(pages.promise()), below=below)
