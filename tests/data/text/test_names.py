import pytest

from data.text.names import unmatched_names


def test_a_name_of_nobody_in_the_source_is_named_and_an_inflected_one_is_not():
    source = "The captain of the Dunlin is Anna Berg; the ferry runs to Brenna."
    assert unmatched_names("The ship is commanded by Anna Vandermeer to Brenna.", [source]) == ["Vandermeer"]
    assert unmatched_names("Паром идёт в Бренну.", ["Рейсы до Бренны."]) == []


@pytest.mark.parametrize("name", ["num_ctx", "OLLAMA_HOST", "--no-cache", "max_tokens_per_turn", "v2_beta"])
def test_a_name_of_code_must_occur_whole(name):
    said = f"Set {name} to 8."
    for source in (f"Use `{name}`.", f"{name}=8", f"or {name.replace('_', chr(92) + '_')} for this"):
        assert unmatched_names(said, [source]) == []
        assert unmatched_names(said.replace(name, f"{name}s"), [source]) == [f"{name}s"]
    assert unmatched_names(said, [f"Use `{name[:-1]}` or {name}s."]) == [name]


def test_emphasis_dashes_hyphens_and_addresses_are_no_names_of_code():
    assert unmatched_names("This is _quite so_ and __bold__ -- as a re-run of x - y.", [""]) == []
    assert unmatched_names("It is at [x](https://example.org/some_page).", [""]) == []


def test_first_words_and_title_case_are_no_names():
    assert unmatched_names("Passengers may wait.", [""]) == []
    assert unmatched_names("The Rules Of The Road And Sea", [""]) == []
