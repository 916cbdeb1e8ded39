"""One day of traffic as numbers that add up: windows of any length are compared without reading a text again.

A sketch holds counts, sums and histograms only, and `merged` adds sketches. The sketches of two halves of a day,
merged, are the sketch of the day. Numbers are kept as in DDSketch (Masson, Rim and Lee 2019): geometric bins, so that
every quantile is within `ACCURACY` (1 %) of its value. Scores of quality are kept in 200 equal bins (within 0.005).
Vectors are kept as sums of the vectors and of random Fourier features (Rahimi and Recht 2007). The squared mean
difference of the features is the MMD of the windows.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction, Score
from data.scales import rescaled
from drift.signals import CATEGORIES, SIGNALS, UNKNOWN, FrozenTopics
from drift.windows import speaking

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

ACCURACY = 0.01
_LOG_BASE = float(np.log((1 + ACCURACY) / (1 - ACCURACY)))
_ZERO = -(10**6)
_SCORE_BINS = 200
_FEATURES = 256


@dataclass(slots=True)
class Histogram:
    """Count, sum and sum of squares of a number, and how many fell into each geometric bin."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0
    bins: Counter[int] = field(default_factory=Counter)

    def add(self, values: Array) -> None:
        """Take in numbers that are not negative."""
        self.count += values.size
        self.total += float(values.sum())
        self.squares += float(values @ values)
        tiny = values <= 1e-9
        places = np.where(tiny, _ZERO, np.ceil(np.log(np.where(tiny, 1.0, values)) / _LOG_BASE)).astype(int)
        self.bins.update(dict(zip(*(side.tolist() for side in np.unique(places, return_counts=True)), strict=True)))

    def merge(self, other: Histogram) -> None:
        """Add what another histogram holds."""
        self.count, self.total = self.count + other.count, self.total + other.total
        self.squares += other.squares
        self.bins.update(other.bins)

    @property
    def mean(self) -> float:
        """Mean of all numbers; NaN of none."""
        return self.total / self.count if self.count else float("nan")

    @property
    def variance(self) -> float:
        """Unbiased variance of all numbers; 0 of fewer than two."""
        return max(self.squares - self.count * self.mean**2, 0.0) / (self.count - 1) if self.count > 1 else 0.0

    def quantile(self, q: float) -> float | None:
        """Return the quantile q in [0, 1], within `ACCURACY` of it; None of nothing."""
        seen, rank = 0, q * (self.count - 1)
        for place in sorted(self.bins):
            seen += self.bins[place]
            if seen > rank:
                return 0.0 if place == _ZERO else float(2 * np.exp(place * _LOG_BASE) / (1 + np.exp(_LOG_BASE)))
        return None

    def above(self, limit: float) -> int:
        """Count numbers beyond `limit`, as far as bins can tell."""
        return sum(count for place, count in self.bins.items() if place != _ZERO and place * _LOG_BASE > np.log(limit))


@dataclass(slots=True)
class Sketch:
    """What is kept of some traffic.

    `topics` counts questions by topic (the last place: unlike all of the baseline). `scores` maps
    "metric|source|version" to an array of (topic, count · sum · sum of squares), `score_bins` to equal bins over
    [0, 1]. `vectors` maps "question" and "answer" to (records, sum of the vectors and of their Fourier features).
    """

    records: int
    topics: Array
    numbers: dict[str, Histogram] = field(default_factory=dict)
    names: dict[str, Counter[str]] = field(default_factory=dict)
    scores: dict[str, Array] = field(default_factory=dict)
    score_bins: dict[str, Array] = field(default_factory=dict)
    unscored: Counter[str] = field(default_factory=Counter)
    vectors: dict[str, tuple[int, Array]] = field(default_factory=dict)


def sketch(items: Sequence[Interaction], scores: Iterable[Score], topics: FrozenTopics, bandwidth: float) -> Sketch:
    """Sketch users' records; `bandwidth` is the distance at which the Gaussian kernel of the features falls to 1/√e."""
    place = topics.assign(items)
    place = np.where(place == UNKNOWN, len(topics.names), place)
    made = Sketch(len(items), np.bincount(place, minlength=len(topics.names) + 1).astype(float))
    for name, (_, signal) in SIGNALS.items():
        values = np.array([v for item in items if (v := signal(item)) is not None and np.isfinite(v) and v >= 0])
        if values.size:
            made.numbers.setdefault(name, Histogram()).add(values.astype(np.float64))
    for name, (_, category) in CATEGORIES.items():
        made.names[name] = Counter(value for item in items if (value := category(item)))
    _add_scores(made, items, scores, place)
    for name in ("question", "answer"):
        _add_vectors(made, name, items, topics.embedder, bandwidth)
    return made


def merged(sketches: Sequence[Sketch]) -> Sketch:
    """Add sketches of one baseline up; of none, an empty one."""
    width = sketches[0].topics.size if sketches else 1
    found = Sketch(0, np.zeros(width))
    for part in sketches:
        found.records += part.records
        found.topics = found.topics + part.topics
        for name, histogram in part.numbers.items():
            found.numbers.setdefault(name, Histogram()).merge(histogram)
        for name, counts in part.names.items():
            found.names.setdefault(name, Counter()).update(counts)
        for kept, fresh in ((found.scores, part.scores), (found.score_bins, part.score_bins)):
            for name, array in fresh.items():
                kept[name] = kept[name] + array if name in kept else array
        found.unscored.update(part.unscored)
        for name, (count, sums) in part.vectors.items():
            before = found.vectors.get(name)
            found.vectors[name] = (before[0] + count, before[1] + sums) if before else (count, sums)
    return found


