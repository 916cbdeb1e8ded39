"""The Ray engine gives the index the local engine gives: same chunks, same rows, same reports."""

import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from rag.chunk.settings import ChunkSettings
from rag.errors import EmbedderError, EngineError
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.ingest.ray_engine import RayEngine
from rag.store.catalog import Catalog
from tests.fakes import HashEmbedder
from tests.servers import ray_cluster

DEMO = Path(__file__).resolve().parents[3] / "data" / "demo"
SETTINGS = ChunkSettings(max_tokens=80, min_characters=0)
# Ray warns of its own files, sockets and processes.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


class BrokenEmbedder(HashEmbedder):
    """A model that answers on the machine that asks for help, but fails on the workers."""

    def embed(self, texts, *, query=False):
        raise EmbedderError("The embedding endpoint is down.")


@pytest.fixture(scope="module")
def cluster():
    with ray_cluster():
        yield


@pytest.fixture
def corpus(tmp_path):
    shutil.copytree(DEMO / "v1", tmp_path / "corpus")
    (tmp_path / "corpus" / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "corpus" / "empty.txt").write_bytes(b"")
    return tmp_path / "corpus"


def run(corpus, folder, engine=None, **options):
    return ingest([corpus], folder, HashEmbedder(), chunking=SETTINGS, engine=engine, **options)


def rows(folder):
    """Everything that is stored for readers, row numbers and vectors included."""
    catalog = Catalog(folder)
    current = catalog.current()
    numbers = [row for row, _ in catalog.chunk_languages(current.generation, current.id)]
    passages = catalog.passages(current.generation, current.id, "id", numbers)
    vectors = catalog.vectors(current.space, sorted({passage.key for passage in passages}))
    found = [(p.row, p.key, p.chunk) for p in passages], catalog.sources(current), catalog.languages(current)
    catalog.close()
    return found, vectors


def test_the_index_is_the_one_of_the_local_engine_and_so_are_report_and_progress(cluster, corpus, tmp_path):
    told = {"local": [], "ray": []}
    local = run(corpus, tmp_path / "local", progress=lambda *step: told["local"].append(step))
    engine = RayEngine(partial(HashEmbedder, 64))
    remote = run(corpus, tmp_path / "ray", engine, progress=lambda *step: told["ray"].append(step))

    assert (remote.added, remote.chunks, remote.failed) == (local.added, local.chunks, local.failed)
    assert remote.added == 31 and {Path(source).name for source, _ in remote.failed} == {"broken.pdf", "empty.txt"}
    assert told["ray"] == told["local"] and len(told["ray"]) == 33
    assert rows(tmp_path / "ray")[0] == rows(tmp_path / "local")[0]
    ours, theirs = rows(tmp_path / "ray")[1], rows(tmp_path / "local")[1]
    assert ours.keys() == theirs.keys() and all(np.array_equal(ours[key], theirs[key]) for key in ours)
    hit = Index.open(tmp_path / "ray", HashEmbedder()).search("lubricating oil running hours", 1)[0]
    assert (
        hit.chunk == Index.open(tmp_path / "local", HashEmbedder()).search("lubricating oil running hours", 1)[0].chunk
    )


def test_only_what_changed_is_done_again(cluster, corpus, tmp_path):
    run(corpus, tmp_path / "ray")
    (corpus / "faq.md").write_text("# Questions\n\nThe office of the harbour master opens at nine.\n")
    again = run(corpus, tmp_path / "ray", RayEngine(partial(HashEmbedder, 64)))
    assert (again.added, again.changed, again.unchanged, len(again.failed)) == (0, 1, 30, 2)
    hits = Index.open(tmp_path / "ray", HashEmbedder()).search("harbour master office opens at nine", 1)
    assert hits[0].chunk.text.endswith("opens at nine.")


def test_new_chunking_builds_a_generation_from_stored_texts(cluster, corpus, tmp_path):
    run(corpus, tmp_path / "ray")
    shutil.rmtree(corpus)
    corpus.mkdir()
    settings, engine = ChunkSettings(max_tokens=40, min_characters=0), RayEngine(partial(HashEmbedder, 64))
    report = ingest([corpus], tmp_path / "ray", HashEmbedder(), chunking=settings, engine=engine)
    assert report.chunks > 0 and Index.open(tmp_path / "ray").generation == "g2.r2"
    assert len(rows(tmp_path / "ray")[0][1]) == 31


def test_an_embedder_that_fails_on_a_worker_ends_the_job_in_its_own_words(cluster, corpus, tmp_path):
    with pytest.raises(EmbedderError, match=r"^The embedding endpoint is down\.$"):
        run(corpus, tmp_path / "ray", RayEngine(partial(BrokenEmbedder, 64)))


def test_a_cluster_that_is_not_there_ends_in_a_sentence(corpus, tmp_path):
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'silentdrift[ray]'")
    if ray.is_initialized():
        ray.shutdown()
    with pytest.raises(EngineError, match=r"No Ray cluster can be used at 127.0.0.1:1 .*--engine local"):
        run(corpus, tmp_path / "ray", RayEngine(partial(HashEmbedder, 64), "127.0.0.1:1"))
