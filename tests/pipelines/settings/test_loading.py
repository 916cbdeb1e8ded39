"""Settings come from the file, then the environment; what is unknown is refused and secrets stay secret."""

import pytest

from data.errors import SettingsError
from data.settings.template import read_template
from pipelines.settings.loading import load_settings


def settings_of(tmp_path, text, environ=None):
    (tmp_path / "rag.toml").write_text(text)
    return load_settings(tmp_path, environ or {})


def test_the_template_gives_the_defaults(tmp_path):
    assert settings_of(tmp_path, read_template()) == settings_of(tmp_path, "")


def test_every_key_shown_in_the_template_is_a_known_one(tmp_path):
    shown = read_template().replace("# Settings", "## Settings").replace("# Keys", "## Keys")
    uncommented = "\n".join(line[2:] if line.startswith("# ") else line for line in shown.splitlines())
    assert settings_of(tmp_path, uncommented).chat.model == "llama3.2"


def test_the_environment_wins_over_the_file(tmp_path):
    found = settings_of(
        tmp_path, "[retrieval]\nk = 3\n", {"RAG__RETRIEVAL__K": "5", "RAG__INGEST__INCLUDE": "*.md,*.txt"}
    )
    assert (found.retrieval.k, found.ingest.include) == (5, ("*.md", "*.txt"))


@pytest.mark.parametrize(
    ("text", "environ", "days"),
    [
        ("[drift]\nfalse_page_days = 90", {}, 90.0),
        ("", {"RAG__DRIFT__FALSE_PAGE_DAYS": "60"}, 60.0),
        ("[drift]\nfalse_page_days = 90", {"RAG__DRIFT__FALSE_ALERT_DAYS": "60"}, 60.0),
        ("[drift]\nfalse_page_days = 90\nfalse_alert_days = 30", {}, 30.0),
    ],
)
def test_a_former_name_of_a_setting_is_still_read_and_the_present_one_wins(tmp_path, text, environ, days):
    assert settings_of(tmp_path, text, environ).drift.false_alert_days == days


def test_a_value_under_a_former_name_keeps_to_the_bounds(tmp_path):
    with pytest.raises(SettingsError, match="drift.false_alert_days is not usable, found 0: it must lie at or above 1"):
        settings_of(tmp_path, "[drift]\nfalse_page_days = 0")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[retrival]\nk = 3", r"unknown section \[retrival\]: did you mean 'retrieval'"),
        ("[chat]\nbase_ur = 'x'", "unknown key chat.base_ur: did you mean 'base_url'"),
        ("[retrieval]\nk = 0", "retrieval.k is not usable, found 0"),
        ("k = 3", "'k' outside a section|unknown section"),
        ("[chat\n", "is not valid TOML"),
    ],
)
def test_what_is_unknown_or_out_of_range_is_refused_with_the_nearest_known(tmp_path, text, reason):
    with pytest.raises(SettingsError, match=reason):
        settings_of(tmp_path, text)


def test_an_unknown_key_in_the_environment_is_refused_too(tmp_path):
    with pytest.raises(SettingsError, match="The environment has an unknown key chat.modle: did you mean 'model'"):
        settings_of(tmp_path, "", {"RAG__CHAT__MODLE": "x"})


def test_the_api_key_is_never_printed(tmp_path):
    found = settings_of(tmp_path, "", {"RAG__CHAT__API_KEY": "sk-very-secret"})
    assert "sk-very-secret" not in repr(found) + str(found.chat)
    assert found.chat.api_key.reveal() == "sk-very-secret"


FALLBACK = '[chat]\n[[chat.fallback]]\nbase_url = "http://a/v1"\nmodel = "a"\napi_key = "sk-hidden"\n'


def test_fallbacks_are_tables_and_each_can_be_set_in_the_environment(tmp_path):
    (tmp_path / "rag.toml").write_text(FALLBACK)
    found = load_settings(
        tmp_path,
        {
            "RAG__CHAT__FALLBACK__0__API_KEY": "sk-1",
            "RAG__CHAT__FALLBACK__1__BASE_URL": "http://b/v1",
            "RAG__CHAT__FALLBACK__1__MODEL": "b",
            "RAG__CHAT__HEADERS": '{"api-key": "k"}',
        },
    ).chat
    assert [(row.base_url, row.model) for row in found.fallback] == [("http://a/v1", "a"), ("http://b/v1", "b")]
    assert found.fallback[0].api_key.reveal() == "sk-1"
    assert found.headers["api-key"].reveal() == "k"
    whole = load_settings(tmp_path, {"RAG__CHAT__FALLBACK": '[{"base_url": "http://c/v1", "model": "c"}]'}).chat
    assert [row.model for row in whole.fallback] == ["c"]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"RAG__CHAT__FALLBACK__0__API_KEI": "x"}, "chat.fallback.api_kei: did you mean 'api_key'"),
        ({"RAG__CHAT__FALLBACK__2__MODEL": "x"}, "table 2 of chat.fallback, which has 1"),
        ({"RAG__CHAT__FALLBACK__MODEL__0": "x"}, "for one of several tables"),
        ({"RAG__CHAT__FALLBACK": "nonsense"}, "not JSON"),
        (
            {"RAG__CHAT__FALLBACK": '[{"base_url": "http://c", "api_key": "sk-hidden"}]'},
            "chat.fallback.0.model is missing",
        ),
        ({"RAG__CHAT__FALLBACK": '[{"base_url": "u", "model": "m", "api_key": 77777}]'}, "chat.fallback.0.api_key"),
        ({"RAG__CHAT__FALLBACK": '["sk-hidden"]'}, "chat.fallback.0 is not usable"),
        ({"RAG__CHAT__HEADERS": '{"api-key": ["sk-hidden"]}'}, "chat.headers"),
        ({"RAG__CHAT__FALLBACK__0__TIMEOUT_S": "soon"}, "timeout_s is not usable, found 'soon'"),
    ],
)
def test_a_fallback_that_cannot_be_used_is_refused_and_its_secrets_stay_secret(tmp_path, environment, words):
    (tmp_path / "rag.toml").write_text(FALLBACK)
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, environment)
    assert words in str(caught.value)
    assert "sk-hidden" not in str(caught.value) and "77777" not in str(caught.value)
