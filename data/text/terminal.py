"""Texts of strangers made fit for a terminal: what steers it, turns text around or shows nothing is written out.

An escape sequence in a document can clear a screen, set a title or write to a clipboard. U+202E shows a name backwards;
U+200B makes two names look alike. Such characters are shown as ``<U+202E>``.

Those with an honest use in a script stay where they have it: joiners in Persian and in emoji, variants of signs. Where
they show nothing they are left out: soft hyphens in a word, breaks in Thai, direction marks beside Hebrew or Arabic.
"""

from __future__ import annotations

import re

_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_JOINED = "\u0600-\u08ff\u0900-\u109f\u1780-\u18af\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc"
"""Scripts in which a joiner, or its opposite, changes how letters are written: Arabic, those of India, Khmer …"""
_PICTURES = "\u203c-\u2049\u2100-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_IDEOGRAPHS = "\u1000-\u109f\u1800-\u18af\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_HONEST = re.compile(
    f"(?<=[{_JOINED}])[\u200c\u200d](?![\u200b-\u200f])|(?<![\u200b-\u200f])[\u200c\u200d](?=[{_JOINED}])"
    f"|(?<=[{_PICTURES}\ufe0f])\u200d(?=[{_PICTURES}])"
    f"|(?<=[#*0-9©®{_PICTURES}])[\ufe0e\ufe0f]"
    f"|(?<=[{_IDEOGRAPHS}])[\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    "|(?<=\U0001f3f4)[\U000e0020-\U000e007e]{2,8}\U000e007f"
)
_NEEDLESS = re.compile(
    r"\r(?=\n)|(?<=\w)\u00ad(?=\w)"
    "|(?<=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b(?!\u200b)"
    f"|(?<=[{_RIGHT_TO_LEFT}])[\u061c\u200e\u200f]|[\u061c\u200e\u200f](?=[{_RIGHT_TO_LEFT}])"
)
_FOUND = re.compile(f"(?P<honest>{_HONEST.pattern})|(?P<needless>{_NEEDLESS.pattern})|{_SUSPECT.pattern}")


def printable(text: str) -> str:
    """Return `text` as it may be printed; line breaks and tabs stay. Printed again it is the same."""
    return _FOUND.sub(_shown, text) if _SUSPECT.search(text) else text


def printable_line(text: str) -> str:
    """Do the same for what is one line, such as a name: line breaks and tabs are shown, too."""
    return re.sub(r"[\n\t]", lambda match: _named(match.group()), printable(text))


def printable_json(text: str) -> str:
    """Return JSON that means the same and may be printed: such characters are written as escapes."""
    return _SUSPECT.sub(lambda match: _escape(match.group()), text) if _SUSPECT.search(text) else text


def _shown(match: re.Match[str]) -> str:
    if match.lastgroup == "honest":
        return match.group()
    return "" if match.lastgroup == "needless" else _named(match.group())


def _named(character: str) -> str:
    return f"<U+{ord(character):04X}>"


def _escape(character: str) -> str:
    if ord(character) < 0x10000:
        return f"\\u{ord(character):04x}"
    high, low = divmod(ord(character) - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
