import shutil
import sqlite3

import numpy as np
import pytest

from rag.errors import IndexDamaged
from rag.index.index import Index
from rag.ingest.rebuild import repair
from tests.fakes import HashEmbedder
from tests.faults.children import INGEST, SEARCH, content, ingest_here, run, write_docs

QUESTION = "Berth 3 takes ships of 21 metres"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    ingest_here(write_docs(folder / "docs", 150), folder / ".rag")
    return folder


@pytest.fixture
def workspace(whole, tmp_path):
    shutil.copytree(whole / ".rag", tmp_path / ".rag")
    return tmp_path / ".rag"


def cut(data):
    return data[: len(data) // 2]


def scramble(data):
    return bytes(byte ^ 0xA5 for byte in data)


def flip_one_bit(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def empty(_data):
    return b""


def damage(workspace, name, how):
    (file,) = (workspace / "chroma").rglob(name)
    file.write_bytes(how(file.read_bytes()))


HNSW = ["data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin"]


@pytest.mark.parametrize("name", [*HNSW, "seal.json"])
@pytest.mark.parametrize("how", [cut, scramble, flip_one_bit, empty])
def test_damaged_vectors_are_refused_before_chroma_can_crash_on_them(workspace, name, how):
    damage(workspace, name, how)
    with pytest.raises(IndexDamaged, match="rag repair"):
        Index.open(workspace, HashEmbedder()).search(QUESTION, 8)
    assert "Berth 3 " in Index.open(workspace).search(QUESTION, 1, mode="lexical")[0].chunk.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "how"),
    [("data_level0.bin", scramble), ("chroma.sqlite3", cut), ("chroma.sqlite3", scramble), ("chroma.sqlite3", empty)],
)
def test_a_process_that_meets_damage_ends_with_a_sentence_and_repair_mends_it(workspace, name, how):
    damage(workspace, name, how)
    told = run(SEARCH, workspace, QUESTION)
    assert told.returncode == 1 and told.stderr.startswith("IndexDamaged: ") and "`rag repair`" in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert repair(workspace).embedded == 0
    assert "21 metres" in run(SEARCH, workspace, QUESTION).stdout


@pytest.mark.slow
def test_ingesting_over_damaged_vectors_builds_them_anew(workspace, whole):
    damage(workspace, "data_level0.bin", scramble)
    more = whole / "more"
    more.mkdir()
    (more / "new.txt").write_text("The zeppelin mast stands north.")
    ended = run(INGEST, more, workspace, 0)
    assert ended.returncode == 0, ended.stderr
    assert "zeppelin" in run(SEARCH, workspace, "zeppelin mast north").stdout
    assert "21 metres" in run(SEARCH, workspace, QUESTION).stdout


@pytest.mark.slow
@pytest.mark.parametrize("place", [0.0, 0.2, 0.4, 0.6, 0.8])
def test_a_damaged_catalogue_is_told_or_harmless_never_answered_wrong(workspace, place):
    file = workspace / "index.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(file.read_bytes())
    start = int(place * len(data))
    data[start : start + 16_384] = np.random.default_rng(1).bytes(len(data[start : start + 16_384]))
    file.write_bytes(data)
    told = run(SEARCH, workspace, QUESTION)
    if told.returncode == 0:
        assert "21 metres" in told.stdout
    else:
        assert told.returncode == 1 and "IndexDamaged" in told.stderr and len(told.stderr.splitlines()) == 1
    with pytest.raises(IndexDamaged, match="restore it, or delete it and ingest again"):
        repair(workspace)


def test_a_catalogue_cut_short_is_told(workspace):
    file = workspace / "index.sqlite"
    file.write_bytes(cut(file.read_bytes()))
    with pytest.raises(IndexDamaged, match=r"index\.sqlite.*ingest again"):
        Index.open(workspace, HashEmbedder()).search(QUESTION, 8)


def test_deleting_a_damaged_catalogue_and_ingesting_again_restores_everything(workspace, whole):
    (workspace / "index.sqlite").write_bytes(b"garbage" * 1000)
    told = run(INGEST, whole / "docs", workspace, 0)
    assert told.returncode == 1 and "IndexDamaged" in told.stderr
    (workspace / "index.sqlite").unlink()
    ingest_here(whole / "docs", workspace)
    assert content(workspace) == content(whole / ".rag")
