"""Golden cases through the command: measured, gated, and not in the log."""

import json

from tests.pipelines.cli.sentences import one_sentence

CASES = [
    {"id": "luggage", "question": "How much luggage may a foot passenger bring?", "answers": ["23 kg"]},
    {"id": "oil", "question": "How often is the lubricating oil changed?", "answers": ["1,000 running hours"]},
    {"id": "moon", "question": "What is the escape velocity of the moon Titan?", "must_abstain": True},
]


def write_cases(path, cases):
    path.write_text("\n".join(map(json.dumps, cases)))
    return path


def test_golden_cases_are_measured(command, workspace):
    ran = command("rag", "eval", "--cases", write_cases(workspace / "cases.jsonl", CASES), "--json")
    means = {item["metric"]["name"]: item["interval"]["mean"] for item in ran.json["summaries"] if item["interval"]}
    assert ran.code == 0
    assert (means["completed"], means["answer_match"], means["rightly_abstained"]) == (1.0, 1.0, 1.0)


def test_three_cases_are_too_few_for_a_gate_and_it_says_so(command, workspace):
    write_cases(workspace / "cases.jsonl", CASES)
    assert command("rag", "eval").code == 0
    assert command("rag", "eval", "accept").code == 0
    ran = command("rag", "eval", "--gate", "--junit", "out.xml", "--markdown", "out.md")
    assert ran.code == 5
    assert "TOO FEW CASES" in ran.out.splitlines()[0]
    assert "<testsuite" in (workspace / "out.xml").read_text()
    assert "TOO FEW CASES" in (workspace / "out.md").read_text()


def test_a_gate_without_an_accepted_run_says_how_to_accept(command, workspace):
    write_cases(workspace / "cases.jsonl", CASES)
    assert "rag eval accept" in one_sentence(command("rag", "eval", "--gate"))


def test_evaluation_questions_stay_out_of_the_log(command, workspace):
    command("rag", "eval", "--cases", write_cases(workspace / "cases.jsonl", CASES))
    assert command("rag", "status", "--json").json["log"]["interactions"] == 0
