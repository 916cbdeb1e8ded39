"""Sentences and lines that the answers of a window share over different questions: greetings, footers, wrappers.

A sentence is compared by its shape: figures, names and words of the question are slots. A shape is a template when it
stands in answers to enough different questions and its words are not those of the passages. An application that answers
everything from one passage repeats sentences as well, and that is no dress.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from data.text import plain, terms
from eval.quality.parts import split
from eval.quality.refusal import refusing

_WORD = re.compile(r"\d[\d.,:/-]*|\w+", re.UNICODE)
_MIN_QUESTIONS = 5
_MIN_SHARE = 0.03
_MOST_CARRIED = 0.6


@dataclass(frozen=True, slots=True)
class Templates:
    """The shapes that count as dress, each with the number of questions it was seen on."""

    shapes: dict[str, int] = field(default_factory=dict)


def shape(part: str) -> str:
    """Return a sentence with its slots blank: figures as #, names after the first word as @."""
    words = _WORD.findall(plain(part))
    shown = ("#" if word[0].isdigit() else "@" if at and word[0].isupper() else word for at, word in enumerate(words))
    return " ".join(shown).casefold()


def find_templates(rows: Sequence[tuple[str, str, Sequence[str]]]) -> Templates:
    """Find the templates of a window from its questions, answers and passages.

    A sentence that is the whole answer or refuses is none: one answer for everything is quality, not dress.
    """
    questions: dict[str, set[str]] = defaultdict(set)
    carried: dict[str, list[bool]] = defaultdict(list)
    for question, answer, passages in rows:
        parts = {part for line in answer.split("\n") for part in split(line)}
        if len(parts) < 2:
            continue
        held = {stem for text in passages for stem in terms(text)} if passages else set()
        for part in parts:
            said = set(terms(plain(part)))
            if said and not refusing(part):
                questions[shape(part)].add(" ".join(sorted(terms(question))))
                carried[shape(part)].append(len(said & held) > _MOST_CARRIED * len(said))
    enough = max(_MIN_QUESTIONS, _MIN_SHARE * len(rows))
    return Templates(
        {
            name: len(asked)
            for name, asked in questions.items()
            if len(asked) >= enough and sum(carried[name]) < 0.5 * len(carried[name])
        }
    )
