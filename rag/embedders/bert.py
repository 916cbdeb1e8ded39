"""all-MiniLM-L6-v2 on onnxruntime: the vectors of sentence-transformers without importing torch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedders.bert_graph import BertShape, FloatProducts, build_bert, read_safetensors
from rag.embedders.folder import ModelFolder
from rag.embedders.int8_graph import IntegerProducts
from rag.embedders.precision import Precision, tag
from rag.embedders.prefixes import Prefixes
from rag.embedders.word_pieces import WordPieces


class BertEmbedder:
    """Embed with a BERT model with mean pooling; the session is made at the first call of `embed`.

    Only all-MiniLM-L6-v2 can run in int8.
    """

    def __init__(
        self,
        folder: ModelFolder,
        *,
        precision: Precision = "fp32",
        prefixes: Prefixes = Prefixes(),  # noqa: B008 - frozen
    ) -> None:
        config = folder.read_json("config.json")
        self.id = folder.id + tag(precision) + prefixes.tag
        self.max_tokens = folder.max_tokens
        self.dimensions = int(config["hidden_size"])
        self._shape = BertShape(config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"])
        self._folder = folder
        self._precision = precision
        self._prefixes = prefixes

    def count_tokens(self, text: str) -> int:
        """Count the model's tokens, special tokens and a document's prefix included."""
        return self._pieces.count(self._prefixes.document + text)

    def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """Return unit vectors; each text has a pass and a processor of its own.

        Texts in one pass would have to be padded to one length, and processors that share a pass wait for each other.
        So a text gets the same vector to the last bit, whatever it is embedded with.
        """
        prefix = self._prefixes.of(query=query)
        rows = [self._ids(prefix + text) for text in texts]
        vectors = np.empty((len(rows), self.dimensions), np.float32)

        def run(at: int) -> None:
            vectors[at] = self._session.run(None, {"input_ids": rows[at][None]})[0][0]

        # The longest first, so that no processor is left with a long one in the end.
        order = sorted(range(len(rows)), key=lambda at: -len(rows[at]))
        workers = min(_processors(), len(rows))
        if workers < 2:
            for at in order:
                run(at)
            return vectors
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(run, at) for at in order]:
                done.result()
        return vectors

    def _ids(self, text: str) -> NDArray[np.int32]:
        row = self._pieces.ids(text)
        return row if len(row) <= self.max_tokens else np.append(row[: self.max_tokens - 1], row[-1:])

    @cached_property
    def _pieces(self) -> WordPieces:
        return WordPieces(self._folder.tokenizer)

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        products = IntegerProducts.of_minilm() if self._precision == "int8" else FloatProducts()
        graph = build_bert(read_safetensors(self._folder.path / "model.safetensors"), self._shape, products)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in graph.external.values()]
        options.add_external_initializers(list(graph.external), values)
        return onnxruntime.InferenceSession(
            graph.serialize(self.dimensions), options, providers=["CPUExecutionProvider"]
        )


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