def _add_scores(made: Sketch, items: Sequence[Interaction], scores: Iterable[Score], place: Ints) -> None:
    row = {item.id: number for number, item in enumerate(items)}
    kinds: dict[str, list[tuple[int, float]]] = {}
    for score in rescaled((tuple(speaking(scores)),), guess=False).sides[0]:
        number = row.get(score.interaction_id)
        if number is None or items[number].outcome == "failed":
            continue
        name = f"{score.metric}|{score.source}|{score.scorer_version}"
        usable = score.source != "proxy" or items[number].outcome == "answered"
        if score.value is None or not 0.0 <= score.value <= 1.0:
            made.unscored[name] += int(usable)
        elif usable:
            kinds.setdefault(name, []).append((int(place[number]), score.value))
    for name, pairs in kinds.items():
        where, values = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
        size = made.topics.size
        parts = [
            np.bincount(where, weights=weight, minlength=size) for weight in (np.ones(len(pairs)), values, values**2)
        ]
        made.scores[name] = np.stack(parts, axis=1).astype(np.float64)
        bins = np.minimum((values * _SCORE_BINS).astype(int), _SCORE_BINS - 1)
        made.score_bins[name] = np.bincount(bins, minlength=_SCORE_BINS).astype(np.float64)


def _add_vectors(made: Sketch, name: str, items: Sequence[Interaction], embedder: str, bandwidth: float) -> None:
    raw = [getattr(item, f"{name}_vector") for item in items if embedder and item.fingerprint.embedder == embedder]
    raw = [vector for vector in raw if vector and len(vector) == len(raw[0] or b"")]
    if not raw:
        return
    rows = np.frombuffer(b"".join(raw), "<f2").astype(np.float32).reshape(len(raw), -1)
    rows = rows[np.isfinite(rows).all(axis=1)]
    sums = np.concatenate([rows.sum(axis=0, dtype=np.float64), fourier(rows, bandwidth).sum(axis=0, dtype=np.float64)])
    made.vectors[name] = (len(rows), sums)


def fourier(rows: NDArray[np.float32], bandwidth: float) -> NDArray[np.float32]:
    """Return 256 random Fourier features of each row; the same ones always, for a width and a bandwidth."""
    drawn = np.random.default_rng(0).standard_normal((rows.shape[1], _FEATURES // 2)).astype(np.float32)
    angles = rows @ (drawn / np.float32(bandwidth))
    features: NDArray[np.float32] = np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
    return (features / np.float32(np.sqrt(_FEATURES // 2))).astype(np.float32)


def to_bytes(found: Sketch) -> bytes:
    """Pack a sketch, a few kilobytes a day."""
    plain = {
        "records": found.records,
        "numbers": {k: [h.count, h.total, h.squares, list(h.bins.items())] for k, h in found.numbers.items()},
        "names": found.names,
        "unscored": found.unscored,
        "vectors": {name: count for name, (count, _) in found.vectors.items()},
    }
    arrays = {"topics": found.topics}
    arrays |= {f"scores:{name}": array for name, array in found.scores.items()}
    arrays |= {f"bins:{name}": array for name, array in found.score_bins.items()}
    arrays |= {f"vectors:{name}": sums for name, (_, sums) in found.vectors.items()}
    return pack(plain, arrays)


def from_bytes(body: bytes) -> Sketch:
    """Unpack what `to_bytes` packed."""
    plain, arrays = unpack(body)
    numbers = {k: Histogram(v[0], v[1], v[2], Counter(dict(map(tuple, v[3])))) for k, v in plain["numbers"].items()}
    return Sketch(
        records=plain["records"],
        topics=arrays["topics"],
        numbers=numbers,
        names={name: Counter(counts) for name, counts in plain["names"].items()},
        scores=_part(arrays, "scores:"),
        score_bins=_part(arrays, "bins:"),
        unscored=Counter(plain["unscored"]),
        vectors={name: (plain["vectors"][name], sums) for name, sums in _part(arrays, "vectors:").items()},
    )


def _part(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def pack(plain: Mapping[str, object], arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Pack plain values and arrays into one compressed block."""
    names = {f"a{number}": name for number, name in enumerate(arrays)}
    text = np.frombuffer(json.dumps([plain, names], ensure_ascii=False).encode(), np.uint8)
    buffer = io.BytesIO()
    blocks = {key: arrays[name] for key, name in names.items()}
    np.savez_compressed(buffer, allow_pickle=False, text=text, **blocks)
    return buffer.getvalue()


def unpack(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what `pack` packed."""
    with np.load(io.BytesIO(body), allow_pickle=False) as blocks:
        plain, names = json.loads(blocks["text"].tobytes().decode())
        return plain, {name: blocks[key] for key, name in names.items()}


def carried(kept: Sketch, fresh: Sketch, late: Sketch) -> Sketch:
    """Return the sketch of a day from the one made before its texts went and the one made of what is left.

    Of texts and vectors `kept` knows, and `late`, the records that came since with their texts; outcomes, fingerprints
    and scores are in the log still, so `fresh` knows them best. Where questions can no longer be put to a topic, late
    scores are spread over the topics as the day's questions were.
    """
    whole = merged([kept, late])
    topics = whole.topics.copy()
    topics[-1] += max(fresh.records - whole.records, 0)
    if np.array_equal(fresh.topics, topics):
        scores = fresh.scores
    else:
        share = topics / max(float(topics.sum()), 1.0)
        scores = {name: _spread(kept.scores.get(name), array, share) for name, array in fresh.scores.items()}
    return replace(fresh, topics=topics, numbers=whole.numbers, vectors=whole.vectors, scores=scores)


def _spread(kept: Array | None, fresh: Array, share: Array) -> Array:
    before = np.zeros_like(fresh) if kept is None else kept
    new: Array = before + share[:, None] * (fresh.sum(axis=0) - before.sum(axis=0))[None, :]
    return new
