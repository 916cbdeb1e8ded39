"""Every test runs in a clean environment: no settings of the machine, no telemetry, no model hub."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from data.faces import QUIET_ENVIRONMENT

settings.register_profile("unhurried", deadline=None)  # a busy machine is no reason to fail
settings.load_profile("unhurried")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("RAG__", "OPENAI_", "LANGCHAIN_", "LANGSMITH_"))]:
        monkeypatch.delenv(name)
    for name, value in QUIET_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data sets are not at {SHARED_DATA.name}/ beside the checkout")
    return SHARED_DATA
