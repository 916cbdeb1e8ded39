"""What stands below an answer on a terminal."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.records import ABSTENTION, Answer, Chunk, Hit, Interaction
from pipelines.answer.render import answer_text, in_words

ROOT = Path(__file__).resolve().parents[3]


def test_an_abstention_offers_the_nearest_passages_with_their_places():
    text = "## What is included\n\nFoot passengers may bring two pieces of baggage."
    hits = (
        Hit(Chunk("baggage.pdf", 0, len(text), text, 2, "Baggage"), 1.0),
        Hit(Chunk("baggage.pdf", 90, 93, "and", 3), 0.9),
        Hit(Chunk("pets.md", 0, 4, "Dogs"), 0.8),
    )
    interaction = Interaction("1", datetime(2026, 1, 1, tzinfo=UTC), "q", ABSTENTION, flags=("dropped_passages:2",))
    shown = answer_text(Answer(ABSTENTION, (), hits, "abstained", interaction=interaction))
    assert shown.startswith(ABSTENTION)
    assert "  - baggage.pdf, page 2 – Baggage\n      “Foot passengers may bring two pieces of baggage.”\n" in shown
    assert "  - pets.md\n      “Dogs”" in shown
    assert shown.count("baggage.pdf") == 1
    assert "  ! Passages that did not fit the model's window and were left out: 2." in shown


@pytest.mark.parametrize("room", ["rag", "pipelines"])
def test_every_flag_with_a_count_has_words(room):
    written = {
        name
        for path in (ROOT / room).rglob("*.py")
        for name in re.findall(r'f"([a-z]+_[a-z_]+):\{', path.read_text(encoding="utf-8"))
    }
    assert {name for name in written if in_words(f"{name}:1") == f"{name}:1"} == set()


def test_an_unknown_flag_stands_for_itself():
    assert in_words("something_new:3") == "something_new:3"
