"""What every reader must do: give a document whose spans lie in its text, or one sentence that says why not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.records import Document
from rag.chunk.passages import chunk_document
from rag.chunk.settings import ChunkSettings
from rag.errors import UnreadableDocument
from rag.read.document import parse_document
from rag.read.readers import READERS
from tests.contracts.reader_samples import NESTED, WHOLE

KINDS = [reader.extensions[0] for reader in READERS]
every_reader = pytest.mark.parametrize("kind", KINDS, ids=[kind or "no extension" for kind in KINDS])
GARBAGE = {
    "all bytes": bytes(range(256)) * 20,
    "utf-16": b"\xff\xfe" * 500,
    "zeros": bytes(1000),
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "zip": b"PK\x03\x04" * 9,
}


def read(kind: str, data: bytes) -> Document | str:
    """The document, checked, or the reason there is none, checked, too."""
    try:
        document = parse_document(data, Path(f"fares{kind}"))
    except UnreadableDocument as error:
        reason = str(error)
        assert reason.endswith(".") and "\n" not in reason and "fares" not in reason, reason
        return reason
    check_spans(document)
    return document


def check_spans(document: Document) -> None:
    assert document.text.strip() and document.media_type
    for spans in (document.pages, document.headings):
        assert all(0 <= span.start <= span.end <= len(document.text) and span.label for span in spans)
        assert all(a.end <= b.start for a, b in zip(spans, spans[1:], strict=False))
    for chunk in chunk_document(document, lambda text: len(text.split()) + 2, ChunkSettings(max_tokens=40)):
        assert document.text[chunk.start : chunk.end] == chunk.text


def test_every_reader_has_a_whole_file_and_a_nested_one():
    assert set(WHOLE) == set(NESTED) == set(KINDS)


@every_reader
def test_a_whole_file_is_read_the_same_each_time(kind):
    first, second = (read(kind, WHOLE[kind]()) for _ in range(2))
    assert isinstance(first, Document)
    # A file may tell when it was made; what it says does not depend on it.
    assert first == second


@every_reader
def test_an_empty_file_has_no_text(kind):
    assert isinstance(read(kind, b""), str)


@every_reader
@pytest.mark.parametrize("data", GARBAGE.values(), ids=list(GARBAGE))
def test_garbage_is_read_or_refused_in_one_sentence(kind, data):
    assert read(kind, data)


@every_reader
@settings(max_examples=25, deadline=None)
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_in_one_sentence(kind, data):
    assert read(kind, data)


@every_reader
def test_a_file_cut_anywhere_is_read_or_refused_in_one_sentence(kind):
    whole = WHOLE[kind]()
    for share in range(1, 20):
        assert read(kind, whole[: len(whole) * share // 20] or b"x")


@every_reader
def test_huge_nesting_is_read_or_refused_in_seconds(kind):
    started = time.process_time()
    assert read(kind, NESTED[kind]())
    assert time.process_time() - started < 10
