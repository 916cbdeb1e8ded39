import json

import pytest

import drift
from data.errors import InputError
from data.records import DIMENSIONS_SCORER, Score

AT = "2026-05-0{}T12:00:00+00:00"


def line(number, **more):
    row = {"id": f"i{number}", "at": AT.format(number), "question": "Why?", "answer": f"Because {number}."}
    return json.dumps(row | more)


@pytest.fixture
def written(tmp_path):
    def write(*lines):
        path = tmp_path / "may.jsonl"
        path.write_text("".join(f"{item}\n" for item in lines), encoding="utf-8")
        return path

    return write


def scored(interaction):
    return [Score(interaction.id, name, 0.5, "proxy") for name in ("groundedness", "number_support")]


def test_a_file_is_a_window_in_the_order_of_time(written):
    window = drift.read(str(written(line(3), line(1))))
    assert [item.id for item in window.interactions] == ["i1", "i3"]
    assert (window.name, window.since, window.until) == (
        "may.jsonl",
        window.interactions[0].at,
        window.interactions[1].at,
    )
    assert (window.scores, window.notes) == ((), ())


def test_answers_are_scored_where_the_file_holds_no_such_score(written):
    theirs = [{"metric": "groundedness", "value": 0.1, "source": "human"}]
    rated = [{"metric": "thumbs", "value": 1.0, "source": "human"}]
    window = drift.read(written(line(1), line(2, scores=theirs), line(3, scores=rated)), score=scored)
    found = {item.id: [s.metric for s in window.scores if s.interaction_id == item.id] for item in window.interactions}
    assert found == {
        "i1": ["groundedness", "number_support"],
        "i2": ["groundedness"],
        "i3": ["thumbs", "groundedness", "number_support"],
    }


def test_scores_by_dimension_are_a_kind_of_their_own(written):
    theirs = [{"metric": "relevance", "value": 0.1, "source": "judge"}]
    ours = [{"metric": "relevance", "value": 0.2, "source": "proxy", "scorer": DIMENSIONS_SCORER}]

    def both(interaction):
        return [*scored(interaction), Score(interaction.id, "relevance", 0.5, "proxy", "", DIMENSIONS_SCORER)]

    window = drift.read(written(line(1, scores=theirs), line(2, scores=ours)), score=both)
    found = {item.id: [s.metric for s in window.scores if s.interaction_id == item.id] for item in window.interactions}
    assert found == {
        "i1": ["relevance", "groundedness", "number_support", "relevance"],
        "i2": ["relevance", "groundedness", "number_support"],
    }


def test_an_answer_with_figures_checked_alone_has_no_groundedness_yet(written):
    theirs = [{"metric": "number_support", "value": 0.1, "source": "proxy"}]
    window = drift.read(written(line(1, scores=theirs)), score=scored)
    assert [(item.metric, item.value) for item in window.scores] == [("number_support", 0.1), ("groundedness", 0.5)]


def test_an_answer_that_has_its_score_is_not_measured_again(written):
    measured = []

    def counting(interaction):
        measured.append(interaction.id)
        return scored(interaction)

    theirs = [{"metric": "groundedness", "value": 0.1, "source": "proxy"}]
    drift.read(written(line(1), *(line(number, scores=theirs) for number in range(2, 6))), score=counting)
    assert measured == ["i1"]


def test_lines_that_are_no_interactions_are_told_and_cost_no_good_one(written):
    path = written(line(1), "nonsense", '{"id": "i2"}')
    told = f"{path} has 2 lines that are no interaction (line 2: not JSON"
    with pytest.warns(UserWarning, match="2 lines that are no interaction") as warned:
        window = drift.read(path)
    assert str(warned[0].message).startswith(told)
    assert (len(window.interactions), window.notes) == (1, (str(warned[0].message),))
    assert warned[0].filename == __file__


@pytest.mark.parametrize(
    ("lines", "words"), [((), "is empty"), (("{}",), "No line of .* is an interaction"), ((" ",), "is empty")]
)
def test_a_file_without_interactions_is_refused(written, lines, words):
    with pytest.raises(InputError, match=words):
        drift.read(written(*lines))


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(InputError, match=r"There is no interaction file at .*june.jsonl"):
        drift.read(tmp_path / "june.jsonl")
    with pytest.raises(InputError, match="There is no log in"):
        drift.read(tmp_path)
