import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.fusion import FULL_WEIGHT, Fusion, fuse

keys = st.text("abcdefgh", min_size=1, max_size=2)
cosines = st.dictionaries(keys, st.floats(-1, 1).map(lambda value: round(value, 6)), max_size=12)
bm25 = st.dictionaries(keys, st.floats(0, 50).map(lambda value: round(value, 6)), max_size=12)
weights = st.floats(0, FULL_WEIGHT)


@given(cosines, bm25, st.floats(-1, 1), weights)
def test_scores_lie_between_0_and_1_for_every_key_of_either_side(dense, lexical, centre, weight):
    scores = fuse(dense, lexical, centre, weight)
    assert scores.keys() == dense.keys() | lexical.keys()
    assert all(0 <= score <= 1 + 1e-9 for score in scores.values())


@given(cosines, bm25, st.floats(-1, 1), weights)
def test_a_passage_at_least_as_good_on_both_sides_is_never_behind(dense, lexical, centre, weight):
    scores = fuse(dense, lexical, centre, weight)
    both = sorted(dense.keys() & lexical.keys())
    for one in both:
        for other in both:
            if dense[one] >= dense[other] and lexical[one] >= lexical[other]:
                assert scores[one] >= scores[other]


@given(cosines, bm25, st.floats(-1, 1))
def test_without_weight_the_order_is_the_lexical_one(dense, lexical, centre):
    scores = fuse(dense, lexical, centre, 0.0)
    ranked = sorted(lexical, key=lambda key: -scores[key])
    assert [lexical[key] for key in ranked] == sorted(lexical.values(), reverse=True)


@given(cosines, st.floats(-1, 0))
def test_without_lexical_matches_the_order_is_the_dense_one(dense, centre):
    scores = fuse(dense, {}, centre, 1.0)
    ranked = sorted(dense, key=lambda key: -scores[key])
    above = [dense[key] for key in ranked if dense[key] > centre]
    assert above == sorted(above, reverse=True)


def test_an_embedder_that_hardly_tells_passages_apart_leaves_the_choice_to_words():
    dense, lexical = {"right": 0.50, "wrong": 0.56}, {"right": 9.0, "wrong": 8.0}
    assert fuse(dense, lexical, 0.45, FULL_WEIGHT)["right"] > fuse(dense, lexical, 0.45, FULL_WEIGHT)["wrong"]


def test_an_embedder_that_tells_them_apart_overrules_a_small_lexical_lead():
    dense, lexical = {"right": 0.70, "wrong": 0.10}, {"right": 7.0, "wrong": 9.0}
    assert fuse(dense, lexical, 0.05, FULL_WEIGHT)["right"] > fuse(dense, lexical, 0.05, FULL_WEIGHT)["wrong"]


@pytest.mark.parametrize(("strength", "weight"), [(0.0, 0.0), (0.4, 0.6), (1.0, 1.5), (1.9, 1.5)])
def test_weight_follows_strength_up_to_the_full_weight(strength, weight):
    assert Fusion({"en": strength}).weight("en") == pytest.approx(weight)


def test_an_unmeasured_language_gets_half_the_full_weight():
    assert Fusion({"en": 1.0}).weight("ru") == pytest.approx(FULL_WEIGHT / 2)


@given(st.dictionaries(st.sampled_from(["en", "ru", "zh"]), st.floats(0, 2)), st.integers(0, 10**6))
def test_what_is_packed_is_unpacked(strength, chunks):
    assert Fusion.unpack(Fusion(strength, chunks).pack()) == Fusion(strength, chunks)
