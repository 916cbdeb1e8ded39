"""Numbers with the noun they count."""

from __future__ import annotations


def plural(count: int, noun: str, many: str = "") -> str:
    """Return "1 file", "2 files", "1,200 files"; `many` is the plural of a noun that takes no s."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
