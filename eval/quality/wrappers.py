"""Known wrappers of answers, taken off by rule: thinking, structures, source lists, marks, links, lead-ins.

Nothing is taken off that would leave no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.text import plain, terms
from eval.quality.fields import answer_field, read_fields, without_markup

_THINKING = re.compile(
    r"<(think|thinking|reasoning|reflection|scratchpad|analysis)>.*?(?:</\1>|\Z)|\A[^<]*</think(?:ing)?>", re.S | re.I
)
_SOURCES = re.compile(
    r"\n[#*_>\- \t]{0,20}(?:sources?|references?|citations?|documents? used|see also|read more|further reading"
    r"|источники?|ссылки|литература|использованные документы|подробнее)\b[*_ ]{0,4}"
    r"(?::?[*_ ]{0,4}\n.*|[:–—-][^\n]*|[^\n]{0,80}(?:https?:|\.(?:md|pdf|html?|docx?|txt)\b)[^\n]*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = re.compile(
    r"\s?【[^】\n]{1,40}】|\s?\[\^\d{1,3}\]|\s?\[(?:doc|source|ref|док|источник)[ _]?\d+\]"
    r"|\s?\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,9}\]|(?<=[.!?,;:»”)])\s?[\u00b9\u00b2\u00b3\u2070-\u2079]+",
    re.I,
)
"""Marks of citations. That an answer cites is read from the answer as it was; its sentences are compared without."""
_LETTER_HEAD = re.compile(
    r"\A\s{0,20}(?:(?:from|to|cc|sent|date|subject|re|reply-to|от|кому|копия|дата|тема)[ \t]{0,4}:[^\n]{0,300}\n){1,9}",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"\n--[ \t]?\n.{0,500}\Z", re.DOTALL)
"""What stands below the mark of RFC 3676, section 4.3."""
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
    r"\A\W*(?:(?:the|short|final|correct|right) )*answer(?: to your question)?(?: is:?|:)\s*"
    r"|\A\W*(?:краткий )?ответ(?: на ваш вопрос)?\s*[:–—-]\s*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class BareAnswer:
    """The answer without its dress, and the kinds of what was taken off."""

    text: str
    removed: tuple[str, ...] = ()


def unwrap(question: str, answer: str, passages: Sequence[str] = (), paths: frozenset[str] = frozenset()) -> BareAnswer:
    """Take off known wrappers; `paths` lead to the answer in a structure."""
    steps: list[tuple[str, Callable[[str], str]]] = [
        ("thinking", lambda text: _THINKING.sub("", text).strip()),
        ("structure", lambda text: _field(text, question, passages, paths)),
        *_STEPS,
        ("restated", lambda text: _without_question(question, text)),
    ]
    text, removed = answer, []
    for name, taken in steps:
        after = taken(text)
        if after != text and terms(plain(after)):
            removed.append(name)
            text = after
    return BareAnswer(text, tuple(removed))


def _field(text: str, question: str, passages: Sequence[str], paths: frozenset[str]) -> str:
    found = answer_field(read_fields(text), question, passages, paths)
    return found.text if found else text


def _without_question(question: str, text: str) -> str:
    """Take off the question as asked where the answer begins with it."""
    asked = re.escape(question.strip(" ?!.\n")).replace("\\ ", r"\s+")
    lead = r"(?:you asked|question|q|вы спросили|ваш вопрос|вопрос)?"
    begins = rf"\A\W{{0,12}}{lead}\W{{0,12}}{asked}[\s?!.*:\"”»]*(?:answer:|ответ:)?\s*"
    return re.sub(begins, "", text, count=1, flags=re.IGNORECASE)


def _linked(text: str) -> str:
    """Keep the words of a link, or nothing where the link stands in brackets, as a source does."""
    return _LINK.sub(lambda match: match.group(1) or "", _BRACKETED_LINK.sub("", text))


_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("tags", without_markup),
    ("letter", lambda text: _SIGNATURE.sub("", _LETTER_HEAD.sub("", text)).strip()),
    ("sources", lambda text: _SOURCES.sub("", text)),
    ("marks", lambda text: _MARKS.sub("", text)),
    ("links", _linked),
    ("named source", lambda text: _NAMED_SOURCE.sub("", text)),
    ("lead-in", lambda text: _LEAD.sub("", text)),
    ("pointing", lambda text: _POINTING.sub("", text)),
)
