"""A report as text, JSON and HTML."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.reports.html_report import render_html, write_html
    from drift.reports.json_report import to_json
    from drift.reports.text_report import to_text

__all__ = ["render_html", "to_json", "to_text", "write_html"]

__getattr__ = face(
    __name__,
    {
        "html_report": ["render_html", "write_html"],
        "json_report": ["to_json"],
        "text_report": ["to_text"],
    },
)
