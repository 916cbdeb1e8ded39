"""Texts and vectors made up, so that 100,000 chunks take minutes.

Words are drawn by Zipf's law with the words of a topic among them; 384-dimensional unit vectors lie around the centre
of the topic, spread in 32 shared directions as the vectors of real encoders are.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.records import Chunk, Document

DIMENSIONS, SPREAD_IN, TOPICS, TOPIC_WORDS, COMMON_WORDS = 384, 32, 500, 30, 20_000
STOP_WORDS = 50
"""How many of the most frequent words a language does without in its index; the others follow Zipf's law."""
CHUNKS_PER_DOCUMENT, SHARES = 10, 100
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u", "ar", "en", "il")]


class TopicEmbedder:
    """Put a text near the centre of the topic that its words name, at a place of its own that follows from the text."""

    id = "topics@384"
    dimensions = DIMENSIONS
    max_tokens = 512

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self._centres = random.normal(size=(TOPICS + 1, DIMENSIONS)) / np.sqrt(DIMENSIONS)
        self._directions = random.normal(size=(SPREAD_IN, DIMENSIONS)) / np.sqrt(DIMENSIONS)

    def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """Return one unit vector per text."""
        topics = [_topic_of(text) for text in texts]
        places = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=SPREAD_IN) for text in texts]
        vectors = self._centres[topics] + 0.2 * np.array(places).reshape(-1, SPREAD_IN) @ self._directions
        unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def count_tokens(self, text: str) -> int:
        """Count words."""
        return len(text.split())


_FREQUENCIES = 1.0 / np.arange(STOP_WORDS, STOP_WORDS + COMMON_WORDS)
_CUMULATED = np.cumsum(_FREQUENCIES) / _FREQUENCIES.sum()


def _word(number: int) -> str:
    first, rest = divmod(number, len(SYLLABLES) ** 2)
    second, third = divmod(rest, len(SYLLABLES))
    return SYLLABLES[first] + SYLLABLES[second] + SYLLABLES[third]


def _topic_word(topic: int, number: int) -> str:
    return f"q{_word(topic * TOPIC_WORDS + number)}"


TOPIC_OF = {_topic_word(topic, number): topic for topic in range(TOPICS) for number in range(TOPIC_WORDS)}


def _topic_of(text: str) -> int:
    return next((TOPIC_OF[word] for word in text.lower().replace(".", "").split() if word in TOPIC_OF), TOPICS)


def make_text(number: int) -> str:
    """Return the text of one chunk: 60 words in five sentences, 15 of them of its topic."""
    random = np.random.default_rng(number)
    topic = int(random.integers(TOPICS))
    common = np.searchsorted(_CUMULATED, random.random(45))
    words = [_word(int(rank)) for rank in common] + [
        _topic_word(topic, int(at)) for at in random.integers(TOPIC_WORDS, size=15)
    ]
    mixed = [words[at] for at in random.permutation(len(words))]
    return " ".join(" ".join(mixed[at : at + 12]).capitalize() + "." for at in range(0, len(mixed), 12))


def make_document(number: int) -> tuple[Document, list[Chunk]]:
    """Return a document of ten chunks; every hundredth lies in the same folder."""
    source = f"share-{number % SHARES:02}/{number}.txt"
    texts = [make_text(number * CHUNKS_PER_DOCUMENT + at) for at in range(CHUNKS_PER_DOCUMENT)]
    starts = np.cumsum([0, *(len(text) + 2 for text in texts)])
    chunks = [Chunk(source, int(at), int(at) + len(text), text) for at, text in zip(starts, texts, strict=False)]
    return Document(source, "\n\n".join(texts)), chunks


def make_question(number: int) -> str:
    """Return eight words of a chunk, at least one of its topic, as a question about it."""
    words = make_text(int(number)).lower().replace(".", "").split()
    topical = [word for word in words if word in TOPIC_OF]
    return " ".join([*topical[:2], *words[:6]])
