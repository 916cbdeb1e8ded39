import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.errors import ModelFileError, UnscorableAnswer
from eval.quality.groundedness import MODEL_FILE, GroundednessProxy

PROXY = GroundednessProxy.load()
QUESTION = {"en": "When does the ferry leave Brenna?", "ru": "Когда отходит паром из Бренны?"}
PASSAGES = {
    "en": [
        "The morning ferry leaves Brenna at 07:40 and reaches Kallvik after 55 minutes. Dogs travel free on deck.",
        "Tickets are sold at the harbour office until 18:00. Bicycles need a reservation in July and August.",
    ],
    "ru": [
        "Утренний паром отходит из Бренны в 07:40 и прибывает в Каллвик через 55 минут. Собаки едут бесплатно.",
        "Билеты продаются в портовой кассе до 18:00. Для велосипедов в июле и августе нужна бронь.",
    ],
}
SUPPORTED = {
    "en": "The morning ferry leaves Brenna at 07:40. Dogs travel free on deck.",
    "ru": "Утренний паром отходит из Бренны в 07:40. Собаки едут бесплатно.",
}
INVENTED = {
    "en": " The captain Olaf Svensson was awarded a medal for rescuing 12 tourists from a burning yacht.",
    "ru": " Капитан Олаф Свенссон получил медаль за спасение 12 туристов с горящей яхты.",
}
LANGUAGES = ("en", "ru")


