"""Documents to index; question to answer with citations."""

from pathlib import Path
from typing import TYPE_CHECKING

try:
    from data.faces import face, keep_quiet
except ImportError:  # somebody else's package stands before ours, and no other module of ours could say so
    import data

    ours = Path(__file__).parents[1] / "data"
    raise ImportError(
        f"The package 'data' at {data.__file__} hides that of silentdrift at {ours}: rename it, or start Python"
        " elsewhere."
    ) from None

if TYPE_CHECKING:
    from rag.answer import Turn, Verification
    from rag.ingest import IngestReport
    from rag.knowledge_base import AnswerStream, KnowledgeBase, open

__all__ = ["AnswerStream", "IngestReport", "KnowledgeBase", "Turn", "Verification", "open"]

__getattr__ = face(
    __name__,
    {
        "answer": ["Turn", "Verification"],
        "ingest": ["IngestReport"],
        "knowledge_base": ["AnswerStream", "KnowledgeBase", "open"],
    },
)


def __dir__() -> list[str]:
    return __all__


keep_quiet()
