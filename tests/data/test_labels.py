"""Label files: each way to write a judgement is understood, what is none is refused."""

import json

import pytest

from data.errors import InputError
from data.labels import METRIC, Label, parse_label, read_label_file


@pytest.mark.parametrize(
    ("label", "value"),
    [(1, 1.0), (0.25, 0.25), (True, 1.0), (False, 0.0), ("y", 1.0), (" No ", 0.0), ("GOOD", 1.0), ("bad", 0.0)],
)
def test_a_label_is_a_number_a_truth_value_or_a_word(label, value):
    assert parse_label(json.dumps({"id": "a", "label": label})) == Label("a", value)


@pytest.mark.parametrize("label", [2, -0.1, "maybe", "0.5", [], float("nan"), float("inf"), 10**400])
def test_other_labels_are_refused(label):
    with pytest.raises(InputError, match="'label' must be a number from 0 to 1, true, false, "):
        parse_label(json.dumps({"id": "a", "label": label}))


@pytest.mark.parametrize("row", [[], {"label": 1}, {"id": "", "label": 1}, {"id": 5, "label": 1}, {"id": "a"}])
def test_a_line_needs_an_id_and_a_label(row):
    with pytest.raises(InputError, match="expected an object with the id of an interaction and a label"):
        parse_label(json.dumps(row))


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({"probability": 0}, "'probability' must be above 0 and at most 1, found 0"),
        ({"probability": "0.5"}, "'probability' must be above 0 and at most 1, found '0.5'"),
        ({"metric": "m" * 65}, "'metric' must be a name of at most 64 characters"),
        ({"metric": ["m"]}, "'metric' must be a name of at most 64 characters"),
    ],
)
def test_what_is_told_of_a_label_must_fit(extra, reason):
    with pytest.raises(InputError, match=reason):
        parse_label(json.dumps({"id": "a", "label": 1, **extra}))


def test_an_open_line_is_counted_and_a_comment_alone_is_a_label(tmp_path):
    lines = [
        {"id": "a", "label": None, "probability": "?"},
        {"id": "b", "label": None, "comment": "which ship?", "metric": None},
        {"id": "b", "label": 3},
        {"id": "c", "label": "n", "probability": 0.5, "metric": "tone", "somebody": "else"},
    ]
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    read = read_label_file(path)
    assert read.labels == (Label("b", None, METRIC, comment="which ship?"), Label("c", 0.0, "tone", 0.5))
    assert (read.open, [line.line for line in read.rejected]) == (1, [3])
