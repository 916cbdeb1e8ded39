import json
import signal
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from data.errors import WorkspaceError
from data.log.interaction_log import InteractionLog
from pipelines.index.ingest import ingest_paths
from pipelines.wiring.workspace import init_workspace, open_log, open_workspace
from tests.faults.children import resize, run, start, used, write_docs
from tests.waiting import until


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    init_workspace(folder)
    ingest_paths(open_workspace(folder), [write_docs(folder / "docs", 5)])
    return folder


ASK = """
import sys
from pathlib import Path
from pipelines.answer.asker import open_asker
from pipelines.wiring.workspace import open_workspace
asker = open_asker(open_workspace(Path(sys.argv[1])))
while True:
    print(asker.ask("Which ships does berth 3 take?").interaction.id, flush=True)
"""


@pytest.mark.slow
def test_answers_killed_while_they_are_logged_leave_a_readable_log_with_every_finished_one(workspace):
    finished = []
    for delay in np.random.default_rng(5).uniform(0.0, 0.3, 6):
        with start(ASK, workspace) as child:
            first = child.stdout.readline()
            time.sleep(delay)
            child.send_signal(signal.SIGKILL)
            finished += (first + child.stdout.read()).split()
    log = open_log(open_workspace(workspace))
    held = {item.id: item for item in log.read()}
    assert set(finished) <= set(held) and len(held) <= len(finished) + 6
    scored = {score.interaction_id for score in log.scores()}
    assert set(held) == scored
    assert all(item.citations for item in held.values())


CLI = """
import sys
from pipelines.cli import {name}
from pipelines.console import run_app
sys.argv[0] = "{name}"
run_app({name}.app)
"""
RAG, DRIFT = (CLI.format(name=name) for name in ("rag", "drift"))


def write_interactions(path, count):
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    with path.open("w") as file:
        for number in range(count):
            row = {
                "id": f"i{number}",
                "at": (begin + timedelta(minutes=number)).isoformat(),
                "question": f"Which ships does berth {number} take?",
                "answer": f"Berth {number} takes ships of {number * 7} metres.",
                "contexts": [
                    {"id": "c", "text": f"Berth {number} takes ships of {number * 7} metres.", "source": "a.md"}
                ],
            }
            file.write(json.dumps(row) + "\n")


def kill_when_written(child, journal, least):
    """Kill -9 a process as soon as `journal` holds more than `least` bytes."""
    until(lambda: child.poll() is not None or (journal.exists() and journal.stat().st_size > least))
    child.kill()


@pytest.mark.slow
def test_an_import_killed_at_any_moment_is_completed_by_the_next(tmp_path):
    init_workspace(tmp_path)
    file, journal = tmp_path / "old.jsonl", tmp_path / ".rag" / "log.sqlite-wal"
    write_interactions(file, 4000)
    arguments = ("import", file, "--workspace", tmp_path, "--json")
    for least in (0, 60_000, 400_000, 1_500_000):
        with start(DRIFT, *arguments) as child:
            kill_when_written(child, journal, least)
        assert child.returncode in (0, -signal.SIGKILL)
        assert open_log(open_workspace(tmp_path)).span().interactions in (0, 4000)
    ended = run(DRIFT, *arguments)
    assert ended.returncode == 0, ended.stderr
    log = open_log(open_workspace(tmp_path))
    assert sorted(item.id for item in log.read()) == sorted(f"i{number}" for number in range(4000))
    assert {score.interaction_id for score in log.scores()} == {f"i{number}" for number in range(4000)}
    assert json.loads(run(DRIFT, *arguments).stdout)["new"] == 0


def ask_with_log_at(workspace, file):
    return run(
        f"import os; os.environ['RAG__LOG__URL'] = 'sqlite:///{file}'\n{RAG}",
        "ask",
        "Which ships does berth 3 take?",
        "-w",
        workspace,
    )


@pytest.mark.slow
@pytest.mark.parametrize("opened_before", [True, False])
def test_with_the_log_on_a_full_disk_the_answer_is_still_given_with_a_warning(workspace, disk, opened_before):
    file = disk / "log.sqlite"
    if opened_before:
        InteractionLog.at_path(file).close()
    resize(disk, used(disk) + (0 if opened_before else 4))
    asked = ask_with_log_at(workspace, file)
    assert "21 metres" in asked.stdout and asked.returncode == 0, asked.stderr
    assert "warning: this answer is not in the log: " in asked.stderr and "full" in asked.stderr
    assert "Traceback" not in asked.stderr
    resize(disk, 60_000)
    again = ask_with_log_at(workspace, file)
    assert again.returncode == 0 and "warning" not in again.stderr
    assert InteractionLog.at_path(file).span().interactions == 1


@pytest.mark.slow
def test_a_damaged_log_is_told_with_the_answer(workspace, tmp_path):
    file = tmp_path / "log.sqlite"
    file.write_bytes(b"garbage" * 1000)
    asked = ask_with_log_at(workspace, file)
    assert "21 metres" in asked.stdout and "warning: this answer is not in the log: " in asked.stderr
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        InteractionLog.at_path(file)


def test_times_before_others_are_kept_when_the_clock_goes_back(tmp_path):
    from data.records import Interaction

    log = InteractionLog.at_path(tmp_path / "log.sqlite")
    times = [datetime(year, 1, 1, tzinfo=UTC) for year in (2030, 2020, 2025)]
    for number, at in enumerate(times):
        log.append([Interaction(id=f"i{number}", at=at, question="q", answer="a", outcome="answered")])
    assert [item.id for item in log.read()] == ["i1", "i2", "i0"]
    assert [item.id for item in log.read(since=times[2])] == ["i2", "i0"]
