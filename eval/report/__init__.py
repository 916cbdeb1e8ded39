"""Runs and gates as text, HTML and JUnit."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from eval.report.html import matrix_page, page
    from eval.report.junit_xml import junit
    from eval.report.text import gate_json, gate_markdown, gate_text, run_json, run_markdown, run_text

__all__ = [
    "gate_json",
    "gate_markdown",
    "gate_text",
    "junit",
    "matrix_page",
    "page",
    "run_json",
    "run_markdown",
    "run_text",
]

__getattr__ = face(
    __name__,
    {
        "html": ["matrix_page", "page"],
        "junit_xml": ["junit"],
        "text": ["gate_json", "gate_markdown", "gate_text", "run_json", "run_markdown", "run_text"],
    },
)
