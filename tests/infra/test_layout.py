"""The Terraform files read as the rest does: short, described, in order, and with a reason for each
exception.
"""

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
    found = [
        plan.described(kind) for plan in (infra, bootstrap) for kind in ("variables", "outputs")
    ]
    assert all(found)
    assert [
        name
        for each in found
        for name, description in each.items()
        if not description.endswith(".")
    ] == []


def test_every_skipped_policy_has_its_reason() -> None:
    skips = [
        line.strip()
        for path in FILES
        for line in path.read_text().splitlines()
        if "checkov" in line
    ]
    assert skips
    assert [
        line for line in skips if not re.fullmatch(r"#checkov:skip=CKV\w*_\d+:[A-Z].{20,}\.", line)
    ] == []


def test_the_example_of_variables_holds_none_that_is_unknown(infra: Plan) -> None:
    example = (ROOT / "infra" / "terraform.tfvars.example").read_text()
    names = set(re.findall(r"^(\w+) +=", example, re.MULTILINE))
    assert {"invokers", "gemini", "decisions"} <= names <= set(infra.described("variables"))


def test_the_commands_of_the_readme_exist() -> None:
    readme = (ROOT / "infra" / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = set(re.findall(r"(?:`|^   )make ([a-z-]+)", readme, re.MULTILINE))
    assert {"deploy", "terraform", "package"} <= shown <= targets
    outputs = set(
        re.findall(r'^output "(\w+)"', (ROOT / "infra" / "outputs.tf").read_text(), re.MULTILINE)
    )
    assert {"curl", "bq_query"} == set(re.findall(r"output -raw (\w+)", readme)) <= outputs
