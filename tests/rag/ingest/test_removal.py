"""Documents leave the index by name, and with `forget` nothing of them stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from rag.chunk import ChunkSettings
from rag.errors import NoIndexError
from rag.index.index import Index
from rag.ingest import ingest, remove_documents, rollback
from rag.ingest.removal import RemovalReport, chosen
from tests.fakes import HashEmbedder

NOW = "2026-05-04T14:00:00+00:00"
SECRET = "zephyrine"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    (docs / "crew").mkdir(parents=True)
    (docs / "crew" / "pay.md").write_text(f"The mate earns {SECRET} crowns.")
    (docs / "menu.md").write_text("Soup at noon.")
    ingest([docs], tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings(max_tokens=40, min_characters=0))
    return tmp_path


def remove(place: Path, *named: str, forget: bool = False) -> RemovalReport:
    names = [f"{place.as_posix()}/{name}" for name in named]
    return remove_documents(place / ".rag", names, HashEmbedder(), NOW, forget=forget)


def sources(place: Path) -> list[str]:
    index = Index.open(place / ".rag", HashEmbedder())
    try:
        return [Path(source).relative_to(place).as_posix() for source in index.origins()]
    finally:
        index.close()


@pytest.mark.parametrize("named", ["docs/crew/pay.md", "docs/crew", "docs/crew/", "docs/crew/*.md"])
def test_a_document_leaves_by_its_name_its_folder_or_a_glob(place: Path, named: str) -> None:
    report = remove(place, named)
    assert report.removed == report.still_there == (f"{place.as_posix()}/docs/crew/pay.md",)
    assert report.chunks == 1 and sources(place) == ["docs/menu.md"]


def test_a_rollback_brings_it_back_unless_it_was_forgotten(place: Path) -> None:
    remove(place, "docs/crew")
    rollback(place / ".rag")
    assert len(sources(place)) == 2
    remove(place, "docs/crew", forget=True)
    with pytest.raises(NoIndexError):
        rollback(place / ".rag")


def test_nothing_of_a_forgotten_document_stays_in_any_file(place: Path) -> None:
    def holding() -> list[Path]:
        files = [path for path in (place / ".rag").rglob("*") if path.is_file()]
        return [path for path in files if SECRET.encode() in path.read_bytes()]

    assert holding()
    remove(place, "docs/crew", forget=True)
    assert holding() == [] and sources(place) == ["docs/menu.md"]


def test_what_was_removed_before_can_still_be_forgotten(place: Path) -> None:
    remove(place, "docs/crew")
    assert remove(place, "docs/crew", forget=True).removed
    assert sources(place) == ["docs/menu.md"]


def test_a_name_that_stands_for_nothing_is_told_with_the_nearest(place: Path) -> None:
    with pytest.raises(InputError, match="did you mean docs/menu.md"):
        chosen(["docs/meny.md"], ["docs/menu.md"])
    with pytest.raises(InputError, match="holds no document"):
        remove(place, "papers")
    assert len(sources(place)) == 2
