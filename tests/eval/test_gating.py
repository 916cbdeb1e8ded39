import json
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np
import pytest

from data.errors import InputError
from eval.gating import gate
from eval.report.html import page
from eval.report.junit_xml import junit
from eval.report.text import gate_json, gate_markdown, gate_text
from eval.run import CaseResult, EvalRun, MetricInfo
from eval.settings import GATED, EvalSettings

MATCH, GROUNDED = (MetricInfo(name, "1", "share") for name in ("answer_match", "groundedness"))


def run(values, *, label="", metric=MATCH, **more):
    """A run of one metric; None leaves a case unscored."""
    results = tuple(
        CaseResult(
            case_id=f"case-{place}",
            question=f"Question {place}?",
            answer=f"{label} answer {place}",
            outcome="answered",
            values={} if value is None else {metric.name: float(value)},
            unscored={metric.name: "no claim"} if value is None else {},
        )
        for place, value in enumerate(values)
    )
    return replace(EvalRun(label or "id", datetime(2026, 1, 1, tzinfo=UTC), label, (metric,), results), **more)


OLD = run([1] * 90 + [0] * 10, label="old")
SAME = run([1] * 90 + [0] * 10, label="new")
WORSE = run([1] * 75 + [0] * 25, label="new")


def test_an_unchanged_run_passes():
    outcome = gate(OLD, SAME)
    assert (outcome.verdict, outcome.exit_code, outcome.regressed_cases) == ("pass", 0, ())


@pytest.mark.parametrize(("focus", "verdict"), [(0.16, "pass"), (0.1, "regression"), (0.025, "regression")])
def test_passages_a_quarter_longer_stop_nothing_and_passages_twice_as_long_do(focus, verdict):
    metric = MetricInfo("evidence_focus", "1", "share")
    outcome = gate(run([0.2] * 100, metric=metric), run([focus] * 100, metric=metric))
    assert (outcome.verdict, outcome.metrics[0].p_value < 0.01) == (verdict, True)


def test_a_significant_drop_is_a_regression_and_names_exactly_the_cases_that_fell():
    outcome = gate(OLD, WORSE)
    assert (outcome.verdict, outcome.exit_code) == ("regression", 1)
    assert {case.case_id for case in outcome.regressed_cases} == {f"case-{place}" for place in range(75, 90)}
    assert outcome.regressed_cases[0].accepted_answer.startswith("old answer")
    assert outcome.regressed_cases[0].candidate_answer.startswith("new answer")


def test_ten_cases_are_too_few_to_pass():
    outcome = gate(run([1] * 10), run([1] * 10))
    assert (outcome.verdict, outcome.exit_code) == ("too_few", 5)
    assert outcome.metrics[0].minimum_detectable_drop > 0.1


def test_an_improvement_passes():
    assert gate(WORSE, OLD).verdict == "pass"


def test_a_tiny_but_certain_drop_passes_when_told_so():
    old, new = run([0.9] * 300, metric=GROUNDED), run([0.88] * 300, metric=GROUNDED)
    assert gate(old, new).verdict == "regression"
    assert gate(old, new, EvalSettings(smallest_drop=0.03)).verdict == "pass"


def test_a_metric_that_lost_its_values_cannot_pass():
    outcome = gate(OLD, run([1] * 60 + [None] * 30 + [0] * 10))
    assert outcome.verdict == "too_few"
    assert outcome.metrics[0].lost == 30


def test_a_metric_that_lost_all_its_values_cannot_pass():
    outcome = gate(OLD, run([None] * 100))
    assert (outcome.verdict, outcome.metrics[0].accepted_mean) == ("too_few", None)
    assert "NaN" not in gate_json(outcome)


def test_cases_of_only_one_run_are_named_and_not_compared():
    outcome = gate(OLD, run([1] * 90 + [0] * 12))
    assert (outcome.unpaired, outcome.pairs) == (("case-100", "case-101"), 100)


@pytest.mark.parametrize(
    ("candidate", "message"),
    [
        (replace(SAME, results=()), "share no case"),
        (replace(SAME, metrics=(replace(MATCH, version="2"),)), "version 1 then and 2 now"),
        (replace(SAME, results=(replace(SAME.results[0], question="Other?"), *SAME.results[1:])), "'Other\\?' now"),
        (replace(SAME, metrics=(GROUNDED,)), "None of the gated metrics"),
    ],
)
def test_runs_that_cannot_be_compared_are_refused(candidate, message):
    with pytest.raises(InputError, match=message):
        gate(OLD, candidate)


def test_a_cost_in_milliseconds_cannot_be_gated():
    latency = MetricInfo("latency", "1", "ms")
    with pytest.raises(InputError, match="measured in ms"):
        gate(run([1] * 9, metric=latency), run([1] * 9, metric=latency), EvalSettings(metrics=("latency",)))


@pytest.mark.parametrize("setting", [{"alpha": 0}, {"margin": 1}, {"margins": {"x": -1}}, {"smallest_drop": 1}])
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(InputError, match="must lie"):
        EvalSettings(**setting)


