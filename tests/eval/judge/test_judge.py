"""ragas for real, against a judge on loopback."""

import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data.records import Context, Interaction
from data.settings import Secret
from eval.errors import JudgeError, UnscorableAnswer
from eval.judge.cache import JudgeCache
from eval.judge.judge import Judge, JudgeSettings
from eval.judge.metrics import judge_input
from eval.run import JudgeInput
from pipelines.loopback import Behaviour, Loopback

pytest.importorskip("ragas")

PASSAGE = "The ferry leaves Brenna at seven. Dogs travel free on deck."
RIGHT = JudgeInput("right", "When?", "The ferry leaves at seven. Dogs travel free.", (PASSAGE,))
HALF = JudgeInput("half", "When?", "The ferry leaves at seven. Cats drive the ship.", (PASSAGE,))
BARE = JudgeInput("bare", "When?", "The ferry leaves at seven.", ())


@pytest.fixture
def serve():
    with ExitStack() as running:
        yield lambda **behaviour: running.enter_context(Loopback(Behaviour(**behaviour)))


def judge_at(server, cache=None, **settings):
    return Judge(JudgeSettings(server.url, "loopback", **{"timeout_s": 20.0, **settings}), cache)


def test_faithfulness_is_the_share_of_supported_statements(serve):
    judge = judge_at(serve())
    scores = judge.score([RIGHT, HALF])
    assert [(score.interaction_id, score.value) for score in scores] == [("right", 1.0), ("half", 0.5)]
    assert {score.scorer_version for score in scores} == {judge.version}
    assert scores[0].source == "judge"


def test_an_answer_without_contexts_is_unscored_and_not_asked_for(serve):
    server = serve()
    (score,) = judge_at(server).score([BARE])
    assert (score.value, len(server.requests)) == (None, 0)
    assert "retrieved contexts" in score.reason


def test_a_slow_judge_is_not_waited_for(serve):
    started = time.monotonic()
    (score,) = judge_at(serve(latency_ms=3000), timeout_s=0.3).score([RIGHT])
    assert score.value is None
    assert time.monotonic() - started < 3
    assert "0.3 s" in score.reason or "timed out" in score.reason.casefold()


def test_after_failures_in_a_row_the_rest_is_not_asked(serve):
    server = serve(fault="garbage_json")
    samples = [replace(RIGHT, id=str(number)) for number in range(9)]
    scores = judge_at(server, retries=0, give_up_after=3, concurrency=1).score(samples)
    assert len(server.requests) == 3
    assert [score.reason == "not asked: the judge failed 3 times in a row" for score in scores] == [False] * 3 + [
        True
    ] * 6


def test_an_unreachable_judge_leaves_every_score_missing():
    scores = Judge(JudgeSettings("http://127.0.0.1:9/v1", "none", retries=0)).score([RIGHT, HALF])
    assert [score.value for score in scores] == [None, None]
    assert all("Connection" in score.reason for score in scores)


def test_the_second_run_asks_nothing_and_gives_the_same(serve, tmp_path):
    server, path = serve(), tmp_path / "judged.jsonl"
    first = judge_at(server, JudgeCache(path)).score([RIGHT, HALF])
    asked = len(server.requests)
    assert judge_at(server, JudgeCache(path)).score([RIGHT, HALF]) == first
    assert len(server.requests) == asked


def test_a_cut_cache_line_costs_only_its_own_value(serve, tmp_path):
    server, path = serve(), tmp_path / "judged.jsonl"
    judge_at(server, JudgeCache(path), concurrency=1).score([RIGHT, HALF])
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    assert judge_at(server, JudgeCache(path)).estimate([RIGHT, HALF]).remembered == 1


def test_failures_are_not_remembered(serve, tmp_path):
    server, path = serve(fault="garbage_json"), tmp_path / "judged.jsonl"
    judge_at(server, JudgeCache(path), retries=0).score([RIGHT])
    server.behaviour = Behaviour()
    assert judge_at(server, JudgeCache(path)).score([RIGHT])[0].value == 1.0


def test_the_estimate_counts_the_requests_that_are_then_made(serve):
    server = serve()
    judge = judge_at(server)
    cost = judge.estimate([RIGHT, HALF, BARE])
    judge.score([RIGHT, HALF, BARE])
    assert (cost.requests, cost.remembered) == (len(server.requests), 0)
    assert cost.prompt_tokens > 4 * 900
    assert judge.estimate([RIGHT, HALF, BARE]).requests == 0


@pytest.mark.parametrize(
    ("metrics", "message"), [(("truthiness",), "faithfulness"), (("answer_relevancy",), "embedding_model")]
)
def test_unusable_settings_are_refused(metrics, message):
    with pytest.raises(JudgeError, match=message):
        Judge(JudgeSettings("http://x", "m", metrics=metrics))


def test_the_key_is_not_printed():
    assert "secret" not in repr(JudgeSettings("http://x", "m", api_key=Secret("secret")))


def test_abstentions_are_not_judged():
    item = Interaction(
        "i", datetime(2026, 1, 1, tzinfo=UTC), "?", "no", "abstained", contexts=(Context("c", text="x"),)
    )
    with pytest.raises(UnscorableAnswer, match="abstained"):
        judge_input(item)
    assert judge_input(replace(item, outcome="answered"), "ref", name="n") == JudgeInput("n", "?", "no", ("x",), "ref")
