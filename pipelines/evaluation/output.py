"""What `rag eval` prints and writes: text, JSON, JUnit XML, Markdown, HTML."""

from __future__ import annotations

import json
from pathlib import Path

from data.errors import InputError
from pipelines.evaluation.judging import judged_json, judged_text
from pipelines.evaluation.run import Evaluation


def prepare(*paths: Path | None) -> None:
    """Make the folders that reports will be written to, before anything is asked.

    :raises InputError: a report would take the place of a folder.
    """
    for path in filter(None, paths):
        if path.is_dir():
            raise InputError(f"{path} is a folder: name a file to write the report to.")
        path.parent.mkdir(parents=True, exist_ok=True)


def write_reports(
    evaluated: Evaluation, *, junit: Path | None = None, markdown: Path | None = None, html: Path | None = None
) -> None:
    """Write the reports that build servers, pull requests and people look at."""
    from eval.report import gate_markdown, page, run_markdown
    from eval.report import junit as to_junit

    run, outcome = evaluated.run, evaluated.outcome
    if junit:
        junit.write_text(to_junit(run, outcome), encoding="utf-8")
    if markdown:
        text = (gate_markdown(outcome) + "\n" if outcome else "") + run_markdown(run)
        judged = f"\n{judged_text(evaluated.judged)}\n" if evaluated.judged else ""
        markdown.write_text(text + judged, encoding="utf-8")
    if html:
        html.write_text(page(run, outcome, judged_text(evaluated.judged) if evaluated.judged else ""), encoding="utf-8")


def to_text(evaluated: Evaluation) -> str:
    """Return the run, the gate's answer above it when there is one, and what judging cost."""
    from eval.report import gate_text, run_text

    parts = [gate_text(evaluated.outcome)] if evaluated.outcome else []
    judged = [judged_text(evaluated.judged)] if evaluated.judged else []
    return "\n\n".join([*parts, run_text(evaluated.run), *judged])


def to_json(evaluated: Evaluation) -> str:
    """Return the gate's answer, or the run when it was not gated, as JSON."""
    from eval.report import gate_json, run_json

    text = gate_json(evaluated.outcome) if evaluated.outcome else run_json(evaluated.run)
    if not evaluated.judged:
        return text
    return json.dumps({**json.loads(text), "judge": judged_json(evaluated.judged)}, ensure_ascii=False, indent=1)
