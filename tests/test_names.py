"""No code knows a column: whatever is said of one stands in `customer.toml`."""

import re
from pathlib import Path

import pytest

from churn_lib.customer.model import ATTRIBUTES
from tests.serving import ROOT

SOURCES = [
    path
    for place in ("main.py", "functions", "churn_lib")
    for path in ([ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py")))
]
ROLES = {"tenure"}
"""Names of attributes that are the names of roles too."""

NAMES = re.compile(rf"\b({'|'.join(ATTRIBUTES.keys() - ROLES)})\b")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_code_knows_the_name_of_a_column(path: Path) -> None:
    assert not NAMES.findall(path.read_text(encoding="utf-8"))
