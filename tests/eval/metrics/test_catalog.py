from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data.cases import Case
from data.records import ABSTENTION, Citation, Context, Interaction
from eval.errors import UnscorableAnswer
from eval.metrics import catalog as m
from eval.quality.groundedness import GroundednessProxy
from eval.quality.scores import proxy_metrics

CASE = Case(
    "fare",
    "What does an adult single cost?",
    answers=("€24.50", "24.50 euros"),
    sources=("fares.md", "guide/prices.pdf"),
    evidence=("An adult single costs €24.50 in the peak season.",),
)
SILENT = Case("moon", "Who owns the moon?", must_abstain=True)


def context(source, text="Something else."):
    return Context(id=source, source=source, text=text)


def citation(source, quote="", supported=True, page=None):
    return Citation(1, "c", source, page, 0, len(quote), quote, supported)


GOOD = Interaction(
    "i",
    datetime(2026, 1, 1, tzinfo=UTC),
    CASE.question,
    "An adult single costs 24.50 euros in the peak season [1].",
    contexts=(
        context("docs/other.md"),
        context("docs/fares.md", "Fares.\nAn adult single costs €24.50 in\nthe peak season."),
        context("docs/guide/prices.pdf"),
    ),
    citations=(
        citation("docs/fares.md", "An adult single costs €24.50 in the peak season."),
        citation("docs/other.md"),
    ),
    latency_ms={"total": 120.0},
    tokens={"prompt": 70, "completion": 9},
)
WRONG = replace(
    GOOD,
    answer="It is 2,450 euros.",
    contexts=(context("docs/other.md"), context("docs/fares.md.old")),
    citations=(citation("docs/other.md", supported=False),),
)
ABSTAINED = replace(GOOD, answer=ABSTENTION, outcome="abstained", citations=())
OWN_REFUSAL = replace(GOOD, answer="I am afraid the handbook does not mention who owns it.", citations=())
FAILED = replace(
    GOOD, answer=None, outcome="failed", error="timeout", contexts=(), citations=(), latency_ms={}, tokens={}
)

EXPECTED = [
    (m.completed, CASE, GOOD, 1.0),
    (m.completed, CASE, FAILED, 0.0),
    (m.answer_match, CASE, GOOD, 1.0),
    (m.answer_match, CASE, WRONG, 0.0),
    (m.answer_match, CASE, ABSTAINED, 0.0),
    (m.answer_match, replace(CASE, answers=("1,000 seats",)), replace(GOOD, answer="It has 1000 seats."), 1.0),
    (m.answer_match, replace(CASE, answers=("48 часов",)), replace(GOOD, answer="За 48 часа до отхода."), 1.0),
    (m.answer_f1, replace(CASE, answers=("the peak season",)), replace(GOOD, answer="peak season fares"), 0.8),
    (m.answer_recall, replace(CASE, answers=("in peak season",)), GOOD, 1.0),
    (m.answer_exact, replace(CASE, answers=("the 24.50 euros",)), replace(GOOD, answer="24.50 euros."), 1.0),
    (m.answer_exact, CASE, GOOD, 0.0),
    (m.answer_numbers, CASE, GOOD, 1.0),
    (m.answer_numbers, CASE, WRONG, 0.0),
    (m.answer_numbers, replace(CASE, answers=("from 7 to 9",)), replace(GOOD, answer="At 7.0 and 10."), 0.5),
    (m.rightly_answered, CASE, GOOD, 1.0),
    (m.rightly_answered, CASE, ABSTAINED, 0.0),
    (m.rightly_abstained, SILENT, ABSTAINED, 1.0),
    (m.rightly_abstained, SILENT, GOOD, 0.0),
    (m.rightly_abstained, SILENT, OWN_REFUSAL, 1.0),
    (m.source_recall, CASE, GOOD, 1.0),
    (m.source_recall, CASE, WRONG, 0.0),
    (m.source_mrr, CASE, GOOD, 0.5),
    (m.source_mrr, CASE, WRONG, 0.0),
    (m.source_ndcg, CASE, GOOD, (0.6309297535714575 + 0.5) / 1.6309297535714575),
    (m.source_ndcg, CASE, replace(GOOD, contexts=GOOD.contexts[1:]), 1.0),
    (m.evidence_recall, CASE, GOOD, 1.0),
    (m.evidence_recall, CASE, WRONG, 0.0),
    (m.evidence_mrr, CASE, GOOD, 0.5),
    (m.evidence_mrr, CASE, WRONG, 0.0),
    (m.evidence_ndcg, CASE, GOOD, 0.6309297535714575),
    (m.evidence_ndcg, CASE, replace(GOOD, contexts=GOOD.contexts[1:]), 1.0),
    (m.evidence_focus, CASE, GOOD, 7 / 8),  # "Fares." comes with it; articles are no words
    (m.evidence_focus, CASE, replace(GOOD, contexts=(GOOD.contexts[1],) * 3), 7 / 8),
    (m.evidence_focus, CASE, WRONG, 0.0),
    (m.evidence_iou, CASE, GOOD, 7 / 12),
    (m.evidence_iou, CASE, replace(GOOD, contexts=GOOD.contexts[1:2]), 7 / 8),
    (m.evidence_iou, CASE, WRONG, 0.0),
    (m.context_words, CASE, GOOD, 12.0),
    (m.citation_precision, CASE, GOOD, 0.5),
    (m.citation_precision, replace(CASE, page=3), replace(GOOD, citations=(citation("fares.md", page=3),)), 1.0),
    (m.citation_precision, replace(CASE, page=3), replace(GOOD, citations=(citation("fares.md", page=4),)), 0.0),
    (m.citation_recall, CASE, GOOD, 0.5),
    (m.citation_recall, CASE, replace(GOOD, citations=()), 0.0),
    (m.quote_support, CASE, GOOD, 1.0),
    (m.quote_support, CASE, WRONG, 0.0),
    (m.evidence_quoted, CASE, GOOD, 1.0),
    (m.evidence_quoted, CASE, WRONG, 0.0),
    (m.latency, CASE, GOOD, 120.0),
    (m.prompt_tokens, CASE, GOOD, 70.0),
    (m.completion_tokens, CASE, GOOD, 9.0),
]


