"""How documents are cut: [chunking]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from data.settings import Bounds, check


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How passages are cut.

    A text of up to `min_characters` characters is within the budget whatever its tokens. An English model spells
    Russian letter by letter, and 200 letters are no passage. Such a passage is embedded in windows, and nothing is cut
    off (see `rag.embed.long_texts`).

    :raises SettingsError: a value is out of range.
    """

    max_tokens: Annotated[int, Bounds(ge=16, le=8192)] = 200
    """The longest passage in the embedder's own tokens, heading included."""
    overlap_sentences: Annotated[int, Bounds(ge=0, le=10)] = 0
    """How many sentences of the passage before it a passage repeats. Only where they fit and stand in the same
    section."""
    min_characters: Annotated[int, Bounds(ge=0, le=20_000)] = 800
    """Passages up to this length are kept whole whatever their tokens."""

    def __post_init__(self) -> None:
        check(self, "chunking")
