import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.chunk.settings import ChunkSettings
from rag.index.index import Index
from rag.index.minhash import SAME, bucket_codes, buckets, shingles, similarity, sketch
from rag.ingest.job import ingest
from rag.ingest.rebuild import rollback
from rag.store.catalog import CATALOG_FILE
from rag.store.filters import parse_filter
from tests.fakes import HashEmbedder

NOTICE = (
    "Passengers board over the main ramp and follow the crew to the lounge on deck. Luggage stays with its owner at all"
    " times and is weighed at the gate. Animals travel in the kennel beside the lounge. The kiosk sells warm food until"
    " the lights of the harbour come into sight and the crew asks everybody to return to the vehicles below.\n"
)
FEES = (
    "The crossing costs {price} euro for a car with its driver and the same again for a trailer of any length. Bicycles"
    " travel free of charge, motor cycles pay the fare of a passenger, and children below school age pay nothing. A"
    " ticket is valid on the day it was bought for and may be changed at the gate until the ramp goes up.\n"
)
SETTINGS = ChunkSettings(max_tokens=120, min_characters=0)


def build(folder, **texts):
    docs = folder / "docs"
    docs.mkdir(exist_ok=True)
    for name, text in texts.items():
        (docs / f"{name}.md").write_text(text)
    ingest([docs], folder / ".rag", HashEmbedder(), chunking=SETTINGS)
    return Index.open(folder / ".rag", HashEmbedder())


def found(index, question="luggage weighed at the gate", **options):
    return [
        (hit.chunk.source.rpartition("/")[2], tuple(name.rpartition("/")[2] for name in hit.also_in))
        for hit in index.search(question, 20, **options)
    ]


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_a_passage_with_one_changed_word_in_another_file_is_one_hit_that_names_both(tmp_path, mode):
    index = build(tmp_path, a=NOTICE, b=NOTICE.replace("kiosk", "stall"))
    assert found(index, "kiosk luggage gate", mode=mode) == [("a.md", ("b.md",))]
    assert found(index, "stall luggage gate", mode=mode) == [("b.md", ("a.md",))]


def test_an_exact_copy_is_named_too(tmp_path):
    assert found(build(tmp_path, a=NOTICE, b=NOTICE, c=NOTICE)) == [("a.md", ("b.md", "c.md"))]


@pytest.mark.parametrize(
    ("old", "new"),
    [("{price}", "59"), ("free of charge", "not free of charge"), ("may be changed", "must be changed")],
)
def test_texts_that_differ_in_a_number_a_negation_or_a_duty_are_no_duplicates(tmp_path, old, new):
    index = build(tmp_path, v1=FEES.format(price=48), v2=FEES.replace(old, new).format(price=48))
    assert {name for name, _ in found(index, "crossing car trailer")} == {"v1.md", "v2.md"}
    assert all(also == () for _, also in found(index, "crossing car trailer"))


def test_the_same_words_under_other_titles_are_no_duplicates(tmp_path):
    index = build(tmp_path, a=f"# Ferries\n\n## Night boats\n\n{NOTICE}", b=f"# Ferries\n\n## Day boats\n\n{NOTICE}")
    assert len(found(index)) == 2


def test_another_number_of_the_same_title_keeps_duplicates(tmp_path):
    index = build(tmp_path, a=f"# Ferry 1\n\n{NOTICE}", b=f"# Ferry 1\n\n{NOTICE.replace('kiosk', 'stall')}")
    assert len(found(index)) == 1


def test_within_one_file_equal_words_at_two_places_stay_two_hits(tmp_path):
    twice = f"# Rules\n\n## Level 1\n\n### Boats\n\n{NOTICE}\n## Level 2\n\n### Boats\n\n{NOTICE}"
    hits = build(tmp_path, a=twice).search("warm food kiosk", 20)
    assert [hit.chunk.heading for hit in hits if "kiosk" in hit.chunk.text] == [
        "Rules > Level 1 > Boats",
        "Rules > Level 2 > Boats",
    ]


def test_a_filter_hides_the_sources_it_excludes(tmp_path):
    index = build(tmp_path, a=NOTICE, b=NOTICE, c=NOTICE.replace("kiosk", "stall"))
    assert found(index, where=parse_filter(["source=*b.md"])) == [("b.md", ())]


def test_duplicates_do_not_take_the_places_of_other_passages(tmp_path):
    copies = {f"copy{n}": NOTICE.replace("kiosk", f"kiosk{'abcdefgh'[n]}") for n in range(8)}
    index = build(tmp_path, **copies, other="The lounge has a window. Luggage racks stand beside it.\n")
    hits = index.search("luggage lounge", 2)
    assert len(hits) == 2 and {len(hit.also_in) for hit in hits} == {0, 7}


