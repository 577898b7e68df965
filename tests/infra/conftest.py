"""The plans of infra/ and infra/bootstrap/, made by the real Terraform with a stand-in for Google's
provider.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.plan import Plan
from tests.serving import ROOT

CHECK = ROOT.parent / "shared" / "terraform" / "check"
INFRA = ROOT / "infra"


@pytest.fixture(scope="session")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Everything switched on, with a key."""
    return planned("infra", tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="session")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return planned("infra/bootstrap", tmp_path_factory.mktemp("plan"))


def planned(name: str, scratch: Path) -> Plan:
    """The plan of a folder without Terraform's own tests, which `make terraform` runs."""
    if shutil.which("terraform") is None or not CHECK.is_file():
        pytest.skip("needs terraform and ../shared/terraform/check")
    (scratch / "tests").symlink_to(ROOT / "tests")
    shutil.copytree(INFRA, scratch / "infra", ignore=shutil.ignore_patterns("*.tftest.hcl"))
    folder, target = scratch / name, scratch / "plan.json"
    command = (CHECK, folder, "--var-file", folder / "tests" / "full.tfvars", "--plan-json", target)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return Plan(target.read_text())
