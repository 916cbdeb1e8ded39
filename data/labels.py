"""Label files: records to be judged by people elsewhere, and their judgements back, as JSON Lines.

Out: ``{"id", "question", "answer", "contexts": [...], "metric", "probability", "label": null}``. In: the same lines
with ``"label"`` filled in, or bare ``{"id", "label"}``; a label is a number in [0, 1], true/false, or "y"/"n", and null
where the labeller could not say. ``"comment"`` and ``"labeller"`` are kept.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.jsonl import RejectedLine, check_file, parse_json
from data.records import Interaction, Score

METRIC = "quality"
"""The metric of a plain good/bad label: it speaks before any other human score."""


SCORER = "drift label"
_WORDS = {"y": 1.0, "yes": 1.0, "good": 1.0, "n": 0.0, "no": 0.0, "bad": 0.0}


@dataclass(frozen=True, slots=True)
class Label:
    """One judgement of a person; `value` None means: looked at, could not say."""

    id: str
    value: float | None
    metric: str = METRIC
    probability: float | None = None
    comment: str = ""
    labeller: str = ""

    def score(self) -> Score:
        """Return the label as a score of the log."""
        reason = self.comment or ("" if self.value is not None else "skipped by the labeller")
        return Score(self.id, self.metric, self.value, "human", reason, SCORER, "")


@dataclass(frozen=True, slots=True)
class LabelFile:
    """The labels of a file, how many lines hold none yet, and the refused lines."""

    labels: tuple[Label, ...]
    open: int
    rejected: tuple[RejectedLine, ...]


def label_lines(items: Iterable[Interaction], probability: Mapping[str, float], metric: str) -> Iterator[str]:
    """Yield records to be labelled, each as the line of a file."""
    for item in items:
        row = {
            "id": item.id,
            "question": item.question,
            "answer": item.answer,
            "contexts": [{"source": part.source, "text": part.text} for part in item.contexts],
            "metric": metric,
            "probability": probability.get(item.id),
            "label": None,
        }
        yield json.dumps(row, ensure_ascii=False)


def read_label_file(path: Path) -> LabelFile:
    """Read labels; bad lines are returned as `rejected`, and of two labels of one record the later counts.

    :raises InputError: the file is missing, a folder, compressed, or holds no lines.
    """
    check_file(path)
    labels: dict[tuple[str, str], Label] = {}
    rejected: list[RejectedLine] = []
    seen = still_open = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            seen += 1
            try:
                label = parse_label(raw)
            except InputError as error:
                rejected.append(RejectedLine(number, str(error), raw.decode("utf-8", "replace").rstrip("\n")))
                continue
            if label is None:
                still_open += 1
            else:
                labels[label.id, label.metric] = label
    if not seen:
        raise InputError(f"{path} is empty: expected one JSON object per line with id and label.")
    return LabelFile(tuple(labels.values()), still_open, tuple(rejected))


def parse_label(raw: bytes | str) -> Label | None:
    """Return the label of one line; None where it is not labelled yet.

    :raises InputError: the line is no label; the message is the reason alone.
    """
    row = parse_json(raw)
    if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not row["id"]:
        raise InputError("expected an object with the id of an interaction and a label")
    if "label" not in row:
        raise InputError("required key 'label' is missing")
    comment = str(row.get("comment") or "")
    if row["label"] is None and not comment:
        return None
    return Label(
        id=row["id"],
        value=None if row["label"] is None else _value(row["label"]),
        metric=_metric(row),
        probability=_probability(row.get("probability")),
        comment=comment,
        labeller=str(row.get("labeller") or ""),
    )


def _value(label: object) -> float:
    if isinstance(label, str) and label.strip().casefold() in _WORDS:
        return _WORDS[label.strip().casefold()]
    if isinstance(label, bool | int | float) and math.isfinite(label) and 0 <= label <= 1:
        return float(label)
    raise InputError(f'\'label\' must be a number from 0 to 1, true, false, "y", "n" or null, found {label!r}')


def _probability(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise InputError(f"'probability' must be above 0 and at most 1, found {value!r}")
    return float(value)


def _metric(row: dict[str, Any]) -> str:
    metric = row.get("metric") or METRIC
    if not isinstance(metric, str) or len(metric) > 64:
        raise InputError(f"'metric' must be a name of at most 64 characters, found {metric!r}")
    return metric
