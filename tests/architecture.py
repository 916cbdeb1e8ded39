"""The architecture as data: arrows between rooms and folders, and where each library is at home."""

ROOMS = ("data", "rag", "eval", "drift", "pipelines")

MAY_IMPORT = {
    "data": set(),
    "rag": {"data"},
    "eval": {"data"},
    "drift": {"data"},
    "pipelines": {"data", "rag", "eval", "drift"},
}

BASE = {
    "data": {"arguments", "errors", "extras", "faces", "files", "jsonl", "namesakes", "records", "settings", "shapes"},
    "rag": {"errors", "http", "protocols"},
    "eval": {"errors", "gate_outcome", "intervals", "metric", "settings"},
    "drift": {"results", "settings", "verdict", "vocabulary", "windows"},
    "pipelines": {"console", "rooms", "settings"},
}
"""Modules and folders at the foot of a room: everybody in it may import them."""

ARROWS = {
    "data": {
        "arguments": set(),
        "canaries": set(),
        "cases": set(),
        "demo": set(),
        "interchange": {"scales", "traces"},
        "labels": set(),
        "log": {"scales", "text"},
        "scales": set(),
        "text": set(),
        "traces": set(),
    },
    "rag": {
        "answer": {"hostile", "prompts", "read"},
        "asking": {"answer", "chat", "search"},
        "chat": {"prompts"},
        "chunk": {"read"},
        "diagnose": {"answer", "chunk", "index", "read", "search", "store"},
        "doctor": {"chat", "prompts", "search"},
        "embed": set(),
        "hostile": set(),
        "index": {"chunk", "store"},
        "ingest": {"chunk", "embed", "hostile", "index", "read", "store"},
        "integrations": {"chat", "prompts"},
        "knowledge_base": {"answer", "asking", "index", "ingest", "settings", "store", "wiring"},
        "prompts": {"hostile"},
        "read": set(),
        "search": {"chunk", "hostile", "index", "prompts", "store"},
        "settings": {"chat", "chunk", "embed", "ingest", "search", "store"},
        "store": set(),
        "wiring": {
            *("answer", "asking", "chat", "embed", "hostile", "index", "ingest", "read", "search", "settings", "store"),
        },
    },
    "eval": {
        "__main__": {"gating", "metrics", "quality", "report", "run", "run_files"},
        "drafts": set(),
        "gating": {"run"},
        "judge": {"quality", "run"},
        "matrix": {"run"},
        "metrics": {"quality"},
        "quality": set(),
        "report": {"gating", "matrix", "run"},
        "run": {"metrics", "quality"},
        "run_files": {"run"},
    },
    "drift": {
        "alert": set(),
        "budget": {"quality", "signals", "stats"},
        "canaries": {"causes", "comparison", "signals", "stats"},
        "causes": {"quality", "signals", "stats"},
        "comparison": {"causes", "planes", "quality", "signals"},
        "drill": {"comparison", "signals"},
        "labels": set(),
        "log_windows": set(),
        "planes": {"quality", "signals", "stats"},
        "quality": {"signals", "stats"},
        "reading": {"log_windows"},
        "reports": {"signals"},
        "shapley": set(),
        "signals": set(),
        "sketches": {"budget", "planes", "quality", "signals", "stats"},
        "stats": set(),
        "window_report": {"comparison", "log_windows", "reading", "reports"},
    },
    "pipelines": {
        "answer": {"tracing", "wiring"},
        "cli": {"answer", "demo", "evaluation", "index", "monitoring", "serve", "wiring"},
        "demo": {"answer", "index", "loopback", "monitoring", "wiring"},
        "evaluation": {"answer", "wiring"},
        "index": {"answer", "tracing", "wiring"},
        "loopback": set(),
        "monitoring": {"answer", "wiring"},
        "pytest_plugin": {"answer", "evaluation", "wiring"},
        "record": {"wiring"},
        "serve": {"answer", "wiring"},
        "tracing": set(),
        "wiring": set(),
    },
}
"""What a folder, or a module beside the folders, may import in its room beside the base."""

