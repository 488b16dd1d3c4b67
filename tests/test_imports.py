"""Data flows one way: a part imports only from parts above it, and importing does no work."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import leefbaar_tools
from leefbaar_tools.resources import shared_path

PACKAGE = Path(leefbaar_tools.__file__).parent
# From the top row to the bottom one; parts in one row do not import each other.
ROWS = (
    {"dutch", "files", "resources"},
    {"areas"},
    {"registrations", "sources", "divisions", "merging"},
    {"entries"},
    {"parquet", "squares"},
    {"joins"},
    {"store"},
    {"analysis"},
    {"check_data"},
    {"paper"},
    {"figures"},
    {"answers", "personal_data"},
    {"own"},
    {"atlas"},
    {"exercises"},
    {"group"},
    {"wijkplan"},
    {"handouts"},
    {"room"},
    {"cli"},
    {"__main__"},
)
ROW = {part: number for number, parts in enumerate(ROWS) for part in parts}
HEAVY = {
    *(
        "pandas",
        "numpy",
        "matplotlib",
        "ipywidgets",
        "IPython",
        "nbconvert",
        "nbformat",
        "nbclient",
    ),
    *("jupyterlab", "jupyter_server", "tornado", "typst", "jinja2", "mistune", "phonenumbers"),
    "stdnum",
}
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def imported(path: Path, package: Path = PACKAGE) -> set[str]:
    """Parts of this package that a module imports, wherever in the module it does so."""
    parts = set()
    here = ["leefbaar_tools", *path.relative_to(package).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{module}.{alias.name}" for alias in node.names]
        parts |= {n.split(".")[1] for n in names if n.startswith("leefbaar_tools.")}
    return parts


def part_of(path: Path, package: Path = PACKAGE) -> str:
    return path.relative_to(package).parts[0].removesuffix(".py")


def wrong_way(path: Path, package: Path = PACKAGE) -> list[str]:
    own = part_of(path, package)
    return sorted(p for p in imported(path, package) if p != own and ROW[p] >= ROW[own])


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_part_imports_only_from_rows_above_it(path):
    assert part_of(path) in ROW, "give this part a row"
    assert wrong_way(path) == []


def test_every_way_of_importing_is_seen(tmp_path):
    (tmp_path / "exercises").mkdir()
    for text, parts in {
        "from ..handouts import run": ["handouts"],
        "from .. import handouts as h, figures": ["handouts"],
        "import leefbaar_tools.room.server": ["room"],
        "from leefbaar_tools import cli": ["cli"],
        "def f():\n    from leefbaar_tools.wijkplan import x": ["wijkplan"],
        "from .parts import Part\nfrom ..paper import Block\nimport json": [],
    }.items():
        path = tmp_path / "exercises" / "x.py"
        path.write_text(text)
        assert wrong_way(path, tmp_path) == parts, text


def python(code: str):
    """Run code in a Python of its own and return what it prints as JSON."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def loaded(modules: str) -> set[str]:
    names = python(f"import json, sys\nimport {modules}\nprint(json.dumps(list(sys.modules)))")
    return {name.partition(".")[0] for name in names}


def test_the_command_line_and_the_room_start_light():
    modules = "leefbaar_tools.cli, leefbaar_tools.room.server, leefbaar_tools.room.copies"
    assert loaded(modules) & HEAVY == set()


def test_the_first_exercise_waits_for_no_table_and_no_figure():
    found = loaded("leefbaar_tools.exercises.page, leefbaar_tools.exercises.screens")
    assert "ipywidgets" in found
    heavy = {"pandas", "matplotlib", "nbconvert", "jupyterlab", "phonenumbers", "stdnum"}
    assert found & heavy == set()


IMPORT_ALL = """
import importlib, json, os, pkgutil, sys, threading

opened = []


def hear(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.append(os.path.realpath(arguments[0]))


import leefbaar_tools

sys.addaudithook(hear)
environment = dict(os.environ)
names = [m.name for m in pkgutil.walk_packages(leefbaar_tools.__path__, "leefbaar_tools.")]
names = [n for n in names if not n.endswith("__main__") and ".room.lab" not in n]
modules = [importlib.import_module(name) for name in names]
cached = [
    f"{module.__name__}.{name}"
    for module in modules
    for name, value in vars(module).items()
    if hasattr(value, "cache_info") and value.cache_info().currsize
]
print(json.dumps({
    "names": names,
    "opened": [p for p in opened if not p.endswith((".py", ".pyc", ".so", ".pyd"))],
    "cached": cached,
    "threads": threading.active_count(),
    "figures": "matplotlib.pyplot" in sys.modules,
    "changed": dict(os.environ) != environment,
}))
"""


def test_importing_does_no_work():
    did = python(IMPORT_ALL)
    assert {f"leefbaar_tools.{part_of(path)}" for path in MODULES} - {
        "leefbaar_tools.__main__"
    } <= set(did["names"])
    shared = [shared_path(name) for name in ("data", "notebooks")]
    roots = [str(root.resolve()) for root in (*shared, PACKAGE)]
    assert [path for path in did["opened"] if path.startswith(tuple(roots))] == []
    assert did["cached"] == []
    assert did["threads"] == 1
    assert did["figures"] is False
    assert did["changed"] is False
