"""Who may import whom, which library lives in which room, and what `--help` must not load."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("data", "rag", "eval", "drift", "pipelines")
MAY_IMPORT = {
    "data": set(),
    "rag": {"data"},
    "eval": {"data"},
    "drift": {"data"},
    "pipelines": {"data", "rag", "eval", "drift"},
}
HOME = {
    "sqlalchemy": {"data"},
    "llama_index": {"rag"},
    "sentence_transformers": {"rag"},
    "torch": {"rag"},
    "ray": {"rag"},
    "httpx": {"rag", "drift"},
    "onnxruntime": {"rag"},
    "chromadb": {"rag"},
    "langchain": {"rag"},
    "langchain_core": {"rag"},
    "langchain_openai": {"rag"},
    "ragas": {"eval"},
    "sklearn": {"eval", "drift"},
    "scipy": {"eval", "drift"},
    "threadpoolctl": {"drift"},
    "evidently": {"drift"},
    "plotly": {"drift"},
    "pandas": {"drift"},
    "typer": {"pipelines"},
    "rich": {"pipelines"},
    "fastapi": {"pipelines"},
    "uvicorn": {"pipelines"},
    "opentelemetry": {"pipelines"},
    "prometheus_client": {"drift", "pipelines"},
    "apprise": {"drift"},
    "pydantic": {"pipelines", "data"},
}
HEAVY = (
    "torch",
    "ray",
    "chromadb",
    "langchain",
    "langchain_core",
    "llama_index",
    "evidently",
    "ragas",
    "sentence_transformers",
    "fastapi",
    "uvicorn",
    "apprise",
    "opentelemetry",
)
REQUIRED = (
    "langchain",
    "llama_index.core",
    "chromadb",
    "sentence_transformers",
    "evidently",
    "ragas",
    "typer",
    "pytest",
)


def sources(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Top-level names of all imports of a file, wherever they stand; type-checking imports do not count as use."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {name.split(".")[0] for name in found}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_its_arrows_allow(room):
    strays = {str(path): imported(path) & set(ROOMS) - {room} - MAY_IMPORT[room] for path in sources(room)}
    assert {path: names for path, names in strays.items() if names} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_library_is_imported_only_in_its_home(room):
    strays = {
        str(path): {name for name in imported(path) & HOME.keys() if room not in HOME[name]} for path in sources(room)
    }
    assert {path: names for path, names in strays.items() if names} == {}


def test_nobody_imports_the_eval_package_by_its_bare_name():
    for room in ROOMS:
        for path in sources(room):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                assert not (isinstance(node, ast.Import) and any(alias.name == "eval" for alias in node.names)), path


def test_records_need_the_standard_library_alone():
    assert imported(ROOT / "data" / "records.py") <= set(sys.stdlib_module_names) | {"__future__"}


@pytest.mark.parametrize("module", REQUIRED)
def test_every_required_library_really_imports(module):
    importlib.import_module(module)


@pytest.mark.parametrize("command", ["pipelines.rag_cli", "pipelines.drift_cli"])
def test_help_is_light(command):
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['{command}', '--help']\n"
        "try:\n"
        f"    runpy.run_module('{command}', run_name='__main__')\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "Usage" in done.stdout


def test_all_modules_but_those_of_the_server_import_without_heavy_libraries():
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for room in ROOMS
        for path in sources(room)
        if path.name != "__init__.py" and "demo" not in path.parts and path.parent.name != "serve"
    ]
    code = (
        f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\n"
        f"print([name for name in {(*HEAVY, 'sklearn', 'scipy', 'pandas')!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
