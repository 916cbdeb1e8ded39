"""From a question and its retrieved passages to a checked answer, whatever the generator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from time import perf_counter

from data.records import ABSTENTION, Answer, Draft, Hit
from data.text import unmatched_figures, unmatched_names
from rag.answer.citations import CitedText, Citer, Statement
from rag.answer.links import ClearedText, LinkGuard
from rag.errors import EndpointError
from rag.hostile import HARMLESS, lint
from rag.protocols import Generator

_REFUSAL = re.compile(
    r"\A\W*(?:i['’]?m sorry|sorry|i apologi[sz]e|as an ai|unfortunately"
    r"|i (?:can ?not|can['’]t|am unable|am not able|won['’]t)|извините|к сожалению|простите|я не могу)\b",
    re.IGNORECASE,
)

_OWN_WORDS = re.compile(
    r"\b(?:passages?|documents?|context|text|sources?)\b[^.]{0,60}\b(?:do|does|did)(?: not|n['’]t) "
    r"(?:contain|provide|mention|hold|include|say|state|specify|answer|tell)"
    r"|\bunable to answer\b"
    r"|\bno (?:information|mention|answer)\b[^.]{0,60}\b(?:passages?|documents?|context|sources?)\b"
    r"|\b(?:документ|текст|контекст|отрывк|источник)[а-яё]*\b[^.]{0,60}"
    r"\b(?:нет|не (?:содерж|упомина|указан|говор|сказан))"
    r"|\bне могу ответить\b",
    re.IGNORECASE,
)
_SHORT = 2
_UNCITED = re.compile(r" ?(?:\[\d+\])+")


def answer_question(question: str, hits: Sequence[Hit], generator: Generator) -> Answer:
    """Ask `generator` and check what it wrote; without hits abstain and do not ask.

    A failing endpoint is an outcome, not an exception: the interaction is logged like every other.
    """
    if not hits:
        return without_hits()
    try:
        draft = generator.generate(question, hits)
    except EndpointError as error:
        return failed(hits, error)
    return checked(question, hits, draft)


def checked(question: str, hits: Sequence[Hit], draft: Draft, checker: Checker | None = None) -> Answer:
    """Check a draft, and note how long that takes."""
    started = perf_counter()
    answer = (checker or Checker(question, hits)).answer(draft)
    return replace(answer, verify_ms=(perf_counter() - started) * 1000)


def without_hits() -> Answer:
    """Return the abstention for a question to which retrieval found nothing."""
    return Answer(ABSTENTION, (), (), "abstained", ("no_hits",))


def failed(hits: Sequence[Hit], error: EndpointError) -> Answer:
    """Return the outcome of a question whose model could not answer."""
    return Answer("", (), tuple(hits), "failed", error=str(error))


class Checker:
    """Checks the drafts of one answer, whole or growing: what was found about a sentence is not looked for again."""

    def __init__(self, question: str, hits: Sequence[Hit]) -> None:
        self._question = question
        self._hits = hits
        self._texts = {hit.chunk.id: f"{hit.chunk.heading}\n{hit.chunk.text}" for hit in hits}
        self._citer: tuple[dict[str, str], Citer] | None = None
        self._mismatches: dict[Statement, tuple[str, ...]] = {}

    def cited(self, draft: Draft) -> tuple[ClearedText, CitedText]:
        """Return what a draft says without strange addresses, and with numbered citations."""
        if self._citer is None or self._citer[0] is not draft.keys:
            self._citer = draft.keys, Citer(draft.keys, self._hits, self._question)
            self._mismatches.clear()
        cleared = self._guard.clear(draft.text)
        return cleared, self._citer[1].cite(cleared.text)

    @cached_property
    def _guard(self) -> LinkGuard:
        texts = {hit.chunk.id: f"{hit.chunk.source}\n{hit.chunk.text}" for hit in self._hits}
        trusted = [text for text in texts.values() if HARMLESS.issuperset(item.rule for item in lint(text))]
        return LinkGuard(trusted, [self._question, *texts.values()])

    def mismatches(self, draft: Draft, statements: Sequence[Statement]) -> list[str]:
        """Compare each sentence with the chunks it cites, or with all the model saw where it cites none."""
        return list(dict.fromkeys(flag for item in statements for flag in self._mismatch(draft, item)))

    def answer(self, draft: Draft) -> Answer:
        """Turn a draft into an answer with numbered, located citations and with flags for what is wrong with it.

        Flags: "no_citations", "uncited_sentences:n", "unknown_citations:n", "unsupported_citation:n",
        "number_mismatch:FIGURE" and "name_mismatch:NAME" (once each), "refusal" and "abstained_in_own_words" (instead
        of the phrase), "removed_links:n" for addresses no passage holds, and those of the draft, such as
        "dropped_passages:n".
        """
        cleared, cited = self.cited(draft)
        hits = tuple(self._hits)
        abstained = _abstention(cited)
        if abstained is not None:
            text = _UNCITED.sub("", cited.text)
            return Answer(text, (), hits, "abstained", (*draft.flags, *abstained), draft=draft)
        links = (f"removed_links:{cleared.removed}",) if cleared.removed else ()
        flags = (*draft.flags, *links, *_citation_flags(cited), *self.mismatches(draft, cited.statements))
        return Answer(cited.text, cited.citations, hits, "answered", flags, draft=draft)

    def _mismatch(self, draft: Draft, statement: Statement) -> tuple[str, ...]:
        if statement not in self._mismatches:
            shown = statement.chunk_ids or tuple(dict.fromkeys(draft.keys.values()))
            sources = [self._question, *(self._texts[chunk_id] for chunk_id in shown if chunk_id in self._texts)]
            figures = (f"number_mismatch:{figure}" for figure in unmatched_figures(statement.text, sources))
            names = (f"name_mismatch:{name}" for name in unmatched_names(statement.text, sources))
            self._mismatches[statement] = (*figures, *names)
        return self._mismatches[statement]


def _abstention(cited: CitedText) -> tuple[str, ...] | None:
    """Return the flags of an answer that answers nothing; None for one that answers.

    It is the abstention phrase, or a refusal that cites nothing, or one or two sentences that say, in the model's own
    words and not in a passage's, that the passages do not tell.
    """
    bare = cited.text.strip(" \n\"'*").casefold()
    if bare.startswith(ABSTENTION.casefold().rstrip(".")):
        return ()
    supported = any(citation.supported for citation in cited.citations)
    if len(cited.statements) <= _SHORT and not supported and _OWN_WORDS.search(bare):
        return ("abstained_in_own_words",)
    return ("refusal",) if _REFUSAL.match(bare) and not cited.citations else None


def _citation_flags(cited: CitedText) -> list[str]:
    counts = {
        "uncited_sentences": sum(not statement.chunk_ids for statement in cited.statements) if cited.citations else 0,
        "unknown_citations": cited.unknown,
        "unsupported_citation": sum(not citation.supported for citation in cited.citations),
    }
    flags = [f"{name}:{count}" for name, count in counts.items() if count]
    return flags if cited.citations else ["no_citations", *flags]