def _many(rng, shares):
    """Runs of all gated metrics, each case right with the metric's share."""
    infos = tuple(MetricInfo(name, "1", "share") for name in GATED)
    results = tuple(
        CaseResult(
            f"c{place}",
            "?",
            "",
            "answered",
            dict(zip(GATED, map(float, rng.random(len(GATED)) < shares), strict=True)),
            {},
        )
        for place in range(80)
    )
    return EvalRun("x", datetime(2026, 1, 1, tzinfo=UTC), "x", infos, results)


def _alarm_rate(old, new, runs):
    rng = np.random.default_rng(3)
    return np.mean([gate(_many(rng, old), _many(rng, new)).verdict == "regression" for _ in range(runs)])


def test_independent_runs_of_one_system_are_stopped_at_most_at_the_promised_rate():
    assert _alarm_rate(np.full(len(GATED), 0.8), np.full(len(GATED), 0.8), 120) <= 0.1


def test_a_large_drop_of_one_metric_in_eight_is_found():
    worse = np.where(np.arange(len(GATED)) == 1, 0.45, 0.8)
    assert _alarm_rate(np.full(len(GATED), 0.8), worse, 40) >= 0.9


def test_the_text_gives_the_verdict_first_and_both_answers():
    lines = gate_text(gate(OLD, WORSE)).splitlines()
    assert lines[0] == "REGRESSION: answer_match (-15.0%) got worse than in the accepted run 'old'."
    assert "    accepted:  old answer 75" in lines
    assert "    candidate: new answer 75" in lines
    assert lines[-1] == "… and 5 more regressed cases"


@pytest.mark.parametrize(("values", "margin"), [([1] * 10, 0.1), ([1, 0] * 4, 0.05), ([0.5], 0.25)])
def test_too_few_cases_say_how_many_would_do(values, margin):
    settings = EvalSettings(margin=margin)
    few = gate(run(values), run(values), settings)
    needed = few.metrics[0].cases_needed
    assert f"answer_match of {margin:.0%} ({len(values)} case" in gate_text(few)
    assert f"about {needed} would do)" in gate_text(few)
    for count, verdict in ((needed, "pass"), (needed - 1, "too_few")):
        many = [values[place % len(values)] for place in range(count)]
        assert gate(run(many), run(many), settings).verdict == verdict


def test_a_mean_that_fell_by_the_margin_is_not_helped_by_more_cases():
    outcome = gate(run([1] * 6), run([1] * 5 + [0]), EvalSettings())
    assert (outcome.verdict, outcome.metrics[0].cases_needed) == ("too_few", None)
    assert "(6 cases, and it fell)" in gate_text(outcome)


def test_values_that_were_lost_are_named_as_what_keeps_a_metric_from_passing():
    outcome = gate(run([1] * 200), run([1] * 150 + [None] * 50), EvalSettings())
    assert "answer_match of 10% (50 of 200 cases lost their value)" in gate_text(outcome)


def test_a_case_that_fell_in_two_metrics_is_shown_once_with_both():
    old, new = (run(values, label=name) for values, name in (([1] * 40, "old"), ([1] * 20 + [0] * 20, "new")))
    both = [
        replace(item, metrics=(MATCH, GROUNDED), results=tuple(
            replace(result, values={**result.values, "groundedness": result.values["answer_match"]})
            for result in item.results
        ))
        for item in (old, new)
    ]  # fmt: skip
    outcome = gate(*both)
    assert (len(outcome.regressed_cases), len(outcome.by_case)) == (40, 20)
    assert "20 regressed cases" in gate_markdown(outcome)
    assert gate_text(outcome).count("answer_match 1.00 -> 0.00, groundedness 1.00 -> 0.00") == 10
    assert junit(both[1], outcome).count("answer_match 1.00 -&gt; 0.00, groundedness 1.00 -&gt; 0.00") >= 20
    assert page(both[1], outcome).count("<article>") == 20


def test_junit_fails_exactly_the_regressed_cases_and_the_metric():
    broken = replace(WORSE.results[0], outcome="failed", error="bad \x00 byte")
    candidate = replace(WORSE, results=(broken, *WORSE.results[1:]))
    suite = ElementTree.fromstring(junit(candidate, gate(OLD, WORSE)))
    failed = {case.get("name") for case in suite if case.find("failure") is not None}
    assert failed == {f"case-{place}" for place in range(75, 90)} | {"answer_match"}
    assert (suite.get("failures"), suite.get("errors"), suite.get("tests")) == ("16", "1", "101")
    assert suite.find("testcase/error").get("message") == "bad  byte"


def test_junit_shows_too_few_cases_as_skipped():
    small = run([1] * 10)
    assert ElementTree.fromstring(junit(small, gate(small, small))).get("skipped") == "1"


def test_markdown_folds_the_regressed_cases_and_cannot_be_broken_by_answers():
    nasty = replace(WORSE.results[80], answer="a | b\n</details>")
    candidate = replace(WORSE, results=(*WORSE.results[:80], nasty, *WORSE.results[81:]))
    text = gate_markdown(gate(OLD, candidate))
    assert text.startswith("### REGRESSION")
    assert "a \\| b &lt;/details>" in text
    assert text.count("</details>") == 1


def test_json_carries_verdict_and_exit_code():
    body = json.loads(gate_json(gate(OLD, WORSE)))
    assert (body["schema"], body["verdict"], body["exit_code"]) == (1, "regression", 1)
    assert body["metrics"][0]["difference"]["count"] == 100
