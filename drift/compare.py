"""Two windows in, one report out: the order in which the evidence is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift.causes import name_causes
from drift.evidence import Evidence
from drift.examples import worst_examples
from drift.features import Features, answer_features, question_features
from drift.findings import PlaneFeatures, find, plane_reports, thinned
from drift.moved import moved_share
from drift.ops import judge_ops
from drift.quality import JudgedQuality, judge_quality
from drift.report import DriftReport, OpsPlane, PageBudget, QualityPlane, Verdict, WindowSummary
from drift.scoring import Side, Speaking
from drift.segments import segment
from drift.settings import DriftSettings
from drift.threads import one_thread
from drift.timeline import change_point, fingerprint_changes, time_points
from drift.topics import Topics, fit_topics
from drift.windows import Window, check_window

_EXAMPLES = 6


@dataclass(frozen=True, slots=True)
class _Prepared:
    reference: Side
    current: Side
    questions: Features
    topics: Topics | None
    notes: tuple[str, ...]


@one_thread()
def compare(
    reference: Window, current: Window, settings: DriftSettings, now: datetime, pages: PageBudget | None = None
) -> DriftReport:
    """Compare a current window with a reference and say whether answers got worse, how sure that is, and why.

    Records dated after `now` are left out. A report on schedule passes what its budget lets it page on. The same
    windows, settings and `now` always give the same report.

    :raises InputError: a window holds two different interactions with one id, or times without a time zone.
    """
    prepared = _prepare(reference, current, settings, now)
    report, judged = _assessed(prepared, settings, now, pages)
    if not prepared.reference.items or not prepared.current.items:
        return report
    return _explained(report, prepared, judged, settings)


@one_thread()
def assess(
    reference: Window, current: Window, settings: DriftSettings, now: datetime, pages: PageBudget | None = None
) -> DriftReport:
    """Return the verdict of `compare` without what explains it (planes, findings, causes, time line, examples)."""
    return _assessed(_prepare(reference, current, settings, now), settings, now, pages)[0]


def _assessed(
    prepared: _Prepared, settings: DriftSettings, now: datetime, pages: PageBudget | None = None
) -> tuple[DriftReport, JudgedQuality]:
    left, right = prepared.reference, prepared.current
    ops = judge_ops(left.items, right.items, settings)
    judged = judge_quality(left, right, settings, pages)
    verdict = decide(ops, judged.plane)
    main = judged.speaking.main
    report = DriftReport(
        verdict=verdict,
        sentence=verdict_sentence(verdict, ops, judged.plane),
        created=now,
        reference=_summary(left, len(main.reference) if main else 0),
        current=_summary(right, len(main.current) if main else 0),
        ops=ops,
        quality=judged.plane,
        pages=pages,
        notes=(*prepared.notes, *judged.speaking.notes),
    )
    return report, judged


def decide(ops: OpsPlane, quality: QualityPlane) -> Verdict:
    """Place ops and quality in the 2×2; only these two may page."""
    if ops.status == "red":
        return "ops_incident_and_drift" if quality.status == "drifted" else "ops_incident"
    if quality.status == "drifted":
        return "silent_drift"
    return "steady" if quality.status == "steady" and ops.status == "green" else "insufficient"


def _beside(ops: OpsPlane) -> str:
    return "ops green, but " if ops.status == "green" else "too little is known of ops, "


def verdict_sentence(verdict: Verdict, ops: OpsPlane, quality: QualityPlane) -> str:
    """Say the verdict in one sentence; a green one carries the drop that would have been seen."""
    limit = quality.minimum_detectable_drop
    unsure = quality if quality.status == "insufficient" else ops
    sentences: dict[Verdict, str] = {
        "steady": f"Steady: ops green, quality steady; a drop of {limit or 0.0:.3f} or more would have been seen.",
        "silent_drift": f"Silent drift: {_beside(ops)}answers got worse. {quality.reason}",
        "ops_incident": f"Ops incident: {ops.reason} Quality: {quality.status}.",
        "ops_incident_and_drift": f"Ops incident and drift: {ops.reason} {quality.reason}",
        "insufficient": f"Too little data to tell: {unsure.reason}",
    }
    return sentences[verdict]


def _prepare(reference: Window, current: Window, settings: DriftSettings, now: datetime) -> _Prepared:
    checked = [check_window(window, now) for window in (reference, current)]
    items = [check.window.traffic for check in checked]
    questions = question_features(items[0], items[1])
    topics = _topics(items, questions, settings.seed)
    labels = (topics.reference, topics.current) if topics else (None, None)
    left = Side(checked[0].window, items[0], _topic_of(items[0], questions.rows_reference, labels[0]))
    moved = moved_share(questions.reference, questions.current, settings)
    right = Side(checked[1].window, items[1], _topic_of(items[1], questions.rows_current, labels[1]), moved)
    notes = (*checked[0].notes, *checked[1].notes, *((questions.note,) if questions.note else ()))
    return _Prepared(left, right, questions, topics, notes)


def _explained(report: DriftReport, prepared: _Prepared, judged: JudgedQuality, settings: DriftSettings) -> DriftReport:
    values = _values(judged.speaking)
    left, right, topics = prepared.reference, prepared.current, prepared.topics
    names = topics.names if topics else ()
    answers = answer_features(thinned(left.items), thinned(right.items))
    features = PlaneFeatures(prepared.questions, answers, _topic_names(left, names), _topic_names(right, names))
    findings = find(left.items, right.items, features, settings, judged.speaking.volunteered)
    changes = fingerprint_changes(left.items, right.items)
    drifted = report.quality.status == "drifted"
    segmented = segment(left, right, values, names, drifted, settings)
    split = segmented.split if segmented else None
    evidence = Evidence(left, right, *values, judged, report.ops, split, findings, changes)
    return replace(
        report,
        planes=plane_reports(findings, features),
        findings=findings,
        segments=segmented.segments if segmented else (),
        causes=name_causes(evidence, settings),
        timeline=(
            *time_points(left.items, values[0], "reference", settings),
            *time_points(right.items, values[1], "current", settings),
        ),
        fingerprint_changes=changes,
        change_point=change_point(left.items, right.items, values, settings) if drifted else None,
        examples=worst_examples(left, right, values, prepared.questions, names, _EXAMPLES) if drifted else (),
        notes=(*report.notes, *((answers.note,) if answers.note else ())),
    )


def _values(speaking: Speaking) -> tuple[dict[str, float], dict[str, float]]:
    """Return the scores known on most records: the helper's where labels cover only a sample."""
    measure = speaking.helper or speaking.main
    return (measure.reference, measure.current) if measure else ({}, {})


