"""Rows of files from strangers, checked against types: what does not fit is told in one sentence.

A shape is a frozen dataclass whose fields carry their limits and the sentence for what breaks them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BeforeValidator, Field, Strict, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, ErrorDetails
from pydantic_core.core_schema import custom_error_schema

from data.errors import InputError

T = TypeVar("T")
_LONGEST = 60
_UNKNOWN = ("unexpected_keyword_argument", "invalid_key")


@dataclass(frozen=True, slots=True)
class Requirement:
    """What is told of a value that does not fit, followed by what was found.

    "{key}" stands for the key of the value, and "{other}" for what stands at the key "other" beside it.
    """

    sentence: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], CoreSchema]) -> CoreSchema:
        return custom_error_schema(
            handler(source), custom_error_type="must", custom_error_message=f"{self.sentence}, found {{found}}"
        )


# Python takes four more characters for white space than the pattern's language does.
Text = Annotated[str, Strict(), Field(pattern=r"[^\s\x1c-\x1f]"), Requirement("{key} must be a non-empty string")]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False), Requirement("{key} must be a finite number")]
Share = Annotated[float, Strict(), Field(gt=0, le=1), Requirement("{key} must be above 0 and at most 1")]
Flag = Annotated[bool, Strict(), Requirement("{key} must be true or false")]
EmptyIsNone = BeforeValidator(lambda value: value or None)
AsText = Annotated[str, BeforeValidator(str)]
_NameOf = Annotated[str, BeforeValidator(lambda value: str(value or ""))]
Name = Annotated[Annotated[str, Strict()] | _NameOf, Field(union_mode="left_to_right")]
"""Anything, as text; what is null, 0, false or empty has none."""


class Shape(Generic[T]):
    """A type that rows are checked against; `otherwise` is told of what is no object or lacks a required key."""

    def __init__(self, kind: type[T], otherwise: str = "") -> None:
        self._adapter = TypeAdapter(kind)
        self._keys = sorted(field.name for field in fields(kind))  # type: ignore[arg-type]
        self._otherwise = otherwise

    def read(self, row: object) -> T:
        """Return the row as the shape.

        :raises InputError: it does not fit; the message is the reason alone.
        """
        try:
            return self._adapter.validate_python(row)
        except ValidationError as error:
            raise InputError(self._reason(row, error.errors(include_url=False))) from error

    def _reason(self, row: object, problems: list[ErrorDetails]) -> str:
        if not isinstance(row, dict):
            return _told(self._otherwise or f"expected an object, found {type(row).__name__}", {"found": row})
        unknown = sorted(str(problem["loc"][-1]) for problem in problems if problem["type"] in _UNKNOWN)
        if unknown:
            return f"unknown key {unknown[0]!r}: known keys are {', '.join(self._keys)}"
        missing = next((_key(problem) for problem in problems if problem["type"] == "missing"), "")
        if missing:
            return _told(self._otherwise or "required key {key} is missing", {"key": missing, "found": row})
        return _told(problems[0]["msg"], {**row, "key": _key(problems[0]), "found": problems[0]["input"]})


def _key(problem: ErrorDetails) -> str:
    return str(next((part for part in reversed(problem["loc"]) if not isinstance(part, int)), ""))


def _told(sentence: str, values: dict[str, Any]) -> str:
    return re.sub(r"\{(\w+)\}", lambda place: shown(values.get(place[1])), sentence)


def shown(value: object) -> str:
    """Return a value as it stands in a sentence, shortened."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
