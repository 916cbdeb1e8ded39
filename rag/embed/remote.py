"""An embedding model behind any OpenAI-compatible endpoint (vLLM, TEI, Ollama, llama.cpp, LiteLLM, OpenAI …).

The client is our own rather than LangChain's. That one asks for token arrays or base64, which local servers refuse,
unless talked out of it. It checks nothing of what comes back. Count, order, width and finiteness of vectors are what
must not go wrong unseen, so only one POST would be left to a library.

The id names model, host and stated dimensions, and asks the endpoint nothing, so an index opens while it is down. What
an id cannot show (a re-tagged model, another quantisation, another server at the host) the embedder check of the index
does.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data.text import estimate_tokens, plural
from rag.embed.prefixes import Prefixes
from rag.embed.remote_http import BatchRefusal, EmbeddingsClient
from rag.embed.settings import EmbedderSettings
from rag.errors import EmbedderError
from rag.http import shown_url

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_SPECIAL_TOKENS = 2
_NOTHING = "."
"""Sent in place of a text without content, which many servers refuse."""


class RemoteEmbedder:
    """Embed through HTTP, several requests at a time; batches the endpoint finds too large are halved."""

    def __init__(
        self,
        settings: EmbedderSettings,
        prefixes: Prefixes = Prefixes(),  # noqa: B008 - frozen
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        stated = f"/{settings.dimensions}" if settings.dimensions else ""
        self.id = f"{settings.model}@{settings.host}{stated}{prefixes.tag}"
        self.max_tokens = settings.max_tokens
        self._settings = settings
        self._prefixes = prefixes
        self._client = EmbeddingsClient(settings, pause)
        self._largest = settings.batch_size
        self._seen: int | None = settings.dimensions

    @property
    def dimensions(self) -> int:
        """Length of each vector; asks the endpoint unless it is a setting or was seen already."""
        return self._seen if self._seen is not None else self.embed([_NOTHING]).shape[1]

    def count_tokens(self, text: str) -> int:
        """Count tokens with the configured tokenizer; without one, estimate on the high side.

        The estimate suits models that know the language: one that spells it letter by letter takes up to twice as many.
        """
        prefixed = self._prefixes.document + text
        if self._tokenizer is not None:
            return len(self._tokenizer.encode(prefixed).ids)
        return estimate_tokens(prefixed) + _SPECIAL_TOKENS

    def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """Return unit vectors, in the order given.

        :raises EmbedderError: the endpoint failed, or what it sent are not as many finite vectors of one length.
        """
        prefix = self._prefixes.of(query=query)
        sent = [_sendable(prefix + (text if text.strip() else _NOTHING)) for text in texts]
        if not sent:
            return np.empty((0, self.dimensions), np.float32)
        step = self._largest
        batches = [sent[at : at + step] for at in range(0, len(sent), step)]
        if len(batches) == 1:
            parts = self._embed_batch(batches[0])
        else:
            with ThreadPoolExecutor(self._settings.concurrency) as pool:
                parts = [part for found in pool.map(self._embed_batch, batches) for part in found]
        self._check_width(parts)
        return np.concatenate(parts)

    def _embed_batch(self, texts: list[str]) -> list[NDArray[np.float32]]:
        body: dict[str, Any] = {"model": self._settings.model, "input": texts, "encoding_format": "float"}
        if self._settings.dimensions:
            body["dimensions"] = self._settings.dimensions
        try:
            return [self._read(self._client.post(body), len(texts))]
        except BatchRefusal as error:
            if len(texts) == 1:
                raise EmbedderError(
                    f"{error} It was one text of {len(texts[0])} characters, starting {texts[0][:40]!r}: if it is too"
                    " long, lower embedder.max_tokens."
                ) from error
        half = len(texts) // 2
        parts = self._embed_batch(texts[:half]) + self._embed_batch(texts[half:])
        self._largest = min(self._largest, len(texts) - half)
        return parts

    def _read(self, reply: Any, count: int) -> NDArray[np.float32]:
        """Return the vectors of a reply in the order asked for, scaled to length 1."""
        rows = reply.get("data") if isinstance(reply, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._broken("it holds no list of embeddings")
        if len(rows) != count:
            raise self._broken(f"it holds {plural(len(rows), 'embedding')} for {plural(count, 'text')}")
        by_index = {row.get("index", position): row.get("embedding") for position, row in enumerate(rows)}
        if by_index.keys() != set(range(count)):
            raise self._broken(f"its indices are not 0 to {count - 1}, each once")
        try:
            raw = np.stack([_numbers(by_index[position]) for position in range(count)])
        except (ValueError, TypeError, binascii.Error) as error:
            raise self._broken("its embeddings are not lists of numbers, all of one length") from error
        with np.errstate(over="ignore"):
            lengths = np.linalg.norm(raw, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not (lengths > 0).all():
            raise self._broken("some embeddings are not finite, or all zeros")
        return np.asarray(raw / lengths, np.float32)

    def _check_width(self, parts: Sequence[NDArray[np.float32]]) -> None:
        expected = self._seen or parts[0].shape[1]
        strange = next((part.shape[1] for part in parts if part.shape[1] != expected), None)
        if strange is not None and self._settings.dimensions:
            raise self._broken(f"its vectors have {strange} dimensions, embedder.dimensions asks for {expected}")
        if strange is not None:
            raise self._broken(f"its vectors have {strange} dimensions, earlier ones had {expected}")
        self._seen = expected

    def _broken(self, what: str) -> EmbedderError:
        return EmbedderError(
            f"The embedding endpoint {shown_url(self._settings.base_url)} sent an unusable reply for model"
            f" {self._settings.model!r}: {what}; check the [embedder] settings and the server's log."
        )

    @cached_property
    def _tokenizer(self) -> Tokenizer | None:
        if not self._settings.tokenizer:
            return None
        from tokenizers import Tokenizer

        path = Path(self._settings.tokenizer).expanduser()
        file = path / "tokenizer.json" if path.is_dir() else path
        if not file.is_file():
            raise EmbedderError(f"There is no tokenizer at {file}: correct embedder.tokenizer, or leave it empty.")
        tokenizer = Tokenizer.from_file(str(file))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer


def _numbers(value: Any) -> NDArray[np.float64]:
    """Return an embedding as an array: a list of numbers, or base64 of little-endian 32-bit floats."""
    if isinstance(value, str):
        return np.frombuffer(base64.b64decode(value, validate=True), "<f4").astype(np.float64)
    found = np.asarray(value, np.float64)
    if found.ndim != 1 or not found.size:
        raise ValueError("an embedding is a flat list")
    return found


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
