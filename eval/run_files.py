"""What an evaluation has finished so far, kept line by line: an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from data.arguments import expect, given_path
from data.errors import cause
from data.files import write_whole
from eval.errors import RunFileError
from eval.run import CaseResult, EvalRun, JudgeInput, MetricInfo

SCHEMA = 1
_MAKE_ONE = "make one with `rag eval accept`, or with eval.save_run"


def save_run(run: EvalRun, path: Path | str) -> None:
    """Write a run; the file is replaced as a whole, so that a reader never sees half of it.

    :raises RunFileError: the file cannot be written.
    """
    expect("eval.save_run", "run", run, EvalRun, "a run, as eval.evaluate returns")
    target = given_path("eval.save_run", "path", path, "a JSON file")
    stored = {"schema": SCHEMA, **asdict(run), "at": run.at.isoformat()}
    try:
        write_whole(target, json.dumps(stored, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise RunFileError(f"The run cannot be written to {path} ({cause(error)}): name another file.") from error


def load_run(path: Path | str) -> EvalRun:
    """Read a run.

    :raises RunFileError: the file is missing, damaged, or of another schema.
    """
    file = given_path("eval.load_run", "path", path, "a run that was saved")
    try:
        stored: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        schema = stored["schema"]
    except FileNotFoundError as error:
        raise RunFileError(f"There is no evaluation run at {path}: {_MAKE_ONE}.") from error
    except OSError as error:
        raise RunFileError(f"{path} cannot be read ({cause(error)}): name the file of a run.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunFileError(f"{path} is not an evaluation run ({cause(error)}): {_MAKE_ONE}.") from error
    if schema != SCHEMA:
        raise RunFileError(f"{path} has schema {schema!r}, this version reads {SCHEMA}: {_MAKE_ONE}.")
    try:
        return _run(stored)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunFileError(f"{path} is damaged ({cause(error)}): {_MAKE_ONE}.") from error


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


OLDEST = timedelta(hours=24)
"""Answers of an interrupted run are not taken over later: what answers may have changed behind the same name."""


class RunJournal:
    """Finished cases of one run, in a JSON Lines file whose first line says what was run and when.

    Another `key` (other cases, settings or index), or a file begun more than `OLDEST` before `now`, begins anew. Failed
    requests are not taken over, so that they are tried again.
    """

    def __init__(self, path: Path, key: str, now: datetime) -> None:
        self._path = path
        self.results: dict[str, CaseResult] = {}
        self.inputs: dict[str, JudgeInput] = {}
        self.fingerprint: dict[str, str] = {}
        if not self._take_over(key, now):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write({"key": key, "at": now.isoformat()}, "w")

    def add(self, result: CaseResult, shown: JudgeInput | None, fingerprint: Mapping[str, str]) -> None:
        """Keep a finished case, and what a judge would be shown of it."""
        if shown:
            self.inputs[result.case_id] = shown
        line = {"result": asdict(result), "input": asdict(shown) if shown else None, "fingerprint": dict(fingerprint)}
        self._write(line, "a")

    def finish(self) -> None:
        """Forget everything: the run is stored as a whole."""
        self._path.unlink(missing_ok=True)

    def _take_over(self, key: str, now: datetime) -> bool:
        try:
            head, *lines = self._path.read_text(encoding="utf-8").splitlines()
            begun = json.loads(head)
            if begun["key"] != key or not timedelta(0) <= now - datetime.fromisoformat(begun["at"]) <= OLDEST:
                return False
        except (OSError, ValueError, KeyError, TypeError):
            return False
        for line in lines:
            self._read(line)
        if lines:  # a line that was cut by a kill must not swallow the next one
            self._write(None, "a")
        return True

    def _read(self, line: str) -> None:
        try:
            row = json.loads(line)
            result = result_from(row["result"])
            shown = (
                JudgeInput(**{**row["input"], "contexts": tuple(row["input"]["contexts"])}) if row["input"] else None
            )
        except (ValueError, KeyError, TypeError):
            return
        if result.outcome == "failed":
            return
        self.results[result.case_id] = result
        self.fingerprint = self.fingerprint or dict(row.get("fingerprint", {}))
        if shown:
            self.inputs[result.case_id] = shown

    def _write(self, row: Mapping[str, Any] | None, mode: str) -> None:
        with self._path.open(mode, encoding="utf-8") as lines:
            lines.write((json.dumps(row, ensure_ascii=False) if row is not None else "") + "\n")
