"""A row of a table answers only what all of the question fits; rows are never counted, added or compared."""

import pytest

from data.records import ABSTENTION, Chunk, Hit
from rag.answer.citations import Citer
from rag.answer.extractive import ExtractiveGenerator

PARTS = (
    "Part | Description | Stock | Shelf | Price\n"
    "Part: KL-210 | Description: seal ring | Stock: 40 | Shelf: T2 | Price: 3.50\n"
    "Part: KL-211 | Description: seal plate | Stock: 41 | Shelf: T3 | Price: 4.50\n"
    "Part: KL-212 | Description: axle | Stock: 7 | Shelf: T3 | Price: 90.00\n"
)
PLANTS = (
    "Country | Plant | Tons\nCountry: Norway | Plant: Vik | Tons: 310\nCountry: Norway | Plant: Moss | Tons: 220\n"
    "Country: Spain | Plant: Elda | Tons: 60\nPlant: Total | Tons: 590\n"
)
MARKDOWN = (
    "| Code | Cause | Remedy |\n|---|---|---|\n| F-7 | wet sensor | dry it |\n| F-8 | no air | open the valve |\n"
)
BARE = "ZK-1 | washer | 15 | B4\nZK-2 | spring | 92 | B7\n"


def hit(text: str, heading: str = "", source: str = "list.csv") -> Hit:
    return Hit(Chunk(source, 0, len(text), text, heading=heading), 1.0)


def answer(question: str, *hits: Hit) -> str:
    draft = ExtractiveGenerator().generate(question, hits)
    cited = Citer(draft.keys, hits, question).cite(draft.text)
    assert all(item.supported for item in cited.citations)
    return cited.text


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("On which shelf is KL-211?", "Part: KL-211"),
        ("What is the stock of the axle?", "Part: KL-212"),
        ("What does KL-210 cost?", "Part: KL-210"),
        ("How many pieces of stock does KL-212 have?", ABSTENTION),
        ("Where is KL-212?", "Part: KL-212"),
        ("What is KL-210?", "Part: KL-210"),
        ("On which shelf is KL-999?", ABSTENTION),
        ("On which shelf is KL-21?", ABSTENTION),
        ("What is the weight of KL-210?", ABSTENTION),
        ("Who ordered KL-210?", ABSTENTION),
        ("When was KL-210 bought?", ABSTENTION),
        ("What is the stock of the Borg axle?", ABSTENTION),
        ("Which part has the highest price?", ABSTENTION),
        ("How many parts are on shelf T3?", ABSTENTION),
        ("What is the total stock?", ABSTENTION),
        ("Which parts are not on shelf T3?", ABSTENTION),
        ("Which parts cost more than 4?", ABSTENTION),
    ],
)
def test_the_exact_row_answers_or_none(question, row):
    assert answer(question, hit(PARTS)).startswith(row)


def test_all_rows_that_a_list_asks_for_are_given():
    said = answer("Which plants are in Norway?", hit(PLANTS))
    assert "Vik" in said and "Moss" in said and "Elda" not in said


def test_rows_of_a_list_that_goes_on_elsewhere_are_not_given_in_part():
    both = (
        Hit(Chunk("list.csv", 0, 99, PARTS), 1.0),
        Hit(Chunk("list.csv", 500, 599, PARTS.replace("KL-2", "KL-3")), 0.9),
    )
    assert answer("Which parts are on shelf T3?", *both) == ABSTENTION
    assert answer("On which shelf is KL-311?", *both).startswith("Part: KL-311")


def test_a_row_that_is_itself_a_sum_may_answer():
    assert answer("What is the total of tons?", hit(PLANTS)).startswith("Plant: Total | Tons: 590")


def test_a_number_in_the_row_may_answer_how_many():
    assert answer("How many tons does the plant Moss have?", hit(PLANTS)).startswith("Country: Norway | Plant: Moss")


def test_a_row_that_only_names_columns_is_no_answer():
    assert "Part: " in answer("What is the description, stock and shelf of part KL-210?", hit(PARTS))
    assert (
        answer("What is the description and the shelf?", hit("Part | Description | Shelf\nPart: A | Shelf: B\n"))
        == ABSTENTION
    )


def test_a_row_of_markdown_is_quoted_with_the_names_of_its_columns():
    shown = "Code: F-8 | Cause: no air | Remedy: open the valve"
    assert answer("What is the remedy of F-8?", hit(MARKDOWN, source="a.md")).startswith(shown)
    rest = hit("| F-8 | no air | open the valve |\n| F-9 | cold | wait |", "Faults > Code | Cause | Remedy", "a.md")
    assert answer("What is the remedy of F-8?", rest).startswith(shown)


def test_the_citation_of_a_markdown_row_quotes_the_file():
    hits = [hit(MARKDOWN, source="a.md")]
    draft = ExtractiveGenerator().generate("What is the remedy of F-8?", hits)
    (citation,) = Citer(draft.keys, hits).cite(draft.text).citations
    assert citation.quote == "| F-8 | no air | open the valve |" == MARKDOWN[citation.start : citation.end]


def test_values_without_names_answer_only_what_they_are():
    assert answer("What is ZK-2?", hit(BARE)).startswith("ZK-2 | spring | 92 | B7")
    assert answer("On which shelf is ZK-2?", hit(BARE)) == ABSTENTION


def test_the_title_of_a_table_counts_as_said_in_each_row():
    rows = hit(PARTS, "Stock > Spare parts of the Borg press")
    assert answer("What is the stock of the Borg axle?", rows).startswith("Part: KL-212")


def test_prose_beside_a_table_is_no_answer_by_the_rows_of_the_table():
    assert answer("What is the weight of KL-210?", hit(f"{PARTS}\nEnd of the list.")) == ABSTENTION
    assert answer("Who checks the stock?", hit(f"{PARTS}\nThe stock is checked by Ada Berg.")).startswith(
        "The stock is"
    )


def test_a_column_may_be_asked_for_by_its_own_name():
    text = "Shift | Leader | Mass\nShift: early | Leader: Ines Falk | Mass: 3 kg\nShift: late | Leader: Omar Reyes\n"
    assert answer("Who is the leader of the late shift?", hit(text)).startswith("Shift: late")
    assert answer("How heavy is the early shift?", hit(text)).startswith("Shift: early")
    assert answer("How heavy is the late shift?", hit(text)) == ABSTENTION
