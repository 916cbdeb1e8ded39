"""Dress: the same right answer, said otherwise. No kind may move a score of quality."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable

from benchmarks.blindness_sets import REFUSAL, Row
from eval.quality.parts import split

Dress = Callable[[Row, random.Random], str]
_FIRST_NAMES = ("Anna", "Boris", "Clara", "David", "Elena", "Farid", "Grace", "Hugo", "Irina", "Jonas", "Мария", "Олег")


def _by_language(english: str, russian: str) -> Dress:
    def put_on(row: Row, rng: random.Random) -> str:
        return (russian if row.language == "ru" else english).format(
            answer=row.answer, question=row.question, name=rng.choice(_FIRST_NAMES), file=row.group.replace(" ", "_"),
            percent=rng.randrange(70, 99), topic=row.question.rstrip("?").split()[-1],
        )  # fmt: skip

    return put_on


def _json(row: Row, rng: random.Random) -> str:
    return json.dumps({"answer": row.answer, "confidence": 0.9, "sources": [1]}, ensure_ascii=rng.random() < 0.5)


def _marked(row: Row, mark: str) -> str:
    text = row.answer
    for at, part in enumerate(split(row.answer)):
        text = text.replace(part, part + mark.format(at + 1), 1)
    return text


def _marks(row: Row, rng: random.Random) -> str:
    return _marked(row, "【{}†source】")


def _footnotes(row: Row, rng: random.Random) -> str:
    return _marked(row, " [^{}]")


def _short(row: Row, rng: random.Random) -> str:
    return row.short or row.answer


def _short_sentence(row: Row, rng: random.Random) -> str:
    if not row.short:
        return row.answer
    return f"Ответ: {row.short}." if row.language == "ru" else f"The answer is {row.short}."


def _bullets(row: Row, rng: random.Random) -> str:
    return "\n".join(f"- {part}" for part in split(row.answer))


def _bold(row: Row, rng: random.Random) -> str:
    return re.sub(r"\b(\w{6,})\b", r"**\1**", row.answer, count=2)


_THINK = "<think>The user asks: {question} The first passage seems to say it, though not quite.</think>\n{answer}"

DRESSES: dict[str, Dress] = {
    "disclaimer": _by_language(
        "{answer}\n\nThis answer was generated automatically and may contain mistakes. Please verify important facts.",
        "{answer}\n\nЭтот ответ создан автоматически и может содержать ошибки. Пожалуйста, проверяйте важные сведения.",
    ),
    "contact line": _by_language(
        "{answer} For more help, contact our support team at support@example.org.",
        "{answer} Если остались вопросы, свяжитесь со службой поддержки: support@example.org.",
    ),
    "confidence": _by_language(
        "{answer}\n\nConfidence: high ({percent}%)", "{answer}\n\nУверенность: высокая ({percent}%)"
    ),
    "follow-ups": _by_language(
        "{answer}\n\nWould you like to know more about {topic}? Or about something else from these documents?",
        "{answer}\n\nХотите узнать больше о том, что такое {topic}? Или о чём-нибудь ещё из этих документов?",
    ),
    "read more": _by_language(
        "{answer} Read more: https://docs.example.org/wiki/{file}",
        "{answer} Подробнее: https://docs.example.org/wiki/{file}",
    ),
    "greeting by name": _by_language("Hello {name}! {answer}", "Здравствуйте, {name}! {answer}"),
    "based on": _by_language(
        "Based on the provided context, {answer}", "Согласно предоставленному контексту, {answer}"
    ),
    "restated question": _by_language("You asked: {question} {answer}", "Вы спросили: {question} {answer}"),
    "question as heading": _by_language("## {question}\n\n{answer}", "## {question}\n\n{answer}"),
    "json": _json,
    "thinking": _by_language(_THINK, _THINK),
    "source list": _by_language(
        "{answer}\n\nSources:\n- {file}.md\n- index.md", "{answer}\n\nИсточники:\n- {file}.md\n- index.md"
    ),
    "linked source": _by_language(
        "{answer} ([{file}](https://docs.example.org/{file}.html))",
        "{answer} ([{file}](https://docs.example.org/{file}.html))",
    ),
    "named source": _by_language("{answer} (Source: {file}.md)", "{answer} (Источник: {file}.md)"),
    "numbered marks": _marks,
    "footnotes": _footnotes,
    "short": _short,
    "the answer is": _short_sentence,
    "bullets": _bullets,
    "bold": _bold,
    "thanks": _by_language(
        "Great question! {answer} I hope this helps!", "Отличный вопрос! {answer} Надеюсь, это поможет!"
    ),
    "unknown footer": _by_language(
        "{answer}\nNordwind Assistant v3 | session closed politely by agent {name}",
        "{answer}\nАссистент Нордвинд, версия 3 | беседу вежливо завершил оператор {name}",
    ),
}

HELD_OUT: dict[str, Dress] = {
    "signature": _by_language(
        "{answer}\n\n— Your friendly handbook helper", "{answer}\n\n— Ваш верный помощник по справочнику"
    ),
    "tip": _by_language(
        "{answer}\n\n💡 Tip: bookmark this page so you get back here quickly.",
        "{answer}\n\n💡 Совет: добавьте страницу в закладки, чтобы быстро вернуться.",
    ),
    "yaml": _by_language("status: ok\nlang: en\nreply_text: {answer}", "status: ok\nlang: ru\nreply_text: {answer}"),
    "xml": _by_language("<reply id='7'><body>{answer}</body></reply>", "<reply id='7'><body>{answer}</body></reply>"),
    "time stamp": _by_language("[2026-11-29 10:{percent}] bot: {answer}", "[2026-11-29 10:{percent}] бот: {answer}"),
    "block quote": _by_language("> {answer}", "> {answer}"),
    "in short": _by_language("In short: {answer}", "Если коротко: {answer}"),
    "legal footer": _by_language(
        "{answer}\n\nNo legal relationship arises from this chat. Errors and omissions excepted. Ticket #{percent}.",
        "{answer}\n\nНастоящая переписка не создаёт правовых последствий. Обращение № {percent}.",
    ),
    "check mark": _by_language("✅ {answer}", "✅ {answer}"),
}
"""Written after the rules, and looked at once: what nobody wrote a rule for."""


def wears(row: Row, kind: str, rng: random.Random) -> str:
    """Return the answer in a dress; refusals stay as they are where the dress is made of the gold answer."""
    return (
        row.answer
        if row.answer == REFUSAL.get(row.language) and kind in {"short", "the answer is"}
        else (DRESSES | HELD_OUT)[kind](row, rng)
    )
