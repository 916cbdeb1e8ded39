"""Read the citation markers a model wrote, however it wrote them.

Asked for is "[k7fq]". Models also write "[k7fq, m2ab]", "(k7fq)", "【k7fq†source】", "[passage k7fq]" and "[1]". They
wrap an answer in a JSON string, close it with a line "Sources: [k7fq]", or leave thinking in front of it. All are read;
what names no passage is counted.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Container, Sequence
from dataclasses import dataclass

_THINKING = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>\s*", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n\s*```\s*\Z", re.DOTALL)
_GROUP = re.compile(
    r"`[^`\n]*`|(?<![ \t])[ \t]*+(?:\[([^\[\]()\n]{1,80})\]|\(([^\[\]()\n]{1,80})\)|【([^【】\n]{1,80})】)(?!\()"
)
_CODE_BLOCK = re.compile(r"^[ \t>]*```[^`\n]*$.*?(?:^[ \t>]*```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_SUBSCRIPT = re.compile(r"(?<=[\w\])])\[[^\[\]\n]{0,200}\](?:\.[a-z_]|=| = )")
_VALUE = re.compile(r"(?:(?<=[\"']:)|(?<=[\"']: )|(?<= = )|(?<=\w=))\[")
_AHEAD = 4
"""How many signs after a bracket tell what it is."""
_BETWEEN = re.compile(r"[\s,;]+|&|\band\b|\bи\b")
_DECORATION = re.compile(r"\A(?:passages?|keys?|sources?|chunks?|key:|источник|ключ)\Z", re.IGNORECASE)
_KEY_SHAPE = re.compile(r"(?=(?:.*\d){2})(?=(?:.*[a-z]){2})[a-z0-9]{4}")
_ORDINAL = re.compile(r"\d{1,2}")
_STOP_BEFORE = re.compile(r"[.!?…]+[\"'”’»)*_]*\Z")
_LONGEST_STOP = 40
_KEPT = 200
"""How many signs of the last line, and of the end, are looked at."""
_SOURCES_LABEL = re.compile(
    r"\n[ \t*_]*(?:sources?|references?|citations?|источник(?:и)?|ссылки)[*_]*:[*_ \t]*(?=[\[(【])", re.IGNORECASE
)
_SOURCES_START = re.compile(r"[ \t*_]*(?:sources?|references?|citations?|источник|ссылки|[\[(【]|\Z)", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]*")
_WORDS = re.compile(r"[^\W\d_]{2}")
_OPENS_LINE = re.compile(r"[ \t]*(?:[-*+•]|\d{1,2}[.)])?[ \t]*")


@dataclass(frozen=True, slots=True)
class CitationMark:
    """Markers at one place of the clean text: the known keys in the order written, and how many names were unknown.

    `leads` tells that the marker opened its line, and so speaks of the text after it.
    """

    place: int
    keys: tuple[str, ...]
    unknown: int
    leads: bool = False


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A draft without its markers, and the markers by place, in order; a place before a full stop, never after it."""

    text: str
    marks: tuple[CitationMark, ...]


def unwrap(text: str) -> str:
    """Return the answer inside `text`: without thinking in front of it, and out of a JSON string, list or object."""
    bare = _THINKING.sub("", text).strip()
    fenced = _FENCED.match(bare)
    inner = fenced.group(1).strip() if fenced else bare
    if inner[:1] not in ('"', "{", "["):
        return bare
    try:
        value = json.loads(inner)
    except (ValueError, RecursionError):  # no JSON, or brackets without end
        return bare
    return _answer_in(value) or bare


def ends_in_sources(text: str) -> bool:
    """Tell whether the last line of an unfinished text may become a closing list of sources."""
    return _SOURCES_START.match(text.rsplit("\n", 1)[-1]) is not None


class GrowingMarkers:
    """Reads a text that may grow at its end: markers that stand fast are not read again.

    `known` holds the keys that name a passage. Markers stand fast when they do not open their line, for what follows
    them may make them speak of it, and when the text holds no backquote and no 【, which what comes later may close
    around them.
    """

    def __init__(self, known: Container[str]) -> None:
        self._known = known
        self._fast = _MarkerState("", _CleanText(), (), 0)

    def read(self, text: str) -> MarkedText:
        """Take the citation markers out of `text`; any text may follow any other.

        A bracket is a marker when each word in it is a known key, or has the shape of a key or of an ordinal. Round
        brackets need a known key: "(r2d2)" and "(12)" stay text. Nothing inside backquotes is a marker; in a block of
        code, and where code stands in plain text ("choices[0].message", "'shape': [1, 2]"), only a known key is.
        """
        text = _SOURCES_LABEL.sub("\n", text)
        if not text.startswith(self._fast.text):
            self._fast = _MarkerState("", _CleanText(), (), 0)
        clean, position = self._fast.clean.copy(), self._fast.position
        marks = list(self._fast.marks)
        settled = (position, self._fast.clean, len(marks))
        loose = "`" in text or "【" in text
        code = _CodeBlocks(text)
        lines = _LineWords(text)
        for group in _GROUP.finditer(text, position):
            names = _names(group, self._known)
            if names is None or not self._all_known(names) and code.holds(group):
                continue
            between = text[position : group.start()]
            if not marks or between.strip(" ,;"):
                clean.add(between)
            leads = clean.opens_line and lines.go_on(group.end())
            place = clean.size if leads else clean.stop
            position = _SPACES.match(text, group.end()).end() if leads else group.end()  # type: ignore[union-attr]
            keys = tuple(dict.fromkeys(name for name in names if name in self._known))
            marks.append(CitationMark(place, keys, sum(name not in self._known for name in names), leads))
            loose = loose or clean.opens_line or position + _AHEAD > len(text)
            if not loose:
                settled = (position, clean, len(marks))
                clean = clean.copy()
        position_then, clean_then, count = settled
        self._fast = _MarkerState(text[: position_then + _AHEAD], clean_then, tuple(marks[:count]), position_then)
        return MarkedText(clean.text + text[position:], tuple(marks))

    def _all_known(self, names: Sequence[str]) -> bool:
        return all(name in self._known for name in names)


