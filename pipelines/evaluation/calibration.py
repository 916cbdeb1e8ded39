"""How `rag eval calibrate` shows a judge beside people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from data.text import plural

if TYPE_CHECKING:
    from eval.judge import Calibration, JudgeShift

_FEW = 50
Checked = Sequence[tuple["Calibration", "JudgeShift | None"]]


def agreement_text(found: Sequence[Calibration]) -> str:
    """Return agreement, kappa, bias and error rates of each judged metric, and what they say."""
    lines = []
    for item in found:
        known = item.agreement()
        unscored = f", {item.unscored} unscored" if item.unscored else ""
        lines += [
            f"{item.metric} by {item.version}: {known.count} labelled answers{unscored}",
            f"  agrees on {known.accuracy:.1%}, Cohen's kappa {_shown(known.kappa)}, bias {known.bias:+.3f}, "
            f"correlation {_shown(known.correlation)}",
            f"  calls {_shown(known.sensitivity)} of the good answers good (sensitivity) and "
            f"{_shown(known.specificity)} of the bad ones bad (specificity)",
            *([f"  fewer than {_FEW} labels: these figures are rough"] if known.count < _FEW else []),
        ]
    return "\n".join([*lines, "Kept as anchors: `rag eval calibrate --check` tells when the judge changes."])


def agreement_json(found: Sequence[Calibration]) -> list[dict[str, Any]]:
    """Return the same as JSON."""
    return [
        {"metric": item.metric, "version": item.version, "unscored": item.unscored, **asdict(item.agreement())}
        for item in found
    ]


def shift_text(checked: Checked) -> str:
    """Say of each judged metric whether the judge has changed."""
    return "\n".join(_shift_line(item, shift) for item, shift in checked)


def shift_json(checked: Checked) -> list[dict[str, Any]]:
    """Return the same as JSON; `drifted` is null where the judge gave too few values to tell."""
    return [
        {
            "metric": item.metric,
            "anchors": len(item.anchors),
            "drifted": shift.drifted() if shift else None,
            **(asdict(shift) if shift else {}),
        }
        for item, shift in checked
    ]


def _shift_line(item: Calibration, shift: JudgeShift | None) -> str:
    if shift is None:
        anchors = plural(len(item.anchors), "anchor")
        return f"{item.metric}: the judge gave too few values to compare {anchors}."
    verdict = "JUDGE DRIFT" if shift.drifted() else "no change of the judge"
    moved = f"{shift.shift.mean:+.3f} [{shift.shift.low:+.3f}, {shift.shift.high:+.3f}]"
    return (
        f"{item.metric}: {verdict}. {shift.flips} of {plural(shift.shift.count, 'anchor')} changed sides "
        f"(p = {shift.p_value:.3g}), mean {moved}"
    )


def _shown(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"
