import pytest

from data.records import ABSTENTION, Chunk, Hit
from rag.answer.evidence import find_evidence
from rag.answer.extractive import ExtractiveGenerator

PASSAGES = {
    "baggage.md": "# Hand luggage\n\nEach passenger may bring hand luggage of up to 10 kilograms. Prams travel free.",
    "pier.txt": "The new pier was built after the storm. It was opened in 1931 by Anna Berg. It is 240 metres long.",
    "faq.md": "How old must a dog be?\nAt least 15 weeks.\n\nIs smoking allowed?\nOn the open deck only.",
    "правила.md": "Каждый пассажир может взять ручную кладь до 10 килограммов. Паром отходит в 9:30 от причала 4.",
    "fares.md": "| Class | Price |\n|---|---|\n| Lounge seat | €12 |\n| Cabin for two | €80 |",
}


def hits(*names):
    return [
        Hit(Chunk(name, 0, len(PASSAGES[name]), PASSAGES[name]), 1.0 / place)
        for place, name in enumerate(names or PASSAGES, start=1)
    ]


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("How many kilograms of hand luggage may a passenger bring?", "hand luggage of up to 10 kilograms"),
        ("Please tell me when the pier was opened", "opened in 1931"),
        ("Who opened the pier?", "Anna Berg"),
        ("How long is the pier in metres?", "240 metres"),
        ("How old must a dog be?", "15 weeks"),
        ("Сколько килограммов ручной клади можно взять?", "до 10 килограммов"),
        ("Во сколько отходит паром?", "в 9:30"),
        ("What is the price of a cabin for two?", "€80"),
    ],
)
def test_plain_questions_are_answered_with_the_sentence_that_says_it(question, quote):
    draft = ExtractiveGenerator().generate(question, hits())
    assert quote in draft.text.splitlines()[0]


@pytest.mark.parametrize(
    "question", ["Who won the football championship?", "What is the capital of Peru?", "Сколько стоит виза в Канаду?"]
)
def test_questions_about_something_else_are_refused(question):
    assert ExtractiveGenerator().generate(question, hits()).text == ABSTENTION


LOCKERS = "There are 64 lockers in Kallvik. A small locker costs €4 and a large one €7 for each 24 hours."


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("What does a locker at Kallvik cost?", True),
        ("What does parking at Kallvik cost?", False),
        ("How much must I pay for parking in Kallvik?", False),
    ],
)
def test_a_price_is_no_answer_where_nothing_says_that_it_is_of_what_was_asked_for(question, answered):
    draft = ExtractiveGenerator().generate(question, [Hit(Chunk("baggage.md", 0, len(LOCKERS), LOCKERS), 1.0)])
    assert (draft.text != ABSTENTION) == answered


def test_a_question_for_a_price_alone_is_answered_by_any_price():
    text = "The ticket costs €4 at the desk."
    assert (
        "€4" in ExtractiveGenerator().generate("What does it cost?", [Hit(Chunk("a.md", 0, len(text), text), 1.0)]).text
    )


@pytest.mark.parametrize("question", ["?!", "What is", "…", "и", "the?"])
def test_a_question_that_asks_for_nothing_is_refused(question):
    assert ExtractiveGenerator().generate(question, hits()).text == ABSTENTION


def test_every_line_is_a_sentence_of_its_passage_followed_by_the_key_of_that_passage():
    draft = ExtractiveGenerator().generate("How long is the pier and who opened it?", hits())
    by_id = {hit.chunk.id: hit.chunk.text for hit in hits()}
    for line in draft.text.splitlines():
        quote, key = line.rsplit(" [", 1)
        assert quote in by_id[draft.keys[key.rstrip("]")]]


def test_the_same_question_gives_the_same_draft():
    assert ExtractiveGenerator().generate("Who opened the pier?", hits()) == ExtractiveGenerator().generate(
        "Who opened the pier?", hits()
    )


def test_the_same_sentence_in_two_passages_is_quoted_once():
    twice = [*hits("pier.txt"), Hit(Chunk("copy.txt", 0, 103, PASSAGES["pier.txt"]), 0.5)]
    draft = ExtractiveGenerator().generate("When was the pier opened?", twice)
    assert draft.text.count("opened in 1931") == 1


def test_headings_and_questions_are_never_evidence():
    found = find_evidence("hand luggage smoking allowed", [PASSAGES["baggage.md"], PASSAGES["faq.md"]])
    quoted = [list(PASSAGES.values())[0 if item.passage == 0 else 2][item.start : item.end] for item in found]
    assert quoted
    assert not [text for text in quoted if text.startswith("#") or text.endswith("?")]


LETTER = (
    "Parking at the pier\n\nThe car park above the pier has 120 spaces.\n\nA day of parking costs €7.\n\n"
    "Parking wardens are the following:\nBerg walks the upper deck at night."
)


