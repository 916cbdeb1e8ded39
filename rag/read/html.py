"""HTML: what a visitor sees, without menus, scripts and hidden parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.read.extracted import Extract, TextBuilder
from rag.read.table import SpanCell, SpanRow, filled_rows, write_table
from rag.read.text import refuse_binary

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

MEDIA_TYPE = "text/html"

_UNSEEN = ["script", "style", "noscript", "template", "svg", "head", "nav", "iframe", "object", "button", "select"]
_UNSEEN_BY_ATTRIBUTE = (
    "[hidden], [aria-hidden=true], [role=navigation], [role=search],"
    " a.headerlink, a.skip-link, .sr-only, .visually-hidden"
)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0*(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|(?:text-indent|left|top|right)\s*:\s*-\d{3,}(?:\.\d+)?(?:px|em|rem)|(?:max-)?height\s*:\s*0(?:px)?\s*;.*overflow\s*:\s*hidden",
    re.IGNORECASE | re.DOTALL,
)
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_WHITES = frozenset(["white", "#fff", "#ffffff", "rgb(255,255,255)", "#fefefe", "rgba(255,255,255,1)"])
_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|meter|output|q|ruby|s|samp|small"
    "|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_LINES_OF_PARAGRAPH = frozenset(["br", "caption", "dd", "dt", "figcaption", "li", "td", "th", "tr"])
"""Blocks without an empty line around them."""
_HEADING = re.compile(r"h([1-6])$")
_LONGEST_SPAN = 5
_TO_THE_END = 65_534


def read_html(data: bytes) -> Extract:
    """Extract the visible text: one line per block and per table row, headings noted.

    Only `<main>` (or a single `<article>`) is read where the page has one. The encoding is the one the page declares.
    The title of the page is the uppermost heading of a page without `<h1>`.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(_markup(data), "lxml")
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    builder = TextBuilder()
    root = _visible_root(soup)
    if title and not root.find("h1"):
        builder.mark(title, 0)
    _Walker(builder).block(root)
    return builder.build(MEDIA_TYPE)


def _markup(data: bytes) -> str | bytes:
    """Return UTF-8 decoded; anything else stays bytes, whose encoding BeautifulSoup finds in marks and declarations."""
    refuse_binary(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data


def _visible_root(soup: BeautifulSoup) -> Tag:
    plain = soup.find(["style", "link"]) is None
    for element in soup.find_all(_UNSEEN):
        element.decompose()
    for element in soup.select(_UNSEEN_BY_ATTRIBUTE):
        element.decompose()
    for element in soup.find_all(style=_HIDDEN_STYLE):
        element.decompose()
    for element in soup.find_all(style=_COLOUR):
        if not element.decomposed and _unreadable(element, plain):
            element.decompose()
    main = soup.select_one("main, [role=main]")
    articles = soup.find_all("article")
    root = main or (articles[0] if len(articles) == 1 else None)
    if root is not None and root.get_text(strip=True):
        return root
    for element in soup.find_all("footer"):
        element.decompose()
    return soup.body or soup


def _unreadable(element: Tag, plain: bool) -> bool:
    """Tell whether text has the colour of its background: the one it names itself, or white on a `plain` page.

    Where a style sheet may colour the background nobody can tell from the element, and the text is kept.
    """
    colour = _colour_in(element, _COLOUR)
    own = _colour_in(element, _BACKGROUND)
    if own:
        return colour == own or {colour, own} <= _WHITES
    coloured = any(_colour_in(parent, _BACKGROUND) or parent.get("bgcolor") for parent in element.parents)
    return plain and not coloured and colour in _WHITES


def _colour_in(element: Tag, pattern: re.Pattern[str]) -> str:
    found = pattern.search(str(element.get("style") or ""))
    return "".join(found.group(1).lower().split()) if found else ""


class _Walker:
    """Walks the tree of a page and writes one line for each run of inline text between blocks."""

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder
        self._inline: list[str] = []
        self._prefix = ""

    def block(self, element: Tag) -> None:
        """Write `element` and end its last line."""
        for child in element.children:
            self._node(child)
        self._flush()

    def _node(self, node: object) -> None:
        from bs4.element import NavigableString, PreformattedString, Tag

        if isinstance(node, Tag):
            self._element(node)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            self._inline.append(str(node))

    def _element(self, element: Tag) -> None:
        heading = _HEADING.match(element.name)
        if heading:
            self._flush()
            self._builder.heading(element.get_text(), int(heading[1]))
        elif element.name == "pre":
            self._flush()
            self._preformatted(element.get_text())
        elif element.name == "table" and _is_data_table(element):
            self._flush()
            caption = element.find("caption")
            words = " ".join(caption.get_text(" ").split()) if caption else ""
            write_table(self._builder, filled_rows(map(_row, element.find_all("tr"))), words)
        elif element.name == "img":
            self._inline.append(f" {element.get('alt') or ''} ")
        elif _INLINE.fullmatch(element.name):
            for child in element.children:
                self._node(child)
        else:
            self._block_child(element)

    def _block_child(self, element: Tag) -> None:
        self._flush()
        paragraph = element.name not in _LINES_OF_PARAGRAPH
        if paragraph and not self._prefix:
            self._builder.line("")
        if element.name == "li":
            self._prefix = "- "
        self.block(element)
        if element.name == "li":
            self._prefix = ""
        if paragraph:
            self._builder.line("")

    def _flush(self) -> None:
        line = " ".join("".join(self._inline).split())
        self._inline.clear()
        if line:
            self._builder.line(self._prefix + line)
            self._prefix = ""

    def _preformatted(self, text: str) -> None:
        """Write code between fences, so that it is known for code later."""
        self._builder.line("")
        self._builder.line("\n".join(["```", text.strip("\n").expandtabs(4), "```"]))
        self._builder.line("")


def _is_data_table(table: Tag) -> bool:
    """Tell a table of data from one that only lays out the page: rows of several short cells, none holding blocks."""
    if table.find(["table", "h1", "h2", "h3", "pre"]) or table.get("role") == "presentation":
        return False
    return any(len(row.find_all(["td", "th"])) > 1 for row in table.find_all("tr"))


def _row(row: Tag) -> SpanRow:
    cells = row.find_all(["td", "th"])
    heads = [cell.name == "th" for cell in cells]
    named = bool(cells) and (all(heads) or row.find_parent("thead") is not None)
    spans = [SpanCell(cell.get_text(" "), _span(cell, "colspan"), _span(cell, "rowspan")) for cell in cells]
    bold = bool(cells) and all(_is_bold(cell) for cell in cells)
    return SpanRow(spans, head=named, bold=bold, label=bool(cells) and heads[0] and not named)


def _is_bold(cell: Tag) -> bool:
    strong = cell.find(["b", "strong"])
    return strong is not None and strong.get_text(strip=True) == cell.get_text(strip=True)


def _span(cell: Tag, name: str) -> int:
    """Return how many columns or rows a cell spans; a row span of 0 goes to the end of the table."""
    value = str(cell.get(name) or "1").strip()
    if not value.isdecimal() or len(value) > _LONGEST_SPAN:
        return 1
    return int(value) or (_TO_THE_END if name == "rowspan" else 1)
