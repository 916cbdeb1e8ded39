"""Follow-up questions made to stand alone: "And when does it close?" must name what closes before it is searched for.

A model rewrites them where there is one; what it writes is checked, for a rewriting that fails is worse than none.
Without a model, or where its rewriting cannot be used, a rule carries over what the question leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from data.text import question_terms, terms, unmatched_figures
from rag.errors import EndpointError
from rag.prompts import FOLLOW_UP_SYSTEM, follow_up
from rag.protocols import BoundedGenerator, Writer

_PATIENCE_S = 20.0
_LONGEST = 400
_FEW = 2
_CARRIED = 12

_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_REFERS = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|hers?|these|those|this|ones?|such|latter|former|both"
    r"|he['’]s|she['’]s|it['’]s|they['’]re|else|another|others|instead|then)\b"
    r"|\bthat\b(?=\W*$)|\b(?:is|was|does|did|do|can|about|of|for|to|in|with|by|like|after|before) that\b"
    r"|\b(?:the same|there)\b(?=\W*$|\s+(?:too|as well)\b)"
    r"|\b(?:он|она|оно|они|его|её|ее|ему|ей|им|их|ими|н[её]м|ней|них|ним|ними|него|не[её]"
    r"|это|этот|эта|эти|этого|этой|этих|этому|этим|этом|тот|та|те|того|тому|тех|тем|таки[ехм]\w*|такой|такая|такое"
    r"|там|туда|оттуда|тогда|сво[йяеию]\w*|друг(?:ой|ая|ие|их)|ещ[её])\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"\A\W*(?:and|but|or|so|also|then|why|how come|(?:what|how) about|what if|i mean|only|even"
    r"|а|и|но|или|также|тогда|почему|зачем|что насч[её]т|как насч[её]т|я имею в виду|даже|только)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    text: str


def standalone(history: Sequence[Turn], question: str, writer: Writer | None = None) -> str:
    """Return `question` such that it can be understood without `history`, oldest turn first.

    Without a history the question comes back as it is; so it does when it needs nothing from it.
    """
    if not any(turn.role == "user" for turn in history):
        return question
    written = _written(history, question, writer) if writer else ""
    return written or by_rule(history, question)


def by_rule(history: Sequence[Turn], question: str) -> str:
    """Add the previous topic to a question that leaves it out: one with a pronoun, an ellipsis, or hardly a word."""
    if not leans_on_history(question):
        return question
    topic = _topic(history, question)
    return f"{question.rstrip()} ({topic})" if topic else question


def leans_on_history(question: str) -> bool:
    """Tell whether a question refers to something it does not name."""
    return bool(_REFERS.search(question) or _CONTINUES.search(question) or len(set(question_terms(question))) <= _FEW)


def _topic(history: Sequence[Turn], question: str) -> str:
    """Return the content words of the question before, and of the one before that where it leans on history itself."""
    asked = [turn.text for turn in history if turn.role == "user"]
    told = asked[-1:] if not leans_on_history(asked[-1]) else asked[-2:]
    wanted = set(question_terms(" ".join(told))) - set(terms(question))
    words: dict[str, None] = {}
    for word in _WORD.findall(" ".join(told)):
        if found := wanted & set(terms(word)):
            words[word] = None
            wanted -= found
    return " ".join(list(words)[:_CARRIED])


def _written(history: Sequence[Turn], question: str, writer: Writer) -> str:
    """Return the model's rewriting; empty when it could not be had in time or is not one."""
    if isinstance(writer, BoundedGenerator):
        writer = writer.bounded(_PATIENCE_S)
    try:
        text = writer.complete(FOLLOW_UP_SYSTEM, follow_up([(turn.role, turn.text) for turn in history], question))
    except EndpointError:
        return ""
    line = " ".join(text.strip().strip("\"'“”«»").split())
    return line if _is_rewriting(line, history, question) else ""


def _is_rewriting(line: str, history: Sequence[Turn], question: str) -> bool:
    """Tell whether a line is short, mostly in words that were said, and without figures that nobody said."""
    if not line or len(line) > max(_LONGEST, 2 * len(question)):
        return False
    said = [question, *(turn.text for turn in history)]
    known = set(terms(" ".join(said)))
    wanted = set(terms(line))
    return bool(wanted) and 2 * len(wanted & known) >= len(wanted) and not unmatched_figures(line, said)
