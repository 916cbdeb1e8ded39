import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records import Chunk, Hit
from rag.answer.citations import Citer

LUGGAGE = """# Hand luggage

Each passenger may take one bag of up to 8 kg on board. **Business** class: two bags, 12 kg each."""
FERRY = "The ferry leaves at 9:30 from pier 4 every day. The crossing to Brenna takes 55 minutes."
DOCUMENTS = {"a.md": f"Preface.\n{LUGGAGE}\nPets cost €35.", "b.md": FERRY}
HITS = [
    Hit(Chunk("a.md", 9, len(DOCUMENTS["a.md"]), DOCUMENTS["a.md"][9:], 2), 1.0),
    Hit(Chunk("b.md", 0, len(FERRY), FERRY), 0.5),
]
KEYS = {"k7f2": HITS[0].chunk.id, "m24b": HITS[1].chunk.id}


def quotes(text):
    return [
        (citation.marker, citation.quote, citation.supported) for citation in Citer(KEYS, HITS).cite(text).citations
    ]


def test_a_copied_sentence_is_quoted_at_its_place():
    cited = Citer(KEYS, HITS).cite("Pets cost €35 [k7f2].")
    assert cited.text == "Pets cost €35 [1]."
    [citation] = cited.citations
    assert (citation.source, citation.page, citation.quote, citation.supported) == ("a.md", 2, "Pets cost €35.", True)
    assert DOCUMENTS["a.md"][citation.start : citation.end] == citation.quote


def test_a_paraphrase_is_given_the_sentence_that_says_the_same():
    assert quotes("You may carry a single bag of up to 8 kg [k7f2].") == [
        (1, "Each passenger may take one bag of up to 8 kg on board.", True)
    ]


def test_a_sentence_with_a_few_other_letters_is_found():
    assert quotes("Each passanger may take one bags of up to 8 kg on board [k7f2].")[0][1:] == (
        "Each passenger may take one bag of up to 8 kg on board.",
        True,
    )


def test_case_quotes_dashes_white_space_and_emphasis_do_not_hide_a_copy():
    assert quotes("business class:  two bags, 12 kg\neach [k7f2].") == [
        (1, "**Business** class: two bags, 12 kg each.", True)
    ]


def test_a_number_inside_another_number_is_not_a_copy():
    text = "The tank holds 1.8 kg of gas."
    cited = Citer({"k7f2": Chunk("c", 0, 29, text).id}, [Hit(Chunk("c", 0, 29, text), 1.0)]).cite("8 kg [k7f2]")
    assert not cited.citations[0].supported


def test_what_the_passage_does_not_say_is_marked_unsupported_and_points_to_the_whole_passage():
    cited = Citer(KEYS, HITS).cite("Elephants fly to Mars on Tuesdays [m24b].")
    assert cited.text == "Elephants fly to Mars on Tuesdays [1]."
    [citation] = cited.citations
    assert (citation.supported, citation.quote, citation.start, citation.end) == (False, FERRY, 0, len(FERRY))


def test_an_altered_number_is_not_supported_however_alike_the_sentence_is():
    assert quotes("Each passenger may take one bag of up to 9 kg on board [k7f2].")[0][2] is False
    cited = Citer(KEYS, HITS, "May I take 30 kg?").cite("Two bags of 12 kg each in business class, not 30 kg [k7f2].")
    assert cited.citations[0].supported


def test_two_claims_from_one_passage_have_two_markers_and_the_same_claim_has_one():
    cited = Citer(KEYS, HITS).cite(
        "Pets cost €35 [k7f2]. Each passenger may take one bag [k7f2]. Pets cost €35 [k7f2]."
    )
    assert cited.text == "Pets cost €35 [1]. Each passenger may take one bag [2]. Pets cost €35 [1]."


def test_markers_within_a_sentence_vouch_for_the_words_before_them():
    assert quotes("Pets cost €35 [k7f2], and the ferry leaves at 9:30 from pier 4 [m24b].") == [
        (1, "Pets cost €35.", True),
        (2, "The ferry leaves at 9:30 from pier 4 every day.", True),
    ]


