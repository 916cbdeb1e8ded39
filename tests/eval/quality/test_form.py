import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.quality.form import Habits, form, is_empty, learn_habits, without_citations_at_end
from tests.eval.quality.ferry import PASSAGES, QUESTION, RIGHT

USUAL = Habits(closed=1.0, cited=1.0, with_passages=1.0)


def faults(answer, passages=PASSAGES["en"], habits=USUAL, question=QUESTION["en"], **more):
    return [name for name, _ in form(question, answer, passages, habits=habits, **more).faults]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (f"{RIGHT['en']} [1]", []),
        ("", ["empty"]),
        ("  \n", ["empty"]),
        ("N/A", ["empty"]),
        ("null.", ["empty"]),
        (f"{RIGHT['en']} [1] " * 9, ["looped"]),
        ("When does the ferry leave Brenna? [1]", ["question_again"]),
        ("The morning ferry leaves Brenna at 07:40 on every [1]", ["cut"]),
        ("The morning ferry leaves Bren [1]", ["cut"]),
        ("In the morning a ferry leaves the harbour of the [1]", ["cut"]),
        ("- The ferry leaves at 07:40.\n- Dogs travel free.\n- The captain has [1]", ["cut"]),
        (f"{PASSAGES['en'][0]} [1]", ["copied"]),
        ("El barco de la mañana sale de Brenna a las siete y cuarenta de lunes a viernes. [1]", ["other_language"]),
        ("Xqz wvk jjrt plomb krtz vvnq zzrk qwpt. [1]", ["gibberish"]),
        (RIGHT["en"], ["citations_lost"]),
    ],
)
def test_each_fault_is_seen_and_named(answer, found):
    assert faults(answer) == found


def test_a_reported_limit_is_a_cut_however_the_text_ends():
    assert faults(f"{RIGHT['en']} [1]", finish_reason="length") == ["cut"]


def test_recorded_citations_count_where_the_text_has_none():
    assert faults(RIGHT["en"], cited=1) == []


def test_passages_that_used_to_be_there_are_missed():
    assert faults(f"{RIGHT['en']} [1]", passages=()) == ["passages_gone"]


def test_what_was_never_usual_is_no_fault():
    assert faults("In the morning, at 07:40", passages=(), habits=Habits()) == []


def test_a_log_of_short_answers_has_no_cuts_among_them():
    habits = learn_habits([("07:40", PASSAGES["en"], 1), ("Halvard Moen", PASSAGES["en"], 1)])
    assert habits.terse == 1.0 and habits.closed == 0.0
    assert faults("In the morning", habits=habits, cited=1) == []


def test_habits_are_shares():
    answers = [
        (f"{RIGHT['en']} [1]", PASSAGES["en"], 0),
        (RIGHT["en"], ("",), 0),
        ("The ferry leaves every day at", (), 1),
    ]
    assert learn_habits(answers) == Habits(closed=2 / 3, cited=2 / 3, with_passages=1 / 3)
    assert learn_habits([]) == Habits()


def test_the_score_falls_by_the_weights_of_its_faults():
    whole, cut = (form("q", text, (), habits=Habits()).score for text in ("It is so.", "It is so and"))
    assert whole == 1.0 and cut == pytest.approx(0.2)


@given(st.text(max_size=400), st.text(max_size=80))
def test_any_text_has_a_score_between_zero_and_one(answer, question):
    assert 0.0 <= form(question, answer, PASSAGES["en"], habits=USUAL).score <= 1.0


@given(st.text(alphabet=" [1]【source】.a", max_size=60))
def test_citations_at_the_end_are_taken_off_once_and_for_all(text):
    bare = without_citations_at_end(text)
    assert text.startswith(bare) and without_citations_at_end(bare) == bare


@pytest.mark.parametrize("answer", ["0", "7", "No.", "π", "42 [1]"])
def test_a_short_answer_is_not_empty(answer):
    assert not is_empty(answer)
