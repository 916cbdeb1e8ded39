"""Every kind of bad input has a named outcome: nothing hangs, nothing crashes, nothing is silently green."""

import json
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from data.records import Interaction, Score
from pipelines.monitoring.drift_report import pin_baseline, report, write_outputs
from pipelines.wiring.workspace import init_workspace, open_log, open_workspace

START = datetime(2026, 1, 5, tzinfo=UTC)
NOW = START + timedelta(days=12, hours=9)


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


def write_day(workspace, day, n=12, **changes):
    rng = np.random.default_rng(day)
    items = [
        Interaction(
            **{
                "id": f"{day}-{k}",
                "at": START + timedelta(days=day, minutes=k),
                "question": f"Where does ship {k % 5} lie?",
                "answer": "Berth 4.",
            }
            | changes
        )
        for k in range(n)
    ]
    values = np.clip(rng.normal(0.8, 0.1, n), 0, 1)
    answered = changes.get("outcome", "answered") == "answered"
    scores = [Score(i.id, "groundedness", float(v), "proxy") for i, v in zip(items, values, strict=True) if answered]
    open_log(workspace).append(items, scores)


@pytest.fixture
def workspace(tmp_path):
    init_workspace(tmp_path)
    workspace = open_workspace(tmp_path)
    for day in range(7):
        write_day(workspace, day)
    pin_baseline(workspace, "default", START, START + timedelta(days=7), START + timedelta(days=7))
    return workspace


def verdict_now(workspace):
    return report(workspace, since=None, until=None, baseline=None, now=NOW).report


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"outcome": "abstained"}, "silent_drift"),
        ({"outcome": "failed", "answer": None, "error": "boom"}, "ops_incident"),
        ({"question_vector": b"\xff\x7f" * 8}, "steady"),
        ({"latency_ms": {"total": float("nan")}}, "steady"),
    ],
)
def test_a_week_of_nothing_but_one_kind_has_its_verdict(workspace, changes, verdict):
    for day in range(7, 12):
        write_day(workspace, day, **changes)
    assert verdict_now(workspace).verdict == verdict


def test_a_week_of_failures_is_not_blamed_on_missing_passages(workspace):
    for day in range(7, 12):
        write_day(workspace, day, outcome="failed", answer=None, error="boom")
    told = verdict_now(workspace).quality.reason
    assert told == "There is no answer to score in window current: every question failed or was declined."


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_window_or_one_record_is_too_little(workspace, count):
    write_day(workspace, 11, n=count) if count else None
    made = verdict_now(workspace)
    assert (made.verdict, made.exit_code) == ("insufficient", 5)


def test_who_looks_past_the_end_of_the_log_is_told_where_it_ends(workspace):
    later = NOW + timedelta(days=40), NOW + timedelta(days=41)
    [note] = report(workspace, since=later[0], until=later[1], baseline=None, now=later[1]).report.notes
    assert "Nothing was asked since the baseline ended: the last interaction, of " in note
    write_day(workspace, 8)
    [note] = report(workspace, since=later[0], until=later[1], baseline=None, now=later[1]).report.notes
    assert "The last interaction in the log is of" in note


def test_records_of_the_future_are_no_part_of_the_window(workspace):
    for day in range(7, 12):
        write_day(workspace, day)
    write_day(workspace, 400)
    made = verdict_now(workspace)
    assert (made.verdict, made.current.interactions, made.budget.days) == ("steady", 60, 5)


def test_a_clock_that_was_set_back_counts_no_day_twice(workspace):
    for day in range(7, 12):
        write_day(workspace, day)
    first = verdict_now(workspace)
    earlier = report(workspace, since=None, until=None, baseline=None, now=NOW - timedelta(days=2)).report
    again = verdict_now(workspace)
    assert (earlier.budget.days, again.budget.days) == (5, 5)
    assert again.budget.evidence == first.budget.evidence


def test_two_reports_at_once_both_finish_and_leave_whole_files(workspace, tmp_path):
    for day in range(7, 12):
        write_day(workspace, day)
    made, failed = [], []

    def run():
        try:
            done = report(workspace, since=None, until=None, baseline=None, now=NOW)
            made.append(write_outputs(done, tmp_path / "reports", tmp_path / "page.html", NOW))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    written = sorted((tmp_path / "reports").glob("*.json"))
    assert [json.loads(path.read_text())["verdict"] for path in written] == ["steady", "steady"]
    assert json.loads((workspace.data / "pages.json").read_text())["default v1"]["days"] == 5


def test_a_log_that_is_being_written_is_reported_as_it_stands(workspace):
    for day in range(7, 11):
        write_day(workspace, day)
    stop = threading.Event()

    def keep_writing():
        number = 0
        while not stop.is_set() and number < 300:
            at = START + timedelta(days=11, seconds=number)
            open_log(workspace).append([Interaction(f"live-{number}", at, "Where does ship 1 lie?", "Berth 4.")])
            number += 1

    writer = threading.Thread(target=keep_writing)
    writer.start()
    made = verdict_now(workspace)
    stop.set()
    writer.join()
    assert made.exit_code in {0, 5}
    assert made.current.interactions >= 48
