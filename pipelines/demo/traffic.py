"""Weeks of simulated traffic for the demo: who asks what, when, and which world the answer comes from."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files

from data.records import Kind


@dataclass(frozen=True, slots=True)
class ScriptedQuestion:
    """One question at one time; `world` names the endpoint that answers it."""

    at: datetime
    question: str
    kind: Kind
    world: str


@dataclass(frozen=True, slots=True)
class Script:
    """The demo's timeline: `baseline_days` healthy days, then `watched_days` that are lived in each of `worlds`."""

    start: datetime
    baseline_days: int
    watched_days: int
    users_per_day: int
    worlds: tuple[str, ...]

    @property
    def change(self) -> datetime:
        """The moment the worlds part."""
        return self.start + timedelta(days=self.baseline_days)

    @property
    def end(self) -> datetime:
        """The end of the last day."""
        return self.change + timedelta(days=self.watched_days)


def demo_questions(name: str) -> list[str]:
    """Return the questions of one of the demo's JSON Lines files."""
    text = (files("data.demo") / name).read_text(encoding="utf-8")
    return [json.loads(line)["question"] for line in text.splitlines() if line.strip()]


def write_script(
    script: Script, users: Sequence[str], canaries: Sequence[str], seed: int = 0
) -> list[ScriptedQuestion]:
    """Return all visits in a shuffled order, so that a slow moment of this machine falls on all worlds and days alike.

    The same questions at the same times are asked in every world of the watched days: worlds differ in nothing else.
    """
    chance = random.Random(seed)
    visits: list[ScriptedQuestion] = []
    for day in range(script.baseline_days + script.watched_days):
        morning = script.start + timedelta(days=day, hours=7)
        asked = [(question, "user") for question in chance.choices(users, k=script.users_per_day)]
        asked += [(question, "canary") for question in canaries]
        worlds = (script.worlds[0],) if day < script.baseline_days else script.worlds
        for question, kind in asked:
            at = morning + timedelta(seconds=chance.uniform(0, 14 * 3600))
            visits += [ScriptedQuestion(at, question, kind, world) for world in worlds]  # type: ignore[arg-type]
    chance.shuffle(visits)
    return visits
