"""The client through which ragas asks a judge: of servers that refuse JSON mode, the same is asked without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import AsyncOpenAI


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
