"""Texts are stored composed, and spans point to the same words as before."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from data.records import Span
from rag.read.document import read_document
from rag.read.extracted import Extract, composed_extract


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@given(st.lists(st.text("aé́ñй\u0301\n", min_size=1, max_size=6).map(lambda text: f"x{text}"), min_size=1, max_size=6))
def test_each_span_holds_its_words_composed(parts: list[str]) -> None:
    text, spans = "", []
    for part in map(decomposed, parts):
        spans.append(Span(len(text), len(text) + len(part), part))
        text += part
    found = composed_extract(Extract(text, pages=tuple(spans)))
    assert found.text == unicodedata.normalize("NFC", text)
    assert [found.text[span.start : span.end] for span in found.pages] == [span.label for span in found.pages]


def test_a_decomposed_file_is_read_composed_with_its_headings(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(decomposed("# Café\n\nDie Crème brûlée.\n\n## Bücher\n\nFünf.\n"))
    document = read_document(file)
    assert unicodedata.is_normalized("NFC", document.text)
    under = document.headings[-1]
    assert (under.label, document.text[under.start : under.end]) == ("Café > Bücher", "## Bücher\n\nFünf.\n")


def test_soft_hyphens_of_pages_of_the_web_are_not_stored(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("<h1>Chap&shy;ter</h1><p>The light&shy;house.<table><tr><td>a&shy;b<td>c</table>")
    document = read_document(file)
    assert "\u00ad" not in document.text and document.headings[0].label == "Chapter"
