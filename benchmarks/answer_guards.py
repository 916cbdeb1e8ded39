"""The guards against altered numbers, names and unsupported sentences, on RAGTruth's answers with human labels."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

import numpy as np

from benchmarks.answer_sets import rows
from data.text.figures import find_figures, unmatched_figures
from data.text.names import unmatched_names
from data.text.sentences import sentence_spans
from data.text.stems import terms
from rag.answer.location import OVERLAP, locate

_NUMBERING = re.compile(r"\A\W*\d{1,2}[.)]\s|\bpassages?\s+\d+(?:\s*(?:,|and|&|to|-)\s*\d+)*", re.IGNORECASE)


def measure_guards(most: int) -> dict[str, Any]:
    """Measure the guards per sentence, and the number guard per human label.

    "Bad" sentences overlap a label of any kind. A label "with wrong figures" marks a conflict and holds a figure.
    """
    answers = list(rows("ragtruth_qa/answers.jsonl.gz"))
    order = np.random.default_rng(0).permutation(len(answers))[:most]
    bad: list[bool] = []
    signs: dict[str, list[bool]] = defaultdict(list)
    labels: Counter[str] = Counter()
    for answer in (answers[i] for i in order):
        sources = [answer["question"], *answer["passages"]]
        labels.update(_labels(answer, sources))
        for start, end in sentence_spans(answer["response"]):
            sentence = answer["response"][start:end]
            if len(terms(sentence)) < 3:
                continue
            bad.append(any(label["start"] < end and label["end"] > start for label in answer["labels"]))
            located = [locate(sentence, passage) for passage in answer["passages"]]
            signs["unsupported"].append(max((item.share for item in located if item), default=0.0) < OVERLAP)
            signs["number"].append(bool(unmatched_figures(sentence, sources)))
            signs["name"].append(bool(unmatched_names(sentence, sources)))
            signs["has_figures"].append(bool(find_figures(sentence)))
    return _rates(np.array(bad), {name: np.array(flags) for name, flags in signs.items()}) | dict(labels)


def _labels(answer: dict[str, Any], sources: list[str]) -> Counter[str]:
    """Count labels that hold a figure, and those in which the guard finds one that no source has.

    Numbers of passages and of list items are no figures: many labels complain that the wrong passage is named.
    """
    found: Counter[str] = Counter()
    for label in answer["labels"]:
        text = _NUMBERING.sub(" ", answer["response"][label["start"] : label["end"]])
        kind = "conflict" if "Conflict" in label["label_type"] else "baseless"
        if find_figures(text):
            found[f"{kind}_labels_with_figures"] += 1
            found[f"{kind}_labels_flagged"] += bool(unmatched_figures(text, sources))
    return found


def _rates(bad: np.ndarray, signs: dict[str, np.ndarray]) -> dict[str, Any]:
    result: dict[str, Any] = {"sentences": len(bad), "bad": round(float(np.mean(bad)), 4)}
    for name in ("unsupported", "number", "name"):
        result[f"{name}_flags_of_clean"] = round(float(signs[name][~bad].mean()), 4)
        result[f"{name}_flags_of_bad"] = round(float(signs[name][bad].mean()), 4)
    figured = signs["has_figures"]
    result["number_flags_of_clean_with_figures"] = round(float(signs["number"][~bad & figured].mean()), 4)
    result["number_flags_of_bad_with_figures"] = round(float(signs["number"][bad & figured].mean()), 4)
    return result
