"""Golden cases are read strictly: a case nobody can judge, or a misspelt key, is refused with its line."""

import json

import pytest

from data.cases import load_cases
from data.errors import InputError

GOOD = {"id": "a", "question": "Why?", "answers": ["Because"]}


def write(tmp_path, *rows):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def test_cases_are_read_in_order(tmp_path):
    cases = load_cases(write(tmp_path, GOOD, "", {"id": "b", "question": "Who?", "must_abstain": True}))
    assert [(case.id, case.must_abstain) for case in cases] == [("a", False), ("b", True)]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([GOOD, GOOD], r"cases.jsonl:2: case id 'a' is used twice"),
        ([{"id": "a", "question": "Why?"}], "needs answers, sources or must_abstain"),
        ([GOOD | {"awnsers": []}], "unknown key 'awnsers'"),
        ([GOOD | {"answers": "Because"}], "'answers' must be a list of strings"),
        (["{"], "not JSON"),
        (["[]"], "expected an object, found list"),
        ([{"id": "", "question": "Why?"}], "'id' must be a non-empty string"),
        ([""], "holds no cases"),
    ],
)
def test_a_case_that_cannot_be_used_is_refused_with_its_line(tmp_path, rows, reason):
    with pytest.raises(InputError, match=reason):
        load_cases(write(tmp_path, *rows))


def test_a_missing_file_says_how_to_pass_one(tmp_path):
    with pytest.raises(InputError, match="pass --cases"):
        load_cases(tmp_path / "none.jsonl")
