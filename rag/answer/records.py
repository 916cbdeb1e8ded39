"""Records of tables as answers: the exact row that holds all a question names, or none.

Rows look alike, so the most similar one is often the wrong one, and it would be quoted with a true citation. A record
answers only if all codes, numbers, names and words of the question stand in it, in the names of its columns, or in what
stands above its table. It must have a column for what is asked: a price, a place, a person, a length. Questions that
count, add or compare rows are left to a model, but for rows that say so themselves ("Total", "Maximum speed").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.text import numbers, question_terms, terms
from rag.answer.cues import asks_for_money, only_asking

MOST_RECORDS = 6
"""More records than that were not chosen by the question."""

_CODE = re.compile(r"[^\s,;:?!()\"“”«»|]*\d[^\s;:?!()\"“”«»|]*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
_RULE = re.compile(r"[ \t>]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*")
_CODE_LIKE = re.compile(r"\d+[^\W\d_][\w-]*")
_WORD = re.compile(r"[^\W\d_]+")
_BAR = re.compile(r"(?<!\\)\|")
_LONGEST_NAME = 80

_COMPARES = re.compile(
    r"\b(?:total|sum|altogether|overall|average|mean|median|highest|lowest|most|least|fewest|largest|smallest|biggest"
    r"|cheapest|longest|shortest|oldest|newest|latest|earliest|best|worst|maximum|minimum|max|min|top|more|less|fewer"
    r"|over|under|above|below|between|before|after|not|without|except|each|every|count|number"
    r"|greater|higher|lower|larger|smaller|cheaper|older|newer|difference|common|всего|сумма|общ[а-яё]+|средн[а-яё]+"
    r"|наибольш[а-яё]+|наименьш[а-яё]+|сам[а-яё]+|больше|меньше|максимал[а-яё]+|минимал[а-яё]+|не|без|кроме|каждый)\b",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"\b(?:how many|сколько)\s+([^\W\d_]+)(?:\s+([^\W\d_]+))?", re.IGNORECASE)
_LISTS = re.compile(
    r"\b(?:which|what|list|name|all)\b(?:\s+[^\W\d_]+){0,2}\s+[^\W\d_]{2,}s\b(?!\s+(?:is|was|does|has)\b)|\bкакие\b",
    re.IGNORECASE,
)
_COLUMNS_ASKED = (
    (r"\bhow (?:heavy|much .* weigh)\b", "weight mass"),
    (r"\bhow long\b", "length duration time period term"),
    (r"\bhow (?:tall|high)\b", "height elevation altitude"),
    (r"\bhow wide\b", "width"),
    (r"\bhow deep\b", "depth"),
    (r"\bhow fast\b", "speed velocity"),
    (r"\bhow old\b", "age"),
    (r"\bhow (?:large|big)\b", "size area capacity"),
    (r"\bhow far\b", "distance range"),
    (r"\bhow often\b", "frequency interval period"),
    (r"\A\W*where\b|\bгде\b", "location place city town site room shelf building address country region warehouse bin"
     " floor station desk plant position port gate город место адрес комната склад полка страна"),
    (r"\A\W*(?:who|whom|whose)\b|\bкто\b", "owner name author person contact responsible manager assignee customer"
     " client employee teacher lead holder winner player driver operator inspector имя владелец ответственный автор"),
    (r"\A\W*when\b|\bкогда\b", "date time day year deadline due start end begin until month opened closed valid"
     " departure arrival дата время год срок день"),
)  # fmt: skip
_NAMED_COLUMN = re.compile(
    r"\A\W*(?:who|where|when) (?:is|was|are|were) the ([^\W\d_]+(?: [^\W\d_]+)?) (?:of|for|in|at|on)\b", re.IGNORECASE
)
_ASKED = tuple((re.compile(pattern, re.IGNORECASE), frozenset(terms(listed))) for pattern, listed in _COLUMNS_ASKED)
_PRICES = frozenset(terms("price cost fee fare rate amount charge rent цена стоимость плата тариф"))
_FILLERS = frozenset(
    terms(
        """belong have get use locate store find stand hold need apply pay keep record row column entry assign handle
        own manage run work live come go take make set give offer sell call correspond relate table sheet file show per
        one lie stay sit measure list weigh stored kept находится относится хранится указан имеет соответствует лежит"""
    )
)
"""Words between what is asked and what it is asked of; no table need hold them."""


@dataclass(frozen=True, slots=True)
class TableRecord:
    """A line of a table: its cells as (column name, value), the name empty where there is none."""

    text: str
    cells: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> str:
        """The record with each value after the name of its column."""
        return " | ".join(f"{name}: {value}" if name else value for name, value in self.cells if value)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(name for name, _ in self.cells if name)


def read_record(passage: str, start: int, end: int, heading: str = "") -> TableRecord | None:
    """Return the record at ``passage[start:end]``; None where no table row stands there.

    Names of a Markdown table come from its first row, or, in passages that do not hold it, from `heading`.
    """
    line = passage[start:end]
    if line.lstrip(" >").startswith("|") or "|" in line and _names_above(passage, start):
        values = _split(line)
        names = _names_above(passage, start) or _names_of(heading)
        padded = [*names, *[""] * (len(values) - len(names))]
        return TableRecord(line, tuple(zip(padded, values, strict=False)))
    if " | " not in line:
        return None
    return TableRecord(line, tuple(_named(cell) for cell in line.split(" | ")))


def names_columns(passage: str, start: int, end: int) -> bool:
    """Tell whether a line only names columns: the rule of Markdown stands below it, or a row that uses its names."""
    line, below = passage[start:end], passage[end:].lstrip("\n").partition("\n")[0]
    if "|" not in line:
        return False
    if _RULE.fullmatch(below):
        return True
    return any(f"{name}: " in below and f"{name}: " not in line for name in line.split(" | "))


class RecordJudge:
    """Tells which records of tables answer one question."""

    def __init__(self, question: str) -> None:
        self._question = question
        codes = [code.rstrip(".,'’").removesuffix("'s") for code in _CODE.findall(question)]
        self._numbers = frozenset(code for code in codes if _NUMBER.fullmatch(code))
        self._codes = tuple(code.casefold() for code in codes if code not in self._numbers)
        self._compares = frozenset(word.casefold() for word in _COMPARES.findall(question))
        counted = _COUNTS.search(question)
        self._counted = frozenset(terms(" ".join(filter(None, counted.groups())))) if counted else None
        found = [(pattern.search(question), names) for pattern, names in _ASKED]
        named = _NAMED_COLUMN.search(question)
        own = frozenset(terms(named[1])) if named else frozenset()
        self._asked = [names | own for match, names in found if match]
        asking = frozenset(term for match, _ in found if match for term in terms(match.group()))
        if asks_for_money(question):
            self._asked.append(_PRICES)
        words = _CODE.sub(" ", question)
        plain = frozenset(question_terms(words)) if words.strip(" ?.") else frozenset()
        self._words = plain - _FILLERS - only_asking(question) - asking
        self.lists = _LISTS.search(question) is not None

    def answers(self, record: TableRecord, about: str) -> bool:
        """Tell whether a record answers; `about` is what is known of its table as a whole: headings, file."""
        whole = f"{' '.join(record.names)} {record.text} {about}"
        held = frozenset(terms(whole))
        if not self._words <= held or not self._holds_codes(whole):
            return False
        if not self._compares <= frozenset(_WORD.findall(record.shown.casefold())) or not self._has_columns(record):
            return False
        return self._counted is None or self._holds_count(record)

    def _holds_codes(self, text: str) -> bool:
        lowered = text.casefold()
        if any(not re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", lowered) for code in self._codes):
            return False
        return not self._numbers or {_plain(number) for number in self._numbers} <= numbers(text) | _digits(text)

    def _has_columns(self, record: TableRecord) -> bool:
        """Tell whether there is a column for each thing asked: by one of its usual names or that in the question."""
        there = [frozenset(terms(name)) for name, value in record.cells if name and value]
        return all(any(wanted & names for names in there) for wanted in self._asked)

    def _holds_count(self, record: TableRecord) -> bool:
        """Tell whether the record itself says how many: a number stands below what is counted, or beside it."""
        counted = self._counted or frozenset()
        for name, value in record.cells:
            if value[:1].isdigit() and counted & frozenset(terms(f"{name} {value.lstrip('0123456789.,')}")):
                return not _CODE_LIKE.fullmatch(value)
        return False


def _plain(number: str) -> str:
    return next(iter(numbers(number.rstrip("%"))), number)


def _digits(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+", text))


def _named(cell: str) -> tuple[str, str]:
    name, colon, value = cell.partition(": ")
    return (name, value) if colon and len(name) <= _LONGEST_NAME else ("", cell)


def _split(line: str) -> list[str]:
    bare = line.strip(" >\t")
    cells = _BAR.split(bare.removeprefix("|").removesuffix("|"))
    return [" ".join(cell.replace("\\|", "|").split()).strip("*`") for cell in cells]


def _names_above(passage: str, start: int) -> list[str]:
    """Return the names of the Markdown table that the line at `start` belongs to, if its first row is here."""
    above = passage[:start].split("\n")[:-1]
    for at in range(len(above) - 1, 0, -1):
        if "|" not in above[at]:
            return []
        if _RULE.fullmatch(above[at]):
            return _split(above[at - 1])
    return []


def _names_of(heading: str) -> list[str]:
    last = heading.rpartition(" > ")[2]
    return last.split(" | ") if " | " in last else []
