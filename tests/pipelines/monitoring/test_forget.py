"""`drift forget` and the [log] settings about redaction, as commands."""

import json

import pytest

from pipelines.wiring.workspace import init_workspace, open_log, open_workspace

ROW = {"at": "2026-01-05T08:00:00Z", "answer": "Call 555-0199.", "contexts": [{"text": "Phone: 555-0199"}]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    init_workspace(tmp_path)
    rows = [ROW | {"id": "1", "question": "Phone of 555-0199?"}, ROW | {"id": "2", "question": "Berth?"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def stored(folder):
    return {item.id: item for item in open_log(open_workspace(folder)).read()}


def test_patterns_and_a_hook_of_the_workspace_are_applied_to_imports(command, folder, monkeypatch):
    (folder / "my_rules.py").write_text("def hide(text):\n    return text.replace('Berth', 'Place')\n")
    monkeypatch.setenv("RAG__LOG__REDACT", json.dumps([r"\d{3}-\d{4}"]))
    monkeypatch.setenv("RAG__LOG__REDACT_HOOK", "my_rules:hide")
    assert command("drift", "import", "a.jsonl").code == 0
    found = stored(folder)
    assert (found["1"].question, found["2"].question) == ("Phone of [redacted]?", "Place?")
    assert found["1"].contexts[0].text == "Phone: [redacted]"


@pytest.mark.parametrize("hook", ["nowhere:hide", "json:nothing", "json", "json:__name__"])
def test_a_hook_that_cannot_be_loaded_is_one_sentence(command, folder, monkeypatch, hook):
    monkeypatch.setenv("RAG__LOG__REDACT_HOOK", hook)
    ran = command("drift", "import", "a.jsonl")
    assert (ran.code, "log.redact_hook" in ran.err, ran.err.strip().count("\n")) == (2, True, 0)


def test_old_texts_and_reports_are_deleted_after_a_look(command, folder):
    command("drift", "import", "a.jsonl")
    reports = folder / ".rag" / "reports"
    reports.mkdir()
    for stamp in ("20260106T000000Z", "29990101T000000Z"):
        (reports / f"drift-{stamp}.html").write_text("555-0199")
    look = command("drift", "forget", "--older-than", "1d", "--dry-run", "--json")
    assert (look.json["interactions"], look.json["reports"], stored(folder)["1"].answer) == (2, 1, "Call 555-0199.")
    done = command("drift", "forget", "--older-than", "1d")
    assert "2 interactions before" in done.out
    assert [path.name for path in reports.iterdir()] == ["drift-29990101T000000Z.html"]
    assert all(item.answer is None and item.question.startswith("[deleted ") for item in stored(folder).values())
    assert command("drift", "forget", "--older-than", "1d", "--json").json["interactions"] == 0


def test_a_new_report_that_quotes_an_old_answer_goes_with_it_and_others_stay(command, folder):
    command("drift", "import", "a.jsonl")
    reports = folder / ".rag" / "reports"
    reports.mkdir()
    quoting = {"examples": [{"interaction_id": "nobody", "reference_id": "1", "reference_answer": "Call 555-0199."}]}
    for stamp, body in (("29990101T000000Z", quoting), ("29990102T000000Z", {"examples": []}), ("29990103T000000Z", 7)):
        (reports / f"drift-{stamp}.json").write_text(json.dumps(body))
        (reports / f"drift-{stamp}.html").write_text("a page")
    assert command("drift", "forget", "--older-than", "1d", "--json").json["reports"] == 2
    assert not list(reports.glob("drift-29990101*"))
    assert len(list(reports.iterdir())) == 4


def test_canaries_keep_their_texts_unless_they_are_to_go(command, folder):
    (folder / "b.jsonl").write_text(json.dumps(ROW | {"id": "3", "question": "Berth?", "kind": "canary"}))
    command("drift", "import", "a.jsonl")
    command("drift", "import", "b.jsonl")
    assert command("drift", "forget", "--older-than", "1d", "--dry-run", "--json").json["interactions"] == 2
    assert command("drift", "forget", "--older-than", "1d", "--json").json["interactions"] == 2
    log = open_log(open_workspace(folder))
    assert [item.answer for item in log.read(kinds=("canary",))] == ["Call 555-0199."]
    assert command("drift", "forget", "--older-than", "1d", "--canaries", "--json").json["interactions"] == 1
    assert [item.answer for item in log.read(kinds=("canary",))] == [None]


def test_the_setting_is_the_default(command, folder, monkeypatch):
    command("drift", "import", "a.jsonl")
    assert "--older-than" in command("drift", "forget").err
    monkeypatch.setenv("RAG__LOG__KEEP_TEXT_DAYS", "10")
    assert command("drift", "forget", "--json").json["interactions"] == 2


@pytest.mark.parametrize("age", ["soon", "-3d", "9999999d"])
def test_an_age_that_is_none_is_refused(command, folder, age):
    assert command("drift", "forget", f"--older-than={age}").code == 2
