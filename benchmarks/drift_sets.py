"""Windows drawn from public data sets with labels of others: real silent drifts, and changes that must not alert."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.drift_ragtruth import LARGE
from data.records import Context, Fingerprint, Interaction, Score, content_hash
from drift.windows import Window
from eval.errors import UnscorableAnswer
from eval.quality.groundedness import GroundednessProxy

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=300)
Windows = Callable[[np.random.Generator], tuple[Window, Window]]


def rows_of(name: str) -> list[dict[str, Any]]:
    """Read one data set."""
    with gzip.open(SHARED / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def record(key: str, question: str, answer: str, minute: float, **more: Any) -> Interaction:
    """Make an interaction at so many minutes after the start."""
    return Interaction(key, START + timedelta(minutes=minute), question, answer, **more)


def label(key: str, value: float | None, metric: str = "correct", source: str = "reference") -> Score:
    """Make a score."""
    return Score(key, metric, value, source, "" if value is not None else "abstention", "benchmark", "1")  # type: ignore[arg-type]


def window(name: str, pairs: Sequence[tuple[Interaction, float | None]], metric: str, source: str) -> Window:
    """Make a window of interactions with one score each."""
    return Window(name, tuple(item for item, _ in pairs), tuple(label(i.id, v, metric, source) for i, v in pairs))


def llmdrift(before: str, after: str, n: int, same: bool) -> Windows:
    """Draw canaries "is N prime?" for two versions of a model, with the right answer known."""
    rows = rows_of("llmdrift/prime_full.jsonl.gz")
    by_model = {model: {row["id"]: row for row in rows if row["model"].endswith(model)} for model in (before, after)}

    def made(row: dict[str, Any], minute: float, name: str) -> tuple[Interaction, float]:
        right = ("[Yes]" in row["answer"]) == (row["ref_answer"] == "yes") and "[" in row["answer"]
        latency = {"total": 1000 * float(row["latency"])}
        key = f"{name}{row['id']}"
        return record(key, row["query"], row["answer"], minute, kind="canary", latency_ms=latency), float(right)

    def draw(rng: np.random.Generator) -> tuple[Window, Window]:
        ids = rng.permutation(sorted(by_model[before].keys() & by_model[after].keys()))
        left, right = ids[:n], ids[:n] if same else ids[n : 2 * n]
        pairs = [made(by_model[before][key], i, "a") for i, key in enumerate(left)]
        later = [made(by_model[after][key], 1e5 + i, "b") for i, key in enumerate(right)]
        return window("before", pairs, "correct", "reference"), window("after", later, "correct", "reference")

    return draw


def squad(before: str, after: str, n: int, mix: bool = False) -> Windows:
    """Draw SQuAD questions answered by one of three models; `mix` asks the current window about other articles."""
    rows = rows_of("squad2_dev/questions.jsonl.gz")
    paragraphs = {row["para_id"]: row["text"] for row in rows_of("squad2_dev/paragraphs.jsonl.gz")}
    names = {name.split(" ")[0]: name for name in rows[0]["predictions"]}

    def right(row: dict[str, Any], model: str) -> float:
        said = row["predictions"][names[model]].strip().lower()
        return float(said in {answer.lower() for answer in row["answers"]} if row["answers"] else not said)

    articles = sorted({row["article"] for row in rows})
    level = {a: np.mean([right(r, before) for r in rows if r["article"] == a]) for a in articles}
    easy = set(sorted(articles, key=lambda article: -level[article])[: len(articles) // 2])

    def made(row: dict[str, Any], minute: float, model: str, name: str) -> tuple[Interaction, float]:
        said = row["predictions"][names[model]]
        context = Context(
            row["para_id"], row["article"], None, paragraphs[row["para_id"]], content_hash(row["para_id"])
        )
        item = record(name + row["id"], row["question"], said, minute, contexts=(context,))
        return replace(item, outcome="answered" if said else "abstained"), right(row, model)

    def draw(rng: np.random.Generator) -> tuple[Window, Window]:
        order = [rows[place] for place in rng.permutation(len(rows))]
        hard_share = (0.2, 0.8) if mix else (0.5, 0.5)
        sides = []
        for share in hard_share:
            hard = int(round(share * n))
            chosen = [r for r in order if r["article"] not in easy][:hard] + [r for r in order if r["article"] in easy][
                : n - hard
            ]
            taken = {row["id"] for row in chosen}
            order = [row for row in order if row["id"] not in taken]
            sides.append([chosen[place] for place in rng.permutation(len(chosen))])
        left = [made(row, i, before, "a") for i, row in enumerate(sides[0])]
        later = [made(row, 1e5 + i, after, "b") for i, row in enumerate(sides[1])]
        return window("before", left, "correct", "reference"), window("after", later, "correct", "reference")

    return draw


def realtimeqa(system: str, early: tuple[str, str], late: tuple[str, str], n: int) -> Windows:
    """Draw news questions of two periods put to one fixed pipeline."""
    rows = [row for row in rows_of("realtimeqa/questions.jsonl.gz") if system in row["predictions"]]
    rows.sort(key=lambda row: row["date"].replace("-", "/"))

    def made(row: dict[str, Any], name: str) -> tuple[Interaction, float]:
        docs = (row["retrieved"] or {}).get("docs") or []
        contexts = tuple(
            Context(content_hash(d["text"]), d["url"], None, f"{d['title']}\n{d['text']}", content_hash(d["text"]))
            for d in docs
        )
        at = datetime.strptime(row["date"].replace("-", "/"), "%Y/%m/%d").replace(tzinfo=UTC)
        answer = str(row["predictions"].get(f"{system}_gen") or row["choices"][int(row["predictions"][system][0])])
        item = Interaction(name + row["question_id"], at, row["question"], answer or "-", contexts=contexts)
        return item, float(row["predictions"][system] == row["answer"])

    def draw(rng: np.random.Generator) -> tuple[Window, Window]:
        sides: list[Window] = []
        order = [rows[place] for place in rng.permutation(len(rows))]
        for name, (since, until) in (("a", early), ("b", late)):
            chosen = [row for row in order if since <= row["date"].replace("-", "/") < until][:n]
            taken = {row["question_id"] for row in chosen}
            order = [row for row in order if row["question_id"] not in taken]
            sides.append(window(name, [made(row, name) for row in chosen], "correct", "reference"))
        return sides[0], sides[1]

    return draw


def financebench(before: str, after: str, n: int, same: bool = True, recorded: str = "") -> Windows:
    """Draw the `same` questions, or different ones, put to two configurations, with human labels; refusals abstain.

    `recorded` is the part of the fingerprint that a log would have held the configuration in; without it nothing is
    known but questions and answers.
    """
    rows = rows_of("financebench/model_answers.jsonl.gz")
    by_config = {c: {row["financebench_id"]: row for row in rows if row["config"] == c} for c in (before, after)}

    def made(row: dict[str, Any], minute: float, name: str) -> tuple[Interaction, float]:
        item = record(name + row["financebench_id"], row["question"], row["model_answer"] or "-", minute)
        refused = row["label"] == "Refusal"
        known_by = Fingerprint(**{recorded: row["config"]}) if recorded else item.fingerprint
        item = replace(item, outcome="abstained" if refused else "answered", fingerprint=known_by)
        return item, float(row["label"] == "Correct Answer")

    def draw(rng: np.random.Generator) -> tuple[Window, Window]:
        ids = rng.permutation(sorted(by_config[before]))
        left = [made(by_config[before][key], i, "a") for i, key in enumerate(ids[:n])]
        asked = ids[:n] if same else ids[n : 2 * n]
        later = [made(by_config[after][key], 1e5 + i, "b") for i, key in enumerate(asked)]
        return window("before", left, "correct", "human"), window("after", later, "correct", "human")

    return draw


STYLES: dict[str, Callable[[str], str]] = {
    "markdown": lambda text: (
        "## Answer\n\n" + "\n".join(f"- **{line.strip()}**" for line in text.split(". ") if line.strip())
    ),
    "polite frame": lambda text: (
        f"Great question! Here is what I found.\n\n{text}\n\nI hope this helps. Let me know if you need more."
    ),
    "shorter": lambda text: ". ".join(text.split(". ")[: max(1, len(text.split(". ")) // 2)]) + ".",
}


def styled(style: str, n: int) -> Windows:
    """Draw RAGTruth answers of one model and write those of the current window in another style."""
    rows = [row for row in rows_of("ragtruth_qa/answers.jsonl.gz") if row["model"] == LARGE]
    proxy = GroundednessProxy.load()

    def made(row: dict[str, Any], minute: float, text: str) -> tuple[Interaction, float | None]:
        contexts = tuple(Context(content_hash(p), content_hash(p), None, p, content_hash(p)) for p in row["passages"])
        try:
            value: float | None = proxy.score(row["question"], text, row["passages"])
        except UnscorableAnswer:
            value = None
        return record(row["response_id"], row["question"], text, minute, contexts=contexts), value

    def draw(rng: np.random.Generator) -> tuple[Window, Window]:
        order = [rows[place] for place in rng.permutation(len(rows))]
        left = [made(row, i, row["response"]) for i, row in enumerate(order[:n])]
        later = [made(row, 1e5 + i, STYLES[style](row["response"])) for i, row in enumerate(order[n : 2 * n])]
        return window("before", left, "groundedness", "proxy"), window("after", later, "groundedness", "proxy")

    return draw


def judge_change(n: int, shift: float) -> Windows:
    """Draw two windows of one system with 30 anchors scored in both, where the judge became stricter in between."""

    def draw(rng: np.random.Generator) -> tuple[Window, Window]:
        anchors = rng.beta(6, 2, 30)
        sides = []
        for name, strict in (("a", 0.0), ("b", shift)):
            minute = 0.0 if name == "a" else 1e5
            pairs = [
                (
                    record(
                        f"{name}{i}", f"question {rng.integers(10**9)}", f"answer {rng.integers(10**9)}.", minute + i
                    ),
                    v - strict,
                )
                for i, v in enumerate(rng.beta(6, 2, n))
            ]
            pairs += [
                (record(f"{name}anchor{i}", f"anchor {i}", f"anchored {i}.", minute + n + i, kind="replay"), v - strict)
                for i, v in enumerate(anchors + rng.normal(0, 0.03, 30))
            ]
            sides.append(window(name, [(item, float(np.clip(v, 0, 1))) for item, v in pairs], "faithfulness", "judge"))
        return sides[0], sides[1]

    return draw
