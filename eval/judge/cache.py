"""Judgements remembered by content: nothing is paid for twice, and an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path

from data.records import content_hash
from eval.run import JudgeInput


class JudgeCache:
    """Values by metric, judge version and content, in an append-only JSON Lines file or, without one, in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._values = _read(path) if path and path.exists() else {}

    def get(self, metric: str, version: str, sample: JudgeInput) -> float | None:
        """Return the remembered value, or None."""
        return self._values.get(_key(metric, version, sample))

    def put(self, metric: str, version: str, sample: JudgeInput, value: float) -> None:
        """Remember a value; failures are not remembered, so that they are tried again."""
        key = _key(metric, version, sample)
        self._values[key] = value
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"key": key, "metric": metric, "version": version, "value": value}) + "\n")


def _key(metric: str, version: str, sample: JudgeInput) -> str:
    contexts = content_hash(*sample.contexts)
    return content_hash(metric, version, sample.question, sample.answer, contexts, sample.reference)


def _read(path: Path) -> dict[str, float]:
    """Read all whole lines; the last one may have been cut by a kill."""
    values = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
            values[str(row["key"])] = float(row["value"])
        except (ValueError, KeyError, TypeError):
            continue
    return values
