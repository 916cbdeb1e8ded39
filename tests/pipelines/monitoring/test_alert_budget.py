"""Reports on schedule keep to the false-alert budget: what is remembered, when it begins anew, and what alerts."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from data.errors import WorkspaceError
from data.records import Interaction, Score
from drift.budget.watch import learn
from drift.log_windows import find_baseline
from drift.settings import DriftSettings
from drift.windows import Window
from pipelines.monitoring.alert_budget import remember, take_look
from pipelines.monitoring.drift_report import pin_baseline, report
from pipelines.wiring.workspace import init_workspace, open_log, open_workspace

START = datetime(2026, 1, 5, tzinfo=UTC)


def write_days(workspace, first, count, quality, seed, per_day=15):
    """Log scored answers for some days, beginning `first` days after START."""
    rng = np.random.default_rng(seed)
    items, scores = [], []
    for number in range(count * per_day):
        at = START + timedelta(days=first + number // per_day, minutes=20 * (number % per_day))
        key = f"{first}-{seed}-{number}"
        items.append(Interaction(key, at, f"Which berth does ship {rng.integers(10**6)} use?", "Berth 4."))
        value = float(np.clip(rng.normal(quality, 0.15), 0, 1))
        scores.append(Score(key, "groundedness", value, "proxy", "", "lexical", "1"))
    open_log(workspace).append(items, scores)


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture
def watched(tmp_path):
    """A workspace with a baseline of seven days."""
    init_workspace(tmp_path)
    workspace = open_workspace(tmp_path)
    write_days(workspace, 0, 7, 0.8, seed=1)
    pin_baseline(workspace, "default", START, START + timedelta(days=7), START + timedelta(days=7))
    return workspace


def report_on(workspace, day, hour=9, **window):
    made = report(workspace, **({"since": None, "until": None} | window), baseline=None, now=at(day, hour))
    return made.report


def at(day, hour=9):
    return START + timedelta(days=day, hours=hour)


def kept(workspace):
    return json.loads((workspace.data / "pages.json").read_text())


def look_on(workspace, day, hour=9):
    """Take the look that a report on that day would take, and remember it."""
    log = open_log(workspace)
    pinned = find_baseline(log, None)
    period = (pinned.since, pinned.until)
    reference = Window("reference", tuple(log.read(*period)), tuple(log.scores(*period)))
    path = workspace.data / "pages.json"
    watch, budget = take_look(
        path, log, pinned, lambda known: learn(reference, known, DriftSettings()), DriftSettings(), at(day, hour)
    )
    remember(path, pinned, watch, budget.alerted)
    return budget


def test_a_look_taken_twice_a_day_counts_its_days_once(watched):
    write_days(watched, 7, 4, 0.8, seed=2)
    first = look_on(watched, 10)
    before = kept(watched)
    assert look_on(watched, 10, hour=15) == first
    assert kept(watched) == before
    assert first.days == 3


def test_missed_days_are_made_up_for(watched):
    write_days(watched, 7, 6, 0.75, seed=2)
    for day in (8, 9, 10, 11, 12):
        daily = look_on(watched, day)
    (watched.data / "pages.json").unlink()
    assert look_on(watched, 12).evidence == pytest.approx(daily.evidence)


def test_slow_rot_alerts_by_what_days_add_up_to_and_a_new_baseline_begins_anew(watched):
    write_days(watched, 7, 40, 0.71, seed=2)
    made = report_on(watched, 47)
    assert (made.verdict, made.budget.alerted) == ("silent_drift", True)
    assert "has added up" in made.sentence
    assert made.quality.e_value == made.budget.evidence
    pin_baseline(watched, "default", START + timedelta(days=20), START + timedelta(days=47), at(47))
    write_days(watched, 47, 3, 0.71, seed=3)
    fresh = look_on(watched, 50)
    assert (fresh.alerted, fresh.days) == (False, 3)
    assert list(kept(watched)) == ["default v2"]


def test_a_window_of_ones_own_neither_spends_nor_adds(watched):
    write_days(watched, 7, 4, 0.8, seed=2)
    made = report_on(watched, 10, since=at(7), until=at(9))
    assert made.budget is None
    assert not (watched.data / "pages.json").exists()


def test_without_scores_there_is_nothing_to_watch(tmp_path):
    init_workspace(tmp_path)
    workspace = open_workspace(tmp_path)
    open_log(workspace).append(Interaction(f"i{n}", at(0), f"Question {n}?", "Yes.") for n in range(20))
    pin_baseline(workspace, "default", START, START + timedelta(days=4), at(4))
    budget = look_on(workspace, 8)
    assert (budget.measure, budget.days, budget.evidence) == ("", 0, 0.0)


def test_a_damaged_state_is_refused_with_what_to_do(watched):
    (watched.data / "pages.json").write_text('{"default v1": {"measure": null}}')
    with pytest.raises(WorkspaceError, match="delete it; the false-alert budget then begins anew"):
        look_on(watched, 9)
