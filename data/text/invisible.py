"""Characters nobody sees and a tokenizer reads: hidden tags, bidirectional overrides, zero-width and filler signs.

Unicode's tag characters repeat ASCII invisibly, so a whole order fits between two words. Joiners, marks and soft
hyphens have honest uses in many scripts and stay; what has none in running text is taken out of prompts.
"""

from __future__ import annotations

import re

TAGS = re.compile(r"[\U000e0020-\U000e007e]+")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,8}\U000e007f")
"""The flags of Scotland, Wales and others are written with tags."""
_UNSEEN = re.compile(
    "[\u200b\u2060-\u2064\u206a-\u206f\ufeff\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"
    "\u200c\u200d\u200e\u200f\u202a-\u202e\u2066-\u2069\ufe00-\ufe0f\U000e0000-\U000e0fff]"
)
_HARMFUL = re.compile("[\u202d\u202e\u2061-\u2064\u206a-\u206f\U000e0000-\U000e0fff]")
_DENSE = re.compile("[\u200b-\u200d\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]{8,}")
_OVERRIDE = re.compile("[\u202d\u202e]")


def unseen(character: str) -> bool:
    """Tell whether a character shows nothing by itself."""
    return _UNSEEN.match(character) is not None


def has_unseen(text: str) -> bool:
    """Tell whether any character of `text` shows nothing."""
    return not text.isascii() and _UNSEEN.search(text) is not None


def smuggled(text: str) -> list[tuple[int, int]]:
    """Return where `text` holds what only a machine reads: tag writing, overrides, runs of zero-width signs."""
    if text.isascii():
        return []
    flags = [match.span() for match in _FLAG.finditer(text)]
    found = [match.span() for pattern in (TAGS, _DENSE, _OVERRIDE) for match in pattern.finditer(text)]
    return [span for span in found if not any(start <= span[0] < end for start, end in flags)]


def untagged(text: str) -> str:
    """Write tag characters as the ASCII they stand for."""
    return TAGS.sub(lambda match: "".join(chr(ord(sign) - 0xE0000) for sign in match.group()), text)


def without_smuggled(text: str) -> str:
    """Return `text` without characters that have no honest use in running text."""
    return text if text.isascii() else _HARMFUL.sub("", text)
