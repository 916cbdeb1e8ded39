"""Which model judges answers, and how long it may take: [judge]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from data.settings import Bounds, Example, Secret, check


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """The model that judges answers, by ragas.

    It is asked by `drift label --judge` and `rag eval --judge`; without `base_url` there is none.
    """

    base_url: Annotated[str, Example("http://localhost:11434/v1")] = ""
    """Any OpenAI-compatible endpoint."""
    model: str = ""
    """The model to ask for."""
    api_key: Secret = Secret("none")
    """Its key."""
    metrics: tuple[str, ...] = ("faithfulness",)
    """What is judged; answer_relevancy too, with embedding_model."""
    embedding_model: str = ""
    """A model of the same endpoint that turns texts into vectors."""
    concurrency: Annotated[int, Bounds(ge=1, le=64)] = 4
    """Answers judged at a time."""
    timeout_s: Annotated[float, Bounds(gt=0.0, le=3600.0)] = 60.0
    """Per metric and answer, all requests together."""
    retries: Annotated[int, Bounds(ge=0, le=10)] = 1
    """Further tries after a reply that is no usable JSON, HTTP 429 or 5xx."""
    max_tokens: Annotated[int, Bounds(ge=1)] = 4096
    """The longest reply."""
    give_up_after: Annotated[int, Bounds(ge=1)] = 5
    """After so many failures in a row the rest is left unscored."""

    def __post_init__(self) -> None:
        check(self, "judge")
