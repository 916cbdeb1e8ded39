"""What `rag ingest` is given: files and folders, a list of URLs, standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from data.errors import InputError

if TYPE_CHECKING:
    from rag.read import SourceFile

STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Paths to read, files that stand for URLs and standard input, and (source, reason) pairs for what failed."""

    paths: tuple[Path, ...]
    files: tuple[SourceFile, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


@contextmanager
def gathered(
    paths: Sequence[Path],
    urls: Path | None,
    name: str | None,
    progress: Callable[[int, int, str], None] | None = None,
    allowed: Sequence[str] = (),
) -> Iterator[Inputs]:
    """Fetch the URLs and read standard input where they are asked for; the copies last as long as the block.

    Pages may redirect to `allowed` networks, too.

    :raises InputError: there is nothing to ingest, or standard input ("-") and `name` do not come together.
    """
    if not paths and urls is None:
        raise InputError("There is nothing to ingest: name files or folders, pass --urls FILE, or - with --name NAME.")
    if (STDIN in paths) != bool(name):
        raise InputError("Standard input needs a name and a name needs it: rag ingest - --name minutes.md < FILE")
    with TemporaryDirectory(prefix="silentdrift-") as folder:
        yield _gather(paths, urls, name or "", Path(folder), progress, allowed)


def _gather(
    paths: Sequence[Path],
    urls: Path | None,
    name: str,
    folder: Path,
    progress: Callable[[int, int, str], None] | None,
    allowed: Sequence[str],
) -> Inputs:
    from rag.read import AddressGuard, FetchResult, fetch_all, keep_stream, read_networks

    guard = AddressGuard(read_networks(allowed))
    fetched = fetch_all(urls, folder, progress=progress, guard=guard) if urls is not None else FetchResult((), ())
    piped = (keep_stream(sys.stdin.buffer, name, folder),) if name else ()
    return Inputs(tuple(path for path in paths if path != STDIN), (*fetched.files, *piped), fetched.failed)
