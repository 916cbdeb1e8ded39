"""`drift report --alert` against real receivers on loopback: told, told once, told again when it failed."""

import json
import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from drift.alert.channels import KINDS
from tests.drift.alert.test_channels import Pigeon
from tests.pipelines.cli.test_drift_commands import rows, write
from tests.waiting import until

BASE = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=20)


class Receiver:
    """Keeps what is posted to it; refuses while `broken`."""

    def __init__(self):
        self.got, self.broken = [], False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not receiver.broken:
                    receiver.got.append((self.path, json.loads(body)))
                self.send_response(500 if receiver.broken else 200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server.server_port}"

    def titles(self):
        return [body["title"] for path, body in self.got if path != "/api/v2/alerts"]


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def drifted(tmp_path, monkeypatch, command, receiver):
    """A workspace whose last days are worse than its baseline, and whose alerts go to the receiver."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAG__ALERTS__URLS", f"json://bot:hunter2@{receiver.address}/hook")
    assert command("rag", "init").code == 0
    assert command("drift", "import", write(tmp_path / "ref.jsonl", rows(150, seed=1, start=BASE))).code == 0
    assert command("drift", "baseline", "set").code == 0
    bad = rows(150, seed=2, wrong=0.6, start=BASE + timedelta(days=15))
    assert command("drift", "import", write(tmp_path / "cur.jsonl", bad)).code == 0
    return tmp_path


def test_a_silent_drift_is_told_once_with_a_link_and_without_secrets(command, drifted, receiver, monkeypatch):
    monkeypatch.setenv("RAG__ALERTS__REPORT_URL", "https://reports.example/rag")
    first = command("drift", "report", "--alert")
    assert first.code == 3
    assert "told json://bot:****@127.0.0.1" in first.out
    assert "hunter2" not in first.out + first.err
    again = command("drift", "report", "--alert", "--json")
    assert "nothing new to tell" in again.err
    assert receiver.titles() == ["[rag] silent drift: ops are green, but answers got worse"]
    assert "Report: https://reports.example/rag/drift-" in receiver.got[0][1]["message"]


def test_a_channel_that_failed_is_tried_again_and_the_verdict_stands(command, drifted, receiver):
    receiver.broken = True
    failed = command("drift", "report", "--alert")
    assert (failed.code, "NOT told json://bot:****@" in failed.out) == (3, True)
    receiver.broken = False
    assert command("drift", "report", "--alert").code == 3
    assert len(receiver.titles()) == 1


def test_a_recovery_is_told_when_the_answers_are_good_again(command, drifted, receiver):
    assert command("drift", "report", "--alert").code == 3
    good = rows(150, seed=3, start=BASE + timedelta(days=17))
    assert command("drift", "import", write(drifted / "good.jsonl", good)).code == 0
    since = (BASE + timedelta(days=17)).isoformat()
    assert command("drift", "report", "--since", since, "--alert").code == 0
    assert [title.split("] ")[1].split(":")[0] for title in receiver.titles()] == ["silent drift", "recovered"]


def test_alerts_to_nobody_are_refused_after_the_report_was_written(command, drifted, monkeypatch):
    monkeypatch.delenv("RAG__ALERTS__URLS")
    ran = command("drift", "report", "--alert")
    assert (ran.code, "nobody to tell" in ran.err) == (2, True)
    assert list((drifted / ".rag" / "reports").glob("*.json"))


def test_an_address_nobody_understands_is_refused_without_being_shown(command, drifted, monkeypatch):
    monkeypatch.setenv("RAG__ALERTS__URLS", "carrierpigeon://s3cret@roof")
    ran = command("drift", "alert-test")
    assert (ran.code, "carrierpigeon" in ran.err, "s3cret" in ran.err) == (2, True, False)


def test_the_test_message_arrives(command, drifted, receiver):
    assert command("drift", "alert-test").code == 0
    assert receiver.titles() == ["[rag] test message"]


def test_a_channel_of_a_new_kind_is_told_once_by_its_address_alone(command, drifted, monkeypatch):
    monkeypatch.setitem(KINDS, "pigeon", Pigeon)
    monkeypatch.setattr(Pigeon, "carried", [])
    monkeypatch.setenv("RAG__ALERTS__URLS", "pigeon:hunter2@roof")
    assert "told pigeon:roof" in command("drift", "report", "--alert").out
    assert "nothing new to tell" in command("drift", "report", "--alert").out
    assert command("drift", "alert-test").code == 0
    assert Pigeon.carried == ["[rag] silent drift: ops are green, but answers got worse", "[rag] test message"]


def test_a_state_file_that_cannot_be_read_is_named(command, drifted):
    (drifted / ".rag" / "alerts.json").write_text("{not json")
    ran = command("drift", "report", "--alert")
    assert (ran.code, "alerts.json cannot be read" in ran.err) == (2, True)


def test_the_textfile_is_written(command, drifted, monkeypatch):
    monkeypatch.setenv("RAG__ALERTS__TEXTFILE", str(drifted / "rag.prom"))
    assert command("drift", "report", "--alert").code == 3
    assert 'rag_silent_drift{service="rag"} 1.0' in (drifted / "rag.prom").read_text()


@pytest.fixture
def alertmanager(tmp_path):
    """A real Alertmanager on free ports."""
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        pytest.skip("Alertmanager is not installed (Debian: prometheus-alertmanager)")
    (tmp_path / "am.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    log = (tmp_path / "am.log").open("w")
    process = subprocess.Popen(
        [
            program,
            "--config.file=am.yml",
            "--storage.path=am",
            "--web.listen-address=127.0.0.1:0",
            "--cluster.listen-address=",
        ],
        cwd=tmp_path,
        stderr=log,
    )
    try:
        yield _address(tmp_path / "am.log", process)
    finally:
        process.kill()
        process.wait()


def _address(log, process):
    def listening():
        assert process.poll() is None, log.read_text()
        return [line for line in log.read_text().splitlines() if "127.0.0.1:" in line and "istening" in line]

    line = until(listening, told=log.read_text)[0]
    return "http://127.0.0.1:" + line.rsplit("127.0.0.1:", 1)[1].split()[0].strip('"')


def test_alertmanager_holds_the_alert_until_the_recovery(command, drifted, alertmanager, monkeypatch):
    monkeypatch.setenv("RAG__ALERTS__ALERTMANAGER", alertmanager)

    def active():
        found = httpx.get(f"{alertmanager}/api/v2/alerts").json()
        return {
            item["labels"]["alertname"] for item in found if datetime.fromisoformat(item["endsAt"]) > datetime.now(UTC)
        }

    assert command("drift", "report", "--alert").code == 3
    assert active() == {"RagSilentDrift"}
    good = rows(150, seed=3, start=BASE + timedelta(days=17))
    command("drift", "import", write(drifted / "good.jsonl", good))
    assert command("drift", "report", "--since", (BASE + timedelta(days=17)).isoformat(), "--alert").code == 0
    assert active() == set()


def test_a_dead_alertmanager_is_told_and_the_verdict_stands(command, drifted, monkeypatch):
    monkeypatch.setenv("RAG__ALERTS__ALERTMANAGER", "http://127.0.0.1:9")
    ran = command("drift", "report", "--alert")
    assert (ran.code, "NOT told http://127.0.0.1:9 (ConnectError" in ran.out) == (3, True)