def test_two_passages_cited_together_may_share_a_claim():
    text = "Pets cost €35, the ferry leaves at 9:30 from pier 4 [k7f2][m24b]."
    assert [supported for _, _, supported in quotes(text)] == [True, True]


def test_a_marker_after_a_lead_in_vouches_for_the_whole_sentence():
    assert quotes("According to [k7f2], pets cost €35.") == [(1, "Pets cost €35.", True)]


def test_each_sentence_knows_the_chunks_it_cites():
    statements = Citer(KEYS, HITS).cite("Pets cost €35 [k7f2]. The crossing takes 55 minutes.").statements
    assert [(statement.text, statement.chunk_ids) for statement in statements] == [
        ("Pets cost €35.", (HITS[0].chunk.id,)),
        ("The crossing takes 55 minutes.", ()),
    ]


PIECES = "the ferry leaves pets cost €35 8 kg bag of up to 9:30 Mars «да» . [k7f2] [m24b] (k7f2) [zz99] \n"
WORDS = st.sampled_from(PIECES.split(" "))


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_supported_quotes_are_the_documents_own_letters_and_markers_match_citations(text):
    cited = Citer(KEYS, HITS).cite(text)
    assert [citation.marker for citation in cited.citations] == list(range(1, len(cited.citations) + 1))
    assert all(f"[{citation.marker}]" in cited.text for citation in cited.citations)
    for citation in cited.citations:
        assert citation.quote == DOCUMENTS[citation.source][citation.start : citation.end]


@given(st.data())
def test_any_stretch_of_words_of_a_sentence_is_found_in_it(data):
    words = data.draw(st.sampled_from(FERRY.rstrip(".").split(". "))).split()
    first = data.draw(st.integers(0, len(words) - 3))
    stretch = " ".join(words[first : data.draw(st.integers(first + 3, len(words)))])
    [citation] = Citer(KEYS, HITS).cite(f"{stretch} [m24b].").citations
    assert citation.supported
    assert stretch in citation.quote


ROWS = """Parameters of the model.

| `top_k` | Reduces nonsense. A higher value (e.g. 100) gives more diverse answers. (Default: 40) | `top_k 40` |
| `num_ctx` | Sets the size of the window. A lower value needs less memory. (Default: 2048) | `num_ctx 4096` |"""
ROW = "top_k, Reduces nonsense. A higher value (e.g. 100) gives more diverse answers. (Default: 40), top_k 40"


def uncited(text):
    rows = Chunk("rows.md", 0, len(ROWS), ROWS)
    cited = Citer({"k7f2": rows.id}, [Hit(rows, 1.0)]).cite(text)
    return [statement.text for statement in cited.statements if not statement.chunk_ids]


def test_one_marker_vouches_for_the_sentences_before_it_that_its_quote_holds():
    assert uncited(f"{ROW} [k7f2].") == []
    assert uncited(f"{ROW} [k7f2]. {ROW.replace('top_k', 'num_ctx')[:26]} [k7f2].") == []


@pytest.mark.parametrize(
    "lie",
    [
        ROW.replace("100", "700"),
        ROW.replace("gives more diverse answers", "makes the server reply in French"),
        ROW.replace("A higher value (e.g. 100) gives more diverse answers.", "A lower value needs less memory."),
    ],
    ids=["a wrong figure", "words from nowhere", "words of another row"],
)
def test_what_the_quote_does_not_hold_stays_uncited(lie):
    assert len(uncited(f"{lie} [k7f2].")) == 1


def test_a_quote_of_a_sentence_much_like_it_is_no_evidence():
    alike = "Secrets of 112 bits SHALL be hashed with an approved function."
    text = f"{alike} Secrets of under 112 bits SHALL be salted and hashed with a slow function."
    chunk = Chunk("s.md", 0, len(text), text)
    first, second = Citer({"k7f2": chunk.id}, [Hit(chunk, 1.0)]).cite(f"{text[:-1]} [k7f2].").statements
    assert (first.text, first.chunk_ids, second.chunk_ids) == (alike, (), (chunk.id,))


def test_a_marker_vouches_for_nothing_in_a_line_before_it():
    assert uncited("Reduces nonsense.\nThe default of `top_k` is 40 [k7f2].") == ["Reduces nonsense."]
