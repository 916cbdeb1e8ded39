"""Sketches of passages, by which near-duplicates are found without comparing all with all.

The way is MinHash (Broder, "On the resemblance and containment of documents", 1997). Of the set of three-word shingles
of a text, 64 hash functions each keep their smallest value. Two texts agree in a share of these values that estimates
the Jaccard similarity of their sets. Texts that agree in four values of a band are compared exactly (locality-sensitive
hashing).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

SAME = 0.85
"""Least Jaccard similarity of near-duplicates: in a passage of 150 words about four may be replaced."""

_SHINGLE = 3
_HASHES = 64
_PER_BAND = 4
BANDS = _HASHES // _PER_BAND
"""How many buckets a text lies in."""

_WORD = re.compile(r"\w+")
_TITLE_WORD = re.compile(r"[^\W\d_]+")
_DECISIVE = re.compile(
    r"[^\W_]*\d\w*(?:[.,:/-]\d\w*)*"
    r"|\b(?:no|not|never|none|nor|without|except|unless|only|cannot|must|shall|should|may|might|can|could|will|would"
    r"|required|recommended|optional|deprecated|one|two|three|four|five|six|seven|eight|nine|ten|twice|half"
    r"|enabled?|disabled?|true|false|before|after|above|below|more|less|minimum|maximum|least|most"
    r"|не|нет|ни|без|кроме|нельзя|никогда|только|должен|должн[аоы]|обязан\w*|можно|может|следует|запрещ\w*|разреш\w*"
    r"|один|одна|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|до|после|более|менее)\b|n['’]t\b",
    re.IGNORECASE,
)
"""What may not differ however alike the rest is: numbers, negations, obligations, directions."""


def shingles(text: str) -> frozenset[str]:
    """Return the runs of three words of `text`, lower case; a shorter text is one run."""
    words = _WORD.findall(text.casefold())
    return frozenset(" ".join(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard similarity of two sets of shingles."""
    return len(one & other) / len(one | other)


def sketch(text: str, heading: str = "") -> bytes:
    """Return 260 bytes: a checksum of what may not differ, and 64 MinHash values of `text`.

    Of the heading path only the last title counts, without its number: the same words under "Single-factor devices" and
    "Multi-factor devices" say two things, those under "4.2 Privacy" and "5.1 Privacy" of two versions one.
    """
    title = " ".join(_TITLE_WORD.findall(heading.rpartition(" > ")[2].casefold()))
    decisive = " ".join([*sorted(match.casefold() for match in _DECISIVE.findall(text)), title])
    codes = np.array([zlib.crc32(shingle.encode()) for shingle in shingles(text)], np.uint64)
    values = (codes[:, None] * _FACTORS + _OFFSETS) >> np.uint64(32)
    smallest: bytes = values.min(axis=0).astype("<u4").tobytes()
    return zlib.crc32(decisive.encode()).to_bytes(4, "little") + smallest


def buckets(packed: bytes) -> Iterator[bytes]:
    """Yield the buckets of a sketch; only texts with a bucket in common can be near-duplicates.

    The words that may not differ are part of each bucket, so that a thousand rows which differ in their numbers only do
    not meet. At similarity 0.85 two texts miss each other with probability (1 - 0.85^4)^16 < 1e-5.
    """
    width = 4 * _PER_BAND
    for band, at in enumerate(range(4, len(packed), width)):
        yield bytes([band]) + packed[:4] + packed[at : at + width]


def bucket_codes(sketches: Sequence[bytes]) -> NDArray[np.uint64]:
    """Return a number per sketch and band, shape (sketches, `BANDS`): equal for equal buckets, else hardly ever."""
    values = np.frombuffer(b"".join(sketches), "<u4").reshape(-1, 1 + _HASHES).astype(np.uint64)
    in_bands = values[:, 1:].reshape(-1, BANDS, _PER_BAND) @ _FACTORS[:_PER_BAND]
    codes: NDArray[np.uint64] = in_bands + values[:, :1] * _FACTORS[_PER_BAND]
    return codes


def _constants() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    # Multiply-shift hashing (Dietzfelbinger et al. 1997): odd factors, the upper half of a 64-bit product.
    rng = np.random.default_rng(20)
    factors = rng.integers(0, 2**63, _HASHES, np.uint64) * np.uint64(2) + np.uint64(1)
    return factors, rng.integers(0, 2**63, _HASHES, np.uint64)


_FACTORS, _OFFSETS = _constants()