class _CleanText:
    """A text without its markers, piece by piece; it knows what its last line and its end are like.

    The pieces are shared by copies: a copy is a state to come back to, whose further pieces take the place of others.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._count = 0
        self.size = 0
        self._bare = 0
        self._line = self._recent = ""

    def copy(self) -> _CleanText:
        """Return a text that goes on from here."""
        other = _CleanText()
        other.__dict__.update(self.__dict__)
        return other

    def add(self, piece: str) -> None:
        """Add a piece."""
        del self._parts[self._count :]
        self._parts.append(piece)
        self._count += 1
        bare = piece.rstrip()
        if bare:
            self._bare = self.size + len(bare)
        self._recent = (self._recent + piece[-_KEPT:])[-_KEPT:]
        self._line = piece.rpartition("\n")[2][:_KEPT] if "\n" in piece else (self._line + piece[:_KEPT])[:_KEPT]
        self.size += len(piece)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts[: self._count])

    @property
    def opens_line(self) -> bool:
        """Whether nothing but a list mark stands in the last line."""
        return len(self._line) < _KEPT and _OPENS_LINE.fullmatch(self._line) is not None

    @property
    def stop(self) -> int:
        """Where the text ends, before its full stop."""
        bare = self._recent[: max(0, len(self._recent) - (self.size - self._bare))]
        stop = _STOP_BEFORE.search(bare, max(0, len(bare) - _LONGEST_STOP))
        return self._bare - (len(bare) - stop.start()) if stop else self._bare


class _LineWords:
    """Tells of each line of a text whether words of its own stand after a place in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = -1
        self._last = -1

    def go_on(self, at: int) -> bool:
        """Tell whether a word of two letters, outside of brackets and code, follows on the line."""
        if at > self._end:
            self._read(at)
        return self._last >= at

    def _read(self, at: int) -> None:
        newline = self._text.find("\n", at)
        self._end, self._last = len(self._text) if newline < 0 else newline, -1
        begin = at
        for group in _GROUP.finditer(self._text, at, self._end):
            self._note(begin, group.start())
            begin = group.end()
        self._note(begin, self._end)

    def _note(self, begin: int, end: int) -> None:
        for word in _WORDS.finditer(self._text, begin, end):
            self._last = word.start()


class _CodeBlocks:
    """Tells whether a bracket stands in a block of code, is a subscript, or the value of a name."""

    def __init__(self, text: str) -> None:
        self._text = text
        blocks = [block.span() for block in _CODE_BLOCK.finditer(text)] if "```" in text else []
        self._starts = [start for start, _ in blocks]
        self._ends = [end for _, end in blocks]

    def holds(self, group: re.Match[str]) -> bool:
        """Tell it of one bracket."""
        bracket = group.end() - len(group.group().lstrip(" \t"))
        block = bisect_right(self._starts, bracket) - 1
        within = block >= 0 and bracket < self._ends[block]
        return bool(within or _SUBSCRIPT.match(self._text, bracket) or _VALUE.match(self._text, bracket))


@dataclass(frozen=True, slots=True)
class _MarkerState:
    """What was read of a text up to `position`, the end of a marker; `text` holds the signs after it, too."""

    text: str
    clean: _CleanText
    marks: tuple[CitationMark, ...]
    position: int


def _names(group: re.Match[str], known: Container[str]) -> list[str] | None:
    """Return the names a bracket holds; None when it is ordinary text."""
    inside = group.group(1) or group.group(2) or group.group(3) or ""
    words = [word.split("†")[0].strip(" .:#'\"`*").casefold() for word in _BETWEEN.split(inside)]
    names = [word for word in words if word and not _DECORATION.match(word)]
    if not names or not all(name in known or _marker_like(name) for name in names):
        return None
    return names if group.group(2) is None or any(name in known for name in names) else None


def _marker_like(name: str) -> bool:
    return _KEY_SHAPE.fullmatch(name) is not None or _ORDINAL.fullmatch(name) is not None


def _answer_in(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return " ".join(item.strip() for item in value if isinstance(item, str))
    if isinstance(value, dict):
        named = next((value[key] for key in ("answer", "text", "content", "response") if value.get(key)), "")
        return _answer_in(named)
    return ""