def _topics(items: list[tuple[Interaction, ...]], questions: Features, seed: int) -> Topics | None:
    if min(len(questions.reference), len(questions.current)) == 0:
        return None
    left = [items[0][row].question for row in questions.rows_reference]
    right = [items[1][row].question for row in questions.rows_current]
    return fit_topics(questions.reference, questions.current, (left, right), seed)


def _topic_of(
    items: Sequence[Interaction], rows: NDArray[np.int64], labels: NDArray[np.int64] | None
) -> dict[str, int]:
    return {} if labels is None else {items[row].id: int(label) for row, label in zip(rows, labels, strict=True)}


def _topic_names(side: Side, names: tuple[str, ...]) -> list[str]:
    return [names[topic] for item in side.items if (topic := side.topics.get(item.id)) is not None]


def _summary(side: Side, scored: int) -> WindowSummary:
    window = side.window
    outcomes = [item.outcome for item in side.items]
    times = [item.at for item in side.items]
    return WindowSummary(
        name=window.name,
        since=window.since or min(times, default=None),
        until=window.until or max(times, default=None),
        interactions=len(side.items),
        canaries=len(window.canaries),
        answered=outcomes.count("answered"),
        abstained=outcomes.count("abstained"),
        failed=outcomes.count("failed"),
        scored=scored,
    )
