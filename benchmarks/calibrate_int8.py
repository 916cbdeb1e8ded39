"""How loud the channels of all-MiniLM-L6-v2 get on texts of this project: the ranges its 8-bit version rounds with.

Runs the float32 graph over the demo corpus, this project's own code and texts of unusual shape, and keeps the lowest
and highest value of every input channel of every product.

    python -m benchmarks.calibrate_int8          # writes rag/embed/minilm_ranges.npz
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from safetensors import safe_open

from rag.embed.int8 import RANGES
from rag.embed.model_folder import MINILM, ModelFolder, find_model
from rag.embed.onnx_graph import BertGraph, BertShape, FloatProducts, Weights, build_bert
from rag.store.embedder_check import CHECK_SENTENCES

ROOT = Path(__file__).resolve().parents[1]
ODD = (
    "", "a", "?", "Ж", "é", "水温", "🙂🙂", "\x00", "!!!!!!", "=====", "the the the", "a b c d e f g", "word " * 300,
    "|---|---|---|\n" * 20, "1234567890 " * 40, "x" * 500, "n o p " * 80, "https://a.b/c?d=e&f=%20",
    '{"a": [1, 2, null]}\n' * 20, "0 0 0 0", "$$$", "Да", "ok",
)  # fmt: skip
LENGTHS = (60, 500, 1100)


class RecordingProducts(FloatProducts):
    """Products in floats that remember what they are applied to."""

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}

    def linear(self, graph: BertGraph, name: str, source: str, matrix: Weights, bias: Weights) -> str:
        """Note the input of a product."""
        self.sources[name] = source
        return super().linear(graph, name, source, matrix, bias)

    def attention(self, graph: BertGraph, name: str, source: str, matrix: Weights, bias: Weights, heads: int) -> str:
        """Note the input of an attention."""
        self.sources[name] = source
        return super().attention(graph, name, source, matrix, bias, heads)


def texts() -> Iterator[str]:
    """Yield the calibration texts."""
    yield from CHECK_SENTENCES
    yield from ODD
    documents = sorted((ROOT / "data" / "demo" / "src" / "documents").iterdir())
    for path in [*documents, ROOT / "rag" / "chunk.py"]:
        text = path.read_text(encoding="utf-8")
        for length in LENGTHS:
            yield from [text[at : at + length] for at in range(0, len(text), length)][:3]


def open_recorder(folder: ModelFolder) -> tuple[Any, dict[str, str]]:
    """Return a session that also gives the input of every product, and those inputs' names by product."""
    config = folder.read_json("config.json")
    shape = BertShape(config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"])
    products = RecordingProducts()
    with safe_open(folder.path / "model.safetensors", framework="numpy") as stored:
        graph = build_bert(stored.get_tensor, shape, products)
    model = onnx.load_from_string(graph.serialize(int(config["hidden_size"])))
    for name in dict.fromkeys(products.sources.values()):
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in graph.external.values()]
    options.add_external_initializers(list(graph.external), values)
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session, products.sources


def main() -> None:
    """Measure and write."""
    folder = find_model(MINILM)
    session, sources = open_recorder(folder)
    ranges: dict[str, Weights] = {}
    tokens = 0
    for text in texts():
        ids = np.array([folder.tokenizer.encode(text).ids[: folder.max_tokens]], np.int32)
        tokens += ids.size
        values = session.run(list(sources.values()), {"input_ids": ids})
        for name, value in zip(sources, values, strict=True):
            found = np.stack([value[0].min(axis=0), value[0].max(axis=0)])
            former = ranges.get(name, found)
            ranges[name] = np.stack([np.minimum(former[0], found[0]), np.maximum(former[1], found[1])])
    np.savez_compressed(RANGES, **{name: pair.astype(np.float16) for name, pair in ranges.items()})  # type: ignore[arg-type]
    print(f"{len(ranges)} products, {tokens} tokens, {RANGES.stat().st_size} bytes in {RANGES.name}")


if __name__ == "__main__":
    main()
