"""What every engine must do: the work of an ingest, in order, one bad file never stopping the rest."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from pipelines.index.engines import EngineName
from rag.chunk.passages import embedding_text
from rag.chunk.settings import ChunkSettings
from rag.embed.long_texts import embed_passages
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.ingest.ray_engine import RayEngine
from rag.ingest.work import LocalEngine, work_on
from rag.protocols import Task
from tests.fakes import HashEmbedder
from tests.servers import ray_cluster

# Ray warns of its own files, sockets and processes.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
WORK = partial(work_on, chunking=ChunkSettings(max_tokens=40, min_characters=0))


class ThreadEngine:
    """Works on four documents at a time, and embeds each where it was cut."""

    def __init__(self, build_embedder):
        self._embedder = build_embedder()

    def run(self, tasks, work, cached):
        known = frozenset(cached())
        with ThreadPoolExecutor(4) as pool:
            yield from pool.map(lambda task: self._embedded(work(task, self._embedder), known), list(tasks))

    def _embedded(self, result, known):
        entries = result.prepared.entries if result.prepared else ()
        texts = {entry.key: embedding_text(entry.chunk) for entry in entries if entry.key not in known}
        vectors = embed_passages(list(texts.values()), self._embedder) if texts else ()
        return replace(result, vectors=dict(zip(texts, vectors, strict=True)))


def local(build_embedder):
    return LocalEngine(build_embedder())


ENGINES = {"local": local, "ray": RayEngine, "threads": ThreadEngine}


@pytest.fixture(scope="module")
def cluster():
    with ray_cluster():
        yield


@pytest.fixture(params=ENGINES)
def engine(request):
    if request.param == "ray":
        request.getfixturevalue("cluster")
    return ENGINES[request.param](partial(HashEmbedder, 64))


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}.md").write_text(f"# Pier {number}\n\nBerth {number} takes ships of {number} metres.\n")
    (folder / "05.md").write_bytes(b"")
    return folder


def tasks(docs):
    return [Task(path, path.name, str(path)) for path in sorted(docs.iterdir())]


def test_every_engine_is_under_contract():
    assert set(EngineName) <= set(ENGINES)


def test_results_come_in_the_order_of_the_tasks_and_a_bad_file_is_one_of_them(engine, docs):
    found = list(engine.run(tasks(docs), WORK, set))
    assert [result.task.source for result in found] == [task.source for task in tasks(docs)]
    assert [result.task.source for result in found if result.failure] == ["05.md"]
    assert all(result.prepared or result.failure for result in found)


def test_a_file_that_did_not_change_is_neither_prepared_nor_a_failure(engine, docs):
    first = next(iter(engine.run(tasks(docs)[:1], WORK, set)))
    again = replace(tasks(docs)[0], known_hash=first.prepared.file_hash)
    (result,) = engine.run([again], WORK, set)
    assert result.prepared is None and result.failure == ""


def test_nothing_to_do_is_nothing_done(engine):
    assert list(engine.run([], WORK, set)) == []


def test_what_has_a_vector_gets_none(engine, docs):
    keys = {entry.key for result in engine.run(tasks(docs), WORK, set) if result.prepared
            for entry in result.prepared.entries}  # fmt: skip
    assert all(not result.vectors for result in engine.run(tasks(docs), WORK, lambda: keys))


def test_the_index_is_the_one_that_this_process_makes_alone(engine, docs, tmp_path):
    settings = ChunkSettings(max_tokens=40, min_characters=0)
    alone = ingest([docs], tmp_path / "alone", HashEmbedder(), chunking=settings)
    report = ingest([docs], tmp_path / "engine", HashEmbedder(), chunking=settings, engine=engine)
    assert (report.added, report.chunks, report.failed) == (alone.added, alone.chunks, alone.failed)
    indexes = [Index.open(tmp_path / name, HashEmbedder()) for name in ("alone", "engine")]
    one, other = ([(hit.chunk, hit.score) for hit in index.search("berth 7 ships", 12)] for index in indexes)
    assert one == other
