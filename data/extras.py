"""Which extra of the distribution brings which optional library, and the error that says so where one is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec

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
        "onnx": "onnx",
        "onnxruntime": "onnxruntime",
        "openai": "openai",
        "openpyxl": "openpyxl",
        "pathspec": "pathspec",
        "pptx": "python-pptx",
        "pypdfium2": "pypdfium2",
        "safetensors": "safetensors",
        "tokenizers": "tokenizers",
    },
    "code": {
        "tree_sitter": "tree-sitter",
        "tree_sitter_c": "tree-sitter-c",
        "tree_sitter_c_sharp": "tree-sitter-c-sharp",
        "tree_sitter_cpp": "tree-sitter-cpp",
        "tree_sitter_go": "tree-sitter-go",
        "tree_sitter_java": "tree-sitter-java",
        "tree_sitter_javascript": "tree-sitter-javascript",
        "tree_sitter_kotlin": "tree-sitter-kotlin",
        "tree_sitter_php": "tree-sitter-php",
        "tree_sitter_ruby": "tree-sitter-ruby",
        "tree_sitter_rust": "tree-sitter-rust",
        "tree_sitter_scala": "tree-sitter-scala",
        "tree_sitter_swift": "tree-sitter-swift",
        "tree_sitter_typescript": "tree-sitter-typescript",
    },
    "models": {"sentence_transformers": "sentence-transformers"},
    "serve": {"fastapi": "fastapi", "starlette": "fastapi", "uvicorn": "uvicorn"},
    "langchain": {"langchain": "langchain"},
    "judge": {"ragas": "ragas"},
    "report": {"evidently": "evidently", "pandas": "pandas", "plotly": "plotly"},
    "trace": {"opentelemetry": "opentelemetry-sdk"},
    "alerts": {"apprise": "apprise", "httpx": "httpx", "prometheus_client": "prometheus-client"},
    "postgres": {"psycopg": "psycopg"},
    "ray": {"ray": "ray"},
}
"""Each extra with its libraries: the name in an import, and the name of the distribution that holds it."""


class MissingLibraryError(SilentDriftError):
    """A library of an extra is not installed."""

    def __init__(self, library: str, extra: str, who: str = "This") -> None:
        super().__init__(
            f"{who} needs the extra `{extra}` ({library} is not installed): pip install 'silentdrift[{extra}]'."
        )
        self.library = library
        self.extra = extra


def missing_library(error: Exception, who: str = "This", extra: str = "") -> MissingLibraryError | None:
    """Return the error that names the extra of a module that was not found; None where it belongs to none.

    Where several extras bring the library it is `extra`, or else the first.
    """
    if isinstance(error, MissingLibraryError):
        return MissingLibraryError(error.library, error.extra, who)
    if not isinstance(error, ModuleNotFoundError):
        return None
    module = (error.name or "").partition(".")[0]
    found = [name for name, libraries in EXTRAS.items() if module in libraries]
    if not found:
        return None
    chosen = extra if extra in found else found[0]
    return MissingLibraryError(EXTRAS[chosen][module], chosen, who)


@contextmanager
def needed_by(who: str, extra: str = "") -> Iterator[None]:
    """Import libraries of an extra within this block.

    :raises MissingLibraryError: one of them is not installed; the sentence begins with `who`.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = missing_library(error, who, extra)
        if missing is None:
            raise
        raise missing from error


def require(extra: str, who: str) -> None:
    """Look for the libraries of an extra before long work begins, without importing them.

    :raises MissingLibraryError: one of them is not installed.
    """
    for module, library in EXTRAS[extra].items():
        if find_spec(module) is None:
            raise MissingLibraryError(library, extra, who)
