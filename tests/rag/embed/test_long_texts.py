from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.records import Document
from rag.chunk.passages import chunk_document, embedding_text
from rag.chunk.settings import ChunkSettings
from rag.embed.long_texts import embed_passages


class LetterEmbedder:
    """Counts one token per character, refuses what it would cut, and embeds as letter frequencies."""

    id = "letters"
    dimensions = 128
    max_tokens = 20

    def __init__(self) -> None:
        self.seen: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text) + 2

    def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        assert all(self.count_tokens(text) <= self.max_tokens for text in texts)
        self.seen.extend(texts)
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for letter in text:
                rows[row, ord(letter) % self.dimensions] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_short_texts_are_embedded_as_they_are() -> None:
    embedder = LetterEmbedder()
    vectors = embed_passages(["one", "two words"], embedder)
    assert embedder.seen == ["one", "two words"]
    assert np.array_equal(vectors, LetterEmbedder().embed(["one", "two words"]))


def test_long_texts_are_embedded_whole_in_windows_cut_at_white_space() -> None:
    embedder = LetterEmbedder()
    text = "the ferry leaves the northern quay at nine"
    vectors = embed_passages(["short", text, "end"], embedder)
    assert "".join(embedder.seen[1:-1]) == text
    assert all(window.startswith(" ") for window in embedder.seen[2:-1])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.array_equal(vectors[[0, 2]], LetterEmbedder().embed(["short", "end"]))


def test_every_window_moves_the_vector() -> None:
    text = "the ferry leaves the northern quay at nine"
    changed = text.replace("nine", "zzzz")
    vectors = embed_passages([text, changed], LetterEmbedder())
    assert float(vectors[0] @ vectors[1]) < 0.95


def test_a_word_longer_than_the_model_reads_is_cut() -> None:
    embedder = LetterEmbedder()
    embed_passages(["x" * 100], embedder)
    assert "".join(embedder.seen) == "x" * 100


def test_passages_of_a_script_the_model_spells_out_reach_the_smallest_length() -> None:
    document = Document("a.txt", "Паром отходит от северного причала в девять часов. " * 60)
    count = LetterEmbedder().count_tokens
    short = chunk_document(document, count, ChunkSettings(200, min_characters=0))
    long = chunk_document(document, count, ChunkSettings(200, min_characters=800))
    assert max(len(chunk.text) for chunk in short) <= 198
    assert all(600 <= len(chunk.text) <= 800 for chunk in long)


def test_the_smallest_length_changes_nothing_where_tokens_are_words() -> None:
    document = Document("a.txt", "The ferry leaves the northern quay at nine in the evening. " * 60)

    def count(text: str) -> int:
        return 2 + len(text.split())

    with_floor = chunk_document(document, count, ChunkSettings(100, min_characters=300))
    assert with_floor == chunk_document(document, count, ChunkSettings(100, min_characters=0))
    assert all(count(embedding_text(chunk)) <= 100 for chunk in with_floor)
