"""`python -m eval`, on files alone."""

import json
import subprocess
import sys

import pytest

from eval.__main__ import main

CASES = [
    {"id": "fare", "question": "What is the fare?", "answers": ["5 euros"]},
    {"id": "moon", "question": "Who owns the moon?", "must_abstain": True},
]


@pytest.fixture
def files(tmp_path):
    def write(name, rows):
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return str(path)

    return write


def answer(name, question, text):
    return {"id": name, "at": "2026-01-01T00:00:00Z", "question": question, "answer": text, "contexts": []}


def test_answers_are_paired_by_id_or_question_and_missing_ones_count_as_failed(files, capsys):
    answers = files("a.jsonl", [answer("x", "What is the fare?", "It is 5 euros.")])
    assert main(["--cases", files("c.jsonl", CASES), "--answers", answers, "--json"]) == 0
    found = {item["case_id"]: item for item in json.loads(capsys.readouterr().out)["results"]}
    assert found["fare"]["values"]["answer_match"] == 1.0
    assert "holds no answer" in found["moon"]["error"]


def test_a_worse_file_is_a_regression(files, tmp_path, capsys):
    cases = [{"id": f"c{n}", "question": f"Number {n}?", "answers": [f"value {n}"]} for n in range(60)]
    right = [answer(f"c{n}", f"Number {n}?", f"It is value {n}.") for n in range(60)]
    wrong = [answer(f"c{n}", f"Number {n}?", f"It is value {n if n % 2 else 'nothing'}.") for n in range(60)]
    golden, run = files("c.jsonl", cases), str(tmp_path / "run.json")
    assert main(["--cases", golden, "--answers", files("r.jsonl", right), "--save", run]) == 0
    page = tmp_path / "p.html"
    assert main(["--cases", golden, "--answers", files("w.jsonl", wrong), "--accepted", run, "--html", str(page)]) == 1
    assert "REGRESSION: answer_match" in capsys.readouterr().out
    assert "nothing" in page.read_text(encoding="utf-8")


def test_bad_input_is_one_sentence_and_code_2(files, capsys):
    cases = files("c.jsonl", CASES)
    for arguments in (["--cases", "none.jsonl", "--answers", "x"], ["--cases", cases, "--answers", "none.jsonl"]):
        assert main(arguments) == 2
        assert capsys.readouterr().err.startswith("error: ")
    assert main(["--cases", cases, "--answers", files("a.jsonl", [answer("q", "Other?", "x")])]) == 2


def test_it_runs_as_a_module(files):
    ran = subprocess.run([sys.executable, "-m", "eval", "--help"], capture_output=True, text=True, check=True)
    assert "--answers" in ran.stdout
