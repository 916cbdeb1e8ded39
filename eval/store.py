"""Evaluation runs as JSON files, so that an accepted run can be kept beside the cases it belongs to."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from data.whole_file import write_whole
from eval.errors import RunFileError
from eval.run import CaseResult, EvalRun, MetricInfo

SCHEMA = 1


def save_run(run: EvalRun, path: Path) -> None:
    """Write a run; the file is replaced as a whole, so that a reader never sees half of it."""
    stored = {"schema": SCHEMA, **asdict(run), "at": run.at.isoformat()}
    write_whole(path, json.dumps(stored, ensure_ascii=False, indent=1) + "\n")


def load_run(path: Path) -> EvalRun:
    """Read a run.

    :raises RunFileError: the file is missing, damaged, or of another schema.
    """
    try:
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        schema = stored["schema"]
    except FileNotFoundError as error:
        raise RunFileError(f"There is no evaluation run at {path}: run `rag eval accept` first.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunFileError(f"{path} is not an evaluation run ({error!r}): run `rag eval accept` again.") from error
    if schema != SCHEMA:
        raise RunFileError(f"{path} has schema {schema!r}, this version reads {SCHEMA}: run `rag eval accept` again.")
    try:
        return _run(stored)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunFileError(f"{path} is damaged ({error!r}): run `rag eval accept` again.") from error


def result_from(stored: dict[str, Any]) -> CaseResult:
    """Return a case's result from the object it was written as."""
    return CaseResult(**{**stored, "tags": tuple(stored["tags"])})


def _run(stored: dict[str, Any]) -> EvalRun:
    return EvalRun(
        id=str(stored["id"]),
        at=datetime.fromisoformat(stored["at"]),
        label=str(stored["label"]),
        metrics=tuple(MetricInfo(**metric) for metric in stored["metrics"]),
        results=tuple(result_from(result) for result in stored["results"]),
        repeats=int(stored["repeats"]),
        fingerprint=dict(stored.get("fingerprint", {})),
    )
