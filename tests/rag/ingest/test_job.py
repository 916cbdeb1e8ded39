import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag.chunk.settings import ChunkSettings
from rag.errors import EmbedderError, IndexBusy
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.store.catalog import Catalog
from rag.store.lock import writer_lock
from tests.fakes import HashEmbedder
from tests.waiting import until

ROOT = Path(__file__).parents[3]
SETTINGS = ChunkSettings(max_tokens=40, min_characters=0)


@pytest.fixture
def docs(tmp_path):
    (folder := tmp_path / "docs").mkdir()
    (folder / "ferry.md").write_text("# Ferry\n\nThe ferry leaves at six. Bring a ticket.\n")
    (folder / "pets.md").write_text("# Pets\n\nDogs travel free on the upper deck.\n")
    (folder / "paром.txt").write_text("Паром отправляется в шесть часов утра.\n")
    return folder


def run(paths, workspace, embedder=None, **options):
    options = {"chunking": SETTINGS, **options}
    return ingest([Path(path) for path in paths], workspace, embedder or HashEmbedder(), **options)


def content(workspace):
    """What readers can see: every chunk's source, span, text and the key of its vector, and the stored documents."""
    catalog = Catalog(workspace)
    current = catalog.current()
    rows = [row for row, _ in catalog.chunk_languages(current.generation, current.id)]
    passages = catalog.passages(current.generation, current.id, "id", rows)
    sources = [source for source, _, _ in catalog.sources(current)]
    catalog.close()
    return sorted((p.chunk.source, p.chunk.start, p.chunk.end, p.chunk.text, p.key) for p in passages), sources


def counts(report):
    return report.added, report.changed, report.removed, report.unchanged, len(report.failed)


def test_a_folder_is_ingested_and_found(docs, tmp_path):
    report = run([docs], tmp_path / ".rag")
    assert counts(report) == (3, 0, 0, 0, 0) and report.chunks == len(content(tmp_path / ".rag")[0])
    hits = Index.open(tmp_path / ".rag", HashEmbedder()).search("when does the ferry leave", 1)
    assert hits[0].chunk.source == (docs / "ferry.md").as_posix() and "six" in hits[0].chunk.text


def test_ingesting_again_changes_nothing_and_embeds_nothing_but_the_embedder_check(docs, tmp_path):
    run([docs], tmp_path / ".rag")
    before, embedder = content(tmp_path / ".rag"), HashEmbedder()
    report = run([docs], tmp_path / ".rag", embedder)
    assert counts(report) == (0, 0, 0, 3, 0) and content(tmp_path / ".rag") == before
    assert embedder.embedded == 16
    assert Index.open(tmp_path / ".rag").generation == "g1.r1"


def test_a_changed_file_replaces_exactly_its_own_chunks(docs, tmp_path):
    run([docs], tmp_path / ".rag")
    before = content(tmp_path / ".rag")[0]
    (docs / "pets.md").write_text("# Pets\n\nDogs pay four crowns.\n")
    report = run([docs], tmp_path / ".rag")
    after = content(tmp_path / ".rag")[0]
    pets = (docs / "pets.md").as_posix()
    assert counts(report) == (0, 1, 0, 2, 0)
    assert [row for row in after if row[0] != pets] == [row for row in before if row[0] != pets]
    assert ["crowns" in row[3] for row in after if row[0] == pets] == [True]


def test_only_what_changed_is_embedded(docs, tmp_path):
    long = "\n\n".join(f"# Part {n}\n\nSentence number {n} stands alone here." for n in range(20))
    (docs / "long.md").write_text(long)
    run([docs], tmp_path / ".rag")
    (docs / "long.md").write_text(long.replace("number 7 stands", "number 7 moved"))
    embedder = HashEmbedder()
    run([docs], tmp_path / ".rag", embedder)
    assert embedder.embedded == 16 + 1


def test_a_vanished_file_stays_until_pruned(docs, tmp_path):
    run([docs], tmp_path / ".rag")
    (docs / "pets.md").unlink()
    assert counts(run([docs], tmp_path / ".rag")) == (0, 0, 0, 2, 0)
    assert (docs / "pets.md").as_posix() in content(tmp_path / ".rag")[1]
    assert counts(run([docs], tmp_path / ".rag", prune=True)) == (0, 0, 1, 2, 0)
    assert (docs / "pets.md").as_posix() not in content(tmp_path / ".rag")[1]


