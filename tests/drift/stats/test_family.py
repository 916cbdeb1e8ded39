"""What every test over two samples keeps to; a new one is tested here as soon as it is listed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from drift.stats import means, two_sample

LEVEL = 0.01
SEED = 3


def rows(seed: int, shift: float = 0.0, n: int = 120) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(shift, 1.0, (n, 12))
    return drawn.astype(np.float32)


def numbers(seed: int, shift: float = 0.0, n: int = 120) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, 1.0, n)


def few(seed: int, shift: float = 0.0) -> np.ndarray:
    return numbers(seed, shift, 30)


def names(seed: int, shift: float = 0.0, n: int = 120) -> list[str]:
    share = 0.5 - shift / 4
    return list(np.random.default_rng(seed).choice(["a", "b", "c"], n, p=[share, 0.7 - share, 0.3]))


@dataclass(frozen=True)
class Detector:
    """A test as (effect, p) of two samples; a one-sided test for a drop looks both ways here."""

    name: str
    draw: Callable
    test: Callable
    slack: float = 0.0
    """How much of p and effect the drawing of permutations, folds or features may change under a swap."""


def two_sided(test: Callable) -> Callable:
    def both(x, y):
        found = test(x, y)
        return found.delta, min(1.0, 2 * min(found.p_drop, 1 - found.p_drop)) if found.delta else 1.0

    return both


def shift_of(test: Callable) -> Callable:
    def both(x, y):
        found = test(x, y)
        return found.effect, found.p_value

    return both


def rng():
    return np.random.default_rng(SEED)


DETECTORS = [
    Detector("vector_shift", rows, shift_of(lambda x, y: two_sample.vector_shift(x, y, 199, SEED)), 0.2),
    Detector("classifier_auc", rows, shift_of(lambda x, y: two_sample.classifier_auc(x, y, SEED)), 0.2),
    Detector("category_shift", names, shift_of(lambda x, y: two_sample.category_shift(x, y, 999, SEED)), 0.05),
    Detector("value_shift", numbers, shift_of(two_sample.value_shift)),
    Detector("difference", numbers, two_sided(lambda x, y: means.difference(x, y, 0.95))),
    Detector("paired", numbers, two_sided(lambda x, y: means.paired(x, y, 0.95, rng()))),
    Detector("paired, few", few, two_sided(lambda x, y: means.paired(x, y, 0.95, rng())), 0.05),
    Detector("permuted", few, two_sided(lambda x, y: means.permuted(x, y, 0.95, rng())), 0.05),
    Detector(
        "within_strata",
        numbers,
        two_sided(lambda x, y: means.within_strata(x, y, np.arange(120) % 3, np.arange(120) % 3, 0.95).estimate),
    ),
]
EVERY_DETECTOR = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)


@EVERY_DETECTOR
def test_identical_samples_are_no_evidence(detector):
    sample = detector.draw(1)
    assert detector.test(sample, sample)[1] > LEVEL


@EVERY_DETECTOR
def test_a_planted_shift_is_found_and_the_same_distribution_is_not(detector):
    assert detector.test(detector.draw(1), detector.draw(2, 1.0))[1] <= LEVEL
    assert detector.test(detector.draw(1), detector.draw(2))[1] > LEVEL


@EVERY_DETECTOR
@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_swapped_samples_say_the_same_in_the_other_direction(detector, shift):
    x, y = detector.draw(1), detector.draw(2, shift)
    (effect, p_value), (turned, p_turned) = detector.test(x, y), detector.test(y, x)
    assert abs(turned) == pytest.approx(abs(effect), rel=detector.slack + 1e-9, abs=detector.slack + 1e-9)
    assert p_turned == pytest.approx(p_value, abs=detector.slack + 1e-9)


@EVERY_DETECTOR
def test_the_same_samples_and_seed_give_the_same_answer(detector):
    x, y = detector.draw(1), detector.draw(2, 0.3)
    assert detector.test(x, y) == detector.test(x, y)


@pytest.mark.parametrize(
    "detector", [item for item in DETECTORS if item.draw is not names], ids=lambda detector: detector.name
)
@pytest.mark.parametrize("side", [0, 1])
def test_a_sample_with_a_hole_is_refused(detector, side):
    samples = [detector.draw(1), detector.draw(2)]
    samples[side][5] = np.nan
    with pytest.raises(ValueError, match="are NaN: leave out"):
        detector.test(*samples)


def test_every_test_over_two_samples_is_listed_above():
    found = {
        name
        for module in (two_sample, means)
        for name, test in vars(module).items()
        if not name.startswith("_")
        and getattr(test, "__module__", "") == module.__name__
        and {"reference", "current"} <= set(getattr(test, "__annotations__", {}))
    }
    assert found - {"prediction_powered", "LabelledDifference"} == {item.name.partition(",")[0] for item in DETECTORS}
