"""What the answers of a window share over different questions: greetings, footers, lead-ins, labels, wrappers.

Three kinds, each compared by shape (`eval.quality.frames`) and counted over different questions:

- whole sentences and lines that recur;
- frames: ways to begin or end a sentence that recur around different texts. One that no mark parts from the rest counts
  only where a fifth of the questions got it. What stands behind a head is kept, unless it is as a rule a small part of
  its answer that the passages do not have: a label with its value;
- fields of structured answers, by the path on which the answer is as a rule.

What the passages say is no template, however often it recurs: an application that answers everything from one passage
repeats itself as well, and that is no dress. Nor is what recurs because one question does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.text import plain, terms
from eval.quality.fields import answer_field, read_fields
from eval.quality.frames import SentenceFrame, Stems, heads, tails, whole
from eval.quality.refusal import refusing
from eval.quality.sentences import lines_of, stems_of
from eval.quality.wrappers import unwrap

Row = tuple[str, str, Sequence[str]]
"""Question, answer and passages."""

_MIN_QUESTIONS = 5
_MIN_SHARE = 0.03
_MIN_SHARE_UNMARKED = 0.2
_MOST_CARRIED = 0.6
_SMALL_PART = 0.2
_LABEL_EDGES = frozenset(":=|>→")
_VALUE_TERMS = 8
_OWN_WORDS = 3
_SAYS_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Templates:
    """The shapes that count as dress.

    `sentences` are dress as a whole, each with the number of questions it was seen on; `heads` and `tails` are frames,
    and those of `labels` are dress with all that follows them. `paths` lead to the answer in a structure.
    """

    sentences: Mapping[str, int] = field(default_factory=dict)
    heads: frozenset[str] = frozenset()
    tails: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownTerms:
    """What tells dress from answer in one row: the terms of the question, and those of the passages."""

    question: str
    asked: Stems
    held: Stems

    @classmethod
    def of(cls, question: str, passages: Sequence[str]) -> KnownTerms:
        """Read them."""
        asked = Stems(terms(question))
        return cls(" ".join(sorted(asked)), asked, Stems().union(*map(stems_of, passages)))

    def carries(self, said: Stems) -> bool:
        """Tell whether most of what is said stands in the passages, or all of it in the question."""
        own = said - self.asked
        return len(own & self.held) > _MOST_CARRIED * len(own) or (not own and bool(said))

    def share_carried(self, said: Stems) -> float:
        """Return the share of what is said beyond the question that stands in the passages."""
        own = said - self.asked
        return len(own & self.held) / len(own) if own else 0.0


def is_dress(frame: SentenceFrame, known: KnownTerms) -> bool:
    """Tell whether this instance of a template is dress: what stands in its slots is not from the passages.

    With enough words of its own that neither the passages nor the question have, it is, whatever its slots say.
    """
    if len(frame.words - known.asked - known.held) >= _OWN_WORDS:
        return True
    own = frame.slots - known.asked
    return len(own & known.held) <= _MOST_CARRIED * len(own)


def find_templates(rows: Sequence[Row]) -> Templates:
    """Find the templates of a window.

    A sentence that is the whole answer or refuses is none: one answer for everything is quality, not dress.
    """
    paths = find_paths(rows)
    bare = [(question, unwrap(question, answer, passages, paths).text, passages) for question, answer, passages in rows]
    return _chosen(_gather(bare), len({KnownTerms.of(question, ()).question for question, _, _ in rows}), paths)


def find_paths(rows: Sequence[Row]) -> frozenset[str]:
    """Return the paths on which structured answers of a window have their answer."""
    found: Counter[str] = Counter()
    for question, answer, passages in rows:
        if chosen := answer_field(read_fields(answer), question, passages):
            found[chosen.path] += 1
    enough = max(_MIN_QUESTIONS, 0.3 * found.total())
    return frozenset(path for path, times in found.items() if times >= enough)


@dataclass(slots=True)
class _ShapeCount:
    """Where a shape stood: on which questions, around which texts, how much of it the passages carry.

    `carried` counts where they have most of its words, `touched` where any, `main` where it stood at the main part of
    the answer; `terms` and `rest_carried` add up over the texts around it.
    """

    questions: set[str] = field(default_factory=set)
    texts: set[int] = field(default_factory=set)
    times: int = 0
    carried: int = 0
    touched: int = 0
    main: int = 0
    terms: int = 0
    rest_carried: float = 0.0
    frame: SentenceFrame | None = None

    def add(self, frame: SentenceFrame, rest: str, known: KnownTerms, *, main: bool) -> None:
        """Count one instance with the text around it."""
        said = Stems(terms(rest))
        self.frame = frame
        self.questions.add(known.question)
        self.texts.add(hash(said))
        self.times += 1
        self.carried += known.carries(frame.said)
        self.touched += not known.held.isdisjoint(frame.words - known.asked)
        self.main += main
        self.terms += len(said)
        self.rest_carried += known.share_carried(said)


@dataclass(frozen=True, slots=True)
class _ShapeCounts:
    sentences: dict[str, _ShapeCount]
    heads: dict[str, _ShapeCount]
    tails: dict[str, _ShapeCount]


def _gather(rows: Sequence[Row]) -> _ShapeCounts:
    seen = _ShapeCounts(defaultdict(_ShapeCount), defaultdict(_ShapeCount), defaultdict(_ShapeCount))
    for question, answer, passages in rows:
        known = KnownTerms.of(question, passages)
        parts = list(dict.fromkeys(part for line in lines_of(answer) for part in line if terms(plain(part))))
        answers = any(_from_passages(part, known) >= _SAYS_ENOUGH for part in parts if not refusing(part))
        main = max(parts, key=lambda part: _weight(part, known, answers=answers), default="")
        for part in parts:
            if answers or not refusing(part):
                _gather_part(seen, part, known, main=part == main, alone=len(parts) < 2)
    return seen


def _weight(part: str, known: KnownTerms, *, answers: bool) -> tuple[bool, int, int]:
    """Return how much a part is the answer: one that says most of what the passages say, else a refusal.

    Where another part answers, "we cannot be held liable" refuses nothing.
    """
    return not answers and refusing(part), _from_passages(part, known), len(part)


def _from_passages(part: str, known: KnownTerms) -> int:
    """Return how many terms beyond the question a part shares with the passages."""
    return len((set(terms(part)) - known.asked) & known.held)


def _gather_part(seen: _ShapeCounts, part: str, known: KnownTerms, *, main: bool, alone: bool) -> None:
    for frame in () if alone else whole(part, known.asked):
        seen.sentences[frame.shape].add(frame, "", known, main=main)
    for frame in heads(part, known.asked):
        seen.heads[frame.shape].add(frame, part[frame.at :], known, main=main)
    for frame in tails(part, known.asked):
        seen.tails[frame.shape].add(frame, part[: frame.at], known, main=main)


def _chosen(seen: _ShapeCounts, questions: int, paths: frozenset[str]) -> Templates:
    enough = max(_MIN_QUESTIONS, _MIN_SHARE * questions)
    begun = {shape: held for shape, held in seen.heads.items() if _is_frame(held, questions)}
    return Templates(
        {
            shape: len(held.questions)
            for shape, held in seen.sentences.items()
            if len(held.questions) >= enough and held.carried < 0.5 * held.times
        },
        frozenset(begun),
        frozenset(shape for shape, held in seen.tails.items() if _is_frame(held, questions)),
        frozenset(shape for shape, held in begun.items() if _is_label(held)),
        paths,
    )


def _is_frame(held: _ShapeCount, questions: int) -> bool:
    """Tell whether a way to begin or end stood around enough texts; without words of its own, or a mark, more are.

    Without a mark it might go on into what is said: the passages must have none of its words, and it has no slots.
    """
    frame = held.frame
    if frame is None or not frame.said or held.carried >= 0.5 * held.times:
        return False
    if not frame.edge and (not frame.words or frame.slots or held.touched >= _SMALL_PART * held.times):
        return False
    enough = max(_MIN_QUESTIONS, _MIN_SHARE * questions)
    more = max(_MIN_QUESTIONS, _MIN_SHARE_UNMARKED * questions)
    return len(held.questions) >= (enough if frame.edge and frame.words else more) and len(held.texts) >= enough


def _is_label(held: _ShapeCount) -> bool:
    """Tell whether a frame names a value: a few words that the passages do not have, beside the answer."""
    return (
        held.frame is not None
        and held.frame.edge in _LABEL_EDGES
        and bool(held.frame.words)
        and held.main < _SMALL_PART * held.times
        and held.rest_carried < 0.5 * held.times
        and held.terms <= _VALUE_TERMS * held.times
    )
