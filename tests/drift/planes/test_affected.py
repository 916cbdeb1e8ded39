"""About how many answers a drop touched, and the line that says so."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from drift.comparison import compare
from drift.planes.affected import affected_share
from drift.results import QualityPlane, QualityTest
from drift.verdict import began_about, headline


def scores(share, n=400, seed=0):
    rng = np.random.default_rng(seed)
    good = np.clip(rng.normal(0.8, 0.08, n), 0, 1)
    bad = np.clip(rng.normal(0.2, 0.08, n), 0, 1)
    return {str(k): float(b if k < share * n else g) for k, (g, b) in enumerate(zip(good, bad, strict=True))}


def plane(name="score", delta=-0.1, **parts):
    return QualityPlane("drifted", "", tests=(QualityTest(name, 1.0, 0.001, delta, True),), **parts)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 1.0])
def test_a_planted_share_of_worse_answers_is_named(share):
    assert affected_share(plane(), (scores(0.0), scores(share, seed=1))) == pytest.approx(share, abs=0.06)


def test_of_a_share_it_is_the_drop_itself():
    assert affected_share(plane("answered", -0.31), ({}, {})) == pytest.approx(0.31)


def test_labels_of_people_say_it_too():
    found = affected_share(plane(delta=-0.01, source="human"), (scores(0), scores(0)))
    assert found is None or found < 0.1
    told = replace(plane(source="human"), delta=-0.4)
    assert affected_share(told, (scores(0), scores(0.1))) == pytest.approx(0.4)


def test_without_a_drop_nothing_is_affected():
    assert affected_share(QualityPlane("steady", ""), (scores(0), scores(1))) is None


def test_the_line_under_the_verdict_says_service_time_answers_and_refusals(build, settings, now):
    def declined(n):
        return "abstained" if n % 5 == 0 else "answered"

    after = build("b", seed=2, day=9, quality=0.5, spread=0.05, model="m2", outcome=declined)
    report = replace(compare(build("a", seed=1, spread=0.05), after, settings, now), service="desk")
    line = headline(report)
    assert line.startswith("desk · since about 2026-03-10 ")
    assert "of 100 answers affected · refusals 0 → 20 of 100" in line
    assert began_about(report) - after.interactions[0].at < timedelta(hours=2)


def test_a_steady_report_names_no_time_and_no_answers(build, settings, now):
    report = compare(build("a", seed=1), build("b", seed=2), settings, now)
    assert headline(report) == "refusals 0 → 0 of 100"
