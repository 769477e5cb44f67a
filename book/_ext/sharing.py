"""What is seen of a page before it is opened, by search engines and by whoever is sent its address.

Each page says in its head what it is about, in the words of its first paragraph, and where it is published;
the map of the site lists them all.
"""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx

CARD = "_static/social_card.png"
"""A picture with the book's title, made by `make pictures`."""

LENGTH = 200
"""How many letters of a description are shown at most, wherever it is."""

FRONT = """\
<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="refresh" content="0; url={start}" />
    <title>{title}</title>
    <link rel="canonical" href="{address}" />
{tags}
  </head>
  <body>
    <a href="{start}">{title}</a>
  </body>
</html>
"""


def description(doctree: nodes.document) -> str:
    """The first paragraph that is the page's own, without its citations, or as much as there is room for."""
    paragraphs = (node for section in doctree.findall(nodes.section) for node in section.children)
    own = (node.deepcopy() for node in paragraphs if isinstance(node, nodes.paragraph))
    first = next(own, nodes.paragraph())  # a page may have none
    for inline in list(first.findall(nodes.inline)):
        if "bibtex-citation" in inline["classes"]:
            inline.parent.remove(inline)
    words = re.sub(r"\s+(?=[.,;:?!]( |$))", "", " ".join(first.astext().split()))
    words = re.sub(":$", " …", words)
    if len(words) <= LENGTH:
        return words
    sentences = re.match(rf".{{60,{LENGTH - 1}}}[.?!](?= )", words)
    return sentences[0] if sentences else words[: LENGTH - 2].rpartition(" ")[0].rstrip(",;:") + " …"


def tags(app: Sphinx, title: str, about: str, address: str) -> str:
    """The lines in a page's head. What has no `twitter:` line of its own is taken from the `og:` line."""
    lines = {
        'name="description"': about,
        'property="og:type"': "website",
        'property="og:site_name"': app.config.html_title,
        'property="og:title"': title,
        'property="og:description"': about,
        'property="og:url"': address,
        'property="og:image"': urljoin(app.config.html_baseurl, CARD),
        'property="og:image:width"': "1200",
        'property="og:image:height"': "630",
        'property="og:image:alt"': f"{app.config.html_title}: a call goes to Rust and back",
        'name="twitter:card"': "summary_large_image",
    }
    return "\n".join(f'    <meta {name} content="{escape(text)}" />' for name, text in lines.items())


def add_tags(app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    if app.builder.name == "html":
        title = unescape(re.sub(r"<[^>]*>", "", context.get("title", ""))) or app.config.html_title
        page = doctree or app.env.get_doctree(app.config.root_doc)
        lines = tags(app, title, description(page), context["pageurl"])
        context["metatags"] = f"{context.get('metatags', '')}\n{lines}"


def add_front_and_map(app: Sphinx, exception: Exception | None) -> None:
    """The address without a page leads to the first one, and says what that says; a map lists all."""
    if exception is not None or app.builder.name != "html":
        return
    folder, start, base = Path(app.outdir), app.config.root_doc, app.config.html_baseurl
    title, about = app.config.html_title, description(app.env.get_doctree(start))
    front = FRONT.format(
        start=app.builder.get_target_uri(start),
        title=escape(title),
        address=escape(base),
        tags=tags(app, title, about, base),
    )
    (folder / "index.html").write_text(front, "utf-8")
    places = "".join(
        f"  <url><loc>{escape(urljoin(base, app.builder.get_target_uri(name)))}</loc></url>\n"
        for name in sorted(app.env.found_docs)
    )
    (folder / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n',
        "utf-8",
    )


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", add_front_and_map, priority=400)  # before links are followed
    return {"version": "1.0.0", "parallel_read_safe": True, "parallel_write_safe": True}
