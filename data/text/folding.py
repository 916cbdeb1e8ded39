"""One way to write a text for comparison: letters that look the same or mean the same become the same.

Letters come composed (NFC). Compatibility forms become what they stand for: full-width and half-width signs, ligatures,
presentation forms. Raised and lowered signs and fractions stay, for "10²" is not "102". Signs that only tell where a
word may break, or that show nothing, are left out.
"""

from __future__ import annotations

import re
import unicodedata

MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0903\u093a-\u093c"
    "\u093e-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc\u09be-\u09cd\u09d7\u0a01-\u0a03\u0a3c-\u0a51\u0a70"
    "\u0a71\u0a81-\u0a83\u0abc\u0abe-\u0acd\u0b01-\u0b03\u0b3c\u0b3e-\u0b57\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04"
    "\u0c3c\u0c3e-\u0c56\u0c81-\u0c83\u0cbc\u0cbe-\u0cd6\u0d00-\u0d03\u0d3b\u0d3c\u0d3e-\u0d4d\u0d57\u0d81-\u0d83"
    "\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f71-\u0f84\u102b-\u103e"
    "\u1056-\u1059\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f"
)
"""Signs that belong to the letter before them, as a class of a regular expression; `re` takes none for a letter."""

_NOTHING = dict.fromkeys(
    [0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
    + list(range(0xFE00, 0xFE10)),
    "",
)
_BREAK_MARKS = re.compile("[\u00ad\u200b\u2060]")
_KEPT_FORMS = ("<super>", "<sub>", "<fraction>")


class _Forms(dict[int, str]):
    """What each sign is folded to, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        form = unicodedata.decomposition(sign).partition(" ")[0]
        folds = form.startswith("<") and form not in _KEPT_FORMS
        self[code] = unicodedata.normalize("NFKC", sign) if folds else sign
        return self[code]


_FORMS = _Forms(_NOTHING)


def folded(text: str) -> str:
    """Return `text` as it is compared; places in it are not those of `text`."""
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(_FORMS))


def composed(text: str) -> str:
    """Return `text` with composed letters (NFC), as documents are stored."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def without_break_marks(text: str) -> str:
    """Return `text` without the signs that show nothing and tell where a line may break, or may not."""
    return text if text.isascii() else _BREAK_MARKS.sub("", text)


def without_accents(word: str) -> str:
    """Return a word of Latin letters without their accents: "café" and "cafe" are searched alike."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word)
    bare = "".join(
        sign
        for place, sign in enumerate(apart)
        if not (unicodedata.combining(sign) and place and "a" <= _base(apart, place) <= "z")
    )
    return unicodedata.normalize("NFC", bare)


def _base(apart: str, place: int) -> str:
    """Return the letter that a combining sign stands on."""
    while place and unicodedata.combining(apart[place]):
        place -= 1
    return apart[place]
