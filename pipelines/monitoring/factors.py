"""What of the old system is still at hand for a replay, and why the rest is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import SilentDriftError
from data.records import Interaction
from data.settings import DATA_FOLDER
from pipelines.wiring import Workspace
from rag.wiring import prompt_secret

if TYPE_CHECKING:
    from pipelines.settings import Settings

Build = Callable[[Workspace], Workspace]


@dataclass(frozen=True, slots=True)
class Factor:
    """A part whose old form can be put back: `to_old` turns a workspace into one with it."""

    name: str
    old: str
    new: str
    to_old: Build


@dataclass(frozen=True, slots=True)
class FixedPart:
    """A part that changed, or may have, and cannot be put back."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReplayFactors:
    """The factors of a replay, and what cannot be replayed."""

    factors: tuple[Factor, ...]
    missing: tuple[FixedPart, ...]


def find_factors(
    workspace: Workspace,
    old: Settings | None,
    before: Sequence[Interaction],
    after: Sequence[Interaction],
    folder: Path,
) -> ReplayFactors:
    """Look for what differs between the old and the new system.

    `old` are earlier settings, if somebody kept them; `before` and `after` are records of both times, whose
    fingerprints tell what changed; in `folder` the earlier index is laid out.
    """
    looked = (
        _index(workspace, old, folder),
        _model(workspace, old, before, after),
        _settings(workspace, old, before, after),
        _prompt(before, after),
    )
    return ReplayFactors(
        tuple(item for item in looked if isinstance(item, Factor)),
        tuple(item for item in looked if isinstance(item, FixedPart)),
    )


def _index(workspace: Workspace, old: Settings | None, folder: Path) -> Factor | FixedPart:
    from rag.wiring import open_index

    update: dict[str, Any] = {"embedder": old.embedder} if old else {}
    try:
        with closing(open_index(workspace)) as index:
            now = index.generation
        then = lay_out_earlier(workspace, folder)
        earlier = Workspace(folder, replace(workspace.settings, **update))
        with closing(open_index(earlier)):
            pass
    except SilentDriftError as error:
        return FixedPart("index", str(error).replace(str(folder / DATA_FOLDER), str(workspace.data)))
    return Factor("index", then, now, lambda cell: Workspace(folder, replace(cell.settings, **update)))


def lay_out_earlier(workspace: Workspace, folder: Path) -> str:
    """Copy the index to `folder` and step back there; return the name of the earlier revision.

    The published index is only read.

    :raises SilentDriftError: there is no index, or no earlier revision.
    """
    from rag.ingest import rollback
    from rag.store.vectors import copy_index

    target = folder / DATA_FOLDER
    target.mkdir(parents=True)
    copy_index(workspace.data, target)
    (target / "prompt-secret").write_text(prompt_secret(workspace), encoding="ascii")
    return rollback(target)


def _model(
    workspace: Workspace, old: Settings | None, before: Sequence[Interaction], after: Sequence[Interaction]
) -> Factor | FixedPart | None:
    chat = workspace.settings.chat
    if old is not None and old.chat != chat:
        kept = old.chat
        return Factor("model", kept.model or "extractive", chat.model or "extractive", _with("chat", kept))
    then, now = (_usual(items, "chat_model") for items in (before, after))
    if not then or not now or then == now:
        return None
    if not chat.base_url or not chat.model:
        return FixedPart(
            "model", f"{then!r} answered before and {now!r} now, but no [chat] endpoint is set to ask both."
        )
    return Factor("model", then, chat.model, _with("chat", replace(chat, model=then)))


def _settings(
    workspace: Workspace, old: Settings | None, before: Sequence[Interaction], after: Sequence[Interaction]
) -> Factor | FixedPart | None:
    from rag.wiring import retrieval_id

    if old is not None:
        then, now = retrieval_id(old), retrieval_id(workspace.settings)
        if then == now:
            return None
        kept = old
        return Factor(
            "settings",
            then,
            now,
            lambda cell: Workspace(cell.folder, replace(cell.settings, retrieval=kept.retrieval, rerank=kept.rerank)),
        )
    then, now = (_usual(items, "retrieval") for items in (before, after))
    if not then or not now or then == now:
        return None
    return FixedPart(
        "settings", f"The retrieval settings changed ({then} to {now}); pass the former rag.toml with --old-settings."
    )


def _prompt(before: Sequence[Interaction], after: Sequence[Interaction]) -> FixedPart | None:
    then, now = (_usual(items, "prompt_version") for items in (before, after))
    if not then or not now or then == now:
        return None
    return FixedPart(
        "prompt", f"Prompt {then} is not part of this version, which has {now}: install the former version."
    )


def _with(section: str, value: Any) -> Build:
    return lambda cell: Workspace(cell.folder, replace(cell.settings, **{section: value}))


def _usual(items: Sequence[Interaction], field: str) -> str:
    counted = Counter(str(getattr(item.fingerprint, field)) for item in items)
    return counted.most_common(1)[0][0] if counted else ""
