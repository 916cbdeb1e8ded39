from data.cases import case_row, parse_case
from eval.drafts.drafts import Stretch, draft_cases, language_of

OIL = "The lubricating oil of the main engine is changed every 1,000 running hours."
NAME = "Requests about personal data are answered by Henrik Vaal within the month."
RU = "Смазочное масло главного двигателя меняют каждые 1000 часов работы без исключения."
CORPUS = [
    Stretch("engine.md", (OIL, "It is black."), "Manual > Oil changes"),
    Stretch("copy.md", (OIL,), "Other > Routine work"),
    Stretch("privacy.md", (NAME, "| a | 12 |"), "Privacy > Contact us"),
    Stretch("ru.md", (RU,), page=3),
]


def drafts(**more):
    return {case.id: case for case in draft_cases(CORPUS, 50, 0, **more)}.values()


def test_a_number_or_a_name_becomes_the_gap_and_the_sentence_is_the_evidence():
    by_answer = {case.answers: case for case in drafts() if "cloze" in case.tags}
    oil = by_answer["1,000",]
    assert oil.question.endswith("is changed every ___ running hours.")
    assert (oil.sources, oil.evidence, oil.reviewed) == (("engine.md", "copy.md"), (OIL,), False)
    assert ("Henrik Vaal",) in by_answer
    assert by_answer["1000",].question.startswith("Заполните пропуск")
    assert (by_answer["1000",].language, by_answer["1000",].page) == ("ru", 3)


def test_tables_and_short_sentences_are_not_asked_about():
    assert len([case for case in drafts() if "cloze" in case.tags]) == 3


def test_headings_are_asked_about_where_one_source_has_them():
    titled = {case.question for case in drafts() if "title" in case.tags}
    assert "What is said about “Oil changes”?" in titled
    double = [*CORPUS, Stretch("else.md", ("x",), "Manual > Oil changes")]
    assert not any("Oil changes" in case.question for case in draft_cases(double, 50, 0))


def test_the_same_seed_gives_the_same_and_taken_ones_do_not_come_back():
    assert draft_cases(CORPUS, 3, 7) == draft_cases(CORPUS, 3, 7)
    first = draft_cases(CORPUS, 2, 0)
    rest = draft_cases(CORPUS, 50, 0, {case.id for case in first})
    assert not {case.id for case in first} & {case.id for case in rest}


def test_a_draft_is_written_and_read_as_it_is():
    for case in drafts():
        assert parse_case(case_row(case), "here") == case


def test_a_language_is_told_by_its_letters():
    assert (language_of("Где пристань 5?"), language_of("Where is gate 5?"), language_of("12")) == ("ru", "en", "en")


def test_the_number_of_a_clause_is_not_asked_for():
    clause = Stretch("terms.md", ("5.2 Drones may not be flown from the ship while it is in port.",))
    assert draft_cases([clause], 5, 0) == []
    (draft,) = draft_cases(
        [Stretch("terms.md", ("5.2 Drones stay at least 50 metres away from the ship in port.",))], 5, 0
    )
    assert draft.answers == ("50",)
