"""What Word works out and does not write: the numbers of lists and clauses, and which paragraphs are headings.

Numbers are those Word shows (ECMA-376, part 1, 17.9): each list counts on through the document, a level begins anew
under the next higher one, and a paragraph may get its list from its style. Headings are styles of that name, styles
based on them, and what has an outline level.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BULLET = "-"

_HEADING_STYLE = re.compile(r"heading ?([1-9])$", re.IGNORECASE)
_COUNTER = re.compile(r"%([1-9])")
_BODY_TEXT = 9
_MOST_STYLES = 20
"""The longest chain of styles based on each other that is followed."""
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_ONES = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"


@dataclass(frozen=True, slots=True)
class ListLevel:
    """One level of a list: the first number, the kind of numbers, the text with %1 to %9 for numbers, and its style."""

    start: int
    kind: str
    text: str
    style: str
    decimal: bool


@dataclass(slots=True)
class WordList:
    """A list as it is counted: its levels, and the numbers that stand at each level so far."""

    levels: dict[int, ListLevel]
    numbers: dict[int, int] = field(default_factory=dict)

    def next(self, level: int) -> str:
        """Count a paragraph at a level and return what Word writes before it; empty for nothing."""
        at = self.levels.get(level)
        if at is None:
            return ""
        self.numbers[level] = self.numbers.get(level, at.start - 1) + 1
        for deeper in [known for known in self.numbers if known > level]:
            del self.numbers[deeper]
        for higher in range(level):
            if higher in self.levels:
                self.numbers.setdefault(higher, self.levels[higher].start)
        if at.kind == "bullet":
            return BULLET
        return _COUNTER.sub(lambda match: self._number(int(match[1]) - 1, at.decimal), at.text).strip()

    def _number(self, level: int, decimal: bool) -> str:
        if level not in self.levels:
            return ""
        return number_as(
            self.numbers.get(level, self.levels[level].start), "decimal" if decimal else self.levels[level].kind
        )


class WordOutline:
    """Tells for each paragraph, in the order of the document, its number and its level as a heading."""

    def __init__(self, document: WordDocument) -> None:
        self._styles = {style.get(f"{W}styleId"): style for style in document.styles.element.iter(f"{W}style")}
        self._lists: dict[str, WordList] = {}
        self._of_number: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._read_lists(document)

    def label(self, paragraph: Any) -> str:
        """Return what Word writes before a paragraph, and count it: "3.2", "a)", `BULLET`, or nothing."""
        number, level = self._list_of(paragraph)
        if number not in self._of_number:
            return ""
        counted = self._lists[self._of_number[number]]
        for at, start in self._restarts.pop(number, {}).items():
            counted.numbers[at] = start - 1
        return counted.next(level)

    def heading_level(self, paragraph: Any) -> int | None:
        """Return 1 to 9 for a heading, 0 for the title of the document, None for other paragraphs."""
        own = paragraph.find(f"{W}pPr/{W}outlineLvl")
        if own is not None:
            return _outline_level(own)
        for style in self._chain(paragraph):
            name = style.find(f"{W}name")
            words = name.get(f"{W}val") if name is not None else ""
            if found := _HEADING_STYLE.match(words or ""):
                return int(found[1])
            if words == "Title":
                return 0
            outline = style.find(f"{W}pPr/{W}outlineLvl")
            if outline is not None:
                return _outline_level(outline)
        return None

    def _chain(self, paragraph: Any) -> list[Any]:
        """Return the style of a paragraph and those it is based on, nearest first."""
        reference = paragraph.find(f"{W}pPr/{W}pStyle")
        chain: list[Any] = []
        while reference is not None and len(chain) < _MOST_STYLES:
            style = self._styles.get(reference.get(f"{W}val"))
            if style is None:
                break
            chain.append(style)
            reference = style.find(f"{W}basedOn")
        return chain

    def _list_of(self, paragraph: Any) -> tuple[str, int]:
        """Return the list and level that a paragraph says, or that its style does; an empty list for none."""
        own = paragraph.find(f"{W}pPr/{W}numPr")
        number, level = _numbering(own)
        if own is not None and number:
            return number, level or 0
        for style in self._chain(paragraph):
            number, of_style = _numbering(style.find(f"{W}pPr/{W}numPr"))
            if number:
                at = self._level_of_style(number, style.get(f"{W}styleId"))
                return number, next(known for known in (level, at, of_style, 0) if known is not None)
        return "", 0

    def _level_of_style(self, number: str, style: str) -> int | None:
        known = self._lists.get(self._of_number.get(number, ""))
        return next((at for at, level in known.levels.items() if level.style == style), None) if known else None

    def _read_lists(self, document: WordDocument) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml import parse_xml

        for relation in document.part.rels.values():
            if relation.reltype == RELATIONSHIP_TYPE.NUMBERING and not relation.is_external:
                self._read_numbering(parse_xml(relation.target_part.blob))

    def _read_numbering(self, root: Any) -> None:
        linked: dict[str, str] = {}
        links: dict[str, str] = {}
        for abstract in root.iter(f"{W}abstractNum"):
            name = abstract.get(f"{W}abstractNumId")
            self._lists[name] = WordList(dict(_level(level) for level in abstract.iter(f"{W}lvl")))
            for tag, known in (("styleLink", linked), ("numStyleLink", links)):
                if (found := abstract.find(f"{W}{tag}")) is not None:
                    known[name] = found.get(f"{W}val")
        by_style = {style: name for name, style in linked.items()}
        for num in root.iter(f"{W}num"):
            number, reference = num.get(f"{W}numId"), num.find(f"{W}abstractNumId")
            name = reference.get(f"{W}val") if reference is not None else ""
            name = by_style.get(links.get(name, ""), name)
            if name in self._lists:
                self._of_number[number] = name
                self._restarts[number] = dict(_restarts(num))


def number_as(value: int, kind: str) -> str:
    """Write a number in one of Word's kinds; kinds that are not known here give decimal numbers."""
    if kind == "none" or value < 0:
        return ""
    if kind in ("lowerRoman", "upperRoman"):
        written = _roman(value)
    elif kind in ("lowerLetter", "upperLetter"):
        written = _letters(value, _LATIN)
    elif kind in ("russianLower", "russianUpper"):
        written = _letters(value, _RUSSIAN)
    else:
        return f"{value:02d}" if kind == "decimalZero" else str(value)
    return written.upper() if kind.startswith("upper") or kind.endswith("Upper") else written