HOMES = {
    "annotated_types": {"data/settings"},
    "apprise": {"drift/alert"},
    "bs4": {"rag/read"},
    "chromadb": {"rag/store"},
    "docx": {"data/demo", "rag/read"},
    "evidently": {"drift/reports"},
    "fastapi": {"pipelines/serve"},
    "filelock": {"data/log", "rag/store"},
    "httpx": {"drift/alert", "rag/chat", "rag/embed", "rag/http", "rag/read", "rag/search", "rag/store"},
    "huggingface_hub": {"rag/embed"},
    "langchain": {"rag/integrations"},
    "langchain_core": {"pipelines/record", "rag/chat", "rag/integrations"},
    "langchain_openai": {"rag/chat"},
    "llama_index": {"rag/chunk", "rag/integrations"},
    "numpy": {"drift", "eval", "pipelines/evaluation", "pipelines/monitoring", "rag"},
    "onnx": {"rag/embed"},
    "onnxruntime": {"rag/embed"},
    "openai": {"eval/judge", "rag/chat", "rag/http"},
    "openpyxl": {"rag/read"},
    "opentelemetry": {"pipelines/tracing"},
    "pathspec": {"rag/read"},
    "pandas": {"drift/reports"},
    "pptx": {"rag/read"},
    "prometheus_client": {"drift/alert", "pipelines/serve"},
    "pydantic": {
        "data/canaries",
        "data/cases",
        "data/interchange",
        "data/labels",
        "data/settings",
        "data/shapes",
        "pipelines/serve",
    },
    "pydantic_core": {"data/interchange", "data/settings", "data/shapes", "eval/judge"},
    "pydantic_settings": {"data/settings"},
    "pypdfium2": {"rag/hostile", "rag/read"},
    "pytest": {"pipelines/pytest_plugin"},
    "ragas": {"eval/judge"},
    "ray": {"rag/ingest"},
    "reportlab": {"data/demo"},
    "rich": {"pipelines/console"},
    "safetensors": {"rag/embed"},
    "scipy": {"drift", "eval/gating", "eval/intervals", "eval/judge", "eval/matrix"},
    "sentence_transformers": {"rag/embed", "rag/search"},
    "sklearn": {"drift/causes", "drift/signals", "drift/stats", "eval/drafts"},
    "snowballstemmer": {"data/text"},
    "sqlalchemy": {"data/log"},
    "starlette": {"pipelines/serve"},
    "threadpoolctl": {"drift/comparison"},
    "tokenizers": {"rag/embed"},
    "tree_sitter": {"rag/read"},
    "typer": {"pipelines/cli", "pipelines/console"},
    "uvicorn": {"pipelines/serve"},
    "yaml": {"data/cases", "pipelines/evaluation"},
}
"""Every third-party name that is imported, with the rooms, folders or modules that may."""

SQL_HOMES = {"rag.store", "data.log"}
"""Folders that may speak SQL: the store to the index and the files beside it, the log to its own database."""

FLAT_MODULES = {"rag": 8, "drift": 11, "eval": 12, "data": 12, "pipelines": 6}
"""How many modules may stand beside the folders of a room."""

FOLDER_MODULES = 20
MODULE_LINES = 300

FOR_USERS = {"rag.integrations"}
"""Faces that programs of others import: tests, which stand in for them, count as outside."""

HEAVY = (
    "apprise",
    "chromadb",
    "evidently",
    "fastapi",
    "langchain",
    "langchain_core",
    "llama_index",
    "opentelemetry",
    "ragas",
    "ray",
    "sentence_transformers",
    "torch",
    "uvicorn",
)
"""Libraries that `--help`, and the import of any module but the server's, must not load."""

REQUIRED = (
    "chromadb",
    "evidently",
    "langchain",
    "llama_index.core",
    "pytest",
    "ragas",
    "sentence_transformers",
    "typer",
)
"""Libraries that this project promises to work with."""
