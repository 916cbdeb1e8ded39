"""A BERT encoder with mean pooling as an ONNX graph, written straight from its weights.

The transformer operators of onnxruntime stand in the graph as they are, so that no exporter and no optimiser is needed.
Weights stay outside the graph as arrays handed to the session: building takes some 40 ms instead of the seconds that
importing torch takes. What multiplies matrices is passed in (`Products`): floats here, 8-bit integers in `int8_graph`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

Weights = NDArray[np.float32]
ReadWeights = Callable[[str], Weights]
"""Gives a tensor by its name."""

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
    """A model whose input is `input_ids` (int32, batch x tokens, unpadded) and whose output is `embedding`."""

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

        inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT32, ["batch", "tokens"])]
        output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", dimensions])
        weights = [_external(name, array) for name, array in self.tensors.items()]
        graph = helper.make_graph(self.nodes, "bert", inputs, [output], weights)
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_FUSED, 1)]
        return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())


class Products(Protocol):
    """Writes the matrix products of a layer into the graph; `name` names the product, each returns its output."""

    def linear(self, graph: BertGraph, name: str, source: str, matrix: Weights, bias: Weights) -> str:
        """Write ``source @ matrix + bias``, with a matrix of shape (inputs, outputs)."""
        ...

    def attention(self, graph: BertGraph, name: str, source: str, matrix: Weights, bias: Weights, heads: int) -> str:
        """Write multi-head attention over ``source @ matrix + bias``, which is query, key and value side by side."""
        ...


class FloatProducts:
    """Products in float32."""

    def linear(self, graph: BertGraph, name: str, source: str, matrix: Weights, bias: Weights) -> str:
        """Write a product and an addition."""
        graph.add("MatMul", [source, graph.hold(name, matrix)], f"{name}.product")
        graph.add("Add", [f"{name}.product", graph.hold(f"{name}.bias", bias)], f"{name}.out")
        return f"{name}.out"

    def attention(self, graph: BertGraph, name: str, source: str, matrix: Weights, bias: Weights, heads: int) -> str:
        """Write the fused operator."""
        inputs = [source, graph.hold(name, matrix), graph.hold(f"{name}.bias", bias)]
        graph.add("Attention", inputs, f"{name}.out", fused=True, num_heads=heads)
        return f"{name}.out"


def build_bert(read: ReadWeights, shape: BertShape, products: Products) -> BertGraph:
    """Write the encoder, mean pooling over the tokens and L2 normalisation (Devlin 2019, Reimers & Gurevych 2019)."""
    graph = BertGraph()
    hidden = _add_embeddings(graph, read, shape)
    for layer in range(shape.layers):
        hidden = _add_layer(graph, _Layer(read, shape, f"encoder.layer.{layer}."), products, hidden)
    graph.add("ReduceMean", [hidden, graph.hold("tokens_axis", np.array([1], np.int64))], "pooled", keepdims=0)
    graph.add("LpNormalization", ["pooled"], "embedding", axis=1, p=2)
    return graph


def _add_embeddings(graph: BertGraph, read: ReadWeights, shape: BertShape) -> str:
    prefix = "embeddings."
    positions = read(f"{prefix}position_embeddings.weight") + read(f"{prefix}token_type_embeddings.weight")[0]
    words = graph.hold("words", read(f"{prefix}word_embeddings.weight"))
    norm = [graph.hold(f"norm.{part}", read(f"{prefix}LayerNorm.{part}")) for part in ("weight", "bias")]
    inputs = ["input_ids", "", words, graph.hold("positions", positions), "", *norm]
    graph.add("EmbedLayerNormalization", inputs, "hidden", "no_lengths", fused=True, epsilon=shape.epsilon)
    return "hidden"


@dataclass(frozen=True, slots=True)
class _Layer:
    """The weights of one layer, by their names below `prefix`."""

    read: ReadWeights
    shape: BertShape
    prefix: str

    def matrix(self, name: str) -> Weights:
        return self.read(f"{self.prefix}{name}.weight").T

    def vector(self, name: str) -> Weights:
        return self.read(f"{self.prefix}{name}")


def _add_layer(graph: BertGraph, layer: _Layer, products: Products, hidden: str) -> str:
    def linear(name: str, source: str) -> str:
        return products.linear(graph, f"{layer.prefix}{name}", source, layer.matrix(name), layer.vector(f"{name}.bias"))

    parts = [f"attention.self.{name}" for name in ("query", "key", "value")]
    joined = np.concatenate([layer.matrix(part) for part in parts], axis=1)
    joined_bias = np.concatenate([layer.vector(f"{part}.bias") for part in parts])
    name = f"{layer.prefix}attention.self"
    context = products.attention(graph, name, hidden, joined, joined_bias, layer.shape.heads)
    middle = _add_norm(graph, layer, "attention.output", linear("attention.output.dense", context), hidden)
    graph.add("Gelu", [linear("intermediate.dense", middle)], f"{layer.prefix}active", fused=True)
    return _add_norm(graph, layer, "output", linear("output.dense", f"{layer.prefix}active"), middle)


def _add_norm(graph: BertGraph, layer: _Layer, block: str, source: str, skipped: str) -> str:
    """Write layer normalisation of ``source + skipped``.

    onnxruntime's LayerNormalization takes five times as long on a CPU as taking the mean off and its fast operator for
    the root mean square.
    """
    name = f"{layer.prefix}{block}.norm"
    last = graph.hold("last", np.array([-1], np.int64))
    scale = graph.hold(f"{name}.weight", layer.vector(f"{block}.LayerNorm.weight"))
    graph.add("Add", [source, skipped], f"{name}.sum")
    graph.add("ReduceMean", [f"{name}.sum", last], f"{name}.mean")
    graph.add("Sub", [f"{name}.sum", f"{name}.mean"], f"{name}.centred")
    inputs, epsilon = [f"{name}.centred", scale], layer.shape.epsilon
    graph.add("SimplifiedLayerNormalization", inputs, f"{name}.scaled", axis=-1, epsilon=epsilon)
    bias = graph.hold(f"{name}.bias", layer.vector(f"{block}.LayerNorm.bias"))
    graph.add("Add", [f"{name}.scaled", bias], f"{name}.out")
    return f"{name}.out"


def _external(name: str, array: NDArray[np.generic]) -> TensorProto:
    from onnx import TensorProto, helper, numpy_helper

    if array.nbytes < _INLINE_BYTES:
        return numpy_helper.from_array(array, name)
    tensor = TensorProto(name=name, dims=array.shape, data_location=TensorProto.EXTERNAL)
    tensor.data_type = helper.np_dtype_to_tensor_dtype(array.dtype)
    for key, value in (("location", "held"), ("offset", "0"), ("length", str(array.nbytes))):
        tensor.external_data.add(key=key, value=value)
    return tensor
