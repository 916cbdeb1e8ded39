"""Each command without each optional library: one sentence that names the extra, never a traceback."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.extras import EXTRAS
from drift.alert.prometheus import write_textfile
from tests.architecture import HOMES

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "data" / "demo" / "v1"
RUN = """
import importlib.metadata, importlib.util, sys

hidden, distribution, program, *arguments = sys.argv[1:]


class Without:
    # A finder that does not find one library, as if it was not installed.
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, *rest):
        return None if name.partition(".")[0] == hidden else self.finder.find_spec(name, *rest)

    def find_distributions(self, *context):
        if getattr(context[0], "name", None) == distribution or not hasattr(self.finder, "find_distributions"):
            return []
        return self.finder.find_distributions(*context)


sys.meta_path[:] = map(Without, sys.meta_path)
sys.argv = [program, *arguments]
__import__(f"pipelines.cli.{program}", fromlist=["main"]).main()
"""
ENDPOINT = {"RAG__CHAT__BASE_URL": "http://127.0.0.1:9/v1", "RAG__CHAT__MODEL": "m"}
JUDGE = {"RAG__JUDGE__BASE_URL": "http://127.0.0.1:9/v1", "RAG__JUDGE__MODEL": "m"}
SERVED_VECTORS = {"RAG__EMBEDDER__BASE_URL": "http://127.0.0.1:9/v1"}
ASK = ("rag", "ask", "How often is the oil changed?")
CASES = {
    "bs4": ("rag", ("rag", "ingest", "page.html"), {}),
    "docx": ("rag", ("rag", "ingest", "letter.docx"), {}),
    "openpyxl": ("rag", ("rag", "ingest", "sheet.xlsx"), {}),
    "pptx": ("rag", ("rag", "ingest", "talk.pptx"), {}),
    "pypdfium2": ("rag", ("rag", "ingest", "manual.pdf"), {}),
    "llama_index": ("rag", ("rag", "ingest", "long.md"), {}),
    "chromadb": ("rag", ("rag", "ingest", "long.md"), {}),
    "tokenizers": ("rag", ("rag", "ingest", "long.md"), {}),
    "onnx": ("rag", ("rag", "ingest", "long.md"), {}),
    "onnxruntime": ("rag", ("rag", "ingest", "long.md"), {}),
    "safetensors": ("rag", ("rag", "ingest", "long.md"), {}),
    "pathspec": ("rag", ("rag", "ingest", "."), {"RAG__INGEST__INCLUDE": "long.md"}),
    "huggingface_hub": ("rag", ("rag", "ingest", "long.md"), {"RAG__EMBEDDER__MODEL": "somebody/model"}),
    "tree_sitter": ("code", ("rag", "ingest", "ship.go"), {}),
    "httpx": ("rag", ("rag", "ingest", "long.md"), SERVED_VECTORS),
    "langchain_core": ("rag", ASK, ENDPOINT),
    "langchain_openai": ("rag", ASK, ENDPOINT),
    "openai": ("rag", ASK, ENDPOINT),
    "sentence_transformers": ("models", ASK, {"RAG__RERANK__MODEL": "somebody/reranker"}),
    "fastapi": ("serve", ("rag", "serve", "--port", "0"), {}),
    "starlette": ("serve", ("rag", "serve", "--port", "0"), {}),
    "uvicorn": ("serve", ("rag", "serve", "--port", "0"), {}),
    "ragas": ("judge", ("rag", "eval", "--cases", "cases.jsonl", "--judge"), JUDGE),
    "evidently": ("report", ("drift", "compare", "ref.jsonl", "cur.jsonl", "--html", "page.html"), {}),
    "pandas": ("report", ("drift", "compare", "ref.jsonl", "cur.jsonl", "--html", "page.html"), {}),
    "plotly": ("report", ("drift", "compare", "ref.jsonl", "cur.jsonl", "--html", "page.html"), {}),
    "opentelemetry": ("trace", ASK, {"RAG__TRACING__ENDPOINT": "http://127.0.0.1:9"}),
    "apprise": ("alerts", ("drift", "alert-test"), {"RAG__ALERTS__URLS": '["json://127.0.0.1:9"]'}),
    "psycopg": (
        "postgres",
        ("drift", "export", "out.jsonl"),
        {"RAG__LOG__URL": "postgresql+psycopg://127.0.0.1:9/log"},
    ),
    "ray": ("ray", ("rag", "ingest", "long.md", "--engine", "ray"), {}),
}
GO_ON_WITHOUT = {"code", "report", "models"}
"""Extras without which the command does the rest of its work and says what is left out."""
"""Each library with its extra, a command that needs it, and the settings under which it does."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A workspace with one document in its index, and files of all kinds beside it."""
    from openpyxl import Workbook
    from pptx import Presentation

    folder = tmp_path_factory.mktemp("extras")
    for name, there in (
        ("page.html", "privacy.html"), ("letter.docx", "vehicles.docx"), ("manual.pdf", "cargo-terms.pdf")
    ):  # fmt: skip
        shutil.copy(DEMO / there, folder / name)
    Workbook().save(folder / "sheet.xlsx")
    Presentation().save(folder / "talk.pptx")
    (folder / "oil.md").write_text("The oil is changed every 1,000 running hours.", encoding="utf-8")
    (folder / "long.md").write_text("The ship sails at noon, and the harbour is closed. " * 200, encoding="utf-8")
    (folder / "ship.go").write_text("package ferry\n\n// Sail sails.\nfunc Sail() {\n}\n", encoding="utf-8")
    (folder / "cases.jsonl").write_text(
        json.dumps({"id": "1", "question": "How often is the oil changed?", "answers": ["Every 1,000 hours."]}) + "\n"
    )
    for name, day in (("ref", 0), ("cur", 10)):
        (folder / f"{name}.jsonl").write_text("".join(rows(name, day)), encoding="utf-8")
    for arguments in (("rag", "init"), ("rag", "ingest", "oil.md")):
        ran = run_without("nothing", arguments, folder)
        assert ran.returncode == 0, ran.stderr
    return folder