def test_prune_leaves_other_folders_alone(docs, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("Alone in the other folder.")
    run([docs, other], tmp_path / ".rag")
    (other / "a.txt").unlink()
    assert run([docs], tmp_path / ".rag", prune=True).removed == 0
    assert run([other], tmp_path / ".rag", prune=True).removed == 1


def test_bad_files_are_reported_and_the_rest_is_ingested(docs, tmp_path):
    (docs / "empty.txt").write_bytes(b"")
    (docs / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    report = run([docs, tmp_path / "missing.md"], tmp_path / ".rag")
    failed = {Path(source).name for source, reason in report.failed if reason}
    assert failed == {"empty.txt", "broken.pdf", "missing.md"} and report.added == 3


def test_a_file_that_became_unreadable_keeps_its_former_version(docs, tmp_path):
    run([docs], tmp_path / ".rag")
    (docs / "pets.md").write_bytes(b"\x00\x01")
    report = run([docs], tmp_path / ".rag", prune=True)
    assert len(report.failed) == 1 and report.removed == 0
    assert any("Dogs travel free" in row[3] for row in content(tmp_path / ".rag")[0])


def test_one_file_under_two_names_is_ingested_once(docs, tmp_path, monkeypatch):
    monkeypatch.chdir(docs)
    run(["ferry.md", "./ferry.md", docs / "ferry.md"], tmp_path / ".rag")
    assert content(tmp_path / ".rag")[1] == ["ferry.md"]
    report = run([docs / "ferry.md"], tmp_path / ".rag")
    assert counts(report) == (0, 0, 0, 1, 0)


def test_identical_texts_are_embedded_once_and_returned_once(docs, tmp_path):
    for name in ("one.txt", "two.txt", "three.txt"):
        (docs / name).write_text("The lighthouse keeper sleeps at noon.")
    run([docs], tmp_path / ".rag")
    hits = Index.open(tmp_path / ".rag", HashEmbedder()).search("lighthouse keeper sleeps", 5)
    assert [hit.chunk.text for hit in hits].count("The lighthouse keeper sleeps at noon.") == 1


def test_other_chunking_builds_a_new_generation_from_the_stored_text(docs, tmp_path):
    run([docs], tmp_path / ".rag")
    (docs / "pets.md").unlink()
    report = run([docs], tmp_path / ".rag", chunking=ChunkSettings(max_tokens=30, min_characters=0))
    assert Index.open(tmp_path / ".rag").generation == "g2.r2"
    assert report.unchanged == 2 and len(content(tmp_path / ".rag")[1]) == 3


def test_progress_ends_at_the_total_and_names_sources(docs, tmp_path):
    seen = []
    run([docs], tmp_path / ".rag", progress=lambda *step: seen.append(step))
    assert [step[:2] for step in seen] == [(1, 3), (2, 3), (3, 3)] and seen[-1][2].startswith(docs.as_posix())


HOLD = """
import sys
from pathlib import Path
from rag.store.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_refused_with_the_pid_of_the_first(docs, tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path / ".rag")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        child.stdout.readline()
        with pytest.raises(IndexBusy, match=f"pid {child.pid}"):
            run([docs], tmp_path / ".rag")
        child.kill()
    assert run([docs], tmp_path / ".rag").added == 3


def test_the_lock_is_free_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), writer_lock(tmp_path):
        raise ZeroDivisionError
    with writer_lock(tmp_path):
        pass


CHILD = """
import itertools, sys
from pathlib import Path
from rag.chunk import ChunkSettings
from rag.ingest.job import ingest
from tests.fakes import HashEmbedder

class Halting(HashEmbedder):
    batch = itertools.count()

    def embed(self, texts, *, query=False):
        if next(self.batch) == int(sys.argv[3]):
            print("halted", flush=True)
            sys.stdin.read()
        return super().embed(texts, query=query)

cut = ChunkSettings(max_tokens=40, min_characters=0)
ingest([Path(sys.argv[1])], Path(sys.argv[2]), Halting(), chunking=cut, prune=True, texts_at_once=4)
"""


@contextmanager
def halted_ingest(docs, workspace, batches):
    """An ingest in a process that does no more once it has embedded so many batches; killed in the end."""
    command = [sys.executable, "-c", CHILD, str(docs), str(workspace), str(batches)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "halted\n"
        yield
        child.kill()
    assert child.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_killed_again_and_again_nothing_is_lost_or_doubled(docs, tmp_path):
    for number in range(30):
        (docs / f"{number}.txt").write_text(f"Berth {number} takes ships of {number * 7} metres. Ask mate {number}.")
    run([docs], tmp_path / "whole")
    for batches in (0, 1, 1, 2, 2):
        with halted_ingest(docs, tmp_path / ".rag", batches):
            pass
    run([docs], tmp_path / ".rag")
    assert content(tmp_path / ".rag") == content(tmp_path / "whole")
    found, expected = (
        [
            (hit.chunk, round(hit.score, 4))
            for hit in Index.open(folder, HashEmbedder()).search("which berth, mate 7", 9)
        ]
        for folder in (tmp_path / ".rag", tmp_path / "whole")
    )
    assert found == expected


def test_a_killed_ingest_leaves_readers_where_they_were(docs, tmp_path):
    run([docs], tmp_path / ".rag")
    before = content(tmp_path / ".rag")
    for number in range(40):
        (docs / f"{number}.txt").write_text(f"Berth {number} takes ships of {number * 7} metres.")
    (docs / "pets.md").write_text("Dogs pay four crowns.")
    catalog = Catalog(tmp_path / ".rag")
    with halted_ingest(docs, tmp_path / ".rag", batches=8):
        until(lambda: catalog.connection.execute("SELECT count(*) FROM documents WHERE added = 2").fetchone()[0])
    assert content(tmp_path / ".rag") == before
    index = Index.open(tmp_path / ".rag", HashEmbedder())
    assert "free" in index.search("dogs travel free", 1)[0].chunk.text
    embedder = HashEmbedder()
    report = run([docs], tmp_path / ".rag", embedder)
    assert report.unchanged > 2 and embedder.embedded < 16 + 41 + 2 * 64
    assert len(content(tmp_path / ".rag")[1]) == 43


class Failing(HashEmbedder):
    """Fails at the text that names the fifth pier."""

    def embed(self, texts, *, query=False):
        if any("Pier 5" in text for text in texts):
            raise EmbedderError("no more credit")
        return super().embed(texts, query=query)


def piers(folder, number):
    folder.mkdir()
    for at in range(number):
        (folder / f"{at}.md").write_text(f"# Pier {at}\n\nBerth {at} takes ships of {at * 7} metres.\n")
    return folder


def test_what_was_embedded_before_a_failure_is_stored_and_not_embedded_again(tmp_path):
    docs = piers(tmp_path / "docs", 8)
    with pytest.raises(EmbedderError, match="credit"):
        run([docs], tmp_path / ".rag", Failing(), texts_at_once=2)
    embedder = HashEmbedder()
    report = run([docs], tmp_path / ".rag", embedder, texts_at_once=2)
    assert counts(report) == (4, 0, 0, 4, 0) and len(content(tmp_path / ".rag")[0]) == 8


def test_a_text_that_is_just_being_embedded_is_not_embedded_again(tmp_path):
    embedders = {"abc": HashEmbedder(), "a": HashEmbedder()}
    for names, embedder in embedders.items():
        (tmp_path / names).mkdir()
        for name in names:
            (tmp_path / names / f"{name}.txt").write_text("The ferry leaves at six in the morning.\n")
        run([tmp_path / names], tmp_path / f".rag-{names}", embedder, texts_at_once=1)
    besides_questions = {embedder.embedded - len(names) for names, embedder in embedders.items()}
    assert len(besides_questions) == 1


def test_files_are_reported_in_order_each_once_when_stored(tmp_path):
    docs = piers(tmp_path / "docs", 9)
    (docs / "3.md").write_bytes(b"")
    seen = []

    def note(done, total, source):
        seen.append((done, total))

    run([docs], tmp_path / ".rag", progress=note, texts_at_once=2)
    assert seen == [(at, 9) for at in range(1, 10)]
    (docs / "7.md").write_text("# Pier 7\n\nClosed.\n")
    seen.clear()
    run([docs], tmp_path / ".rag", progress=note, texts_at_once=2)
    assert seen == [(at, 9) for at in range(1, 10)]
