"""What the server offers beside chat: vectors, reranking, ratings, health, metrics, documents, the last report."""

import base64
import json

import numpy as np
import pytest

from pipelines.serve.page import _page
from rag.embed.embedder import open_embedder
from rag.search.rerank import bm25
from tests.pipelines.serve.conftest import copied, serving
from tests.waiting import until

QUERY = "When does the ferry leave?"
TEXTS = ["Oil is changed every 1,000 hours.", "The ferry leaves Kallvik at 9:30.", "Dogs are welcome."]


def post(served, path, **body):
    return served.http.post(path, json=body)


def test_embeddings_are_those_of_the_embedder_as_numbers_and_packed(served):
    expected = open_embedder().embed(TEXTS)
    numbers = post(served, "/v1/embeddings", input=TEXTS, model="all-MiniLM-L6-v2").json()
    packed = post(served, "/v1/embeddings", input=TEXTS, model="rag", encoding_format="base64").json()
    unpacked = [np.frombuffer(base64.b64decode(row["embedding"]), "<f4") for row in packed["data"]]
    np.testing.assert_allclose([row["embedding"] for row in numbers["data"]], expected, atol=1e-5)
    np.testing.assert_allclose(unpacked, expected, atol=1e-5)
    assert [row["index"] for row in numbers["data"]] == [0, 1, 2]
    assert numbers["model"].startswith("all-MiniLM-L6-v2@")
    assert numbers["usage"]["prompt_tokens"] > 15


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"input": [1, 2, 3]}, "arrays of tokens"),
        ({"input": [[1, 2], [3]]}, "arrays of tokens"),
        ({"input": []}, "0 texts"),
        ({"input": ["a", " "]}, "empty"),
        ({"input": "word " * 600}, "256 at most"),
        ({"input": "a", "dimensions": 12}, "384 numbers"),
        ({"input": "a", "model": "text-embedding-3-small"}, "not yours"),
        ({"input": {"a": 1}}, "input"),
    ],
)
def test_what_cannot_be_embedded_is_refused_with_the_reason(served, body, told):
    reply = served.http.post("/v1/embeddings", json=body)
    assert reply.status_code in (400, 404)
    assert told in reply.json()["error"]["message"]


def test_reranking_puts_the_answer_first_and_says_what_did_it(served):
    reply = post(
        served, "/v1/rerank", query=QUERY, documents=[TEXTS[0], {"text": TEXTS[1]}, TEXTS[2]], return_documents=True
    ).json()
    assert reply["results"][0]["index"] == 1
    assert reply["results"][0]["document"] == {"text": TEXTS[1]}
    scores = [result["relevance_score"] for result in reply["results"]]
    assert scores == sorted(scores, reverse=True) and 0 <= min(scores) <= max(scores) <= 1
    assert reply["model"].startswith("hybrid:all-MiniLM-L6-v2@")
    assert len(post(served, "/v1/rerank", query=QUERY, documents=TEXTS, top_n=2).json()["results"]) == 2


def test_a_configured_reranker_is_asked_and_named(demo_workspace, tmp_path, endpoint):
    settings = f'[rerank]\nbase_url = "{endpoint.url}"\nmodel = "loopback-rerank"\n'
    with serving(copied(demo_workspace, tmp_path / "work", settings)) as reranking:
        reply = post(reranking, "/v1/rerank", query=QUERY, documents=TEXTS).json()
    assert (reply["model"], reply["results"][0]["index"]) == ("loopback-rerank", 1)


def test_bm25_prefers_the_rare_word_and_knows_none_of_another_text():
    scores = bm25("red ferry", ["red red house", "the red ferry", "blue sky", "red boat"])
    assert max(scores, key=scores.get) == "1"
    assert scores["2"] == 0.0
    assert scores["0"] > scores["3"] > 0


def test_a_rating_is_a_human_score_and_the_last_one_counts(served):
    answered = served.ask().json()["interaction_id"]
    for rating, comment in (("up", ""), ("up", ""), ("down", "it is 500 hours")):
        reply = post(served, "/v1/feedback", interaction_id=answered, rating=rating, comment=comment)
        assert reply.json() == {"object": "feedback", "interaction_id": answered, "rating": rating}
    (score,) = [score for score in served.log.scores() if (score.interaction_id, score.source) == (answered, "human")]
    assert (score.metric, score.value, score.reason) == ("thumbs", 0.0, "it is 500 hours")


@pytest.mark.parametrize("streaming", [False, True])
def test_an_answer_can_be_rated_by_the_id_of_its_reply_as_well(served, streaming):
    reply = served.ask(stream=streaming)
    first = reply.json() if not streaming else json.loads(reply.text.partition("\n")[0].removeprefix("data: "))
    rated = post(served, "/v1/feedback", interaction_id=first["id"], rating="up").json()["interaction_id"]
    assert f"chatcmpl-{rated}" == first["id"]
    assert served.log.get(rated).outcome == "answered"
    assert [score.value for score in served.log.scores() if score.interaction_id == rated and score.source == "human"]


def test_a_rating_of_what_was_never_answered_is_refused(served):
    assert post(served, "/v1/feedback", interaction_id="nobody", rating="up").status_code == 404
    assert post(served, "/v1/feedback", interaction_id="x", rating="great").status_code == 400


