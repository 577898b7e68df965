"""Imports go one way, and serving reaches nothing that training or the command line needs."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT

SOURCES = [path for part in ("main.py", "functions", "churn_lib") for path in sorted((ROOT / part).rglob("*.py"))] + [
    ROOT / "main.py"
]
ALLOWED = {"sklearn": "churn_lib/training", "numpy": "churn_lib/training", "joblib": "churn_lib/training"}
GOOGLE = {"churn_lib/offers/gemini.py", "churn_lib/secrets.py"}
NOBODY = {"pickle", "pandas", "flask"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_imports_go_one_way(path: Path) -> None:
    found, layer = set(imports(path)), name(path)
    if layer.startswith("churn_lib"):
        assert not {module for module in found if module.split(".")[0] in {"functions", "main", "starlette"}}
    if layer in {"churn_lib/attribute.py", "churn_lib/customer.py", "churn_lib/errors.py"}:
        ours = {module for module in found if module.startswith("churn_lib")}
        assert ours <= {"churn_lib.attribute", "churn_lib.errors"}
    assert not {module for module in found if module.split(".")[0] in NOBODY}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_heavy_packages_stay_where_they_belong(path: Path) -> None:
    layer = name(path)
    for module in imports(path):
        home = ALLOWED.get(module.split(".")[0])
        assert home is None or layer.startswith(home), module
        assert not module.startswith(("google.genai", "google.cloud")) or layer in GOOGLE, module
        assert not module.startswith(("typer", "rich")) or layer.startswith("churn_lib/cli"), module
