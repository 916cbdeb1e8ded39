"""In which arithmetic the default model runs: floats, or 8-bit integers where the processor is made for them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

Precision = Literal["fp32", "int8"]
WantedPrecision = Literal["auto", "fp32", "int8"]

CPU_INFO = Path("/proc/cpuinfo")
"""What Linux tells of the processor."""
# Without these a processor adds pairs of 8-bit products in 16 bits, which overflow: other vectors, and no faster.
_INTEGER_UNITS = re.compile(r"\b(?:avx512_vnni|avx_vnni|asimddp)\b")


def choose_precision(
    wanted: WantedPrecision, model: str, built_with: str = "", *, cpu_info: Path = CPU_INFO
) -> Precision:
    """Return the precision that is asked for.

    "auto" keeps to that of `built_with`, the embedder id an index records, where that names `model` in either
    precision; else it is int8 where the processor multiplies 8-bit integers, as `cpu_info` tells, and fp32 elsewhere.
    """
    if wanted != "auto":
        return wanted
    if built_with.startswith(model):
        return "int8" if built_with.startswith(model + tag("int8")) else "fp32"
    return "int8" if multiplies_integers(cpu_info) else "fp32"


def tag(precision: Precision) -> str:
    """Suffix for an embedder's id: vectors of another precision differ a little and are not mixed."""
    return "+int8" if precision == "int8" else ""


@cache
def multiplies_integers(cpu_info: Path = CPU_INFO) -> bool:
    """Tell whether this processor has instructions for sums of 8-bit products (VNNI, or dot products on Arm)."""
    try:
        return bool(_INTEGER_UNITS.search(cpu_info.read_text(encoding="ascii", errors="replace")))
    except OSError:
        return False
