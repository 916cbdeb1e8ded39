"""PDF files written object by object: what is drawn where, fields of a form, notes, pictures."""

from __future__ import annotations

from collections.abc import Sequence

PICTURE = "q 595 0 0 842 0 0 cm /Im1 Do Q"
"""A picture that fills the page."""


def drawn(*pieces: tuple[float, float, str], size: int = 10, matrix: str = "1 0 0 1") -> str:
    """Draw each text at a place of its own."""
    return "\n".join(
        f"BT /F1 {size} Tf {matrix} {x} {y} Tm ({text.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj ET"
        for x, y, text in pieces
    )


def field(kind: str, name: str, value: str, box: str, more: str = "") -> str:
    return f"<</Type/Annot/Subtype/Widget/FT/{kind}/T({name})/V{value}/Rect[{box}]/F 4 {more}>>"


def note(kind: str, words: str, more: str = "") -> str:
    return f"<</Type/Annot/Subtype/{kind}/Contents({words})/Rect[60 100 300 140] {more}>>"


def made_pdf(*pages: str, annotations: Sequence[str] = (), rotate: int = 0, font_encoding: str = "") -> bytes:
    """Return a file with these pages; the annotations stand on the first."""
    objects = ["", "", f"<</Type/Font/Subtype/Type1/BaseFont/Helvetica {font_encoding}>>"]
    objects.append(
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>\n"
        "stream\n0\nendstream"
    )
    kids, fields = [], []
    for number, content in enumerate(pages):
        objects.append(f"<</Length {len(content)}>>\nstream\n{content}\nendstream")
        own = []
        for annotation in annotations if number == 0 else ():
            objects.append(annotation)
            own.append(f"{len(objects)} 0 R")
            fields += own[-1:] if "/Widget" in annotation else []
        stream = len(objects) - len(own)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate {rotate}/Contents {stream} 0 R"
            f"/Annots[{' '.join(own)}]/Resources<</Font<</F1 3 0 R>>/XObject<</Im1 4 0 R>>>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    form = f"/AcroForm<</Fields[{' '.join(fields)}]/DA(/F1 0 Tf)/DR<</Font<</F1 3 0 R>>>>>>" if fields else ""
    objects[0] = f"<</Type/Catalog/Pages 2 0 R {form}>>"
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    return _written(objects)


def _written(objects: Sequence[str]) -> bytes:
    body = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return body + f"{head}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF".encode()
