"""The level from which on a window alerts, in the measurement that chose `alpha`."""

from math import inf

import pytest

from benchmarks.drift_levels import Levels, level_of, pooled
from drift.quality.checks import QualityCheck, decide
from drift.results import QualityTest
from drift.settings import DriftSettings


def test_the_level_is_the_smallest_p_value_over_its_share_among_tests_that_may_alert():
    tests = (
        QualityTest("score", 0.8, 0.004, -0.1, True),
        QualityTest("numbers", 0.1, 0.0003, -0.1, True),
        QualityTest("answered", 0.1, 0.00001, -0.01, False),  # surely smaller, but too little to alert
    )
    assert level_of(tests) == pytest.approx(0.003)
    assert level_of(tests[2:]) == inf


@pytest.mark.parametrize(("alpha", "pages"), [(0.0076, False), (0.0078, True)])
def test_a_window_alerts_from_its_level_on(alpha, pages):
    candidates = [QualityCheck("score", 0.007, -0.1, 0.02), QualityCheck("late", 0.5, -0.1, 0.02)]
    level = level_of(decide(candidates, DriftSettings(alpha=0.04)))
    assert level == pytest.approx(0.007 * 22 / 20)
    assert any(test.fired for test in decide(candidates, DriftSettings(alpha=alpha))) is pages


def test_rows_are_added_up():
    line = Levels("a", 100, {str(alpha): 1 for alpha in (0.01, 0.009, 0.008, 0.0075, 0.007, 0.006, 0.005)})
    assert "alpha 0.0075: 2 alerts, 1.00%" in pooled("both", [line, line])
