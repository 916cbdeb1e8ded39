import pytest

import rag
from tests.fakes import HashEmbedder
from tests.rag.knowledge_base.handbook import TEXTS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A current folder with documents in docs/."""
    (tmp_path / "docs").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kb(folder):
    with rag.open("handbook", embedder=HashEmbedder()) as opened:
        opened.ingest("docs/")
        yield opened
