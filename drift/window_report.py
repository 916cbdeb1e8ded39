"""Windows to a report that can be looked at, written and shown in a notebook: `drift.compare`, `drift.report`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from data.arguments import expect, expect_function, given_path, given_text, given_time
from data.records import Scorer
from drift.comparison import compare as compare_windows
from drift.log_windows import current_period, find_baseline, log_window, opened_log, why_empty
from drift.reading import WindowScorer, read, scored
from drift.reports import render_html, to_json, to_text, write_html
from drift.results import DriftReport
from drift.settings import DriftSettings
from drift.windows import Window

_FRAME = '<iframe title="Drift report" style="width:100%;height:720px;border:0" srcdoc="{page}"></iframe>'


@dataclass(frozen=True, slots=True, repr=False)
class WindowReport(DriftReport):
    """A report together with the windows behind it."""

    windows: tuple[Window, Window] = field(kw_only=True, compare=False)

    def to_html(self, path: Path | str) -> Path:
        """Write the report as one page that opens without a network; return where it lies.

        :raises InputError: the file cannot be written.
        """
        target = given_path("to_html", "path", path, "an HTML file")
        write_html(self, *self.windows, target)
        return target

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values with stable keys, versioned by "schema"."""
        return to_json(self)

    def to_json(self) -> str:
        """Return the report as JSON text, as `drift report --json` has it."""
        return json.dumps(to_json(self), ensure_ascii=False)

    def __str__(self) -> str:
        return to_text(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.verdict}: {self.current.name} against {self.reference.name}>"

    def _repr_html_(self) -> str:
        """Show the page in a notebook, in a frame of its own, so that its styles stay inside."""
        return _FRAME.format(page=escape(render_html(self)))


def compare(
    reference: Window | Path | str,
    current: Window | Path | str,
    settings: DriftSettings | None = None,
    *,
    score: WindowScorer | None = None,
    now: datetime | None = None,
) -> WindowReport:
    """Compare a current window with a reference: did the answers get worse, how sure is that, and why.

    A path is read as `drift.read` does. `score` measures the answers for which there is no such score yet, with what
    the answers of their window show together: `eval.scorer_of` does it without a model, and so `drift compare` does.
    Records dated after `now` are left out.

    :raises InputError: a file cannot be read; a window holds two different interactions with one id, or times without
        a time zone.
    """
    given_time("drift.compare", "now", now)
    _check_settings("drift.compare", settings)
    expect_function("drift.compare", "score", score, "a function such as eval.scorer_of")
    left, right = _window("reference", reference), _window("current", current)
    if score is not None:
        before, after = left.interactions, right.interactions
        left, right = scored(left, score(before, ())), scored(right, score(after, before))
    made = compare_windows(left, right, settings or DriftSettings(), now or datetime.now(UTC))
    return WindowReport(**{item.name: getattr(made, item.name) for item in fields(made)}, windows=(left, right))


def report(
    log: Path | str,
    *,
    baseline: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    score: Scorer | None = None,
    settings: DriftSettings | None = None,
    now: datetime | None = None,
) -> WindowReport:
    """Compare a period of a log with a pinned baseline, by default the last `window_days`, as `drift report` does.

    The log is named by its workspace, the folder with rag.toml, whose [drift] settings hold, or by its file. It is a
    question of its own: the budget of false alerts that `drift report` keeps on schedule is left alone.

    :raises InputError: there is no log, no such baseline, or the period is empty.
    """
    folder = given_path("drift.report", "log", log, "a folder with rag.toml, or the file of a log")
    for name, moment in (("since", since), ("until", until), ("now", now)):
        given_time("drift.report", name, moment)
    if baseline is not None:
        given_text("drift.report", "baseline", baseline, "the name of a baseline")
    _check_settings("drift.report", settings)
    expect_function("drift.report", "score", score, "a function such as eval.score")
    with opened_log(folder) as opened:
        now = now or datetime.now(UTC)
        kept = settings or opened.settings
        pinned = find_baseline(opened.log, baseline)
        period = current_period(pinned, kept.window_days, since, until, now)
        reference = log_window(opened.log, f"{pinned.name} v{pinned.version}", pinned.since, pinned.until)
        current = log_window(opened.log, "current", *period)
        if not current.interactions:
            current = replace(current, notes=(why_empty(opened.log, pinned),))
    return compare(scored(reference, score), scored(current, score), kept, now=now)


def _window(name: str, window: Window | Path | str) -> Window:
    if isinstance(window, Window):
        return window
    return read(given_path("drift.compare", name, window, "a file or log, or what drift.read returned"))


def _check_settings(call: str, settings: object) -> None:
    if settings is not None:
        expect(call, "settings", settings, DriftSettings, "drift.DriftSettings(…)")
