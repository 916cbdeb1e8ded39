import pytest

from data.text import plural


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1200, "1,200 files"), (1001, "1,001 files")]
)
def test_a_noun_stands_in_the_number_of_its_count(count, shown):
    assert plural(count, "file") == shown


def test_a_plural_of_its_own_is_used():
    assert (plural(1, "canary", "canaries"), plural(3, "canary", "canaries")) == ("1 canary", "3 canaries")
