"""`drift explain` on a real index with two revisions and a loopback endpoint that has two models."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.answer.asker import open_asker
from pipelines.index.ingest import ingest_paths
from pipelines.loopback import Behaviour, Loopback
from pipelines.wiring.workspace import init_workspace, open_log, open_workspace
from tests.pipelines.conftest import DEMO

QUESTIONS = [json.loads(line)["question"] for line in (DEMO / "traffic.jsonl").read_text().splitlines()][:10]


@pytest.fixture
def lived(command, tmp_path, monkeypatch):
    """Three documents, a day in the baseline and an hour after it, asked without a model."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    for name in ("fares.md", "refunds.md", "pets.md"):
        shutil.copy(DEMO / "v1" / name, tmp_path / "corpus")
    init_workspace(tmp_path)
    opened, now = open_workspace(tmp_path), datetime.now(UTC)
    ingest_paths(opened, [tmp_path / "corpus"])
    asker = open_asker(opened)
    for question in QUESTIONS:
        asker.ask(question, at=now - timedelta(days=2))
        asker.ask(question, at=now - timedelta(hours=1))
    open_log(opened).set_baseline("default", now - timedelta(days=3), now - timedelta(days=1), now)
    return opened


def test_lost_documents_are_blamed_on_the_index(command, lived):
    for name in ("fares.md", "refunds.md"):
        (lived.folder / "corpus" / name).unlink()
    ingest_paths(lived, [lived.folder / "corpus"], prune=True)
    dry = command("drift", "explain", "--dry-run", "--json")
    assert (dry.code, dry.json["cost"]["answers"], dry.json["answered"]) == (0, 20, None)
    ran = command("drift", "explain", "--json")
    assert [factor["factor"] for factor in ran.json["factors"]] == ["index"]
    answered = ran.json["answered"]
    assert answered["questions"] == 10
    assert answered["high"] < 0
    assert (answered["effects"][0]["factor"], answered["effects"][0]["share"]) == ("index", pytest.approx(1.0))
    log = open_log(lived)
    replays = list(log.read(kinds=("replay",)))
    assert (len(replays), {item.tags["cell"] for item in replays}) == (20, {"index=old", "index=new"})
    assert not [item for item in log.read() if "explain" in item.tags]


def test_a_worse_model_is_blamed_when_the_former_settings_are_kept(command, lived, monkeypatch):
    good, bad = Behaviour(model="good"), Behaviour(model="bad", hallucination_rate=1.0)
    with Loopback(good) as old_server, Loopback(bad) as new_server:
        (lived.folder / "old.toml").write_text(f'[chat]\nbase_url = "{old_server.url}"\nmodel = "good"\n')
        monkeypatch.setenv("RAG__CHAT__BASE_URL", new_server.url)
        monkeypatch.setenv("RAG__CHAT__MODEL", "bad")
        ran = command("drift", "explain", "--n", 10, "--old-settings", "old.toml", "--json")
        shown = command("drift", "explain", "--n", 10, "--old-settings", "old.toml").out
    assert ran.code == 0
    assert [(f["factor"], f["old"], f["new"]) for f in ran.json["factors"]] == [("model", "good", "bad")]
    [missing] = ran.json["not_replayed"]
    assert (missing["name"], "no earlier revision" in missing["reason"]) == ("index", True)
    quality = ran.json["quality"]
    assert quality["high"] < 0
    assert quality["effects"][0]["share"] == pytest.approx(1.0)
    assert "model     -" in shown
    assert "100% of the difference" in shown


def test_nothing_at_hand_says_why(command, lived):
    ran = command("drift", "explain", "--n", 5)
    assert ran.code == 5
    assert "Nothing that is still at hand differs" in ran.out
    assert f"The index in {Path.cwd() / '.rag'} has no earlier revision" in ran.out


def test_a_missing_settings_file_is_one_sentence(command, lived):
    ran = command("drift", "explain", "--old-settings", "gone.toml")
    assert (ran.code, "There is no settings file at gone.toml" in ran.err) == (2, True)
