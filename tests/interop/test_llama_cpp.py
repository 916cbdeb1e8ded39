"""The llama.cpp server as the chat endpoint: `rag ask`, streaming and `rag doctor` work with what it really sends.

Set INTEROP_LLAMA_CPP to a Python with `llama-cpp-python[server]` and `gguf`. The model is random, so only the protocol
is judged: something is answered, counted and recorded, and the missing source is told.
"""

import os
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.interop.programs import free_port, started

PYTHON = os.environ.get("INTEROP_LLAMA_CPP")
pytestmark = [
    pytest.mark.interop,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not PYTHON, reason="INTEROP_LLAMA_CPP names no Python with llama-cpp-python[server]"),
]


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama")
    model = folder / "tiny.gguf"
    subprocess.run([PYTHON, Path(__file__).with_name("tiny_gguf.py"), model], check=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}/v1"
    options = ["--model", model, "--n_ctx", "8192", "--chat_format", "chatml", "--port", port]
    with started([PYTHON, "-m", "llama_cpp.server", *options], f"{url}/models", folder):
        yield url, httpx.get(f"{url}/models").json()["data"][0]["id"]


@pytest.fixture
def asking(llama, workspace, monkeypatch):
    monkeypatch.setenv("RAG__CHAT__BASE_URL", llama[0])
    monkeypatch.setenv("RAG__CHAT__MODEL", llama[1])
    monkeypatch.setenv("RAG__CHAT__MAX_ANSWER_TOKENS", "48")
    monkeypatch.setenv("RAG__CHAT__TIMEOUT_S", "120")
    monkeypatch.setenv("RAG__CHAT__DEADLINE_S", "300")
    return workspace


def test_an_answer_of_llama_cpp_is_counted_and_its_lack_of_sources_told(command, asking):
    ran = command("rag", "ask", "How often is the lubricating oil changed?", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["tokens"]["prompt"] > 500
    # The server goes on up to three tokens to end a sign of several bytes, and noise may begin one anywhere.
    assert 48 <= ran.json["tokens"]["completion"] <= 51
    assert "no_citations" in ran.json["flags"]


def test_a_streamed_answer_of_llama_cpp_is_shown_and_recorded(command, asking):
    ran = command("rag", "ask", "How often is the lubricating oil changed?", "--stream")
    assert ran.code == 0, ran.err
    assert command("rag", "status", "--json").json["log"]["interactions"] == 1


def test_the_doctor_finds_what_llama_cpp_can_do(command, asking):
    ran = command("rag", "doctor", "--json", "--timeout", "60")
    found = {probe["name"]: probe["status"] for probe in ran.json}
    assert found["json_object"] == "ok"
    assert found["usage"] == "ok"
    assert found["stream"] == "ok"
