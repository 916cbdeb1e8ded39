"""`/healthz`, `/readyz` and `/metrics`: for those who keep the server running."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from data.errors import SilentDriftError
from pipelines.serve.access import Caller, known_caller, service_of
from pipelines.serve.collection import Collection
from pipelines.serve.errors import logger
from pipelines.serve.service import Service
from pipelines.serve.wire import REFUSALS

router = APIRouter()


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "An index cannot be searched, or a log takes no rows."}})
async def readyz(request: Request) -> Response:
    """Tell whether questions can be answered and put on record; reasons are in the server's log."""
    service = service_of(request)
    checks = await asyncio.wrap_future(service.search.submit(lambda: _checks(service)))
    ready = all(checks.values())
    body: dict[str, Any] = {"status": "ready" if ready else "not ready", "checks": checks}
    return JSONResponse(body, 200 if ready else 503)


@router.get("/metrics", responses=REFUSALS, response_class=Response)
async def metrics(request: Request, caller: Annotated[Caller, Depends(known_caller)]) -> Response:
    """Return counters and the gauges of the last drift report, for Prometheus."""
    caller.check("metrics")
    service = service_of(request)
    text = await asyncio.wrap_future(
        service.search.submit(lambda: service.metrics.text(service.collections, service.answers.under_way))
    )
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _checks(service: Service) -> dict[str, bool]:
    collections = service.collections.values()
    return {
        "index": all([_searchable(item) for item in collections]),
        "log": all([_on_record(item) for item in collections]),
    }


def _searchable(collection: Collection) -> bool:
    try:
        collection.asker().retriever.index.search("ready?", 1, mode="lexical")
    except SilentDriftError as error:
        logger.warning("not ready: %s", error)
        return False
    return True


def _on_record(collection: Collection) -> bool:
    try:
        collection.log().span()
    except SilentDriftError as error:
        logger.warning("not ready: %s", error)
        return False
    return collection.journal.error is None
