"""Open an embedding model by name or folder, or one behind an endpoint."""

from __future__ import annotations

from pathlib import Path

from rag.embed.minilm import BertEmbedder
from rag.embed.model_folder import MINILM, ModelFolder, find_model
from rag.embed.precision import CPU_INFO, choose_precision
from rag.embed.prefixes import Prefixes, choose_prefixes, known_prefixes
from rag.embed.remote import RemoteEmbedder
from rag.embed.sentence_transformers import SentenceEmbedder
from rag.embed.settings import EmbedderSettings
from rag.errors import EmbedderError
from rag.protocols import Embedder

_DEFAULT = EmbedderSettings()


def open_embedder(
    settings: EmbedderSettings = _DEFAULT, built_with: str = "", *, cpu_info: Path = CPU_INFO
) -> Embedder:
    """Open a model: one behind `base_url`, a folder, the default model, or a name in the Hugging Face hub.

    Weights are loaded, and endpoints asked, at first use. HF_HUB_OFFLINE is respected. The published all-MiniLM-L6-v2
    weights run on onnxruntime when `device` is "cpu"; everything else, and other devices, through
    sentence-transformers in batches of `batch_size`. In fp32 both give the same vectors and carry the same id.
    `precision` is for the former alone: "auto" is int8 where the processor is made for it (the file `cpu_info` tells),
    unless `built_with`, the embedder id of an index that is to be used, says fp32.
    A prefix that is None is the one the model brings along, else the one its card asks for.

    :raises EmbedderError: the model is absent, its weights are not the published ones, or it cannot run in int8; the
        base URL or the key cannot be used.
    """
    if settings.base_url:
        return RemoteEmbedder(settings, _prefixes(known_prefixes(settings.model), settings))
    folder = find_model(settings.model)
    prefixes = _prefixes(_own_prefixes(folder), settings)
    if settings.device == "cpu" and folder.is_minilm:
        chosen = choose_precision(settings.precision, folder.id, built_with, cpu_info=cpu_info)
        return BertEmbedder(folder, precision=chosen, prefixes=prefixes)
    if settings.precision == "int8":
        raise EmbedderError(
            f"embedder.precision is 'int8', which only {MINILM} on the cpu has, not {folder.name} on"
            f" {settings.device}: set it to 'auto'."
        )
    return SentenceEmbedder(folder, device=settings.device, batch_size=settings.batch_size, prefixes=prefixes)


def _prefixes(known: Prefixes, settings: EmbedderSettings) -> Prefixes:
    return choose_prefixes(known, settings.query_prefix, settings.document_prefix)


def _own_prefixes(folder: ModelFolder) -> Prefixes:
    prompts = folder.read_json("config_sentence_transformers.json").get("prompts") or {}
    own = Prefixes(prompts.get("query") or "", prompts.get("document") or prompts.get("passage") or "")
    return own if own.query or own.document else known_prefixes(folder.name)
