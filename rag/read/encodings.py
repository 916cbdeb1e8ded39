"""Old 8-bit encodings: which one a text is in, by the letters it would then hold.

Detectors that learn byte statistics need long texts; a row of a table or a subject is short. Here each encoding in
question decodes the text, and the result is weighed: letters by how common they are in the language, and against it
signs inside words and capitals after small letters. The best one is taken where it is good, else none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

_SAMPLE = 20_000
_GOOD = 0.45
_FEW = 0.3
"""Where fewer of the letters lie beyond ASCII, the text is of Latin letters with accents."""

_HALF = 0.5

_RUSSIAN = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_GREEK = "αοιετσνηυρπκμλςωγθδχβφξζψάέήίόύώ"
_SIGN_IN_WORD = re.compile(r"[^\W\d_][¹³¿¾¼¢£¤¥¦¬±¶·»«]|(?<!\w)[¹³¿¾£¥¦¬±¶][^\W\d_]")
_CAPITAL_INSIDE = re.compile(r"[a-zа-яёα-ω][A-ZА-ЯЁΑ-Ω]")
_NO_TEXT = re.compile(r"[\u2500-\u259f\ue000-\uf8ff\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class GuessedText:
    """A decoded text, and the encoding it was guessed to be in."""

    text: str
    encoding: str


def guess_text(data: bytes) -> GuessedText | None:
    """Return `data` decoded as the encoding it most likely is in; None where none is likely."""
    sample = data[:_SAMPLE]
    beyond = sum(byte >= 0x80 for byte in sample)
    plain = sum(byte < 0x80 and chr(byte).isalpha() for byte in sample)
    if beyond < _FEW * (beyond + plain):
        return _decoded(data, _latin(sample))
    weighed = [(weigh(text), name) for name, weigh in _CANDIDATES if (text := _sample_text(sample, name)) is not None]
    score, name = max(reversed(weighed), key=itemgetter(0), default=(0.0, ""))
    if score >= _GOOD:
        return _decoded(data, name)
    return _decoded(data, _latin(sample)) if beyond < _HALF * (beyond + plain) else None


def _decoded(data: bytes, name: str) -> GuessedText | None:
    try:
        return GuessedText(data.decode(name), name)
    except UnicodeDecodeError:
        return None


def _sample_text(sample: bytes, name: str) -> str | None:
    """Return the sample decoded, but for half a letter at its end; None where it is not in this encoding."""
    for end in range(len(sample), max(0, len(sample) - 4), -1):
        try:
            return sample[:end].decode(name)
        except UnicodeDecodeError:
            if len(sample) < _SAMPLE:
                return None
    return None


def _latin(sample: bytes) -> str:
    """Tell Western from Central European: read as the wrong one, words hold signs."""
    western = _sample_text(sample, "cp1252")
    central = _sample_text(sample, "cp1250")
    if western is None:
        return "cp1250" if central is not None else "latin-1"
    doubtful = len(_SIGN_IN_WORD.findall(western))
    return "cp1250" if central is not None and doubtful > len(_SIGN_IN_WORD.findall(central)) else "cp1252"


def _alphabet(letters: str) -> Callable[[str], float]:
    worth = {letter: 1 - place / len(letters) / 1.5 for place, letter in enumerate(letters)}

    def weigh(text: str) -> float:
        beyond = [sign for sign in text if sign > "\x7f"]
        good = sum(worth.get(sign.lower(), -0.5) for sign in beyond)
        bad = len(_CAPITAL_INSIDE.findall(text)) + 2 * len(_NO_TEXT.findall(text))
        return (good - bad) / max(1, len(beyond))

    return weigh


def _shares(pattern: str, least: float = 0.0, needed: str = "") -> Callable[[str], float]:
    """Weigh by the share of signs beyond ASCII that `pattern` matches; 0 where too few match `needed`."""
    good, must = re.compile(pattern), re.compile(needed)

    def weigh(text: str) -> float:
        beyond = "".join(sign for sign in text if sign > "\x7f")
        if needed and len(must.findall(beyond)) < least * len(beyond):
            return 0.0
        return 0.9 * len(good.findall(beyond)) / max(1, len(beyond))

    return weigh


def _common_han(encoding: str, first: int, last: int) -> Callable[[str], float]:
    """Weigh by the share of Chinese signs that stand in the part of an encoding which holds the common ones."""

    def weigh(text: str) -> float:
        han = [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]
        beyond = sum(sign > "\x7f" for sign in text)
        common = sum(first <= sign.encode(encoding, "replace")[0] <= last for sign in han)
        return 0.9 * common / max(1, beyond)

    return weigh


_CANDIDATES: tuple[tuple[str, Callable[[str], float]], ...] = (
    ("cp1251", _alphabet(_RUSSIAN)),
    ("koi8_r", _alphabet(_RUSSIAN)),
    ("cp866", _alphabet(_RUSSIAN)),
    ("cp1253", _alphabet(_GREEK)),
    ("shift_jis", _shares(r"[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]", 0.25, r"[\u3041-\u30fe]")),
    ("euc_jp", _shares(r"[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]", 0.25, r"[\u3041-\u30fe]")),
    ("gb18030", _common_han("gb2312", 0xB0, 0xD7)),
    ("big5", _common_han("big5", 0xA4, 0xC6)),
    ("euc_kr", _shares(r"[\uac00-\ud7a3\u3000-\u303f]", 0.9, r"[\uac00-\ud7a3]")),
)
