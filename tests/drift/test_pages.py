import numpy as np

from drift.pages import add_day, start_pages

BUDGET = 180.0


def first_page(quality_by_day, seed, answers=100):
    rng = np.random.default_rng(seed)
    state = start_pages(rng.binomial(1, 0.85, 2000).astype(float), 0.95)
    for day, quality in enumerate(quality_by_day, start=1):
        state = add_day(state, rng.binomial(1, quality, answers).astype(float))
        if state.evidence >= BUDGET:
            return day
    return None


def test_healthy_months_hardly_ever_page():
    pages = [first_page([0.85] * 90, seed) for seed in range(120)]
    assert sum(page is not None for page in pages) <= 6


def test_a_drop_that_starts_late_is_paged_within_days():
    pages = [first_page([0.85] * 45 + [0.75] * 20, seed) for seed in range(40)]
    assert np.median([page if page else 99 for page in pages]) <= 45 + 5
    assert all(page is None or page > 45 for page in pages)


def test_a_day_without_scores_is_counted_and_changes_nothing():
    state = start_pages(np.full(50, 0.8), 0.95)
    after = add_day(state, np.array([]))
    assert after.days == 1
    assert after.evidence == state.evidence == 0.0


def test_better_answers_are_no_evidence():
    state = start_pages(np.linspace(0.5, 0.9, 100), 0.95)
    for _ in range(30):
        state = add_day(state, np.full(50, 0.95))
    assert state.budget_used(BUDGET) < 0.01
