"""Synthetic windows with one thing planted at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from data.records import Context, Fingerprint, Interaction, Score
from drift.settings import DriftSettings
from drift.windows import Window

START = datetime(2026, 3, 1, tzinfo=UTC)
NOW = START + timedelta(days=365)
TOPICS = (
    "refund of a cancelled ferry ticket",
    "luggage allowance on the night train",
    "opening hours of the harbour office",
    "dogs and other pets on board",
)


def build_window(
    name: str = "window",
    n: int = 200,
    *,
    quality: float = 0.8,
    spread: float = 0.15,
    seed: int = 0,
    day: int = 0,
    model: str = "m1",
    topics: tuple[float, ...] = (0.25, 0.25, 0.25, 0.25),
    topic_quality: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0),
    outcome: Callable[[int], str] = lambda number: "answered",
    latency: float = 400.0,
    top_score: float = 0.8,
    source: str = "proxy",
    version: str = "1",
    same_questions: bool = False,
    kind: str = "user",
    answer: Callable[[int], str] | None = None,
    prompt: str = "p1",
) -> Window:
    """Build one window; every keyword plants one property."""
    rng = np.random.default_rng(seed)
    items, scores = [], []
    for number in range(n):
        topic = number % len(TOPICS) if same_questions else int(rng.choice(len(TOPICS), p=topics))
        asked = number if same_questions else int(rng.integers(10**9))
        what = outcome(number)
        text = answer(number) if answer else f"It is written in section {rng.integers(99)} that this holds."
        items.append(
            Interaction(
                id=f"{name}-{number}",
                at=START + timedelta(days=day, minutes=number),
                question=f"What about the {TOPICS[topic]}, case {asked}?",
                answer=None if what == "failed" else text,
                outcome=what,
                kind=kind,
                contexts=(
                    Context(
                        f"c{topic}",
                        f"doc{topic}.md",
                        float(top_score + rng.normal(0, 0.05)),
                        TOPICS[topic],
                        f"h{topic}",
                    ),
                ),
                latency_ms={"total": float(latency * rng.lognormal(0, 0.2))},
                error="boom" if what == "failed" else None,
                fingerprint=Fingerprint(chat_model=model, prompt_version=prompt),
            )
        )
        value = float(np.clip(quality + topic_quality[topic] + rng.normal(0, spread), 0, 1))
        if what == "answered" and source:
            scores.append(Score(f"{name}-{number}", "groundedness", value, source, "", "lexical", version))
    return Window(name, tuple(items), tuple(scores))


@pytest.fixture
def build() -> Callable[..., Window]:
    return build_window


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def settings() -> DriftSettings:
    return DriftSettings(permutations=299)


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    """Keep linear algebra on one thread: the arrays are small, and waiting threads cost more than they bring."""
    with threadpool_limits(1):
        yield
