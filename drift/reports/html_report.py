"""The report as one HTML file that opens without a network: the verdict, then why, then all that was measured."""

from __future__ import annotations

import base64
import gzip
from html import escape
from pathlib import Path
from string import Template

from data.errors import InputError
from data.extras import MissingLibraryError
from drift.reports.evidently import evidently_page
from drift.reports.sections import matrix, sections
from drift.reports.text_report import verdict_reason
from drift.results import DriftReport
from drift.verdict import headline
from drift.windows import Window

_TEMPLATE = Path(__file__).with_name("report_page.html")
_UNFOLD = Path(__file__).with_name("unfold.js")
_TONES = {
    "steady": "tone-good",
    "silent_drift": "tone-bad",
    "ops_incident": "tone-bad",
    "ops_incident_and_drift": "tone-bad",
    "changed": "tone-warn",
    "insufficient": "tone-warn",
}
_HEADLINES = {
    "steady": "Nothing broke, and the answers are as good as before.",
    "silent_drift": "Every health light is green, but the answers got worse.",
    "ops_incident": "The service is unhealthy; the answers that came are not known to be worse.",
    "ops_incident_and_drift": "The service is unhealthy and the answers got worse.",
    "changed": "The answers are not what they were, and nothing measured says whether that is better or worse.",
    "insufficient": "There is too little evidence to call this steady.",
}


def write_html(report: DriftReport, reference: Window, current: Window, path: Path) -> None:
    """Write the report to `path`, with Evidently's own section on the windows inside where Evidently is installed.

    :raises InputError: the file cannot be written.
    """
    try:
        page = render_html(report, evidently_page(reference, current))
    except MissingLibraryError as missing:
        page = render_html(report, remark=str(missing))
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"The report cannot be written to {path} ({error.strerror}): pass another path.") from error


def render_html(report: DriftReport, evidently: str = "", remark: str = "") -> str:
    """Return the page, which needs neither a network nor scripts.

    `evidently` is a complete HTML page shown in a frame of its own; a script unfolds it. `remark` stands at the foot.
    """
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        title=escape(f"{report.verdict.replace('_', ' ')} – {report.current.name}"),
        tone=_TONES[report.verdict],
        verdict=escape(report.verdict.replace("_", " ")),
        headline=escape(_HEADLINES[report.verdict]),
        detail=escape(_capitalised(verdict_reason(report))),
        headline_line=escape(headline(report)),
        windows=escape(_windows(report)),
        matrix=matrix(report),
        body="\n".join(sections(report, bool(evidently))),
        created=f"{report.created:%Y-%m-%d %H:%M} UTC",
        remark="Evidently's section is inside, folded." if evidently else escape(remark),
        scripts=_folded(evidently) if evidently else "",
    )


def _folded(page: str) -> str:
    """Return a page packed (gzip, base64: a third as large) with the script that unfolds it in its frame."""
    packed = base64.b64encode(gzip.compress(page.encode(), mtime=0)).decode("ascii")
    code = _UNFOLD.read_text(encoding="utf-8")
    return f'<script type="text/plain" id="evidently-page">{packed}</script>\n<script>\n{code}</script>'


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _windows(report: DriftReport) -> str:
    parts = []
    for label, window in (("Reference", report.reference), ("Current", report.current)):
        span = f"{window.since:%Y-%m-%d %H:%M} – {window.until:%Y-%m-%d %H:%M}" if window.since and window.until else ""
        counts = f"{window.interactions} interactions, {window.abstained} abstained, {window.failed} failed"
        parts.append(f"{label} “{window.name}”: {counts} {f'({span})' if span else ''}".strip())
    return " · ".join(parts)
