"""The application: routes, and what stands before them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from pipelines.serve import chat, errors, feedback, health, page, vectors
from pipelines.serve.limits import BodyLimit
from pipelines.serve.metrics import Metrics
from pipelines.serve.service import Service
from pipelines.serve.wire import without_422

_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))


class _App(FastAPI):
    @cached_property
    def _description(self) -> dict[str, Any]:
        return without_422(super().openapi())

    def openapi(self) -> dict[str, Any]:
        """Describe what the routes take and return."""
        return self._description


def build_app(service: Service) -> FastAPI:
    """Return the application that serves `service`, and closes it when it is shut down."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        if not service.close():
            errors.logger.warning("rows that could not be logged are kept on disk for the next start")

    app = _App(title="silentdrift", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.service = service
    errors.install(app)
    for part in (chat, vectors, feedback, health, page):
        app.include_router(part.router)
    if service.settings.cors_origins:
        origins = list(service.settings.cors_origins)
        app.add_middleware(CORSMiddleware, allow_origins=origins, allow_methods=["*"], allow_headers=["*"])
    app.add_middleware(BodyLimit, most=service.settings.max_request_kb * 1024)
    app.add_middleware(_RequestCounter, metrics=service.metrics)
    if service.settings.root_path:
        app.add_middleware(_PathPrefix, prefix=service.settings.root_path)
    return app


class _PathPrefix:
    """Takes the path off under which a proxy shows the server, where the proxy left it on."""

    def __init__(self, app: Any, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on."""
        if scope["type"] == "http" and (scope["path"] + "/").startswith(self._prefix + "/"):
            scope = scope | {"path": scope["path"].removeprefix(self._prefix) or "/"}
        await self._app(scope, receive, send)


class _RequestCounter:
    """Counts requests by route and status, and adds the headers that every response has."""

    def __init__(self, app: Any, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 499
        started = perf_counter()

        async def counted(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = message | {"headers": [*message["headers"], *_HEADERS]}
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.requests.labels(route, str(status)).inc()
            self._metrics.request_seconds.labels(route).observe(perf_counter() - started)
