import threading
import time

import pytest

from rag.index.index import Index
from rag.ingest.job import ingest
from tests.fakes import HashEmbedder
from tests.faults.children import INGEST, SETTINGS, content, ingest_here, run, start, write_docs
from tests.waiting import until


def test_of_two_ingests_at_once_one_wins_and_the_other_names_it(tmp_path):
    docs = write_docs(tmp_path / "docs", 60)
    with start(INGEST, docs, tmp_path / ".rag", 0.3) as winner:
        winner.stdout.readline()
        until((tmp_path / ".rag" / "writer.pid").exists)
        loser = run(INGEST, docs, tmp_path / ".rag", 0)
        out, err = winner.communicate(timeout=60)
    assert loser.returncode == 1 and f"IndexBusy: Another process (pid {winner.pid})" in loser.stderr
    assert out.splitlines()[0] == "60 0 0 0 0" and err == ""
    assert len(content(tmp_path / ".rag")) == 60


@pytest.mark.slow
def test_many_ingests_started_together_index_everything_once(tmp_path):
    docs = write_docs(tmp_path / "docs", 60)
    children = [start(INGEST, docs, tmp_path / ".rag", 0.01) for _ in range(4)]
    ended = [(child.communicate(timeout=60), child.returncode) for child in children]
    for (out, err), code in ended:
        assert (code == 0 and out) or "IndexBusy" in err, err
    assert 0 in [code for _, code in ended]
    ingest_here(docs, tmp_path / "whole")
    assert content(tmp_path / ".rag") == content(tmp_path / "whole")


READER = """
import sys, time
from pathlib import Path
from rag.index import Index
from tests.fakes import HashEmbedder
index = Index.open(Path(sys.argv[1]), HashEmbedder())
print("ready", flush=True)
while not Path(sys.argv[2]).exists():
    hits = index.search("Berth 3 takes ships of 21 metres", 3)
    assert len(hits) == 3, hits
    if any("zeppelin" in hit.chunk.text for hit in index.search("zeppelin mast", 3)):
        print("seen", time.time(), flush=True)
        break
"""


@pytest.mark.slow
def test_a_reader_searching_all_the_while_never_fails_and_sees_new_text_within_a_second(tmp_path):
    docs = write_docs(tmp_path / "docs", 60)
    ingest_here(docs, tmp_path / ".rag")
    with start(READER, tmp_path / ".rag", tmp_path / "stop") as reader:
        assert reader.stdout.readline() == "ready\n"
        for round_ in range(3):
            (docs / "5.txt").write_text(f"Berth 5 was painted {round_} times.")
            assert run(INGEST, docs, tmp_path / ".rag", 0).returncode == 0
        (docs / "new.txt").write_text("The zeppelin mast stands north.")
        ingest_here(docs, tmp_path / ".rag")
        published = time.time()
        out, err = reader.communicate(timeout=30)
    assert reader.returncode == 0 and err == ""
    assert float(out.split()[1]) - published < 1.0


class ChangedMeanwhile(HashEmbedder):
    """Changes a file each time texts are embedded, as an editor might during an ingest."""

    def __init__(self, file):
        super().__init__()
        self.file = file
        self.versions = 0

    def embed(self, texts, *, query=False):
        self.versions += 1
        self.file.write_text(f"Version {self.versions} of the timetable.")
        return super().embed(texts, query=query)


def test_a_file_changed_during_an_ingest_is_caught_up_by_the_next(tmp_path):
    docs = write_docs(tmp_path / "docs", 5)
    changing = ChangedMeanwhile(docs / "0.txt")
    ingest([docs], tmp_path / ".rag", changing, chunking=SETTINGS)
    report = ingest_here(docs, tmp_path / ".rag")
    assert (report.changed, report.unchanged) == (1, 4)
    texts = [text for source, _, _, text, _ in content(tmp_path / ".rag") if source.endswith("/0.txt")]
    assert texts == [(docs / "0.txt").read_text()]


def test_a_file_appended_to_all_the_while_is_whole_or_refused_never_cut(tmp_path):
    docs, stop = write_docs(tmp_path / "docs", 5), threading.Event()
    log, line = docs / "growing.log", "The pump ran dry at noon again.\n"
    log.write_text(line)

    def append():
        with log.open("a") as file:
            while not stop.is_set():
                file.write(line)
                file.flush()

    writer = threading.Thread(target=append)
    writer.start()
    report = ingest_here(docs, tmp_path / ".rag")
    stop.set()
    writer.join()
    reasons = [reason for source, reason in report.failed]
    assert all("changed while it was read" in reason for reason in reasons) and report.added + len(reasons) == 6
    assert ingest_here(docs, tmp_path / ".rag").failed == ()
    stored = Index.open(tmp_path / ".rag").document(log.as_posix()).text
    assert stored == log.read_text()


def test_a_clock_set_back_changes_neither_order_nor_content(tmp_path):
    docs = write_docs(tmp_path / "docs", 20)
    times = iter(["2030-01-01T00:00:00+00:00", "2020-01-01T00:00:00+00:00", "2010-01-01T00:00:00+00:00"] * 9)
    index = None
    for round_ in range(3):
        (docs / "new.txt").write_text(f"Visitor {round_} came by boat.")
        ingest_here(docs, tmp_path / ".rag", now=lambda: next(times))
        index = index or Index.open(tmp_path / ".rag", HashEmbedder())
        assert index.generation == f"g1.r{round_ + 1}"
        assert f"Visitor {round_} " in index.search("Visitor came by boat", 1)[0].chunk.text


def test_an_embedder_changed_twice_at_one_time_never_meets_its_former_vectors(tmp_path):
    docs = write_docs(tmp_path / "docs", 10)
    for salt in ("", "A", "B", "", "C"):
        changed = HashEmbedder(salt=salt)
        changed.id = "same name"
        ingest([docs], tmp_path / ".rag", changed, chunking=SETTINGS, now=lambda: "2030-01-01T00:00:00+00:00")
        best = Index.open(tmp_path / ".rag", changed).search("Berth 7 takes ships of 49 metres.", 1, mode="dense")[0]
        assert "Berth 7 " in best.chunk.text and best.score > 0.7
