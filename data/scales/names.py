"""What a metric measures, told by its name.

The table knows the names that ragas, DeepEval, TruLens, Phoenix, Langfuse, Opik, promptfoo, MLflow and people use.
A name is read as words, so "Faithfulness", "ragas.faithfulness_score" and "answerFaithfulness" are one metric. Where
words of two kinds meet, what measures something else than the quality of the answer wins: "JSON correctness" is about
form, "context relevance" about passages, and neither may say that answers are right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Role = Literal["quality", "other", "passages", "safety", "unknown"]
Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class MetricMeaning:
    """What a metric measures, and which way is better; of an unknown one more is taken to be better."""

    role: Role
    direction: Direction = "up"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(part.strip() for pattern in patterns for part in pattern.split(",") if part.strip()))


_OTHER = _any(
    r"concis, brev, brief, verbos, length, word count, \btone\b, tonality, polite, friendl, courte, empath",
    r"styl, fluen, coheren, readab, legib, gramma, spell, languag, format, json, schema, sql, regex, markdown",
    r"structur, citations? count, sentiment, clarity, creativ, engag, humou?r, profession, formal, persona",
    r"voice, natural, novel, divers, emoji, help, latenc, duration, runtime, elapsed, \btime$, speed, cost",
    r"price, token, throughput, cache, retries, steps?$, tool, argument, trajector, role, knowledge retention",
    r"intent, topic, instruction, guideline, complian, brand, greet, refus, abst(ain|ention), declin, confiden",
    r"perplex, entrop, persuas, appropriat, ads?$",
)
_PASSAGES = _any(
    r"(context|contextual|chunks?|passages?|documents?|docs?|retriev\w*|sources?)\b.*"
    r"(precision|recall|relev|irrelev|entit|utili|suffic|qualit|coverage|rank|correct|rate|score|hit|useful)",
    r"(precision|recall|hit|hits|hit rate) (at )?k?\d*$, ndcg, mrr, \bmap\b, retriev, search",
)
_SAFETY = _any(
    "toxic, bias, harm, malic, profan, hate, violen, insult, stereotyp, pii, leak, jailbreak, inject, misogyn",
    "crimin, insensitiv, controvers, safe, risk, abus, obscen, threat, sexual, moderat, fairness, privacy",
    "frustrat, offens, rude, danger",
)
_SAFE = re.compile(r"^(safe|safety|fairness|privacy|moderation passed)$")
_DOWN = _any(
    "halluc, unsupport, unground, unfaith, incorrect, wrong, error, mistake, contradict, fabricat, confabul",
    "irrelevan, inaccura, untruth, unfactual, false, noise sensitivity, misinform, misleading, made up",
    "invent, fail, defect, edit distance, levenshtein, dissatisf, complaint, not found, missing, loss$",
)
_QUALITY = _any(
    "faith, ground, support, correct, accura, factual, truth, relevan, qualit, overall, adheren, attribut",
    "entail, consisten, complete, summar, g eval, geval, task, goal, success, resol, satisf, csat, rating",
    "stars?$, grade, label, verdict, pass, score, thumb, feedback, exact match, ^f1, f1$, bleu, rouge, meteor",
    r"bert ?score, similar, good, right, ragas, useful, agree, match, \bmark$, review, ^g$",
)
_LOUD_DOWN = _any(
    r"latenc, duration, runtime, elapsed, \btime$, cost, price, token, perplex, entrop, verbos, length, refus",
    r"abst",
)
_LONGEST = 200
_NOT = {"not", "non"}
_WITHOUT = _NOT | {"no", "anti", "without", "absence", "lack", "free", "zero", "avoid", "avoids", "less"}
_NEGATED = re.compile(r"harmless|unbiased|nontoxic|debias")
_DRESS = {
    *("score", "scores", "metric", "metrics", "value", "eval", "evals", "evaluation", "evaluator", "mean", "avg"),
    *("average", "ragas", "deepeval", "trulens", "langfuse", "phoenix", "opik", "mlflow", "promptfoo", "judge", "llm"),
    *("by", "as", "a", "the", "of", "is", "has", "v", "gpt", "result", "check", "auto", "automatic"),
}


@lru_cache(maxsize=4096)
def meaning(metric: str) -> MetricMeaning:
    """Return what the table knows of a metric's name."""
    words = _words(metric[:_LONGEST])
    text = " ".join(words)
    turned = bool(_WITHOUT & set(words)) or bool(_NEGATED.search(text))
    if _SAFETY.search(text):
        up = bool(_SAFE.search(text)) or turned
        return MetricMeaning("safety", "up" if up else "down")
    if _PASSAGES.search(text):
        return MetricMeaning("passages", "down" if "irrelev" in text or "noise" in text else "up")
    if _OTHER.search(text):
        return MetricMeaning("other", "down" if _LOUD_DOWN.search(text) and not turned else "up")
    if _DOWN.search(text):
        return MetricMeaning("quality", "up" if turned else "down")
    if _QUALITY.search(text):
        return MetricMeaning("quality", "down" if _NOT & set(words) else "up")
    return MetricMeaning("unknown")


def _words(metric: str) -> list[str]:
    apart = re.sub(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])", " ", metric)
    found = re.findall(r"[^\W_]+", apart.casefold())
    found = [word for word in found if not re.fullmatch(r"v?\d+", word)] or found
    bare = [word for word in found if word not in _DRESS]
    return bare or found
