"""Golden cases drafted from documents and from questions of users."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from eval.drafts.drafts import Stretch, draft_cases, language_of
    from eval.drafts.novelty import domain_scores

__all__ = ["Stretch", "domain_scores", "draft_cases", "language_of"]

__getattr__ = face(
    __name__,
    {
        "drafts": ["Stretch", "draft_cases", "language_of"],
        "novelty": ["domain_scores"],
    },
)
