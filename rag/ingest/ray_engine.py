"""Read, cut and embed on a Ray cluster, or on all processors of one machine; storing stays with the caller.

Reading and cutting is one stage of a Ray Data pipeline, embedding the next, with one embedder per node. Results come
back in the order of the tasks, so the index gets the rows the local engine would give it. Every node must have
silentdrift installed and see the files under the same absolute paths.
"""

from __future__ import annotations

import logging
import os
import pickle
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from data.errors import cause
from rag.chunk import embedding_text
from rag.embed import embed_passages
from rag.errors import EmbedderError, EngineError
from rag.protocols import Embedder, Task, TaskResult, Work

if TYPE_CHECKING:
    from ray.data import Dataset

_DOCUMENTS_AT_ONCE = 16
_TASKS_PER_BLOCK = 32
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
"""No telemetry; no notes of Ray's own among the lines of the command. Each can be set otherwise in the environment."""


@dataclass(frozen=True, slots=True)
class _RayPlan:
    """What every worker needs: the pickled function that builds the embedder, and the work to be done."""

    build_embedder: bytes
    work: Work


class RayEngine:
    """Work on tasks with Ray.

    `build_embedder` must be picklable; each worker calls it once. `address` is that of a running cluster, such as
    "auto" or "ray://host:10001"; without one a cluster on this machine lives for the run, unless one is up already.
    """

    def __init__(self, build_embedder: Callable[[], Embedder], address: str = "") -> None:
        self._build_embedder = pickle.dumps(build_embedder)
        self._address = address

    def run(self, tasks: Iterable[Task], work: Work, cached: Callable[[], set[str]]) -> Iterator[TaskResult]:
        """Yield what became of each task, in order.

        :raises EngineError: Ray is not installed, its cluster cannot be reached, or broke down on the way.
        :raises EmbedderError: a worker could not embed.
        """
        rows = [{"packed": pickle.dumps(replace(task, path=task.path.absolute()))} for task in tasks]
        if not rows:
            return
        plan = _RayPlan(self._build_embedder, work)
        with _cluster(self._address), _ray_errors():
            for row in _pipeline(rows, plan, frozenset(cached())).iter_rows():
                worked = pickle.loads(row["packed"])
                if isinstance(worked, EmbedderError):
                    raise worked
                yield worked


@contextmanager
def _cluster(address: str) -> Iterator[None]:
    """Connect to a cluster and leave it afterwards; a connection that is there already is used and kept."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise EngineError(f"The ray engine needs Ray ({cause(error)}): pip install 'silentdrift[ray]'.") from error
    if ray.is_initialized():
        yield
        return
    try:
        _knock(address)
        ray.init(
            address=address or None,
            include_dashboard=None if address else False,
            log_to_driver=False,
            logging_level="ERROR",
        )
    except (OSError, ValueError, RuntimeError) as error:
        where = f"at {address}" if address else "on this machine"
        raise EngineError(
            f"No Ray cluster can be used {where} ({cause(error)[:300]}): start one with `ray start`,"
            " correct --address, or use --engine local."
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Open and close a connection to `address`: Ray itself would try for minutes and then end the process."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    if parts.hostname and parts.port:
        socket.create_connection((parts.hostname, parts.port), timeout=5).close()


@contextmanager
def _ray_errors() -> Iterator[None]:
    import ray.exceptions

    try:
        yield
    except ray.exceptions.RayError as error:
        what = " ".join(str(error).split())[-300:]
        raise EngineError(
            f"The Ray cluster broke down ({type(error).__name__}: {what}): what was stored is kept, so run the same"
            " command again when the cluster is well."
        ) from error


def _pipeline(rows: list[dict[str, bytes]], plan: _RayPlan, cached: frozenset[str]) -> Dataset:
    import ray
    import ray.data

    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    nodes = sum(1 for node in ray.nodes() if node["Alive"])
    blocks = max(1, len(rows) // _TASKS_PER_BLOCK)
    # Unequal shares of a processor keep Ray from fusing the stages, which would leave reading to the few embedders.
    read = ray.data.from_items(rows, override_num_blocks=blocks).map(_read, fn_args=(plan,), num_cpus=0.5)
    return read.map_batches(
        _EmbeddingStage,
        fn_constructor_args=(plan, cached),
        batch_size=_DOCUMENTS_AT_ONCE,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=nodes),
        num_cpus=1,
    )


def _read(row: Mapping[str, Any], plan: _RayPlan) -> dict[str, bytes]:
    """Stage one, in a task: a packed task becomes a packed result."""
    try:
        worked: object = plan.work(pickle.loads(row["packed"]), _embedder(plan.build_embedder))
    except EmbedderError as error:
        worked = EmbedderError(str(error))
    return {"packed": pickle.dumps(worked)}


class _EmbeddingStage:
    """Stage two, in an actor: vectors are added to every result that needs some."""

    def __init__(self, plan: _RayPlan, cached: frozenset[str]) -> None:
        self._plan = plan
        self._done = set(cached)

    def __call__(self, table: Any) -> Any:
        worked = [pickle.loads(row["packed"]) for row in table.to_pylist()]
        try:
            found = self._embed(worked)
        except EmbedderError as error:
            found = [EmbedderError(str(error))] * len(worked)
        return type(table).from_pylist([{"packed": pickle.dumps(item)} for item in found])

    def _embed(self, worked: list[Any]) -> list[Any]:
        texts: dict[str, str] = {}
        owners: list[list[str]] = []
        for item in worked:
            entries = item.prepared.entries if isinstance(item, TaskResult) and item.prepared else ()
            missing = (entry for entry in entries if entry.key not in self._done)
            new = {entry.key: embedding_text(entry.chunk) for entry in missing}
            self._done.update(new)
            owners.append(list(new))
            texts |= new
        if not texts:
            return worked
        vectors = embed_passages(list(texts.values()), _embedder(self._plan.build_embedder))
        made = dict(zip(texts, vectors.astype(np.float32), strict=True))
        return [
            replace(item, vectors={key: made[key] for key in keys}) if keys else item
            for item, keys in zip(worked, owners, strict=True)
        ]


@lru_cache(maxsize=1)
def _embedder(packed: bytes) -> Embedder:
    """Build the embedder once per worker process."""
    build: Callable[[], Embedder] = pickle.loads(packed)
    return build()
