"""Why an expected document was not found."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.diagnose.expected import parse_expected
    from rag.diagnose.why import Diagnosis, explain

__all__ = ["Diagnosis", "explain", "parse_expected"]

__getattr__ = face(
    __name__,
    {
        "expected": ["parse_expected"],
        "why": ["Diagnosis", "explain"],
    },
)
