"""What the documents show of the Python face runs as it stands, in a fresh folder and a fresh process."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from data.interchange import interchange_lines
from tests.drift.conftest import build_window

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "demo" / "v1"
BLOCKS = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "python.md").read_text(encoding="utf-8"), re.S | re.M)


def run(code, folder):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def folder(tmp_path):
    """Two documents in docs/, and two months of answers, the second worse."""
    (tmp_path / "docs").mkdir()
    for name in ("engine-manual-6n26.pdf", "baggage.md"):
        shutil.copy(DEMO / name, tmp_path / "docs")
    for name, window in (
        ("last-month", build_window("before", 120)),
        ("this-week", build_window("after", 120, quality=0.4, seed=1, day=10)),
    ):
        rows = interchange_lines(window.interactions, window.scores)
        (tmp_path / f"{name}.jsonl").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return tmp_path


def in_an_event_loop(block):
    return (
        "import asyncio, rag\nasync def main(kb):\n"
        + textwrap.indent(block, "    ")
        + '\nwith rag.open("handbook") as kb:\n    asyncio.run(main(kb))\n'
    )


@pytest.mark.slow
def test_every_example_of_the_page_runs(folder):
    shown = [run(in_an_event_loop(block) if "await " in block else block, folder) for block in BLOCKS]
    assert len(shown) >= 4
    assert "The lubricating oil is changed every 1,000 running hours" in shown[0]
    assert "The lubricating oil is changed every 1,000 running hours" in shown[1]
    assert "silent_drift" in shown[2]
    assert (folder / "report.html").is_file()
