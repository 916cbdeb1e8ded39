"""Golden cases are read strictly: a case nobody can judge, or a misspelt key, is refused with its line."""

import json

import pytest

from data.cases import load_cases, parse_case, write_cases
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
        ([GOOD | {"answers": "Because"}], "'answers' must be a list of non-empty strings"),
        ([GOOD | {"answers": [""]}], "'answers' must be a list of non-empty strings"),
        ([GOOD | {"evidence": [" "]}], "'evidence' must be a list of non-empty strings"),
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
    with pytest.raises(InputError, match="on the command line with --cases"):
        load_cases(tmp_path / "none.jsonl")


YAML = """
- id: oil
  question: How often?
  answers: ["1,000 hours"]
  conversation:
    - {role: user, content: Tell me about oil.}
    - {role: assistant, content: It is black.}
- {id: moon, question: "Who owns the moon?", must_abstain: true}
"""


def test_yaml_and_jsonl_hold_the_same(tmp_path):
    path = tmp_path / "cases.yaml"
    path.write_text(YAML, encoding="utf-8")
    cases = load_cases(path)
    assert [said.role for said in cases[0].conversation] == ["user", "assistant"]
    for name in ("copy.jsonl", "copy.yml"):
        write_cases(tmp_path / name, cases)
        assert load_cases(tmp_path / name) == cases


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n", "holds a dict"),
        ("- [\n", "not YAML"),
        ("- {id: a, question: q, answers: [2026-01-01]}\n", "case 1: 'answers' must be a list of non-empty strings"),
        ("- {id: a, question: q, answers: [x]}\n- {id: a, question: q, answers: [x]}\n", "case 2: case id 'a' is used"),
        ("", "holds no cases"),
    ],
)
def test_unusable_yaml_is_refused_with_the_place(tmp_path, text, message):
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_cases(path)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"conversation": [{"role": "system", "content": "x"}]}, "conversation"),
        ({"conversation": "x"}, "conversation"),
        ({"must_abstain": "yes"}, "true or false"),
        ({"page": "3"}, "whole number"),
        ({"probability": 0}, "probability"),
        ({"reviewed": 1}, "true or false"),
    ],
)
def test_values_of_the_wrong_kind_are_refused(extra, message):
    with pytest.raises(InputError, match=message):
        parse_case({"id": "a", "question": "q", "answers": ["x"], **extra}, "here")


@pytest.mark.parametrize("question", ["two\u2028lines", "next\x85line", "a\x0cpage"])
def test_a_question_with_a_line_break_of_another_kind_is_read_back(tmp_path, question):
    case = parse_case({**GOOD, "question": question}, "here")
    write_cases(tmp_path / "cases.jsonl", [case])
    assert load_cases(tmp_path / "cases.jsonl") == [case]


def test_only_a_draft_may_lack_an_expectation():
    assert not parse_case({"id": "a", "question": "q", "reviewed": False}, "here").judgeable
    with pytest.raises(InputError, match="cannot be judged"):
        parse_case({"id": "a", "question": "q"}, "here")
