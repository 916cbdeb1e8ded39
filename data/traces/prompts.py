"""Prompts as applications fill them in: the question inside, and prompts that ask for something beside the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARK = re.compile(
    r"(?:^|[\n.>\]}):\s])(?:the\s+|user'?s?\s+|my\s+|current\s+|new\s+|input\s+){0,4}"
    r"(?:question|query|frage|pregunta|domanda|pergunta|вопрос|질문|質問|问题|q|user|human|request)\s*[:：]\s*",
    re.IGNORECASE,
)
_XML = re.compile(r"<(question|query|user_question|user_query|input)>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_TAIL = re.compile(
    r"(?:<\w+>|(?:helpful\s+|final\s+|your\s+|concise\s+){0,4}"
    r"(?:\banswer|\bresponse|\ba|\bassistant|\bantwort|\bответ|\boutput)\s*[:：])\s*.*$",
    re.IGNORECASE | re.DOTALL,
)
_FILLED = re.compile(r"context|passage|document|source|excerpt|information|knowledge|kontext|контекст|reference", re.I)
_SIDE = re.compile(
    r"\b(write|generate|create|give|make|suggest|come up with|provide|produce|propose|craft)\b[^.?\n]{0,40}"
    r"\b(title|headline|follow.?up|tags?|keywords?|search quer(y|ies)|queries|emoji"
    r"|summary of (the|this) (chat|conversation))\b"
    r"|\b(rewrite|rephrase|reformulate|condense|paraphrase|decompose|expand|translate) "
    r"(the|this|a|following|user|given|last|my)"
    r"|\b(rate|grade|score|judge|evaluate|assess|classify|categori[sz]e|moderate|verify|check)\b[^.?\n]{0,50}"
    r"\b(answer|response|message|text|question|query|input|output|faithful|relevan|safe|content|conversation|statement)"
    r"|^\s*(rate|judge|grade|classify|title|is (this|it|the (answer|response|text|message|user)) "
    r"(safe|harmful|toxic|faithful|supported|grounded|relevant|appropriate))\b"
    r"|\bis (this|the (answer|response|message|user input|text|content)) (safe|harmful|toxic|offensive|appropriate)"
    r"|\bstandalone (question|query)\b",
    re.IGNORECASE,
)
_ASKED_SAFE = re.compile(
    r"is (this|it|the (answer|response|text)) (safe|harmful|toxic|faithful|grounded)", re.IGNORECASE
)
_LONGEST = 8_000
_END = 250


def is_side_prompt(prompt: str) -> bool:
    """Tell whether a prompt asks for a title, a grade, a rewritten query or the like, not for the user's answer.

    Its instruction stands at one end: what passages in the middle say is nobody's order.
    """
    text = prompt.strip()
    ends = text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"
    if _ASKED_SAFE.match(text):
        return True
    return bool(_SIDE.search(ends)) and not text.endswith("?")


def unwrapped(prompt: str, passages: Sequence[str] = ()) -> str:
    """Return the question inside a prompt that holds passages too; the prompt as it is where it holds none."""
    text = prompt[-_LONGEST:]
    holds = any(passage and passage[:40] in text for passage in passages)
    if tagged := _XML.findall(text):
        return str(tagged[-1][1]).strip()
    marks = list(_MARK.finditer(text))
    if not marks or not (holds or _FILLED.search(text[: marks[-1].start() + 1])):
        return prompt if not holds else _outside(text, passages)
    inside = _TAIL.sub("", text[marks[-1].end() :]).strip()
    return inside.split("\n\n")[0].strip() or prompt


def _outside(text: str, passages: Sequence[str]) -> str:
    """Return the last paragraph that is no passage and asks something; else the whole text."""
    parts = [part.strip() for part in re.split(r"\n+", text) if part.strip()]
    asks = [part for part in parts if part.endswith(("?", "？")) and not any(part in passage for passage in passages)]
    return asks[-1] if asks else text
