"""all-MiniLM-L6-v2 on onnxruntime: the vectors of sentence-transformers without importing torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedders.bert_graph import BertShape, FloatProducts, build_bert, read_safetensors
from rag.embedders.folder import ModelFolder
from rag.embedders.int8_graph import IntegerProducts
from rag.embedders.precision import Precision, tag
from rag.embedders.prefixes import Prefixes

_TOKENS_AT_ONCE = 512
"""Padded tokens in one pass: larger passes spill the caches and are slower, not faster."""


class BertEmbedder:
    """Embed with a BERT model with mean pooling; the session is made at the first call of `embed`.

    Only all-MiniLM-L6-v2 can run in int8.
    """

    def __init__(
        self,
        folder: ModelFolder,
        *,
        batch_size: int = 32,
        precision: Precision = "fp32",
        prefixes: Prefixes = Prefixes(),  # noqa: B008 - frozen
    ) -> None:
        config = folder.read_json("config.json")
        self.id = folder.id + tag(precision) + prefixes.tag
        self.max_tokens = folder.max_tokens
        self.dimensions = int(config["hidden_size"])
        self._shape = BertShape(config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"])
        self._folder = folder
        self._batch_size = batch_size
        self._precision = precision
        self._prefixes = prefixes

    def count_tokens(self, text: str) -> int:
        """Count the model's tokens, special tokens and a document's prefix included."""
        return self._folder.count_tokens(self._prefixes.document + text)

    def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """Return unit vectors; texts of like length share a pass, so that little of it is padding."""
        prefix = self._prefixes.of(query=query)
        encodings = self._folder.tokenizer.encode_batch_fast([prefix + text for text in texts])
        rows = [encoding.ids for encoding in encodings]
        rows = [row if len(row) <= self.max_tokens else [*row[: self.max_tokens - 1], row[-1]] for row in rows]
        vectors = np.empty((len(rows), self.dimensions), np.float32)
        for batch in self._batches([len(row) for row in rows]):
            vectors[batch] = self._run([rows[index] for index in batch])
        return vectors

    def _batches(self, lengths: list[int]) -> list[list[int]]:
        batches: list[list[int]] = []
        for index in np.argsort(lengths, kind="stable").tolist():
            room = min(self._batch_size, max(1, _TOKENS_AT_ONCE // lengths[index]))
            if not batches or len(batches[-1]) >= room:
                batches.append([])
            batches[-1].append(index)
        return batches

    def _run(self, rows: list[list[int]]) -> NDArray[np.float32]:
        ids = np.zeros((len(rows), max(map(len, rows))), np.int32)
        mask = np.zeros_like(ids)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        vectors: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "mask": mask})[0]
        return vectors

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        products = IntegerProducts.of_minilm() if self._precision == "int8" else FloatProducts()
        graph = build_bert(read_safetensors(self._folder.path / "model.safetensors"), self._shape, products)
        options = onnxruntime.SessionOptions()
        # Threads that spin while they wait take the processor from the rest of the process and from other processes.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in graph.external.values()]
        options.add_external_initializers(list(graph.external), values)
        return onnxruntime.InferenceSession(
            graph.serialize(self.dimensions), options, providers=["CPUExecutionProvider"]
        )
