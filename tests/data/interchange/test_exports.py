"""What is read of each tool's records: question, answer, passages, scores, model, time, session, a cell each."""

import json

import pytest

from data.interchange import read_file
from tests.data.interchange.span_samples import AT, A, P, Q
from tests.data.interchange.traced_samples import SAMPLES

CELLS = [(name, cell) for name, (_, cells) in SAMPLES.items() for cell in sorted(cells)]


def read(tmp_path, made, indent=None):
    rows = made if isinstance(made, list) and indent is None else [made]
    path = tmp_path / "export.json"
    path.write_text("\n".join(json.dumps(row, indent=indent) for row in rows), encoding="utf-8")
    return read_file(path)


def cell_of(loaded, cell):
    [item] = loaded.interactions
    return {
        "question": item.question,
        "answer": item.answer,
        "passages": [context.text for context in item.contexts],
        "source": [context.source for context in item.contexts],
        "model": item.fingerprint.chat_model,
        "time": item.at,
        "session": item.tags.get("session"),
        "scores": [(score.metric.casefold(), score.value, score.source) for score in loaded.scores],
    }[cell]


EXPECTED = {
    "question": Q,
    "answer": A,
    "passages": [P],
    "source": ["port.md"],
    "model": "m-1",
    "time": AT,
    "session": "s1",
    "scores": [("faithfulness", 0.9, "judge")],
}


@pytest.mark.parametrize(("name", "cell"), CELLS)
def test_a_cell_is_read(tmp_path, name, cell):
    loaded = read(tmp_path, SAMPLES[name][0]())
    assert loaded.rejected == ()
    assert cell_of(loaded, cell) == EXPECTED[cell]


@pytest.mark.parametrize("name", SAMPLES)
def test_printed_over_many_lines_it_is_the_same(tmp_path, name):
    made = SAMPLES[name][0]()
    plain, printed = read(tmp_path, made), read(tmp_path, made, indent=2)
    assert (printed.interactions, printed.scores) == (plain.interactions, plain.scores)


def test_our_own_format_is_read_from_a_list_and_a_table(tmp_path):
    rows = [{"id": name, "at": "2026-01-05T08:00:00Z", "question": Q, "answer": A} for name in "ab"]
    (tmp_path / "rows.json").write_text(json.dumps(rows, indent=1))
    (tmp_path / "rows.csv").write_text("id,at,question,answer\n" + "".join(f"{n},2026-01-05,{Q},{A}\n" for n in "ab"))
    for name in ("rows.json", "rows.csv"):
        assert [item.id for item in read_file(tmp_path / name).interactions] == ["a", "b"]


def test_json_of_no_known_tool_is_one_item_and_not_many_broken_lines(tmp_path):
    (tmp_path / "odd.json").write_text(json.dumps({"foo": [1, 2], "bar": "x"}, indent=1))
    loaded = read_file(tmp_path / "odd.json")
    assert [item.reason for item in loaded.rejected] == ["required key 'id' is missing"]
    assert "docs/attach.md" in loaded.notes[0]
