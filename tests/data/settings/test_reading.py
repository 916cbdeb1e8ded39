"""A file and the environment become a dataclass of sections; what is wrong is told in one sentence without secrets."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import SettingsError
from data.settings.reading import changed_settings, read_settings
from data.settings.secret import Secret
from tests.data.settings.shapes import Ferry, Harbour, Sections, Stop


@pytest.fixture
def read(tmp_path):
    def read(text="", environ=None, **options):
        (tmp_path / "rag.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_settings(Sections, tmp_path / "rag.toml", environ or {}, **options)

    return read


def test_without_file_and_environment_the_settings_are_those_of_the_dataclasses(tmp_path):
    assert read_settings(Sections, tmp_path / "absent.toml", {}) == Sections()


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "[ferry]\n", b"\xef\xbb\xbf"])
def test_an_empty_file_gives_the_defaults(read, text):
    assert read(text) == Sections()


def test_every_kind_of_value_is_read_from_the_file(read):
    found = read(
        '[ferry]\nname = "Selma"\nberths = 3\nshare = 0.25\nruns = "weekly"\nheated = false\ndelay_s = 2\n'
        'key = "sk-1"\n'
        'decks = ["a", "b"]\ncodes = ["c"]\nheaders = { x = "y" }\nprices = { bag = 2 }\n'
        '[[ferry.stops]]\nname = "pier"\nminutes = 4\n'
    ).ferry
    assert found == Ferry(
        name="Selma",
        berths=3,
        share=0.25,
        runs="weekly",
        heated=False,
        delay_s=2.0,
        key=Secret("sk-1"),
        decks=("a", "b"),
        codes=(Secret("c"),),
        headers={"x": Secret("y")},
        prices={"bag": 2.0},
        stops=(Stop("pier", 4),),
    )


def test_every_kind_of_value_is_read_from_the_environment(read):
    found = read(
        "[ferry]\nberths = 9\n",
        {
            "RAG__FERRY__BERTHS": "3",
            "RAG__FERRY__HEATED": "no",
            "RAG__FERRY__DECKS": "a, b",
            "RAG__FERRY__CODES": '["x,y"]',
            "RAG__FERRY__HEADERS": '{"h": "v"}',
            "RAG__FERRY__STOPS__0__NAME": "pier",
            "RAG__FERRY__STOPS__0__MINUTES": "4",
            "RAG__HARBOUR__BERTH": "west",
            "PATH": "/bin",
        },
    )
    assert found.harbour.berth == "west"
    assert (found.ferry.berths, found.ferry.heated, found.ferry.decks) == (3, False, ("a", "b"))
    assert (found.ferry.codes, found.ferry.headers) == ((Secret("x,y"),), {"h": Secret("v")})
    assert found.ferry.stops == (Stop("pier", 4),)


def test_a_table_of_the_environment_replaces_that_of_the_file_and_a_row_is_laid_over_its_row(read):
    text = (
        '[ferry]\nheaders = { a = "1" }\n[[ferry.stops]]\nname = "pier"\nminutes = 4\n[[ferry.stops]]\nname = "mole"\n'
    )
    found = read(text, {"RAG__FERRY__HEADERS": '{"b": "2"}', "RAG__FERRY__STOPS__0__MINUTES": "5"}).ferry
    assert found.headers == {"b": Secret("2")}
    assert found.stops == (Stop("pier", 5), Stop("mole"))


def test_a_former_name_means_the_present_setting_in_file_and_environment(read):
    assert read("[ferry]\nwait_s = 3\n").ferry.delay_s == 3
    assert read("[ferry]\nwait_s = 3\n", {"RAG__FERRY__WAIT_S": "4"}).ferry.delay_s == 4


@pytest.mark.parametrize(
    ("text", "environ", "sentence"),
    [
        ("ferry = 5", {}, "FILE has 'ferry' as a value, but it is a section: write [ferry], and its keys below."),
        (
            "[[ferry]]\nberths = 1",
            {},
            "FILE has [[ferry]], which stands for one of several, but there is one: write [ferry].",
        ),
        ("berths = 5", {}, "FILE has 'berths' outside a section: write it under one, e.g. [chat]."),
        ("[fery]", {}, "FILE has an unknown section [fery]: did you mean 'ferry'?"),
        ("[zzz]", {}, "FILE has an unknown section [zzz]: known are ferry, harbour."),
        ("[harbour]\nbirth = 1", {}, "FILE has an unknown key harbour.birth: did you mean 'berth'?"),
        ('[[ferry.stops]]\nnam = "a"', {}, "FILE has an unknown key ferry.stops.nam: did you mean 'name'?"),
        ("[ferry]\nberths = 0", {}, "Setting ferry.berths is not usable, found 0: it must lie between 1 and 200."),
        (
            '[ferry]\nberths = "many"',
            {},
            "Setting ferry.berths is not usable, found 'many': it must be a whole number.",
        ),
        ("[ferry]\nname = 5", {}, "Setting ferry.name is not usable, found 5: it must be a text."),
        ("[ferry]\nname = { a = 1 }", {}, "Setting ferry.name is not usable, found a table: it must be a text."),
        ("[ferry.name]\na = 1", {}, "Setting ferry.name is not usable, found a table: it must be a text."),
        ('[ferry]\ndecks = "a"', {}, "Setting ferry.decks is not usable, found 'a': it must be a list of texts."),
        ("[ferry]\ndecks = [1]", {}, "Setting ferry.decks.0 is not usable, found 1: it must be a text."),
        (
            "[ferry]\nprices = { bag = 'x' }",
            {},
            "Setting ferry.prices.bag is not usable, found 'x': it must be a number.",
        ),
        ("[ferry]\nshare = nan", {}, "Setting ferry.share is not usable, found nan: it must be a finite number."),
        ("[ferry]\ndelay_s = inf", {}, "Setting ferry.delay_s is not usable, found inf: it must be a finite number."),
        (
            "[[ferry.stops]]\nminutes = 2",
            {},
            "Setting ferry.stops.0.name is missing: write it into rag.toml or the environment.",
        ),
        ("", {"RAG__FERY__NAME": "x"}, "The environment has an unknown section [fery]: did you mean 'ferry'?"),
        ("", {"RAG__FERRY__NAM": "x"}, "The environment has an unknown key ferry.nam: did you mean 'name'?"),
        (
            "",
            {"RAG__FERRY__STOP__0__NAME": "x"},
            "The environment has an unknown key ferry.stop: did you mean 'stops'?",
        ),
        ("", {"RAG__FERRY": "x"}, "RAG__FERRY names no setting: write RAG__SECTION__KEY, e.g. RAG__CHAT__MODEL."),
        ("", {"RAG__": "x"}, "RAG__ names no setting: write RAG__SECTION__KEY, e.g. RAG__CHAT__MODEL."),
        ("", {"RAG__FERRY__BERTHS": ""}, "Setting ferry.berths is not usable, found '': it must be a whole number."),
        (
            "",
            {"RAG__FERRY__HEATED": "warm"},
            "Setting ferry.heated is not usable, found 'warm': it must be true or false.",
        ),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(read, tmp_path, text, environ, sentence):
    with pytest.raises(SettingsError) as caught:
        read(text, environ)
    assert str(caught.value) == sentence.replace("FILE", str(tmp_path / "rag.toml"))


def test_a_file_that_is_no_toml_is_named(read):
    with pytest.raises(SettingsError, match=r"rag\.toml is not valid TOML: "):
        read(b"[ferry\n")


@pytest.mark.parametrize("text", [b'[ferry]\nname = "\xff\xfe"\n', "[ferry]\n".encode("utf-16")])
def test_a_file_in_another_encoding_is_told_how_to_be_saved(read, text):
    with pytest.raises(SettingsError, match=r"rag\.toml is not UTF-8 text: save it as UTF-8"):
        read(text)


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        ('[ferry]\nkey = ["sk-hidden"]', {}),
        ('[ferry]\ncodes = [["sk-hidden"]]', {}),
        ('[ferry]\nheaders = "sk-hidden"', {}),
        ('[[ferry.stops]]\npass_key = "sk-hidden"', {}),
        ('[ferry]\nkey = "sk-hidden"\nberths = 0', {}),
        ('ferry = "sk-hidden"', {}),
        ('[ferry]\nstops = ["sk-hidden"]', {}),
        ('[ferry]\nname = { key = "sk-hidden" }', {}),
        ("", {"RAG__FERRY__HEADERS": "sk-hidden"}),
        ("", {"RAG__FERRY__HEADERS": '["sk-hidden"]'}),
        ("", {"RAG__FERRY__STOPS": '[{"pass_key": "sk-hidden"}]'}),
        ("", {"RAG__FERRY__STOPS": '{"pass_key": "sk-hidden"}'}),
        ("", {"RAG__FERRY__CODES": '["sk-hidden'}),
        ("", {"RAG__FERRY__KEY__0__X": "sk-hidden"}),
        ("", {"RAG__FERRY__NAME__0__KEY": "sk-hidden"}),
        ("", {"RAG__FERRY": "sk-hidden"}),
    ],
)
def test_no_error_shows_a_secret_not_even_its_traceback(read, text, environ):
    with pytest.raises(SettingsError) as caught:
        read(text, environ)
    assert "hidden" not in "".join(traceback.format_exception(caught.value))


@given(
    st.dictionaries(
        st.sampled_from(["FERRY__KEY", "FERRY__STOPS", "FERRY__STOPS__0__NAME", "FERRY", "X", "FERRY__DECKS"]),
        st.text(),
    )
)
def test_whatever_the_environment_holds_the_answer_is_settings_or_one_sentence(tmp_path_factory, values):
    try:
        found = read_settings(
            Sections, tmp_path_factory.getbasetemp() / "absent", {f"RAG__{k}": v for k, v in values.items()}
        )
    except SettingsError as error:
        assert str(error).endswith((".", "?"))
    else:
        assert isinstance(found, Sections)


def test_a_reader_of_some_sections_passes_over_those_of_others_and_checks_its_own(read):
    text = '[drift]\nalpha = 1\n[harbour]\nberth = "west"\n'
    assert read(text, {"RAG__SERVER__PORT": "1"}, partial=True) == Sections(harbour=Harbour("west"))
    with pytest.raises(SettingsError, match="unknown key harbour.birth"):
        read("[harbour]\nbirth = 1", partial=True)
    with pytest.raises(SettingsError, match=r"unknown section \[harbor\]: did you mean 'harbour'"):
        read("[harbor]\nberth = 1", partial=True)


def test_settings_are_changed_under_the_same_checks_and_secrets_stay():
    before = Sections(ferry=Ferry(key=Secret("sk-1"), prices={"bag": 1.0}))
    after = changed_settings(before, {"ferry": {"berths": 5, "prices": {"bike": 2}}})
    assert (after.ferry.berths, after.ferry.prices, after.ferry.key) == (5, {"bike": 2.0}, Secret("sk-1"))
    assert before.ferry.berths == 8
    with pytest.raises(SettingsError, match="ferry.berths is not usable, found 0"):
        changed_settings(before, {"ferry": {"berths": 0}})
