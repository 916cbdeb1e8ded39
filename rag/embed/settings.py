"""Which model turns texts into vectors: [embedder]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from data.settings import Bounds, Example, Secret, check
from rag.embed.model_folder import MINILM
from rag.embed.precision import WantedPrecision
from rag.errors import EmbedderError
from rag.http import shown_url


@dataclass(frozen=True, slots=True)
class EmbedderSettings:
    """Which model turns texts into vectors. With `base_url` it is one behind an OpenAI-compatible endpoint.

    `device`, `precision` and, on a device, `batch_size` are for models that run here. All from `base_url` on is for
    endpoints only.
    """

    model: str = MINILM
    """A sentence-transformers name or folder, or a model at base_url."""
    device: str = "cpu"
    """Where a model runs, as torch calls it."""
    batch_size: Annotated[int, Bounds(ge=1, le=4096)] = 32
    """Texts at a time."""
    precision: WantedPrecision = "auto"
    """Of the default model on the cpu. auto is that of the index where there is one, else int8 where the processor is
    made for it."""
    query_prefix: Annotated[str | None, Example("")] = None
    """Text before questions; left out: what the model's card asks for."""
    document_prefix: Annotated[str | None, Example("")] = None
    """Text before passages, likewise."""
    base_url: Annotated[str, Example("http://localhost:11434/v1")] = ""
    """Any OpenAI-compatible endpoint; what follows is for those only."""
    api_key: Secret = Secret("none")
    """Its key."""
    dimensions: Annotated[int | None, Bounds(ge=1, le=65_536), Example(256)] = None
    """Asked for when set, for models that can shorten their vectors."""
    max_tokens: Annotated[int, Bounds(ge=16, le=131_072)] = 512
    """The longest text the model reads whole."""
    tokenizer: str = ""
    """Path of its tokenizer.json, to count tokens exactly; else they are estimated."""
    concurrency: Annotated[int, Bounds(ge=1, le=64)] = 4
    """Requests at a time."""
    timeout_s: Annotated[float, Bounds(gt=0.0, le=3600.0)] = 60.0
    """The longest wait for one request."""
    max_retries: Annotated[int, Bounds(ge=0, le=20)] = 4
    """Further tries of one request."""

    def __post_init__(self) -> None:
        check(self, "embedder")

    @property
    def host(self) -> str:
        """Host name of the base URL.

        :raises EmbedderError: the URL is not one that can be asked.
        """
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise EmbedderError(
                f"embedder.base_url is {shown_url(self.base_url)!r}, which is no web address: write it like"
                " http://localhost:11434/v1."
            )
        return parts.hostname
