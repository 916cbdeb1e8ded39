"""Who is asking, and what that client may see. What a key may not see does not exist for it."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass

from fastapi import Request
from starlette.requests import HTTPConnection

from pipelines.serve.collection import Collection
from pipelines.serve.errors import ApiError
from pipelines.serve.keys import SCOPES, Scope
from pipelines.serve.service import Service

COOKIE = "silentdrift_key"
_RIGHTS: dict[Scope, str] = {
    "ask": "ask questions",
    "metrics": "read metrics",
    "monitor": "read reports, which hold what others asked",
    "admin": "do everything",
}
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A client: its name and address, its collections by model name, and what it may do there."""

    name: str
    models: dict[str, Collection]
    scopes: frozenset[str]
    address: str = ""

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

    def check(self, scope: Scope) -> None:
        """Refuse what the caller has no right to.

        :raises ApiError: it has none.
        """
        if not self.scopes & {scope, "admin"}:
            told = f"This key may not {_RIGHTS[scope]}: make one with `rag key add NAME --scope {scope}`."
            raise ApiError(403, told, code="missing_scope")


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
        address = _address(request)
        return Caller(f"address {address}", everything, _keyless_scopes(service, address), address)
    token = _token(request)
    key = service.keys.find(token)
    if key is None:
        told = "Incorrect API key provided." if token else "No API key: send it in a header, Authorization: Bearer KEY."
        raise ApiError(401, told, code="invalid_api_key", headers={"WWW-Authenticate": "Bearer"})
    mine = [service.collections[name] for name in key.collections if name in service.collections]
    scopes = frozenset(key.scopes)
    return Caller(key.name, {collection.model: collection for collection in mine}, scopes, _address(request))


async def monitoring_caller(request: Request) -> Caller:
    """Return who reads what others asked; each such access is kept in the audit file, refused ones too.

    :raises ApiError: nobody we know, or one without the right to.
    """
    caller = await known_caller(request)
    allowed = bool(caller.scopes & {"monitor", "admin"})
    service = service_of(request)
    await asyncio.to_thread(service.audit.note, caller.name, caller.address, str(request.url.path), allowed=allowed)
    caller.check("monitor")
    return caller


async def asking_caller(request: Request) -> Caller:
    """Return who asks, if it may and has not asked too often.

    :raises ApiError: it may not, or it has.
    """
    caller = await paced_caller(request)
    caller.check("ask")
    return caller


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


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _keyless_scopes(service: Service, address: str) -> frozenset[str]:
    """Return what everybody may do on a server without keys: what others asked is for this machine alone."""
    here = not service.open_to_all or address in _LOCAL_HOSTS or address == "::1"
    return frozenset(SCOPES) if here else frozenset({"ask", "metrics"})


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")


def _refuse_foreign_host(request: Request) -> None:
    """Keep pages of other sites from a server without keys: their names can be made to lead here (DNS rebinding)."""
    host = request.headers.get("host", "").lower()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if not service_of(request).open_to_all and name not in _LOCAL_HOSTS:
        raise ApiError(403, "A server without keys answers to localhost alone: make a key with `rag key add NAME`.")
