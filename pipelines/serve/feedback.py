"""`/v1/feedback`: what people thought of an answer, as human scores of the log."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from data.labels import THUMBS
from data.records import Score
from pipelines.serve.access import Caller, paced_caller, service_of
from pipelines.serve.errors import ApiError
from pipelines.serve.openapi import REFUSALS
from pipelines.serve.service import Collection
from pipelines.serve.wire import FeedbackRequest

router = APIRouter(prefix="/v1", responses=REFUSALS)

SCORER = "feedback"


@router.post("/feedback")
async def feedback(
    body: FeedbackRequest, request: Request, caller: Annotated[Caller, Depends(paced_caller)]
) -> dict[str, str]:
    """Rate an answer; rating it again replaces the rating."""
    service = service_of(request)
    collection = await asyncio.wrap_future(service.search.submit(lambda: _rated(caller, body)))
    service.metrics.feedback.labels(collection.name, body.rating).inc()
    return {"object": "feedback", "interaction_id": body.interaction_id, "rating": body.rating}


def _rated(caller: Caller, body: FeedbackRequest) -> Collection:
    for collection in caller.models.values():
        if _holds(collection, body.interaction_id):
            value = 1.0 if body.rating == "up" else 0.0
            comment = body.comment.encode("utf-8", "replace").decode()
            score = Score(body.interaction_id, THUMBS, value, "human", comment, SCORER)
            collection.journal.append((), [score])
            return collection
    told = f"There is no answer {body.interaction_id!r}: pass the interaction_id that came with it."
    raise ApiError(404, told, code="interaction_not_found", param="interaction_id")


def _holds(collection: Collection, interaction_id: str) -> bool:
    """Tell whether an interaction is waiting or logged; asked in this order, none is missed on its way."""
    return collection.journal.holds(interaction_id) or bool(collection.log().some([interaction_id]))
