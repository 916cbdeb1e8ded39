from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drift.signals.frozen_topics import freeze_topics
from drift.sketches.compare import Days, compare_sketches
from drift.sketches.day import ACCURACY, Histogram, from_bytes, merged, sketch, to_bytes

FIRST = date(2026, 3, 1)


def with_vectors(window, seed, shift=0.0):
    rng = np.random.default_rng(seed)
    items = tuple(
        replace(item, question_vector=(rng.normal(size=8) + shift).astype("<f2").tobytes())
        for item in window.interactions
    )
    marked = tuple(replace(item, fingerprint=replace(item.fingerprint, embedder="e")) for item in items)
    return replace(window, interactions=marked)


def same(one, two):
    assert (one.records, one.names, one.unscored) == (two.records, two.names, two.unscored)
    assert np.array_equal(one.topics, two.topics)
    assert {n: (h.count, h.bins) for n, h in one.numbers.items()} == {
        n: (h.count, h.bins) for n, h in two.numbers.items()
    }
    for name, array in one.scores.items():
        assert np.allclose(array, two.scores[name])
        assert np.array_equal(one.score_bins[name], two.score_bins[name])
    for name, (count, sums) in one.vectors.items():
        assert count == two.vectors[name][0]
        assert np.allclose(sums, two.vectors[name][1], atol=1e-3)


def test_two_halves_merged_are_the_whole_and_packing_loses_nothing(build):
    window = with_vectors(build("a", 60, seed=1, outcome=lambda n: "failed" if n % 9 == 0 else "answered"), 1)
    topics = freeze_topics(window.interactions, 0)
    whole = sketch(window.interactions, window.scores, topics, 1.0)
    halves = [sketch(window.interactions[part::2], window.scores, topics, 1.0) for part in (0, 1)]
    same(merged(halves), whole)
    same(from_bytes(to_bytes(whole)), whole)
    assert whole.names["outcome"]["failed"] == 7
    assert len(to_bytes(whole)) < 20_000


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=80), st.sampled_from([0.0, 0.5, 0.95, 1.0]))
def test_a_quantile_is_within_its_promised_error(values, q):
    histogram = Histogram()
    histogram.add(np.array(values))
    exact = float(np.quantile(values, q, method="inverted_cdf" if q == 1.0 else "lower"))
    assert histogram.quantile(q) == pytest.approx(exact, rel=1.01 * ACCURACY)


def days(build, name, first, count, seed, topics=None, **planted):
    parts = []
    for number in range(count):
        window = with_vectors(build(f"{name}{number}", 100, seed=seed + number, **planted), seed + number)
        topics = topics or freeze_topics(window.interactions, 0)
        made = sketch(window.interactions, window.scores, topics, 3.0)
        parts.append((FIRST + timedelta(days=first + number), made))
    return Days(name, tuple(parts)), topics


def test_sketches_see_a_drop_and_do_not_see_one_where_none_is(build, settings, now):
    reference, topics = days(build, "a", 0, 7, 1)
    healthy, _ = days(build, "b", 7, 5, 50, topics)
    worse, _ = days(build, "c", 7, 5, 80, topics, quality=0.7)
    quiet, loud = (compare_sketches(reference, window, settings, now) for window in (healthy, worse))
    assert (quiet.verdict, loud.verdict) == ("steady", "silent_drift")
    assert loud.quality.delta == pytest.approx(-0.1, abs=0.03)
    assert not any(finding.drifted for finding in quiet.findings)
    assert len(loud.timeline) == 12


def test_sketches_see_a_sick_service(build, settings, now):
    reference, topics = days(build, "a", 0, 4, 1)
    slow, _ = days(build, "b", 7, 3, 50, topics, latency=1500.0)
    report = compare_sketches(reference, slow, settings, now)
    assert report.verdict == "ops_incident"
    assert report.ops.latency_p95_current > 1.5 * report.ops.latency_p95_reference


def test_one_bad_day_of_many_records_is_one_day(build, settings, now):
    reference, topics = days(build, "a", 0, 7, 1)
    good, _ = days(build, "b", 7, 4, 50, topics)
    bad, _ = days(build, "c", 11, 1, 80, topics, quality=0.6)
    report = compare_sketches(reference, Days("current", good.days + bad.days), settings, now)
    assert report.quality.within.se > 0.02
    assert report.quality.status != "drifted"


def test_empty_windows_are_insufficient(build, settings, now):
    reference, _ = days(build, "a", 0, 3, 1)
    for pair in ((reference, Days("b", ())), (Days("a", ()), Days("b", ()))):
        assert compare_sketches(*pair, settings, now).verdict == "insufficient"
