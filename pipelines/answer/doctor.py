"""What the endpoints of the settings can really do: `rag doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from data.errors import SettingsError
from pipelines.console import growing_table
from pipelines.wiring import Workspace, build_endpoint

if TYPE_CHECKING:
    from pipelines.settings import Settings
    from rag.chat import ChatSettings
    from rag.doctor import Offer, Probe
    from rag.embed import EmbedderSettings
    from rag.search import RerankSettings

_MARKS = {"ok": "ok     ", "warning": "warning", "failed": "FAILED ", "absent": "-      "}
_COLOURS = {"ok": "green", "warning": "yellow", "failed": "red", "absent": "dim"}
_PATIENCE = 1.5


def examine(workspace: Workspace, timeout_s: float = 60.0) -> Iterator[Probe]:
    """Yield what was found about the endpoints of the settings, one probe after the other.

    No request takes longer than `timeout_s`, and none is tried again.

    :raises SettingsError: no endpoint is configured.
    """
    settings = workspace.settings
    if not (settings.chat.base_url or settings.embedder.base_url or settings.rerank.base_url):
        raise SettingsError("No chat endpoint is configured: set chat.base_url and chat.model in rag.toml.")
    if settings.chat.base_url:
        yield from _chat(settings.chat, timeout_s)
    yield from _beside(settings, timeout_s)
    for place, fallback in enumerate(settings.chat.chain[1:], 1):
        probes = _chat(fallback, timeout_s)
        yield replace(next(probes), name=f"fallback {place}")


def _chat(chat: ChatSettings, timeout_s: float) -> Iterator[Probe]:
    from rag.doctor import probe_endpoint, wire_probes

    hasty = replace(chat, max_retries=0, timeout_s=timeout_s, deadline_s=timeout_s)
    found = probe_endpoint(
        lambda window: build_endpoint(replace(hasty, context_window=window)), chat.context_window, timeout_s
    )
    first = next(found)
    yield first
    if first.status != "failed":
        yield from _tried(wire_probes(hasty), timeout_s)
        yield from found


def _beside(settings: Settings, timeout_s: float) -> Iterator[Probe]:
    """Probe what embeds and reranks: where the settings say, else at the chat server, which may offer it too."""
    from rag.doctor import embeddings, reranking

    embedder, reranker = _offer(settings.embedder, settings, timeout_s), _offer(settings.rerank, settings, timeout_s)
    probes = []
    if embedder.settings.base_url:
        probes.append(("embeddings", lambda: embeddings(embedder)))
    if reranker.settings.base_url:
        probes.append(("rerank", lambda: reranking(reranker, timeout_s)))
    yield from _tried(probes, timeout_s)


def _offer(section: EmbedderSettings | RerankSettings, settings: Settings, timeout_s: float) -> Offer:
    from rag.chat import ChatSettings
    from rag.doctor import Offer

    if not section.base_url:
        return Offer(replace(settings.chat, timeout_s=timeout_s), needed=False)
    return Offer(ChatSettings(section.base_url, section.model, section.api_key, timeout_s=timeout_s), needed=True)


def _tried(probes: Iterable[tuple[str, Callable[[], Probe]]], timeout_s: float) -> Iterator[Probe]:
    from rag.doctor import within

    for name, probe in probes:
        yield within(_PATIENCE * timeout_s, name, probe)


def doctor_text(probe: Probe) -> str:
    """Return one line of the table, and what we do about it below."""
    line = f"{_MARKS[probe.status]}  {probe.name:14} {probe.seen}"
    return f"{line}\n{'':25}→ {probe.remedy}" if probe.remedy else line


def show_table(probes: Iterator[Probe]) -> Sequence[Probe]:
    """Show the probes as a table that grows on the terminal; return them."""
    found = []
    with growing_table("", "probe", "what we saw", "what we do about it") as add_row:
        for probe in probes:
            add_row(_COLOURS[probe.status], _MARKS[probe.status].strip(), probe.name, probe.seen, probe.remedy)
            found.append(probe)
    return found
