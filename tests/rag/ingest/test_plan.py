"""A plan says what the ingest then does, and leaves everything as it was."""

import hashlib
from dataclasses import replace

import pytest

from rag.chunk.settings import ChunkSettings
from rag.ingest.job import ingest
from rag.ingest.plan import plan_ingest
from tests.fakes import HashEmbedder

SETTINGS = ChunkSettings(max_tokens=40, min_characters=0)


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.md").write_text(f"# Pier {number}\n\nBerth {number} takes ships of {number * 7} metres.\n")
    return folder


def fingerprint(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def plan(docs, embedder=None, **options):
    folder = docs.parent / ".rag"
    return plan_ingest([docs], folder, embedder or HashEmbedder(), **{"chunking": SETTINGS, **options})


def run(docs, **options):
    return ingest([docs], docs.parent / ".rag", HashEmbedder(), chunking=SETTINGS, **options)


def test_a_plan_before_the_first_ingest_adds_everything_and_makes_no_folder(docs):
    planned = plan(docs)
    assert (len(planned.added), planned.changed, planned.removed, planned.unchanged) == (8, (), (), 0)
    assert (planned.chunks, planned.texts) == (8, 8) and planned.tokens > 0 and planned.seconds > 0
    assert not (docs.parent / ".rag").exists()


def test_the_ingest_does_what_the_plan_said_and_the_plan_wrote_nothing(docs):
    run(docs)
    (docs / "0.md").write_text("# Pier 0\n\nBerth 0 is closed for good.\n")
    (docs / "new.md").write_text("# Cranes\n\nTwo cranes lift forty tons each.\n")
    (docs / "1.md").unlink()
    (docs / "bad.txt").write_bytes(b"\x00\x01")
    before = fingerprint(docs.parent)
    planned = plan(docs, prune=True)
    assert fingerprint(docs.parent) == before
    names = [[source.rpartition("/")[2] for source in group] for group in (planned.added, planned.changed)]
    assert names == [["new.md"], ["0.md"]] and planned.removed[0].endswith("1.md") and planned.unchanged == 6
    assert [source.rpartition("/")[2] for source, _ in planned.failed] == ["bad.txt"]
    report = run(docs, prune=True)
    assert (report.added, report.changed, report.removed, report.unchanged) == (1, 1, 1, 6)
    assert report.failed == planned.failed


def test_without_prune_nothing_is_planned_to_be_removed(docs):
    run(docs)
    (docs / "1.md").unlink()
    assert plan(docs).removed == () and plan(docs).unchanged == 7


def test_nothing_to_do_costs_no_tokens(docs):
    run(docs)
    planned = plan(docs)
    assert (planned.unchanged, planned.chunks, planned.texts, planned.tokens, planned.rebuild) == (8, 0, 0, 0, "")


def test_texts_embedded_before_are_not_counted_again(docs):
    run(docs)
    (docs / "copy.md").write_text((docs / "3.md").read_text())
    planned = plan(docs)
    assert (len(planned.added), planned.chunks, planned.texts, planned.tokens) == (1, 1, 0, 0)


def test_other_chunking_plans_to_build_everything_anew_and_says_why(docs):
    run(docs)
    planned = plan(docs, chunking=replace(SETTINGS, max_tokens=80))
    assert "chunking" in planned.rebuild and planned.chunks == 8 and planned.unchanged == 8
    assert planned.texts == 0


def test_another_embedder_plans_to_embed_everything_again(docs):
    run(docs)
    planned = plan(docs, HashEmbedder(salt="X"))
    assert "hashX@64" in planned.rebuild and (planned.texts, planned.chunks) == (8, 8)


def test_the_time_is_that_of_a_sample_times_the_tokens(docs):
    class Slow(HashEmbedder):
        now = 0.0

        def embed(self, texts, *, query=False):
            self.now += 0.004 * len(texts)
            return super().embed(texts, query=query)

    for number in range(8, 200):
        (docs / f"{number}.md").write_text(f"# Pier {number}\n\nBerth {number} takes ships of {number * 7} metres.\n")
    slow = Slow()
    planned = plan(docs, slow, clock=lambda: slow.now)
    assert slow.embedded <= 25
    assert planned.texts == 200 and planned.seconds > 0.7 * 200 * 0.004
