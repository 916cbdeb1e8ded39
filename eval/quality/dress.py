"""Take off what an answer wears: wrappers, thinking, source lists, greetings, footers, and what its window repeats.

Rules take off known dress; `Templates` (eval/quality/templates.py) what recurs over different questions. Nothing is
taken off that would leave no answer. What was taken off is a finding of style and lowers no score.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data.text import plain, terms
from eval.quality.parts import flat, split
from eval.quality.templates import Templates, shape

VERSION = "1"
_THINKING = re.compile(
    r"<(think|thinking|reasoning|reflection|scratchpad|analysis)>.*?(?:</\1>|\Z)|\A[^<]*</think(?:ing)?>", re.S | re.I
)
_TAGS = re.compile(r"</?(?:answer|response|final|output|result|p|br|div|span|b|i|em|strong)\s*/?>", re.IGNORECASE)
_FENCED = re.compile(r"\A\s*```[\w-]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_FIELD = re.compile(
    r'"(?:answer|response|text|output|result|final_answer|content|message|reply|ответ)"\s*:\s*"((?:\\.|[^"\\])*)', re.I
)
_FIELDS = ("answer", "final_answer", "response", "output", "result", "text", "content", "message", "reply", "ответ")
_SOURCES = re.compile(
    r"\n[#*_>\- \t]{0,20}(?:sources?|references?|citations?|documents? used|see also|read more|further reading"
    r"|источники?|ссылки|литература|использованные документы|подробнее)\b[*_ ]{0,4}"
    r"(?::?[*_ ]{0,4}\n.*|[:–—-][^\n]*|[^\n]{0,80}(?:https?:|\.(?:md|pdf|html?|docx?|txt)\b)[^\n]*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = re.compile(
    r"\s?【[^】\n]{1,40}】|\s?\[\^\d{1,3}\]|\s?\[(?:doc|source|ref|док|источник)[ _]?\d+\]"
    r"|\s?[\u00b9\u00b2\u00b3\u2070-\u2079]+",
    re.I,
)
_NAMED_SOURCE = re.compile(
    r"\s?[(\[](?:(?:source|see|from|источник|см\.?):?\s*)?(?:[^()\[\]\n]|\([^()\[\]\n]{0,40}\)){0,80}\.(?:md"
    r"|pdf|html?|docx?|txt|xlsx?|csv|pptx?)"
    r"(?:[,#: ][^()\[\]\n]{0,30})?[)\]]|\s?[(\[](?:source|источник):[^()\[\]\n]{1,80}[)\]]",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\[\]\n]{1,200})\]\((?:[^()\s]|\([^()\s]{0,80}\)){0,500}\)|<?https?://[^\s<>)]+>?")
_BRACKETED_LINK = re.compile(
    r"\s?\((?:(?:source|see|источник|см\.?):?\s*)?\[[^\[\]\n]{1,200}\]\((?:[^()\s]|\([^()\s]{0,80}\)){0,500}\)\)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\A\W*(?:(?:based on|according to|as per|from|given) (?:the |your )?(?:\w+ ){0,4}?"
    r"(?:context|passages?|documents?|information|sources?|text|materials?|documentation"
    r"|knowledge base)(?: provided| above| given)?"
    r"|(?:согласно|исходя из|на основе|на основании|судя по) (?:\w+ ){0,3}?(?:контекст\w*|документ\w*"
    r"|отрывк\w*|источник\w*|информаци\w+|текст\w*|материал\w*))"
    r"\s*[,:–—-]\s*",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\A\W*(?:(?:the|short|final|correct|right) )*answer(?: to your question)?(?: is|:)\s*"
    r"|\A\W*(?:краткий )?ответ(?: на ваш вопрос)?\s*[:–—-]\s*",
    re.I,
)
_CHATTER = re.compile(
    r"\W*(?:sure|certainly|of course|absolutely|(?:great|good|excellent) question|thanks?|thank you|hello|hi"
    r"|hey|dear|you asked|happy to help"
    r"|hope (?:this|that)|i hope|let me know|feel free|please (?:let|feel|note|consult|contact|reach|verify"
    r"|see|visit|reply)"
    r"|if you (?:have|need|would|want)|do(?:n['’]t| not) hesitate|is there anything|would you like|you (?:may"
    r"|might) also"
    r"|(?:related|follow-up|further|suggested) questions?|this (?:answer|response|information) (?:is|was|has|may)"
    r"|disclaimer|note(?: that|:)|confidence(?: \w+)?:|for (?:more|further) (?:information|details|help"
    r"|questions)|read more|learn more|contact (?:us|our)"
    r"|(?:as|i am|i'm) an ai|here(?:'s| is) (?:the|your|what)|i(?:['’]ve| have)? found|question:|best regards"
    r"|kind regards"
    r"|здравствуйте|добрый день|привет|уважаем|конечно|спасибо|надеюсь|если у вас|если вам|пожалуйста"
    r"|обращайтесь|рад[аы]? помочь"
    r"|отличный вопрос|вы спросили|ваш вопрос|вопрос:|уверенность|внимание|обратите внимание|примечание"
    r"|подробнее|данный ответ|этот ответ|ответ (?:сформирован|носит)"
    r"|свяжитесь|с уважением|хотите узнать|вот (?:что|ответ)|возможно, вас)(?:\b|(?<=:))",
    re.IGNORECASE,
)
_LOUD = re.compile(r"[!?:]\s*$")


@dataclass(frozen=True, slots=True)
class Undressed:
    """The answer without its dress, and the kinds of what was taken off."""

    text: str
    removed: tuple[str, ...]


def undress(question: str, answer: str, passages: Sequence[str] = (), templates: Templates | None = None) -> Undressed:
    """Take off known dress, then the templates of the window; a sentence of the passages is never dress."""
    text, removed = answer, []
    for name, taken in (*_STEPS, ("restated", lambda text: _without_question(question, text))):
        after = taken(text)
        if after != text and terms(plain(after)):
            removed.append(name)
            text = after
    kept, dropped = _without_chatter(question, text, passages, templates or Templates())
    return Undressed(kept, (*removed, *dropped))


def _unwrapped(text: str) -> str:
    """Return the answer field of a JSON object, also of one that is cut or stands in a code fence."""
    fenced = _FENCED.match(text)
    inner = fenced.group(1) if fenced else text
    if not inner.lstrip().startswith(("{", "[")):
        return inner if fenced and "\n" not in inner.strip() else text
    try:
        return _field(json.loads(inner)) or text
    except json.JSONDecodeError:
        found = _FIELD.search(inner)
        return _unescaped(found.group(1)) if found and inner.lstrip().startswith("{") else text


def _field(value: Any) -> str:
    if isinstance(value, list) and len(value) == 1:
        return _field(value[0])
    if isinstance(value, dict):
        folded = {str(key).casefold(): held for key, held in value.items()}
        return next((found for name in _FIELDS if (found := _field(folded.get(name)))), "")
    return value if isinstance(value, str) else ""


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except json.JSONDecodeError:
        return text


def _without_question(question: str, text: str) -> str:
    """Take off the question as asked where the answer begins with it."""
    asked = re.escape(question.strip(" ?!.\n")).replace("\\ ", r"\s+")
    lead = r"(?:you asked|question|q|вы спросили|ваш вопрос|вопрос)?"
    begins = rf"\A\W{{0,12}}{lead}\W{{0,12}}{asked}[\s?!.*:\"”»]*(?:answer:|ответ:)?\s*"
    return re.sub(begins, "", text, count=1, flags=re.IGNORECASE)


def _linked(text: str) -> str:
    """Keep the words of a link, or nothing where the link stands in brackets, as a source does."""
    return _LINK.sub(lambda match: match.group(1) or "", _BRACKETED_LINK.sub("", text))


_STEPS = (
    ("thinking", lambda text: _THINKING.sub("", text).strip()),
    ("json", _unwrapped),
    ("tags", lambda text: _TAGS.sub("", text)),
    ("sources", lambda text: _SOURCES.sub("", text)),
    ("marks", lambda text: _MARKS.sub("", text)),
    ("links", _linked),
    ("named source", lambda text: _NAMED_SOURCE.sub("", text)),
    ("lead-in", lambda text: _LEAD.sub("", text)),
    ("pointing", lambda text: _POINTING.sub("", text)),
)


def _without_chatter(question: str, text: str, passages: Sequence[str], templates: Templates) -> tuple[str, list[str]]:
    asked = set(terms(question))
    quoted = {flat(part) for passage in passages for part in split(passage)}
    removed: list[str] = []
    lines = []
    for line in text.split("\n"):
        kept = []
        for part in split(line) or [line]:
            name = "" if flat(part) in quoted else _dress_of(part, asked, templates)
            if name:
                removed.append(name)
            else:
                kept.append(part)
        if kept:
            lines.append(" ".join(kept))
    left = "\n".join(lines).strip()
    if not terms(plain(left)):
        return _rarest(text, templates), []
    return left, list(dict.fromkeys(removed))


def _rarest(text: str, templates: Templates) -> str:
    """Return the part that fewest questions were answered with, where all parts are dress: an own refusal, mostly."""
    parts = [part for line in text.split("\n") for part in split(line) if terms(plain(part))]
    counts = [templates.shapes.get(shape(part), 0) for part in parts]
    return parts[counts.index(min(counts))] if len(set(counts)) > 1 and min(counts) else text


def _dress_of(part: str, asked: set[str], templates: Templates) -> str:
    said = set(terms(part))
    if said and shape(part) in templates.shapes:
        return "template"
    if _CHATTER.match(part) and (_LOUD.search(part) or len(said - asked) <= 8):
        return "chatter"
    if part.rstrip().endswith("?") and len(said) > 1:
        return "question"
    if len(said) > 2 and len(said - asked) == 0 and part.rstrip().endswith((":", "?")):
        return "restated"
    return ""
