"""The notebook of the tour runs from the first cell to the last, and shows what its text says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHOWN = """
assert report.added == 3, report
assert answer.outcome == "answered" and "1,000 running hours" in answer.text, answer
assert declined.outcome == "abstained", declined
assert found.verdict == "silent_drift", found
assert same.verdict == "steady", same
"""


def code_of_the_tour() -> str:
    notebook = json.loads((ROOT / "docs" / "tour.ipynb").read_text(encoding="utf-8"))
    return "\n".join(cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code")


@pytest.mark.slow
def test_the_tour_runs_and_shows_what_it_says():
    done = subprocess.run(
        [sys.executable, "-c", code_of_the_tour() + SHOWN],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_tour_is_kept_without_outputs():
    notebook = json.loads((ROOT / "docs" / "tour.ipynb").read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") for cell in notebook["cells"])
