"""Who may import whom, which library lives where, what faces show, and what `--help` must not load."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture import (
    ARROWS,
    BASE,
    FLAT_MODULES,
    FOLDER_MODULES,
    FOR_USERS,
    HEAVY,
    HOMES,
    MAY_IMPORT,
    MODULE_LINES,
    REQUIRED,
    ROOMS,
    SQL_HOMES,
)

ROOT = Path(__file__).resolve().parents[1]
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE FROM|CREATE|DROP|PRAGMA|BEGIN|COMMIT|ROLLBACK|VACUUM)\b")


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules() -> dict[str, Path]:
    return {module_name(path): path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))}


@cache
def outsiders() -> dict[str, Path]:
    return {module_name(path): path for path in sorted((ROOT / "tests").rglob("*.py"))}


@cache
def imports(path: Path) -> tuple[tuple[str, str], ...]:
    """All imports of a file, wherever they stand, as (module, name); the name is empty for `import module`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{path} has a relative import"
            found += [(node.module, alias.name) for alias in node.names]
    return tuple(found)


def faces() -> dict[str, Path]:
    """The `__init__.py` of each folder within a room."""
    return {name: path for name, path in modules().items() if path.name == "__init__.py" and "." in name}


def exported(face: str) -> dict[str, str]:
    """Names of a face, each with the module it comes from, as type checkers see them."""
    shown = imports(faces()[face])
    return {name: module for module, name in shown if module.startswith(face + ".")}


def targets(path: Path) -> Iterator[str]:
    """Modules of ours that a file imports; a name of a face counts as the module it comes from."""
    for module, name in imports(path):
        if module in faces():
            yield exported(module).get(name, f"{module}.{name}")
        elif module in modules():
            yield f"{module}.{name}" if f"{module}.{name}" in modules() else module


def part(module: str) -> str:
    """The folder of a room that a module stands in, or the module itself where it stands beside the folders."""
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_its_arrows_allow(room):
    strays = {
        (name, target)
        for name, path in modules().items()
        if name.split(".")[0] == room
        for target in targets(path)
        if target.split(".")[0] not in {room} | MAY_IMPORT[room]
    }
    assert strays == set()


@pytest.mark.parametrize("room", ROOMS)
def test_a_folder_imports_only_the_folders_its_arrows_allow(room):
    strays = set()
    for name, path in modules().items():
        if name.split(".")[0] != room or not part(name):
            continue
        # What stands at the foot of a room may import the rest of the foot, and nothing above it.
        allowed = BASE[room] | ARROWS[room].get(part(name), set()) | {part(name)}
        strays |= {(name, target) for target in targets(path) if target.split(".")[0] == room} - {
            (name, target) for target in targets(path) if part(target) in allowed
        }
    assert strays == set()


@pytest.mark.parametrize("room", ROOMS)
def test_every_folder_has_its_arrows_and_every_arrow_its_folder(room):
    there = {part(name) for name in modules() if name.split(".")[0] == room} - {""}
    assert there == set(ARROWS[room]) | (BASE[room] & there)
    assert BASE[room] <= there


@pytest.mark.parametrize("room", ROOMS)
def test_the_arrows_of_a_room_make_no_circle(room):
    order = tuple(TopologicalSorter({name: arrows for name, arrows in ARROWS[room].items()}).static_order())
    assert set(ARROWS[room]) <= set(order)


def test_modules_make_no_circle():
    graph = {
        name: {target for target in targets(path) if target != name}
        for name, path in modules().items()
        if path.name != "__init__.py"
    }
    assert list(TopologicalSorter(graph).static_order())


def test_a_folder_is_entered_by_its_face():
    strays = set()
    for name, path in modules().items():
        inside = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for module, _ in imports(path):
            folder = module.rpartition(".")[0]
            if folder in faces() and folder != inside and module not in faces():
                strays.add((name, module))
    assert strays == set()


@pytest.mark.parametrize("face", sorted(faces()))
def test_a_face_shows_what_is_imported_from_outside_and_nothing_else(face):
    readers = modules() | (outsiders() if face in FOR_USERS else {})
    used = {
        name
        for module, path in readers.items()
        if (module if path.name == "__init__.py" else module.rpartition(".")[0]) != face
        for shown, name in imports(path)
        if shown == face and f"{face}.{name}" not in modules()
    }
    assert set(exported(face)) == used


