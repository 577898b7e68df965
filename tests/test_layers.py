"""Imports go one way, and serving reaches nothing that training or the command line needs."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.serving import ROOT

SOURCES = [
    ROOT / "main.py",
    *(path for part in ("functions", "churn_lib") for path in sorted((ROOT / part).rglob("*.py"))),
]
FLOORS = (
    "churn_lib __version__",
    "errors",
    "toml",
    "customer",
    "settings",
    "score log tables secrets",
    "offers",
    "gemini",
    "words",
    "lint training evidence",
    "propose report",
    "shape",
    "answer",
    "scale",
    "cli server",
    "endpoints",
    "interface",
    "app",
    "main __main__",
)
"""The rooms of the house, the lowest floor first: imports go down only, and not to another room of
the same floor.
"""

ALLOWED = {
    "sklearn": ("churn_lib/training", "churn_lib/report"),
    "numpy": (
        "churn_lib/training",
        "churn_lib/propose",
        "churn_lib/evidence",
        "churn_lib/report",
        "churn_lib/scale",
    ),
    "statsmodels": ("churn_lib/evidence", "churn_lib/report"),
    "matplotlib": ("churn_lib/report", "churn_lib/evidence"),
    "joblib": ("churn_lib/training",),
    "polars": ("churn_lib/tables", "churn_lib/training", "churn_lib/propose", "churn_lib/report"),
    "python_calamine": ("churn_lib/tables",),
    "pyspark": ("churn_lib/scale",),
}
GOOGLE = {"churn_lib/gemini/client.py", "churn_lib/secrets/stores.py"}
OURS = {"main", "functions", "churn_lib"}
ABOVE = {"functions", "starlette", "functions_framework"}
NOBODY = {"pickle", "pandas", "flask"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports(path: Path) -> frozenset[str]:
    """All modules that a file imports anywhere; `from package import name` may mean either."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module, "a relative import"
            assert not node.level, "a relative import"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def top(module: str) -> str:
    return module.split(".")[0]


def reached(start: Path) -> set[str]:
    """Every module that a file may come to import, through other files of ours, now or when a
    function is called.
    """
    found: set[str] = set()
    waiting = set(imports(start))
    while waiting:
        module = waiting.pop()
        found.add(module)
        file = ROOT / module.replace(".", "/")
        for path in (file.with_suffix(".py"), file / "__init__.py"):
            if path.is_file():
                waiting |= imports(path) - found
    return found


def room(module: str) -> str:
    """The room that a module of ours is in: a folder, or a file of its own; each endpoint is one of
    the endpoints.
    """
    package, _, rest = module.removesuffix(".__init__").partition(".")
    first = top(rest)
    if package == "functions":
        return first if first in {"server", "interface", "app"} else "endpoints"
    return first or package


def floor(module: str) -> int:
    return next(height for height, rooms in enumerate(FLOORS) if room(module) in rooms.split())


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_imports_go_down_only(path: Path) -> None:
    own = name(path).removesuffix(".py").replace("/", ".")
    for module in imports(path):
        if top(module) in OURS:
            assert room(module) == room(own) or floor(module) < floor(own), (
                f"{own} imports {module}"
            )


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_what_is_above_or_unsafe_is_not_imported(path: Path) -> None:
    found = {top(module) for module in imports(path)}
    assert not found & NOBODY
    assert name(path).startswith(("functions", "main")) or not found & ABOVE


@pytest.mark.parametrize("path", [path for path in SOURCES if path.name == "__init__.py"], ids=name)
def test_each_folder_says_its_question_in_one_line(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("path", sorted((ROOT / "functions").glob("*.py")), ids=name)
def test_serving_never_reaches_the_command_line_training_or_sql(path: Path) -> None:
    found = reached(path)
    assert not {
        module for module in found if top(module) in {"typer", "rich", "sklearn", "numpy", "polars"}
    }
    others = ("churn_lib.cli", "churn_lib.training", "churn_lib.scale")
    assert not {module for module in found if module.startswith(others)}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_heavy_packages_stay_where_they_belong(path: Path) -> None:
    layer = name(path)
    for module in imports(path):
        home = ALLOWED.get(top(module))
        assert home is None or layer.startswith(home), module
        assert not module.startswith(("google.genai", "google.cloud")) or layer in GOOGLE, module
        assert not module.startswith(("typer", "rich")) or layer.startswith("churn_lib/cli"), module
