"""`/v1/chat/completions` and `/v1/models`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from data.records import Answer
from pipelines.serve.access import Caller, known_caller, paced_caller, service_of
from pipelines.serve.answering import AnswerRequest, Event, start_answer
from pipelines.serve.completions import (
    DONE,
    KEEP_ALIVE,
    Chunks,
    appendix,
    completion,
    failure,
    reply_id,
    stream_error,
    without_footnotes,
)
from pipelines.serve.errors import ApiError
from pipelines.serve.wire import REFUSALS, ChatMessage, ChatRequest
from rag.answer import Turn
from rag.asking import new_id

router = APIRouter(prefix="/v1", responses=REFUSALS)

_FIRST_EVENT_S = 5.0
"""How long a stream's head is held back, so that an early failure can still be an HTTP error."""
_KEEP_ALIVE_S = 15.0
_CHORE = "### Task:"
"""How Open WebUI begins the prompts by which it has chats titled, tagged and continued."""


@router.get("/models")
async def models(caller: Annotated[Caller, Depends(known_caller)]) -> dict[str, Any]:
    """List what the caller may ask."""
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "silentdrift"} for name in caller.models]
    return {"object": "list", "data": data}


@router.get("/models/{name:path}")
async def model(name: str, caller: Annotated[Caller, Depends(known_caller)]) -> dict[str, Any]:
    """Tell whether the caller may ask a model."""
    return {"id": caller.collection(name).model, "object": "model", "created": 0, "owned_by": "silentdrift"}


@router.post("/chat/completions")
async def chat_completions(
    body: ChatRequest, request: Request, caller: Annotated[Caller, Depends(paced_caller)]
) -> Response:
    """Answer the last question of a conversation from the documents, with citations."""
    collection = caller.collection(body.model)
    *earlier, question = _turns(body.messages)
    if question.text.startswith(_CHORE):
        # On record it would be taken for a question of a person, and be counted as drift.
        told = f"A prompt that begins with {_CHORE!r} is a chore for a model, not a question about documents."
        raise ApiError(400, told, param="messages", code="not_a_question")
    at = datetime.now(UTC)
    wanted = AnswerRequest(new_id(at), collection, question.text, tuple(earlier), caller.name, bool(body.stream))
    events = start_answer(service_of(request), wanted)
    if wanted.streaming:
        chunks = Chunks(reply_id(wanted.id), int(at.timestamp()), collection.model)
        return await _streamed(events, body, chunks)
    asked = [event async for event in events if isinstance(event, Answer)][-1]
    if asked.outcome == "failed":
        raise failure(asked)
    return JSONResponse(completion(asked, collection.model, with_footnotes=body.footnotes))


async def _streamed(events: AsyncIterator[Event], body: ChatRequest, chunks: Chunks) -> Response:
    first: asyncio.Future[Event] = asyncio.ensure_future(cast(Any, anext(events)))
    done, _ = await asyncio.wait([first], timeout=_FIRST_EVENT_S)
    if done:
        event = first.result()
        if isinstance(event, Answer) and event.outcome == "failed":
            raise failure(event)
    with_usage = bool(body.stream_options and body.stream_options.include_usage)
    stream = _sent(first, events, chunks, with_usage=with_usage, with_footnotes=body.footnotes)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _sent(
    pending: asyncio.Future[Event],
    events: AsyncIterator[Event],
    chunks: Chunks,
    *,
    with_usage: bool,
    with_footnotes: bool,
) -> AsyncIterator[bytes]:
    yield chunks.first()
    while True:
        while not (await asyncio.wait([pending], timeout=_KEEP_ALIVE_S))[0]:
            yield KEEP_ALIVE
        try:
            event = pending.result()
        except ApiError as error:
            yield stream_error(error)
            break
        if isinstance(event, str):
            yield chunks.text(event)
            pending = asyncio.ensure_future(cast(Any, anext(events)))
            continue
        for part in _ending(event, chunks, with_usage, with_footnotes):
            yield part
        break
    yield DONE


def _ending(asked: Answer, chunks: Chunks, with_usage: bool, with_footnotes: bool) -> list[bytes]:
    if asked.outcome == "failed":
        return [stream_error(failure(asked))]
    notes = appendix(asked) if with_footnotes else ""
    parts = [chunks.text(notes)] if notes else []
    return [*parts, chunks.last(asked), *([chunks.usage(asked)] if with_usage else [])]


def _turns(messages: Sequence[ChatMessage]) -> list[Turn]:
    """Return the messages up to the last one of the user, without those that are no part of the conversation.

    :raises ApiError: no message is the user's, or one holds something else than text.
    """
    turns = [
        without_footnotes(Turn(message.role, _text(message, place)))
        for place, message in enumerate(messages)
        if message.role in ("user", "assistant")
    ]
    while turns and turns[-1].role != "user":
        turns.pop()
    if not turns:
        raise ApiError(400, "messages: none of them is the user's.", param="messages")
    return turns


def _text(message: ChatMessage, place: int) -> str:
    if not isinstance(message.content, list):
        return message.content or ""
    for part in message.content:
        if part.type != "text" or part.text is None:
            told = f"messages.{place}.content: parts of type {part.type!r} cannot be read, only text."
            raise ApiError(400, told, param=f"messages.{place}.content")
    return "\n".join(part.text or "" for part in message.content)