@pytest.mark.parametrize("face", sorted(faces()))
def test_a_face_gives_each_of_its_names(face):
    opened = importlib.import_module(face)
    names = getattr(opened, "__all__", [])
    assert set(names) == set(exported(face))
    for name in names:
        assert getattr(opened, name) is getattr(importlib.import_module(exported(face)[name]), name)
    with pytest.raises(AttributeError):
        opened.no_such_name  # noqa: B018


def test_a_library_is_imported_only_in_its_home():
    strays = set()
    for name, path in modules().items():
        place = name.replace(".", "/")
        for module, _ in imports(path):
            library = module.split(".")[0]
            if library in sys.stdlib_module_names or library in ROOMS:
                continue
            if not any(f"{place}/".startswith(f"{home}/") for home in HOMES.get(library, ())):
                strays.add((place, library))
    assert strays == set()


def strings(path: Path) -> Iterator[str]:
    """Texts in the code of a file, those with values in them piece by piece."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_only_the_store_speaks_sql_to_the_index():
    strays = set()
    for name, path in modules().items():
        if any(name.startswith(f"{home}.") for home in SQL_HOMES):
            continue
        calls = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        strays |= {(name, call) for call in calls & {"execute", "executemany", "executescript"}}
        strays |= {(name, module) for module, _ in imports(path) if module == "sqlite3"}
        strays |= {(name, text) for text in strings(path) if SQL.match(text)}
    assert strays == set()


def test_the_store_is_found_to_speak_sql():
    spoken = [text for path in (ROOT / "rag" / "store").glob("*.py") for text in strings(path) if SQL.match(text)]
    assert len(spoken) > 50


def test_every_home_is_lived_in():
    used = {
        (module.split(".")[0], home)
        for name, path in modules().items()
        for module, _ in imports(path)
        for home in HOMES.get(module.split(".")[0], ())
        if f"{name.replace('.', '/')}/".startswith(f"{home}/")
    }
    assert used == {(library, home) for library, homes in HOMES.items() for home in homes}


@pytest.mark.parametrize("room", ROOMS)
def test_few_modules_stand_beside_the_folders_of_a_room(room):
    flat = [path.name for path in (ROOT / room).glob("*.py")]
    assert len(flat) <= FLAT_MODULES[room], flat


def test_no_folder_is_crowded():
    crowded = {face: len(list(path.parent.glob("*.py"))) - 1 for face, path in faces().items()}
    assert {face: count for face, count in crowded.items() if count > FOLDER_MODULES} == {}


def test_no_module_is_long():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()}
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").rglob("*.py")), ids=lambda path: path.stem)
def test_a_benchmark_imports_only_what_is_there(path):
    lost = [
        f"{module}.{name}"
        for module, name in imports(path)
        if name and module in modules() and f"{module}.{name}" not in modules()
        if not hasattr(importlib.import_module(module), name)
    ]
    assert lost == [] and not {module for module, _ in imports(path) if module.split(".")[0] in ROOMS} - set(modules())


def test_nobody_imports_the_eval_package_by_its_bare_name():
    assert {name for name, path in modules().items() if ("eval", "") in imports(path)} == set()


def test_records_need_the_standard_library_alone():
    libraries = {module.split(".")[0] for module, _ in imports(ROOT / "data" / "records.py")}
    assert libraries <= set(sys.stdlib_module_names) | {"__future__"}


@pytest.mark.parametrize("module", REQUIRED)
def test_every_required_library_really_imports(module):
    importlib.import_module(module)


@pytest.mark.parametrize("command", ["pipelines.cli.rag", "pipelines.cli.drift"])
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
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"
    assert "Usage" in done.stdout


def test_all_modules_but_those_of_the_server_import_without_heavy_libraries():
    light = [
        name
        for name, path in modules().items()
        if path.name != "__init__.py" and not {"demo", "serve"} & set(path.parts[len(ROOT.parts) :])
    ]
    code = (
        f"import importlib, sys\nfor name in {light!r}: importlib.import_module(name)\n"
        f"print([name for name in {(*HEAVY, 'sklearn', 'scipy', 'pandas')!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
