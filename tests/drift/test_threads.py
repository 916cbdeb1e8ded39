"""A comparison computes on one thread, and gives the others back."""

import os
import subprocess
import sys
from pathlib import Path

from threadpoolctl import threadpool_info, threadpool_limits

from drift.comparison import compare
from drift.windows import Window

FRESH = """
from threadpoolctl import threadpool_info
from drift.comparison import one_thread
with one_thread():
    import scipy.stats, sklearn.cluster, sklearn.decomposition, sklearn.linear_model
    print(sorted({pool["num_threads"] for pool in threadpool_info()}), {pool["user_api"] for pool in threadpool_info()})
"""


def threads():
    return {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}


def test_libraries_that_nobody_has_loaded_yet_are_limited_too():
    root = Path(__file__).resolve().parents[2]
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-c", FRESH]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[1] ") and "openmp" in done.stdout and "blas" in done.stdout


def test_the_threads_of_before_are_given_back(build, settings, now, monkeypatch):
    seen = []
    monkeypatch.setattr("drift.comparison.judge_ops", lambda *sides: seen.append(set(threads().values())) or 1 / 0)
    with threadpool_limits(2):
        before = threads()
        try:
            compare(build("a", 40), Window("b", (), ()), settings, now)
        except ZeroDivisionError:
            seen.append("failed inside")
        after = threads()
    assert seen == [{1}, "failed inside"]
    assert {path: after[path] for path in before} == before
