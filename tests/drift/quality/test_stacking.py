"""People correct a judge that corrects a proxy: narrower than either alone, and unbiased whatever the judge does."""

from dataclasses import replace

import numpy as np
import pytest

from data.records import Score
from drift.comparison import assess
from drift.quality.scoring import Measure, stacked


def layered(window, seed, *, judged=0.6, labels=40, truth=0.7, bias=0.0):
    """Rewrite the scores of a window: a weak proxy on all answers, a better judge on some, people on few."""
    rng = np.random.default_rng(seed)
    asked = rng.random(len(window.interactions)) < judged
    labelled = set(rng.permutation(len(window.interactions))[:labels])
    scores, good = [], []
    for n, item in enumerate(window.interactions):
        skill = float(np.clip(rng.normal(truth, 0.3), 0, 1))
        good.append(skill)
        cheap = float(np.clip(skill + rng.normal(0, 0.4), 0, 1))
        scores.append(Score(item.id, "groundedness", cheap, "proxy", "", "lexical", "1"))
        if asked[n]:
            value = float(np.clip(skill + bias + rng.normal(0, 0.05), 0, 1))
            scores.append(Score(item.id, "faithfulness", value, "judge", "", "judge", "1"))
        if n in labelled:
            scores.append(Score(item.id, "correct", skill, "human", "", "people", "1"))
    return replace(window, scores=tuple(scores)), float(np.mean(good))


def without_judge(window):
    return replace(window, scores=tuple(score for score in window.scores if score.source != "judge"))


def test_a_judge_between_people_and_proxy_narrows_the_interval(build, settings, now):
    left, right = layered(build("a", seed=1), 1)[0], layered(build("b", seed=2, day=9), 2)[0]
    both = assess(left, right, settings, now).quality
    plain = assess(without_judge(left), without_judge(right), settings, now).quality
    assert both.method.startswith("human labels on a sample, faithfulness (judge) on")
    assert both.ci[1] - both.ci[0] < 0.8 * (plain.ci[1] - plain.ci[0])
    assert both.proxy_correlation > plain.proxy_correlation


def test_a_judge_that_turned_stricter_does_not_bias_what_people_say(build, settings, now):
    errors = []
    for seed in range(30):
        left, before = layered(build("a", seed=seed), 2 * seed)
        right, after = layered(build("b", seed=500 + seed, day=9), 2 * seed + 1, bias=-0.2)
        found = assess(left, right, settings, now).quality
        errors.append((found.delta - (after - before)) / (found.ci[1] - found.ci[0]))
    assert abs(np.mean(errors)) < 0.1  # a judge taken at its word would be off by more than a whole interval
    assert np.mean(np.abs(errors) <= 0.5) >= 0.9


def test_where_the_judge_was_not_asked_its_forecast_stands_in():
    proxy = Measure("groundedness", "proxy", "1", {f"a{n}": n / 20 for n in range(20)}, {"b0": 0.5}, 1.0)
    judge = Measure("faithfulness", "judge", "1", {f"a{n}": 0.1 + n / 40 for n in range(20)}, {"b1": 0.9}, 0.9)
    both = stacked(judge, proxy)
    assert both.reference["a4"] == judge.reference["a4"]
    assert both.current == {"b0": pytest.approx(0.35)}


def test_a_judge_of_too_few_answers_changes_nothing():
    proxy = Measure("groundedness", "proxy", "1", {"a": 0.5}, {"b": 0.5}, 1.0)
    assert stacked(Measure("faithfulness", "judge", "1", {"a": 0.2}, {}, 0.1), proxy) is proxy
