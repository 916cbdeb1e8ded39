"""Several systems on the same cases: each beside the first, case by case, with intervals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from data.errors import InputError
from eval.intervals import Interval, difference_interval, drop_p_value, mean_interval, minimum_detectable_drop
from eval.run import EvalRun, MetricInfo

ALPHA = 0.05
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One metric of one variant: its own mean, and the paired difference to the first variant.

    `difference` is None for the first variant and where no case has a value in both. `p_value` is two-sided, by sign
    flips, adjusted over all shares of all variants; None for costs, whose interval must do. `smallest_seen` is the
    smallest drop these pairs would show with power 0.8.
    """

    metric: MetricInfo
    variant: str
    mean: float | None
    cases: int
    difference: Interval | None = None
    p_value: float | None = None
    smallest_seen: float | None = None

    @property
    def finding(self) -> str:
        """What the difference says, in a word or two; for a cost "more" or "less"."""
        if self.difference is None:
            return ""
        if self.p_value is None:
            higher, lower = self.difference.low > 0, self.difference.high < 0
            return "more" if higher else "less" if lower else "no difference seen"
        if self.p_value <= ALPHA:
            return "better" if self.difference.mean > 0 else "WORSE"
        return f"no difference seen (drops from {self.smallest_seen:.0%})"


def compare(runs: Sequence[tuple[str, EvalRun]]) -> list[Cell]:
    """Return a cell for each metric that some variant has a value of, and each variant.

    :raises InputError: fewer than two variants.
    """
    if len(runs) < 2:
        raise InputError(f"A matrix compares at least 2 variants, got {len(runs)}.")
    first = runs[0][1]
    cells = [_cell(metric, name, first, run) for metric in _metrics(runs) for name, run in runs]
    return _adjusted(cells)


def matrix_table(cells: Sequence[Cell]) -> list[list[str]]:
    """Return head and rows as text."""
    head = ["metric", "variant", "mean", "difference", "95 % interval", "p", "cases", "finding"]
    return [head, *map(_row, cells)]


def matrix_text(cells: Sequence[Cell]) -> str:
    """Return the table for a terminal."""
    rows = matrix_table(cells)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def matrix_markdown(cells: Sequence[Cell]) -> str:
    """Return the table as Markdown."""
    rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in matrix_table(cells)]
    return "\n".join([rows[0], "|" + " --- |" * len(matrix_table(cells)[0]), *rows[1:]]) + "\n"


def matrix_json(cells: Sequence[Cell]) -> str:
    """Return the cells as JSON with stable keys."""
    listed = [{**asdict(cell), "finding": cell.finding} for cell in cells]
    return json.dumps({"schema": SCHEMA, "cells": listed}, ensure_ascii=False, indent=1)


def _metrics(runs: Sequence[tuple[str, EvalRun]]) -> list[MetricInfo]:
    known = {metric.name: metric for _, run in runs for metric in run.metrics}
    return [
        metric for name, metric in known.items() if any(name in item.values for _, run in runs for item in run.results)
    ]


def _cell(metric: MetricInfo, name: str, first: EvalRun, run: EvalRun) -> Cell:
    values = {item.case_id: item.values[metric.name] for item in run.results if metric.name in item.values}
    mean = sum(values.values()) / len(values) if values else None
    if run is first:
        return Cell(metric, name, mean, len(values))
    before = {item.case_id: item.values[metric.name] for item in first.results if metric.name in item.values}
    differences = [values[case] - before[case] for case in before if case in values]
    if not differences:
        return Cell(metric, name, mean, len(values))
    if not metric.is_share:
        return Cell(metric, name, mean, len(differences), mean_interval(differences))
    return Cell(
        metric,
        name,
        mean,
        len(differences),
        difference_interval(differences),
        _two_sided(differences),
        minimum_detectable_drop(differences, ALPHA / 2),
    )


def _two_sided(differences: Sequence[float]) -> float:
    return min(1.0, 2 * min(drop_p_value(differences), drop_p_value([-value for value in differences])))


def _adjusted(cells: list[Cell]) -> list[Cell]:
    from scipy.stats import false_discovery_control

    tested = [place for place, cell in enumerate(cells) if cell.p_value is not None]
    p_values = false_discovery_control([cells[place].p_value or 0.0 for place in tested])
    for place, p_value in zip(tested, p_values, strict=True):
        cells[place] = replace(cells[place], p_value=float(p_value))
    return cells


def _row(cell: Cell) -> list[str]:
    form = ".3f" if cell.metric.is_share else ".0f"
    name = cell.metric.name if cell.metric.is_share else f"{cell.metric.name} ({cell.metric.unit})"
    spread = cell.difference
    return [
        name,
        cell.variant,
        "-" if cell.mean is None else f"{cell.mean:{form}}",
        f"{spread.mean:+{form}}" if spread else "",
        f"{spread.low:+{form}} to {spread.high:+{form}}" if spread else "",
        "" if cell.p_value is None else f"{cell.p_value:.3f}",
        str(cell.cases),
        cell.finding,
    ]
