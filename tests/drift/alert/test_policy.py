"""Who hears of a verdict, and when: once, again after a while, at the end, and not at night."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import SettingsError
from drift.alert.policy import (
    AlertPolicy,
    ChannelState,
    decide,
    is_closed,
    is_quiet,
    parse_quiet_hours,
    parse_zone,
    told,
    write_notice,
)
from drift.alert.settings import AlertSettings
from drift.results import Cause, DriftReport, OpsPlane, QualityPlane, WindowSummary
from drift.vocabulary import EXIT_CODES

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
SUMMARY = WindowSummary("w", NOON, NOON, 200, 0, 190, 10, 0, 190)
OPS = OpsPlane("green", 0.0, 0.0, 90.0, 91.0, 50.0, 50.0, "flat")
QUALITY = QualityPlane(
    "drifted", "fell", "groundedness", "proxy", reference=0.9, current=0.8, delta=-0.1, ci=(-0.13, -0.07), e_value=90.0
)
REPORT = DriftReport("silent_drift", "Answers got worse.", NOON, SUMMARY, SUMMARY, OPS, QUALITY)
PLAIN = AlertPolicy.of(AlertSettings(), 180.0)
QUIET = replace(PLAIN, quiet=(time(22), time(7)))


def verdict(name):
    return replace(REPORT, verdict=name)


def run(policy, *days):
    """Tell one channel of a report per day; return what it was told."""
    state, heard = ChannelState(), []
    for number, name in enumerate(days):
        now = NOON + timedelta(days=number)
        kind = decide(state, verdict(name), policy, now)
        heard.append(kind)
        state = told(state, name, kind, now) if kind else state
    return heard


def test_an_incident_is_told_once_repeated_after_a_while_and_closed_when_steady():
    slow = replace(PLAIN, repeat=timedelta(days=2))
    days = ["steady", "silent_drift", "silent_drift", "silent_drift", "steady", "steady"]
    assert run(slow, *days) == [None, "alert", None, "reminder", "recovery", None]


def test_a_change_is_told_once_and_never_repeated_nor_recovered():
    assert run(replace(PLAIN, repeat=timedelta(hours=1)), "changed", "changed", "steady") == ["ticket", None, None]


def test_a_ticket_is_closed_by_a_steady_report_alone():
    open_ticket = ChannelState("changed", NOON, NOON)
    assert is_closed(open_ticket, "steady")
    assert not is_closed(open_ticket, "changed") and not is_closed(open_ticket, "insufficient")
    assert not is_closed(ChannelState("silent_drift", NOON, NOON), "steady")


def test_a_change_that_turns_out_worse_wakes_somebody():
    assert run(PLAIN, "changed", "silent_drift", "changed") == ["ticket", "alert", None]


def test_a_change_waits_for_the_end_of_quiet_hours():
    assert decide(ChannelState(), verdict("changed"), QUIET, NIGHT) is None
    assert decide(ChannelState(), verdict("changed"), QUIET, NOON) == "ticket"


def test_a_worse_incident_is_told_although_one_is_open():
    assert run(PLAIN, "silent_drift", "ops_incident_and_drift") == ["alert", "alert"]


def test_too_little_data_neither_opens_nor_closes_an_incident():
    assert run(replace(PLAIN, repeat=timedelta(days=9)), "insufficient", "silent_drift", "insufficient", "steady") == [
        None,
        "alert",
        None,
        "recovery",
    ]


def test_at_night_a_drift_waits_for_the_morning_and_an_ops_incident_does_not():
    assert decide(ChannelState(), verdict("silent_drift"), QUIET, NIGHT) is None
    assert decide(ChannelState(), verdict("ops_incident"), QUIET, NIGHT) == "alert"
    assert decide(ChannelState(), verdict("silent_drift"), QUIET, NOON + timedelta(days=1)) == "alert"


def test_quiet_hours_follow_their_time_zone():
    berlin = replace(QUIET, zone=ZoneInfo("Europe/Berlin"))
    at = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
    assert (is_quiet(berlin, at), is_quiet(QUIET, at)) == (True, False)


@given(st.times(), st.times(), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_a_span_and_its_complement_share_no_moment_and_miss_none(start, end, at):
    moment = at.replace(tzinfo=UTC)
    if start != end:
        span, rest = replace(PLAIN, quiet=(start, end)), replace(PLAIN, quiet=(end, start))
        assert is_quiet(span, moment) != is_quiet(rest, moment)


@given(st.lists(st.sampled_from(sorted(EXIT_CODES)), max_size=30))
def test_every_alert_is_closed_at_most_once_and_no_recovery_comes_unannounced(days):
    heard = [kind for kind in run(PLAIN, *days) if kind in {"alert", "recovery"}]
    opened = False
    for kind in heard:
        assert opened or kind == "alert"
        opened = kind == "alert"


def test_a_notice_says_what_how_much_why_and_where():
    report = replace(REPORT, causes=(Cause("model_change", 1.0, "other answers to the same prompts"),))
    notice = write_notice("alert", ChannelState(), report, replace(PLAIN, service="shop", link="https://x/r.html"))
    assert notice.title == "[shop] silent drift: ops are green, but answers got worse"
    assert "0.900 → 0.800 (-0.100, interval -0.130 to -0.070)" in notice.body
    assert "Cause: model_change (100%) – other answers to the same prompts" in notice.body
    assert notice.body.endswith("Report: https://x/r.html")


def test_a_recovery_says_since_when_it_was_open():
    state = ChannelState("silent_drift", NOON, NOON)
    notice = write_notice("recovery", state, verdict("steady"), PLAIN)
    assert "recovered" in notice.title
    assert "First told 2026-03-02 12:00 UTC." in notice.body


@pytest.mark.parametrize("text", ["22", "22:00", "22:00-25:00", "night", "1-2-3", "07:00-07:00"])
def test_hours_that_cannot_be_read_are_refused_with_an_example(text):
    with pytest.raises(SettingsError, match="quiet_hours"):
        parse_quiet_hours(text)


def test_hours_and_zones_are_read():
    assert parse_quiet_hours("22:00-07:30") == (time(22), time(7, 30))
    assert parse_quiet_hours(" ") is None
    assert parse_zone("Europe/Berlin").key == "Europe/Berlin"
    with pytest.raises(SettingsError, match="Middle/Earth"):
        parse_zone("Middle/Earth")
