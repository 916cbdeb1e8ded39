"""Open an embedding model by name or folder."""

from __future__ import annotations

from rag.embedders.bert import BertEmbedder
from rag.embedders.folder import MINILM, find_model
from rag.embedders.sentence import SentenceEmbedder
from rag.protocols import Embedder


def open_embedder(model: str = MINILM, *, device: str = "cpu", batch_size: int = 32) -> Embedder:
    """Open a model: a folder, the default model, or a name in the Hugging Face hub (HF_HUB_OFFLINE is respected).

    The published all-MiniLM-L6-v2 weights run on onnxruntime when `device` is "cpu"; everything else, and
    other devices, through sentence-transformers. Both give the same vectors and carry the same id.

    :raises EmbedderError: the model is absent or its weights are not the published ones.
    """
    folder = find_model(model)
    if device == "cpu" and folder.is_minilm:
        return BertEmbedder(folder, batch_size=batch_size)
    return SentenceEmbedder(folder, device=device, batch_size=batch_size)
