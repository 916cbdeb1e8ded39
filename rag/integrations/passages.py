"""What other frameworks are given of our search: its passages, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from data.errors import InputError
from data.records import Hit


class FoundPassages(Protocol):
    """What a search returns: passages, best first."""

    @property
    def hits(self) -> Sequence[Hit]: ...  # noqa: D102


class Search(Protocol):
    """What finds passages, such as a `Retriever`."""

    def search(self, question: str, k: int | None = None) -> FoundPassages | Sequence[Hit]:
        """Return the best `k` passages, or as many as it is set to."""
        ...


def passages(search: Search, question: str, k: int | None) -> Sequence[Hit]:
    """Return the passages that a question finds.

    :raises InputError: the question is empty.
    :raises SilentDriftError: there is no index, or it cannot be searched.
    """
    if not question.strip():
        raise InputError("The question is empty: pass the text to search for.")
    found = search.search(question.strip(), k)
    return found if isinstance(found, Sequence) else found.hits


def checked_k(k: int | None) -> int | None:
    """Return how many passages are wanted.

    :raises InputError: fewer than one.
    """
    if k is not None and k < 1:
        raise InputError(f"k must be at least 1, found {k}: pass how many passages are wanted.")
    return k


def metadata(hit: Hit) -> dict[str, Any]:
    """Return what is known of a passage beside its text: where it stands, and how well it fits."""
    chunk = hit.chunk
    known = {"source": chunk.source, "start": chunk.start, "end": chunk.end, "score": hit.score}
    optional = {"page": chunk.page, "heading": chunk.heading, "also_in": list(hit.also_in)}
    return known | {key: value for key, value in optional.items() if value not in (None, "", [])}
