import pytest

from data.log.interaction_log import InteractionLog


@pytest.fixture
def log(tmp_path):
    return InteractionLog.at_path(tmp_path / "log.sqlite")
