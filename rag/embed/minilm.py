"""all-MiniLM-L6-v2 on onnxruntime: the vectors of sentence-transformers without importing torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from data.extras import needed_by
from rag.embed.int8 import IntegerProducts
from rag.embed.model_folder import ModelFolder
from rag.embed.onnx_graph import BertShape, FloatProducts, build_bert
from rag.embed.precision import Precision, tag
from rag.embed.prefixes import Prefixes

"""How many characters of words are remembered, in some 30 MB, before remembering begins anew."""
_LONGEST = 64
"""Longer words are not remembered: they do not recur, or are whole sentences of a script without spaces."""
_ID = np.dtype(np.int32)


class WordPieces:
    """Count and list tokens with a tokenizer of the BERT family; may be used by several threads.

    Words are remembered up to `most_characters` in all, and then forgotten.
    """

    def __init__(self, tokenizer: Tokenizer, most_characters: int = 1 << 20) -> None:
        self._tokenizer = tokenizer
        self._most_characters = most_characters
        first, last = tokenizer.encode("").ids
        self._first, self._last = (np.array([token], _ID).tobytes() for token in (first, last))
        self._known: dict[str, bytes] = {"": b""}
        self._characters = 0

    def count(self, text: str) -> int:
        """Count the tokens of `text`, the two special ones included."""
        return sum(map(len, self._pieces(text))) // _ID.itemsize + 2

    def ids(self, text: str) -> NDArray[np.int32]:
        """Return the tokens of `text`, the two special ones included."""
        return np.frombuffer(b"".join([self._first, *self._pieces(text), self._last]), _ID)

    def _pieces(self, text: str) -> list[bytes]:
        # Other white space is left to the tokenizer: some of it separates words, some it drops.
        words = text.replace("\n", " ").replace("\t", " ").replace("\r", " ").split(" ")
        known = self._known
        found = [known.get(word) for word in words]
        if None in found:
            made = self._tokenise({word for word, pieces in zip(words, found, strict=True) if pieces is None})
            self._remember(made)
            return [made[word] if pieces is None else pieces for word, pieces in zip(words, found, strict=True)]
        return cast("list[bytes]", found)

    def _tokenise(self, words: set[str]) -> dict[str, bytes]:
        listed = list(words)
        encodings = self._tokenizer.encode_batch_fast(listed, add_special_tokens=False)
        return {word: np.array(made.ids, _ID).tobytes() for word, made in zip(listed, encodings, strict=True)}

    def _remember(self, made: dict[str, bytes]) -> None:
        words = {word: pieces for word, pieces in made.items() if len(word) <= _LONGEST}
        self._characters += sum(map(len, words))
        if self._characters > self._most_characters:
            self._known, self._characters = {"": b""}, 0
        self._known.update(words)


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
    @needed_by("The embedder")
    def _session(self) -> Any:
        import onnxruntime
        from safetensors import safe_open

        products = IntegerProducts.of_minilm() if self._precision == "int8" else FloatProducts()
        with safe_open(self._folder.path / "model.safetensors", framework="numpy") as stored:
            graph = build_bert(stored.get_tensor, self._shape, products)
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
