"""Where the work of an ingest is done: the engines by name, and the one place where a new one is listed."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from data.errors import InputError

if TYPE_CHECKING:
    from pipelines.settings import Settings
    from rag.protocols import Engine


class EngineName(StrEnum):
    """Where the work of an ingest is done."""

    local = "local"
    ray = "ray"


def build_engine(name: EngineName, settings: Settings, embedder: str, address: str) -> Engine | None:
    """Build an engine whose embedder fits the one of id `embedder`; None is this process.

    :raises InputError: an address is given to an engine that has none.
    """
    if address and name is not EngineName.ray:
        raise InputError(f"--address {address} is for --engine ray: add that, or leave the address out.")
    match name:
        case EngineName.local:
            return None
        case EngineName.ray:
            from rag.embed import open_embedder
            from rag.ingest import RayEngine

            return RayEngine(partial(open_embedder, settings.embedder, embedder), address)
