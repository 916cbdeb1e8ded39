"""One thread for linear algebra: arrays of a comparison are small, and threads that wait for each other cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS and OpenMP on one thread, in the whole process, until the end; then give back what was allowed before.

    On a machine whose cores are busy, waiting for one's own other threads takes most of the time.
    """
    from threadpoolctl import threadpool_limits

    # Only libraries that are loaded already can be limited: this loads the BLAS of SciPy and OpenMP.
    import_module("sklearn.cluster")
    with threadpool_limits(1):
        yield
