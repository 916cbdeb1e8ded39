"""What a source says today is read from its file, wherever there is one to be read."""

import hashlib

import pytest

from data.records import Document
from rag.answer.verify import read_today

THEN = "The whistle is made of walrus ivory.\n"


class Sources:
    """An index of one source, read when its file held `THEN`."""

    def __init__(self, origin):
        self._origin = str(origin)

    def origins(self):
        return {"wifi.txt": (self._origin, hashlib.sha256(THEN.encode()).hexdigest())}

    def document(self, source):
        return Document(source, "as indexed")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "wifi.txt"
    path.write_text(THEN)
    return path


def test_an_untouched_file_is_what_the_index_holds(file):
    today = read_today(Sources(file), "wifi.txt")
    assert (today.document.text, today.note) == ("as indexed", "")


def test_a_changed_file_speaks_for_itself_before_it_is_ingested_again(file):
    file.write_text("The whistle is made of plain brass.\n")
    today = read_today(Sources(file), "wifi.txt")
    assert today.document.text == "The whistle is made of plain brass.\n"
    assert "newer than the index" in today.note


def test_a_file_that_is_gone_is_gone_though_the_index_still_holds_it(file):
    file.unlink()
    today = read_today(Sources(file), "wifi.txt")
    assert today.document is None
    assert "--prune" in today.note


def test_a_file_that_cannot_be_read_any_more_is_told_with_the_reason(file):
    file.write_bytes(b"")
    today = read_today(Sources(file), "wifi.txt")
    assert today.document is None
    assert "cannot be read" in today.note


def test_where_the_documents_are_not_at_hand_the_index_speaks(tmp_path):
    away = read_today(Sources(tmp_path / "elsewhere" / "wifi.txt"), "wifi.txt")
    assert (away.document.text, "not on this machine" in away.note) == ("as indexed", True)
    url = read_today(Sources("https://example.org/wifi.txt"), "wifi.txt")
    assert (url.document.text, url.note) == ("as indexed", "")


def test_a_source_that_is_not_indexed_any_more_is_gone(file):
    assert read_today(Sources(file), "other.txt").document is None
