"""Interaction files of any application: good lines are read, bad ones are named, nothing changes on the way."""

import json
import os
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.interchange.lines import interchange_lines, parse_line, read_interactions
from data.records import ABSTENTION, Score, content_hash

GOOD = {"id": "a", "at": "2026-01-01T00:00:00Z", "question": "Why?", "answer": "Because."}


def write(tmp_path, *lines):
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def test_four_keys_are_enough():
    interaction, scores = parse_line(json.dumps(GOOD))
    assert (interaction.at, interaction.outcome, scores) == (datetime(2026, 1, 1, tzinfo=UTC), "answered", [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "'id' must be a non-empty string"),
        ({"at": "yesterday"}, "'at' is not an ISO 8601 time: 'yesterday'"),
        ({"at": 5}, "'at' is no time in seconds or milliseconds since 1970: 5"),
        ({"at": None}, "'at' must be a time (ISO 8601, or seconds or milliseconds since 1970), found None"),
        ({"at": "02/11/2026 08:00"}, "'at' is not an ISO 8601 time: '02/11/2026 08:00': write 2026-11-02"),
        ({"question": " "}, "'question' must be a non-empty string"),
        ({"answer": 3}, "'answer' must be a string or null, found 3"),
        ({"latency_ms": "fast"}, "'latency_ms' must be a finite number, found 'fast'"),
        ({"contexts": "text"}, "'contexts' must be a list, found 'text'"),
        ({"contexts": [1]}, "each context must be an object, found 1"),
        ({"contexts": [{"text": 3}]}, "context 'text' must be a string, found 3"),
        ({"contexts": [{"score": "high"}]}, "context 'score' must be a finite number, found 'high'"),
        ({"latency_ms": -1}, "'latency_ms' must not be negative, found -1"),
        ({"tags": []}, "'tags' must be an object, found []"),
        ({"outcome": "great"}, "'outcome' must be one of answered, abstained, failed, found 'great'"),
    ],
)
def test_a_bad_value_is_named_with_what_was_found(change, reason):
    with pytest.raises(InputError) as caught:
        parse_line(json.dumps(GOOD | change))
    assert reason in str(caught.value)


@pytest.mark.parametrize("missing", ["id", "at", "question", "answer"])
def test_a_missing_key_is_named(missing):
    row = {key: value for key, value in GOOD.items() if key != missing}
    with pytest.raises(InputError, match=f"required key '{missing}' is missing"):
        parse_line(json.dumps(row))


@pytest.mark.parametrize(
    ("score", "kept"),
    [
        ({"metric": "f", "value": True}, ("f", 1.0, "")),
        ({"metric": "f", "value": "0.7"}, ("f", 0.7, "")),
        ({"metric": "f", "value": float("nan")}, ("f", None, "not a finite number: nan")),
        ({"metric": "f", "value": "n/a", "reason": "refused"}, ("f", None, "refused")),
        (
            {"metric": "f", "value": 1, "source": "me"},
            ("f", None, "its source is none of proxy, judge, human, reference"),
        ),
        ({"value": 1}, ("(unreadable)", None, "each score must be an object with a metric, found {'value': 1}")),
        (7, ("(unreadable)", None, "each score must be an object with a metric, found 7")),
    ],
)
def test_a_bad_score_costs_the_score_and_never_the_row(tmp_path, score, kept):
    loaded = read_interactions(write(tmp_path, GOOD | {"scores": [score, {"metric": "g", "value": 0.5}]}))
    assert [(s.metric, s.value, s.reason) for s in loaded.scores] == [kept, ("g", 0.5, "")]
    assert (len(loaded.interactions), loaded.rejected) == (1, ())
    assert bool(loaded.notes) == (kept[1] is None)


def test_a_score_keeps_the_scale_that_came_with_it():
    _, scores = parse_line(
        json.dumps(GOOD | {"scores": [{"metric": "slips", "value": 3, "direction": "down", "range": [0, 9]}]})
    )
    assert (scores[0].value, scores[0].scale) == (3.0, "down 0..9")


