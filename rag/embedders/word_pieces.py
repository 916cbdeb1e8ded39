"""Token ids of a BERT tokenizer with each word tokenised once: texts are cut, counted and embedded, so words recur.

BERT's tokenizer never looks beyond white space: the tokens of a text are those of its words, one after the other. A few
ten thousand words make up a corpus, so most of the work is looking them up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MOST_CHARACTERS = 1 << 20
"""How many characters of words are remembered, in some 30 MB, before remembering begins anew."""
_LONGEST = 64
"""Longer words are not remembered: they do not recur, or are whole sentences of a script without spaces."""
_ID = np.dtype(np.int32)


class WordPieces:
    """Count and list tokens with a tokenizer of the BERT family; may be used by several threads."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        first, last = tokenizer.encode("").ids
        self._first, self._last = (np.array([token], _ID).tobytes() for token in (first, last))
        self._known: dict[str, bytes] = {"": b""}
        self._characters = 0

    def count(self, text: str) -> int:
        """Count the tokens of `text`, the two special ones included."""
        return sum(map(len, self._pieces(text))) // _ID.itemsize + 2

    def ids(self, text: str) -> NDArray[np.int32]:
        """Return the tokens of `text`, the two special ones included."""
        return np.frombuffer(b"".join([self._first, *self._pieces(text), self._last]), _ID)

    def _pieces(self, text: str) -> list[bytes]:
        # Other white space is left to the tokenizer: some of it separates words, some it drops.
        words = text.replace("\n", " ").replace("\t", " ").replace("\r", " ").split(" ")
        known = self._known
        found = [known.get(word) for word in words]
        if None in found:
            made = self._tokenise({word for word, pieces in zip(words, found, strict=True) if pieces is None})
            self._remember(made)
            return [made[word] if pieces is None else pieces for word, pieces in zip(words, found, strict=True)]
        return cast("list[bytes]", found)

    def _tokenise(self, words: set[str]) -> dict[str, bytes]:
        listed = list(words)
        encodings = self._tokenizer.encode_batch_fast(listed, add_special_tokens=False)
        return {word: np.array(made.ids, _ID).tobytes() for word, made in zip(listed, encodings, strict=True)}

    def _remember(self, made: dict[str, bytes]) -> None:
        words = {word: pieces for word, pieces in made.items() if len(word) <= _LONGEST}
        self._characters += sum(map(len, words))
        if self._characters > _MOST_CHARACTERS:
            self._known, self._characters = {"": b""}, 0
        self._known.update(words)
