"""Evidently's own view of the two windows: it draws the distributions, it does not decide.

Its column tests know neither the false-alert budget nor minimal effects, and change their meaning at 1,000 rows. Here
one test is fixed (Kolmogorov–Smirnov, chi-square), and the verdict stays ours.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data.extras import needed_by
from drift.signals import CATEGORIES, SIGNALS
from drift.windows import Window

_MAX_ROWS = 4_000
_MIN_VALUES = 20


@needed_by("Evidently's section, left out here,")
def evidently_page(reference: Window, current: Window) -> str:
    """Return Evidently's data-drift report on the signal table of both windows as one self-contained HTML page.

    Empty where no signal is known often enough in both windows.

    :raises MissingLibraryError: Evidently is not installed.
    """
    os.environ.setdefault("DO_NOT_TRACK", "1")
    tables = [_table(window) for window in (reference, current)]
    numbers = [name for name in _numeric_names(reference, current) if all(_varied(table, name) for table in tables)]
    categories = [name for name in CATEGORIES if all(table[name].nunique() > 0 for table in tables)]
    categories = [name for name in categories if (tables[0][name].nunique() + tables[1][name].nunique()) > 2]
    if not numbers and not categories:
        return ""
    kept = [*numbers, *categories]
    return _drawn(tables[0][kept], tables[1][kept], numbers, categories)


def _drawn(left: Any, right: Any, numbers: list[str], categories: list[str]) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library, about its own dependencies
        from evidently import DataDefinition, Dataset, Report
        from evidently.presets import DataDriftPreset

        definition = DataDefinition(numerical_columns=numbers, categorical_columns=categories)
        sets = [Dataset.from_pandas(table, data_definition=definition) for table in (left, right)]
        preset = DataDriftPreset(num_method="ks", cat_method="chisquare")
        snapshot = Report([preset]).run(current_data=sets[1], reference_data=sets[0])
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "evidently.html"
            snapshot.save_html(str(page))
            return page.read_text(encoding="utf-8")


def _table(window: Window) -> Any:
    import pandas as pd

    items = window.traffic[-_MAX_ROWS:]
    columns: dict[str, list[Any]] = {name: [signal(item) for item in items] for name, (_, signal) in SIGNALS.items()}
    for metric, known in _scores(window).items():
        columns[metric] = [known.get(item.id) for item in items]
    frame = pd.DataFrame(columns, dtype=float)
    for name, (_, category) in CATEGORIES.items():
        frame[name] = pd.Series([category(item) or None for item in items], dtype=object)
    return frame


def _scores(window: Window) -> Mapping[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for score in window.scores:
        if score.value is not None:
            found.setdefault(f"{score.metric} ({score.source})", {})[score.interaction_id] = score.value
    return found


def _numeric_names(reference: Window, current: Window) -> list[str]:
    return [*(_scores(reference).keys() & _scores(current).keys()), *SIGNALS]


def _varied(table: Any, name: str) -> bool:
    return bool(table[name].notna().sum() >= _MIN_VALUES and table[name].nunique() > 1)
