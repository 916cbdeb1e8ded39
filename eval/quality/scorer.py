"""The four scores of one answer, each in [0, 1] or None with the reason, and the chance that it is good.

`quality` is the product of the scores that are there. An answer is good if it addresses the question, is carried and is
whole. A refusal is good if it is right and whole. It is set by that rule, not fitted to people's labels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from data.text import detect_language, terms
from eval.quality import dress
from eval.quality import form as forms
from eval.quality import refusal as refusals
from eval.quality import relevance as relevances
from eval.quality import support as supports
from eval.quality.drawn import Ground, draws, read_ground
from eval.quality.knowledge import AnswerRecord, LogKnowledge
from eval.quality.weights import Weights

DIMENSIONS = ("relevance", "support", "form", "refusal")
REFUSED = "the answer is a refusal, or there is none"
MOST_CHARACTERS = 50_000
KEPT_POWER = 0.2
"""How much a changed claim lowers support: best against people's labels (learning part) between 0.05 and 0.2."""


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One dimension of one answer: the value, or None and why; the scorer's version; what the value is made of."""

    value: float | None
    reason: str = ""
    version: str = ""
    parts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """The scores by dimension, the chance that the answer is good, and what explains them.

    `holds` is the chance that the passages hold an answer at all.
    """

    dimensions: dict[str, DimensionScore]
    quality: float | None
    refused: bool
    holds: float | None
    faults: tuple[str, ...]
    dress: tuple[str, ...]


class Scorer:
    """Score answers with weights read once and vectors from a callable, in the languages that it knows."""

    def __init__(
        self,
        weights: Weights,
        embed: relevances.UnitEmbedder | None = None,
        languages: frozenset[str] = frozenset({"en"}),
    ) -> None:
        self._weights = weights
        self._embed = embed
        self._languages = languages

    def score(self, item: AnswerRecord, known: LogKnowledge) -> AnswerScores:
        """Return the scores of one answer; of endless texts the beginning is read, and of answers the end, too."""
        item = _bounded(item)
        bare = dress.undress(item.question, item.answer, item.passages, known.templates)
        ground = read_ground(item.question, item.passages)
        empty = forms.is_empty(bare.text)
        refused = not empty and (item.abstained or refusals.refuses(item.question, bare.text, known.refusals))
        shape = _form(item, bare.text, known.habits, refused=refused)
        text = "" if empty or refused else bare.text
        embed = self._embed if detect_language(item.question, "en") in self._languages else None
        relevant, holds = self._relevance(item.question, text, ground, embed, empty=empty)
        found = {
            "relevance": relevant,
            "support": self._support(item, text, ground),
            "form": DimensionScore(shape.score, "", self._version(forms.VERSION)),
            # An empty answer tells nobody anything, too.
            "refusal": _refusal(holds, self._version(refusals.VERSION, _way(embed)), refused=refused or empty),
        }
        faults = tuple(name for name, _ in shape.faults)
        return AnswerScores(found, _quality(found, refused=refused), refused, holds, faults, bare.removed)

    @property
    def version(self) -> str:
        """Name the rules of dress and the weights, which every score depends on."""
        return self._version("")

    def _version(self, rules: str, way: str = "") -> str:
        """Name all that a score depends on: its rules, those of dress, the weights, and whether vectors were there."""
        return "-".join(filter(None, (rules, dress.VERSION, self._weights.version, way)))

    def _relevance(
        self, question: str, text: str, ground: Ground, embed: relevances.UnitEmbedder | None, *, empty: bool
    ) -> tuple[DimensionScore, float | None]:
        """Return relevance, and the chance that the passages hold an answer; `text` is "" for a refusal."""
        way = _way(embed)
        version = self._version(relevances.VERSION, way)
        read = relevances.relevance(question, ground, draws(text, ground), embed)
        holds = self._weights.holds[way].chance(read.holds) if read.holds else None
        if empty:
            return DimensionScore(0.0, "", version), holds
        if not text:
            return DimensionScore(None, REFUSED, version), holds
        if read.features is not None:
            return DimensionScore(self._weights.relevance[way].chance(read.features), "", version), holds
        if ground.sentences and len(terms(text)) > 2:
            return DimensionScore(self._weights.nothing_drawn, "", version), holds
        return DimensionScore(None, read.reason, version), holds

    def _support(self, item: AnswerRecord, text: str, ground: Ground) -> DimensionScore:
        version = self._version(supports.VERSION)
        if not text:
            return DimensionScore(None, REFUSED, version)
        if not ground.sentences:
            return DimensionScore(None, "no passage text to check the answer against", version)
        claims = supports.claim_support(item.question, text, item.passages, ground)
        if not claims:
            return DimensionScore(None, "the answer makes no claim that could be checked", version)
        carried = self._weights.carried([claim.features for claim in claims])
        kept = self._weights.kept([claim.kept for claim in claims])
        return DimensionScore(carried * kept**KEPT_POWER, "", version, (("carried", carried), ("kept", kept)))


def _way(embed: relevances.UnitEmbedder | None) -> str:
    return "words" if embed is None else "vectors"


def _bounded(item: AnswerRecord) -> AnswerRecord:
    answer, room = item.answer, MOST_CHARACTERS
    if len(answer) <= room and sum(map(len, item.passages)) <= 2 * room:
        return item
    passages = tuple(text[: 2 * room // len(item.passages)] for text in item.passages)
    whole = len(answer) <= room
    return replace(item, answer=answer if whole else answer[: room // 2] + answer[-room // 2 :], passages=passages)


def _form(item: AnswerRecord, text: str, habits: forms.Habits, *, refused: bool) -> forms.Form:
    if refused:
        return forms.Form(1.0, ())
    cited = item.cited or int(forms.cites(item.answer))
    return forms.form(item.question, text, item.passages, habits=habits, cited=cited, finish_reason=item.finish_reason)


def _refusal(holds: float | None, version: str, *, refused: bool) -> DimensionScore:
    if holds is None:
        return DimensionScore(None, "no passage text that could hold an answer", version)
    return DimensionScore(refusals.refusal_score(refused=refused, holds=holds), "", version)


def _quality(found: dict[str, DimensionScore], *, refused: bool) -> float | None:
    names = ("refusal", "form") if refused else ("relevance", "support", "form")
    values = [value for name in names if (value := found[name].value) is not None]
    return math.prod(values) if values else None
