"""A file that is replaced as a whole is never seen half written, and a failed write leaves it as it was."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from data.files import write_whole


def test_of_many_writers_at_once_each_leaves_the_file_whole(tmp_path):
    path, texts = tmp_path / "new" / "state.json", [str(number) * 50_000 for number in range(8)]
    write_whole(path, texts[0])
    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(write_whole, path, text) for text in texts * 5]
        assert all(path.read_text() in texts for _ in range(50))
        assert [job.result() for job in written] == [None] * 40
    assert [left.name for left in path.parent.iterdir()] == ["state.json"]


def test_a_text_that_cannot_be_written_leaves_what_was_there(tmp_path):
    path = tmp_path / "state.json"
    write_whole(path, "before")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\ud800")
    assert path.read_text() == "before"
