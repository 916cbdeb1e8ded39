"""The shapes of the interchange format: what a line, its contexts and its scores may hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator, Strict
from pydantic_core import PydanticCustomError

from data.errors import InputError
from data.interchange.times import time_of
from data.records import KINDS, OUTCOMES, Kind, Outcome
from data.shapes import EmptyIsNone, Name, Number, Requirement, Shape, Text


def _time(value: object) -> datetime:
    try:
        return time_of(value)
    except InputError as error:
        raise PydanticCustomError("must", "{key} {why}", {"why": str(error)}) from error


def _not_negative(value: float) -> float:
    if value < 0:
        raise PydanticCustomError("must", "{key} must not be negative, found {found}")
    return value


_Words = Annotated[str, Strict(), Requirement("{key} must be a string or null")]
_Objects = Annotated[list[Any], Strict(), Requirement("{key} must be a list")]
_Mapping = Annotated[dict[str, Any], Strict(), Requirement("{key} must be an object")]
_OUTCOMES, _KINDS = (Requirement(f"{{key}} must be one of {', '.join(allowed)}") for allowed in (OUTCOMES, KINDS))


@dataclass(frozen=True, slots=True)
class Row:
    """A line; unknown keys are passed over."""

    id: Text
    at: Annotated[datetime, PlainValidator(_time)]
    question: Text
    answer: _Words | None
    error: _Words | None = None
    outcome: Annotated[Outcome | None, EmptyIsNone, _OUTCOMES] = None
    kind: Annotated[Kind | None, EmptyIsNone, _KINDS] = None
    contexts: _Objects | None = None
    latency_ms: Annotated[Number, AfterValidator(_not_negative)] | None = None
    fingerprint: _Mapping | None = None
    model: Name = ""
    session: Name = ""
    user: Name = ""
    finish_reason: Name = ""
    tags: _Mapping | None = None
    scores: _Objects | None = None


@dataclass(frozen=True, slots=True)
class ContextRow:
    """A passage of a line."""

    text: Annotated[str, Strict(), Requirement("context {key} must be a string")] | None = None
    score: Annotated[Number, Requirement("context {key} must be a finite number")] | None = None
    id: Name = ""
    source: Name = ""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A score of a line."""

    metric: Annotated[str, Strict(), Requirement("score {key} must be a string")]
    value: Any = None
    source: Any = None
    reason: Name = ""
    scorer: Name = ""
    scorer_version: Name = ""


ROW = Shape(Row)
CONTEXT = Shape(ContextRow, "each context must be an object, found {found}")
SCORE = Shape(ScoreRow, "each score must be an object with a metric, found {found}")
