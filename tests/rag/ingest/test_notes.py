"""What of a file is not in its text is told with the ingest, and beforehand with its plan."""

from __future__ import annotations

from pathlib import Path

from pipelines.index.ingest import ingest_json, ingest_text
from pipelines.index.plan import plan_json, plan_text
from rag.chunk import ChunkSettings
from rag.ingest import ingest, plan_ingest
from tests.fakes import HashEmbedder
from tests.rag.read.pdf.made_pdfs import PICTURE, drawn, made_pdf

CUTTING = ChunkSettings(max_tokens=40, min_characters=0)
SAID = "page 2 holds no text"


def test_pages_without_text_are_told_by_plan_and_ingest_and_not_again(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(made_pdf(drawn((60, 700, "Cover letter for the boiler.")), PICTURE))
    planned = plan_ingest([file], tmp_path / ".rag", HashEmbedder(), chunking=CUTTING)
    done = ingest([file], tmp_path / ".rag", HashEmbedder(), chunking=CUTTING)
    for notes, shown in ((planned.notes, plan_text(planned)), (done.notes, ingest_text(done))):
        assert [(source, note.startswith(SAID)) for source, note in notes] == [(file.as_posix(), True)]
        assert f"{file.as_posix()}: {SAID}" in shown
    for shown_json in (plan_json(planned), ingest_json(done)):
        assert shown_json["notes"][0]["source"] == file.as_posix()
    assert ingest([file], tmp_path / ".rag", HashEmbedder(), chunking=CUTTING).notes == ()
