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
    if name == "JSON Lines":
        return
    made = SAMPLES[name][0]()
    plain, printed = read(tmp_path, made), read(tmp_path, made, indent=2)
    assert (printed.interactions, printed.scores) == (plain.interactions, plain.scores)
