import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.markers import GrowingMarkers, unwrap

KNOWN = {"k7f2", "m24b"}


@pytest.mark.parametrize(
    ("text", "clean", "keys", "unknown"),
    [
        ("It holds 8 kg [k7f2].", "It holds 8 kg.", [("k7f2",)], 0),
        ("It holds 8 kg. [k7f2]", "It holds 8 kg.", [("k7f2",)], 0),
        ("It holds 8 kg [k7f2, m24b].", "It holds 8 kg.", [("k7f2", "m24b")], 0),
        ("It holds 8 kg [k7f2 and m24b].", "It holds 8 kg.", [("k7f2", "m24b")], 0),
        ("It holds 8 kg [k7f2][m24b].", "It holds 8 kg.", [("k7f2",), ("m24b",)], 0),
        ("It holds 8 kg (k7f2).", "It holds 8 kg.", [("k7f2",)], 0),
        ("It holds 8 kg 【k7f2】.", "It holds 8 kg.", [("k7f2",)], 0),
        ("It holds 8 kg 【k7f2†source】.", "It holds 8 kg.", [("k7f2",)], 0),
        ("It holds 8 kg [K7F2.].", "It holds 8 kg.", [("k7f2",)], 0),
        ("It holds 8 kg [passage k7f2].", "It holds 8 kg.", [("k7f2",)], 0),
        ("It holds 8 kg [key: k7f2; m24b].", "It holds 8 kg.", [("k7f2", "m24b")], 0),
        ("It holds 8 kg [zz99].", "It holds 8 kg.", [()], 1),
        ("It holds 8 kg [1][2].", "It holds 8 kg.", [(), ()], 2),
        ("It holds 8 kg [k7f2, 3].", "It holds 8 kg.", [("k7f2",)], 1),
        ("Она вмещает 8 кг [k7f2 и m24b].", "Она вмещает 8 кг.", [("k7f2", "m24b")], 0),
        ("It holds 8 kg.\n\nSources: [k7f2], [m24b]", "It holds 8 kg.", [("k7f2",), ("m24b",)], 0),
    ],
)
def test_markers_are_read_however_they_are_written(text, clean, keys, unknown):
    marked = GrowingMarkers(KNOWN).read(text)
    assert marked.text.rstrip("\n") == clean
    assert [mark.keys for mark in marked.marks] == keys
    assert sum(mark.unknown for mark in marked.marks) == unknown


@pytest.mark.parametrize(
    "text",
    [
        "The droid (r2d2) weighs 32 kg (in 1977).",
        "Use `args[k7f2]` and `[1]` in the code.",
        "See [the guide](guide.md) and [k7f2](guide.md).",
        "A range [a, b] and a note [sic] and a year [1998].",
        "(see page 12)",
        "Print choices[0].message and set rows[1] = 2.",
        '{"shape": [1, 2], "ids": [3]}',
        "Run:\n```python\nprint(rows[1], [2])\n```\nIt prints.",
        "Run:\n```python\nprint(rows [1])",
    ],
)
def test_ordinary_brackets_stay_text(text):
    marked = GrowingMarkers(KNOWN).read(text)
    assert marked.text == text
    assert marked.marks == ()


def test_a_known_key_in_a_block_of_code_is_a_marker_and_a_glued_ordinal_in_prose_too():
    assert [mark.keys for mark in GrowingMarkers(KNOWN).read("```\nx = a[1]  # [k7f2]\n```").marks] == [("k7f2",)]
    marked = GrowingMarkers(KNOWN).read("The sky is blue[1][2]. It is wide[3].")
    assert (marked.text, sum(mark.unknown for mark in marked.marks)) == ("The sky is blue. It is wide.", 3)


def test_a_marker_stands_before_the_full_stop_of_what_it_follows():
    marked = GrowingMarkers(KNOWN).read("It is 8 kg. [k7f2] More.")
    assert marked.text[: marked.marks[0].place] == "It is 8 kg"


def test_a_marker_that_opens_a_line_speaks_of_what_follows():
    first, second = GrowingMarkers(KNOWN).read("[k7f2] It is 8 kg.\n- [m24b] It is red.").marks
    assert first.leads
    assert second.leads


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ('"It is 8 kg [k7f2]."', "It is 8 kg [k7f2]."),
        ('{"answer": "It is 8 kg."}', "It is 8 kg."),
        ('```json\n{"answer": "It is 8 kg."}\n```', "It is 8 kg."),
        ('["It is 8 kg.", "It is red."]', "It is 8 kg. It is red."),
        ("<think>Which passage? k7f2.</think>\nIt is 8 kg.", "It is 8 kg."),
        ("[k7f2] It is 8 kg.", "[k7f2] It is 8 kg."),
        ('"Yes" is the answer.', '"Yes" is the answer.'),
        ("{not json}", "{not json}"),
    ],
)
def test_the_answer_is_taken_out_of_its_wrapping(text, inner):
    assert unwrap(text) == inner


@given(st.text(max_size=80))
def test_text_without_brackets_is_left_alone(text):
    bare = "".join(sign for sign in text if sign not in "[](){}【】`\n")
    assert GrowingMarkers(KNOWN).read(bare).text == bare


@given(st.lists(st.sampled_from(["8 kg", "red", "[k7f2]", "[zz99]", "(m24b)", ".", "\n", " "]), max_size=20))
def test_no_known_key_in_brackets_survives_and_places_lie_within_the_text(parts):
    marked = GrowingMarkers(KNOWN).read(" ".join(parts))
    assert "[k7f2]" not in marked.text
    assert "(m24b)" not in marked.text
    assert all(0 <= mark.place <= len(marked.text) for mark in marked.marks)
    assert sum(len(mark.keys) + mark.unknown for mark in marked.marks) == sum(part[0] in "[(" for part in parts)


_PIECES = st.lists(
    st.sampled_from(
        [
            "It holds 8 kg",
            " [k7f2]",
            "[k7f2, m24b]",
            "(m24b",
            ")",
            ".",
            " ",
            "\n",
            "- ",
            "[",
            "]",
            "(",
            "`",
            "【",
            "】",
            "3",
        ]
        + ["\nSources: ", "[1]", "(1)", "see", "``", "\t[zz99]", "\n```\n", ".a", " = ", "':"]
    ),
    max_size=30,
)


@given(_PIECES, st.integers(1, 3))
def test_markers_of_a_growing_text_are_those_of_the_text_read_at_once(pieces, step):
    growing, text = GrowingMarkers(KNOWN), ""
    for at, piece in enumerate(pieces):
        text += piece
        if at % step == 0:
            assert growing.read(text) == GrowingMarkers(KNOWN).read(text)
    assert growing.read(text) == GrowingMarkers(KNOWN).read(text)


def test_markers_that_stand_fast_are_not_read_again():
    looked_up = []

    class Known(set):
        def __contains__(self, key):
            looked_up.append(key)
            return super().__contains__(key)

    growing = GrowingMarkers(Known(KNOWN))
    growing.read("It holds 8 kg [k7f2]. It is red [m24b]. It")
    looked_up.clear()

    growing.read("It holds 8 kg [k7f2]. It is red [m24b]. It lasts [k7f2].")

    assert set(looked_up) == {"k7f2"}


@pytest.mark.parametrize("later", ["` is code", "】 is no key", "[m24b]: text", "(x)"])
def test_what_comes_later_may_change_what_a_marker_is(later):
    growing, before = GrowingMarkers(KNOWN), "Say `a 【b [k7f2] and"
    growing.read(before)

    assert growing.read(before + later) == GrowingMarkers(KNOWN).read(before + later)
