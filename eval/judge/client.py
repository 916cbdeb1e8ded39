"""The client through which ragas asks a judge: of servers that refuse JSON mode, the same is asked without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import AsyncOpenAI
from collections.abc import Mapping

from eval.errors import JudgeError, UnscorableAnswer


def open_client(base_url: str, api_key: str, timeout_s: float, retries: int = 0) -> AsyncOpenAI:
    """Return a client that leaves `response_format` out once the server refused it.

    Of failures that pass (HTTP 429 and 5xx, a broken connection) it recovers by `retries` new attempts, each after the
    pause that the server asked for. A reply that is no usable JSON is not its business: ragas asks for it again.
    The schema stands in the prompt as well, so that a model can keep to it without JSON mode.
    """
    from openai import AsyncOpenAI, BadRequestError

    client = AsyncOpenAI(base_url=base_url, api_key=api_key or "none", timeout=timeout_s, max_retries=retries)
    create = client.chat.completions.create
    refused: list[bool] = []

    async def ask(*arguments: Any, **options: Any) -> Any:
        return _bared(await without_mode(*arguments, **options))

    async def without_mode(*arguments: Any, **options: Any) -> Any:
        if refused:
            options.pop("response_format", None)
        try:
            return await create(*arguments, **options)
        except BadRequestError:
            if options.pop("response_format", None) is None:
                raise
            reply = await create(*arguments, **options)
            refused.append(True)
            return reply

    client.chat.completions.create = ask  # type: ignore[method-assign]
    return client


def _bared(reply: Any) -> Any:
    """Take the JSON object of a reply out of the thoughts, the code fence or the sentences put around it."""
    for choice in reply.choices or ():
        text = (choice.message.content or "").rpartition("</think>")[2]
        start, end = text.find("{"), text.rfind("}")
        if 0 <= start < end:
            choice.message.content = text[start : end + 1]
    return reply


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

    :raises UnscorableAnswer: a list or a text that was asked for is empty.
    :raises JudgeError: a verdict is neither 0 nor 1.
    """
    for name, value in reply.items():
        for part in value if isinstance(value, list) else [value]:
            _check_part(name, part)
        if isinstance(value, list) and not value:
            raise UnscorableAnswer(f"the judge found no {name}")


def _check_part(name: str, part: object) -> None:
    if isinstance(part, Mapping):
        check_reply(part)
    elif isinstance(part, str) and name != "reason" and not part.strip():
        raise UnscorableAnswer(f"the judge left the {name} empty")
    elif isinstance(part, int) and part not in (0, 1):
        raise JudgeError(f"the judge gave {part} as {name}, which must be 0 or 1")
