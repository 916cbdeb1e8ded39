"""What was filled into a form or noted on a page, which is seen like its text and lies beside it in the file.

A value is written behind the words it belongs to: those left of the field on its line, or right of a box to tick, or
above it. A value without such words comes at the end of the page under the name of its field, as do notes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.read.pdf.page_text import CharBox, PageLetters

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_HIDDEN = 0x02 | 0x20
"""Flags of what nobody sees on a screen."""
_PASSWORD = 1 << 13
_MOST = 2000
"""The most fields and notes of a page that are looked at."""
_LONGEST = 20_000
_BESIDE = 40.0
_ABOVE = 14.0
_SPECIMEN = frozenset({"on", "off"})


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value, the name of its field, where it stands, and whether it is the mark of a box to tick."""

    value: str
    name: str
    box: CharBox
    ticked: bool


def filled_in(page: PdfPage, text: str, letters: PageLetters | None) -> str:
    """Return the text of a page with the values of its fields, and its notes.

    `letters` are those of `text`, where each has its place; without them values come at the end.
    """
    values, notes = _read(page)
    placed: dict[int, list[str]] = {}
    rest: list[str] = []
    boxes = [letters.box(place) for place in range(len(text))] if letters is not None and values else []
    for item in sorted(values, key=lambda item: (-item.box.top, item.box.left)):
        place = _place(item, text, boxes)
        if place is None:
            rest.append(f"- {item.name}: {item.value}" if item.name else f"- {item.value}")
        elif place >= 0:
            placed.setdefault(place, []).append(f" {item.value}")
        else:
            placed.setdefault(~place, []).append(f"{item.value} ")
    for place in sorted(placed, reverse=True):
        text = text[:place] + "".join(placed[place]) + text[place:]
    rest += [f"- {note}" for note in notes]
    return "\n".join([text.rstrip(), "", *rest]) if rest else text


def _read(page: PdfPage) -> tuple[list[FieldValue], list[str]]:
    from pypdfium2 import raw

    values: list[FieldValue] = []
    notes: list[str] = []
    for place in range(min(raw.FPDFPage_GetAnnotCount(page.raw), _MOST)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, place)
        if not annotation:
            continue
        try:
            if raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
                continue
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            if kind == raw.FPDF_ANNOT_WIDGET:
                values.extend(_field(page, annotation))
            elif kind not in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP):
                notes.extend(_note(annotation))
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return values, list(dict.fromkeys(notes))


def _note(annotation: Any) -> Iterator[str]:
    words = " ".join(_string(annotation, "Contents").split())
    if words:
        yield words


def _field(page: PdfPage, annotation: Any) -> Iterator[FieldValue]:
    from pypdfium2 import raw

    form = page.formenv.raw if page.formenv is not None else None
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation) if form is not None else -1
    ticked = kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON)
    if ticked:
        value = _tick(form, annotation)
    elif kind in (raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
        value = ", ".join(_chosen(form, annotation)) or _string(annotation, "V")
    elif kind == raw.FPDF_FORMFIELD_TEXTFIELD:
        secret = raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD
        value = "" if secret else _of_form(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
    else:
        return
    value = " ".join(value.split())[:_LONGEST]
    name = _of_form(raw.FPDFAnnot_GetFormFieldAlternateName, form, annotation)
    name = name or _of_form(raw.FPDFAnnot_GetFormFieldName, form, annotation)
    found = raw.FS_RECTF()
    if value and raw.FPDFAnnot_GetRect(annotation, ctypes.byref(found)):
        box = CharBox(found.left, min(found.bottom, found.top), found.right, max(found.bottom, found.top))
        yield FieldValue(value, " ".join(name.split()), box, ticked)


def _tick(form: Any, annotation: Any) -> str:
    """Return what a box to tick says: its own word ("Yes") where it has one."""
    from pypdfium2 import raw

    if not raw.FPDFAnnot_IsChecked(form, annotation):
        return "[ ]"
    word = _string(annotation, "AS")
    return word if word.isalpha() and len(word) > 1 and word.casefold() not in _SPECIMEN else "[x]"


def _chosen(form: Any, annotation: Any) -> Iterator[str]:
    from pypdfium2 import raw

    for option in range(min(raw.FPDFAnnot_GetOptionCount(form, annotation), _MOST)):
        if raw.FPDFAnnot_IsOptionSelected(form, annotation, option):
            yield _of_form(raw.FPDFAnnot_GetOptionLabel, form, annotation, option)


def _place(item: FieldValue, text: str, boxes: list[CharBox]) -> int | None:
    """Return where in the text a value belongs, inverted (~) where it comes before the words, or None."""
    on_line = [place for place, box in enumerate(boxes) if not text[place].isspace() and _beside(item.box, box)]
    left = [place for place in on_line if boxes[place].right <= item.box.left + 2]
    right = [place for place in on_line if item.box.right - 2 <= boxes[place].left < item.box.right + _BESIDE]
    if item.ticked and right and not (left and text[max(left, key=lambda place: boxes[place].right)] == ":"):
        return ~min(right, key=lambda place: boxes[place].left)
    if left:
        return max(left, key=lambda place: boxes[place].right) + 1
    above = [place for place, box in enumerate(boxes) if not text[place].isspace() and _over(item.box, box)]
    if not above:
        return None
    end = text.find("\n", max(above))
    return len(text[: end if end >= 0 else len(text)].rstrip())


def _beside(field: CharBox, letter: CharBox) -> bool:
    return field.bottom - 2 <= letter.middle[1] <= field.top + 2


def _over(field: CharBox, letter: CharBox) -> bool:
    return field.top - 2 <= letter.bottom <= field.top + _ABOVE and field.left - 4 <= letter.left <= field.right


def _string(annotation: Any, key: str) -> str:
    from pypdfium2 import raw

    return _wide(lambda buffer, size: raw.FPDFAnnot_GetStringValue(annotation, key.encode(), buffer, size))


def _of_form(ask: Any, form: Any, annotation: Any, *more: int) -> str:
    return _wide(lambda buffer, size: ask(form, annotation, *more, buffer, size))


def _wide(ask: Any) -> str:
    """Return a string of pdfium, which is asked for its length in bytes first."""
    from pypdfium2 import raw

    size = ask(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
