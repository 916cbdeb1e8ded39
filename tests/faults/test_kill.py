import shutil
import signal
import time

import numpy as np
import pytest

from rag.index.index import Index
from tests.fakes import HashEmbedder
from tests.faults.children import INGEST, content, ingest_here, run, start, write_docs

MOMENTS = 20


def hits(workspace):
    index = Index.open(workspace, HashEmbedder())
    found = [(hit.chunk, round(hit.score, 4)) for hit in index.search("which berth, mate 7", 9)]
    index.close()
    return found


def kill_after(delay, docs, workspace):
    """Start an ingest and kill -9 it `delay` seconds after it began; return whether it was still at work."""
    with start(INGEST, docs, workspace, 0.02) as child:
        child.stdout.readline()
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        return child.wait() == -signal.SIGKILL


def length_of_a_whole_run(docs, workspace):
    with start(INGEST, docs, workspace, 0.02) as child:
        child.stdout.readline()
        started = time.perf_counter()
        child.communicate(timeout=60)
    return time.perf_counter() - started


@pytest.mark.slow
def test_killed_at_20_random_moments_each_index_ends_as_if_never_killed(tmp_path):
    docs = write_docs(tmp_path / "docs", 40)
    ingest_here(docs, tmp_path / "before")
    for number in range(15):
        (docs / f"{number}.txt").write_text(f"Berth {number} is closed. Mate {number} has left.")
    write_docs(docs, 0)
    for number in range(40, 90):
        (docs / f"{number}.txt").write_text(f"Berth {number} is new. Ask mate {number}.")
    for number in (30, 31):
        (docs / f"{number}.txt").unlink()
    shutil.copytree(tmp_path / "before", tmp_path / "whole")
    seconds = length_of_a_whole_run(docs, tmp_path / "whole")
    expected, expected_hits, old = content(tmp_path / "whole"), hits(tmp_path / "whole"), content(tmp_path / "before")
    killed = 0
    for number, share in enumerate(np.random.default_rng(7).uniform(0, 1, MOMENTS)):
        workspace = tmp_path / f"k{number}"
        shutil.copytree(tmp_path / "before", workspace)
        at_work = kill_after(share * seconds, docs, workspace)
        seconds *= 1.0 if at_work else 0.8  # the run that was timed was slowed down by others
        killed += at_work
        assert content(workspace) in (old, expected)
        ingest_here(docs, workspace)
        assert content(workspace) == expected
        assert hits(workspace) == expected_hits
    assert killed >= MOMENTS // 4


@pytest.mark.slow
def test_one_ingest_killed_again_and_again_still_comes_to_its_end(tmp_path):
    docs = write_docs(tmp_path / "docs", 60)
    ingest_here(docs, tmp_path / "whole")
    for delay in np.random.default_rng(3).uniform(0.05, 0.8, 6):
        kill_after(delay, docs, tmp_path / ".rag")
    ended = run(INGEST, docs, tmp_path / ".rag", 0)
    assert ended.returncode == 0, ended.stderr
    assert content(tmp_path / ".rag") == content(tmp_path / "whole")
    assert sorted(path.name for path in (tmp_path / ".rag" / "chroma").iterdir()) == ["r1"]
