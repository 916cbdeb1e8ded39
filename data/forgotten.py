"""How a record whose text was deleted is told from one that was asked in these words."""

from __future__ import annotations

import re

FORGOTTEN = "text_forgotten"
"""The flag of an interaction whose text was deleted."""

_STAND_IN = re.compile(r"\[deleted [0-9a-f]{16}\]")


def stand_in(name: str) -> str:
    """Return what stands for a deleted question; `name` is 16 hexadecimal digits, the same for the same question."""
    return f"[deleted {name}]"


def is_stand_in(question: str) -> bool:
    """Tell whether a question is only the stand-in of one that was deleted."""
    return _STAND_IN.fullmatch(question) is not None
