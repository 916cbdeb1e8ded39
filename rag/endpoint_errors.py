"""The one place where errors of openai, httpx and LangChain become errors of ours, one sentence each."""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from rag.errors import ContextOverflow, EndpointError, EndpointRefused, EndpointUnreachable, GarbledReply

if TYPE_CHECKING:
    from rag.chat_model import ModelSettings, Reply

_OVERFLOW = re.compile(
    r"context_length_exceeded|maximum context length|context (?:window|size|length)|prompt is too long|too many tokens"
    r"|exceeds? the (?:available|maximum|model)",
    re.IGNORECASE,
)
_LONGEST = 300


def foreign_errors() -> tuple[type[Exception], ...]:
    """Return what the libraries below raise when a server fails or breaks the protocol."""
    import openai

    broken_protocol = (ValueError, TypeError, KeyError, IndexError, AttributeError)
    return (openai.OpenAIError, _transport().HTTPError, *broken_protocol)


def _transport() -> Any:
    """Return the HTTP library below openai, whose errors it lets through in a stream (httpx2 since openai 3)."""
    import openai

    return import_module(openai.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])


def translated(error: Exception, settings: ModelSettings) -> EndpointError:
    """Return the error of ours that says what `error` means for the user; the API key never shows."""
    import openai

    who = f"The chat endpoint {shown_url(settings.base_url)}"
    if isinstance(error, (openai.APITimeoutError, _transport().TimeoutException)):
        return EndpointUnreachable(
            f"{who} sent nothing from model {settings.model!r} for {settings.timeout_s:g} s: check that it is not"
            " overloaded, or raise chat.timeout_s."
        )
    if isinstance(error, openai.APIConnectionError):
        return EndpointUnreachable(f"{who} cannot be reached ({_cause(error)}): start it, or correct chat.base_url.")
    if _OVERFLOW.search(str(error)) and isinstance(error, openai.APIError):
        return ContextOverflow(
            f"{who} found the prompt too long for model {settings.model!r} ({_said(error, settings)}):"
            " lower chat.context_window or retrieval.k, or serve the model with a larger window."
        )
    if isinstance(error, openai.APIStatusError):
        return _refused(error, who, settings)
    if isinstance(error, openai.APIError):
        return GarbledReply(
            f"{who} broke off the reply of model {settings.model!r} with an error ({_said(error, settings)}):"
            " see the server's log, then ask again."
        )
    if isinstance(error, _transport().HTTPError):
        return GarbledReply(
            f"{who} closed the connection in the middle of the reply of model {settings.model!r}: ask again, and see"
            " the server's log if it happens twice."
        )
    what = "it is not JSON" if isinstance(error, json.JSONDecodeError) else "it holds no usable choice"
    return GarbledReply(
        f"{who} sent a reply that breaks the chat protocol ({what}):"
        f" check that it serves model {settings.model!r} under /chat/completions, and see its log."
    )


def _refused(error: Exception, who: str, settings: ModelSettings) -> EndpointRefused:
    import openai

    assert isinstance(error, openai.APIStatusError)
    advice = {
        401: "set chat.api_key, or RAG__CHAT__API_KEY in the environment",
        403: "use a key that may use this model",
        404: f"check that chat.base_url ends as the server wants (often /v1) and that it serves {settings.model!r}",
        429: "ask less often, or raise chat.max_retries",
    }.get(error.status_code, "see the server's log" if error.status_code >= 500 else "correct the [chat] settings")
    tries = (
        f" after {settings.max_retries + 1} tries"
        if error.status_code in (408, 409, 429) or error.status_code >= 500
        else ""
    )
    return EndpointRefused(
        f"{who} refused model {settings.model!r} with HTTP {error.status_code}{tries}"
        f" ({_said(error, settings)}): {advice}."
    )


def usable(reply: Reply, settings: ModelSettings, *, streamed: bool) -> str:
    """Return the text of a finished reply.

    :raises GarbledReply: there is no text, or the stream ended before the reply did.
    :raises EndpointRefused: the model declined, or a filter cut the reply.
    """
    who = f"The chat endpoint {shown_url(settings.base_url)}"
    if reply.refusal or reply.finish == "content_filter":
        reason = reply.refusal.strip() or "content filter"
        raise EndpointRefused(
            f"{who}: model {settings.model!r} declined to answer ({_clean(reason, settings)}): rephrase the question."
        )
    if streamed and not reply.finish:
        raise GarbledReply(
            f"{who} ended the stream of model {settings.model!r} after {len(reply.text)} characters, before the answer"
            " was complete: ask again, and see the server's log if it happens twice."
        )
    if not reply.text.strip() and reply.finish == "length":
        raise GarbledReply(
            f"{who}: model {settings.model!r} used up its {settings.max_answer_tokens} tokens before it wrote an"
            " answer: raise chat.max_answer_tokens, or turn its thinking off."
        )
    text = reply.text if reply.text.strip() else reply.reasoning
    if not text.strip():
        raise GarbledReply(
            f"{who} sent an empty answer from model {settings.model!r}: see the server's log and its chat template."
        )
    return text


def shown_url(url: str) -> str:
    """Return `url` without user name and password."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _cause(error: BaseException) -> str:
    deepest = error
    while deepest.__cause__ is not None or deepest.__context__ is not None:
        deepest = deepest.__cause__ or deepest.__context__ or deepest
    return " ".join(str(deepest).split())[:_LONGEST] or type(deepest).__name__


def _said(error: Exception, settings: ModelSettings) -> str:
    """Return what the server said, in one line, shortened, without the key."""
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, dict) else None
    return _clean(str(message or error) or type(error).__name__, settings)


def _clean(text: str, settings: ModelSettings) -> str:
    line = " ".join(text.split()).rstrip(".")
    if len(settings.api_key) >= 4:
        line = line.replace(settings.api_key, "***")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
