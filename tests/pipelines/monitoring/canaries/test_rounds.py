"""`drift probe` against a real index and a loopback endpoint whose model is swapped between two rounds."""

import json
from dataclasses import replace

import pytest

from data.canaries import load_canaries
from data.errors import InputError
from pipelines.loopback import Behaviour, Loopback
from pipelines.wiring.workspace import open_log, open_workspace


@pytest.fixture
def probed(command, workspace, monkeypatch):
    """A workspace whose endpoint is the loopback server, with the demo's cases as canaries."""
    from tests.pipelines.conftest import DEMO

    cases = [json.loads(line) for line in (DEMO / "cases.v1.jsonl").read_text().splitlines()]
    answerable = [case for case in cases if not case["must_abstain"] and case["language"] == "en"][:20]
    negatives = [case for case in cases if case["must_abstain"]][:3]
    (workspace / "canaries.jsonl").write_text("\n".join(json.dumps(case) for case in [*answerable, *negatives]))
    with Loopback(Behaviour(model="m")) as server:
        monkeypatch.setenv("RAG__CHAT__BASE_URL", server.url)
        monkeypatch.setenv("RAG__CHAT__MODEL", "m")
        yield server


def test_rounds_are_on_record_and_a_swapped_model_turns_right_answers_wrong(command, workspace, probed):
    first = command("drift", "probe", "--json")
    assert (first.code, first.json["against"], first.json["asked"]) == (5, None, 23)
    assert first.json["correct"] >= 14
    same = command("drift", "probe", "--json")
    # A busy machine may really be slower from one round to the next: what is said about quality is what counts here.
    assert (same.json["report"]["quality"]["status"] != "drifted", same.json["turned_wrong"]) == (True, [])
    assert same.json["swap"]["p_value"] > 0.05
    probed.behaviour = replace(probed.behaviour, hallucination_rate=0.9, seed=1)
    swapped = command("drift", "probe", "--json")
    assert swapped.code in (3, 4)
    assert swapped.json["verdict"] in ("silent_drift", "ops_incident_and_drift")
    assert swapped.json["swap"]["p_value"] <= 0.01
    assert len(swapped.json["turned_wrong"]) >= 3
    log = open_log(open_workspace(workspace))
    items = list(log.read(kinds=("canary",)))
    assert len({item.tags["probe"] for item in items}) == 3
    assert len(items) == 69 + swapped.json["asked_again"]
    # The round that got worse is no measure for the next: the loss stays a loss until it is mended.
    assert swapped.json["against"].startswith("2 probes, ")
    assert json.loads((workspace / ".rag" / "probes.json").read_text()) == {"worse": [swapped.json["probe"]]}
    assert {s.source for s in log.scores(kinds=("canary",)) if s.metric == "correct"} == {"reference"}


def test_a_dead_endpoint_is_an_ops_incident_also_in_the_first_round(command, workspace, probed):
    (workspace / "few.jsonl").write_text('{"question": "What does the islander card cost per year?"}')
    probed.behaviour = replace(probed.behaviour, fault="http_401")
    ran = command("drift", "probe", "--canaries", "few.jsonl")
    assert ran.code == 4
    assert "1 canary asked: 0 answered, 0 abstained, 1 failed" in ran.out


def test_a_model_that_gives_another_name_is_told_however_few_the_canaries(command, workspace, probed):
    (workspace / "few.jsonl").write_text('{"question": "What does the islander card cost per year?"}')
    command("drift", "probe", "--canaries", "few.jsonl")
    assert command("drift", "probe", "--canaries", "few.jsonl", "--json").json["renamed"] == []
    probed.behaviour = replace(probed.behaviour, model="m2", system_fingerprint="fp_2")
    ran = command("drift", "probe", "--canaries", "few.jsonl")
    assert "The chat model went from 'm' to 'm2'." in ran.out
    assert "The system fingerprint went from" in ran.out
    assert "Fewer than 10 canaries were answered" in ran.out


def test_a_baseline_without_canaries_is_told(command, workspace, probed):
    (workspace / "a.jsonl").write_text('{"id": "1", "at": "2026-01-01", "question": "q", "answer": "a"}')
    command("drift", "import", "a.jsonl")
    command("drift", "baseline", "set")
    ran = command("drift", "probe", "--against", "baseline")
    assert (ran.code, "holds no canaries" in ran.err) == (2, True)


def test_no_canaries_is_one_sentence(command, workspace):
    ran = command("drift", "probe")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "There are no canaries at canaries.jsonl" in ran.err


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["{"], ":1: not JSON"),
        (['{"question": ""}'], "non-empty string"),
        (['{"question": "a", "answers": "b"}'], "list of strings"),
        (['{"question": "a"}', '{"question": "a"}'], "stands there twice"),
        (["", " "], "holds no canaries"),
        (["[1]"], "expected an object"),
    ],
)
def test_malformed_canaries_are_refused_with_the_line(tmp_path, lines, reason):
    path = tmp_path / "canaries.jsonl"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(InputError, match=reason):
        load_canaries(path)
