"""What every channel keeps to, against real receivers on loopback; and what it takes to add one."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data.errors import SettingsError
from data.settings import Secret
from drift.alert.alertmanager import Alertmanager
from drift.alert.channel import AlertMessage, Channel, key_of
from drift.alert.channels import KINDS, open_channel, open_channels, summary
from drift.alert.policy import AlertPolicy, Notice
from drift.alert.service import AppriseService
from drift.alert.settings import AlertSettings
from drift.alert.textfile import Textfile
from drift.comparison import compare
from drift.reports.json_report import to_json
from drift.settings import DriftSettings
from tests.drift.conftest import NOW, build_window

NOTICE = Notice("alert", "[shop] silent drift", "Answers got worse.")
POLICY = AlertPolicy.of(AlertSettings(service="shop", report_url="https://x"), 180.0, "r.html")


@dataclass
class Pigeon:
    """A channel that nobody has: what it carries lies in `carried`."""

    wants_every_report = False
    carried = []

    address: str

    @property
    def shown(self) -> str:
        return "pigeon:" + self.address.partition("@")[2]

    @property
    def key(self) -> str:
        return key_of(self.address)

    @classmethod
    def open(cls, address: str) -> "Pigeon":
        if "@" not in address:
            raise SettingsError("A pigeon needs a roof: write pigeon:NAME@ROOF.")
        return cls(address)

    def send(self, message: AlertMessage) -> str | None:
        if self.address.endswith("nowhere"):
            return "the pigeon came back"
        self.carried.append(message.notice.title if message.notice else "")
        return None


class Receiver:
    """Keeps what is posted to it, and answers with `status`."""

    def __init__(self):
        self.got, self.status = [], 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, json.loads(body)))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def receiver():
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@dataclass(frozen=True)
class Kind:
    """A kind of channel: an address that answers, one that does not, and what shows that a message arrived."""

    channel: type[Channel]
    near: Callable[[Receiver, Path], str]
    away: Callable[[Path], str]
    arrived: Callable[[Receiver, Path], object]
    secret: str = "hunter2"


EVERY_KIND = pytest.mark.parametrize(
    "kind",
    [
        Kind(
            AppriseService,
            lambda receiver, folder: f"json://bot:hunter2@{receiver.address}/hook?token=hunter2",
            lambda folder: "json://bot:hunter2@127.0.0.1:9/hook",
            lambda receiver, folder: (
                [path for path, body in receiver.got if body["title"] == NOTICE.title] == ["/hook"]
            ),
        ),
        Kind(
            Alertmanager,
            lambda receiver, folder: f"http://bot:hunter2@{receiver.address}",
            lambda folder: "http://bot:hunter2@127.0.0.1:9",
            lambda receiver, folder: [len(body) for path, body in receiver.got if path == "/api/v2/alerts"] == [2],
        ),
        Kind(
            Textfile,
            lambda receiver, folder: str(folder / "rag.prom"),
            lambda folder: str(folder / "no folder" / "rag.prom"),
            lambda receiver, folder: 'rag_silent_drift{service="shop"} 1.0' in (folder / "rag.prom").read_text(),
            secret="a path holds none",
        ),
        Kind(
            Pigeon,
            lambda receiver, folder: "hunter2@roof",
            lambda folder: "hunter2@nowhere",
            lambda receiver, folder: Pigeon.carried == [NOTICE.title],
        ),
    ],
    ids=lambda kind: kind.channel.__name__,
)


@pytest.fixture(scope="module")
def message():
    windows = build_window("a", 150), build_window("b", 150, quality=0.5, day=20, seed=1)
    report = compare(*windows, DriftSettings(permutations=99), NOW)
    return AlertMessage(POLICY, NOW, NOTICE, report, to_json(report))


@pytest.fixture(autouse=True)
def nothing_carried(monkeypatch, receiver):
    monkeypatch.setattr(Pigeon, "carried", [])
    receiver.got.clear()


@EVERY_KIND
def test_a_message_arrives_once_and_nothing_is_told_as_the_reason(kind, receiver, message, tmp_path):
    assert kind.channel.open(kind.near(receiver, tmp_path)).send(message) is None
    assert kind.arrived(receiver, tmp_path)


@EVERY_KIND
def test_a_receiver_that_is_away_is_a_reason_without_secrets_and_no_error(kind, message, tmp_path):
    reason = kind.channel.open(kind.away(tmp_path)).send(message)
    assert reason
    assert kind.secret not in reason


@pytest.mark.parametrize("address", ["json://bot:hunter2@{}/hook", "alertmanager:http://bot:hunter2@{}"])
def test_a_receiver_that_refuses_is_a_reason_without_secrets_too(address, receiver, message, monkeypatch):
    monkeypatch.setattr(receiver, "status", 500)
    reason = open_channel(address.format(receiver.address)).send(message)
    assert reason
    assert "hunter2" not in reason


@EVERY_KIND
def test_a_channel_is_shown_and_named_without_its_secrets(kind, receiver, tmp_path):
    channel = kind.channel.open(kind.near(receiver, tmp_path))
    again, other = (kind.channel.open(address) for address in (kind.near(receiver, tmp_path), kind.away(tmp_path)))
    assert channel.shown and kind.secret not in channel.shown + channel.key
    assert channel.key == again.key != other.key


@EVERY_KIND
def test_a_channel_takes_a_message_without_the_part_it_does_not_want(kind, receiver, message, tmp_path):
    channel = kind.channel.open(kind.near(receiver, tmp_path))
    if channel.wants_every_report:
        assert channel.send(replace(message, notice=None)) is None
        assert kind.arrived(receiver, tmp_path)
        assert channel.send(AlertMessage(POLICY, NOW, NOTICE)) is None
    else:
        assert channel.send(AlertMessage(POLICY, NOW, NOTICE)) is None
        assert kind.arrived(receiver, tmp_path)


def test_alerts_at_an_alertmanager_fire_for_as_long_as_the_policy_says_and_end_with_a_steady_report(receiver, message):
    channel = Alertmanager.open(f"http://{receiver.address}/")
    channel.send(message)
    channel.send(replace(message, report=replace(message.report, verdict="steady")))
    channel.send(replace(message, report=replace(message.report, verdict="insufficient")))
    fired, ended = ([(row["labels"]["alertname"], row["endsAt"]) for row in body] for _, body in receiver.got)
    until, now = (NOW + timedelta(hours=26)).isoformat(), NOW.isoformat()
    assert fired == [("RagSilentDrift", until), ("RagOpsIncident", now)]
    assert ended == [("RagSilentDrift", now), ("RagOpsIncident", now)]


def test_settings_open_every_channel_they_name_in_their_order(receiver):
    settings = AlertSettings(urls=(Secret("json://host/a"),), alertmanager="http://am:9093", textfile="/tmp/rag.prom")
    opened = open_channels(settings)
    assert [type(channel) for channel in opened] == [AppriseService, Alertmanager, Textfile]
    assert [channel.shown for channel in opened[1:]] == ["http://am:9093", "/tmp/rag.prom"]
    assert open_channels(AlertSettings()) == []


def test_a_channel_needs_no_more_than_its_class_and_its_place_among_the_kinds(monkeypatch, message):
    monkeypatch.setitem(KINDS, "pigeon", Pigeon)
    [channel] = open_channels(AlertSettings(urls=(Secret("pigeon:hunter2@roof"),)))
    assert summary({channel.shown: channel.send(message)}) == "Alerts: told pigeon:roof"
    assert Pigeon.carried == [NOTICE.title]


@pytest.mark.parametrize("address", ["pigeon:hunter2@roof", "carrierpigeon://hunter2@roof", "hunter2", "", "textfile:"])
def test_an_address_of_no_kind_is_refused_without_being_shown(address):
    with pytest.raises(SettingsError, match=r"write|is not one Apprise understands") as refused:
        open_channel(address)
    assert "hunter2" not in str(refused.value)
