"""Retrieval, generation or neither? First causes on synthetic logs whose truth is known, fresh for every trial.

An answer is right with a chance that depends on whether its passages hold it. That is hidden; the log shows how many of
the question's words the passages hold, which goes with it only loosely. Planted are: fewer passages that hold the
answer, seen by that signal or not; a generator that does less with the same passages, whose answers look different or
not; both at once; passages known to both windows; a generation loss while everyone asks the same again. Only what the
log can show may be named: where it shows nothing, "unknown" is right. False names are retrieval without a loss of
retrieval, and generation without a loss of generation.

Run from the checkout: ``python -m benchmarks.drift_attribution [--trials 30] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.rates import interval
from data.records import Context, Interaction, Score
from drift.comparison import compare
from drift.settings import DriftSettings
from drift.windows import Window

START = datetime(2026, 1, 1, tzinfo=UTC)
SIZES = ((400, 60), (250, 250))
PAGES = ("silent_drift", "ops_incident_and_drift")
WORDS = [a + b + c for a in ("ba", "ke", "lo", "mi", "su", "tor") for b in ("na", "ri", "vel") for c in ("dor", "min")]


@dataclass(frozen=True, slots=True)
class System:
    """Chance that passages hold the answer, of a right answer with and without, and what the log shows of it.

    `seen` is how many more of the question's words are in passages that hold the answer; `shared` passages come from a
    pool of that many texts, 0 for texts seen once; `wordy` multiplies the length of answers.
    """

    found: float = 0.7
    right: tuple[float, float] = (0.95, 0.35)
    seen: float = 0.3
    shared: int = 0
    wordy: float = 1.0
    again: bool = False


@dataclass(frozen=True, slots=True)
class Planted:
    """What changes between two systems, and the names that are right."""

    name: str
    before: System
    after: System
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """First causes of the alerts of one planted change, and the 95 % interval of the share that is right."""

    planted: str
    sizes: tuple[int, int]
    trials: int
    paged: int
    right: int
    low: float
    high: float
    causes: dict[str, int]


HIDDEN = System(seen=0.0)
POOL = System(shared=40)
AGAIN = System(again=True)
WORSE = (0.65, 0.15)
PLANTED = (
    Planted("retrieval, seen", System(), System(found=0.25), ("retrieval",)),
    Planted("retrieval, hidden", HIDDEN, System(found=0.2, seen=0.0), ("unknown",)),
    Planted("generation, looks the same", System(), System(right=WORSE), ("unknown",)),
    Planted("generation, other answers", System(), System(right=WORSE, wordy=2.0), ("generation",)),
    Planted("generation, passages known", POOL, System(right=WORSE, shared=40), ("generation",)),
    Planted("generation, asked again", AGAIN, System(right=WORSE, again=True), ("generation", "model_change")),
    Planted(
        "both, asked again",
        AGAIN,
        System(found=0.35, right=(0.75, 0.2), again=True),
        ("generation", "model_change", "retrieval"),
    ),
)


def window(name: str, system: System, n: int, day: int, rng: np.random.Generator) -> Window:
    """Draw a window of `n` answers. What is asked again finds the same passages unless the system finds less."""
    fixed = np.random.default_rng(1)
    items, scores = [], []
    for place in range(n):
        source = fixed if system.again else rng
        asked = source.choice(WORDS, 12, replace=False)
        chance, text = float(source.random()), int(source.integers(10**9))
        held = chance < system.found
        known = int(round(12 * float(np.clip(0.55 + system.seen * (held - 0.5) + rng.normal(0, 0.12), 0.05, 1))))
        if system.again:
            known = 9 if held else 4
        number = text % system.shared if system.shared else text
        body = " ".join([*asked[:known], f"passage {number} {'holds' if held else 'misses'} it"])
        key = f"{number}-{held}" if system.shared else f"{text}-{held}"
        answer = " ".join(rng.choice(WORDS, int(system.wordy * rng.integers(8, 16))))
        item = Interaction(
            f"{name}{place}",
            START + timedelta(days=day, minutes=place),
            f"Is {' '.join(asked)} number {text}?",
            answer,
            contexts=(Context(key, f"{key}.md", None, body, key),),
        )
        items.append(item)
        right = float(rng.random() < system.right[0 if held else 1])
        scores.append(Score(item.id, "correct", right, "reference", "", "benchmark", "1"))
    return Window(name, tuple(items), tuple(scores))


def measure(planted: Planted, sizes: tuple[int, int], trials: int) -> Line:
    """Draw both windows anew in every trial."""
    causes = Counter[str]()
    for trial in range(trials):
        rng = np.random.default_rng([trial, *sizes])
        left = window("a", planted.before, sizes[0], 0, rng)
        right = window("b", planted.after, sizes[1], 60, rng)
        report = compare(left, right, DriftSettings(permutations=199), START + timedelta(days=99))
        if report.verdict in PAGES:
            causes[report.causes[0].cause if report.causes else "none"] += 1
    paged = sum(causes.values())
    hits = sum(causes[name] for name in planted.right)
    low, high = interval(hits, paged) if paged else (0.0, 1.0)
    return Line(planted.name, sizes, trials, paged, hits, low, high, dict(causes))


def main() -> int:
    """Print one line for each planted change and pair of sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    lines = []
    with threadpool_limits(1):
        for planted in PLANTED:
            for sizes in SIZES:
                line = measure(planted, sizes, arguments.trials)
                lines.append(asdict(line))
                of = f"right {line.right}/{line.paged} [{line.low:.2f}, {line.high:.2f}] of {line.trials} trials"
                print(f"{line.planted:<28} {sizes[0]} vs {sizes[1]}: {of}  {line.causes}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
