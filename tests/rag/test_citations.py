from hypothesis import given
from hypothesis import strategies as st

from data.records import Chunk, Hit
from rag.citations import cite

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
    return [(citation.marker, citation.quote, citation.supported) for citation in cite(text, KEYS, HITS).citations]


def test_a_copied_sentence_is_quoted_at_its_place():
    cited = cite("Pets cost €35 [k7f2].", KEYS, HITS)
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
    cited = cite("8 kg [k7f2]", {"k7f2": Chunk("c", 0, 29, text).id}, [Hit(Chunk("c", 0, 29, text), 1.0)])
    assert not cited.citations[0].supported


def test_what_the_passage_does_not_say_is_marked_unsupported_and_points_to_the_whole_passage():
    cited = cite("Elephants fly to Mars on Tuesdays [m24b].", KEYS, HITS)
    assert cited.text == "Elephants fly to Mars on Tuesdays [1]."
    [citation] = cited.citations
    assert (citation.supported, citation.quote, citation.start, citation.end) == (False, FERRY, 0, len(FERRY))


def test_an_altered_number_is_not_supported_however_alike_the_sentence_is():
    assert quotes("Each passenger may take one bag of up to 9 kg on board [k7f2].")[0][2] is False
    cited = cite("Two bags of 12 kg each in business class, not 30 kg [k7f2].", KEYS, HITS, "May I take 30 kg?")
    assert cited.citations[0].supported


def test_two_claims_from_one_passage_have_two_markers_and_the_same_claim_has_one():
    cited = cite("Pets cost €35 [k7f2]. Each passenger may take one bag [k7f2]. Pets cost €35 [k7f2].", KEYS, HITS)
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
    statements = cite("Pets cost €35 [k7f2]. The crossing takes 55 minutes.", KEYS, HITS).statements
    assert [(statement.text, statement.chunk_ids) for statement in statements] == [
        ("Pets cost €35.", (HITS[0].chunk.id,)),
        ("The crossing takes 55 minutes.", ()),
    ]


PIECES = "the ferry leaves pets cost €35 8 kg bag of up to 9:30 Mars «да» . [k7f2] [m24b] (k7f2) [zz99] \n"
WORDS = st.sampled_from(PIECES.split(" "))


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_supported_quotes_are_the_documents_own_letters_and_markers_match_citations(text):
    cited = cite(text, KEYS, HITS)
    assert [citation.marker for citation in cited.citations] == list(range(1, len(cited.citations) + 1))
    assert all(f"[{citation.marker}]" in cited.text for citation in cited.citations)
    for citation in cited.citations:
        assert citation.quote == DOCUMENTS[citation.source][citation.start : citation.end]


@given(st.data())
def test_any_stretch_of_words_of_a_sentence_is_found_in_it(data):
    words = data.draw(st.sampled_from(FERRY.rstrip(".").split(". "))).split()
    first = data.draw(st.integers(0, len(words) - 3))
    stretch = " ".join(words[first : data.draw(st.integers(first + 3, len(words)))])
    [citation] = cite(f"{stretch} [m24b].", KEYS, HITS).citations
    assert citation.supported
    assert stretch in citation.quote
