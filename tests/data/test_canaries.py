"""Canary files: a question is enough, golden cases serve too, a broken line is told with its place."""

import json

import pytest

from data.canaries import Canary, load_canaries
from data.errors import InputError
from data.records import content_hash


def write(tmp_path, *rows):
    path = tmp_path / "canaries.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_a_question_is_enough_and_other_keys_are_passed_over(tmp_path):
    rows = [
        {"question": " Who owns the moon? ", "must_abstain": True, "answers": None},
        {"id": 7, "question": "Where?", "answers": ["berth 4", ""], "sources": ["a.md"], "must_abstain": "yes"},
        {"case": "oil", "question": "How often?"},
    ]
    assert load_canaries(write(tmp_path, *rows)) == [
        Canary(content_hash("Who owns the moon?"), "Who owns the moon?", (), True),
        Canary("7", "Where?", ("berth 4", "")),
        Canary("oil", "How often?"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "canaries.jsonl:2: not JSON .*: put one object with a question per line"),
        ([], "canaries.jsonl:2: expected an object, found list"),
        ({}, "canaries.jsonl:2: required key 'question' is missing"),
        ({"question": " "}, "canaries.jsonl:2: 'question' must be a non-empty string, found ' '"),
        ({"question": "q", "answers": "a"}, "canaries.jsonl:2: 'answers' must be a list of strings, found 'a'"),
        ({"question": "q", "answers": [1]}, r"canaries.jsonl:2: 'answers' must be a list of strings, found \[1\]"),
        ({"question": "first"}, "canaries.jsonl:2: canary '.*' stands there twice"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_with_its_place(tmp_path, row, reason):
    with pytest.raises(InputError, match=reason):
        load_canaries(write(tmp_path, {"question": "first"}, row))
