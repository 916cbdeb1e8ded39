"""Golden cases and logs in a folder of documents are not indexed silently; named, they are."""

import json

import pytest

from rag.chunk.settings import ChunkSettings
from rag.ingest.job import ingest
from rag.ingest.plan import plan_ingest
from tests.fakes import HashEmbedder

CASE = {"id": "1", "question": "When does the pier open?", "answers": ["at nine"], "sources": ["guide.md"]}
SILENT = {"id": "2", "question": "Who owns the moon?", "must_abstain": True}
INTERACTION = {"id": "3", "at": "2026-01-01T00:00:00Z", "question": "When does the pier open?", "answer": "At nine."}
RECORD = {"id": "4", "question": "Is the pier lit?", "reply": "Yes, until midnight."}


def run(tmp_path, *paths):
    return ingest(paths, tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings(min_characters=0))


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "guide.md").write_text("# Guide\n\nThe pier opens at nine.\n")
    return folder


@pytest.mark.parametrize(
    ("row", "kind"), [(CASE, "golden cases"), (SILENT, "golden cases"), (INTERACTION, "logged interactions")]
)
def test_a_folder_is_ingested_without_them_and_says_so(docs, tmp_path, row, kind):
    (docs / "cases.jsonl").write_text(json.dumps(row) + "\n")
    report = run(tmp_path, docs)
    ((source, reason),) = report.failed
    assert report.added == 1 and source.endswith("cases.jsonl") and kind in reason and ".ragignore" in reason
    planned = plan_ingest([docs], tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings(min_characters=0))
    assert planned.failed == report.failed


def test_a_file_given_by_name_is_indexed(docs, tmp_path):
    (docs / "cases.jsonl").write_text(json.dumps(CASE) + "\n")
    report = run(tmp_path, docs, docs / "cases.jsonl")
    assert (report.added, report.failed) == (2, ())


def test_records_of_any_other_shape_are_documents(docs, tmp_path):
    (docs / "faq.jsonl").write_text(json.dumps(RECORD) + "\n")
    (docs / "list.jsonl").write_text("[1, 2]\n")
    assert run(tmp_path, docs).added == 3


def test_a_file_in_ragignore_is_passed_over_in_silence(docs, tmp_path):
    (docs / "cases.jsonl").write_text(json.dumps(CASE) + "\n")
    (docs / ".ragignore").write_text("cases.jsonl\n")
    report = run(tmp_path, docs)
    assert (report.added, report.failed) == (1, ())
