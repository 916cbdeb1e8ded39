"""The one place where errors of openai, httpx and LangChain become errors of ours, one sentence each."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from data.text import plural, whole_characters
from rag.chat.bounded import OversizedReply, too_large
from rag.chat.deadline import EndpointTimeout
from rag.errors import ContextOverflow, EndpointError, EndpointRefusal, EndpointUnreachable, GarbledReply
from rag.http import asked_pause_s, in_words, is_passing

if TYPE_CHECKING:
    from rag.chat.reply import Reply
    from rag.chat.settings import ChatSettings
from rag.http import shown_url

_OVERFLOW = re.compile(
    r"context_length_exceeded|maximum context length|context (?:window|size|length)|prompt is too long|too many tokens"
    r"|exceeds? the (?:available|maximum|model)",
    re.IGNORECASE,
)
_LONGEST = 300
_LANGCHAINS_OWN = ("Unexpected response type", "No generation chunks")


def foreign_errors() -> tuple[type[Exception], ...]:
    """Return what the libraries below raise when a server fails or breaks the protocol."""
    import openai

    broken_protocol = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OversizedReply)
    return (openai.OpenAIError, transport_library().HTTPError, EndpointTimeout, *broken_protocol)


def is_timeout(error: Exception) -> bool:
    """Tell whether nothing came, or no connection, for as long as was allowed."""
    import openai

    return isinstance(error, (openai.APITimeoutError, transport_library().TimeoutException))


def transport_library() -> Any:
    """Return the HTTP library below openai, whose errors it lets through in a stream (httpx2 since openai 3)."""
    import openai

    return import_module(openai.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])


def translated(error: Exception, settings: ChatSettings) -> EndpointError:
    """Return the error of ours that says what `error` means for the user; no secret ever shows."""
    import openai

    who, model = f"The chat endpoint {shown_url(settings.base_url)}", f"model {settings.model!r}"
    if isinstance(error, EndpointTimeout) or is_timeout(error):
        return _late(error, who, settings)
    if too_large(error) or isinstance(error, openai.APIConnectionError):
        return _unread(error, who, model)
    told = _told_with_success(error)
    if _OVERFLOW.search(told or str(error)) and (told or isinstance(error, openai.APIError)):
        return ContextOverflow(
            f"{who} found the prompt too long for {model} ({_said(error, settings)}):"
            " lower chat.context_window or retrieval.k, or serve the model with a larger window."
        )
    if isinstance(error, openai.APIStatusError):
        return _refused(error, who, settings)
    if isinstance(error, openai.APIError):
        return GarbledReply(
            f"{who} broke off the reply of {model} with an error ({_said(error, settings)}):"
            " see the server's log, then ask again."
        )
    if isinstance(error, transport_library().HTTPError):
        return GarbledReply(
            f"{who} closed the connection in the middle of the reply of {model}: ask again, and see"
            " the server's log if it happens twice."
        )
    if told:
        return GarbledReply(
            f"{who} reported success, but sent an error in place of the reply of {model} ({_clean(told, settings)}):"
            " see the server's log."
        )
    not_json = isinstance(error, json.JSONDecodeError) or "Unexpected response type" in str(error)
    return GarbledReply(
        f"{who} sent a reply that breaks the chat protocol"
        f" ({'it is not JSON' if not_json else 'it holds no usable choice'}):"
        f" check that it serves {model} under /chat/completions, and see its log."
    )


def _unread(error: Exception, who: str, model: str) -> EndpointError:
    size = too_large(error)
    if size is None:
        return EndpointUnreachable(f"{who} cannot be reached ({_cause(error)}): start it, or correct chat.base_url.")
    return GarbledReply(
        f"{who} sent {size} in one reply of {model}, and was not read further: see the server's log, or raise"
        " chat.max_reply_mb."
    )


def _told_with_success(error: Exception) -> str:
    """Return the message of an error object that came with HTTP 200; LangChain raises it as the bare value."""
    if type(error) is not ValueError or not error.args:
        return ""
    told = error.args[0]
    if isinstance(told, dict):
        return str(told.get("message") or told)
    return "" if str(told).startswith(_LANGCHAINS_OWN) else str(told)


def _late(error: Exception, who: str, settings: ChatSettings) -> EndpointUnreachable:
    model = f"model {settings.model!r}"
    if isinstance(error, EndpointTimeout) and error.first:
        return EndpointUnreachable(
            f"{who} wrote nothing of an answer with {model} for {round(error.seconds, 2):g} s: check that it is not"
            " overloaded, or raise chat.first_token_timeout_s."
        )
    if isinstance(error, EndpointTimeout):
        return EndpointUnreachable(
            f"{who} did not finish its answer with {model} in {round(error.seconds, 2):g} s: raise chat.deadline_s,"
            " or lower chat.max_answer_tokens."
        )
    if "ConnectTimeout" in (type(error.__cause__).__name__, type(error).__name__):
        seconds = min(settings.connect_timeout_s, settings.timeout_s)
        return EndpointUnreachable(
            f"{who} accepted no connection for {seconds:g} s: check that it runs and that chat.base_url is right, or"
            " raise chat.connect_timeout_s."
        )
    return EndpointUnreachable(
        f"{who} sent nothing from {model} for {min(settings.timeout_s, settings.deadline_s):g} s: check that it is not"
        " overloaded, or raise chat.timeout_s."
    )


def too_long_a_wait(error: Exception, settings: ChatSettings, pause_s: float, left_s: float) -> EndpointRefusal:
    """Return the error for a server that wants to be left alone for longer than there is time."""
    status = getattr(error, "status_code", "an error")
    return EndpointRefusal(
        f"The chat endpoint {shown_url(settings.base_url)} refused model {settings.model!r} with HTTP {status}"
        f" ({_said(error, settings)}) and asks to wait {in_words(pause_s)}, but {in_words(left_s)} are left of"
        f" chat.deadline_s: ask again in {in_words(pause_s)}, or name another endpoint under [[chat.fallback]].",
        retry_after_s=pause_s,
    )


def _refused(error: Exception, who: str, settings: ChatSettings) -> EndpointRefusal:
    import openai

    assert isinstance(error, openai.APIStatusError)
    advice = {
        401: "set chat.api_key, or RAG__CHAT__API_KEY in the environment",
        403: "use a key that may use this model",
        402: "pay the bill, or use another endpoint",
        404: f"check that chat.base_url ends as the server wants (often /v1) and that it serves {settings.model!r}",
        429: "ask less often, or raise chat.max_retries",
    }.get(error.status_code, "see the server's log" if error.status_code >= 500 else "correct the [chat] settings")
    tries = f" after {settings.max_retries + 1} tries" if is_passing(error) and settings.max_retries else ""
    return EndpointRefusal(
        f"{who} refused model {settings.model!r} with HTTP {error.status_code}{tries}"
        f" ({_said(error, settings)}): {advice}.",
        retry_after_s=asked_pause_s(error),
    )


def usable(reply: Reply, settings: ChatSettings, *, streamed: bool) -> str:
    """Return the text of a finished reply.

    :raises GarbledReply: there is no text, or the stream ended before the reply did.
    :raises EndpointRefusal: the model declined, or a filter cut the reply.
    """
    who = f"The chat endpoint {shown_url(settings.base_url)}"
    if reply.refusal or reply.finish == "content_filter":
        reason = reply.refusal.strip() or "content filter"
        raise EndpointRefusal(
            f"{who}: model {settings.model!r} declined to answer ({_clean(reason, settings)}): rephrase the question."
        )
    answer = reply.whole
    if streamed and not reply.finish and not reply.ended:
        raise GarbledReply(
            f"{who} ended the stream of model {settings.model!r} after {plural(len(answer), 'character')}, before"
            " the answer was complete: ask again, and see the server's log if it happens twice."
        )
    if not answer.strip() and reply.finish == "length":
        raise GarbledReply(
            f"{who}: model {settings.model!r} used up its {settings.max_answer_tokens} tokens before it wrote an"
            " answer: raise chat.max_answer_tokens, or turn its thinking off."
        )
    thought = reply.reasoning if not reply.raw.strip() else ""
    text = answer if answer.strip() else thought
    if not text.strip():
        raise GarbledReply(
            f"{who} sent an empty answer from model {settings.model!r}: see the server's log and its chat template."
        )
    return text


def _cause(error: BaseException) -> str:
    deepest = error
    while deepest.__cause__ is not None or deepest.__context__ is not None:
        deepest = deepest.__cause__ or deepest.__context__ or deepest
    return " ".join(str(deepest).split())[:_LONGEST] or type(deepest).__name__


def _said(error: Exception, settings: ChatSettings) -> str:
    """Return what the server said, in one line, shortened, without the key."""
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, dict) else None
    return _clean(str(message or _told_with_success(error) or error) or type(error).__name__, settings)


def _clean(text: str, settings: ChatSettings) -> str:
    line = " ".join(whole_characters(text).split()).rstrip(".")
    for secret in sorted(_spellings(settings.secrets), key=len, reverse=True):
        line = line.replace(secret, "***") if len(secret) >= 4 else line
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _spellings(secrets: Sequence[str]) -> set[str]:
    """Return secrets as they are, and in base64, where what stands before them may shift their letters."""
    found = set(secrets)
    for secret in secrets:
        for shift in range(3):
            packed = base64.b64encode(b"\x00" * shift + secret.encode("utf-8", "replace")).decode().rstrip("=")
            # The first letters hold what stands before the secret, the last one may hold what follows.
            inner = packed[-(-8 * shift // 6) : -1]
            found.add(inner if len(inner) >= 8 else secret)
    return found
