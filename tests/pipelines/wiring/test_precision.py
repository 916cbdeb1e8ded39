import pytest

from data.errors import SettingsError
from pipelines.index.ingest import ingest_paths
from pipelines.index.status import workspace_status
from pipelines.wiring.workspace import init_workspace, open_workspace
from rag.errors import EmbedderMismatch
from rag.wiring.retriever import open_index, place_embedder

MODEL = "all-MiniLM-L6-v2@53aa51172d14"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """Open a new workspace with the given precision, again and again."""
    init_workspace(tmp_path)
    (tmp_path / "ferry.md").write_text("The ferry leaves at six in the morning.", encoding="utf-8")

    def reopen(precision: str):
        monkeypatch.setenv("RAG__EMBEDDER__PRECISION", precision)
        return open_workspace(tmp_path)

    return reopen


@pytest.mark.parametrize(("precision", "name"), [("fp32", MODEL), ("int8", f"{MODEL}+int8")])
def test_an_index_keeps_its_precision_under_auto(workspace, tmp_path, precision, name):
    ingest_paths(workspace(precision), [tmp_path / "ferry.md"])

    again = ingest_paths(workspace("auto"), [tmp_path / "ferry.md"])

    assert again.unchanged == 1 and place_embedder(workspace("auto")).id == name
    assert workspace_status(workspace("auto"))["embedder"] == name
    index = open_index(workspace("auto"))
    assert index.search("When does the ferry leave?", 8, mode="dense")
    index.close()


def test_a_stated_precision_builds_the_index_anew_and_is_refused_before(workspace, tmp_path):
    ingest_paths(workspace("fp32"), [tmp_path / "ferry.md"])
    with pytest.raises(EmbedderMismatch, match="rag ingest"):
        open_index(workspace("int8"))

    report = ingest_paths(workspace("int8"), [tmp_path / "ferry.md"])

    assert report.chunks == 1 and workspace_status(workspace("auto"))["embedder"] == f"{MODEL}+int8"


def test_an_unknown_precision_is_refused(workspace):
    with pytest.raises(SettingsError, match=r"precision"):
        workspace("int4")
