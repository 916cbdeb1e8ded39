"""What became of a question, told by its answer and error, and how a model stopped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from data.records import ABSTENTION, Outcome
from data.traces.payload import parsed

_CUT = {"length", "max_tokens", "max_output_tokens", "model_length", "maxtokens", "token_limit", "truncated"}
_FILTERED = {"content_filter", "safety", "content_filtered", "guardrail_intervened", "refusal", "blocked"}


def outcome_of(answer: str | None, error: str | None) -> Outcome:
    """Return the outcome; an empty answer is an answer, the worst there is."""
    if error is not None or answer is None:
        return "failed"
    return "abstained" if ABSTENTION.casefold() in answer.casefold() else "answered"


def finish_flags(reasons: Any) -> tuple[str, ...]:
    """Return "length" where a model was cut off and "content_filter" where it was stopped, in any tool's words."""
    value = parsed(reasons) if isinstance(reasons, str) else reasons
    given = value if isinstance(value, list | tuple) else [value]
    words = {str(reason).casefold().replace("-", "_").rpartition(".")[2] for reason in _flat(given)}
    flags = (("length", words & _CUT), ("content_filter", words & _FILTERED))
    return tuple(name for name, found in flags if found)


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    return (inner for value in values for inner in (value if isinstance(value, list) else [value]) if inner)
