"""Commands that read the log read the answers of a killed server, too."""

import shutil
from datetime import UTC, datetime

import pytest

import rag
from data.errors import WorkspaceError
from data.log.journal import Journal
from data.records import Context, Interaction
from pipelines.answer.leftovers import whole_log
from pipelines.wiring.workspace import open_workspace

OIL = "The lubricating oil is changed every 1,000 running hours."


@pytest.fixture
def workspace(demo_workspace, tmp_path):
    shutil.copytree(demo_workspace, tmp_path / "work")
    return open_workspace(tmp_path / "work")


def answer(key):
    passages = (Context("c1", text=OIL),)
    return Interaction(key, datetime(2026, 11, 1, tzinfo=UTC), "How often is the oil changed?", OIL, contexts=passages)


def killed_server(workspace, *keys):
    """Leave the answers on disk, as a server does that is killed before it wrote them to the log."""

    def no_log():
        raise WorkspaceError("The server was killed before.")

    journal = Journal(workspace.data / "journal", no_log)
    for key in keys:
        journal.keep(answer(key))
    assert not journal.close(30)


def test_answers_of_a_killed_server_are_scored_and_counted_by_the_next_command(workspace, command):
    killed_server(workspace, "a", "b")
    status = command("rag", "status", "-w", workspace.folder, "--json").json
    assert status["log"]["interactions"] == 2
    log = whole_log(workspace)
    assert {score.interaction_id for score in log.scores() if score.metric == "groundedness"} == {"a", "b"}
    assert not any((workspace.data / "journal").iterdir())


def test_answers_that_a_living_server_holds_are_left_to_it(workspace):
    def no_log():
        raise WorkspaceError("The disk is full.")

    living = Journal(workspace.data / "journal", no_log)
    living.keep(answer("a"))
    assert whole_log(workspace).span().interactions == 0
    assert any((workspace.data / "journal").glob("*/*.jsonl"))
    living.close(30)


def test_a_file_that_a_kill_cut_gives_what_it_holds_and_is_told(workspace, capsys):
    killed_server(workspace, "a")
    (file,) = (workspace.data / "journal").glob("*/*.jsonl")
    with file.open("ab") as lines:
        lines.write(b'{"interactions": [{"id": "b", ')
    assert whole_log(workspace).span().interactions == 1
    assert "1 cut line" in capsys.readouterr().err


def test_without_an_index_answers_are_counted_unscored(workspace):
    killed_server(workspace, "a")
    (workspace.data / "index.sqlite").unlink()
    log = whole_log(workspace)
    assert log.span().interactions == 1
    assert not list(log.scores())


def test_answers_of_rag_open_are_scored_by_the_next_command_that_reads_the_log(workspace, command):
    with rag.open(workspace.folder) as kb:
        told = kb.ask("How often is the lubricating oil changed?")
    assert told.scores == ()
    assert command("rag", "status", "-w", workspace.folder, "--json").json["log"]["interactions"] == 1
    scores = {score.metric: score.value for score in whole_log(workspace).scores()}
    assert scores["groundedness"] > 0.5 and scores["citation_support"] == 1.0
