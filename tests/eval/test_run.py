from datetime import UTC, datetime
from itertools import count

import pytest

from data.cases import Case
from data.errors import InputError
from data.records import ABSTENTION, Context, Interaction
from eval.errors import RunFileError
from eval.metric import Metric
from eval.metrics.catalog import METRICS
from eval.report.text import run_json, run_markdown, run_text
from eval.run import evaluate
from eval.run_files import load_run, save_run

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CASES = [
    Case("fare", "What is the fare?", answers=("5 euros",), sources=("fares.md",)),
    Case("moon", "Who owns the moon?", must_abstain=True),
    Case("boom", "What breaks?", answers=("nothing",)),
]


def ask(case):
    question = case.question
    if "breaks" in question:
        raise ValueError("the endpoint burst")
    answer, outcome = (ABSTENTION, "abstained") if "moon" in question else ("The fare is 5 euros.", "answered")
    contexts = (Context(id="c", source="docs/fares.md", text="The fare is 5 euros."),)
    return Interaction("i", NOW, question, answer, outcome, contexts=contexts, latency_ms={"total": 20.0})


def run(**more):
    return evaluate(CASES, ask, now=lambda: NOW, label="tip | <b>", **more)


def summary(of):
    return {item.metric.name: item for item in of.summaries()}


def test_a_question_that_breaks_is_a_result_and_the_others_are_asked():
    results = {result.case_id: result for result in run().results}
    assert results["boom"].outcome == "failed"
    assert results["boom"].error == "ValueError: the endpoint burst"
    assert results["boom"].values == {"completed": 0.0}
    assert results["fare"].values["answer_match"] == 1.0


def test_means_rest_only_on_scored_cases_and_count_the_others():
    found = summary(run())
    assert found["completed"].interval.mean == pytest.approx(2 / 3)
    assert (found["answer_match"].interval.mean, found["answer_match"].unscored) == (1.0, 2)
    assert found["citation_precision"].interval is None
    assert found["citation_precision"].unscored == 3


def test_every_metric_of_every_case_has_a_value_or_a_reason():
    for result in run().results:
        assert result.values.keys() | result.unscored.keys() == {metric.name for metric in METRICS}
        assert not result.values.keys() & result.unscored.keys()
        assert all(result.unscored.values())


def test_repeats_are_averaged():
    flicker = count()

    def ask_flickering(case):
        answer = "5 euros" if next(flicker) % 4 else "6 euros"
        return Interaction("i", NOW, case.question, answer)

    found = evaluate(CASES[:1], ask_flickering, repeats=4, now=lambda: NOW)
    assert found.results[0].values["answer_match"] == 0.75
    assert (found.results[0].answers, found.flickering) == (2, 1)
    assert "1 of 1 cases were answered differently when asked again" in run_text(found)


def test_progress_is_reported_after_each_case():
    seen = []
    run(report=lambda result, interactions: seen.append(result.case_id))
    assert seen == ["fare", "moon", "boom"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cases": []}, "0 cases"),
        ({"cases": [CASES[0], CASES[0]]}, "'fare' is used twice"),
        ({"metrics": [METRICS[0], Metric("completed", METRICS[1].measure)]}, "'completed' is used twice"),
        ({"repeats": 0}, "0 repeats"),
    ],
)
def test_unusable_arguments_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        evaluate(**{"cases": CASES, "ask": ask, **arguments})


def test_a_stored_run_comes_back_as_it_was(tmp_path):
    path = tmp_path / "deep" / "run.json"
    save_run(run(), path)
    assert load_run(path) == run()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no evaluation run"),
        ("{", "not an evaluation run"),
        ("[]", "not an evaluation run"),
        ('{"schema": 99}', "schema 99"),
        ('{"schema": 1, "id": "x"}', "damaged"),
        ('{"schema": 1, "id": "x", "at": "?", "label": "", "metrics": [], "results": [], "repeats": 1}', "damaged"),
    ],
)
def test_an_unusable_run_file_is_one_clear_error(tmp_path, content, message):
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(RunFileError, match=message):
        load_run(path)


def test_the_table_names_every_metric_and_the_failed_case():
    text = run_text(run())
    assert all(metric.name in text for metric in METRICS)
    assert "failed: boom: ValueError: the endpoint burst" in text
    row = next(line.split() for line in text.splitlines() if line.startswith("answer_match"))
    assert row == ["answer_match", "1.000", "0.207", "to", "1.000", "1", "2"]


def test_markdown_cannot_be_broken_by_a_label():
    assert "'tip \\| &lt;b>'" in run_markdown(run())


def test_json_holds_no_nan():
    assert "NaN" not in run_json(run())
