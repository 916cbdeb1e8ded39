"""The page for people, and what it asks beyond the API: a quote in its place, the drift verdict, a session."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from pipelines.serve.access import COOKIE, Caller, asking_caller, monitoring_caller, service_of
from pipelines.serve.collection import Collection
from pipelines.serve.errors import ApiError
from pipelines.serve.last_report import newest_report
from pipelines.serve.wire import REFUSALS, SessionRequest

router = APIRouter(responses=REFUSALS)

_AROUND = 700
_LONGEST = 20_000
_REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval';"
    " style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
)


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
async def page() -> Response:
    """Show the page. It holds nothing of anybody: what it shows it asks for."""
    text, policy = _page()
    return HTMLResponse(text, headers={"Content-Security-Policy": policy, "Cache-Control": "no-cache"})


@router.post("/session", status_code=204, response_class=Response)
async def begin_session(body: SessionRequest, request: Request) -> Response:
    """Keep a key in a cookie that scripts cannot read and other sites cannot send."""
    if service_of(request).keys.find(body.key) is None:
        raise ApiError(401, "Incorrect API key provided.", code="invalid_api_key")
    response = Response(status_code=204)
    secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
    response.set_cookie(COOKIE, body.key, max_age=30 * 86_400, httponly=True, samesite="strict", secure=secure)
    return response


@router.delete("/session", status_code=204, response_class=Response)
async def end_session() -> Response:
    """Forget the key."""
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


@router.get("/v1/passages")
async def passage(
    request: Request,
    caller: Annotated[Caller, Depends(asking_caller)],
    source: Annotated[str, Query(max_length=4096)],
    start: Annotated[int, Query(ge=0, le=2**53)],
    end: Annotated[int, Query(ge=0, le=2**53)],
    model: str = "",
) -> dict[str, Any]:
    """Return a span of a document as it is indexed now, with the text around it."""
    collection = caller.collection(model)
    work = service_of(request).search.submit(lambda: _passage(collection, source, start, end))
    return await asyncio.wrap_future(work)


@router.get("/v1/drift")
async def drift(
    request: Request, caller: Annotated[Caller, Depends(monitoring_caller)], model: str = ""
) -> dict[str, Any]:
    """Return the verdict of the last drift report; null where there is none."""
    collection = caller.collection(model)
    report = newest_report(collection.workspace.data)
    if report is None:
        return {"verdict": None}
    names = ("verdict", "sentence", "created", "quality")
    root = service_of(request).settings.root_path
    link = f"{root}/reports/latest?model={collection.model}" if report.page else None
    return {name: report.body.get(name) for name in names} | {"report": link}


@router.get("/reports/latest", response_class=HTMLResponse)
async def latest_report(caller: Annotated[Caller, Depends(monitoring_caller)], model: str = "") -> Response:
    """Show the page of the last drift report, shut off from this server: it holds text of documents."""
    report = newest_report(caller.collection(model).workspace.data)
    if report is None or report.page is None:
        raise ApiError(404, "There is no drift report yet: run `drift report`.", code="no_report")
    return FileResponse(report.page, media_type="text/html", headers={"Content-Security-Policy": _REPORT_POLICY})


def _passage(collection: Collection, source: str, start: int, end: int) -> dict[str, Any]:
    try:
        document = collection.asker().retriever.index.document(source)
    except KeyError as error:
        raise ApiError(404, f"There is no document {source!r}.", code="document_not_found", param="source") from error
    end = min(end, len(document.text), start + _LONGEST)
    if start > end:
        told = f"start: {source!r} has {len(document.text):,} characters; {start:,} is no place before {end:,}."
        raise ApiError(400, told, param="start")
    before, after = max(0, start - _AROUND), min(len(document.text), end + _AROUND)
    headings = [span.label for span in document.headings if span.start <= start < span.end]
    pages = [span.label for span in document.pages if span.start <= start < span.end]
    return {
        "source": source,
        "page": pages[0] if pages else None,
        "heading": headings[-1] if headings else "",
        "before": document.text[before:start],
        "text": document.text[start:end],
        "after": document.text[end:after],
        "starts_document": before == 0,
        "ends_document": after == len(document.text),
    }


@cache
def _page() -> tuple[str, str]:
    """Return the page and a policy that lets run its own script and style and nothing else."""
    text = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    script, style = (_hash(re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)) for tag in ("script", "style"))
    policy = (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src 'self'; img-src data:;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return text, policy


def _hash(found: re.Match[str] | None) -> str:
    assert found is not None, "page.html has one script and one style"
    return "sha256-" + base64.b64encode(hashlib.sha256(found.group(1).encode()).digest()).decode()
