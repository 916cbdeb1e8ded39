"""Charts of the HTML report, as shapes with places."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.reports.svg import LETTER, Axis, cut
from drift.reports.timeline_chart import timeline_chart
from drift.reports.topics_chart import topics_chart
from drift.results import (
    ChangePoint,
    DriftReport,
    FingerprintChange,
    OpsPlane,
    QualityPlane,
    Segment,
    TimePoint,
    WindowSummary,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
WINDOW = WindowSummary("w", None, None, 0, 0, 0, 0, 0)
HEALTH = OpsPlane("green", None, None, None, None, None, None, "")
EMPTY = DriftReport("steady", "", START, WINDOW, WINDOW, HEALTH, QualityPlane("steady", ""))
SVG = "{http://www.w3.org/2000/svg}"


def point(day, quality=0.8, window="reference", **changes):
    at = START + timedelta(days=day)
    interval = (None, None) if quality is None else (quality - 0.05, quality + 0.05)
    made = TimePoint(at, at + timedelta(days=1), window, 20, quality, *interval, error_rate=0.01, latency_p95=400.0)
    return replace(made, **changes)


def drawn(text):
    """Elements of a chart as (tag, class, element)."""
    tree = ElementTree.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    return [(part.tag.removeprefix(SVG), part.get("class", ""), part) for part in tree.iter()]


def parts(text, tag, kind):
    return [part for found, shape, part in drawn(text) if found == tag and shape == kind]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 9))
def test_ticks_lie_on_the_scale_and_are_few(low, span, count):
    axis = Axis(low, low + span, 0, 100)
    ticks = axis.ticks(count)
    assert 1 <= len(ticks) <= count + 1
    assert all(-1e-3 <= axis.place(tick) <= 100 + 1e-3 for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0.52, 0.88, [0.6, 0.7, 0.8]), (-40, 400, [0, 100, 200, 300, 400])],
)
def test_ticks_are_round(low, high, ticks):
    assert Axis(low, high, 0, 1).ticks() == pytest.approx(ticks)


@given(st.text(max_size=80), st.floats(10, 400))
def test_a_cut_text_fits(text, width):
    assert len(cut(text, width)) <= max(1, width / LETTER)


def test_a_lower_mean_is_drawn_lower_and_told_in_words():
    chart = timeline_chart(replace(EMPTY, timeline=(point(0, 0.8), point(1, 0.6, "current"))), 1_000)
    (before,), (after,) = parts(chart, "circle", "dot reference"), parts(chart, "circle", "dot current")
    assert float(before.get("cy")) < float(after.get("cy"))
    assert before[0].text == "2026-03-01 00:00, reference: 0.800 (0.750 to 0.850), n = 20"
    assert "In the current window quality lies between 0.600 and 0.600." in chart


def test_a_bin_without_a_score_leaves_a_gap():
    line = (point(0), point(1), point(2, None), point(3), point(4))
    assert len(parts(timeline_chart(replace(EMPTY, timeline=line), 1_000), "polyline", "line reference")) == 2
    assert len(parts(timeline_chart(replace(EMPTY, timeline=line[:2]), 1_000), "polyline", "line reference")) == 1


@pytest.mark.parametrize("step", [0.0, 1e-15, 1e-6])
@pytest.mark.parametrize("level", [0.0, 0.8, 4.5])
def test_scores_that_hardly_differ_are_drawn_as_level(level, step):
    chart = timeline_chart(replace(EMPTY, timeline=tuple(point(day, level + day * step) for day in range(3))), 1_000)
    heights = [float(dot.get("cy")) for dot in parts(chart, "circle", "dot reference")]
    assert max(heights) - min(heights) < 1


def test_one_bin_is_no_line_in_time():
    assert timeline_chart(replace(EMPTY, timeline=(point(0),)), 1_000) == ""


@pytest.mark.parametrize("width", [320.0, 1_000.0])
def test_a_time_line_without_a_score_still_shows_health(width):
    chart = timeline_chart(replace(EMPTY, timeline=(point(0, None), point(1, None), point(2, None))), width)
    assert parts(chart, "polyline", "line latency")
    assert not parts(chart, "polyline", "line reference")


def test_parts_that_changed_at_once_share_a_mark_and_hostile_names_stay_text():
    at = START + timedelta(days=2)
    changes = (FingerprintChange("chat_model", "a", "b", at), FingerprintChange("<script>", "a", "b", at))
    line = tuple(map(point, range(4)))
    chart = timeline_chart(replace(EMPTY, timeline=line, fingerprint_changes=changes), 1_000)
    (name,) = parts(chart, "text", "mark-name")
    assert name.text == "chat model, <script> changed"
    (mark,) = parts(chart, "line", "mark")
    ticks = [float(tick.get("cx")) for tick in parts(chart, "circle", "dot reference")]
    assert ticks[1] < float(mark.get("x1")) < ticks[2]


@given(st.lists(st.integers(0, 29), min_size=1, max_size=6), st.sampled_from([320.0, 1_000.0]))
def test_labels_of_marks_do_not_cover_each_other_or_leave_the_picture(days, width):
    names = ("chat_model", "prompt_version", "index_generation", "embedder", "settings", "system_fingerprint")
    changes = tuple(
        FingerprintChange(name, "a", "b", START + timedelta(days=day)) for name, day in zip(names, days, strict=False)
    )
    chart = timeline_chart(replace(EMPTY, timeline=tuple(map(point, range(30))), fingerprint_changes=changes), width)
    spans = {}
    for text in parts(chart, "text", "mark-name"):
        x, long = float(text.get("x")), len(text.text) * LETTER
        left = x - long if text.get("text-anchor") == "end" else x
        assert -5 <= left <= left + long <= width + 5
        row = spans.setdefault(text.get("y"), [])
        assert all(left >= end or left + long <= start for start, end in row)
        row.append((left, left + long))


def test_the_span_in_which_quality_changed_lies_behind_its_bins():
    change = ChangePoint(START + timedelta(days=2), START + timedelta(days=1), START + timedelta(days=3), 0.01)
    chart = timeline_chart(replace(EMPTY, timeline=tuple(map(point, range(5))), change_point=change), 1_000)
    (band,) = parts(chart, "rect", "band")
    left, right = float(band.get("x")), float(band.get("x")) + float(band.get("width"))
    inside = [float(dot.get("cx")) for dot in parts(chart, "circle", "dot reference")]
    assert [left < x < right for x in inside] == [False, True, True, False, False]


def topic(name, contribution, drifted=False):
    return Segment(name, 0.5, 0.5, 0.8, 0.8 + contribution, contribution, 0.5, drifted)


@pytest.mark.parametrize("width", [320.0, 1_000.0])
def test_bars_go_left_for_a_loss_and_right_for_a_gain(width):
    chart = topics_chart([topic("refunds & luggage", -0.1, drifted=True), topic("pets", 0.05)], width)
    (loss,), (gain,) = parts(chart, "rect", "bar-bad"), parts(chart, "rect", "bar-good")
    assert float(loss.get("x")) + float(loss.get("width")) == pytest.approx(float(gain.get("x")), abs=0.2)
    assert float(loss.get("width")) == pytest.approx(2 * float(gain.get("width")), rel=0.01)
    assert loss[0].text == "refunds & luggage: 0.800 → 0.700"
    assert re.search(r">-0\.100<.*>\+0\.050<", chart)


def test_topics_that_did_not_move_are_drawn_too():
    assert len(parts(topics_chart([topic("a", 0.0), topic("b", 0.0)], 1_000), "rect", "bar-good")) == 2


def test_one_topic_is_nothing_to_compare():
    assert topics_chart([topic("pets", 0.05)], 1_000) == ""
