"""What people read of the settings is made from the dataclasses, and says of each all there is to say."""

import tomllib

import pytest

from data.settings.fields import rows_of, sections_of, setting_fields
from data.settings.template import TEMPLATE_FILE, read_template
from pipelines.settings.__main__ import PAGE_FILE
from pipelines.settings.meanings import described, first_sentence
from pipelines.settings.page import render_page
from pipelines.settings.rag_toml import render_template
from pipelines.settings.sections import Settings
from pipelines.settings.toml import as_toml

SECTIONS = list(described(Settings))
SETTINGS = [(section, name) for section in SECTIONS for name in section.settings]


@pytest.mark.parametrize(("file", "render"), [(PAGE_FILE, render_page), (TEMPLATE_FILE, render_template)])
def test_a_written_file_is_what_the_code_says_now(file, render):
    assert file.read_text(encoding="utf-8") == render(), "run: python -m pipelines.settings"


@pytest.mark.parametrize(("section", "name"), SETTINGS, ids=[f"{section.name}.{name}" for section, name in SETTINGS])
def test_every_setting_has_a_meaning_of_short_sentences(section, name):
    meaning = section.meanings[name]
    assert meaning.endswith(".")
    assert max(len(sentence.split()) for sentence in meaning.split(". ")) <= 25


def test_every_section_has_a_meaning():
    assert {section.name for section in SECTIONS if not section.summary} == set()
    assert [section.name for section in SECTIONS if not section.is_row] == list(sections_of(Settings))


def test_the_page_names_every_setting_with_its_variable():
    page = PAGE_FILE.read_text(encoding="utf-8")
    assert len(SETTINGS) > 100
    for section, name in SETTINGS:
        assert f"| `{section.variable}{name.upper()}` |" in page


def test_the_template_shows_every_setting_once_with_its_default_or_an_example():
    shown = tomllib.loads(uncommented(read_template()))
    for section, kind in sections_of(Settings).items():
        for name, item in setting_fields(kind).items():
            if rows_of(item.kind) is None:
                wanted = item.default if item.example is None else item.example.value
                assert tomllib.loads(f"value = {as_toml(wanted)}")["value"] == shown[section][name]


def test_a_line_of_the_template_is_called_an_example_where_it_does_not_show_the_default():
    examples = [item for section in SECTIONS for item in section.settings.values() if item.example]
    lines = read_template().splitlines()
    assert len([line for line in lines if "# Example: " in line]) == len(examples) > 20
    assert "# k = 8                           # Passages per question" in lines
    assert (
        '# base_url = "http://localhost:8080/v1"  # Example: A server with POST /rerank (Jina, Cohere, vLLM, TEI)'
        in lines
    )
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize(
    ("value", "text"),
    [(60.0, "60"), (0.0075, "0.0075"), (True, "true"), ((), "[]"), ({}, "{}"), ({"a b": "ü\n"}, '{ "a b" = "ü\\n" }')],
)
def test_a_value_is_written_as_people_write_it_and_read_again_as_it_was(value, text):
    assert as_toml(value) == text
    again = tomllib.loads(f"value = {text}")["value"]
    assert (tuple(again) if isinstance(again, list) else again) == value


def test_a_first_sentence_ends_before_the_second():
    assert first_sentence("Either, e.g. this. Or that.") == "Either, e.g. this"


def uncommented(template):
    shown = template.replace("# Settings", "## Settings").replace("# Keys", "## Keys")
    return "\n".join(line[2:] if line.startswith("# ") else line for line in shown.splitlines())
