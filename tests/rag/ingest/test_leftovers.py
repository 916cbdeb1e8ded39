"""What should be gone is named, with the reason, and leaves the index with `prune`."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.index.ingest import ingest_text
from pipelines.index.plan import plan_text
from rag.chunk import ChunkSettings
from rag.ingest import IngestReport, ingest, plan_ingest
from rag.store.catalog import Catalog
from tests.fakes import HashEmbedder

CUTTING = ChunkSettings(max_tokens=40, min_characters=0)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "crew").mkdir(parents=True)
    (folder / "crew" / "pay.md").write_text("The mate earns 88 crowns a day.")
    (folder / "menu.md").write_text("Soup at noon.")
    run(folder)
    return folder


def run(*paths: Path, prune: bool = False, exclude: tuple[str, ...] = ()) -> IngestReport:
    place = paths[0].parent / ".rag"
    options = {"chunking": CUTTING, "prune": prune, "exclude": exclude}
    planned = plan_ingest(list(paths), place, HashEmbedder(), **options)  # type: ignore[arg-type]
    done = ingest(list(paths), place, HashEmbedder(), **options)  # type: ignore[arg-type]
    assert planned.reasons == done.reasons and planned.gone == done.gone and len(planned.removed) == done.removed
    assert sorted(planned.failed) == sorted(done.failed)
    assert all(reason in plan_text(planned) for reason in planned.reasons.values())
    assert prune or all(reason in ingest_text(done) for reason in done.reasons.values())
    return done


def sources(folder: Path) -> list[str]:
    catalog = Catalog(folder.parent / ".rag")
    current = catalog.current()
    found = (
        [Path(source).relative_to(folder.parent).as_posix() for source, _, _ in catalog.sources(current)]
        if current
        else []
    )
    catalog.close()
    return found


def exclude_by_file(folder: Path) -> tuple[str, ...]:
    (folder / ".ragignore").write_text("crew/\n")
    return ()


def exclude_by_setting(folder: Path) -> tuple[str, ...]:
    return ("crew/",)


@pytest.mark.parametrize("way", [exclude_by_file, exclude_by_setting])
def test_an_excluded_file_is_named_and_pruned(docs: Path, way) -> None:
    exclude = way(docs)
    assert list(run(docs, exclude=exclude).reasons.values()) == ["its file is excluded"]
    assert "docs/crew/pay.md" in sources(docs)
    assert run(docs, exclude=exclude, prune=True).removed == 1
    assert sources(docs) == ["docs/menu.md"]


@pytest.mark.parametrize("content", ["", " \n"])
def test_an_emptied_file_is_refused_with_its_former_version_named_and_pruned(docs: Path, content: str) -> None:
    (docs / "menu.md").write_text(content)
    told = run(docs)
    assert "former version stays" in told.failed[0][1] and list(told.reasons.values()) == ["its file was emptied"]
    pruned = run(docs, prune=True)
    assert pruned.failed == () and sources(docs) == ["docs/crew/pay.md"]
    assert len(run(docs, prune=True).failed) == 1  # an empty file that nothing is known of is told as ever


def test_a_file_that_turned_binary_is_refused_and_its_former_version_stays_and_is_named(docs: Path) -> None:
    (docs / "menu.md").write_bytes(b"\x89PNG\x00\x00")
    told = run(docs, prune=True)
    assert "former version stays" in told.failed[0][1] and told.reasons == {}
    assert "docs/menu.md" in sources(docs)


def test_a_renamed_file_is_named_with_its_new_name_and_pruned(docs: Path) -> None:
    (docs / "menu.md").rename(docs / "food.md")
    assert list(run(docs).reasons.values()) == [f"its file is gone, and the same stands in {docs.as_posix()}/food.md"]
    run(docs, prune=True)
    assert sources(docs) == ["docs/crew/pay.md", "docs/food.md"]


def test_a_renamed_folder_is_named_and_pruned_by_an_ingest_of_the_new_one(docs: Path) -> None:
    docs.rename(docs.with_name("papers"))
    papers = docs.with_name("papers")
    assert len(run(papers).gone) == 2
    assert run(papers, prune=True).removed == 2
    assert sources(docs) == ["papers/crew/pay.md", "papers/menu.md"]


def test_pruning_a_folder_that_is_gone_is_no_mistake(docs: Path) -> None:
    docs.rename(docs.with_name("papers"))
    pruned = run(docs, prune=True)
    assert (pruned.failed, pruned.removed) == ((), 2)
    assert len(run(docs.with_name("nothing")).failed) == 1


def test_what_is_refused_for_another_reason_is_not_taken_for_excluded(docs: Path) -> None:
    cases = docs / "cases.jsonl"
    cases.write_text('{"question": "When?", "answers": ["noon"]}\n')
    run(cases)
    assert run(docs, prune=True).removed == 0
