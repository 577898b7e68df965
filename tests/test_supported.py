"""Which Pythons `make` takes: those that pyproject.toml names, and no other."""

import subprocess
import sys

import pytest

from tests.serving import ROOT


@pytest.mark.parametrize(
    ("version", "code"),
    [((3, 10), 1), ((3, 11), 0), ((3, 13), 0), ((3, 14), 1), ((4, 0), 1), ((2, 7), 1)],
)
def test_only_the_pythons_of_the_project_are_supported(version: tuple[int, int], code: int) -> None:
    script = f"import sys; sys.version_info = {version}; exec(open('.ci/supported').read())"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert done.stderr == (
        "Python 3.11 to 3.13 is needed: make PYTHON=python3.13\n" if code else ""
    )