def _roman(value: int) -> str:
    written = ""
    for worth, sign in (*_ROMAN, *_ROMAN_ONES):
        written += sign * (min(value, 10_000) // worth)
        value %= worth
    return written


def _letters(value: int, alphabet: str) -> str:
    """Return a, b, … z, aa, bb, … as Word counts with letters."""
    if value < 1:
        return ""
    return alphabet[(value - 1) % len(alphabet)] * min(1 + (value - 1) // len(alphabet), 20)


def _outline_level(element: Any) -> int | None:
    level = _whole(element.get(f"{W}val"), _BODY_TEXT)
    return level + 1 if 0 <= level < _BODY_TEXT else None


def _numbering(element: Any) -> tuple[str, int | None]:
    if element is None:
        return "", None
    number, level = element.find(f"{W}numId"), element.find(f"{W}ilvl")
    shown = number.get(f"{W}val") or "" if number is not None else ""
    return shown, _whole(level.get(f"{W}val"), 0) if level is not None else None


def _level(element: Any) -> tuple[int, ListLevel]:
    def value(tag: str, otherwise: str) -> str:
        found = element.find(f"{W}{tag}")
        return found.get(f"{W}val", "1") if found is not None else otherwise

    level = ListLevel(
        _whole(value("start", "0"), 0),
        value("numFmt", "decimal"),
        value("lvlText", ""),
        value("pStyle", ""),
        value("isLgl", "0") not in ("0", "false", "off"),
    )
    return _whole(element.get(f"{W}ilvl"), 0), level


def _restarts(num: Any) -> list[tuple[int, int]]:
    found = []
    for override in num.iter(f"{W}lvlOverride"):
        start = override.find(f"{W}startOverride")
        if start is not None:
            found.append((_whole(override.get(f"{W}ilvl"), 0), _whole(start.get(f"{W}val"), 1)))
    return found


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text) else otherwise
