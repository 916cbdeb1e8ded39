"""A kind of store that is listed is chosen by the settings, and by nothing else that had to be told of it."""

import pytest

from data.errors import SettingsError
from pipelines.index.repair import repair_index, rollback_index
from pipelines.wiring.workspace import init_workspace, open_workspace
from rag.store.vectors.folders import VECTORS
from rag.wiring.ingest import ingest_into
from rag.wiring.retriever import open_retriever
from tests.contracts.numpy_store import FILE
from tests.fakes import HashEmbedder


@pytest.fixture
def workspace(kind, tmp_path, request):
    """A workspace whose rag.toml names the kind."""
    url = request.getfixturevalue("chroma_url") if kind == "chroma-server" else ""
    init_workspace(tmp_path)
    (tmp_path / "rag.toml").write_text(f'[vectors]\nstore = "{kind}"\nurl = "{url}"\n')
    for number in range(12):
        (tmp_path / f"{number}.md").write_text(f"# Pier {number}\n\nBerth {number} takes ships of {number} metres.\n")
    ingest_into(open_workspace(tmp_path), [tmp_path], embedder=HashEmbedder())
    return open_workspace(tmp_path)


def found(workspace, question="berth 7 ships"):
    retriever = open_retriever(workspace, embedder=HashEmbedder())
    try:
        return retriever.search(question, 1).hits[0].chunk.text
    finally:
        retriever.index.close()


def test_a_workspace_lives_in_the_store_that_its_settings_name(workspace, kind, monkeypatch):
    assert "Berth 7 " in found(workspace)
    assert bool(list(workspace.data.rglob(FILE))) == (kind == "numpy")
    (workspace.folder / "new.md").write_text("The zeppelin mast stands north.\n")
    ingest_into(workspace, [workspace.folder], embedder=HashEmbedder())
    assert "zeppelin" in found(workspace, "zeppelin mast")
    monkeypatch.setattr("pipelines.index.repair.place_embedder", lambda place: HashEmbedder())
    assert "nothing had to be embedded again" in repair_index(workspace)
    assert "g1.r1" in rollback_index(workspace)
    assert "Berth 7 " in found(workspace) and len(list((workspace.data / VECTORS).iterdir())) >= 1


def test_a_name_that_is_no_store_is_told_before_anything_is_read(tmp_path):
    init_workspace(tmp_path)
    (tmp_path / "rag.toml").write_text('[vectors]\nstore = "faiss"\n')
    with pytest.raises(SettingsError, match=r"vectors\.store is 'faiss': known are chroma, chroma-server"):
        ingest_into(open_workspace(tmp_path), [tmp_path], embedder=HashEmbedder())
