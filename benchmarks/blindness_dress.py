"""Dress: the same right answer, said otherwise. No kind may move a score of quality."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable

from benchmarks.blindness_sets import REFUSAL, Row
from eval.quality.sentences import split

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

SEEN: dict[str, Dress] = {
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
    "as far": _by_language("As far as I can tell, {answer}", "Насколько я могу судить, {answer}"),
    "believes": _by_language(
        "I believe the handbook tells us that {answer}", "Думаю, справочник говорит нам, что {answer}"
    ),
    "afterthought": _by_language(
        "{answer} — so says the library, dear {name}.", "{answer} — так говорит библиотека, {name}."
    ),
    "boxed": _by_language("\\boxed{{{answer}}}", "\\boxed{{{answer}}}"),
    "html": _by_language(
        "<div class='a'><p>{answer}</p><small>Rate this: {percent}</small></div>",
        "<div class='a'><p>{answer}</p><small>Оцените: {percent}</small></div>",
    ),
    "name first": _by_language("{name}, {answer}", "{name}, {answer}"),
    "topic first": _by_language(
        "You would like to know about {topic}. {answer}", "Вы хотите узнать про {topic}. {answer}"
    ),
    "tags": _by_language(
        "{answer}\nTags: {file}, handbook, v{percent}", "{answer}\nМетки: {file}, справочник, v{percent}"
    ),
    "table row": _by_language(
        "| Answer | Score |\n|---|---|\n| {answer} | {percent} |",
        "| Ответ | Балл |\n|---|---|\n| {answer} | {percent} |",
    ),
    "toml": _by_language('id = {percent}\nbody = "{answer}"', 'id = {percent}\nbody = "{answer}"'),
    "elements": _by_language(
        "<result><title>{question}</title><text>{answer}</text><cite>{file}.html</cite></result>",
        "<result><title>{question}</title><text>{answer}</text><cite>{file}.html</cite></result>",
    ),
    "chat room": _by_language(
        "*Reply to* <@U0{percent}>: {answer} :thumbsup:", "*Ответ для* <@U0{percent}>: {answer} :+1:"
    ),
    "ini": _by_language(
        "[reply]\nlanguage = en\nbody = {answer}\nttl = {percent}",
        "[reply]\nlanguage = ru\nbody = {answer}\nttl = {percent}",
    ),
    "csv row": _by_language('"{percent}","{answer}","ok"', '"{percent}","{answer}","ok"'),
    "environment": _by_language("\\begin{{quote}}{answer}\\end{{quote}}", "\\begin{{quote}}{answer}\\end{{quote}}"),
    "mail": _by_language(
        "From: bot@example.org\nSubject: {topic}\n\n{answer}\n\n-- \nSent from the help desk",
        "От: bot@example.org\nТема: {topic}\n\n{answer}\n\n-- \nОтправлено из справочной службы",
    ),
    "dialogue": _by_language("User: {question}\nAssistant: {answer}", "Пользователь: {question}\nПомощник: {answer}"),
    "spoken": _by_language(
        "Well, let me think... {answer} And that's that, {name}!", "Ну, дайте подумать... {answer} Вот и всё, {name}!"
    ),
    "both ends": _by_language(
        "TL;DR - {answer}\n\n(That was the short of it.)", "Кратко - {answer}\n\n(Вот и вся суть.)"
    ),
    "items": lambda row, rng: json.dumps(
        {"v": 2, "items": [{"kind": "txt", "val": row.answer}, {"kind": "ref", "val": row.group}]}, ensure_ascii=False
    ),
    "namespaces": _by_language(
        "<ns:resp xmlns:ns='urn:x'><ns:load lang='en'>{answer}</ns:load><ns:took>{percent}</ns:took></ns:resp>",
        "<ns:resp xmlns:ns='urn:x'><ns:load lang='ru'>{answer}</ns:load><ns:took>{percent}</ns:took></ns:resp>",
    ),
    "coloured marks": _by_language(
        "🔹 {answer}\n🔸 Rated {percent}/100 by our editors", "🔹 {answer}\n🔸 Оценка редакции: {percent}/100"
    ),
    "hedge": _by_language(
        "To the best of my knowledge, and subject to change, {answer}",
        "Насколько мне известно, и это может измениться, {answer}",
    ),
    "aside": _by_language(
        "{answer} (I looked this up in {file}, chapter {percent}, for you, {name}.)",
        "{answer} (Я нашёл это в {file}, глава {percent}, специально для вас, {name}.)",
    ),
    "two columns": _by_language(
        "| Field | Value |\n|---|---|\n| Topic | {topic} |\n| Reply | {answer} |",
        "| Поле | Значение |\n|---|---|\n| Тема | {topic} |\n| Ответ | {answer} |",
    ),
    "banner": _by_language(
        "=== KNOWLEDGE BOT 4.{percent} ===\n{answer}\n=== END OF REPLY ===",
        "=== БОТ ЗНАНИЙ 4.{percent} ===\n{answer}\n=== КОНЕЦ ОТВЕТА ===",
    ),
    "quoted": _by_language('The manual puts it this way: "{answer}"', 'В руководстве сказано так: "{answer}"'),
    "first step": _by_language("Here goes:\n1) {answer}", "Итак, поехали:\n1) {answer}"),
    "language tag": _by_language("[EN] {answer} [/EN]", "[RU] {answer} [/RU]"),
}
"""Kinds that the learned templates were tried on while they were built."""

HELD_OUT: dict[str, Dress] = {
    "blocks": lambda row, rng: json.dumps(
        {
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": row.answer}},
                {"type": "context", "elements": [{"type": "mrkdwn", "text": "Answered by KB bot"}]},
            ]
        },
        ensure_ascii=False,
    ),
    "completion": lambda row, rng: json.dumps(
        {
            "id": f"c-{rng.randrange(10**6)}",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": row.answer}, "finish": "stop"}],
        },
        ensure_ascii=False,
    ),
    "speech": _by_language(
        "<speak><p>{answer}</p><break time='1s'/>Anything else, {name}?</speak>",
        "<speak><p>{answer}</p><break time='1s'/>Что-нибудь ещё, {name}?</speak>",
    ),
    "reference number": _by_language(
        "Re your request no. 2026-11-{percent}: {answer}", "По вашему обращению № 2026-11-{percent}: {answer}"
    ),
    "persona": _by_language(
        "Arr, matey! {answer} Yo ho ho, and may the wind be with ye.",
        "Йо-хо-хо, дружище! {answer} Семь футов тебе под килем.",
    ),
    "callout": _by_language("> [!NOTE]\n> {answer}", "> [!NOTE]\n> {answer}"),
    "buttons": _by_language(
        "{answer}\n\n👍 Helpful   👎 Not helpful   |   Copy   |   Share",
        "{answer}\n\n👍 Полезно   👎 Бесполезно   |   Копировать   |   Поделиться",
    ),
    "related list": _by_language(
        "{answer}\n\nPeople also ask:\n1. What is {topic}?\n2. Why does {topic} matter?",
        "{answer}\n\nЛюди также спрашивают:\n1. Что такое {topic}?\n2. Почему {topic} это важно?",
    ),
    "tier": _by_language("Reply for {name} (gold tier): {answer}", "Ответ для {name} (золотой статус): {answer}"),
    "bold command": _by_language("\\textbf{{{answer}}}", "\\textbf{{{answer}}}"),
    "representation": _by_language(
        "Reply(text='{answer}', score=0.{percent})", "Reply(text='{answer}', score=0.{percent})"
    ),
    "letters": _by_language(
        "Q: {question}\nA: {answer}\nDoc: {percent}", "В: {question}\nО: {answer}\nДок.: {percent}"
    ),
    "thought": _by_language(
        "Thought: I should look into the passages.\nObservation: passage {percent} tells it.\nFinal Answer: {answer}",
        "Мысль: надо посмотреть в отрывках.\nНаблюдение: об этом говорит отрывок {percent}.\nИтоговый ответ: {answer}",
    ),
    "comment": _by_language("<!-- trace {percent} -->{answer}", "<!-- след {percent} -->{answer}"),
    "section sign": _by_language("{answer} [see {file} §{percent}]", "{answer} [см. {file} §{percent}]"),
    "typography": lambda row, rng: row.answer.replace(" - ", " — ").replace('"', "”").replace(" ", "\u00a0", 3),
    "call centre": _by_language(
        "Thank you for reaching out to Contoso. Your question matters to us. {answer} Was it of use? Reply YES or NO.",
        "Благодарим за обращение в «Контосо». Ваш вопрос важен для нас. {answer} Помогло? Ответьте ДА или НЕТ.",
    ),
    "turn marks": _by_language("AI> {answer}<|im_end|>", "ИИ> {answer}<|im_end|>"),
    "foreign closing": _by_language(
        "{answer}\n\nMit freundlichen Grüßen\nIhr Auskunftsteam", "{answer}\n\nKind wishes,\nThe answering team"
    ),
    "numbered clauses": lambda row, rng: "; ".join(f"({at + 1}) {part}" for at, part in enumerate(split(row.answer))),
}
"""Written when rules and templates stood, and measured once."""


def wears(row: Row, kind: str, rng: random.Random) -> str:
    """Return the answer in a dress; refusals stay as they are where the dress is made of the gold answer."""
    return (
        row.answer
        if row.answer == REFUSAL.get(row.language) and kind in {"short", "the answer is"}
        else (DRESSES | SEEN | HELD_OUT)[kind](row, rng)
    )
