"""The documents of the repository as pages: Markdown from ``docs/`` to HTML that fits the style sheets and the CSP.

The files are part of the code and trusted; nothing that a reader typed is rendered here.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension
from markdown.treeprocessors import Treeprocessor

PAGES = {
    "method.md": "/method/",
    "figures.md": "/figures/about/",
    "rules.md": "/rules/",
    "api.md": "/api/",
    "comparability.md": "/comparability/",
}
"""Documents that are pages of the site; links to other files of the repository become plain text."""

_OUTSIDE = re.compile(r"^(https?://|mailto:|/|#)")


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the contents: id of the heading and its plain text."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A rendered file: its title (the first heading of level 1), the rest as HTML, its headings of level 2."""

    title: str
    body_html: str
    contents: tuple[Heading, ...]


def read_document(path: Path) -> Document:
    """Render ``path``; FileNotFoundError when it is not there. Rendered once per state of the file."""
    return _rendered(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _rendered(path: Path, _changed_at_ns: int) -> Document:
    return render_document(path.read_text(encoding="utf-8"))


def render_document(text: str) -> Document:
    """Markdown with tables, fenced code and anchored headings; the first ``# heading`` becomes the title."""
    title, body = _split_title(text)
    converter = Markdown(
        extensions=["tables", "fenced_code", "sane_lists", TocExtension(toc_depth="2-3"), _SiteExtension()]
    )
    # Fenced code is put back after the tree, so the keyboard's way into a long line is laid over the text.
    body_html = converter.convert(body).replace("<pre>", '<pre tabindex="0">')
    tokens = converter.toc_tokens  # type: ignore[attr-defined]
    return Document(
        title, body_html, tuple(Heading(token["id"], html.unescape(token["name"])) for token in tokens)
    )


def _split_title(text: str) -> tuple[str, str]:
    match = re.match(r"\s*#\s+(.+?)\s*(?:\n|$)", text)
    if match is None:
        return "", text
    return match.group(1).replace("`", ""), text[match.end() :]


class _SiteTree(Treeprocessor):
    """Lays the site's classes over the tree: tables scroll by themselves, links lead to pages."""

    def run(self, root: Element) -> None:
        self._tables: Counter[str] = Counter()
        self._dress(root, "Table")

    def _dress(self, parent: Element, heading: str) -> None:
        for position, child in enumerate(list(parent)):
            if child.tag in ("h2", "h3"):
                heading = "".join(child.itertext())
            if child.tag == "table":
                parent[position] = _scrolling(child, self._table_name(heading))
            elif child.tag == "a":
                _mend_link(child)
            self._dress(child, heading)

    def _table_name(self, heading: str) -> str:
        """The heading above a table; numbered from the second on, because every region needs its own name."""
        self._tables[heading] += 1
        number = self._tables[heading]
        return heading if number == 1 else f"{heading}, table {number}"


def _scrolling(table: Element, name: str) -> Element:
    """``table`` in a window of its own, so that a wide one never moves the page sideways."""
    table.set("class", "t")
    for cell in table.iter():
        if cell.tag in ("td", "th"):
            # Alignment comes as an inline style, which the content security policy forbids.
            style = cell.attrib.pop("style", "")
            if "right" in style:
                cell.set("class", "n")
        if cell.tag == "th":
            cell.set("scope", "col")
    window = Element("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": name})
    window.append(table)
    window.tail = table.tail
    return window


def _mend_link(link: Element) -> None:
    """Point a link between documents at the page of the site, or make it plain text where there is none."""
    address = link.get("href", "")
    if _OUTSIDE.match(address):
        return
    name, _, anchor = address.partition("#")
    page = PAGES.get(name.rsplit("/", 1)[-1])
    if page:
        link.set("href", f"{page}#{anchor}" if anchor else page)
        return
    link.tag = "span"
    del link.attrib["href"]
    if not len(link) and link.text:
        SubElement(link, "code").text = link.text
        link.text = ""


class _SiteExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        # After everything else, so that tables and headings are there.
        md.treeprocessors.register(_SiteTree(md), "site", 1)