def test_families_do_not_depend_on_the_steps_in_which_the_index_was_built(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    texts = {f"f{n}": NOTICE.replace("kiosk", f"kiosk{'abcd'[n]}") for n in range(4)}
    build(tmp_path / "one", **texts).close()
    for name, text in texts.items():
        build(tmp_path / "two", **{name: text}).close()
    assert families(tmp_path / "one") == families(tmp_path / "two") != []


def families(folder):
    with sqlite3.connect(folder / ".rag" / CATALOG_FILE) as connection:
        return connection.execute(
            "SELECT key, family FROM twins JOIN meta ON meta.key = 'current' AND meta.value = revision".replace(
                "SELECT key", "SELECT twins.key"
            )
        ).fetchall()


def test_switched_off_each_near_duplicate_is_a_hit_and_switched_on_again_they_are_one(tmp_path):
    index = build(tmp_path, a=NOTICE, b=NOTICE.replace("kiosk", "stall"))
    docs, options = [tmp_path / "docs"], {"chunking": SETTINGS}
    before = index.generation
    for wanted, expected in ((False, [("a.md", ()), ("b.md", ())]), (True, [("a.md", ("b.md",))])):
        ingest(docs, tmp_path / ".rag", HashEmbedder(), collapse_duplicates=wanted, **options)
        assert found(index, "kiosk luggage gate") == expected and index.generation == before
    ingest(docs, tmp_path / ".rag", HashEmbedder(), collapse_duplicates=False, **options)
    (tmp_path / "docs" / "c.md").write_text(FEES.format(price=3))
    ingest(docs, tmp_path / ".rag", HashEmbedder(), collapse_duplicates=False, **options)
    assert len(found(index, "kiosk luggage gate")) == 3


def test_a_rollback_brings_the_former_families_back(tmp_path):
    build(tmp_path, a=NOTICE, b=NOTICE.replace("kiosk", "stall")).close()
    assert found(build(tmp_path, b=FEES.format(price=1)))[0] == ("a.md", ())
    rollback(tmp_path / ".rag")
    assert found(Index.open(tmp_path / ".rag", HashEmbedder())) == [("a.md", ("b.md",))]


def test_an_index_from_before_families_is_searched_as_it_was(tmp_path):
    build(tmp_path, a=NOTICE, b=NOTICE.replace("kiosk", "stall")).close()
    with sqlite3.connect(tmp_path / ".rag" / CATALOG_FILE) as connection:
        connection.execute("DROP TABLE twins")
    assert len(found(Index.open(tmp_path / ".rag", HashEmbedder()))) == 2


def test_passages_are_sketched_when_they_are_stored_not_when_they_are_published(tmp_path, monkeypatch):
    sketched_late = []
    monkeypatch.setattr(
        "rag.index.near_duplicates._sketches", lambda connection, keys: sketched_late.extend(keys) or []
    )
    assert found(build(tmp_path, a=NOTICE, b=NOTICE)) == [("a.md", ("b.md",))]
    assert sketched_late == []


def test_what_is_forgotten_leaves_no_sketch(tmp_path):
    for text in ("One boat sails.\n", "Two cars wait.\n", "Red flags fly.\n", "Old maps fade.\n"):
        build(tmp_path, a=text).close()
    with sqlite3.connect(tmp_path / ".rag" / CATALOG_FILE) as connection:
        assert connection.execute("SELECT count(*) FROM sketches").fetchone() == (2,)


WORDS = st.lists(
    st.sampled_from(["ship", "deck", "rope", "mast", "sail", "wind", "tide", "moon", "coal", "salt"]), max_size=60
)


@given(WORDS)
def test_a_text_meets_itself_in_every_bucket(words):
    text = " ".join(words)
    assert list(buckets(sketch(text))) == list(buckets(sketch(text.upper())))
    assert similarity(shingles(text), shingles(text.upper())) == 1.0


@given(WORDS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_texts_with_other_numbers_never_meet(words, one, other):
    shared = set(buckets(sketch(f"{' '.join(words)} {one}"))) & set(buckets(sketch(f"{' '.join(words)} {other}")))
    assert bool(shared) == (one == other)


@given(WORDS, WORDS)
def test_bucket_codes_are_equal_exactly_where_buckets_are(one, other):
    packed = [sketch(" ".join(one)), sketch(" ".join(other))]
    codes = bucket_codes(packed)
    pairs = zip(*(buckets(item) for item in packed), strict=True)
    assert [mine == theirs for mine, theirs in pairs] == list(codes[0] == codes[1])


def test_texts_as_alike_as_near_duplicates_are_meet_almost_always():
    words = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(150)]
    met = 0
    for at in range(100):
        changed = [word if n not in (at, at + 20, at + 40) else "new" for n, word in enumerate(words)]
        one, other = " ".join(words), " ".join(changed)
        assert similarity(shingles(one), shingles(other)) >= SAME
        met += bool(set(buckets(sketch(one))) & set(buckets(sketch(other))))
    assert met == 100
