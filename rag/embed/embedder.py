"""Open an embedding model by name or folder, or one behind an endpoint."""

from __future__ import annotations

from rag.embed.minilm import BertEmbedder
from rag.embed.model_folder import MINILM, ModelFolder, find_model
from rag.embed.precision import WantedPrecision, choose_precision
from rag.embed.prefixes import Prefixes, choose_prefixes, known_prefixes
from rag.embed.remote import RemoteEmbedder
from rag.embed.remote_http import RemoteSettings
from rag.embed.sentence_transformers import SentenceEmbedder
from rag.errors import EmbedderError
from rag.protocols import Embedder

__all__ = ["RemoteSettings", "open_embedder", "open_remote"]


def open_embedder(
    model: str = MINILM,
    *,
    device: str = "cpu",
    batch_size: int = 32,
    precision: WantedPrecision = "auto",
    built_with: str = "",
    query_prefix: str | None = None,
    document_prefix: str | None = None,
) -> Embedder:
    """Open a model: a folder, the default model, or a name in the Hugging Face hub (HF_HUB_OFFLINE is respected).

    The published all-MiniLM-L6-v2 weights run on onnxruntime when `device` is "cpu"; everything else, and
    other devices, through sentence-transformers in batches of `batch_size`. In fp32 both give the same vectors and
    carry the same id. `precision` is for the former alone: "auto" is int8 where the processor is made for it, unless
    `built_with`, the embedder id of an index that is to be used, says fp32.
    A prefix that is None is the one the model brings along, else the one its card asks for.

    :raises EmbedderError: the model is absent, its weights are not the published ones, or it cannot run in int8.
    """
    folder = find_model(model)
    prefixes = choose_prefixes(_own_prefixes(folder), query_prefix, document_prefix)
    if device == "cpu" and folder.is_minilm:
        chosen = choose_precision(precision, folder.id, built_with)
        return BertEmbedder(folder, precision=chosen, prefixes=prefixes)
    if precision == "int8":
        raise EmbedderError(
            f"embedder.precision is 'int8', which only {MINILM} on the cpu has, not {folder.name} on {device}:"
            " set it to 'auto'."
        )
    return SentenceEmbedder(folder, device=device, batch_size=batch_size, prefixes=prefixes)


def open_remote(
    settings: RemoteSettings, query_prefix: str | None = None, document_prefix: str | None = None
) -> Embedder:
    """Open a model behind an OpenAI-compatible endpoint; nothing is asked of it yet.

    :raises EmbedderError: the base URL or the key cannot be used.
    """
    return RemoteEmbedder(settings, choose_prefixes(known_prefixes(settings.model), query_prefix, document_prefix))


def _own_prefixes(folder: ModelFolder) -> Prefixes:
    prompts = folder.read_json("config_sentence_transformers.json").get("prompts") or {}
    own = Prefixes(prompts.get("query") or "", prompts.get("document") or prompts.get("passage") or "")
    return own if own.query or own.document else known_prefixes(folder.name)
