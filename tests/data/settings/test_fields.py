"""Bounds stand beside a setting, and hold for whoever makes the dataclass by hand."""

import subprocess
import sys
from dataclasses import replace

import pytest

from data.errors import InputError, SettingsError
from data.settings.fields import check, holds_secret, setting_fields
from data.settings.secret import Secret
from tests.data.settings.shapes import Ferry, Sections, Stop


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"berths": 0}, "Setting ferry.berths is not usable, found 0: it must lie between 1 and 200."),
        ({"berths": 201}, "Setting ferry.berths is not usable, found 201: it must lie between 1 and 200."),
        ({"berths": 8.0}, "Setting ferry.berths is not usable, found 8.0: it must be a whole number."),
        ({"berths": True}, "Setting ferry.berths is not usable, found True: it must be a whole number."),
        ({"share": 1.0}, "Setting ferry.share is not usable, found 1.0: it must lie above 0 and below 1."),
        ({"share": float("nan")}, "Setting ferry.share is not usable, found nan: it must lie above 0 and below 1."),
        ({"share": "half"}, "Setting ferry.share is not usable, found 'half': it must be a number."),
        ({"runs": "hourly"}, "Setting ferry.runs is not usable, found 'hourly': it must be 'daily' or 'weekly'."),
        ({"decks": "upper"}, "Setting ferry.decks is not usable, found 'upper': it must be a list of texts."),
        (
            {"prices": {"bag": "2"}},
            "Setting ferry.prices is not usable, found {'bag': '2'}: it must be a table of numbers.",
        ),
        ({"key": "sk-hidden"}, "Setting ferry.key is not usable: it must be a text of type Secret."),
        ({"codes": ("sk-hidden",)}, "Setting ferry.codes is not usable: it must be a list of texts of type Secret."),
        ({"stops": ("sk-hidden",)}, "Setting ferry.stops is not usable: it must be a list of tables of type Secret."),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_one_sentence(values, sentence):
    with pytest.raises(SettingsError) as caught:
        Ferry(**values)
    assert str(caught.value) == sentence


def test_a_copy_with_another_value_is_held_to_the_bounds_too():
    with pytest.raises(SettingsError, match="berths"):
        replace(Ferry(), berths=0)


def test_a_value_that_need_not_be_given_may_be_left_out_and_is_held_to_its_bounds_otherwise():
    assert Stop("pier").minutes is None
    with pytest.raises(SettingsError, match="minutes is not usable, found 0: it must lie at or above 1"):
        Stop("pier", 0)
    with pytest.raises(SettingsError, match="name is not usable, found '': it must not be empty"):
        Stop("")


def test_a_whole_number_is_a_number():
    assert Ferry(delay_s=3).delay_s == 3


def test_a_room_may_raise_its_own_error():
    broken = object.__new__(Ferry)
    for name, item in setting_fields(Ferry).items():
        object.__setattr__(broken, name, item.default)
    object.__setattr__(broken, "berths", 0)
    with pytest.raises(InputError, match="berths"):
        check(broken, "ferry", InputError)


@pytest.mark.parametrize(
    ("name", "holds"), [("key", True), ("codes", True), ("headers", True), ("stops", True), ("name", False)]
)
def test_a_setting_knows_whether_it_may_hold_a_secret(name, holds):
    assert setting_fields(Ferry)[name].is_secret is holds


def test_sections_hold_secrets_where_one_of_them_does():
    assert holds_secret(Sections) and holds_secret(Secret) and not holds_secret(str)


def test_settings_of_a_room_need_neither_pydantic_nor_a_file():
    code = (
        "import sys, rag.settings, drift.settings, drift.alert.settings, eval.settings, eval.judge.settings\n"
        "rag.settings.RagSettings(), drift.settings.DriftSettings()\n"
        "print([name for name in ('pydantic', 'pydantic_settings', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
