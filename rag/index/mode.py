"""Which side of an index is searched."""

from __future__ import annotations

from typing import Literal

Mode = Literal["hybrid", "dense", "lexical"]
BOTH_SIDES: Mode = "hybrid"
"""What an index is for: vectors and words together."""
