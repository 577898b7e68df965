"""The Terraform files read as the rest does: short, described, in order, and with a reason for each exception."""

import re
from pathlib import Path

import pytest

from tests.infra.plan import Plan
from tests.serving import ROOT

FILES = sorted((ROOT / "infra").rglob("*.tf"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_is_short_and_its_variables_and_outputs_are_in_order(path: Path) -> None:
    text = path.read_text()
    names = re.findall(r'^(?:variable|output) "(\w+)"', text, re.MULTILINE)
    assert text.count("\n") <= 250
    assert names == sorted(names)


def test_every_variable_and_output_is_described(infra: Plan, bootstrap: Plan) -> None:
    found = [plan.described(kind) for plan in (infra, bootstrap) for kind in ("variables", "outputs")]
    assert all(found)
    assert [name for each in found for name, description in each.items() if not description.endswith(".")] == []


def test_every_skipped_policy_has_its_reason() -> None:
    skips = [line.strip() for path in FILES for line in path.read_text().splitlines() if "checkov" in line]
    assert skips
    assert [line for line in skips if not re.fullmatch(r"#checkov:skip=CKV\w*_\d+:[A-Z].{20,}\.", line)] == []
