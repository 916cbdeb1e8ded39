"""Sections of a file that no room has: one of each kind of setting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from data.settings import Bounds, Example, FormerName, NotEmpty, Secret, check


@dataclass(frozen=True, slots=True)
class Stop:
    name: Annotated[str, NotEmpty]
    minutes: Annotated[int | None, Bounds(ge=1)] = None
    pass_key: Secret = Secret("")

    def __post_init__(self) -> None:
        check(self, "ferry.stops")


@dataclass(frozen=True, slots=True)
class Ferry:
    name: Annotated[str, Example("Selma")] = ""
    berths: Annotated[int, Bounds(ge=1, le=200)] = 8
    share: Annotated[float, Bounds(gt=0.0, lt=1.0)] = 0.5
    runs: Literal["daily", "weekly"] = "daily"
    heated: bool = True
    delay_s: Annotated[float, Bounds(ge=0.0), FormerName("wait_s")] = 0.0
    key: Secret = Secret("none")
    decks: tuple[str, ...] = ("upper",)
    codes: tuple[Secret, ...] = ()
    headers: dict[str, Secret] = field(default_factory=dict)
    prices: dict[str, float] = field(default_factory=dict)
    stops: tuple[Stop, ...] = ()

    def __post_init__(self) -> None:
        check(self, "ferry")


@dataclass(frozen=True, slots=True)
class Harbour:
    berth: str = "east"


@dataclass(frozen=True, slots=True)
class Sections:
    ferry: Ferry = Ferry()
    harbour: Harbour = Harbour()
