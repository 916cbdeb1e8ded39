"""The asker of a place: how it searches and answers, as its settings say."""

from __future__ import annotations

from rag.asking import Asker, LogWriter
from rag.protocols import Generator
from rag.search import Retriever
from rag.wiring.place import IndexPlace, retrieval_id
from rag.wiring.retriever import build_widener


def build_asker(place: IndexPlace, retriever: Retriever, generator: Generator, writer: LogWriter) -> Asker:
    """Put the parts together with what else the settings say of an answer."""
    return Asker(
        retriever,
        generator,
        writer,
        retrieval=retrieval_id(place.settings),
        widen=build_widener(place, retriever.index),
        follow_ups=place.settings.chat.follow_ups,
    )
