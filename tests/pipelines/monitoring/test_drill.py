"""`drift drill` on a log of imported traffic: a table, the same as JSON, and refusals."""

import json

import pytest

from data.interchange.lines import parse_line
from drift.drill import DrillResult
from pipelines.monitoring.drill import DrillReport, drill_text
from pipelines.wiring.workspace import init_workspace, open_log, open_workspace
from tests.pipelines.cli.test_drift_commands import START, rows

PERIOD = ("--since", START.isoformat(), "--until", "2026-01-07")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    init_workspace(tmp_path)
    open_log(open_workspace(tmp_path)).append(parse_line(json.dumps(row))[0] for row in rows(120, seed=1))
    return tmp_path


def test_made_up_sentences_would_alert_and_healthy_traffic_would_not(command, folder):
    ran = command("drift", "drill", "--fault", "foreign", "--share", 1, "--trials", 5, "--json", *PERIOD)
    assert (ran.code, ran.json["records"], ran.json["used"]) == (0, 120, 120)
    assert ran.json["false_alerts"]["rate"] == 0.0
    assert "false_pages" not in ran.json and ran.json["schema"] == 2
    [foreign] = ran.json["faults"]
    assert (foreign["fault"], foreign["rate"]) == ("foreign", 1.0)
    assert foreign["named"] == foreign["explained"] == 3
    assert 0 < foreign["delay_days"] < 1


def test_the_table_has_a_line_for_each_fault_and_says_what_it_is(command, folder):
    shown = command("drift", "drill", "--fault", "truncated", "--fault", "slow", "--share", 1, "--trials", 5, *PERIOD)
    lines = shown.out.splitlines()
    assert lines[0].startswith("Drilled on 120 of 120 records, 2026-01-05 to 2026-01-06: 60 healthy")
    assert any(line.startswith("(no fault)") and "0%" in line for line in lines)
    assert any(line.startswith("slow") and "100%" in line and "right in 3 of 3 (ops 3)" in line for line in lines)
    assert any(
        line.split(maxsplit=1) == ["slow", "three times the latency, half a second more at least"] for line in lines
    )


def test_the_table_names_what_would_stay_unseen():
    def result(fault, rate):
        return DrillResult(fault, 1.0, bool(fault), 5, rate, 0.0, 1.0, None, 1.0, 0, 0, {})

    results = (result("", 0.0), result("numbers", 0.2), result("empty", 1.0))
    told = drill_text(DrillReport(results, 120, 120, START, START, None)).splitlines()
    assert told[-1].startswith("Mostly unseen even at the largest share: numbers. Canaries")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--fault", "gremlins"], "There is no fault 'gremlins'"),
        (["--share", "0"], "--share must be above 0"),
        (["--since", "2030-01-01", "--until", "2030-01-02"], "at least 60 records, found 0"),
    ],
)
def test_bad_input_is_one_sentence(command, folder, arguments, reason):
    ran = command("drift", "drill", *arguments)
    assert (ran.code, reason in ran.err, ran.err.strip().count("\n")) == (2, True, 0)
