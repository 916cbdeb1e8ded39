"""However the server ends, what was answered is on record: told to end, or killed."""

import re
import signal
import sqlite3
import subprocess
import sys
import threading

import httpx
import pytest

from data.log.interaction_log import InteractionLog
from data.log.journal import Journal
from pipelines.loopback import Behaviour
from tests.pipelines.serve.conftest import OIL, copied
from tests.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture
def started(demo_workspace, tmp_path, endpoint):
    """`rag serve` in a process of its own, with its address."""
    settings = f'[chat]\nbase_url = "{endpoint.url}"\nmodel = "m"\n'
    folder = copied(demo_workspace, tmp_path / "work", settings)
    told = tmp_path / "told.txt"
    with told.open("w") as out:
        command = [sys.executable, "-m", "pipelines.cli.rag", "serve", "--port", "0", "-w", str(folder)]
        process = subprocess.Popen(command, stderr=out)
    try:
        until(lambda: "Serving on" in told.read_text() or process.poll() is not None, 120)
        yield process, re.findall(r"Serving on (http://\S+)", told.read_text())[0], folder
    finally:
        process.kill()
        process.wait()


def ask(url, replies):
    body = {"messages": [{"role": "user", "content": OIL}], "stream": True}
    replies.append(httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60).text)


def logged(folder):
    return [item.id for item in InteractionLog.at_path(folder / ".rag" / "log.sqlite").read()]


def test_told_to_end_it_finishes_the_answers_under_way_and_takes_no_more(started, endpoint, behaving):
    process, url, folder = started
    behaving(Behaviour(latency_ms=2000))
    before, replies = len(endpoint.requests), []
    asking = threading.Thread(target=ask, args=(url, replies))
    asking.start()
    until(lambda: len(endpoint.requests) > before)
    process.send_signal(signal.SIGTERM)
    asking.join(60)
    assert "[DONE]" in replies[0] and "error" not in replies[0]
    process.wait(60)
    assert [f'"{interaction_id}"' in replies[0] for interaction_id in logged(folder)] == [True]
    assert list((folder / ".rag" / "journal").iterdir()) == []


def test_killed_before_the_log_took_a_row_the_next_start_brings_it_there(started):
    process, url, folder = started
    InteractionLog.at_path(folder / ".rag" / "log.sqlite").close()
    other = sqlite3.connect(folder / ".rag" / "log.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    replies = []
    ask(url, replies)
    process.kill()
    process.wait()
    other.execute("ROLLBACK")
    assert "[DONE]" in replies[0]
    assert logged(folder) == []
    log = InteractionLog.at_path(folder / ".rag" / "log.sqlite")
    journal = Journal(folder / ".rag" / "journal", lambda: log)
    assert journal.close(60)
    (interaction_id,) = logged(folder)
    assert f'"{interaction_id}"' in replies[0]
