"""Answers given from a document that is forgotten lose their text, whatever kind they are; others keep theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from data.log import InteractionLog, forget_sources
from data.records import FORGOTTEN, Context, Interaction


def answered(name: str, source: str) -> Interaction:
    return Interaction(
        id=name,
        at=datetime(2026, 5, 4, tzinfo=UTC),
        question=f"What of {name}?",
        answer=f"This of {name}.",
        contexts=(Context("c", source, 0.5, f"Text of {name}."),),
    )


def test_only_answers_from_the_forgotten_source_lose_their_text(tmp_path: Path) -> None:
    log = InteractionLog.at_path(tmp_path / "log.sqlite")
    log.append([answered("a", "pay.md"), replace(answered("b", "pay.md"), kind="canary"), answered("c", "menu.md")])
    assert forget_sources(log, ["pay.md"], "key") == 2
    kept = {item.id: item for item in log.read(kinds=None)}
    assert [FORGOTTEN in kept[name].flags for name in "abc"] == [True, True, False]
    assert kept["c"].answer == "This of c." and kept["a"].answer is None and kept["a"].contexts[0].text is None
    assert forget_sources(log, ["pay.md"], "key") == 0
