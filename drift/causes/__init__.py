"""What explains a drop: mix, retrieval, generation, model, index."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.causes.changed import clear_changes, deciding_answers
    from drift.causes.evidence import CauseEvidence
    from drift.causes.naming import name_causes
    from drift.causes.next_steps import with_next_steps
    from drift.causes.swap import MIN_PROMPTS, SwapTest, swap_test, swap_tests

__all__ = [
    "CauseEvidence",
    "MIN_PROMPTS",
    "SwapTest",
    "clear_changes",
    "deciding_answers",
    "name_causes",
    "swap_test",
    "swap_tests",
    "with_next_steps",
]

__getattr__ = face(
    __name__,
    {
        "changed": ["clear_changes", "deciding_answers"],
        "evidence": ["CauseEvidence"],
        "naming": ["name_causes"],
        "next_steps": ["with_next_steps"],
        "swap": ["MIN_PROMPTS", "SwapTest", "swap_test", "swap_tests"],
    },
)
