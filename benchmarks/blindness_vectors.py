"""Vectors of texts, kept on disk between runs: one file, one row a text, written in steps."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
_STEP = 256


class KeptVectors:
    """Embed texts with the shipped model; a text met before costs a look-up."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._rows = sqlite3.connect(file)
        self._rows.execute("create table if not exists vectors (key text primary key, vector blob)")
        self._memory: dict[str, Vectors] = {}
        self._model: Any = None

    def __call__(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """Return unit vectors, one row a text; the shipped model embeds questions and passages alike."""
        keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24] for text in texts]
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._memory}
        for key in list(wanted):
            row = self._rows.execute("select vector from vectors where key = ?", (key,)).fetchone()
            if row:
                self._memory[key] = np.frombuffer(row[0], np.float16).astype(np.float32)
                del wanted[key]
        missing = sorted(wanted, key=lambda key: len(wanted[key]))
        for start in range(0, len(missing), _STEP):
            self._encode({key: wanted[key] for key in missing[start : start + _STEP]})
        return np.stack([self._memory[key] for key in keys]) if keys else np.zeros((0, 384), np.float32)

    def _encode(self, texts: dict[str, str]) -> None:
        if self._model is None:
            from rag.embed import open_embedder

            self._model = open_embedder()
        made = np.asarray(self._model.embed(list(texts.values())), np.float32)
        made /= np.linalg.norm(made, axis=1, keepdims=True) + 1e-9
        for key, vector in zip(texts, made, strict=True):
            self._memory[key] = vector
            blob = (key, vector.astype(np.float16).tobytes())
            self._rows.execute("insert or replace into vectors values (?, ?)", blob)
        self._rows.commit()
