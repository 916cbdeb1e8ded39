"""Work on strangers' text is linear in its length: twice as much of the worst characters takes about twice as long."""

import time
from collections.abc import Callable

import pytest

import data.text as tools
from data.log.redact import Redactor
from data.records import Chunk, Draft, Hit, harmless
from eval.quality.dress import undress
from eval.quality.form import Habits, form
from eval.quality.refusal import LearnedRefusals, refuses
from pipelines.serve.conversation.chores import is_chore
from pipelines.serve.conversation.footnotes import without_footnotes
from pipelines.serve.conversation.templates import asked_in
from rag.answer.answering import Checker
from rag.answer.follow_up import Turn, by_rule
from rag.answer.links import clear_links, ends_in_link
from rag.answer.stream import stream_answer
from rag.chat.thinking import AnswerText
from rag.hostile.linter import lint
from rag.prompts import quoted
from rag.read.markdown import read_markdown

PASSAGE = "The limit is 8 kg. It was raised in 1931."
HITS = [Hit(Chunk("a.md", 0, len(PASSAGE), PASSAGE), 1.0)]
KEYS = {"h4t7": HITS[0].chunk.id}
WORST = [
    *("<", ">", "[", "]", "(", "`", "*", "_", "#", "-", ".", "|", "1", "a", "A", "é", "я", "中", "。", " ", "\n", "\t"),
    *("\r", "\u200b", "\u202e", "\U000e0041", "\xa0", "<<", "[1]", "[h4t7] ", "[h4t7]\n", "a [h4t7] ", "1. ", "- "),
    *("a. ", "...x", "\n\n[1] x", "```\n", "`a", "](", "![a](", "[a](", "<a ", "<img src=", "a_b ", "--a-", "1,000 "),
    *("1 000", "12:30 ", "Aa ", "a A", "http://", "www.a ", "<think>", "</think> a", "<|channel|>", '"\n', "x | y\n"),
    *("\n- ", "[a]: b\n", "{", "<!--", "&#", "ignore all ", "you are now ", "и ", "e.g. ", "No. ", "- 1. ", "aа"),
    *("\n---\n", "**", '="', "\nQuery: ", "History: ", "\nuser: ", "</context>", "<user_query>"),
    "The limit is 8 kg [h4t7]. ",
]


class Says:
    """A generator that writes one text in pieces."""

    id, prompt_version = "says", "1"

    def __init__(self, text):
        self._text = text

    def generate(self, question, hits):
        return Draft(self._text, KEYS)

    def stream(self, question, hits):
        for end in range(40, len(self._text) + 40, 40):
            yield Draft(self._text[:end], KEYS)


def think(text):
    answer = AnswerText()
    for start in range(0, len(text), 40):
        answer.add(text[start : start + 40])
    return answer.whole


def grow(text):
    growing = tools.GrowingText()
    for part in range(1, 9):
        growing.sentences(text[: len(text) * part // 8])


WORK: dict[str, Callable[[str], object]] = {
    "sentences": tools.sentence_spans,
    "growing sentences": grow,
    "figures": lambda text: tools.unmatched_figures(text, [PASSAGE]),
    "names": lambda text: tools.unmatched_names(text, [PASSAGE]),
    "language": tools.detect_language,
    "tokens": tools.estimate_tokens,
    "layout": tools.plain,
    "terms": tools.question_terms,
    "search terms": tools.match_expression,
    "invisible": lambda text: (tools.smuggled(text), tools.without_smuggled(text), tools.storable(text)),
    "redaction": Redactor.build([r"[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,24}", r"\b(?:\d[ -]?){13,16}\b"]).text,
    "lint": lint,
    "prompt": quoted,
    "links": lambda text: (clear_links(text, [PASSAGE], [PASSAGE]), ends_in_link(text)),
    "answer": lambda text: Checker("What is the limit?", HITS).answer(Draft(text, KEYS)),
    "growing answer": lambda text: list(stream_answer("What is the limit?", HITS, Says(text))),
    "thinking": think,
    "footnotes": without_footnotes,
    "quotes": harmless,
    "chores": lambda text: is_chore(text, [text]),
    "templates": asked_in,
    "follow-ups": lambda text: by_rule([Turn("user", text)], "And how long does it take?"),
    "markdown": lambda text: read_markdown(text.encode()),
    "dress": lambda text: undress("What is the limit?", text, (PASSAGE,)),
    "form": lambda text: form("What is the limit?", text, (PASSAGE,), habits=Habits()),
    "refusal": lambda text: refuses("What is the limit?", text, LearnedRefusals()),
}
FREE_S = 0.03
"""Less is not worth measuring, however long the text."""


def seconds(work, text, times):
    best = float("inf")
    for _ in range(times):
        started = time.process_time()
        work(text)
        best = min(best, time.process_time() - started)
    return best


def growth(work, unit, size, times):
    """How many times as long twice the text takes; 0 where that cannot be measured."""
    once, twice = ((unit * (length // len(unit) + 1))[:length] + "x" for length in (size, 2 * size))
    longer = seconds(work, twice, 1)
    if longer < FREE_S:
        return 0.0
    return min(longer, seconds(work, twice, times)) / max(seconds(work, once, times), 1e-4)


@pytest.mark.parametrize("name", WORK)
def test_twice_the_text_takes_about_twice_as_long(name):
    slow = [unit for unit in WORST if growth(WORK[name], unit, 6_000, 1) >= 3]
    # What looked slow is measured again: another process may have been in the way.
    assert [unit for unit in slow if min(growth(WORK[name], unit, 6_000, 3) for _ in range(3)) >= 3] == []


def test_work_that_grows_with_the_square_is_told():
    def square(text):
        return [text.count(sign) for sign in text[::4]]

    assert growth(square, "abc ", 20_000, 2) >= 3
