"""`drift import` of what other tools write: the format is told by the file, and a second import changes nothing."""

import json

import pytest

from pipelines.wiring.workspace import init_workspace, open_log, open_workspace
from tests.data.interchange.test_langfuse import GENERATION, RETRIEVAL, SCORES, TRACE
from tests.data.interchange.test_otlp import openinference, request


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    init_workspace(tmp_path)
    return tmp_path


def test_span_files_are_told_by_their_content_and_imported_once(command, folder):
    (folder / "spans.json").write_text(json.dumps(request(*openinference())))
    first, second = (command("drift", "import", "spans.json", "--json") for _ in range(2))
    assert (first.code, first.json["new"], second.code, second.json["new"]) == (0, 1, 0, 0)
    log = open_log(open_workspace(folder))
    [item] = log.read()
    assert item.contexts[0].text == "Ships dock at berth 4."
    [groundedness] = [score for score in log.scores() if score.metric == "groundedness"]
    assert groundedness.value > 0.5


def test_bad_items_are_kept_aside_and_told_by_number(command, folder):
    rows = [
        TRACE | {"observations": [RETRIEVAL, GENERATION], "scores": SCORES},
        {"id": "t2", "timestamp": "2026-01-05"},
    ]
    (folder / "export.json").write_text(json.dumps(rows))
    told = "export.json:2: the trace holds no question: content may not be captured, or it is no question at all"
    ran = command("drift", "import", "export.json", "--json")
    assert (ran.code, ran.json["new"], ran.json["rejected_file"]) == (2, 1, "export.rejected.jsonl")
    assert ran.json["refused"] == [told]
    assert json.loads((folder / "export.rejected.jsonl").read_text()) == {"trace": "t2"}


def test_an_unknown_format_is_one_sentence(command, folder):
    (folder / "a.jsonl").write_text("{}")
    ran = command("drift", "import", "a.jsonl", "--format", "xml")
    assert (ran.code, "There is no format 'xml'" in ran.err) == (2, True)
