"""Counts of tokens in the words of many tools."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

_T = TypeVar("_T", int, float)
_NAMES = {
    "prompt": ("input", "promptTokens", "inputTokens", "prompt_tokens", "input_tokens", "prompt", "promptTokenCount"),
    "completion": (
        *("output", "completionTokens", "outputTokens", "completion_tokens", "output_tokens", "completion"),
        "candidatesTokenCount",
    ),
}
_TEXTS = ("input", "output", "prompt", "completion")
"""Keys that hold texts in a row and counts in its usage."""


def tokens_of(
    usage: Any,
    names: Mapping[str, tuple[str, ...]] = _NAMES,
    made: Callable[[Any], _T] = int,
    beside: Mapping[str, Any] | None = None,
) -> dict[str, _T]:
    """Return the counts that a mapping, or the row it stands in, gives by any of their names."""
    sources = [source for source in (usage, beside) if isinstance(source, Mapping)]
    found: dict[str, _T] = {}
    for name, keys in names.items():
        given = next(
            (
                source[key]
                for source in sources
                for key in keys
                if _is_count(source.get(key)) and not (source is beside and key in _TEXTS)
            ),
            None,
        )
        if given is not None:
            found[name] = made(float(given))
    return found


def _is_count(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        return math.isfinite(float(value))
    except (ValueError, OverflowError):
        return False
