"""How an index is searched: [retrieval] and [rerank]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from data.settings import Bounds, Example, Secret, check


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """How many passages a question gets, from which side of the index, and how much unlike each other."""

    k: Annotated[int, Bounds(ge=1, le=200)] = 8
    """Passages per question."""
    mode: Literal["hybrid", "dense", "lexical"] = "hybrid"
    """Which side of the index is searched: vectors (dense), words (lexical), or both."""
    diversity: Annotated[float, Bounds(ge=0.0, le=1.0)] = 0.0
    """Up to 1: rather passages that say something new than several that say the same."""
    expand: Literal["none", "section"] = "none"
    """section: give the model what surrounds each passage in its section."""
    expand_tokens: Annotated[int, Bounds(ge=50, le=8192)] = 400
    """Up to this many tokens a passage."""
    more_queries: Literal["none", "feedback", "model"] = "none"
    """feedback: also search with words of what was found; model: other wordings by [chat]."""

    def __post_init__(self) -> None:
        check(self, "retrieval")


@dataclass(frozen=True, slots=True)
class RerankSettings:
    """A model that reads question and passages together: a `/rerank` endpoint, or a local cross-encoder without one."""

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
