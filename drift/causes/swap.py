"""Find out whether another model answers behind the same name: same question, passages and prompt, other answers.

Labels are permuted within each prompt only, so that neither the mix of questions nor retrieval can make the test fire.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.records import Interaction
from drift.quality import Side
from drift.settings import DriftSettings
from drift.signals import hashed_words
from drift.windows import normalised

_CHARACTERS = 300
MIN_PROMPTS = 10


@dataclass(frozen=True, slots=True)
class SwapTest:
    """Evidence that answers to identical prompts come from another distribution, over `prompts` prompts."""

    p_value: float
    prompts: int
    identical_share: float


def swap_tests(reference: Side, current: Side, settings: DriftSettings) -> tuple[SwapTest, ...]:
    """Test what may hold the same prompts in both windows: the canaries, then what people asked.

    For users' prompts the passages must be known, as other passages would be reason enough for other answers.
    """
    pairs = [(reference.window.canaries, current.window.canaries)]
    if reference.items != pairs[0][0] or current.items != pairs[0][1]:  # windows of canaries alone are tested once
        known = [tuple(item for item in side.items if item.contexts) for side in (reference, current)]
        pairs.append((known[0], known[1]))
    made = (swap_test(left, right, settings.permutations, settings.seed) for left, right in pairs)
    return tuple(test for test in made if test is not None)


def swap_test(
    reference: Sequence[Interaction], current: Sequence[Interaction], permutations: int, seed: int
) -> SwapTest | None:
    """Test answers to prompts both windows share; None where fewer than 10 prompts are shared.

    Two statistics, each tested at half the level: the MMD with the Hamming kernel on the first 300 characters (Gao,
    Liang and Guestrin 2024, "Model equality testing", arXiv:2410.20247), which needs repeats of a prompt within a
    window, and the length of the mean difference of word vectors, which sees a common change of wording from one answer
    each.
    """
    left, right = _by_prompt(reference), _by_prompt(current)
    shared = sorted(left.keys() & right.keys())
    if len(shared) < MIN_PROMPTS:
        return None
    groups = [(left[prompt], right[prompt]) for prompt in shared]
    same = float(np.mean([len(set(a) & set(b)) > 0 for a, b in groups]))
    p_values = [_wording_p(groups, permutations, seed)]
    if sum(len(a) > 1 and len(b) > 1 for a, b in groups) >= MIN_PROMPTS:
        p_values.append(_hamming_p(groups, permutations, seed))
    return SwapTest(min(1.0, len(p_values) * min(p_values)), len(shared), same)


def _by_prompt(items: Sequence[Interaction]) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for item in items:
        if item.outcome != "failed" and item.answer:
            passages = sorted(context.text_hash or context.id for context in item.contexts)
            found[normalised(item.question), item.fingerprint.prompt_version, *passages].append(item.answer)
    return found


def _wording_p(groups: list[tuple[list[str], list[str]]], permutations: int, seed: int) -> float:
    texts = [text for sides in groups for side in sides for text in side]
    rows = hashed_words(texts)
    lengths = np.log1p([len(text) for text in texts])
    rows = np.column_stack([rows, (lengths - lengths.mean()) / (lengths.std() or 1.0)])
    differences, start = [], 0
    for a, b in groups:
        middle, end = start + len(a), start + len(a) + len(b)
        differences.append(rows[middle:end].mean(axis=0) - rows[start:middle].mean(axis=0))
        start = end
    matrix = np.array(differences)
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(permutations, len(matrix)))
    seen = float(np.sum(matrix.sum(axis=0) ** 2))
    null = np.sum((signs @ matrix) ** 2, axis=1)
    return float((1 + np.sum(null >= seen - 1e-9)) / (1 + permutations))


def _hamming_p(groups: list[tuple[list[str], list[str]]], permutations: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    total = np.zeros(permutations + 1)
    for a, b in groups:
        if len(a) < 2 or len(b) < 2:
            continue
        kernel = _hamming_kernel([*a, *b])
        signs = np.repeat([1.0 / len(a), -1.0 / len(b)], [len(a), len(b)])
        shuffled = rng.permuted(np.tile(signs, (permutations, 1)), axis=1)
        every = np.vstack([signs, shuffled])
        total += np.einsum("pi,ij,pj->p", every, kernel, every)
    return float(np.mean(total >= total[0] - 1e-12))


def _hamming_kernel(texts: list[str]) -> NDArray[np.float64]:
    padded = np.array([[ord(c) for c in text[:_CHARACTERS].ljust(_CHARACTERS, "\0")] for text in texts])
    kernel: NDArray[np.float64] = np.mean(padded[:, None, :] == padded[None, :, :], axis=2)
    return kernel
