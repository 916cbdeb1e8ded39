"""A text that must not be seen: a key, a password, an address that holds one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

_HIDDEN = "***"


class Secret:
    """A text that shows in no `repr`, message or JSON; `reveal` gives it to the code that sends it.

    It is no dataclass, so that `dataclasses.asdict` does not open it. An empty one is false.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({_HIDDEN!r})" if self._text else "Secret('')"

    def __str__(self) -> str:
        return _HIDDEN if self._text else ""

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic how a text of a file becomes a secret."""
        from pydantic_core import core_schema

        text = core_schema.no_info_before_validator_function(_opened, core_schema.str_schema(strict=True))
        return core_schema.no_info_after_validator_function(cls, text)


def _opened(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else value
