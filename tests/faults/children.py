"""Real processes for the fault tests: writers and readers of an index, to be killed, starved or run side by side."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.chunk.settings import ChunkSettings
from rag.ingest.ingest_report import IngestReport
from rag.ingest.job import ingest
from rag.store.catalog import Catalog
from tests.fakes import HashEmbedder

ROOT = Path(__file__).parents[2]
SETTINGS = ChunkSettings(max_tokens=40, min_characters=0)

INGEST = """
import sys, time
from pathlib import Path
from data.errors import SilentDriftError
from rag.ingest.job import ingest
from tests.faults.children import SETTINGS
from tests.fakes import HashEmbedder

class Slow(HashEmbedder):
    def embed(self, texts, *, query=False):
        time.sleep(float(sys.argv[3]))
        return super().embed(texts, query=query)

print("started", flush=True)
docs, workspace = Path(sys.argv[1]), Path(sys.argv[2])
try:
    report = ingest([docs], workspace, Slow(), chunking=SETTINGS, prune=True, texts_at_once=8)
except SilentDriftError as error:
    sys.exit(f"{type(error).__name__}: {error}")
print(report.added, report.changed, report.removed, report.unchanged, len(report.failed), flush=True)
for source, reason in report.failed:
    print(Path(source).name, reason, sep=": ")
"""

SEARCH = """
import sys
from pathlib import Path
from data.errors import SilentDriftError
from rag.index import Index
from tests.fakes import HashEmbedder
try:
    print(Index.open(Path(sys.argv[1]), HashEmbedder()).search(sys.argv[2], 1)[0].chunk.text)
except SilentDriftError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def start(script: str, *arguments: object, prefix: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Start a Python process in the checkout, under the command `prefix`; its output is piped."""
    command = [*prefix, sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(script: str, *arguments: object, prefix: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run a Python process in the checkout to its end, which must come within a minute."""
    with start(script, *arguments, prefix=prefix) as child:
        try:
            out, err = child.communicate(timeout=60)
        except BaseException:
            child.kill()
            raise
    return subprocess.CompletedProcess(child.args, child.returncode, out, err)


def ingest_here(docs: Path, workspace: Path, **options: Any) -> IngestReport:
    """Ingest in this process, undisturbed."""
    return ingest([docs], workspace, HashEmbedder(), chunking=SETTINGS, prune=True, **options)


def content(workspace: Path) -> list[tuple[str, int, int, str, str]]:
    """Return every chunk a reader can see: source, span, text and the key of its vector."""
    catalog = Catalog(workspace)
    current = catalog.current()
    assert current is not None
    rows = [row for row, _ in catalog.chunk_languages(current.generation, current.id)]
    passages = catalog.passages(current.generation, current.id, "id", rows)
    catalog.close()
    return sorted((p.chunk.source, p.chunk.start, p.chunk.end, p.chunk.text, p.key) for p in passages)


def write_docs(folder: Path, count: int) -> Path:
    """Write `count` small files, each with a sentence of its own."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"{number}.txt").write_text(f"Berth {number} takes ships of {number * 7} metres. Ask mate {number}.")
    return folder


def resize(disk: Path, kilobytes: int) -> None:
    """Give a mounted tmpfs another size."""
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", disk], check=True)


def used(disk: Path) -> int:
    """Return how many kilobytes of a disk are taken."""
    status = os.statvfs(disk)
    return (status.f_blocks - status.f_bfree) * status.f_frsize // 1024
