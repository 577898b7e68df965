"""The plans of infra/ and infra/bootstrap/, made by the real Terraform with a stand-in for Google's
provider.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.plan import Plan
from tests.serving import ROOT, clean_environment

CHECK = ROOT.parent / "shared" / "terraform" / "check"
INFRA = ROOT / "infra"
AS_FUNCTION = ("--as", "function", "--name", "score_native", "--date", "2026-12-01")


@pytest.fixture(scope="session")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Everything switched on, with a key."""
    return planned("infra", tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="session")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return planned("infra/bootstrap", tmp_path_factory.mktemp("plan"))


def planned(name: str, scratch: Path) -> Plan:
    """The plan of a folder without Terraform's own tests, which `make terraform` runs; with the
    real text of the function in SQL.
    """
    if shutil.which("terraform") is None or not CHECK.is_file():
        pytest.skip("needs terraform and ../shared/terraform/check")
    (scratch / "tests").symlink_to(ROOT / "tests")
    shutil.copytree(INFRA, scratch / "infra", ignore=shutil.ignore_patterns("*.tftest.hcl"))
    (scratch / "infra" / "tests" / "score_native.sql").write_text(function_in_sql())
    folder, target = scratch / name, scratch / "plan.json"
    command = (CHECK, folder, "--var-file", folder / "tests" / "full.tfvars", "--plan-json", target)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return Plan(target.read_text())


def function_in_sql() -> str:
    """What `make native` writes, on one day."""
    command = (sys.executable, "-m", "churn_lib", "sql", "--dialect", "bigquery", *AS_FUNCTION)
    done = subprocess.run(
        command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
