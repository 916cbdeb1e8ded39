"""Answers in a structure, as programs ask for: JSON, XML, HTML. The texts in it, each with its path.

Which text is the answer is told by structure: a field that is named as answers are, else the one that says most of
what the passages say beyond the question, else the longest.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from data.text import terms
from eval.quality.sentences import stems_of

_FENCED = re.compile(r"\A\s*```[\w-]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_LEAF = re.compile(r'"((?:\\.|[^"\\\n]){1,60})"\s{0,8}:\s{0,8}"((?:\\.|[^"\\])*)')
_ELEMENT = re.compile(r"<(/?)([A-Za-z_][\w.:-]{0,40})(?:\s[^<>]{0,300})?>")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_ANY_TAG = re.compile(r"</?[A-Za-z_!?][\w.:-]{0,40}(?:\s[^<>]{0,300})?/?>")
_TAGS = """
    html head body main article section header footer div span p br hr b i u em strong small sub sup a ul ol li dl dt
    dd h1 h2 h3 h4 h5 h6 table thead tbody tr td th blockquote pre code mark img answer response"""
_MARKUP = frozenset(_TAGS.split())
_BLOCK = re.compile(r"</?(?:div|p|br|hr|li|ul|ol|h\d|tr|table|blockquote|section|header|footer)\b[^<>]{0,300}>", re.I)
_NAMED = re.compile(
    r"(?:^|[._-])(?:answer|response|reply|ответ)(?:[._-]?(?:text|body))?(?:\[[^\]]*\])*\Z", re.IGNORECASE
)
_OTHERS = re.compile(
    r"quest|query|sourc|cit(?:e|ation)|context|passage|document|evidence|reference|quote|think|thought|reason|plan|prompt"
    r"|вопрос|источник|цитат|контекст",
    re.IGNORECASE,
)
"""Names of fields that hold the question, the passages or the thinking."""
_DEEPEST = 20
_KINDS = ("type", "kind", "role", "name", "label", "tag", "key", "field", "id")
_KIND = re.compile(r"[\w.-]{1,24}\Z")
"""A word by which the parts of a list are told apart."""


@dataclass(frozen=True, slots=True)
class Field:
    """A text in a structure, and the names on the way to it."""

    path: str
    text: str


def read_fields(answer: str) -> list[Field]:
    """Return the texts of a structured answer; none if it is not structured, or only laid out in HTML."""
    fenced = _FENCED.match(answer)
    inner = (fenced.group(1) if fenced else answer).strip()
    if inner.startswith(("{", "[")):
        return _joined(_json_fields(inner))
    if inner.startswith("<"):
        return _joined(_xml_fields(inner))
    return []


def without_markup(answer: str) -> str:
    """Return a text without the tags of HTML and XML; blocks are lines."""
    if "<" not in answer:
        return answer
    bare = _ANY_TAG.sub("", _BLOCK.sub("\n", _CDATA.sub(r"\1", answer)))
    return html.unescape(bare).strip() if bare != answer else answer


def answer_field(
    fields: Sequence[Field], question: str, passages: Sequence[str], known: frozenset[str] = frozenset()
) -> Field | None:
    """Return the field that is the answer: on a `known` path, else as the text of this module says."""
    texts = [field for field in fields if terms(field.text)]
    own = [field for field in texts if not _OTHERS.search(field.path)] or texts
    chosen = [field for field in own if field.path in known] or [field for field in own if _NAMED.search(field.path)]
    if chosen:
        return max(chosen, key=lambda field: len(field.text))
    asked = frozenset(terms(question))
    held = frozenset[str]().union(*map(stems_of, passages)) - asked
    said = [frozenset(terms(field.text)) - asked for field in own]
    best = max(range(len(own)), key=lambda at: (len(said[at] & held), len(said[at])), default=None)
    return None if best is None else own[best]


def _json_fields(text: str) -> Iterator[Field]:
    try:
        held, end = json.JSONDecoder().raw_decode(text)
        leaves = list(_leaves(held, "", 0))
        yield from (*leaves, Field("", text[end:])) if leaves else ()
    except (json.JSONDecodeError, RecursionError):
        if text.startswith("{"):
            for name, said in _LEAF.findall(text):
                yield Field(name, _unescaped(said))


def _leaves(value: Any, path: str, depth: int) -> Iterator[Field]:
    if isinstance(value, str):
        yield Field(path, value)
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for held in value:
            yield from _leaves(held, f"{path}[{_kind_of(held)}]", depth + 1)
    if isinstance(value, dict):
        for name, held in value.items():
            yield from _leaves(held, f"{path}.{name}" if path else str(name), depth + 1)


def _kind_of(part: Any) -> str:
    """Return the word that says what kind of part this is, "" where none does."""
    words = (part.get(name) for name in _KINDS) if isinstance(part, dict) else ()
    return next((word for word in words if isinstance(word, str) and _KIND.match(word)), "")


def _xml_fields(text: str) -> Iterator[Field]:
    """Yield the texts of elements; tags of layout belong to the text around them."""
    tags = [tag for tag in _ELEMENT.finditer(text) if tag.group(2).casefold() not in _MARKUP]
    opened: list[str] = []
    ends = [*(tag.start() for tag in tags[1:]), len(text)]
    for tag, after in zip(tags, ends[: len(tags)], strict=True):
        closing, name = tag.groups()
        if not closing and len(opened) < _DEEPEST:
            opened.append(name)
        elif name in opened:
            del opened[len(opened) - 1 - opened[::-1].index(name) :]
        if said := without_markup(text[tag.end() : after]).strip():
            yield Field(".".join(opened), said)


def _joined(fields: Iterator[Field]) -> list[Field]:
    """Join the texts on one path, as a list of sentences has them."""
    texts: dict[str, list[str]] = {}
    for field in fields:
        texts.setdefault(field.path, []).append(field.text)
    return [Field(path, "\n".join(held)) for path, held in texts.items()]


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except json.JSONDecodeError:
        return text
