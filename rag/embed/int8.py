"""The products of a BERT layer in 8-bit integers, several times as fast where the processor multiplies such (VNNI).

Weights are rounded per output channel. Inputs are rounded with one scale per product, fixed beforehand. So the vector
of a text does not depend on its neighbours in a batch. That alone would be too coarse, as a few input channels
are many times as loud as the rest. Two things help:

- Each input channel is divided by a factor that its row of weights is multiplied by. That moves part of the loudness
  from inputs to weights, where rounding is finer (SmoothQuant, Xiao et al. 2023, https://arxiv.org/abs/2211.10438).
- Of the wide inputs after the activation the loudest channels are multiplied apart, in floats, for a handful carries
  most of the error (LLM.int8(), Dettmers et al. 2022, https://arxiv.org/abs/2208.07339).

How loud channels get is measured once on texts of this project (`benchmarks/calibrate_int8.py`) and kept in
`minilm_ranges.npz`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.embed.onnx_graph import BertGraph, Weights

RANGES = Path(__file__).with_name("minilm_ranges.npz")

_TO_INPUTS = 0.65
"""How much of a channel's loudness is moved to its weights: the best of 0.5 to 0.8 on samples of public texts."""
_APART = 16
"""Channels of a wide input that are multiplied in floats."""
_HEADROOM = 1.1
"""How much louder than any calibration text a text may be before its values are cut off."""
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class QuantizedProduct:
    """A product in integers: ``(x / factors / step + zero) -> uint8`` times `matrix` in `scales`, plus rows `apart`."""

    factors: Weights
    step: float
    zero: int
    matrix: NDArray[np.int8]
    scales: Weights
    apart: NDArray[np.int64]


def quantize(matrix: Weights, lowest: Weights, highest: Weights) -> QuantizedProduct:
    """Round a matrix of shape (inputs, outputs) whose input channels lie between `lowest` and `highest`."""
    loudness = np.maximum(np.maximum(-lowest, highest), _LEAST)
    heaviness = np.maximum(np.maximum(matrix.max(axis=1), -matrix.min(axis=1)), _LEAST)
    factors = loudness**_TO_INPUTS / heaviness ** (1 - _TO_INPUTS)
    wide = matrix.shape[0] > matrix.shape[1]
    apart = np.sort(np.argsort(loudness * heaviness)[-_APART:]) if wide else np.empty(0, np.int64)
    inside = np.setdiff1d(np.arange(len(matrix)), apart)
    low = min(0.0, _HEADROOM * float((lowest / factors)[inside].min()))
    step = max((_HEADROOM * float((highest / factors)[inside].max()) - low) / 255, _LEAST)
    weights = matrix * factors[:, None]
    weights[apart] = 0
    scales = np.maximum(np.maximum(weights.max(axis=0), -weights.min(axis=0)), _LEAST) / 127
    rounded = np.rint(weights / scales).astype(np.int8)
    return QuantizedProduct(
        factors.astype(np.float32), step, round(-low / step), rounded, scales.astype(np.float32), apart
    )


class IntegerProducts:
    """Products in integers; `ranges` holds the lowest and highest value of each input channel by the product's name."""

    def __init__(self, ranges: dict[str, Weights]) -> None:
        self._ranges = ranges

    @classmethod
    def of_minilm(cls) -> IntegerProducts:
        """Return the products for all-MiniLM-L6-v2."""
        with np.load(RANGES) as stored:
            return cls({name: stored[name].astype(np.float32) for name in stored.files})

    def linear(self, graph: BertGraph, name: str, source: str, matrix: Weights, bias: Weights) -> str:
        """Write a product of integers, and one of the channels kept apart."""
        made = quantize(matrix, *self._ranges[name])
        rounded, step, zero = _round(graph, name, source, made)
        weights = [graph.hold(f"{name}.int8", made.matrix), graph.hold(f"{name}.scales", made.scales)]
        inputs = [rounded, weights[0], step, weights[1], zero, "", graph.hold(f"{name}.bias", bias)]
        graph.add("MatMulIntegerToFloat", inputs, f"{name}.product", fused=True)
        if not len(made.apart):
            return f"{name}.product"
        graph.add("Gather", [source, graph.hold(f"{name}.apart", made.apart)], f"{name}.loud", axis=2)
        graph.add("MatMul", [f"{name}.loud", graph.hold(f"{name}.rows", matrix[made.apart])], f"{name}.loud_product")
        graph.add("Add", [f"{name}.product", f"{name}.loud_product"], f"{name}.out")
        return f"{name}.out"

    def attention(self, graph: BertGraph, name: str, source: str, matrix: Weights, bias: Weights, heads: int) -> str:
        """Write the fused operator, which multiplies query, key and value in integers and attends in floats."""
        made = quantize(matrix, *self._ranges[name])
        rounded, step, zero = _round(graph, name, source, made)
        weights = [graph.hold(f"{name}.int8", made.matrix), graph.hold(f"{name}.bias", bias)]
        scales = graph.hold(f"{name}.scales", made.scales)
        no_zeros = graph.hold(f"{name}.zeros", np.zeros(len(bias), np.int8))
        inputs = [rounded, *weights, step, scales, "", zero, no_zeros]
        graph.add("QAttention", inputs, f"{name}.out", fused=True, num_heads=heads)
        return f"{name}.out"


def _round(graph: BertGraph, name: str, source: str, made: QuantizedProduct) -> tuple[str, str, str]:
    """Write the rounding of an input; return the names of the integers, their step and their zero."""
    step = graph.hold(f"{name}.step", np.array(made.step, np.float32))
    zero = graph.hold(f"{name}.zero", np.array(made.zero, np.uint8))
    graph.add("Mul", [source, graph.hold(f"{name}.factors", 1 / made.factors)], f"{name}.even")
    graph.add("QuantizeLinear", [f"{name}.even", step, zero], f"{name}.rounded")
    return f"{name}.rounded", step, zero
