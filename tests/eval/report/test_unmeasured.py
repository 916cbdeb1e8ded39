"""A metric without any value is told as such: it is no lack of cases, and build servers show an error."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from eval.gating import gate
from eval.report.junit_xml import junit
from eval.report.text import gate_text
from eval.run import CaseResult, EvalRun, MetricInfo
from eval.settings import EvalSettings

REASON = "InternalServerError: 500"


def run(values):
    results = []
    for number, value in enumerate(values):
        known, missing = ({}, {"faithfulness": REASON}) if value is None else ({"faithfulness": value}, {})
        results.append(CaseResult(f"c{number}", f"q{number}", "a", "answered", known, missing))
    metrics = (MetricInfo("faithfulness", "1", "share"),)
    return EvalRun("r", datetime(2026, 1, 1, tzinfo=UTC), "", metrics, tuple(results))


@pytest.fixture
def dead():
    healthy, silent = run([0.8, 0.9] * 20), run([None] * 40)
    return silent, gate(healthy, silent, EvalSettings(metrics=("faithfulness",)))


def test_a_dead_judge_is_named_first_with_its_reason(dead):
    _, outcome = dead
    first = gate_text(outcome).splitlines()[0]
    assert first.startswith(f"NOT MEASURED: faithfulness has no value on any of its 40 cases ({REASON})")
    assert outcome.exit_code == 5


def test_build_servers_show_a_dead_judge_as_an_error(dead):
    suite = ET.fromstring(junit(*dead))
    assert (suite.get("errors"), suite.get("skipped")) == ("1", "0")
    [error] = suite.findall("./testcase/error")
    assert REASON in error.get("message")


def test_a_lack_of_cases_is_still_called_that():
    outcome = gate(run([0.8, 0.2, 0.9]), run([0.7, 0.3, 0.9]), EvalSettings(metrics=("faithfulness",)))
    assert gate_text(outcome).startswith("TOO FEW CASES")
