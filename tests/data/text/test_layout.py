from data.text.layout import plain


def test_markdown_and_citations_leave_only_the_words():
    text = "## Fares\n- **Adult** ticket: `5` euro [1]\n2. See [the page](http://x.y/z) [2, 3]"
    assert plain(text) == "Fares\nAdult ticket: 5 euro\nSee the page"
