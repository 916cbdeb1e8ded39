from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.budget.alert_budget import AlertState, Day, Watch, add_day, advance, look
from drift.budget.floor import fit_floor
from drift.settings import DriftSettings

SETTINGS = DriftSettings()
BUDGET = SETTINGS.false_alert_days
FIRST = date(2026, 1, 5)
QUALITY = np.array([0.95, 0.75])


def scores(rng, n, hard, drop=0.0):
    """Draw binary scores of which the share `hard` is of the harder of two topics."""
    topics = (rng.random(n) < hard).astype(np.int64)
    return rng.binomial(1, QUALITY[topics] - drop).astype(float), topics


def first_alert(days, seed):
    """Return on which day the evidence alerts; `days` are (share of hard questions, drop)."""
    rng = np.random.default_rng(seed)
    floor = fit_floor(*scores(rng, 2000, 0.5), 2, SETTINGS.confidence, SETTINGS.minimal_drop)
    state = AlertState()
    for number, (hard, drop) in enumerate(days, start=1):
        values, topics = scores(rng, 100, hard, drop)
        state = add_day(state, values, floor.of(topics))
        if state.evidence >= BUDGET:
            return number
    return None


def test_healthy_months_hardly_ever_alert():
    alerts = [first_alert([(0.5, 0.0)] * 90, seed) for seed in range(60)]
    assert sum(alert is not None for alert in alerts) <= 3


def test_days_of_harder_questions_do_not_alert():
    weeks = [(0.5, 0.0)] * 5 + [(0.95, 0.0)] * 2
    alerts = [first_alert(weeks * 12, seed) for seed in range(40)]
    assert sum(alert is not None for alert in alerts) <= 3


def test_a_drop_that_starts_late_is_alerted_within_days():
    alerts = [first_alert([(0.5, 0.0)] * 45 + [(0.5, 0.1)] * 20, seed) for seed in range(40)]
    assert np.median([alert if alert else 99 for alert in alerts]) <= 45 + 7
    assert sum(alert is not None and alert <= 45 for alert in alerts) <= 2


def test_a_day_without_scores_is_counted_and_changes_nothing():
    after = add_day(AlertState(), np.array([]), np.array([]))
    assert (after.days, after.evidence) == (1, 0.0)


def test_better_answers_are_no_evidence():
    state = AlertState()
    for _ in range(30):
        state = add_day(state, np.full(50, 0.95), np.full(50, 0.7))
    assert state.evidence < 0.01 * BUDGET


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.05, 0.95))
def test_evidence_is_never_negative_and_falls_when_every_score_rises(values, floor):
    low = np.array(values)
    high = np.minimum(low + 0.05, 1.0)
    floors = np.full(low.size, floor)
    worse, better = (add_day(AlertState(), side, floors).evidence for side in (low, high))
    assert 0 <= better <= worse


def test_a_day_of_fair_coin_tosses_multiplies_the_evidence_by_one_on_average():
    grown = []
    for number in range(2**8):  # all outcomes of eight tosses, each equally likely
        tosses = np.array([number >> bit & 1 for bit in range(8)], dtype=float)
        grown.append(add_day(AlertState(), tosses, np.full(8, 0.5)).evidence)
    assert np.mean(grown) == pytest.approx(0.5)  # half the budget is this watcher's: (0 + 1) · 1 · 1/2


def day(offset, value, n=50):
    return Day(FIRST + timedelta(days=offset), np.full(n, value), np.zeros(n, dtype=np.int64))


@pytest.fixture
def floor():
    return fit_floor(np.tile([0.7, 0.9], 100), np.zeros(200, dtype=np.int64), 1, 0.95, 0.02)


def test_a_day_is_counted_once_however_often_it_is_reported(floor):
    watch = Watch(None, FIRST - timedelta(days=1))
    once = advance(watch, [day(0, 0.6), day(1, 0.6)], floor)
    again = advance(once, [day(0, 0.1), day(1, 0.1)], floor)
    assert again == once
    assert advance(advance(watch, [day(0, 0.6)], floor), [day(1, 0.6)], floor) == once


def test_questions_unlike_all_of_the_baseline_are_no_evidence(floor):
    strange = Day(FIRST, np.zeros(50), np.full(50, -1))
    assert advance(Watch(None, FIRST - timedelta(days=1)), [strange], floor).state.evidence == 0


def test_levels_of_reports_add_up_to_the_half_budget_whatever_days_are_missed():
    watch, spent = Watch(None, FIRST - timedelta(days=1)), 0.0
    for offset in (0, 1, 2, 5, 6, 20, 90, 179):
        watch, budget = look(watch, FIRST + timedelta(days=offset), SETTINGS)
        again, same = look(watch, FIRST + timedelta(days=offset), SETTINGS)
        assert (again, same.level) == (watch, budget.level)
        spent += budget.level
    assert spent <= 0.5 * 180 / BUDGET + 1e-9


def test_an_open_incident_is_tested_at_the_ordinary_level():
    _, budget = look(Watch(None, FIRST, looked=FIRST, open=True), FIRST + timedelta(days=1), SETTINGS)
    assert budget.level == SETTINGS.alpha
    _, closed = look(Watch(None, FIRST, looked=FIRST), FIRST + timedelta(days=1), SETTINGS)
    assert closed.level == pytest.approx(1 / 360)
