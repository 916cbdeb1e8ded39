"""The generator that needs no model: quote the sentences which answer best, or abstain.

Deterministic and fast, so it is the default without an endpoint and the baseline of every evaluation. It abstains when
less than half of the question's words (names and numbers counted twice) stand around the best sentence. It also
abstains when no sentence nearly as good holds what the question plainly asks for: a price, a date, a number, a person.
A price counts only near a word of what is priced: that of a locker answers no question about parking. Rows of tables
answer by rules of their own (`rag.answer.records`). That sees a
question the documents are not about. It mostly cannot see a near miss, where all the words are there and the answer is
not.

It was measured on the public halves the rule was chosen on (benchmarks/answer_quality.py, BM25, five passages). These
shares of answerable questions were refused, and refused once the answering article was taken out: SQuAD 2.0 0.08 and
0.82, XQuAD Russian 0.16 and 0.94, ClapNQ 0.12 and 0.63. Of ClapNQ's unanswerable questions 0.50 are refused. Of SQuAD's
trick questions, asked in the words of the right paragraph, 0.21 are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.records import ABSTENTION, Draft, Hit, content_hash
from data.text import question_terms
from rag.answer.evidence import AnswerSentence, find_evidence
from rag.answer.rows import find_records
from rag.prompts import chunk_keys

_MIN_SUPPORT = 0.5
_NEAR_BEST = 0.8
_FITTING = 0.7
_MOST_SENTENCES = 2
_RULES = "6"

_LIST_MARK = re.compile(r"\A(?:[-*+•◦▪●–—>]|#{1,6}|\(?\d{1,3}[.)])[ \t]+")


class ExtractiveGenerator:
    """Answers with one or two sentences of the passages, word for word, each with its citation."""

    id = "extractive"
    prompt_version = content_hash("extractive", _RULES, str(_MIN_SUPPORT), str(_NEAR_BEST), str(_MOST_SENTENCES))

    def generate(self, question: str, hits: Sequence[Hit]) -> Draft:
        """Quote the best evidence of `hits`, best retrieved first, or write the abstention phrase."""
        if not question_terms(question):  # "?!" and "What is" ask for nothing, and any sentence would hold all of it
            return Draft(ABSTENTION, {}, model=self.id)
        texts = [hit.chunk.text for hit in hits]
        keys = chunk_keys([hit.chunk.id for hit in hits], question, texts)
        found = find_evidence(question, texts, [hit.chunk.heading for hit in hits])
        rows = find_records(question, found, hits)
        chosen = _choose(rows.others, texts)
        if rows.answering and not (chosen and rows.answering[0].score < _NEAR_BEST * chosen[0].score):
            quotes = [f"{row.quote} [{keys[row.passage]}]" for row in rows.chosen()]
        else:
            quotes = [f"{_quote(item, texts)} [{keys[item.passage]}]" for item in chosen]
        named = {key: hit.chunk.id for key, hit in zip(keys, hits, strict=True)}
        return Draft("\n".join(quotes) or ABSTENTION, named, model=self.id)


def _choose(found: Sequence[AnswerSentence], texts: Sequence[str]) -> list[AnswerSentence]:
    """Take the best sentence, and one nearly as good that says something else; none where support is weak.

    Only sentences that fit the question are taken.
    """
    fitting = [item for item in found if item.fits and item.score >= _FITTING * found[0].score]
    if not fitting or min(found[0].support, fitting[0].support) < _MIN_SUPPORT:
        return []
    chosen: dict[str, AnswerSentence] = {}
    for item in fitting:
        if item.score < _NEAR_BEST * fitting[0].score or len(chosen) == _MOST_SENTENCES:
            break
        chosen.setdefault(_quote(item, texts).casefold(), item)
    return list(chosen.values())


def _quote(item: AnswerSentence, texts: Sequence[str]) -> str:
    """Return the sentence on one line, without a list mark; its letters are unchanged."""
    return " ".join(_LIST_MARK.sub("", texts[item.passage][item.start : item.end], count=1).split())
