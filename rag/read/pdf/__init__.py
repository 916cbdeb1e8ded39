"""PDF files become text: pages in reading order, words broken at line ends, what was filled in and noted."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.read.pdf.document import read_pdf

__all__ = ["read_pdf"]

__getattr__ = face(__name__, {"document": ["read_pdf"]})
