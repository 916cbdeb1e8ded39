"""Names of records depend on content and place alone."""

from data.records import Chunk, content_hash, settings_hash


def test_equal_chunks_have_equal_ids_and_moved_or_changed_ones_do_not():
    chunk = Chunk("a.md", 0, 5, "hello")
    assert chunk.id == Chunk("a.md", 0, 5, "hello", page=3, heading="H").id
    assert len({chunk.id, Chunk("b.md", 0, 5, "hello").id, Chunk("a.md", 1, 6, "hello").id}) == 3


def test_parts_cannot_run_into_each_other():
    assert content_hash("ab", "c") != content_hash("a", "bc")


def test_the_order_of_settings_does_not_matter():
    assert settings_hash({"a": 1, "b": 2}) == settings_hash({"b": 2, "a": 1})
