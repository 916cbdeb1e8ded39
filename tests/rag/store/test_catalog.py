import threading

import numpy as np
import pytest

from data.records import Chunk, Document, Span
from rag.errors import NoIndexError
from rag.ingest.publish import publish
from rag.protocols import Entry, PreparedDocument
from rag.store.catalog import Catalog
from rag.store.draft import begin_draft, discard_draft
from tests.fakes import HashEmbedder


def prepared(source, text):
    document = Document(source, text, (Span(0, len(text), "1"),), (Span(0, len(text), "A > B"),), "text/plain")
    return PreparedDocument(
        f"/{source}",
        f"hash of {text}",
        document,
        (Entry(f"key of {text}", "en", Chunk(source, 0, len(text), text, 1, "A > B")),),
    )


def fill(draft, *documents):
    embedder = HashEmbedder()
    keys = {entry.key: entry.chunk.text for item in documents for entry in item.entries}
    draft.store(documents, dict(zip(keys, embedder.embed(list(keys.values())), strict=True)))


def begin(catalog, chunking="{}"):
    return begin_draft(catalog, HashEmbedder(), chunking, "2026-01-01T00:00:00+00:00")


def release(catalog, tmp_path, draft):
    return publish(catalog, tmp_path, HashEmbedder(), draft, "2026-01-01T00:00:00+00:00")


@pytest.fixture
def catalog(tmp_path):
    return Catalog.create(tmp_path)


def sources(catalog):
    return [source for source, _, _ in catalog.sources(catalog.current())]


def test_a_folder_without_catalogue_is_told(tmp_path):
    with pytest.raises(NoIndexError):
        Catalog(tmp_path)


def test_a_draft_is_not_seen_before_it_is_published(catalog, tmp_path):
    draft = begin(catalog)
    fill(draft, prepared("a.md", "first text"))
    assert catalog.current() is None
    assert release(catalog, tmp_path, draft) == 1
    assert sources(catalog) == ["a.md"] and catalog.current().name == "g1.r1"


def test_a_stored_document_comes_back_whole(catalog, tmp_path):
    item, draft = prepared("a.md", "first text, ё 水 𝄞"), begin(catalog)
    fill(draft, item)
    release(catalog, tmp_path, draft)
    assert catalog.document(catalog.current(), "a.md") == item.document
    assert catalog.document(catalog.current(), "b.md") is None


def test_a_draft_is_continued_by_the_next_writer(catalog, tmp_path):
    fill(begin(catalog), prepared("a.md", "first text"))
    again = begin(catalog)
    assert set(again.known) == {"a.md"} and again.number == 1
    fill(again, prepared("b.md", "second text"))
    release(catalog, tmp_path, again)
    assert sources(catalog) == ["a.md", "b.md"]


def test_a_draft_for_other_settings_is_dropped_and_its_number_not_used_again(catalog, tmp_path):
    fill(begin(catalog), prepared("a.md", "first text"))
    other = begin(catalog, '{"max_tokens": 9}')
    assert other.known == {} and other.number == 2 and other.generation == 2


def test_a_draft_without_changes_publishes_nothing(catalog, tmp_path):
    draft = begin(catalog)
    fill(draft, prepared("a.md", "first text"))
    release(catalog, tmp_path, draft)
    assert release(catalog, tmp_path, begin(catalog)) == 1
    assert catalog.current().name == "g1.r1"


def test_discarding_a_draft_restores_what_it_removed(catalog, tmp_path):
    draft = begin(catalog)
    fill(draft, prepared("a.md", "first text"), prepared("b.md", "second text"))
    release(catalog, tmp_path, draft)
    draft = begin(catalog)
    draft.remove(["a.md"])
    fill(draft, prepared("b.md", "second text, changed"))
    with catalog.writing():
        discard_draft(catalog)
    assert set(begin(catalog).known) == {"a.md", "b.md"}
    assert catalog.document(catalog.current(), "b.md").text == "second text"


def test_only_two_revisions_and_what_they_need_are_kept(catalog, tmp_path):
    for number in range(5):
        draft = begin(catalog)
        fill(draft, prepared("a.md", f"text number {number}"))
        release(catalog, tmp_path, draft)
    count = lambda table: catalog.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: E731
    assert [count(table) for table in ("revisions", "documents", "chunks", "extracts", "vectors")] == [2, 2, 2, 2, 2]
    assert sorted(path.name for path in (tmp_path / "chroma").iterdir()) == ["r4", "r5"]


def test_vectors_come_back_to_half_precision(catalog, tmp_path):
    draft = begin(catalog)
    fill(draft, prepared("a.md", "first text of many words"))
    stored = catalog.vectors(draft.space, ["key of first text of many words", "unknown"])
    expected = HashEmbedder().embed(["first text of many words"])[0]
    assert list(stored) == ["key of first text of many words"]
    assert np.allclose(stored["key of first text of many words"], expected, atol=1e-3)


def test_a_failed_transaction_leaves_nothing(catalog):
    with pytest.raises(ZeroDivisionError), catalog.writing() as connection:
        connection.execute("UPDATE meta SET value = 7 WHERE key = 'last'")
        raise ZeroDivisionError
    assert catalog.meta("last") == 0


def test_a_reader_keeps_its_state_while_another_thread_writes(catalog):
    def write():
        with catalog.writing() as connection:
            connection.execute("UPDATE meta SET value = 7 WHERE key = 'last'")

    with catalog.reading():
        assert catalog.meta("last") == 0
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        assert catalog.meta("last") == 0
    assert catalog.meta("last") == 7
