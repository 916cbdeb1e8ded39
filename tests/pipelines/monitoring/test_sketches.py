"""Sketches of the log: made once a day, made again when a day changes, and used by reports over long windows."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from data.log.interaction_log import InteractionLog
from data.log.sketches import read_sketches
from data.records import Interaction, Score
from drift.log_windows import find_baseline
from pipelines.monitoring import drift_report as reporting
from pipelines.monitoring import sketches
from pipelines.monitoring.forget import sweep
from pipelines.wiring.workspace import init_workspace, open_log, open_workspace

START = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


def records(day, quality, seed, n=40):
    rng = np.random.default_rng([day, seed])
    at = START + timedelta(days=day)
    items = [
        Interaction(f"{seed}-{day}-{k}", at + timedelta(minutes=k), f"Where does ship {k % 5} lie?", "Berth 4.")
        for k in range(n)
    ]
    return items, [
        Score(item.id, "groundedness", float(np.clip(rng.normal(quality, 0.1), 0, 1)), "proxy", "", "lexical", "1")
        for item in items
    ]


@pytest.fixture
def workspace(tmp_path):
    init_workspace(tmp_path)
    workspace = open_workspace(tmp_path)
    for day in range(12):
        open_log(workspace).append(*records(day, 0.8 if day < 9 else 0.6, seed=1))
    reporting.pin_baseline(workspace, "default", START, START + timedelta(days=7), START + timedelta(days=7))
    return workspace


def test_a_day_is_sketched_once_and_again_when_late_rows_or_scores_come(workspace):
    log = open_log(workspace)
    pinned = find_baseline(log, None)
    until = START + timedelta(days=12)
    assert sketches.update(log, pinned, until) == 12
    assert sketches.update(log, pinned, until) == 0
    log.append(*records(3, 0.8, seed=2, n=1))
    log.append([], [Score("1-5-0", "quality", 1.0, "human")])
    assert sketches.update(log, pinned, until) == 2
    kept = sketches.window(log, pinned, "w", START, until)
    assert [part.records for _, part in kept.days] == [40, 40, 40, 41] + [40] * 8


def test_a_window_holds_whole_days_only(workspace):
    log = open_log(workspace)
    pinned = find_baseline(log, None)
    sketches.update(log, pinned, START + timedelta(days=12))
    cut = sketches.window(log, pinned, "w", START + timedelta(hours=1), START + timedelta(days=3, hours=5))
    assert [day.day for day, _ in cut.days] == [6, 7]


def test_a_long_window_is_reported_from_sketches_within_the_alert_budget(workspace):
    now = START + timedelta(days=12, hours=9)
    made = reporting.report(workspace, since=None, until=None, baseline=None, now=now, raw_limit=100).report
    assert "daily sketches" in made.notes[0]
    assert made.quality.delta < -0.05
    assert (made.budget.days, made.budget.measure) == (5, "groundedness (proxy)")
    own = reporting.report(
        workspace, since=START + timedelta(days=9), until=now, baseline=None, now=now, raw_limit=100
    ).report
    assert (own.verdict, own.budget) == ("silent_drift", None)


def test_a_window_whose_texts_were_deleted_is_reported_as_before(workspace):
    now, since = START + timedelta(days=12, hours=9), START + timedelta(days=9)
    swept = sweep(workspace, now, now, vectors=True, dry_run=False)
    log = open_log(workspace)
    assert (swept.interactions, {item.answer for item in log.read()}) == (480, {None})
    after = reporting.report(workspace, since=since, until=now, baseline=None, now=now, raw_limit=100).report
    assert after.verdict == "silent_drift"
    assert (after.reference.interactions, after.current.interactions) == (280, 120)
    (words,) = [finding for finding in after.findings if finding.signal == "answer words"]
    assert (words.reference, words.current) == (2.0, 2.0)


@pytest.mark.parametrize("vectors", [False, True])
def test_a_late_score_of_a_forgotten_day_leaves_what_its_texts_had_said(workspace, vectors):
    log = open_log(workspace)
    pinned = find_baseline(log, None)
    now = START + timedelta(days=12, hours=9)
    sweep(workspace, now, now, vectors=vectors, dry_run=False)
    period = "w", START + timedelta(days=3), START + timedelta(days=4)
    ((_, before),) = sketches.window(log, pinned, *period).days
    log.append([], [Score(f"1-3-{n}", "quality", 0.5, "human") for n in range(8)])
    assert sketches.update(log, pinned, now) == 1
    ((_, after),) = sketches.window(log, pinned, *period).days
    assert (after.records, after.numbers) == (40, before.numbers)
    assert after.numbers["answer words"].mean == 2.0
    assert after.topics.tolist() == before.topics.tolist()
    assert after.scores["groundedness|proxy|1"] == pytest.approx(before.scores["groundedness|proxy|1"])
    assert after.scores["quality|human|"].sum(axis=0) == pytest.approx([8, 4, 2])
    assert sketches.update(log, pinned, now) == 0


def test_a_late_record_of_a_forgotten_day_is_added_to_it(workspace):
    log = open_log(workspace)
    pinned = find_baseline(log, None)
    now = START + timedelta(days=12, hours=9)
    sweep(workspace, now, now, vectors=False, dry_run=False)
    log.append(*records(3, 0.8, seed=2, n=5))
    sketches.update(log, pinned, now)
    ((_, day),) = sketches.window(log, pinned, "w", START + timedelta(days=3), START + timedelta(days=4)).days
    assert (day.records, day.topics.sum(), day.numbers["answer words"].count) == (45, 45, 45)
    assert day.scores["groundedness|proxy|1"].sum(axis=0)[0] == 45


def test_a_baseline_that_cannot_be_sketched_does_not_keep_texts_from_being_deleted(workspace):
    now = START + timedelta(days=12)
    reporting.pin_baseline(workspace, "tiny", START, START + timedelta(seconds=30), now)
    assert sweep(workspace, now, now, vectors=False, dry_run=False).interactions == 480
    assert len(read_sketches(open_log(workspace), "default v1")) == 13


def test_a_log_of_an_earlier_version_gets_the_table(tmp_path):
    import sqlalchemy as sa

    path = tmp_path / "log.sqlite"
    InteractionLog.at_path(path).close()
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE sketches"))
        connection.execute(sa.text("DELETE FROM schema_version WHERE version > 1"))
    engine.dispose()
    assert read_sketches(InteractionLog.at_path(path), "default v1") == {}