def test_metrics_count_requests_answers_and_rows(written):
    def value(name):
        lines = written.http.get("/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))

    before = {
        name: value(name)
        for name in ('rag_answers_total{collection="default",outcome="answered"}', "rag_stage_seconds_count")
    }
    written.ask()
    for name, count in before.items():
        assert value(name) > count
    until(
        lambda: (
            value('rag_log_rows{collection="default",state="written"}')
            == value('rag_log_rows{collection="default",state="taken"}')
        )
    )
    assert value('rag_log_queue_rows{collection="default"}') == 0
    assert value('rag_index_info{collection="default",generation="g1.r1"}') == 1


def test_the_server_is_ready_when_index_and_log_are(served, tmp_path):
    assert served.http.get("/readyz").json() == {"status": "ready", "checks": {"index": True, "log": True}}
    (tmp_path / "rag.toml").write_text("", encoding="utf-8")
    with serving(tmp_path) as empty:
        reply = empty.http.get("/readyz")
        assert (reply.status_code, reply.json()["checks"]) == (503, {"index": False, "log": True})
        asked = empty.ask()
        assert (asked.status_code, asked.json()["error"]["code"]) == (503, "no_index")


def test_what_is_ingested_meanwhile_is_answered_from_at_the_next_question(demo_workspace, tmp_path):
    from pipelines.index.ingest import ingest_paths
    from pipelines.wiring.workspace import open_workspace

    folder = copied(demo_workspace, tmp_path / "work")
    question = "Which colour has the buoy at Ravnholm?"
    with serving(folder) as running:
        assert running.ask(question).json()["outcome"] == "abstained"
        (folder / "buoys.md").write_text("The buoy at Ravnholm has the colour magenta.\n", encoding="utf-8")
        ingest_paths(open_workspace(folder), [folder / "buoys.md"])
        reply = running.ask(question).json()
        assert "magenta" in reply["choices"][0]["message"]["content"]
        assert running.log.get(reply["interaction_id"]).fingerprint.index_generation == "g1.r2"
        assert 'generation="g1.r2"' in running.http.get("/metrics").text


def test_a_passage_is_the_text_as_indexed_with_what_stands_around_it(served):
    citation = served.ask().json()["citations"][0]
    place = {"source": citation["source"], "start": citation["start"], "end": citation["end"]}
    found = served.http.get("/v1/passages", params=place).json()
    assert (found["text"], found["page"]) == (citation["quote"], "2")
    assert found["before"] and found["after"] and not found["starts_document"]
    past = served.http.get("/v1/passages", params=place | {"start": 10**9, "end": 10**9})
    assert past.status_code == 400
    assert served.http.get("/v1/passages", params=place | {"start": -1}).status_code == 400
    whole = served.http.get("/v1/passages", params=place | {"start": 0, "end": 10**9}).json()
    assert len(whole["text"]) <= 20_000 and whole["starts_document"]


REPORT = {
    "verdict": "silent_drift",
    "sentence": "Answers got worse.",
    "created": "2026-11-01T08:00:00+00:00",
    "quality": {
        "status": "drifted",
        "reference": 0.9,
        "current": 0.7,
        "delta": -0.2,
        "ci": [-0.3, -0.1],
        "e_value": None,
        "minimum_detectable_drop": 0.05,
    },
    "ops": {"status": "green"},
    "windows": {"current": {"interactions": 100}},
}


def test_the_newest_report_speaks_in_badge_metrics_and_page(demo_workspace, tmp_path):
    folder = copied(demo_workspace, tmp_path / "work")
    reports = folder / ".rag" / "reports"
    with serving(folder) as running:
        assert running.http.get("/v1/drift").json() == {"verdict": None}
        assert running.http.get("/reports/latest").status_code == 404
        reports.mkdir(exist_ok=True)
        for name, verdict in (("drift-20261031T080000Z", "steady"), ("drift-20261101T080000Z", "silent_drift")):
            (reports / f"{name}.json").write_text(json.dumps(REPORT | {"verdict": verdict}), encoding="utf-8")
            (reports / f"{name}.html").write_text(f"<p>{verdict}</p>", encoding="utf-8")
        (reports / "drift-20261102T080000Z.json").write_text("{half", encoding="utf-8")
        found = running.http.get("/v1/drift").json()
        assert (found["verdict"], found["report"]) == ("silent_drift", "/reports/latest?model=rag")
        page = running.http.get("/reports/latest")
        assert page.text == "<p>silent_drift</p>"
        assert page.headers["content-security-policy"].startswith("sandbox allow-scripts;")
        metrics = running.http.get("/metrics").text
        assert 'rag_silent_drift{service="rag"} 1.0' in metrics
        assert 'rag_quality_estimate{service="rag"} 0.7' in metrics


def test_the_page_runs_its_own_script_and_nothing_else(served):
    reply = served.http.get("/")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and policy == _page()[1]
    assert "http://" not in reply.text and "https://" not in reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_path_that_is_none_and_a_method_that_is_none_are_told_as_errors(served):
    assert served.http.get("/v1/nothing").json()["error"]["type"] == "invalid_request_error"
    assert served.http.get("/v1/chat/completions").status_code == 405
    assert served.http.get("/docs").status_code == 404
