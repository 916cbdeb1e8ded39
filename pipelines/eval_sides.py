"""The two sides of a hybrid search as metrics of `rag eval`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.records import Context

if TYPE_CHECKING:
    from eval.metrics import Metric
    from rag.retrieve import Mode
    from rag.retriever import Retriever

SIDES: tuple[Mode, ...] = ("dense", "lexical")


def side_metrics(retriever: Retriever) -> tuple[Metric, ...]:
    """Return the recall of each side of a hybrid search, as many passages deep as the search itself.

    None for a search by one side: there it is the recall of the whole.
    """
    from eval.sides import side_metric

    if retriever.mode != "hybrid":
        return ()
    return tuple(side_metric(side, _Side(retriever, side)) for side in SIDES)


class _Side:
    """Search by one side, and only among passages that may be answered from."""

    def __init__(self, whole: Retriever, side: Mode) -> None:
        from rag.retriever import Retriever

        self._retriever = Retriever(whole.index, k=whole.k, mode=side, guard=whole.guard)

    def __call__(self, question: str) -> Sequence[Context]:
        hits = self._retriever.search(question).hits
        return [Context(hit.chunk.id, hit.chunk.source, hit.score, hit.chunk.text, also_in=hit.also_in) for hit in hits]
