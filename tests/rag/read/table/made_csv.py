"""Tables of prose cells, made from a seed and written as programs write delimited text."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass

PROSE = """the pump stops, then valve "B" opens; see manual 4,2 and “note” | check: it's 3.5 bar (max) don't 'now'  ok
 a/b - yes, no; maybe. Öl läuft aus 12,5 l naïve user@example.org 50% C:\\temp """
WORDS = PROSE.replace("\n", "").split(" ")
NAMES = ["Id", "Ticket", "Owner", "State", "Description", "Team", "Price", "Date", "Note", "City"]


@dataclass(frozen=True)
class MadeTable:
    """A table, and the text a program writes for it."""

    rows: list[list[str]]
    text: str
    told: str


def prose(source: random.Random, words: int) -> str:
    text = " ".join(source.choice(WORDS) for _ in range(words))
    return text + ("\nsecond line" if source.random() < 0.1 else "")


def cell(source: random.Random, kind: str) -> str:
    if kind == "code":
        return f"{source.choice('ABC')}-{source.randrange(1000, 9999)}"
    if kind == "number":
        return source.choice([str(source.randrange(5000)), f"{source.random() * 100:.2f}", f"{source.randrange(99)},5"])
    if kind == "date":
        return f"20{source.randrange(10, 30)}-0{source.randrange(1, 9)}-1{source.randrange(9)}"
    if kind == "word":
        return source.choice(["open", "closed", "waiting", "North", "South", "Desk 2", ""])
    if kind == "long":
        return prose(source, source.randrange(500, 4000))
    return prose(source, source.randrange(3, 40))


def made_table(seed: int) -> MadeTable:
    source = random.Random(seed)
    columns = source.randrange(2, 8)
    kinds = [source.choice(["code", "number", "date", "word", "prose", "prose"]) for _ in range(columns)]
    kinds[0] = "code"
    kinds[source.randrange(1, columns)] = source.choice(["prose", "prose", "prose", "long"])
    names = source.sample(NAMES, columns)
    count = source.choice([1, 2, 3, 8, 60]) if "long" not in kinds else source.choice([2, 4, 8])
    rows = [names, *([cell(source, kind) for kind in kinds] for _ in range(count))]
    delimiter = source.choice(",;\t|")
    quoting = source.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    end = source.choice(["\n", "\r\n"])
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
    return MadeTable(rows, file.getvalue(), f"seed {seed}, {delimiter!r}, quoting {quoting}, {count} rows")
