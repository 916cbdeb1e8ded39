"""Fixed sentences whose vectors are stored with the index: the smallest drift detector there is.

An embedder can change without changing its name: a re-tagged remote model, other quantisation, a lost query prefix,
another model with the same number of dimensions. Vectors made after that do not fit those made before, and search gets
worse without an error. Embedding the same sentences again shows it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.errors import EmbedderMismatch, IndexDamaged
from rag.protocols import Embedder
from rag.store.revision import Revision

LEAST_COSINE = 0.999
_LENGTH_TOLERANCE = 1e-2
CHECK_SENTENCES = (
    "The ferry leaves at six in the morning.",
    "How long must a session be kept alive after authentication?",
    "def retry(call, attempts=3): return call() if attempts else None",
    "Revenue rose by 12.4 % to $3,281 million in fiscal year 2022.",
    "Паром отправляется в шесть часов утра.",
    "Кто отвечает за резервное копирование данных?",
    "El tren sale a las ocho y llega antes del mediodía.",
    "Der Vertrag endet mit Ablauf des Monats.",
    "水温は二十度です。",
    "Error 0x80070005: access is denied.",
    "<table><tr><td>Total</td><td>42</td></tr></table>",
    "A",
    "Approved cryptography shall be used to protect the channel between the verifier and the claimant.",
    "She did not say that he had never been there.",
    "https://example.org/docs/index.html?version=2#install",
    "Boil the water, add the salt, then the pasta, and stir once.",
)


def embed_check_sentences(embedder: Embedder) -> NDArray[np.float32]:
    """Return the vectors of the fixed sentences, one half as documents and the other as queries."""
    half = len(CHECK_SENTENCES) // 2
    return np.concatenate([embedder.embed(CHECK_SENTENCES[:half]), embedder.embed(CHECK_SENTENCES[half:], query=True)])


def same_space(vectors: NDArray[np.float32], stored: NDArray[np.float32]) -> bool:
    """Tell whether two sets of check vectors come from one embedder."""
    return vectors.shape == stored.shape and bool((np.einsum("ij,ij->i", vectors, stored) >= LEAST_COSINE).all())


def check_embedder(embedder: Embedder, revision: Revision) -> None:
    """Compare the embedder with the one that built the index.

    :raises EmbedderMismatch: a sentence's vector has moved: its cosine with the stored one is below 0.999.
    :raises IndexDamaged: the stored vectors are not of unit length, as those of every embedder are.
    """
    _check_lengths(revision)
    vectors = embed_check_sentences(embedder)
    if vectors.shape != revision.check_vectors.shape:
        raise EmbedderMismatch(
            f"Embedder {embedder.id} now makes vectors of {vectors.shape[1]} dimensions, the index holds"
            f" {revision.dimensions}: restore the former model, or run `rag ingest`, which builds the index anew."
        )
    cosines = np.einsum("ij,ij->i", vectors, revision.check_vectors)
    worst = int(cosines.argmin())
    if cosines[worst] < LEAST_COSINE:
        raise EmbedderMismatch(
            f"Embedder {embedder.id} has changed since the index was built: {int((cosines < LEAST_COSINE).sum())} of"
            f" {len(CHECK_SENTENCES)} fixed sentences moved, the furthest to cosine {cosines[worst]:.3f}"
            f" ({CHECK_SENTENCES[worst][:40]!r}): restore the former model, weights and prefixes, or run `rag ingest`,"
            " which builds the index anew."
        )


def _check_lengths(revision: Revision) -> None:
    """Tell overwritten bytes from another embedder, which would be blamed for them and restored in vain."""
    with np.errstate(all="ignore"):  # overwritten bytes may be any float
        lengths = np.linalg.norm(revision.check_vectors.astype(np.float64), axis=1)
    damaged = ~(np.abs(lengths - 1.0) <= _LENGTH_TOLERANCE)
    if damaged.any():
        raise IndexDamaged(
            f"The index's catalogue is damaged: {int(damaged.sum())} of the {len(lengths)} vectors of fixed sentences"
            " that it holds are not of unit length: restore `index.sqlite`, or delete it and ingest again."
        )
