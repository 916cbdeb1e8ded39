"""Halves of characters: programs that cut text by UTF-16 units send an emoji in two, each half a character of its own.

No half can be written as UTF-8. So it breaks files, databases, tokenizers and replies wherever it gets to.
"""

from __future__ import annotations

import re

_HALF = re.compile("[\ud800-\udfff]")
_FIRST = re.compile("[\ud800-\udbff]\\Z")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LOST = "\ufffd"


def whole_characters(text: str) -> str:
    """Return `text` with halves that belong together joined, and each other half replaced by U+FFFD."""
    if text.isascii() or not _HALF.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def storable(text: str) -> str:
    """Return `text` as every database takes it: of whole characters, without NUL."""
    return whole_characters(text).replace("\x00", LOST) if _UNSTORABLE.search(text) else text


class HalfJoiner:
    """Gives the pieces of a text in whole characters; a first half at the end of a piece waits for the next."""

    def __init__(self) -> None:
        self._held = ""

    def add(self, piece: str) -> str:
        """Return what can be told of the text so far beyond what was returned before."""
        if not piece:
            return ""
        piece, self._held = self._held + piece, ""
        if _FIRST.search(piece):
            piece, self._held = piece[:-1], piece[-1]
        return whole_characters(piece)

    def end(self) -> str:
        """Return what stands for the half that still waits."""
        held, self._held = self._held, ""
        return LOST if held else ""