@pytest.mark.parametrize(("measure", "case", "interaction", "expected"), EXPECTED)
def test_a_metric_gives_the_value_worked_out_by_hand(measure, case, interaction, expected):
    assert measure(case, interaction) == pytest.approx(expected)


def test_every_metric_is_worked_out_by_hand_above():
    assert {metric.measure for metric in m.METRICS} == {measure for measure, *_ in EXPECTED}


FAMILY = [*m.METRICS, *proxy_metrics(GroundednessProxy.load())]
NEEDLESS_OF_ANSWER = {"completed"}


@pytest.mark.parametrize("metric", FAMILY, ids=lambda metric: metric.name)
def test_a_failed_request_is_unscored_with_a_reason_and_never_zero(metric):
    if metric.name in NEEDLESS_OF_ANSWER:
        assert metric.measure(CASE, FAILED) == 0.0
        return
    with pytest.raises(UnscorableAnswer, match=r"\w{3}"):
        metric.measure(SILENT if metric.name == "rightly_abstained" else CASE, FAILED)


@pytest.mark.parametrize("metric", [metric for metric in FAMILY if metric.is_share], ids=lambda metric: metric.name)
def test_a_share_is_between_zero_and_one_and_not_better_for_the_wrong_answer(metric):
    case = SILENT if metric.name == "rightly_abstained" else CASE
    right, wrong = (ABSTAINED, GOOD) if case is SILENT else (GOOD, WRONG)
    assert 0.0 <= metric.measure(case, wrong) <= metric.measure(case, right) <= 1.0


@pytest.mark.parametrize("metric", FAMILY, ids=lambda metric: metric.name)
def test_an_empty_case_and_interaction_give_a_number_or_a_reason(metric):
    bare = Interaction("i", datetime(2026, 1, 1, tzinfo=UTC), "?", "")
    try:
        assert metric.measure(Case("c", "?"), bare) >= 0
    except UnscorableAnswer as error:
        assert str(error)


@pytest.mark.parametrize(
    ("actual", "expected", "same"),
    [
        ("docs/a/fares.md", "fares.md", True),
        ("docs/a/fares.md", "a/fares.md", True),
        ("docs\\a\\fares.md", "a/fares.md", True),
        ("fares.md", "docs/fares.md", False),
        ("docs/old-fares.md", "fares.md", False),
    ],
)
def test_a_source_is_named_by_the_end_of_its_path(actual, expected, same):
    assert m.same_source(actual, expected) is same


def test_a_source_that_a_hit_stands_for_counts_as_retrieved_at_the_rank_of_that_hit():
    collapsed = replace(context("docs/copy.md"), also_in=("docs/fares.md", "docs/guide/prices.pdf"))
    found = replace(GOOD, contexts=(context("docs/other.md"), collapsed))
    assert m.source_recall(CASE, found) == 1.0 and m.source_mrr(CASE, found) == 0.5
    assert m.source_ndcg(CASE, replace(GOOD, contexts=(collapsed,))) == 1.0
    alone = replace(GOOD, contexts=(context("docs/other.md"), context("docs/copy.md")))
    assert m.source_recall(CASE, alone) == 0.0 and m.source_mrr(CASE, alone) == 0.0
