"""Label files: records to be judged by people elsewhere, and their judgements back, as JSON Lines.

Out: ``{"id", "question", "answer", "contexts": [...], "metric", "probability", "label": null}``. In: the same lines
with ``"label"`` filled in, or bare ``{"id", "label"}``. A label is a number in [0, 1], true/false, or "y"/"n". It is
null where the labeller could not say. ``"comment"`` is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, Strict

from data.errors import InputError
from data.jsonl import RejectedLine, check_file, parse_json
from data.records import Interaction, Score
from data.shapes import EmptyIsNone, Name, Requirement, Shape, Share

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

    def score(self) -> Score:
        """Return the label as a score of the log."""
        reason = self.comment or ("" if self.value is not None else "skipped by the labeller")
        return Score(self.id, self.metric, self.value, "human", reason, SCORER, "")


def _as_number(label: object) -> object:
    if isinstance(label, str):
        return _WORDS.get(label.strip().casefold(), label)
    return float(label) if isinstance(label, bool) else label


_EXPECTED = "expected an object with the id of an interaction and a label"
_LABEL = '{key} must be a number from 0 to 1, true, false, "y", "n" or null'
_Value = Annotated[float, Strict(), Field(ge=0, le=1)]
_Metric = Annotated[str, Strict(), Field(max_length=64)]


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What a line says of its record; unknown keys are passed over."""

    id: Annotated[str, Strict(), Field(min_length=1), Requirement(_EXPECTED)]
    label: Annotated[_Value | None, BeforeValidator(_as_number), Requirement(_LABEL)]
    comment: Name = ""


@dataclass(frozen=True, slots=True)
class _Circumstances:
    """What a line says of its label."""

    metric: Annotated[_Metric | None, EmptyIsNone, Requirement("{key} must be a name of at most 64 characters")] = None
    probability: Share | None = None


_JUDGEMENT, _CIRCUMSTANCES = Shape(_Judgement, _EXPECTED), Shape(_Circumstances)


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
    judged = _JUDGEMENT.read(row)
    if judged.label is None and not judged.comment:
        return None
    told = _CIRCUMSTANCES.read(row)
    return Label(judged.id, judged.label, told.metric or METRIC, told.probability, judged.comment)
