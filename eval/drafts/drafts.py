"""Golden cases drafted from a corpus without a model: sentences with a gap, and questions about headings.

A drafted case asks whether the pipeline still finds what stands in the corpus. It says little about how people ask;
for that, real questions are harvested from the log.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from data.cases import Case
from data.records import content_hash
from data.text import plain, words

_SHORTEST, _LONGEST = 8, 40
_HEADINGS_EVERY = 4
_GAP = "___"
_MARK = "\ue000"  # stands for the gap while markdown, to which "__" means emphasis, is taken out
_NUMBER = re.compile(r"(?<![\w.,:/-])[€$£]?\d[\d.,:]*\d(?:\s?(?:%|€|EUR|MB|GB|km|kg))?(?![\w/-])|(?<![\w.,:/-])\d+\s?%")
_NAME = re.compile(r"(?<=[a-zа-яё,] )(?:[A-ZА-ЯЁ][\w'’-]+)(?: [A-ZА-ЯЁ][\w'’-]+)*")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_CLOZE = {"en": "Fill the gap: {}", "ru": "Заполните пропуск: {}"}
_ABOUT = {"en": "What is said about “{}”?", "ru": "Что говорится о «{}»?"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a document under one heading: its sentences word for word; `heading` is a path, "Guide > Install"."""

    source: str
    sentences: tuple[str, ...]
    heading: str = ""
    page: int | None = None


def draft_cases(stretches: Sequence[Stretch], count: int, seed: int, taken: Iterable[str] = ()) -> list[Case]:
    """Return up to `count` drafts spread evenly over the sources, without those in `taken`; the same for the same seed.

    A sentence that several sources hold names all of them; a heading of several sources is not asked about.
    """
    known, rng = set(taken), Random(seed)
    by_source: dict[str, list[Case]] = defaultdict(list)
    for case in (*_clozes(stretches, rng), *_titles(stretches)):
        if case.id not in known:
            by_source[case.sources[0]].append(case)
    queues = [_mixed(by_source[source], rng) for source in sorted(by_source)]
    rng.shuffle(queues)
    return list(_in_turn(queues))[:count]


def language_of(text: str) -> str:
    """Return "ru" for a text mostly in Cyrillic letters, else "en": the wording of a draft's question follows it."""
    return "ru" if 2 * len(_CYRILLIC.findall(text)) > sum(letter.isalpha() for letter in text) else "en"


def _clozes(stretches: Sequence[Stretch], rng: Random) -> Iterator[Case]:
    holders: dict[str, list[str]] = defaultdict(list)
    for stretch in stretches:
        for sentence in stretch.sentences:
            if stretch.source not in holders[sentence]:
                holders[sentence].append(stretch.source)
    for stretch in stretches:
        for sentence in stretch.sentences:
            gap = _gap(sentence, rng)
            if gap and holders[sentence][0] == stretch.source:
                yield _cloze(stretch, sentence, gap, tuple(holders[sentence]))


def _gap(sentence: str, rng: Random) -> tuple[int, int] | None:
    """Return what of a sentence is worth asking for, a number before a name; None where there is nothing.

    What it begins with is as a rule the number of a clause or the hour of an entry, and no answer.
    """
    if not _SHORTEST <= len(words(sentence)) <= _LONGEST or "|" in sentence or not sentence.rstrip().endswith("."):
        return None
    for pattern in (_NUMBER, _NAME):
        spans = [found.span() for found in pattern.finditer(sentence)]
        once = [span for span in spans if sentence.count(sentence[slice(*span)]) == 1 and words(sentence[: span[0]])]
        if once:
            return rng.choice(once)
    return None


def _cloze(stretch: Stretch, sentence: str, gap: tuple[int, int], sources: tuple[str, ...]) -> Case:
    language = language_of(sentence)
    start, end = gap
    asked = " ".join(plain(f"{sentence[:start]}{_MARK}{sentence[end:]}").split()).replace(_MARK, _GAP)
    return Case(
        id=f"cloze-{content_hash(stretch.source, sentence)[:10]}",
        question=_CLOZE[language].format(asked),
        answers=(sentence[start:end].strip(" .,:"),),
        sources=sources,
        evidence=(sentence,),
        language=language,
        tags=("draft", "cloze"),
        page=stretch.page if len(sources) == 1 else None,
        reviewed=False,
        origin="corpus",
    )


def _titles(stretches: Sequence[Stretch]) -> Iterator[Case]:
    titled = {(stretch.source, stretch.heading) for stretch in stretches if stretch.heading and stretch.sentences}
    last = Counter(_last(heading).casefold() for _, heading in titled)
    for source, heading in sorted(titled):
        title = _last(heading)
        if last[title.casefold()] == 1 and 2 <= len(words(title)) <= 12:
            language = language_of(title)
            yield Case(
                id=f"title-{content_hash(source, heading)[:10]}",
                question=_ABOUT[language].format(title),
                sources=(source,),
                language=language,
                tags=("draft", "title"),
                reviewed=False,
                origin="corpus",
            )


def _last(heading: str) -> str:
    return heading.rsplit(" > ", 1)[-1].strip()


def _mixed(cases: Sequence[Case], rng: Random) -> list[Case]:
    """Shuffle, with a heading after every few sentences."""
    parts = {kind: [case for case in cases if kind in case.tags] for kind in ("cloze", "title")}
    for part in parts.values():
        rng.shuffle(part)
    mixed: list[Case] = []
    while parts["cloze"] or parts["title"]:
        kind = "title" if len(mixed) % _HEADINGS_EVERY == _HEADINGS_EVERY - 1 or not parts["cloze"] else "cloze"
        kind = kind if parts[kind] else "cloze"
        mixed.append(parts[kind].pop())
    return mixed


def _in_turn(queues: Sequence[list[Case]]) -> Iterator[Case]:
    for place in range(max(map(len, queues), default=0)):
        yield from (queue[place] for queue in queues if place < len(queue))
