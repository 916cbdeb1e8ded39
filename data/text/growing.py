"""Sentences of a text that grows at its end, such as an answer that is being written.

A law makes it safe to keep what was found. Whether a mark ends a sentence depends on its unit alone, from where the
unit begins to where `stop_marks` has looked. It holds as long as the unit begins there and reaches that far. Units that
ended before the last line depend on nothing that follows.
"""

from __future__ import annotations

from bisect import bisect_right
from copy import copy
from dataclasses import dataclass
from operator import attrgetter

from data.text.line_units import Unit, UnitReader, lines
from data.text.sentences import is_whole, stop_marks, trimmed

Spans = list[tuple[int, int]]


class GrowingText:
    """Gives at each step what `sentence_spans` gives, with work for what is new alone."""

    def __init__(self) -> None:
        self._text = ""
        self._forget()

    def sentences(self, text: str) -> Spans:
        """Return the same as `sentence_spans`; any text may follow any other."""
        self._keep_what_stands(text)
        self._text = text
        self._take_whole_lines(text)
        reader = copy(self._reader)
        ended = reader.read(text, self._line, len(text)) if self._line < len(text) else None
        spans = list(self._closed)
        for unit in (ended, reader.open):
            spans += self._sentences_of(unit) if unit is not None else []
        return spans

    def _forget(self) -> None:
        self._reader = UnitReader()
        self._line = 0
        self._closed: Spans = []
        self._growing: dict[int, _GrowingUnit] = {}

    def _keep_what_stands(self, text: str) -> None:
        if not text.startswith(self._text[: self._line]):
            self._forget()
        for unit in self._growing.values():
            unit.keep_what_stands(self._text, text)

    def _take_whole_lines(self, text: str) -> None:
        """Read the lines that have ended; what the last one is, its end will tell."""
        whole = text.rfind("\n", self._line) + 1
        if not whole:
            return
        for start, end in lines(text, self._line, whole):
            ended = self._reader.read(text, start, end)
            self._closed += self._sentences_of(ended) if ended is not None else []
        self._line = whole
        under_way = self._reader.open
        self._growing = {
            start: unit for start, unit in self._growing.items() if under_way is not None and start == under_way.start
        }

    def _sentences_of(self, unit: Unit) -> Spans:
        if is_whole(unit):
            return trimmed(self._text, unit.start, unit.end)
        if unit.start not in self._growing:
            self._growing[unit.start] = _GrowingUnit(unit.start)
        return self._growing[unit.start].sentences(self._text, unit.end)


@dataclass(frozen=True, slots=True)
class _SettledState:
    """A state that stands while the unit reaches to `seen`: its first `count` sentences, and where to go on."""

    begin: int
    scan: int
    seen: int
    count: int


class _GrowingUnit:
    """The sentences of one unit, whose end moves."""

    def __init__(self, start: int) -> None:
        self._settled = [_SettledState(start, start, start, 0)]
        self._spans: Spans = []

    def keep_what_stands(self, before: str, after: str) -> None:
        """Go back to the last state that has looked at nothing but what both texts begin with."""
        while len(self._settled) > 1 and not after.startswith(before[: self._settled[-1].seen]):
            self._settled.pop()

    def sentences(self, text: str, end: int) -> Spans:
        """Return the sentences of the unit up to `end`."""
        standing = bisect_right(self._settled, end, key=attrgetter("seen"))
        if standing < len(self._settled):
            return self._read(text, self._settled[standing - 1], end, [])
        settled: list[_SettledState] = []
        spans = self._read(text, self._settled[-1], end, settled)
        self._settled += settled
        self._spans = spans[: self._settled[-1].count]
        return spans

    def _read(self, text: str, state: _SettledState, end: int, settled: list[_SettledState]) -> Spans:
        """Return the sentences up to `end`, going on from `state`; collect the states that stand from then on."""
        spans, begin, stands = self._spans[: state.count], state.begin, True
        for mark in stop_marks(text, state.begin, state.scan, end):
            if mark.ends:
                spans += trimmed(text, begin, mark.end)
                begin = mark.end
            stands = stands and mark.seen <= end
            if stands:
                state = _SettledState(begin, mark.end, max(state.seen, mark.seen), len(spans))
                settled.append(state)
        blank = text.rfind(" ", state.scan, end)
        if stands and blank > state.scan:
            # No mark before a blank can become another one: nothing before it is looked through again.
            settled.append(_SettledState(begin, blank, max(state.seen, blank + 1), len(spans)))
        return spans + trimmed(text, begin, end)
