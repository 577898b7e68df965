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
    return planned(INFRA, tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="session")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return planned(INFRA / "bootstrap", tmp_path_factory.mktemp("plan"))


def planned(folder: Path, scratch: Path) -> Plan:
    if shutil.which("terraform") is None or not CHECK.is_file():
        pytest.skip("needs terraform and ../shared/terraform/check")
    target = scratch / "plan.json"
    command = (CHECK, folder, "--var-file", folder / "tests" / "full.tfvars", "--plan-json", target)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return Plan(target.read_text())
