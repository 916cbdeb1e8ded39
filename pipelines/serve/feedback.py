"""`/v1/feedback`: what people thought of an answer, as human scores of the log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from data.records import THUMBS, Score
from pipelines.serve.access import Caller, asking_caller, service_of
from pipelines.serve.collection import Collection
from pipelines.serve.completions import interaction_id
from pipelines.serve.errors import ApiError
from pipelines.serve.wire import REFUSALS, FeedbackRequest

router = APIRouter(prefix="/v1", responses=REFUSALS)

SCORER = "feedback"


@router.post("/feedback")
async def feedback(
    body: FeedbackRequest, request: Request, caller: Annotated[Caller, Depends(asking_caller)]
) -> dict[str, str]:
    """Rate an answer by its interaction_id, or by the id of its reply; rating it again replaces the rating."""
    service = service_of(request)
    rated = await asyncio.wrap_future(service.search.submit(lambda: _rate(caller, body)))
    service.metrics.feedback.labels(rated.collection.name, body.rating).inc()
    return {"object": "feedback", "interaction_id": rated.id, "rating": body.rating}


@dataclass(frozen=True, slots=True)
class _RatedAnswer:
    """An interaction and the collection that holds it."""

    id: str
    collection: Collection


def _rate(caller: Caller, body: FeedbackRequest) -> _RatedAnswer:
    rated = _found(caller, body.interaction_id)
    value = 1.0 if body.rating == "up" else 0.0
    comment = body.comment.encode("utf-8", "replace").decode()
    rated.collection.journal.append((), [Score(rated.id, THUMBS, value, "human", comment, SCORER)])
    return rated


def _found(caller: Caller, told: str) -> _RatedAnswer:
    for name in dict.fromkeys((told, interaction_id(told))):  # an imported interaction may be called like a reply
        for collection in caller.models.values():
            if _holds(collection, name):
                return _RatedAnswer(name, collection)
    missing = f"There is no answer {told!r}: pass the interaction_id that came with it, or the reply's id."
    raise ApiError(404, missing, code="interaction_not_found", param="interaction_id")


def _holds(collection: Collection, interaction_id: str) -> bool:
    """Tell whether an interaction is waiting or logged; asked in this order, none is missed on its way."""
    return collection.journal.holds(interaction_id) or bool(collection.log().some([interaction_id]))
