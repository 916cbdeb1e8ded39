import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text import printable, printable_json, printable_line

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from("a\x1b\x9b]8;\u202e\u2066\u2069\u200b\u200d\u00ad\ufe0f\u0645\u2764\U000e0041\udcff\r\n\t"),
    max_size=20,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[2Jgone", "<U+001B>[2Jgone"),
        ("\x1b]8;;http://evil\x07here\x1b]8;;\x07", "<U+001B>]8;;http://evil<U+0007>here<U+001B>]8;;<U+0007>"),
        ("\x9b31mred", "<U+009B>31mred"),
        ("paid\rnot paid", "paid<U+000D>not paid"),
        ("back\b\b\b\bforth", "back<U+0008><U+0008><U+0008><U+0008>forth"),
        ("invoice\u202efdp.exe", "invoice<U+202E>fdp.exe"),
        ("a\u2066b\u2069c", "a<U+2066>b<U+2069>c"),
        ("qua\u200blity", "qua<U+200B>lity"),
        ("\ufeffstart", "<U+FEFF>start"),
        ("two\u2028lines\x85three", "two<U+2028>lines<U+0085>three"),
        ("hi\U000e0069\U000e0067", "hi<U+E0069><U+E0067>"),
        ("bad\udcff.md", "bad<U+DCFF>.md"),
        ("empty\u3164name", "empty<U+3164>name"),
        ("x\ufe01\ufe02", "x<U+FE01><U+FE02>"),
    ],
)
def test_what_steers_a_terminal_or_shows_nothing_is_written_out(raw, shown):
    assert printable(raw) == shown


@pytest.mark.parametrize(
    "honest",
    [
        "Zürich, Łódź, naïve “quotes” – 20 °C",
        "two\nlines\tand a tab",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian
        "\u0915\u094d\u200d\u0937",  # Hindi
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family
        "\u2764\ufe0f 1\ufe0f\u20e3",
        "\u845b\U000e0100",  # an ideograph in one of its forms
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # the flag of Scotland
        "\u05e9\u05dc\u05d5\u05dd",
    ],
)
def test_honest_text_stays_as_it_is(honest):
    assert printable(honest) == honest


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Donau\u00addampf\u00adschiff", "Donaudampfschiff"),
        ("\u0e2a\u0e27\u200b\u0e31", "\u0e2a\u0e27\u0e31"),
        ("\u05e9\u05dc\u05d5\u05dd\u200f!", "\u05e9\u05dc\u05d5\u05dd!"),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
    ],
)
def test_what_shows_nothing_where_it_stands_is_left_out(raw, shown):
    assert printable(raw) == shown


@given(ANY_TEXT)
def test_nothing_printed_steers_a_terminal_and_printing_again_changes_nothing(raw):
    shown = printable(raw)
    assert not STEERING.search(shown)
    assert printable(shown) == shown


@given(ANY_TEXT)
def test_a_line_is_one_line(raw):
    assert len(printable_line(raw).splitlines()) <= 1


@given(st.dictionaries(ANY_TEXT, ANY_TEXT | st.lists(ANY_TEXT)))
def test_json_means_the_same_and_steers_nothing(value):
    shown = printable_json(json.dumps(value, ensure_ascii=False))
    assert not STEERING.search(shown)
    assert json.loads(shown) == json.loads(json.dumps(value))
