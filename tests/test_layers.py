"""Imports go one way, and serving reaches nothing that training or the command line needs."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT

SOURCES = [
    ROOT / "main.py",
    *(path for part in ("functions", "churn_lib") for path in sorted((ROOT / part).rglob("*.py"))),
]
ALLOWED = {"sklearn": "churn_lib/training", "numpy": "churn_lib/training", "joblib": "churn_lib/training"}
GOOGLE = {"churn_lib/offers/client.py", "churn_lib/secrets.py"}
OURS = {"main", "functions", "churn_lib", "tests"}
ABOVE = {"functions", "starlette", "functions_framework"}
NOBODY = {"pickle", "pandas", "flask"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """All modules that a file imports anywhere; `from package import name` may mean either."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, "a relative import"
            assert not node.level, "a relative import"
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def top(module: str) -> str:
    return module.split(".")[0]


def reached(start: Path) -> set[str]:
    """Every module that a file may come to import, through other files of ours, now or when a function is called."""
    found: set[str] = set()
    waiting = set(imports(start))
    while waiting:
        module = waiting.pop()
        found.add(module)
        file = ROOT / module.replace(".", "/")
        for path in (file.with_suffix(".py"), file / "__init__.py"):
            if path.is_file():
                waiting |= set(imports(path)) - found
    return found


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_imports_go_one_way(path: Path) -> None:
    found, layer = set(imports(path)), name(path)
    if layer.startswith("churn_lib"):
        assert not {module for module in found if top(module) in ABOVE}
    if layer != "main.py":
        assert not {module for module in found if top(module) == "main"}
    assert not {module for module in found if top(module) in NOBODY}


@pytest.mark.parametrize(
    ("layer", "allowed"),
    [("errors", set()), ("attribute", set()), ("customer", {"churn_lib.attribute", "churn_lib.errors"})],
)
def test_what_all_else_rests_on_imports_nothing_of_ours_but_errors(layer: str, allowed: set[str]) -> None:
    found = {module for module in imports(ROOT / "churn_lib" / f"{layer}.py") if top(module) in OURS}
    assert {".".join(module.split(".")[:2]) for module in found} == allowed


@pytest.mark.parametrize("path", sorted((ROOT / "functions").glob("*.py")), ids=name)
def test_serving_never_reaches_the_command_line_or_training(path: Path) -> None:
    found = reached(path)
    assert not {module for module in found if top(module) in {"typer", "rich", "sklearn", "numpy", "polars"}}
    assert not {module for module in found if module.startswith(("churn_lib.cli", "churn_lib.training"))}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_heavy_packages_stay_where_they_belong(path: Path) -> None:
    layer = name(path)
    for module in imports(path):
        home = ALLOWED.get(top(module))
        assert home is None or layer.startswith(home), module
        assert not module.startswith(("google.genai", "google.cloud")) or layer in GOOGLE, module
        assert not module.startswith(("typer", "rich")) or layer.startswith("churn_lib/cli"), module
