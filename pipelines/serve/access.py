"""Who is asking, and what that client may see. What a key may not see does not exist for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fastapi import Request
from starlette.requests import HTTPConnection

from pipelines.serve.collection import Collection
from pipelines.serve.errors import ApiError
from pipelines.serve.service import Service

COOKIE = "silentdrift_key"
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that may ask: its name, and its collections by model name."""

    name: str
    models: dict[str, Collection]
    metrics: bool

    def collection(self, model: str) -> Collection:
        """Return the collection behind a model's name; an empty name means the first.

        :raises ApiError: there is none, or none for this caller: both are told alike.
        """
        found = self.models.get(model) if model else next(iter(self.models.values()), None)
        if found is None:
            known = ", ".join(self.models) or "none"
            message = f"The model {model!r} does not exist or is not yours to ask. Yours: {known}."
            raise ApiError(404, message, code="model_not_found", param="model")
        return found


def service_of(request: HTTPConnection) -> Service:
    """Return the service behind an application."""
    service: Service = request.app.state.service
    return service


async def known_caller(request: Request) -> Caller:
    """Return who is asking.

    :raises ApiError: nobody we know.
    """
    service = service_of(request)
    if not service.guarded and not service.keys.keys:
        _refuse_foreign_host(request)
        everything = {collection.model: collection for collection in service.collections.values()}
        return Caller(f"address {request.client.host if request.client else ''}", everything, metrics=True)
    token = _token(request)
    key = service.keys.find(token)
    if key is None:
        told = "Incorrect API key provided." if token else "No API key: send it in a header, Authorization: Bearer KEY."
        raise ApiError(401, told, code="invalid_api_key", headers={"WWW-Authenticate": "Bearer"})
    mine = [service.collections[name] for name in key.collections if name in service.collections]
    return Caller(key.name, {collection.model: collection for collection in mine}, key.metrics)


async def paced_caller(request: Request) -> Caller:
    """Return who is asking, if it has not asked too often.

    :raises ApiError: it has; `Retry-After` says for how long it must wait.
    """
    caller = await known_caller(request)
    wait_s = service_of(request).rate.wait_s(caller.name)
    if wait_s:
        message = f"Too many requests: wait {math.ceil(wait_s)} s."
        headers = {"Retry-After": str(math.ceil(wait_s))}
        raise ApiError(429, message, kind="requests", code="rate_limit_exceeded", headers=headers)
    return caller


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")


def _refuse_foreign_host(request: Request) -> None:
    """Keep pages of other sites from a server without keys: their names can be made to lead here (DNS rebinding)."""
    host = request.headers.get("host", "").lower()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if not service_of(request).open_to_all and name not in _LOCAL_HOSTS:
        raise ApiError(403, "A server without keys answers to localhost alone: make a key with `rag key add NAME`.")
