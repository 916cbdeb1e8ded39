"""Two windows in, one report out: the order in which the evidence is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift.causes import (
    CauseEvidence,
    SwapTest,
    clear_changes,
    deciding_answers,
    name_causes,
    swap_tests,
    with_next_steps,
)
from drift.planes import (
    PlaneFeatures,
    affected_share,
    change_point,
    find,
    fingerprint_changes,
    judge_ops,
    moved_share,
    plane_reports,
    segment,
    thinned,
    time_points,
    worst_examples,
)
from drift.quality import JudgedQuality, Side, fallen_dimension, judge_quality, with_scoring
from drift.results import AlertBudget, DriftReport, QualityPlane, WindowSummary
from drift.settings import DriftSettings
from drift.signals import Features, Topics, answer_features, fit_topics, question_features
from drift.verdict import decide, verdict_sentence
from drift.windows import Window, check_window, on_one_scale


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS and OpenMP on one thread, in the whole process, until the end; then give back what was allowed before.

    On a machine whose cores are busy, waiting for one's own other threads takes most of the time.
    """
    from threadpoolctl import threadpool_limits

    # Only libraries that are loaded already can be limited: this loads the BLAS of SciPy and OpenMP.
    import_module("sklearn.cluster")
    with threadpool_limits(1):
        yield


_EXAMPLES = 6


@dataclass(frozen=True, slots=True)
class _PreparedWindows:
    reference: Side
    current: Side
    questions: Features
    topics: Topics | None
    swaps: tuple[SwapTest, ...]
    notes: tuple[str, ...]


@one_thread()
def compare(
    reference: Window,
    current: Window,
    settings: DriftSettings,
    now: datetime,
    budget: AlertBudget | None = None,
    *,
    quality: QualityPlane | None = None,
) -> DriftReport:
    """Compare a current window with a reference and say whether answers got worse, how sure that is, and why.

    Records dated after `now` are left out. A report on schedule passes what its budget lets it alert on. The same
    windows, settings and `now` always give the same report. `quality`, where it was judged elsewhere, decides.

    :raises InputError: a window holds two different interactions with one id, or times without a time zone.
    """
    prepared = _prepare(reference, current, settings, now)
    report, judged = _assessed(prepared, settings, now, budget, quality)
    if not prepared.reference.items or not prepared.current.items:
        return report
    return _explained(report, prepared, judged, settings)


@one_thread()
def assess(
    reference: Window, current: Window, settings: DriftSettings, now: datetime, budget: AlertBudget | None = None
) -> DriftReport:
    """Return the verdict of `compare` without what explains it (planes, findings, causes, time line, examples)."""
    return _assessed(_prepare(reference, current, settings, now), settings, now, budget)[0]


def _assessed(
    prepared: _PreparedWindows,
    settings: DriftSettings,
    now: datetime,
    budget: AlertBudget | None = None,
    quality: QualityPlane | None = None,
) -> tuple[DriftReport, JudgedQuality]:
    left, right = prepared.reference, prepared.current
    ops = with_scoring(judge_ops(left.items, right.items, settings), left, right, settings)
    judged = judge_quality(left, right, settings, budget)
    judged = replace(judged, plane=quality) if quality else judged
    changes = clear_changes(left, right, prepared.swaps)
    verdict = decide(ops, judged.plane, changes)
    main = judged.speaking.main
    report = DriftReport(
        verdict=verdict,
        sentence=verdict_sentence(verdict, ops, judged.plane, changes),
        created=now,
        reference=_summary(left, len(main.reference) if main else 0),
        current=_summary(right, len(main.current) if main else 0),
        ops=ops,
        quality=judged.plane,
        budget=budget,
        notes=(*prepared.notes, *judged.speaking.notes),
        changes=changes,
        deciding=deciding_answers(right.items, settings.seed) if verdict == "changed" else (),
    )
    return report, judged


def _prepare(reference: Window, current: Window, settings: DriftSettings, now: datetime) -> _PreparedWindows:
    windows, scales = on_one_scale(reference, current)
    checked = [check_window(window, now) for window in windows]
    items = [check.window.traffic for check in checked]
    questions = question_features(items[0], items[1])
    topics = _topics(items, questions, settings.seed)
    labels = (topics.reference, topics.current) if topics else (None, None)
    left = Side(checked[0].window, items[0], _topic_of(items[0], questions.rows_reference, labels[0]))
    moved = moved_share(questions.reference, questions.current, settings)
    right = Side(checked[1].window, items[1], _topic_of(items[1], questions.rows_current, labels[1]), moved)
    notes = (*checked[0].notes, *checked[1].notes, *scales, *((questions.note,) if questions.note else ()))
    return _PreparedWindows(left, right, questions, topics, swap_tests(left, right, settings), notes)


def _explained(
    report: DriftReport, prepared: _PreparedWindows, judged: JudgedQuality, settings: DriftSettings
) -> DriftReport:
    fallen = fallen_dimension(judged)
    values = _values(judged, fallen)
    left, right, topics = prepared.reference, prepared.current, prepared.topics
    names = topics.names if topics else ()
    answers = answer_features(thinned(left.items), thinned(right.items))
    features = PlaneFeatures(prepared.questions, answers, _topic_names(left, names), _topic_names(right, names))
    heard = judged.speaking
    aside = (*heard.aside, *((heard.disputed,) if heard.disputed else ()))
    findings = find(left.items, right.items, features, settings, heard.volunteered, aside=aside)
    changes = fingerprint_changes(left.items, right.items)
    drifted = report.quality.status == "drifted"
    segmented = segment(left, right, values, names, drifted, settings)
    split = segmented.split if segmented else None
    evidence = CauseEvidence(left, right, *values, judged, report.ops, split, findings, changes, prepared.swaps, fallen)
    examples = worst_examples(left, right, values, prepared.questions, names, _EXAMPLES) if drifted else ()
    causes = with_next_steps(name_causes(evidence, settings), right.items, examples[0].question if examples else "")
    return replace(
        report,
        planes=plane_reports(findings, features),
        findings=findings,
        segments=segmented.segments if segmented else (),
        causes=causes,
        timeline=(
            *time_points(left.items, values[0], "reference", settings),
            *time_points(right.items, values[1], "current", settings),
        ),
        fingerprint_changes=changes,
        change_point=change_point(left.items, right.items, values, settings) if drifted else None,
        examples=examples,
        affected=affected_share(report.quality, values),
        shown_by=fallen,
        notes=(*report.notes, *filter(None, (answers.note, _shown_by(fallen)))),
    )


def _values(judged: JudgedQuality, fallen: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return the scores known on most records: the helper's where labels cover only a sample, or a dimension's."""
    speaking = judged.speaking
    measure = speaking.dimensions[fallen] if fallen else speaking.helper or speaking.main
    return (measure.reference, measure.current) if measure else ({}, {})


def _shown_by(fallen: str) -> str:
    return (
        f"Topics, time line and examples show {fallen}: it fell, and the score that speaks did not." if fallen else ""
    )


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
