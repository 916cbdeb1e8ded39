"""Addresses of settings: refused where they are none, and shown without their secrets."""

import pytest

from data.errors import SettingsError
from rag.chat.settings import ChatSettings, FallbackSettings
from rag.http import shown_url


@pytest.mark.parametrize("address", ["not a url", "http://[bad", "localhost:11434/v1", "ftp://host/v1", "http://"])
def test_a_chat_endpoint_that_is_no_web_address_is_refused_in_a_sentence(address):
    with pytest.raises(SettingsError, match="chat.base_url is .* no web address: write it like http"):
        ChatSettings(base_url=address)
    with pytest.raises(SettingsError, match="chat.fallback.base_url is .* no web address"):
        FallbackSettings(base_url=address, model="m")


def test_an_empty_address_means_no_endpoint():
    assert ChatSettings().base_url == ""


@pytest.mark.parametrize("address", ["http://user:secret@[bad", "https://user:secret@host/v1?key=secret"])
def test_a_shown_address_holds_no_secret(address):
    assert "secret" not in shown_url(address)
