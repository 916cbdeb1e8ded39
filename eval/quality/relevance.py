"""Does the answer address its question? Judged through the passage sentences that it draws on.

Those sentences are compared with the best one that was there, so the answer's own wording counts for nothing. Dress
cannot move the score, and a sentence beside the question does.

- margin: likeness to the question of the best sentence drawn on, less that of the best sentence there (0 is best);
- mean margin: the same, averaged over the claims by their words, which sees long answers that wander off;
- rank: share of the sentences there that are less like the question than the best one drawn on (1 is best);
- best: likeness of the best sentence there, which falls when the passages do not hold an answer.

Likeness is the cosine of vectors where the embedder knows the language, and the weighted share of the question's
words for every language. The logistic weights are learned on planted answers beside the question.

Blind: an answer that draws on the right sentence and twists it (that is support). So are questions whose answer stands
in a sentence that shares neither words nor meaning with them. An answer that draws on nothing is unscored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from eval.quality.claims import weight as rarity
from eval.quality.drawn import Draw, Ground

VERSION = "1"
FEATURES = ("margin", "mean_margin", "rank", "best", "word_margin", "word_mean", "word_best", "fits")
"""What the logistic weights belong to, in order; without vectors the first four are 0."""
Floats = NDArray[np.float64]
Used = tuple[tuple[int, ...], int]
"""Places that a claim draws on, and the number of its words."""

_NAME = re.compile(r"(?<=[\w,»”\"] )[«“\"(]?[A-ZА-ЯЁ]\w+")
_WHEN = re.compile(r"\b(?:1\d{3}|20\d\d)\b|\b(?:\d+|january|february|march|april|may|june|july|august|september|october"
                   r"|november|december|century|year|day|week|month|age|век|год|лет|январ|феврал|март|апрел|ма[йя]|июн"
                   r"|июл|август|сентябр|октябр|ноябр|декабр|день|дня|дней|недел|месяц)\w*", re.IGNORECASE)  # fmt: skip
_COUNT = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion|half|most|few"
    r"|several|many|од(?:ин|на)|дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|десять|сто|тысяч|миллион|полови)",
    re.IGNORECASE,
)
_ASKS = (
    (re.compile(r"\b(?:when|what year|which year|what century|когда|в каком году|в каком веке)\b", re.I), _WHEN),
    (re.compile(r"\b(?:how many|how much|what percentage|сколько|какой процент)\b", re.I), _COUNT),
    (re.compile(r"\b(?:who|whom|whose|кто|кого|кому|кем|чей|чья)\b", re.I), _NAME),
    (re.compile(r"\b(?:where|what city|what country|где|в каком городе|в какой стране)\b", re.I), _NAME),
)


class UnitEmbedder(Protocol):
    """What turns texts into unit vectors, one row a text; a question may be embedded otherwise than a passage."""

    def __call__(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        """Return the vectors of questions, or of sentences of passages."""
        ...


@dataclass(frozen=True, slots=True)
class Relevance:
    """How well the sentences drawn on answer the question; None where the answer draws on nothing."""

    features: tuple[float, ...] | None
    holds: tuple[float, ...]
    reason: str = ""


def relevance(question: str, ground: Ground, drawn: Sequence[Draw], embed: UnitEmbedder | None) -> Relevance:
    """Compare the sentences drawn on with all that were there; `embed` is None where it knows not the language."""
    if not ground.sentences:
        return Relevance(None, (), "no passage text to judge the answer through")
    words = word_likeness(ground)
    cosines = _cosines(question, ground, embed)
    fits = type_fits(question, ground)
    holds = _holds(words, cosines, fits)
    used = [(draw.places, len(draw.stems)) for draw in drawn if draw.places]
    if not used:
        return Relevance(None, holds, "the answer draws on no sentence of its passages")
    there = [place for places, _ in used for place in places]
    features = (*_beside_best(cosines, used, rank=True), *_words_beside_best(words, used), max(fits[p] for p in there))
    return Relevance(features, holds)


def word_likeness(ground: Ground) -> Floats:
    """Return for each sentence the weighted share of the question's words that it holds."""
    weights = {stem: 0.5 + rarity(stem) for stem in ground.asked}
    total = sum(weights.values()) or 1.0
    return np.array([sum(weights[stem] for stem in weights.keys() & item.stems) / total for item in ground.sentences])


def type_fits(question: str, ground: Ground) -> Floats:
    """Return for each sentence 1 if it holds what the question asks for (a date, number or name), -1 if not, else 0."""
    wanted = next((held for asked, held in _ASKS if asked.search(question)), None)
    if wanted is None:
        return np.zeros(len(ground.sentences))
    return np.array([1.0 if wanted.search(item.text) else -1.0 for item in ground.sentences])


def _cosines(question: str, ground: Ground, embed: UnitEmbedder | None) -> Floats | None:
    if embed is None:
        return None
    vectors = embed([item.text for item in ground.sentences], query=False)
    return np.asarray(vectors @ embed([question], query=True)[0], float)


def _beside_best(likeness: Floats | None, used: Sequence[Used], *, rank: bool) -> tuple[float, ...]:
    if likeness is None:
        return (0.0, 0.0, 0.0, 0.0)
    best = float(likeness.max())
    mine = [max(float(likeness[place]) for place in places) for places, _ in used]
    below = float((likeness < max(mine)).sum()) / max(1, len(likeness) - 1)
    mean = float(np.average(mine, weights=[words for _, words in used]))
    return (max(mine) - best, mean - best, below if rank else 0.0, best)


def _words_beside_best(likeness: Floats, used: Sequence[Used]) -> tuple[float, float, float]:
    margin, mean, _, best = _beside_best(likeness, used, rank=False)
    return margin, mean, best


def _holds(words: Floats, cosines: Floats | None, fits: Floats) -> tuple[float, ...]:
    """Return what tells whether the passages hold an answer at all, whatever was answered."""
    place = int(np.argmax(cosines if cosines is not None else words))
    top = float(cosines.max()) if cosines is not None else 0.0
    return (top, float(words.max()), float(words[place]), float(fits[place]))
