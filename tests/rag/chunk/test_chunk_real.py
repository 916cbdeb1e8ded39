from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.records import Document
from rag.chunk.passages import chunk_document, embedding_text
from rag.chunk.settings import ChunkSettings
from rag.errors import UnreadableDocument
from rag.read.document import find_files, read_document
from rag.read.markdown import MARKDOWN_TYPE as MARKDOWN
from rag.read.markdown import front_matter_end

DATA = Path(__file__).parents[3].parent / "shared" / "data"
VISIBLE = re.compile(r"[^\s\ufeff]")

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside the checkout"),
]


def count_words(text: str) -> int:
    return 2 + sum((len(word) + 3) // 4 for word in re.findall(r"\w+|[^\w\s]", text))


def documents(*parts: str, every: int = 1) -> Iterator[Document]:
    for path in find_files([DATA.joinpath(*parts)]).files[::every]:
        try:
            yield read_document(path)
        except UnreadableDocument as error:
            assert path.stat().st_size == 0, (path, error)


@pytest.mark.parametrize(
    ("parts", "every"),
    [
        (("corpus_nist_800_63",), 3),
        (("corpus_fastapi_docs", "head-2026-08-21", "ru"), 4),
        (("corpus_ollama_docs", "head-2026-08-19"), 3),
        (("corpus_html_ares_docs",), 1),
        (("kg_rag_pdfs", "ntsb"), 4),
    ],
)
def test_real_documents_are_cut_exactly_and_completely(parts: tuple[str, ...], every: int) -> None:
    seen = 0
    for document in documents(*parts, every=every):
        seen += 1
        position = front_matter_end(document.text) if document.media_type == MARKDOWN else 0
        for chunk in chunk_document(document, count_words, ChunkSettings(200, min_characters=0)):
            assert document.text[chunk.start : chunk.end] == chunk.text
            assert not VISIBLE.search(document.text, position, chunk.start)
            assert count_words(embedding_text(chunk)) <= 200
            position = chunk.end
        assert not VISIBLE.search(document.text, position)
    assert seen > 3


def test_text_of_real_markdown_is_the_text_of_the_file() -> None:
    for document in documents("corpus_nist_800_63", "rev3"):
        if document.media_type == MARKDOWN:
            assert document.text == Path(document.source).read_text(encoding="utf-8")


def test_a_real_annual_report_keeps_pages_and_table_rows() -> None:
    report = read_document(DATA / "financebench" / "pdfs" / "3M_2022_10K.pdf")
    assert len(report.pages) == 252
    page = report.pages[47]
    assert page.label == "48"
    assert "Net sales $ 34,229 $ 35,355 $ 32,184" in report.text[page.start : page.end]


def test_a_real_report_encrypted_without_password_is_read() -> None:
    assert len(read_document(DATA / "financebench" / "pdfs" / "ADOBE_2022_10K.pdf").pages) == 99
