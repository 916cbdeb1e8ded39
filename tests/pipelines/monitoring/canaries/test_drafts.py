"""Canaries are drafted from golden cases and from what people ask most; what stands in the file stays."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from data.canaries import load_canaries
from data.errors import InputError
from data.records import Citation, Interaction, stand_in
from pipelines.monitoring.canaries.drafts import draft_canaries
from pipelines.wiring import init_workspace, open_log, open_workspace

START = datetime(2026, 3, 1, tzinfo=UTC)
QUOTE = "The bridge closes at 22:00 every day."


@pytest.fixture
def opened(tmp_path):
    init_workspace(tmp_path)
    return open_workspace(tmp_path)


@pytest.fixture
def ask(opened):
    """Log a question so many times."""
    log, count = open_log(opened), iter(range(10_000))

    def asked(question, times=1, **parts):
        at = (next(count) for _ in range(times))
        log.append(Interaction(f"i{n}", START + timedelta(minutes=n), question, "Said so.", **parts) for n in at)

    return asked


def rows(opened):
    return [json.loads(line) for line in (opened.folder / "canaries.jsonl").read_text().splitlines()]


def test_golden_cases_come_first_and_a_quarter_must_be_declined(opened, tmp_path):
    cases = [{"id": f"c{n}", "question": f"What costs ticket {n}?", "answers": [str(n)]} for n in range(40)]
    cases += [{"id": f"u{n}", "question": f"Who painted wall {n}?", "must_abstain": True} for n in range(9)]
    (tmp_path / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))
    made = draft_canaries(opened, None, None, 20)
    assert (made.added, made.declined, made.open) == (20, 5, 0)
    found = load_canaries(tmp_path / "canaries.jsonl")
    assert sum(canary.must_abstain for canary in found) == 5
    assert found[0].answers == ("0",)


def test_the_most_frequent_questions_of_users_are_taken_with_what_was_quoted(opened, ask):
    cited = Citation(1, "c", "a.md", None, 0, 37, QUOTE, True)
    ask("When does the bridge close?", 5, citations=(cited,))
    ask("when does THE bridge close", 2)
    ask("Is there a lift?", 3)
    ask("Who is the king of the harbour?", 4, outcome="abstained")
    ask("Asked by a canary?", 9, kind="canary")
    ask("Which request failed?", 9, outcome="failed")
    ask(stand_in("0" * 16), 9)
    made = draft_canaries(opened, None, None, 3)
    assert [(row["question"], row["asked"]) for row in rows(opened)] == [
        ("when does THE bridge close", 7),
        ("Is there a lift?", 3),
        ("Who is the king of the harbour?", 4),
    ]
    assert [row.get("must_abstain", False) for row in rows(opened)] == [False, False, True]
    assert (rows(opened)[0]["quoted"], made.open, made.declined) == (QUOTE, 2, 1)
    assert "2 questions of the log have no answer yet" in str(made)


def test_what_stands_in_the_file_stays_and_does_not_come_again(opened, ask):
    path = opened.folder / "canaries.jsonl"
    path.write_text('{"id": "mine", "question": "Is there a lift?", "answers": ["yes"], "note": "kept"}')
    ask("is there a lift", 5)
    ask("Where is the ramp?", 2)
    made = draft_canaries(opened, None, None, 10)
    assert (made.added, made.total) == (1, 2)
    assert rows(opened)[0] == {"id": "mine", "question": "Is there a lift?", "answers": ["yes"], "note": "kept"}
    with pytest.raises(InputError, match="Neither golden cases nor the log"):
        draft_canaries(opened, None, None, 10)


def test_unreviewed_drafts_without_an_answer_and_follow_ups_are_no_canaries(opened, tmp_path):
    lines = [
        {"id": "a", "question": "What is this?", "reviewed": False},
        {"id": "b", "question": "And how much?", "answers": ["5"], "conversation": [{"role": "user", "content": "x"}]},
        {"id": "c", "question": "How long is the pier?", "answers": ["90 m"]},
    ]
    (tmp_path / "cases.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    draft_canaries(opened, None, None, 10)
    assert [row["id"] for row in rows(opened)] == ["c"]


def test_nothing_to_draft_from_is_one_sentence(opened):
    with pytest.raises(InputError, match="Neither golden cases nor the log"):
        draft_canaries(opened, None, None, 10)
