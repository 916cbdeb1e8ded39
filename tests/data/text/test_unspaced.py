"""Words of scripts that write none apart are the same for search, evidence and scores."""

from __future__ import annotations

import pytest

from data.text.search_terms import index_terms, match_terms
from data.text.stems import question_terms, terms


def share(question: str, sentence: str) -> float:
    asked = question_terms(question)
    return sum(term in terms(sentence) for term in asked) / len(asked)


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        ("灯塔的备用电池存放在哪里？", "灯塔的备用电池存放在码头办公室。", "渡轮每天早上六点出发。"),
        ("谁负责检查救生衣？", "救生衣由大副负责检查。", "渡轮每天早上六点出发。"),
        ("燈塔的鑰匙在哪裡？", "燈塔的鑰匙在船長室。", "渡輪早上六點出發。"),
        ("灯台の予備電池はどこにありますか？", "灯台の予備電池は事務所にあります。", "船は六時に出ます。"),
        ("エレベーターの点検はいつですか？", "エレベーターの点検は火曜日です。", "船は六時に出ます。"),
        ("りんごはいくらですか？", "りんごは二百円です。", "船は六時に出ます。"),
        ("กุญแจประภาคารอยู่ที่ไหน", "กุญแจประภาคารอยู่ในห้องกัปตัน", "เรือออกเวลาหกโมงเช้า"),
        ("비상구는 어디에 있습니까?", "비상구가 동쪽에 있습니다.", "배는 여섯 시에 떠난다."),
        ("लाइटहाउस की चाबी कहाँ है", "लाइटहाउस की चाबी कप्तान के पास है", "नाव छह बजे चलती है"),
    ],
)
def test_a_question_shares_words_with_its_answer_and_not_with_another_sentence(
    question: str, answer: str, other: str
) -> None:
    assert share(question, answer) >= 0.5 > 0.3 >= share(question, other)


@pytest.mark.parametrize(
    "question",
    ["灯塔的备用电池存放在哪里？", "灯台の鍵はどこですか", "鍵", "กุญแจ", "2024年第3章", "PDFファイル", "です"],
)
def test_every_term_of_a_question_is_indexed_where_its_words_stand(question: str) -> None:
    assert match_terms(question) and set(match_terms(question)) <= set(index_terms(f"前{question}後").split()) | set(
        index_terms(question).split()
    )


def test_a_word_of_one_sign_is_found() -> None:
    assert match_terms("鍵") == ["鍵"] and "鍵" in index_terms("倉庫の鍵は警備室にあります。").split()


def test_little_words_of_grammar_are_no_terms() -> None:
    assert terms("これはどこにありますか") == [] and terms("这是什么") != terms("什么")


def test_letters_with_signs_above_or_below_them_are_one_word() -> None:
    assert index_terms("किताब की कीमत") == "किताब की कीमत"
