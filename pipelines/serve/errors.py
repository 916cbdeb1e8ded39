"""Errors as OpenAI's clients expect them: {"error": {"message", "type", "param", "code"}}, whatever went wrong."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from data.errors import InputError, SilentDriftError
from rag.errors import ContextOverflow, EndpointError, EndpointUnreachable, NoIndexError

_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What steers a terminal, turns a line around, or cannot be written."""


class PlainRecords(logging.Filter):
    """Has signs that nobody can see written out: documents and endpoints may hold orders to a terminal."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let a record pass, in plain signs."""
        told = record.getMessage()
        if _UNSHOWN.search(told):
            record.msg, record.args = _shown(told), ()
        if record.exc_info:
            record.exc_text = _shown(logging.Formatter().formatException(record.exc_info))
        return True


def _shown(text: str) -> str:
    return _UNSHOWN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


logger = logging.getLogger("silentdrift.serve")
logger.addFilter(PlainRecords())

NO_ANSWER = "The model behind this server gave no answer; the server's log says why"


class ApiError(Exception):
    """A request that is refused; `headers` go with the refusal."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(message, kind, code, param)
        self.headers = dict(headers or {})


def error_body(message: str, kind: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """Return the error object of the protocol."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def translated(error: Exception) -> ApiError:
    """Return the refusal for what went wrong; addresses, paths, and what nobody foresaw are told to the log alone.

    The endpoint was retried already where that helps: OpenAI's clients are told not to.
    """
    once = {"x-should-retry": "false"}
    if isinstance(error, ApiError):
        return error
    if isinstance(error, InputError):
        return ApiError(400, str(error), param="messages")
    if isinstance(error, ContextOverflow):
        logger.error("%s", error)
        told = "The question, with what was said before it, is too long for the model behind this server: ask less."
        return ApiError(400, told, code="context_length_exceeded", headers=once)
    if isinstance(error, EndpointError):
        logger.error("%s", error)
        status = 504 if isinstance(error, EndpointUnreachable) else 502
        return ApiError(status, f"{NO_ANSWER}.", kind="upstream_error", code="endpoint_failed", headers=once)
    if isinstance(error, NoIndexError):
        return ApiError(503, "Nothing is indexed here yet.", kind="server_error", code="no_index", headers=once)
    if isinstance(error, SilentDriftError):
        logger.error("%s", error)
        told = "The documents cannot be searched at the moment; the server's log says why."
        return ApiError(503, told, kind="server_error", code="unavailable", headers=once)
    logger.error("unexpected %s", type(error).__name__, exc_info=error)
    return ApiError(500, "The server had an error; its log says which.", kind="server_error", headers=once)


def install(app: FastAPI) -> None:
    """Make `app` answer every error in that shape."""
    app.add_exception_handler(ApiError, _refuse)
    app.add_exception_handler(SilentDriftError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_invalid)
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(Exception, _refuse)


async def _refuse(request: Request, error: Exception) -> JSONResponse:
    refusal = translated(error)
    return JSONResponse(refusal.body, refusal.status, refusal.headers)


async def _refuse_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problem = error.errors()[0]
    if problem["type"] == "json_invalid":
        told = f"The body is not JSON ({problem.get('ctx', {}).get('error', 'it cannot be read')})."
        return JSONResponse(error_body(told, "invalid_request_error"), 400)
    # Beside names of fields there are names of the types that were tried, such as "constrained-str".
    place = [str(part) for part in problem["loc"] if re.fullmatch(r"\w+", str(part))]
    where = ".".join(part for part in place if part not in ("body", "query", "path"))
    message = f"{where or 'The body'}: {problem['msg'][:1].lower()}{problem['msg'][1:]}."
    return JSONResponse(error_body(message, "invalid_request_error", None, where or None), 400)


async def _refuse_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    message = {404: "There is nothing at this path.", 405: "This path takes no such method."}.get(error.status_code)
    body = error_body(message or str(error.detail), "invalid_request_error")
    return JSONResponse(body, error.status_code, error.headers)
