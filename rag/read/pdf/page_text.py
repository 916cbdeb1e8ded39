"""The text of one page as pdfium gives it, with the line ends it has, and nothing that stands outside the page."""

from __future__ import annotations

import re
from ctypes import byref, c_double
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.read.pdf.hyphens import MARK

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

_INVISIBLE = 3
_MOST_OBJECTS = 5000
"""Looking at each object of a page costs microseconds; pages drawn letter by letter are not looked at."""
_ONE_LETTER = re.compile(r"^\S\s*$", re.MULTILINE)
_MANY_APART = 8
_MARK_IN_RANGE = "\ufffe"
_SAMPLE = 64
_UNMAPPED = 0.5


@dataclass(frozen=True, slots=True)
class CharBox:
    """Where a letter stands on its page, in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> tuple[float, float]:
        """The centre."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


class PageLetters:
    """The letters of a page: their text, and the box of each."""

    def __init__(self, text_page: PdfTextPage) -> None:
        from pypdfium2 import raw

        self._page = text_page
        self._ask = raw.FPDFText_GetCharBox
        self._sides = [c_double() for _ in range(4)]
        self._places = [byref(side) for side in self._sides]
        self.text = str(text_page.get_text_range()).replace(_MARK_IN_RANGE, MARK)
        """All text of the page, also what stands outside of it."""

    @property
    def placed(self) -> bool:
        """Whether letter n of the text is letter n of the page, so that boxes can be asked for."""
        return bool(len(self.text) == self._page.count_chars())

    def box(self, place: int) -> CharBox:
        """Return the box of a letter."""
        self._ask(self._page.raw, place, *self._places)
        left, right, bottom, top = self._sides
        return CharBox(left.value, bottom.value, right.value, top.value)

    def height(self, place: int) -> float:
        """Return the height of the line that a letter stands in."""
        from pypdfium2 import raw

        found = raw.FS_RECTF()
        raw.FPDFText_GetLooseCharBox(self._page.raw, place, byref(found))
        return float(found.top - found.bottom)


@dataclass(frozen=True, slots=True)
class VisibleText:
    """The text within the borders of a page, with its letters where each of them has its place on the page."""

    text: str
    letters: PageLetters | None


def visible_text(text_page: PdfTextPage) -> VisibleText:
    """Return the text within the borders of a page.

    pdfium loses line ends on pages whose lines run sideways when it is asked for the text within borders, and letters
    beyond the basic plane when it is asked for all.
    """
    bounded = str(text_page.get_text_bounded())
    letters = PageLetters(text_page)
    if max(bounded, default="") > "\uffff" or not letters.placed:
        return VisibleText(bounded, None)
    if _letters_apart(letters.text) > _letters_apart(bounded) + _MANY_APART:
        return VisibleText(bounded, None)
    if "".join(bounded.split()) == "".join(letters.text.split()):
        return VisibleText(letters.text, letters)
    lost = bounded.count("\n") < letters.text.count("\n")
    return VisibleText(_within(text_page, letters) if lost else bounded, None)


def _letters_apart(text: str) -> int:
    """Count lines of one letter: where each letter was set by itself, pdfium takes each for a line."""
    return len(_ONE_LETTER.findall(text))


def _within(text_page: PdfTextPage, letters: PageLetters) -> str:
    """Return all text without the letters whose middle lies outside the page."""
    left, bottom, right, top = text_page.page.get_bbox()
    kept = []
    for place, letter in enumerate(letters.text):
        across, up = letters.box(place).middle
        if letter.isspace() or left <= across <= right and bottom <= up <= top:
            kept.append(letter)
    return re.sub(r"\s*\n\s*", "\n", "".join(kept)).strip()


def has_unmapped_font(text_page: PdfTextPage) -> bool:
    """Tell whether most letters of a page come from fonts that do not say which letter a shape is."""
    from pypdfium2 import raw

    count = text_page.count_chars()
    sample = range(0, count, max(1, count // _SAMPLE))
    unmapped = sum(raw.FPDFText_HasUnicodeMapError(text_page.raw, place) == 1 for place in sample)
    return bool(unmapped > _UNMAPPED * len(sample))


def drop_invisible(page: PdfPage) -> None:
    """Take invisible text out of a page without pictures; only this opened copy is changed."""
    from pypdfium2 import raw

    count = raw.FPDFPage_CountObjects(page.raw)
    if count > _MOST_OBJECTS:
        return
    kinds = [(item := raw.FPDFPage_GetObject(page.raw, place), raw.FPDFPageObj_GetType(item)) for place in range(count)]
    if any(kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM) for _, kind in kinds):
        return
    for item, kind in kinds:
        if kind == raw.FPDF_PAGEOBJ_TEXT and raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
            raw.FPDFPage_RemoveObject(page.raw, item)
            raw.FPDFPageObj_Destroy(item)


def shows_anything(page: PdfPage) -> bool:
    """Tell whether anything is drawn on a page."""
    from pypdfium2 import raw

    return int(raw.FPDFPage_CountObjects(page.raw)) > 0


def picture_share(page: PdfPage) -> float:
    """Return the share of a page that its largest picture covers."""
    from ctypes import c_float

    from pypdfium2 import raw

    width, height = page.get_size()
    largest = 0.0
    for place in range(min(raw.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        item = raw.FPDFPage_GetObject(page.raw, place)
        if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = (c_float() for _ in range(4))
            raw.FPDFPageObj_GetBounds(item, byref(left), byref(bottom), byref(right), byref(top))
            largest = max(largest, (right.value - left.value) * (top.value - bottom.value))
    return float(largest / max(1.0, width * height))
