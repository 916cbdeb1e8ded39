import pytest

from rag.ingest.job import ingest
from tests.fakes import HashEmbedder
from tests.faults.children import INGEST, SEARCH, SETTINGS, content, ingest_here, resize, run, used, write_docs


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [16, 64, 200, 400, 640, 840, 900, 1000])
def test_a_first_ingest_on_a_full_disk_says_so_and_goes_on_when_there_is_room(disk, tmp_path, kilobytes):
    docs = write_docs(tmp_path / "docs", 300)
    resize(disk, kilobytes)
    failed = run(INGEST, docs, disk / ".rag", 0)
    assert failed.returncode == 1 and "IndexOutOfSpace: There is no space left on the disk" in failed.stderr
    assert len(failed.stderr.splitlines()) == 1
    resize(disk, 60_000)
    ingest_here(docs, disk / ".rag")
    ingest_here(docs, tmp_path / "whole")
    assert content(disk / ".rag") == content(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.parametrize("room", [100, 500, 900, 1300])
def test_an_ingest_that_fills_the_disk_leaves_readers_what_they_had(disk, tmp_path, room):
    docs = write_docs(tmp_path / "docs", 100)
    ingest_here(docs, disk / ".rag")
    before = content(disk / ".rag")
    write_docs(docs, 700)
    (docs / "3.txt").write_text("Berth 3 is closed.")
    resize(disk, used(disk) + room)
    failed = run(INGEST, docs, disk / ".rag", 0)
    assert failed.returncode == 1 and "no space left" in failed.stderr
    assert content(disk / ".rag") == before
    resize(disk, 60_000)
    assert "21 metres" in run(SEARCH, disk / ".rag", "Berth 3 takes ships of 21 metres").stdout
    report = ingest_here(docs, disk / ".rag")
    assert report.chunks == len(content(disk / ".rag")) >= 700
    assert "closed" in run(SEARCH, disk / ".rag", "Berth 3 is closed").stdout


def test_a_full_disk_is_no_reason_to_call_for_a_repair(disk, tmp_path):
    docs = write_docs(tmp_path / "docs", 50)
    ingest_here(docs, disk / ".rag")
    resize(disk, used(disk))
    told = run(SEARCH, disk / ".rag", "Berth 3 takes ships of 21 metres")
    assert told.returncode == 1 and "There is no space left" in told.stderr and "rag repair" not in told.stderr
    resize(disk, 60_000)
    assert "21 metres" in run(SEARCH, disk / ".rag", "Berth 3 takes ships of 21 metres").stdout


LIMITED = f"""
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]),) * 2)
{INGEST}
"""


@pytest.mark.slow
@pytest.mark.parametrize("most", [1_000, 60_000, 300_000])
def test_a_file_that_may_not_grow_fails_in_one_sentence(tmp_path, most):
    docs = write_docs(tmp_path / "docs", 300)
    failed = run(LIMITED, docs, tmp_path / ".rag", 0, most)
    assert failed.returncode == 1 and "Traceback" not in failed.stderr
    assert len(failed.stderr.splitlines()) == 1, failed.stderr
    ingest([docs], tmp_path / ".rag", HashEmbedder(), chunking=SETTINGS)
    assert len(content(tmp_path / ".rag")) == 300
    assert "21 metres" in run(SEARCH, tmp_path / ".rag", "Berth 3 takes ships of 21 metres").stdout
