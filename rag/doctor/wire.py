"""Probes on the wire of what a server offers beside chat: a list of models, JSON on demand, embeddings, reranking."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import time
from typing import Any

from rag.chat import ChatSettings, Reply, told_by
from rag.doctor.probe import Probe
from rag.errors import RerankError
from rag.http import RequestFailure, ask_json
from rag.search import EndpointReranker, RerankSettings

_SCHEMA = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "green"]}, "count": {"type": "integer"}},
    "required": ["colour", "count"],
    "additionalProperties": False,
}
_ASKED = "The box holds 7 red lanterns. Give colour and count of the lanterns as JSON with the keys colour and count."
_TEXTS = ("The lantern is red.", "The ferry leaves at noon.", "The lantern is red.")
_ALIKE = 0.999
_LONGEST_REPLY = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Offer:
    """Which model at a server is to embed or to rerank; `needed` where the settings rely on it."""

    settings: ChatSettings
    needed: bool


def models(settings: ChatSettings) -> Probe:
    """See whether the server lists the model, and what it tells of it."""
    try:
        listing = _request(settings, "models", None)
    except RequestFailure as error:
        return Probe(
            "models", "warning", f"no list of models ({error.reason})", "a swap behind the name is seen by canaries"
        )
    told = told_by(listing, settings.model, time())
    rows = listing.get("data") if isinstance(listing, dict) else None
    names = [str(row.get("id")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if settings.model not in names:
        known = ", ".join(names[:5]) or "none"
        return Probe(
            "models",
            "warning",
            f"does not list {settings.model!r}; lists {known}",
            "correct chat.model if answers fail",
        )
    return Probe(
        "models", "ok", f"lists it: {told or 'nothing but the name'}", "" if told else "its name alone goes on record"
    )


def structured(settings: ChatSettings, form: str) -> Probe:
    """See whether replies can be had as JSON: `form` is "json_schema" or "json_object"."""
    wanted: dict[str, Any] = {"type": form}
    if form == "json_schema":
        wanted["json_schema"] = {"name": "lanterns", "schema": _SCHEMA, "strict": True}
    body = {
        "model": settings.model,
        "messages": [{"role": "user", "content": _ASKED}],
        "response_format": wanted,  # and nothing else that could be the reason of a refusal
    }
    remedy = "no need of it for answers; a judge at this endpoint must be asked in words"
    try:
        reply = _request(settings, "chat/completions", body)
        told = Reply()
        told.add_text(str(reply["choices"][0]["message"]["content"]))
        text = told.whole  # without thinking, as in answers
    except RequestFailure as error:
        return Probe(form, "warning", f"refused ({error.reason})", remedy)
    except (KeyError, IndexError, TypeError):
        return Probe(form, "warning", "a reply without text", remedy)
    return _judged(form, text, remedy)


def _judged(form: str, text: str, remedy: str) -> Probe:
    try:
        value = json.loads(text)
    except ValueError:
        return Probe(form, "warning", f"ignored: {text[:60]!r}", remedy)
    fits = isinstance(value, dict) and value.get("colour") in ("red", "green") and isinstance(value.get("count"), int)
    if form == "json_schema" and not fits:
        return Probe(form, "warning", f"JSON of another shape: {text[:60]!r}", remedy)
    return Probe(form, "ok", "replies are JSON" + (" of the shape asked for" if form == "json_schema" else ""))


def embeddings(offer: Offer) -> Probe:
    """See whether plain strings become finite floats, one vector a text, in order."""
    settings = offer.settings
    body = {"model": settings.model, "input": list(_TEXTS), "encoding_format": "float"}
    try:
        reply = _request(settings, "embeddings", body)
    except RequestFailure as error:
        return _missing("embeddings", offer, error.reason, "set embedder.base_url to a server that embeds")
    try:
        rows = sorted(reply["data"], key=lambda row: row["index"])
        vectors = [[float(value) for value in row["embedding"]] for row in rows]
    except (KeyError, TypeError, ValueError):
        return _missing(
            "embeddings", offer, "no list of vectors of floats", "it is no embedding model, or sends base64"
        )
    problem = _problem(vectors)
    if problem:
        return Probe("embeddings", "failed" if offer.needed else "warning", problem, "do not embed with it")
    alone = _single(settings)
    seen = f"{settings.model}: {len(vectors[0])} dimensions, in order, finite floats{alone}"
    return Probe("embeddings", "ok", seen, "" if not alone else "we send lists, never one string")


def _single(settings: ChatSettings) -> str:
    try:
        _request(settings, "embeddings", {"model": settings.model, "input": _TEXTS[0], "encoding_format": "float"})
    except RequestFailure:
        return ", but refuses a single string"
    return ""


def _problem(vectors: list[list[float]]) -> str:
    if len(vectors) != len(_TEXTS):
        return f"{len(vectors)} vectors for {len(_TEXTS)} texts"
    if len({len(vector) for vector in vectors}) != 1 or not vectors[0]:
        return f"vectors of {', '.join(str(len(vector)) for vector in vectors)} dimensions"
    if not all(math.isfinite(value) for vector in vectors for value in vector):
        return "vectors with values that are no numbers"
    if _cosine(vectors[0], vectors[2]) < _ALIKE:
        return "one text twice gives two vectors"
    return "two texts give one vector" if _cosine(vectors[0], vectors[1]) > _ALIKE else ""


def _cosine(left: list[float], right: list[float]) -> float:
    length = math.hypot(*left) * math.hypot(*right)
    return sum(a * b for a, b in zip(left, right, strict=True)) / length if length else 0.0


def reranking(offer: Offer, timeout_s: float) -> Probe:
    """See whether `/rerank` answers in the shape of Jina and Cohere, and puts the right passage first."""
    settings = offer.settings
    reranker = EndpointReranker(
        RerankSettings(settings.base_url, settings.model, settings.api_key, timeout_s=timeout_s)
    )
    try:
        wrong, right = reranker.rerank("When does the ferry leave?", [_TEXTS[0], _TEXTS[1]])
    except RerankError as error:
        return _missing("rerank", offer, str(error).rstrip("."), "the order of the index stands, answers are flagged")
    if right <= wrong:
        return Probe(
            "rerank", "warning", f"prefers the wrong passage ({wrong:.3f} to {right:.3f})", "name another model"
        )
    return Probe("rerank", "ok", f"{settings.model or 'its model'} prefers the right passage")


def _missing(name: str, offer: Offer, reason: str, remedy: str) -> Probe:
    if offer.needed:
        return Probe(name, "failed", reason, remedy)
    return Probe(name, "absent", f"not offered here ({reason})", "not needed by these settings")


def _request(settings: ChatSettings, path: str, body: dict[str, Any] | None) -> Any:
    """Send one request beside the chat library, so that nothing is mended on the way.

    :raises RequestFailure: no answer, an HTTP error, or no JSON.
    """
    return ask_json(
        settings.base_url,
        path,
        body,
        headers=settings.request_headers,
        query=settings.request_query,
        timeout_s=settings.timeout_s,
        max_bytes=_LONGEST_REPLY,
    )


def wire_probes(settings: ChatSettings) -> list[tuple[str, Callable[[], Probe]]]:
    """Return the probes of a chat server that need no chat library, each with its name."""
    return [
        ("models", partial(models, settings)),
        ("json_schema", partial(structured, settings, "json_schema")),
        ("json_object", partial(structured, settings, "json_object")),
    ]
