"""How an index is searched: [retrieval] and [rerank]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from data.settings import Bounds, Example, Secret, check
from rag.index import BOTH_SIDES, Mode


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """How many passages a question gets, and which."""

    k: Annotated[int, Bounds(ge=1, le=200)] = 8
    """Passages per question."""
    mode: Mode = BOTH_SIDES
    """How the index is searched. By vectors (dense), by words (lexical), or by both."""
    diversity: Annotated[float, Bounds(ge=0.0, le=1.0)] = 0.0
    """How far passages that say something new go before several that say the same."""
    expand: Literal["none", "section"] = "none"
    """What a model reads beside each passage. Nothing, or what surrounds it in its section."""
    expand_tokens: Annotated[int, Bounds(ge=50, le=8192)] = 400
    """How long a passage may become by that, in tokens."""
    more_queries: Literal["none", "feedback", "model"] = "none"
    """Further searches for a question. By words of what was found (feedback), or as [chat] words them (model)."""

    def __post_init__(self) -> None:
        check(self, "retrieval")


@dataclass(frozen=True, slots=True)
class RerankSettings:
    """A model that reads question and passages together.

    It is behind a `/rerank` endpoint, or without `base_url` a cross-encoder that runs here.
    """

    base_url: Annotated[str, Example("http://localhost:8080/v1")] = ""
    """A server with POST /rerank (Jina, Cohere, vLLM, TEI)."""
    model: str = ""
    """Its model; without base_url a cross-encoder, by sentence-transformers name or folder."""
    api_key: Secret = Secret("none")
    """Its key."""
    candidates: Annotated[int, Bounds(ge=1, le=1000)] = 50
    """Passages it reads per question."""
    timeout_s: Annotated[float, Bounds(gt=0.0, le=3600.0)] = 30.0
    """When it takes longer or fails, the order of the index is kept. The answer is flagged then."""

    def __post_init__(self) -> None:
        check(self, "rerank")
