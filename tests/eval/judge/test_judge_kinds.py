"""Each judged metric through ragas for real, against each kind of judge on loopback."""

import json
from datetime import UTC, datetime

import pytest

from eval.judge.judge import Judge, JudgeSettings, with_judgements
from eval.judge.metrics import JUDGED
from eval.report.text import run_json, run_text
from eval.run import CaseResult, EvalRun, JudgeInput
from pipelines.loopback import Behaviour, Loopback

pytest.importorskip("ragas")

SAMPLE = JudgeInput(
    "ferry",
    "When does the ferry leave?",
    "The ferry leaves at seven. Cats drive the ship.",
    ("Snow falls in winter.", "The ferry leaves at seven. Dogs travel free."),
    "The ferry leaves at seven.",
)
HONEST = {
    "faithfulness": 0.5,  # one of two statements stands in a passage
    "context_precision": 0.5,  # the second of two passages is of use
    "context_recall": 1.0,
    "factual_correctness": 0.67,  # precision 1/2, recall 1
}
"""What follows for `SAMPLE` from a judge that compares words; answer relevancy is a cosine, see below."""
ABLE = {
    "honest": Behaviour(),
    "without JSON mode": Behaviour(fault="rejects_response_format"),
    "thinking aloud": Behaviour(fault="think_tags"),
}
UNABLE = {
    "slow": (Behaviour(latency_ms=5000), "more than 0.4 s"),
    "half a body": (Behaviour(fault="garbage_json"), ""),
    "a page of HTML": (Behaviour(fault="html_page"), ""),
    "prose": (Behaviour(fault="ignores_response_format"), "not the JSON asked for"),
    "refusing in words": (Behaviour(refuse_rate=1.0), "not the JSON asked for"),
    "refusing in a field": (Behaviour(fault="refusal_field"), ""),
    "no choices": (Behaviour(fault="empty_choices"), ""),
    "null choices": (Behaviour(fault="null_choices"), ""),
    "no content": (Behaviour(fault="empty_content"), ""),
    "HTTP 500": (Behaviour(http_500=10**6), "InternalServerError"),
    "HTTP 429": (Behaviour(http_429=10**6), "RateLimitError"),
    "HTTP 401": (Behaviour(fault="http_401"), "AuthenticationError"),
    "empty lists and texts": (Behaviour(judges="emptily"), "the judge "),
    "off the scale": (Behaviour(judges="off_scale"), "which must be 0 or 1"),
}


def judged(metric, behaviour, samples=(SAMPLE,), **settings):
    """The scores by this judge and how often it was asked."""
    timeout = 0.4 if behaviour.latency_ms else 20.0
    with Loopback(behaviour) as server:
        wanted = {"metrics": (metric,), "embedding_model": "e", "retries": 1, "timeout_s": timeout, **settings}
        scores = Judge(JudgeSettings(server.url, "loopback", **wanted)).score(samples)
        return scores, sum(request.path.endswith("/chat/completions") for request in server.requests)


@pytest.mark.parametrize("kind", ABLE)
@pytest.mark.parametrize("metric", HONEST)
def test_an_able_judge_gives_the_value_that_follows_from_its_verdicts(metric, kind):
    (score,), asked = judged(metric, ABLE[kind])
    assert score.value == pytest.approx(HONEST[metric]), score.reason
    assert asked == JUDGED[metric].calls(len(SAMPLE.contexts)) + (kind == "without JSON mode")


@pytest.mark.parametrize("kind", ABLE)
def test_relevancy_is_higher_for_an_answer_about_the_question(kind):
    off = JudgeInput("off", SAMPLE.question, "Snow falls in winter on all the islands.", ())
    (on_topic, off_topic), _ = judged("answer_relevancy", ABLE[kind], (SAMPLE, off), concurrency=1)
    assert 0 <= off_topic.value < on_topic.value <= 1


def test_an_evasive_answer_has_no_relevancy():
    evasive = JudgeInput("evasive", SAMPLE.question, "I am not sure when the ferry leaves.", ())
    (score,), _ = judged("answer_relevancy", Behaviour(), (evasive,))
    assert score.value == 0.0


PAIRS = [(metric, kind) for metric in JUDGED for kind in UNABLE]
PAIRS.remove(("context_precision", "empty lists and texts"))  # a verdict without its reason is a verdict


@pytest.mark.parametrize(("metric", "kind"), PAIRS)
def test_an_unable_judge_leaves_the_value_missing_and_is_asked_no_more_than_allowed(metric, kind):
    behaviour, reason = UNABLE[kind]
    (score,), asked = judged(metric, behaviour)
    assert score.value is None
    assert score.reason and reason in score.reason
    assert asked <= 2 * JUDGED[metric].calls(len(SAMPLE.contexts))


@pytest.mark.parametrize("metric", JUDGED)
def test_a_judge_that_fails_once_is_asked_once_more(metric):
    (score,), asked = judged(metric, Behaviour(http_500=1), retries=1)
    assert score.value is not None, score.reason
    assert asked == 1 + JUDGED[metric].calls(len(SAMPLE.contexts))


@pytest.mark.parametrize("metric", JUDGED)
def test_a_reply_cut_short_leaves_the_value_missing(metric):
    (score,), asked = judged(metric, Behaviour(), max_tokens=4)
    assert (score.value, bool(score.reason)) == (None, True)
    assert asked <= 2


@pytest.mark.parametrize("fault", ["embed_nan", "embed_zeros", "embed_wrong_count", "embed_wrong_dimensions"])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_spoilt_embeddings_leave_relevancy_missing(fault):
    (score,), _ = judged("answer_relevancy", Behaviour(fault=fault))
    assert (score.value, bool(score.reason)) == (None, True)


def test_what_is_missing_is_counted_and_no_mean_is_nan():
    metrics = tuple(JUDGED)
    scores, _ = judged("faithfulness", Behaviour(judges="off_scale"), metrics=metrics)
    case = CaseResult(SAMPLE.id, SAMPLE.question, SAMPLE.answer, "answered", {}, {})
    run = with_judgements(EvalRun("id", datetime(2026, 1, 1, tzinfo=UTC), "", (), (case,)), scores)
    assert [(item.interval, item.unscored) for item in run.summaries()] == [(None, 1)] * len(metrics)
    assert "nan" not in run_text(run).casefold()
    assert json.loads(run_json(run), parse_constant=pytest.fail)["results"][0]["values"] == {}


def test_a_judge_that_finds_nothing_in_short_answers_is_not_given_up():
    empty = [JudgeInput(str(number), "When?", "-", ("At seven.",)) for number in range(6)]
    with Loopback(Behaviour(judges="emptily")) as server:
        judge = Judge(JudgeSettings(server.url, "loopback", give_up_after=2, concurrency=1))
        judge.score(empty)
        server.behaviour = Behaviour()
        assert judge.score([SAMPLE])[0].value == 0.5
        assert len(server.requests) == len(empty) + 2