def test_what_data_frames_write_for_nothing_is_nothing():
    row = GOOD | {"latency_ms": float("nan"), "error": float("nan"), "contexts": [{"text": "t", "score": float("nan")}]}
    interaction, _ = parse_line(json.dumps(row))
    assert (interaction.latency_ms, interaction.error, interaction.contexts[0].score) == ({}, None, None)


def test_session_user_and_how_the_model_stopped_are_kept():
    interaction, _ = parse_line(json.dumps(GOOD | {"session": "s", "user": "u", "finish_reason": "MAX_TOKENS"}))
    assert (interaction.tags, interaction.flags) == ({"session": "s", "user": "u"}, ("length",))


def test_bad_lines_are_returned_with_their_numbers_and_good_ones_are_kept(tmp_path):
    path = write(tmp_path, GOOD, "{broken", GOOD | {"id": "b"}, GOOD | {"answer": "No."}, "[]")
    loaded = read_interactions(path)
    assert [item.id for item in loaded.interactions] == ["a", "b"]
    assert [item.line for item in loaded.rejected] == [2, 4, 5]
    assert "id 'a' is used by an earlier line too, for another interaction" in loaded.rejected[1].reason


def test_the_same_row_twice_counts_once_and_is_said(tmp_path):
    more = {"scores": [{"metric": "f", "value": 0.5}]}
    loaded = read_interactions(write(tmp_path, GOOD, GOOD, dict(reversed(GOOD.items())) | more))
    assert (len(loaded.interactions), loaded.rejected, len(loaded.scores)) == (1, (), 1)
    assert loaded.notes == ("2 rows are there twice or more, word for word, and counted once.",)


def test_a_line_that_is_not_utf8_does_not_stop_the_next(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"id": "\xff"}\n' + json.dumps(GOOD).encode())
    loaded = read_interactions(path)
    assert (len(loaded.interactions), loaded.rejected[0].line) == (1, 1)


def test_an_empty_file_and_a_missing_one_are_refused(tmp_path):
    with pytest.raises(InputError, match="is empty"):
        read_interactions(write(tmp_path, ""))
    with pytest.raises(InputError, match="There is no interaction file"):
        read_interactions(tmp_path / "absent.jsonl")


def test_a_pipe_is_not_called_absent(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is a pipe or a device"):
        read_interactions(tmp_path / "pipe")


def test_a_context_may_be_its_text_alone(tmp_path):
    [item] = read_interactions(write(tmp_path, json.dumps(GOOD | {"contexts": ["Berth 4."]}))).interactions
    [context] = item.contexts
    assert (context.text, context.id) == ("Berth 4.", content_hash("Berth 4."))


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ({"answer": ABSTENTION}, "abstained"),
        ({"answer": ""}, "answered"),
        ({"answer": None}, "failed"),
        ({"error": "timeout"}, "failed"),
        ({"answer": "42"}, "answered"),
    ],
)
def test_the_outcome_follows_from_answer_and_error(row, outcome):
    assert parse_line(json.dumps(GOOD | row))[0].outcome == outcome


texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1).filter(str.strip)


@given(question=texts, answer=st.none() | texts, value=st.none() | st.floats(0, 1))
def test_what_is_written_is_read_back_the_same(tmp_path_factory, question, answer, value):
    path = tmp_path_factory.mktemp("io") / "out.jsonl"
    interaction, _ = parse_line(json.dumps(GOOD | {"question": question, "answer": answer, "latency_ms": 5}))
    score = Score("a", "faithfulness", value, "judge", "why", "ragas", "1")
    (line,) = interchange_lines([interaction], [score])
    path.write_text(line, encoding="utf-8")
    loaded = read_interactions(path)
    assert (loaded.interactions, loaded.scores, loaded.rejected) == ((interaction,), (score,), ())
