"""Workbooks, made on the spot."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO

from openpyxl import Workbook

Rows = Sequence[Sequence[object]]


def filled(rows: Rows, merges: Sequence[str] = ()) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for merge in merges:
        book.active.merge_cells(merge)
    return book


def saved(book: Workbook, edit: Callable[[bytes], bytes] | None = None) -> bytes:
    """The file of a workbook; `edit` changes the XML of its sheets."""
    file = BytesIO()
    book.save(file)
    if edit is None:
        return file.getvalue()
    edited = BytesIO()
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(edited, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, edit(content) if name.startswith("xl/worksheets/sheet") else content)
    return edited.getvalue()
