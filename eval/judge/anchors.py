"""Answers that people have labelled, kept with what a judge said of them: its calibration, and anchors of its drift."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data.errors import InputError, cause
from data.files import write_whole
from data.jsonl import check_file, parse_json
from data.labels import parse_label
from eval.errors import RunFileError
from eval.intervals import Interval
from eval.judge.calibration import Agreement, agreement, rogan_gladen
from eval.run import JudgeInput

SCHEMA = 1
RESAMPLES = 1000
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Anchor:
    """One labelled answer; both values lie in [0, 1], higher for better."""

    shown: JudgeInput
    human: float
    judged: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A judged metric against human labels; `unscored` labelled answers got no value from the judge."""

    metric: str
    version: str
    anchors: tuple[Anchor, ...]
    unscored: int = 0

    def agreement(self, threshold: float = 0.5) -> Agreement:
        """Return how far the judge agrees with people."""
        return agreement(self.judged, [anchor.human for anchor in self.anchors], threshold)

    @property
    def judged(self) -> list[float]:
        """What the judge said of each anchor."""
        return [anchor.judged for anchor in self.anchors]


def corrected_share(
    values: Sequence[float], known: Calibration, *, threshold: float = 0.5, confidence: float = 0.95, seed: int = 0
) -> Interval | None:
    """Return the share of answers that people would call good, from a judge's `values` (Rogan and Gladen 1978).

    The interval is a percentile bootstrap over both the values and the labels, so it knows that sensitivity and
    specificity were themselves measured. None with fewer than `FEWEST` labels, or where the judge tells good from bad
    no better than chance.
    """
    observed = np.asarray(values, float) > threshold
    pairs = np.array([(anchor.judged, anchor.human) for anchor in known.anchors], float).reshape(-1, 2) > threshold
    estimate = (
        rogan_gladen(float(observed.mean()), known.agreement(threshold)) if len(pairs) and len(observed) else None
    )
    if estimate is None or len(pairs) < FEWEST:
        return None
    rng = np.random.default_rng(seed)
    drawn = [_once(rng, observed, pairs) for _ in range(RESAMPLES)]
    usable = [value for value in drawn if value is not None]
    if len(usable) < RESAMPLES / 2:
        return None
    low, high = np.quantile(usable, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return Interval(estimate, float(low), float(high), len(observed))


def _once(rng: np.random.Generator, observed: Any, pairs: Any) -> float | None:
    share = float(observed[rng.integers(0, len(observed), len(observed))].mean())
    judged, human = pairs[rng.integers(0, len(pairs), len(pairs))].T
    if human.all() or not human.any():
        return None
    sensitivity, specificity = float(judged[human].mean()), float((~judged[~human]).mean())
    informed = sensitivity + specificity - 1
    return min(1.0, max(0.0, (share + specificity - 1) / informed)) if informed > 0 else None


def save_calibrations(path: Path, calibrations: Sequence[Calibration]) -> None:
    """Write calibrations; the file is replaced as a whole."""
    body = {"schema": SCHEMA, "calibrations": [asdict(item) for item in calibrations]}
    write_whole(path, json.dumps(body, ensure_ascii=False, indent=1) + "\n")


def load_calibrations(path: Path) -> tuple[Calibration, ...]:
    """Read calibrations; none where there is no file.

    :raises RunFileError: the file is damaged or of another schema.
    """
    if not path.exists():
        return ()
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if body["schema"] != SCHEMA:
            raise RunFileError(f"{path} has schema {body['schema']!r}, this version reads {SCHEMA}: calibrate again.")
        return tuple(_calibration(item) for item in body["calibrations"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunFileError(f"{path} is no calibration ({cause(error)}): run `rag eval calibrate` again.") from error


def read_labelled(path: Path) -> list[tuple[JudgeInput, float]]:
    """Read labelled answers: ``{"question", "answer", "contexts": [text or {"text"}], "reference", "label"}`` a line.

    Lines whose label is null are left out.

    :raises InputError: the file is missing, a line is malformed, or none is labelled.
    """
    check_file(path)
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = parse_json(line)
            fields = {"id": str(number), **row} if isinstance(row, dict) else {}
            label = parse_label(json.dumps(fields))
            if label is not None and label.value is not None:
                found.append((_shown(fields, label.id), label.value))
        except InputError as error:
            raise InputError(f"{path}:{number}: {error}.") from error
    if not found:
        raise InputError(f"{path} holds no labelled answers: give each line question, answer, contexts and label.")
    return found


def _shown(row: dict[str, Any], name: str) -> JudgeInput:
    question, answer, contexts = row.get("question"), row.get("answer"), row.get("contexts", [])
    if not isinstance(question, str) or not isinstance(answer, str) or not isinstance(contexts, list):
        raise InputError("a labelled answer needs question, answer and a list of contexts")
    texts = [item.get("text") if isinstance(item, dict) else item for item in contexts]
    return JudgeInput(
        name, question, answer, tuple(text for text in texts if isinstance(text, str)), str(row.get("reference", ""))
    )


def _calibration(item: dict[str, Any]) -> Calibration:
    anchors = tuple(
        Anchor(
            JudgeInput(**{**row["shown"], "contexts": tuple(row["shown"]["contexts"])}),
            float(row["human"]),
            float(row["judged"]),
        )
        for row in item["anchors"]
    )
    return Calibration(str(item["metric"]), str(item["version"]), anchors, int(item["unscored"]))
