"""What a newcomer gets wrong about his workspace: settings, URLs of logs, folders."""

import pytest


@pytest.fixture
def here(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command("rag", "init").code == 0
    return tmp_path


@pytest.mark.parametrize("url", ["postgres://user:geheim@nowhere/db", "/dev/null", "sqlite"])
def test_a_log_url_that_cannot_be_is_refused_without_its_password(command, here, monkeypatch, url):
    monkeypatch.setenv("RAG__LOG__URL", url)
    ran = command("drift", "baseline", "list")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "The log's URL cannot be used" in ran.err
    assert "geheim" not in ran.err


def test_the_settings_with_their_keys_are_never_a_document_of_their_own_folder(here):
    from rag.read import find_files

    (here / "a.md").write_text("The harbour opens at 6.", encoding="utf-8")
    assert [path.name for path in find_files([here]).files] == ["a.md"]
    assert [path.name for path in find_files([here / "rag.toml"]).files] == ["rag.toml"]
