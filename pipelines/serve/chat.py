"""`/v1/chat/completions` and `/v1/models`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from data.records import Answer
from pipelines.serve.access import Caller, asking_caller, known_caller, service_of
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
)
from pipelines.serve.conversation import RequestTurns, UnreadableMessage, is_chore, read_turns
from pipelines.serve.errors import ApiError
from pipelines.serve.service import Service
from pipelines.serve.wire import REFUSALS, ChatRequest
from rag.asking import new_id

router = APIRouter(prefix="/v1", responses=REFUSALS)

_FIRST_EVENT_S = 5.0
"""How long a stream's head is held back, so that an early failure can still be an HTTP error."""
_KEEP_ALIVE_S = 15.0


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
    body: ChatRequest, request: Request, caller: Annotated[Caller, Depends(asking_caller)]
) -> Response:
    """Answer the last question of a conversation from the documents, with citations."""
    collection = caller.collection(body.model)
    service = service_of(request)
    turns = await asyncio.to_thread(_turns, body, service)
    at = datetime.now(UTC)
    wanted = AnswerRequest(new_id(at), collection, turns, caller.name, bool(body.stream))
    events = start_answer(service, wanted)
    if wanted.streaming:
        chunks = Chunks(reply_id(wanted.id), int(at.timestamp()), collection.model)
        return await _streamed(events, body, chunks)
    asked = [event async for event in events if isinstance(event, Answer)][-1]
    if asked.outcome == "failed":
        raise failure(asked)
    return JSONResponse(completion(asked, collection.model, with_footnotes=body.footnotes))


def _turns(body: ChatRequest, service: Service) -> RequestTurns:
    """Return the conversation of a request.

    :raises ApiError: it holds no question.
    """
    try:
        turns = read_turns(body.messages)
    except UnreadableMessage as error:
        raise ApiError(400, str(error), param=error.param, code=error.code) from error
    if is_chore(turns.question, turns.system, service.chores):
        # On record it would be taken for a question of a person, and be counted as drift.
        told = "A prompt to title, tag, continue or search for a chat is a chore for a model, no question."
        raise ApiError(400, told, param="messages", code="not_a_question")
    return turns


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
