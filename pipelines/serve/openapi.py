"""What the description at `/openapi.json` says of refusals."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class ErrorDetail(BaseModel):
    """What is wrong, and with which parameter."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorReply(BaseModel):
    """The body of every refusal."""

    error: ErrorDetail


_REASONS = {
    400: "The request cannot be used.",
    401: "No key, or one we do not know.",
    403: "Not from there.",
    404: "It does not exist, or is not the caller's.",
    413: "The request is too long.",
    429: "Too many requests; Retry-After says how long to wait.",
    502: "The chat endpoint failed.",
    503: "No index, no documents, or too many answers under way.",
    504: "The chat endpoint cannot be reached or took too long.",
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorReply, "description": reason} for status, reason in _REASONS.items()
}


def without_422(description: dict[str, Any]) -> dict[str, Any]:
    """Return a description without the refusal of FastAPI that we do not use: ours has status 400."""
    for operations in description["paths"].values():
        for operation in operations.values():
            operation.get("responses", {}).pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        description.get("components", {}).get("schemas", {}).pop(name, None)
    return description
