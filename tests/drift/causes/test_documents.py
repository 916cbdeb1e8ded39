"""Replaced documents are found by passages that are edited versions of former ones, and by nothing else."""

from dataclasses import replace
from random import Random

from data.records import Context
from drift.causes.documents import replaced_passages

WORDS = [
    "boat",
    "pier",
    "crown",
    "night",
    "winter",
    "office",
    "dog",
    "bridge",
    "ticket",
    "storm",
    "cabin",
    "lamp",
    "rope",
    "sail",
    "guide",
    "map",
]


def window(build, name, text, *, count=60, source="prices.md"):
    return [
        replace(item, contexts=(Context(f"{name}{n}", source.format(n=n % 7), 0.5, text(n), f"{name}{n}"),))
        for n, item in enumerate(build(name, count).interactions)
    ]


def priced(price):
    def text(n):
        chosen = [f"{WORDS[(n % 20 * k + k) % 16]}{WORDS[(n % 20 + k * k) % 16]}" for k in range(3, 19)]
        return f"{' '.join(chosen)}: that costs {price} crowns."

    return text


def test_passages_with_other_figures_are_replaced_documents(build):
    found = replaced_passages(window(build, "a", priced(5)), window(build, "b", priced(7)))
    assert found is not None and found.share > 0.8
    assert "prices.md" in found.sentence and "documents were replaced" in found.sentence


def test_the_same_passages_under_other_names_are_none(build):
    assert replaced_passages(window(build, "a", priced(5)), window(build, "b", priced(5))) is None


def test_other_passages_of_the_same_documents_are_none(build):
    topics = ["ferries", "bicycles", "weather", "museums", "parking", "dogs", "luggage", "food"]

    def of(shift):
        return lambda n: " ".join(f"{topics[(n + shift) % 8]}{n * 7 + shift * 1000 + k}" for k in range(30))

    assert replaced_passages(window(build, "a", of(0)), window(build, "b", of(3))) is None


def test_rows_of_a_table_are_no_edited_versions_of_each_other(build):
    def row(shift):
        return lambda n: f"Ship {n + shift} uses berth {(7 * n + shift) % 50} at the quay. The quay was rebuilt."

    assert replaced_passages(window(build, "a", row(0)), window(build, "b", row(100))) is None


def test_a_few_edited_passages_are_not_the_documents(build):
    def some(n):
        return priced(7)(n) if n % 10 == 0 else priced(5)(n)

    assert replaced_passages(window(build, "a", priced(5)), window(build, "b", some)) is None


def test_passages_without_text_or_source_tell_nothing(build):
    silent = [
        replace(item, contexts=tuple(replace(part, text=None) for part in item.contexts))
        for item in window(build, "b", priced(7))
    ]
    assert replaced_passages(window(build, "a", priced(5)), silent) is None
    nameless = window(build, "b", priced(7), source="")
    assert replaced_passages(window(build, "a", priced(5), source=""), nameless) is None


def test_scripts_without_spaces_and_many_long_texts_are_read_in_bounded_time(build):
    def chinese(price):
        return lambda n: "".join(map(chr, Random(n % 20).choices(range(0x4E00, 0x9000), k=60))) + f"价格为{price}元。"

    assert replaced_passages(window(build, "a", chinese(5)), window(build, "b", chinese(7))) is not None
    long = [
        window(build, name, lambda n, p=p: f"{priced(p)(n)} {'word ' * 40_000}", count=80)
        for name, p in (("a", 1), ("b", 2))
    ]
    assert replaced_passages(*long) is not None
