"""Plan, ingest and status say what told the definitions in files of code."""

import sys

import pytest

from pipelines.index.code import code_lines
from pipelines.index.ingest import ingest_json, ingest_paths, ingest_text
from pipelines.index.plan import plan_json, plan_paths, plan_text
from pipelines.index.status import status_text, workspace_status
from pipelines.wiring.workspace import init_workspace, open_workspace
from rag.read.code import syntax


@pytest.fixture
def workspace(tmp_path):
    init_workspace(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.go").write_text("package a\n\n// Sail sails.\nfunc Sail() {\n}\n")
    (tmp_path / "docs" / "b.md").write_text("# Ferry\n\nIt sails at noon.\n")
    return open_workspace(tmp_path)


def told(workspace, folder):
    """What plan, ingest and status say, to people and to programs."""
    plan = plan_paths(workspace, [folder])
    report = ingest_paths(workspace, [folder])
    status = workspace_status(workspace)
    texts = plan_text(plan), ingest_text(report), status_text(status)
    return texts, (plan_json(plan)["code"], ingest_json(report)["code"], status["code"])


def test_code_is_cut_by_its_grammar_where_the_extra_is_installed(workspace, tmp_path):
    texts, counts = told(workspace, tmp_path / "docs")
    assert all("1 file of code cut by grammar" in text and "shape" not in text for text in texts)
    assert counts == ({"grammar": 1},) * 3


def test_code_is_cut_by_its_shape_elsewhere_and_the_extra_is_named(workspace, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tree_sitter", None)
    syntax._language.cache_clear()
    texts, counts = told(workspace, tmp_path / "docs")
    syntax._language.cache_clear()
    assert all("1 file of code cut by shape alone" in text and "silentdrift[code]" in text for text in texts)
    assert counts == ({"shape": 1},) * 3


def test_nothing_is_said_where_there_is_no_code():
    assert code_lines({}) == []
    assert code_lines({"grammar": 2, "shape": 1}) == [
        "2 files of code cut by grammar, 1 file of code cut by shape alone"
    ]
