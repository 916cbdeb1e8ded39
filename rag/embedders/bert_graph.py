"""A BERT encoder with mean pooling as an ONNX graph, written straight from its safetensors weights.

The transformer operators of onnxruntime (fused attention, skip-normalisation, bias + GELU) stand in the graph as they
are, so that no exporter and no optimiser is needed. Weights stay outside the graph as arrays handed to the session:
building takes some 40 ms instead of the seconds that importing torch takes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

_FUSED = "com.microsoft"
_INLINE_BYTES = 1024
"""Smaller constants, such as axes, stand in the graph itself, because shapes are derived from them."""


@dataclass(frozen=True, slots=True)
class BertShape:
    """What the weights alone do not say."""

    layers: int
    heads: int
    epsilon: float


@dataclass(slots=True)
class BertGraph:
    """A model whose inputs are `input_ids` and `mask` (int32, batch x tokens) and whose output is `embedding`."""

    nodes: list[NodeProto] = field(default_factory=list)
    tensors: dict[str, NDArray[np.generic]] = field(default_factory=dict)

    def add(self, operator: str, inputs: list[str], *outputs: str, fused: bool = False, **attributes: Any) -> None:
        """Append one operator."""
        from onnx import helper

        domain = _FUSED if fused else ""
        self.nodes.append(helper.make_node(operator, inputs, list(outputs), domain=domain, **attributes))

    def hold(self, name: str, array: NDArray[np.generic]) -> str:
        """Keep a constant under `name`."""
        self.tensors[name] = np.ascontiguousarray(array)
        return name

    @property
    def external(self) -> dict[str, NDArray[np.generic]]:
        """The weights that the session must be given beside the serialized graph."""
        return {name: array for name, array in self.tensors.items() if array.nbytes >= _INLINE_BYTES}

    def serialize(self, dimensions: int) -> bytes:
        """Return the model without the weights in `external`."""
        from onnx import TensorProto, helper

        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "tokens"])
            for name in ("input_ids", "mask")
        ]
        output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", dimensions])
        weights = [_external(name, array) for name, array in self.tensors.items()]
        graph = helper.make_graph(self.nodes, "bert", inputs, [output], weights)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
        return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())


def build_bert(weights: Mapping[str, NDArray[np.float32]], shape: BertShape) -> BertGraph:
    """Write the encoder, mean pooling over the mask and L2 normalisation (Devlin 2019, Reimers & Gurevych 2019)."""
    graph = BertGraph()
    hidden = _add_embeddings(graph, weights, shape)
    for layer in range(shape.layers):
        hidden = _add_layer(graph, weights, shape, layer, hidden)
    graph.add("Cast", ["mask"], "mask_float", to=1)
    axis = graph.hold("axis", np.array([1], np.int64))
    graph.add("Unsqueeze", ["mask_float", axis], "mask_row")
    graph.add("MatMul", ["mask_row", hidden], "token_sum")
    graph.add("Squeeze", ["token_sum", axis], "pooled")
    graph.add("LpNormalization", ["pooled"], "embedding", axis=1, p=2)
    return graph


def read_safetensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """Map the float32 tensors of a safetensors file without copying them (8-byte header length, JSON header, data)."""
    raw = np.memmap(path, np.uint8, "r")
    start = 8 + int(raw[:8].view("<u8")[0])
    header = json.loads(raw[8:start].tobytes())
    tensors = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            first, last = entry["data_offsets"]
            tensors[name] = raw[start + first : start + last].view("<f4").reshape(entry["shape"])
    return tensors


def _add_embeddings(graph: BertGraph, weights: Mapping[str, NDArray[np.float32]], shape: BertShape) -> str:
    prefix = "embeddings."
    positions = weights[f"{prefix}position_embeddings.weight"] + weights[f"{prefix}token_type_embeddings.weight"][0]
    words = graph.hold("words", weights[f"{prefix}word_embeddings.weight"])
    norm = [graph.hold(f"norm.{part}", weights[f"{prefix}LayerNorm.{part}"]) for part in ("weight", "bias")]
    inputs = ["input_ids", "", words, graph.hold("positions", positions), "", *norm, "mask"]
    graph.add("EmbedLayerNormalization", inputs, "hidden", "lengths", fused=True, epsilon=shape.epsilon)
    return "hidden"


def _add_layer(
    graph: BertGraph, weights: Mapping[str, NDArray[np.float32]], shape: BertShape, layer: int, hidden: str
) -> str:
    prefix = f"encoder.layer.{layer}."

    def matrix(name: str) -> str:
        return graph.hold(f"{prefix}{name}", weights[f"{prefix}{name}.weight"].T)

    def vector(name: str) -> str:
        return graph.hold(f"{prefix}{name}", weights[f"{prefix}{name}"])

    def add_and_norm(block: str, inputs: list[str], output: str) -> None:
        norm = [vector(f"{block}.LayerNorm.{part}") for part in ("weight", "bias")]
        inputs = [*inputs, *norm, vector(f"{block}.dense.bias")]
        graph.add("SkipLayerNormalization", inputs, output, fused=True, epsilon=shape.epsilon)

    parts = [f"{prefix}attention.self.{name}." for name in ("query", "key", "value")]
    joined = graph.hold(f"{prefix}qkv", np.concatenate([weights[f"{part}weight"].T for part in parts], axis=1))
    joined_bias = graph.hold(f"{prefix}qkv.bias", np.concatenate([weights[f"{part}bias"] for part in parts]))
    attention = [hidden, joined, joined_bias, "lengths"]
    graph.add("Attention", attention, f"{prefix}context", fused=True, num_heads=shape.heads)
    graph.add("MatMul", [f"{prefix}context", matrix("attention.output.dense")], f"{prefix}attended")
    add_and_norm("attention.output", [f"{prefix}attended", hidden], f"{prefix}middle")
    graph.add("MatMul", [f"{prefix}middle", matrix("intermediate.dense")], f"{prefix}wide")
    graph.add("BiasGelu", [f"{prefix}wide", vector("intermediate.dense.bias")], f"{prefix}active", fused=True)
    graph.add("MatMul", [f"{prefix}active", matrix("output.dense")], f"{prefix}narrow")
    add_and_norm("output", [f"{prefix}narrow", f"{prefix}middle"], f"{prefix}hidden")
    return f"{prefix}hidden"


def _external(name: str, array: NDArray[np.generic]) -> TensorProto:
    from onnx import TensorProto, helper, numpy_helper

    if array.nbytes < _INLINE_BYTES:
        return numpy_helper.from_array(array, name)
    tensor = TensorProto(name=name, dims=array.shape, data_location=TensorProto.EXTERNAL)
    tensor.data_type = helper.np_dtype_to_tensor_dtype(array.dtype)
    for key, value in (("location", "held"), ("offset", "0"), ("length", str(array.nbytes))):
        tensor.external_data.add(key=key, value=value)
    return tensor