@pytest.mark.parametrize(
    ("question", "fitting"),
    [
        ("What does a day of parking cost?", "A day of parking costs €7."),
        ("How many spaces has the car park?", "The car park above the pier has 120 spaces."),
        ("Who walks the upper deck?", "Berg walks the upper deck at night."),
    ],
)
def test_the_sentence_quoted_first_holds_the_kind_of_thing_asked_for(question, fitting):
    letter = Hit(Chunk("letter.txt", 0, len(LETTER), LETTER), 1.0)
    assert ExtractiveGenerator().generate(question, [letter]).text.startswith(fitting)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What does the fish soup at the kiosk cost?", "The kiosk sells fish soup in winter."),
        ("When was the kiosk painted?", "The kiosk is painted green and white."),
        ("Who paints the kiosk?", "Our painters paint the kiosk in spring."),
        ("How many kiosks sell soup?", "The kiosks on the pier sell soup."),
        ("Сколько стоит бокал вина в баре?", "В баре подают бокал вина до часа ночи."),
    ],
)
def test_a_sentence_about_it_that_lacks_what_is_asked_for_is_no_answer(question, text):
    assert ExtractiveGenerator().generate(question, [Hit(Chunk("a.txt", 0, len(text), text), 1.0)]).text == ABSTENTION


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What does entry to the pier cost?", "Entry to the pier is free."),
        ("When is the pier open?", "The pier is open whenever anglers come."),
        ("Who matters on the pier?", "anglers matter on the pier"),
    ],
)
def test_what_may_be_an_answer_is_not_refused_for_its_form(question, text):
    assert ExtractiveGenerator().generate(question, [Hit(Chunk("a.txt", 0, len(text), text), 1.0)]).text != ABSTENTION


def test_titles_and_lead_ins_are_never_evidence():
    found = find_evidence("parking wardens of the pier", [LETTER])
    quoted = [LETTER[item.start : item.end] for item in found]
    assert "The car park above the pier has 120 spaces." in quoted
    assert not [text for text in quoted if text.endswith(":") or text == "Parking at the pier"]


def test_items_and_rows_are_no_titles():
    text = "- Prams travel free\n- Dogs pay 12 euro\n\n| Cabin | €80 |\n| Seat | €12 |\n\nSee below."
    quoted = [text[item.start : item.end] for item in find_evidence("prams dogs cabin seat price", [text])]
    assert {sentence[:8] for sentence in quoted} >= {"- Prams ", "- Dogs p", "| Cabin ", "| Seat |"}


def test_a_question_naming_something_the_passage_never_names_has_no_support():
    passage = "The pier was opened in 1931."
    assert find_evidence("When was the pier opened?", [passage])[0].support > 0.5
    assert find_evidence("When was the pier of Lisbon opened?", [passage])[0].support == 0.0


def test_the_heading_of_a_passage_counts_as_context():
    passage = "Up to 10 kilograms each."
    without = find_evidence("How heavy may hand luggage be?", [passage])
    within = find_evidence("How heavy may hand luggage be?", [passage], ["Baggage > Hand luggage"])
    assert within[0].support > without[0].support


GLOSSARY = [
    "#### Bearer Proof\nA note a party presents as proof of identity, where proofing by the holder is not needed.",
    "#### <a name='proofing'></a>4.2 Identity Proofing\nThe process by which a provider collects facts about a person.",
]


def test_a_definition_is_found_under_the_heading_that_names_what_is_asked():
    best = find_evidence("What is identity proofing?", GLOSSARY)[0]
    assert GLOSSARY[best.passage][best.start : best.end].startswith("The process by which")


@pytest.mark.parametrize(
    "section",
    [
        "#### Identity Proofing\n_This section is normative._",
        "#### Identity Proofing of Groups\nA process by which a provider collects facts.",
    ],
)
def test_what_says_little_or_stands_under_another_heading_inherits_nothing(section):
    best = find_evidence("What is identity proofing?", ["An identity is a set of traits.", section])[0]
    assert best.passage == 0


def test_no_words_no_evidence():
    assert find_evidence("What?", []) == []
    assert ExtractiveGenerator().generate("???", hits("pier.txt")).text == ABSTENTION


def test_a_sentence_with_the_number_of_a_note_is_no_title():
    text = "The keeper stored the horn in the cellar.1\n\nThe horn came from Lisbon."
    quoted = [text[item.start : item.end] for item in find_evidence("Where is the horn?", [text])]
    assert "The keeper stored the horn in the cellar.1" in quoted


def test_a_line_that_gives_a_thing_and_its_value_is_no_title():
    text = "Equipment loan\nBorrower: Delta\nSerial number: ZK-90417\nPart 3: Payment\nSee below."
    quoted = [text[item.start : item.end] for item in find_evidence("serial number of the payment part", [text])]
    assert "Serial number: ZK-90417" in quoted and "Part 3: Payment" not in quoted