def score(answer: str, language: str = "en") -> float:
    return PROXY.score(QUESTION[language], answer, PASSAGES[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invented_sentence_lowers_the_score(language):
    assert score(SUPPORTED[language], language) - score(SUPPORTED[language] + INVENTED[language], language) > 0.2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_number_lowers_the_score(language):
    assert score(SUPPORTED[language], language) > score(SUPPORTED[language].replace("07:40", "09:15"), language)


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_swapping_a_supported_word_for_an_unknown_one_never_raises_the_score(language, data):
    words = SUPPORTED[language].split()
    place = data.draw(st.sampled_from([i for i, word in enumerate(words) if word.isalpha() and len(word) > 4]))
    unknown = data.draw(st.sampled_from(["zorblax", "quintavel", "бзырдак", "хломпус"]))
    changed = " ".join([*words[:place], unknown, *words[place + 1 :]])
    assert score(changed, language) <= score(SUPPORTED[language], language)


@pytest.mark.parametrize("language", LANGUAGES)
@given(order=st.permutations([0, 1, 2]))
@settings(max_examples=6, deadline=None)
def test_more_invented_sentences_never_raise_the_score(language, order):
    extra = [" The zeppelin museum opened in Paris.", " Marble statues glow at midnight.", " Queen Ingrid loved opera."]
    scores = [score(SUPPORTED[language] + "".join(extra[i] for i in order[:n]), language) for n in range(4)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "restyle",
    [
        lambda a: f"## Answer\n\n{a}",
        lambda a: "\n".join(f"- **{part.strip()}.**" for part in a.split(".") if part.strip()),
        lambda a: f"Sure! {a} I hope this helps! Let me know if you have any other questions.",
        lambda a: f"{a}\n\nDogs travel free on deck.",
        lambda a: a.replace("The morning", "According to passage 1, the morning"),
        lambda a: a.replace("07:40.", "07:40 [1]."),
    ],
    ids=["heading", "markdown list", "pleasantries", "repetition", "attribution", "citation"],
)
def test_style_does_not_move_the_score(restyle):
    assert score(restyle(SUPPORTED["en"])) == pytest.approx(score(SUPPORTED["en"]), abs=0.02)


def test_a_verbatim_sentence_more_does_not_lower_the_score():
    longer = SUPPORTED["en"] + " Tickets are sold at the harbour office until 18:00."
    assert score(longer) == pytest.approx(score(SUPPORTED["en"]), abs=0.02)


def test_the_invented_claim_is_named_as_the_riskiest():
    claims = PROXY.assess(QUESTION["en"], SUPPORTED["en"] + INVENTED["en"], PASSAGES["en"]).claims
    assert max(claims, key=lambda claim: claim.risk).text == INVENTED["en"].strip()


@pytest.mark.parametrize(
    ("answer", "contexts", "reason"),
    [
        ("The ferry leaves at 07:40.", [], "no passage text"),
        ("The ferry leaves at 07:40.", ["  "], "no passage text"),
        ("Sure! I hope this helps!", ["The ferry leaves."], "no claim"),
        ("", ["The ferry leaves."], "no claim"),
        ("The passages do not mention the ferry.", ["The ferry leaves."], "abstention"),
        ("В документах не указано время отхода парома.", ["Паром отходит."], "abstention"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_the_reason(answer, contexts, reason):
    with pytest.raises(UnscorableAnswer, match=reason):
        PROXY.score("When?", answer, contexts)


@pytest.mark.parametrize(
    ("passage", "supported", "invented"),
    [
        (
            "灯塔的备用电池放在码头办公室。渡轮六点出发。",
            "备用电池放在码头办公室。",
            "备用电池由市长保管在银行里。",
        ),
        (
            "予備電池は事務所にあります。船は六時に出ます。",
            "予備電池は事務所にあります。",
            "市長が自宅で保管しています。",
        ),
        ("กุญแจประภาคารอยู่ในห้องกัปตัน เรือออกหกโมงเช้า", "กุญแจประภาคารอยู่ในห้องกัปตัน", "ผู้จัดการเก็บไว้ที่บ้านของเขา"),
    ],
)
def test_answers_in_scripts_without_spaces_are_scored(passage, supported, invented):
    assert PROXY.score("?", supported, [passage]) > 0.95 > 0.9 > PROXY.score("?", invented, [passage])


@given(answer=st.text(max_size=300), context=st.text(max_size=300))
@settings(max_examples=80, deadline=None)
def test_any_text_gives_a_probability_or_a_reason(answer, context):
    try:
        assert 0.0 <= PROXY.score("Why?", answer, [context]) <= 1.0
    except UnscorableAnswer as error:
        assert str(error)


def test_coefficients_for_other_features_are_refused(tmp_path):
    stored = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    path = tmp_path / "model.json"
    path.write_text(json.dumps({**stored, "features": stored["features"][::-1]}), encoding="utf-8")
    with pytest.raises(ModelFileError, match="other features"):
        GroundednessProxy.load(path)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"features": 3}'])
def test_damaged_coefficients_are_one_clear_error(tmp_path, content):
    path = tmp_path / "model.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelFileError, match="reinstall"):
        GroundednessProxy.load(path)


def test_the_shipped_file_says_where_it_comes_from_and_how_good_it_is():
    stored = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    assert stored["trained"].keys() >= {"data", "licence", "source", "script", "date"}
    assert PROXY.version == stored["version"]
    assert stored["measured_out_of_fold"]["cross_validated"]["auroc"] > 0.75


@pytest.mark.parametrize("filler", ["\n", " ", "\t\n", "- ", "> ", "**", "[", "1,", ".", "given ", "-1", "a'"])
def test_strange_answers_of_a_hundred_thousand_characters_are_read_in_seconds(filler):
    started = time.process_time()
    score(SUPPORTED["en"] + filler * (100_000 // len(filler)) + INVENTED["en"])
    assert time.process_time() - started < 5


def test_scoring_a_usual_answer_takes_milliseconds():
    answer, contexts = (SUPPORTED["en"] + INVENTED["en"]) * 3, [text * 3 for text in PASSAGES["en"]]
    PROXY.score(QUESTION["en"], answer, contexts)
    started = time.perf_counter()
    for _ in range(50):
        PROXY.score(QUESTION["en"], answer, contexts)
    assert (time.perf_counter() - started) / 50 < 0.01
