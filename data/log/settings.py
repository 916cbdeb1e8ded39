"""Where interactions are written, and what of them is not: [log]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from data.settings import Bounds, Example, Secret, check


@dataclass(frozen=True, slots=True)
class LogSettings:
    """Where interactions are written, and what is blacked out first."""

    url: Annotated[Secret, Example("postgresql+psycopg://…")] = Secret("")
    """Any SQLAlchemy URL; empty: .rag/log.sqlite."""
    redact: Annotated[tuple[str, ...], Example((r"\S+@\S+",))] = ()
    """Regular expressions; what they match is never written."""
    redact_hook: str = ""
    """"module:function" from text to text, called after them."""
    keep_text_days: Annotated[float, Bounds(ge=0.0, le=36_500.0)] = 0.0
    """`drift forget` deletes texts older than this, scores stay; 0 keeps them."""

    def __post_init__(self) -> None:
        check(self, "log")
