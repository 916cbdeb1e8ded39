"""Which extra of the distribution brings which optional library, and the error that says so where one is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from data.errors import SilentDriftError

EXTRAS: Mapping[str, Mapping[str, str]] = {
    "rag": {
        "bs4": "beautifulsoup4",
        "chromadb": "chromadb",
        "docx": "python-docx",
        "httpx": "httpx",
        "huggingface_hub": "huggingface-hub",
        "langchain_core": "langchain-core",
        "langchain_openai": "langchain-openai",
        "llama_index": "llama-index-core",
        "lxml": "lxml",
        "onnx": "onnx",
        "onnxruntime": "onnxruntime",
        "openai": "openai",
        "openpyxl": "openpyxl",
        "pathspec": "pathspec",
        "pptx": "python-pptx",
        "pypdfium2": "pypdfium2",
        "tokenizers": "tokenizers",
    },
    "models": {"sentence_transformers": "sentence-transformers"},
    "serve": {"fastapi": "fastapi", "starlette": "fastapi", "uvicorn": "uvicorn"},
    "judge": {"ragas": "ragas"},
    "report": {"evidently": "evidently", "pandas": "pandas", "plotly": "plotly"},
    "trace": {"opentelemetry": "opentelemetry-sdk"},
    "alerts": {"apprise": "apprise", "prometheus_client": "prometheus-client"},
    "postgres": {"psycopg": "psycopg"},
    "ray": {"ray": "ray"},
}
"""Each extra with its libraries: the name in an import, and the name of the distribution that holds it."""


class MissingLibraryError(SilentDriftError):
    """A library of an extra is not installed."""

    def __init__(self, library: str, extra: str, needed_by: str = "This") -> None:
        super().__init__(f"{needed_by} needs {library}: pip install 'silentdrift[{extra}]'.")
        self.library = library
        self.extra = extra


def missing_library(error: Exception, needed_by: str = "This") -> MissingLibraryError | None:
    """Return the error that names the extra of a module that was not found; None where it is not one of an extra."""
    if isinstance(error, MissingLibraryError):
        return MissingLibraryError(error.library, error.extra, needed_by)
    if not isinstance(error, ModuleNotFoundError):
        return None
    module = (error.name or "").partition(".")[0]
    for extra, libraries in EXTRAS.items():
        if module in libraries:
            return MissingLibraryError(libraries[module], extra, needed_by)
    return None


@contextmanager
def needed_by(who: str) -> Iterator[None]:
    """Import libraries of an extra within this block.

    :raises MissingLibraryError: one of them is not installed; the sentence begins with `who`.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = missing_library(error, who)
        if missing is None:
            raise
        raise missing from error
