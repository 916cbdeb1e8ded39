"""A secret is given to nobody who does not ask for it by name."""

import copy
import json
import pickle
from dataclasses import asdict, dataclass

import pytest

from data.settings.secret import Secret


@dataclass(frozen=True)
class Holder:
    key: Secret = Secret("sk-hidden")


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r:>60}".format, lambda value: f"{value}"])
def test_no_way_of_showing_shows_it(show):
    assert "hidden" not in show(Secret("sk-hidden")) + show(Holder())


def test_turning_a_dataclass_into_json_does_not_open_it():
    opened = asdict(Holder())
    assert isinstance(opened["key"], Secret)
    with pytest.raises(TypeError):
        json.dumps(opened)


def test_whoever_asks_gets_the_text():
    assert Secret("sk-hidden").reveal() == "sk-hidden"


def test_equal_texts_are_equal_secrets_and_an_empty_one_is_false():
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert Secret("a") != "a"
    assert Secret("a") and not Secret("")


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda secret: pickle.loads(pickle.dumps(secret))])
def test_a_copy_in_another_process_holds_the_same(twin):
    assert twin(Secret("sk-hidden")).reveal() == "sk-hidden"
