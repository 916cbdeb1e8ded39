"""A place: the settings of a knowledge base and the folder that holds its index, and what lies there beside it."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from data.records import settings_hash
from rag.settings import RagSettings


class IndexPlace(Protocol):
    """What parts are built from; `data` is the folder of the index, absolute: open stores are kept by path."""

    @property
    def data(self) -> Path: ...  # noqa: D102

    @property
    def settings(self) -> RagSettings: ...  # noqa: D102


def prompt_secret(place: IndexPlace) -> str:
    """Return the place's own random text, made at first use.

    Passage keys in prompts follow from it: documents cannot guess them, and a question asked again has the same prompt.
    In somebody else's place, which can only be read, it is another one each time.
    """
    path = place.data / "prompt-secret"
    try:
        if not path.exists():
            path.write_text(secrets.token_hex(16), encoding="ascii")
            path.chmod(0o600)
        return path.read_text(encoding="ascii")
    except OSError:
        return secrets.token_hex(16)


def retrieval_id(settings: RagSettings) -> str:
    """Name the retrieval settings, for the fingerprint; those that are off leave the name as it is."""
    retrieval = settings.retrieval
    off = set() if retrieval.diversity else {"diversity"}
    off |= {"expand", "expand_tokens"} if retrieval.expand == "none" else set()
    off |= {"more_queries"} if retrieval.more_queries == "none" else set()
    named = {name: value for name, value in asdict(retrieval).items() if name not in off}
    if settings.ingest.hostile == "quarantine":
        named["hostile"] = "quarantine"
    if settings.rerank.base_url or settings.rerank.model:
        named["rerank"] = {name: getattr(settings.rerank, name) for name in ("base_url", "model", "candidates")}
    return settings_hash(named)
