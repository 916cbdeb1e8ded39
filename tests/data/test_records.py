"""Names of records depend on content and place alone."""

from data.records import Answer, Chunk, Citation, Hit, content_hash, harmless, settings_hash


def test_equal_chunks_have_equal_ids_and_moved_or_changed_ones_do_not():
    chunk = Chunk("a.md", 0, 5, "hello")
    assert chunk.id == Chunk("a.md", 0, 5, "hello", page=3, heading="H").id
    assert len({chunk.id, Chunk("b.md", 0, 5, "hello").id, Chunk("a.md", 1, 6, "hello").id}) == 3


def test_parts_cannot_run_into_each_other():
    assert content_hash("ab", "c") != content_hash("a", "bc")


def test_the_order_of_settings_does_not_matter():
    assert settings_hash({"a": 1, "b": 2}) == settings_hash({"b": 2, "a": 1})


QUOTE = "One bag of up to\n8 kg. ![x](http://evil/?q) <img src=x>"


def citation(supported=True):
    return Citation(1, "c1", "baggage.md", 2, 0, 9, QUOTE, supported)


def test_a_footnote_names_file_page_and_quote_and_is_no_markup():
    quote = "“One bag of up to 8 kg. ! [x] (http://evil/?q) < img src=x>”"
    assert citation().footnote == f"[1] baggage.md, page 2: {quote}"
    assert citation(supported=False).footnote == "[1] baggage.md, page 2: (this passage does not hold it)"


def test_plain_text_is_harmless_as_it_is():
    text = "1 < 2, a[0], f(x) and 8 kg!"
    assert harmless(text) == text


def test_an_answer_shows_its_text_and_footnotes_in_a_notebook():
    answer = Answer("8 kg [1]. <b>", (citation(),), (), "answered")
    assert answer._repr_markdown_() == f"8 kg [1]. < b>\n  \n{citation().footnote}"
    failed = Answer("", (), (), "failed", error="No one listens at http://x: start it.")
    assert failed._repr_markdown_() == "No answer: No one listens at http://x: start it.\n"


def test_an_answer_is_short_on_a_prompt():
    hits = (Hit(Chunk("a.md", 0, 5000, "long " * 1000), 0.5),)
    assert len(repr(Answer("8 kg.", (), hits, "answered"))) < 200