def rows(name, day):
    for number in range(40):
        at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day, hours=number)
        text = f"The ferry to island {number} leaves at {number % 24} o'clock."
        yield json.dumps(
            {"id": f"{name}{number}", "at": at.isoformat(), "question": f"When leaves the ferry to {number}?",
             "answer": text, "contexts": [{"id": "c", "text": text, "source": "t.md", "score": 0.8}],
             "latency_ms": 300 + number}
        ) + "\n"  # fmt: skip


def run_without(library, arguments, folder, **settings):
    distribution = next((names[library] for names in EXTRAS.values() if library in names), library)
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", RUN, library, distribution, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def test_every_optional_library_that_is_imported_is_hidden_once():
    optional = {library for libraries in EXTRAS.values() for library in libraries}
    elsewhere = {"prometheus_client", "langchain"}  # below, and with the adapters
    assert optional & HOMES.keys() <= set(CASES) | elsewhere


@pytest.mark.slow
@pytest.mark.parametrize("library", CASES)
def test_a_command_without_a_library_names_the_extra(library, workspace, tmp_path):
    extra, arguments, settings = CASES[library]
    folder = shutil.copytree(workspace, tmp_path / "copy")
    ran = run_without(library, arguments, folder, **settings)
    page = (folder / "page.html").read_text(encoding="utf-8") if extra == "report" else ""
    told = ran.stdout + ran.stderr + page.replace("&#x27;", "'")
    assert f"pip install 'silentdrift[{extra}]'" in told, told
    assert "Traceback" not in told and "please report it" not in told
    assert (ran.returncode != 0) == (extra not in GO_ON_WITHOUT), told


def test_a_textfile_without_prometheus_client_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(Exception, match=r"needs the extra `alerts` \(prometheus-client is not installed\)"):
        write_textfile(tmp_path / "rag.prom", {}, 180.0, "rag")
