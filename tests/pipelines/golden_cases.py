"""Where this checkout lies, and the golden cases of the demo."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


CASES = ROOT / "data" / "demo" / "cases.v1.jsonl"
