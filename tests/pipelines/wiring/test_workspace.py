"""A workspace on disk."""

from pipelines.wiring.workspace import init_workspace


def test_what_a_workspace_holds_is_for_its_owner_alone(tmp_path):
    assert init_workspace(tmp_path / "work")
    assert (tmp_path / "work" / ".rag").stat().st_mode & 0o077 == 0
    assert (tmp_path / "work" / "rag.toml").stat().st_mode & 0o077 == 0
