"""Refuse replies of a judge that keep to the schema and say nothing: ragas would turn some of them into a number.

An empty list of claims becomes a factual correctness of 0, a verdict of 7 a precision above 1 (ragas 0.4.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.errors import JudgeError, Unscorable


def refuse_empty_replies(llm: Any) -> Any:
    """Let each structured reply of a ragas model be looked at before a metric counts with it; return the model."""
    generate = llm.agenerate

    async def checked(*arguments: Any, **options: Any) -> Any:
        reply = await generate(*arguments, **options)
        check_reply(reply.model_dump())
        return reply

    llm.agenerate = checked
    return llm


def check_reply(reply: Mapping[str, Any]) -> None:
    """Look at a reply and, level by level, at what it holds.

    :raises Unscorable: a list or a text that was asked for is empty.
    :raises JudgeError: a verdict is neither 0 nor 1.
    """
    for name, value in reply.items():
        for part in value if isinstance(value, list) else [value]:
            _check_part(name, part)
        if isinstance(value, list) and not value:
            raise Unscorable(f"the judge found no {name}")


def _check_part(name: str, part: object) -> None:
    if isinstance(part, Mapping):
        check_reply(part)
    elif isinstance(part, str) and name != "reason" and not part.strip():
        raise Unscorable(f"the judge left the {name} empty")
    elif isinstance(part, int) and part not in (0, 1):
        raise JudgeError(f"the judge gave {part} as {name}, which must be 0 or 1")
