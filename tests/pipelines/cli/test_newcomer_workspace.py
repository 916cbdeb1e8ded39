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
    from rag.read.document import find_files

    (here / "a.md").write_text("The harbour opens at 6.", encoding="utf-8")
    assert [path.name for path in find_files([here]).files] == ["a.md"]
    assert [path.name for path in find_files([here / "rag.toml"]).files] == ["rag.toml"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("RAG__CHAT", "1", "RAG__CHAT names no setting: write RAG__SECTION__KEY"),
        ("RAG__CHAT__MODLE", "m", "unknown key chat.modle: did you mean 'model'?\n"),
        ("RAG__BOGUS__KEY", "m", "unknown section [bogus]: known are alerts, chat, "),
    ],
)
def test_a_slip_in_the_environment_is_told_without_guessing_wildly(command, here, monkeypatch, name, value, told):
    monkeypatch.setenv(name, value)
    ran = command("rag", "status")
    assert ran.code == 2
    assert told in ran.err


def test_settings_saved_by_a_windows_editor_are_read(here):
    from pipelines.settings.loading import load_settings

    (here / "rag.toml").write_bytes(b"\xef\xbb\xbf[retrieval]\r\nk = 3\r\n")
    assert load_settings(here, {}).retrieval.k == 3


def test_a_setting_outside_a_section_is_told_so(command, here):
    (here / "rag.toml").write_text("k = 3\n", encoding="utf-8")
    assert "'k' outside a section: write it under one" in command("rag", "status").err


def test_an_empty_path_is_not_the_current_folder(command, here):
    (here / "a.md").write_text("The harbour opens at 6.", encoding="utf-8")
    ran = command("rag", "ingest", "")
    assert ran.code == 2
    assert "the path is empty" in ran.err
    assert "There is no index" in command("rag", "status").err


def test_an_empty_search_is_refused(command, here):
    ran = command("rag", "search", " ")
    assert (ran.code, ran.out) == (2, "")
    assert "The question is empty" in ran.err
