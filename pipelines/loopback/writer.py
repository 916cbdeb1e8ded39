"""What the loopback model writes: an honest answer from the passages, or one that only looks like it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.records import ABSTENTION
from pipelines.loopback.behaviour import Behaviour, pick
from pipelines.loopback.invention import Invention
from rag.answer import AnswerSentence, find_evidence
from rag.prompts import ReadPrompt, chunk_keys

_MIN_SUPPORT = 0.5
_SECOND = 0.7

_LEADS = {
    "en": ("", "According to the documents, ", "The documents say that ", "", "As stated there, "),
    "ru": ("", "Согласно документам, ", "В документах сказано: ", "", "Как указано, "),
}
_REFUSALS = {
    "en": "I'm sorry, but I can't help with that request.",
    "ru": "Извините, я не могу помочь с этим вопросом.",
}
_MARKUP = re.compile(r"\A(?:[-*+•>]|#{1,6}|\(?\d{1,3}[.)])[ \t]+|\*\*|__|`")
_FUNCTION_WORD = re.compile(
    r"\A(?:The|A|An|In|On|At|For|From|It|This|That|These|Those|There|All|Each|Every|If|When|You|Your|We|No"
    r"|В|На|Для|Из|Это|Все|Каждый|Если|При|По|До|За|Он|Она|Они|Вы)\b"
)


def write_answer(prompt: ReadPrompt, behaviour: Behaviour) -> str:
    """Answer the question of `prompt` from its passages, as honestly as `behaviour` lets the model be."""
    question = prompt.question
    language = "ru" if re.search(r"[а-яё]", question, re.IGNORECASE) else "en"
    if behaviour.strikes(behaviour.refuse_rate, "refusal", question):
        return _REFUSALS[language]
    texts = [passage.text for passage in prompt.passages]
    found = find_evidence(question, texts)
    invents = behaviour.strikes(behaviour.hallucination_rate, "hallucination", question)
    if not found or found[0].support < _MIN_SUPPORT and not invents:
        return ABSTENTION
    chosen = _choose(found, texts)
    plain = [_plain(texts[item.passage][item.start : item.end]) for item in chosen]
    if invents:
        plain = Invention(texts, language, behaviour.seed).rewrite(plain)
    keys = _keys(prompt, chosen, behaviour)
    lead = pick(_LEADS[language], behaviour.seed, "lead", question)
    plain[0] = lead + (_uncapitalised(plain[0]) if lead else plain[0])
    return " ".join(_with_key(sentence, key) for sentence, key in zip(plain, keys, strict=True))


def _choose(found: Sequence[AnswerSentence], texts: Sequence[str]) -> list[AnswerSentence]:
    """Take the best sentence and a second: one nearly as good, or else the sentence that follows the best."""
    best = found[0]
    first = texts[best.passage][best.start : best.end]
    others = [item for item in found[1:] if texts[item.passage][item.start : item.end] != first]
    good = [item for item in others if item.score >= _SECOND * best.score]
    following = sorted((item for item in others if item.passage == best.passage), key=lambda item: item.start)
    next_one = [item for item in following if item.start > best.start]
    return [best, *(good or next_one)[:1]]


def _keys(prompt: ReadPrompt, chosen: Sequence[AnswerSentence], behaviour: Behaviour) -> list[str]:
    """Return the key to cite for each sentence; empty where the citation is dropped."""
    keys = [prompt.passages[item.passage].key for item in chosen]
    if behaviour.strikes(behaviour.dropped_citations_rate, "dropped", prompt.question):
        return ["" for _ in keys]
    if behaviour.strikes(behaviour.unknown_citations_rate, "unknown", prompt.question):
        known = [passage.key for passage in prompt.passages]
        return chunk_keys(keys, "unknown", known)
    return keys


def _plain(sentence: str) -> str:
    """Return a sentence of a document as a model writes it: one line, no Markdown, table cells joined by commas."""
    bare = _MARKUP.sub("", " ".join(sentence.split()))
    cells = [cell.strip() for cell in bare.strip("| ").split("|") if cell.strip()]
    bare = ", ".join(cells) if len(cells) > 1 else bare
    return bare if bare.endswith((".", "!", "…")) else f"{bare.rstrip(':;,')}."


def _uncapitalised(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:] if _FUNCTION_WORD.match(sentence) else sentence


def _with_key(sentence: str, key: str) -> str:
    return f"{sentence[:-1].rstrip()} [{key}]{sentence[-1]}" if key else sentence
