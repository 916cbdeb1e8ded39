"""Questions of another kind are seen by their vectors, and what they may cost is not called a drop."""

from dataclasses import replace

import numpy as np
import pytest

from drift.comparison import compare
from drift.planes.findings import moved_share
from drift.windows import Window


def vectors(shift, seed, n=200):
    rows = np.random.default_rng(seed).normal(size=(n, 32)).astype(np.float32)
    rows[:, 0] += shift
    return rows


def test_the_share_that_moved_is_none_where_nothing_did(settings):
    assert [moved_share(vectors(0, seed), vectors(0, 100 + seed), settings) for seed in range(5)] == [0.0] * 5


def test_the_share_that_moved_follows_from_how_well_the_windows_are_told_apart(settings):
    found = moved_share(vectors(0, 1), vectors(1.5, 2), settings)
    assert 0.547 < found < 0.75  # two unit normals 1.5 apart: total variation 0.547, area under the curve 0.856


def embedded(window: Window, shift: float, seed: int) -> Window:
    rows = vectors(shift, seed, len(window.interactions)).astype("<f2")
    items = [replace(item, question_vector=row.tobytes()) for item, row in zip(window.interactions, rows, strict=True)]
    return replace(window, interactions=tuple(items))


@pytest.mark.parametrize(("shift", "verdict"), [(0.0, "silent_drift"), (2.0, "steady")])
def test_a_drop_that_other_questions_may_bring_does_not_alert(shift, verdict, build, settings, now):
    left = embedded(build("a", 300, seed=1), 0.0, 3)
    right = embedded(build("b", 300, seed=2, quality=0.75), shift, 4)
    report = compare(left, right, settings, now)
    assert report.verdict == verdict
    assert ("mix_shift" in [cause.cause for cause in report.causes]) == (shift > 0)
