"""`make deploy` and `make smoke` with stand-ins for Google's programs, which write down how they
were called.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT, Served, clean_environment

STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in
  *ingress_settings) printf %s "$INGRESS" ;;
  *bq_query) [ -n "$QUERY" ] && printf %s "$QUERY" || exit 1 ;;
  *" url") printf %s "$URL_OUTPUT" ;;
  *" curl") printf 'curl it yourself' ;;
  *print-identity-token) printf token ;;
esac
"""


class Desk:
    """A machine with the programs that a deployment calls."""

    def __init__(self, folder: Path) -> None:
        self._calls = folder / "calls"
        self._bin = folder / "bin"
        self._bin.mkdir()
        for name in ("terraform", "gcloud", "bq"):
            (self._bin / name).write_text(STAND_IN)
            (self._bin / name).chmod(0o755)

    def make(
        self,
        *arguments: str,
        ingress: str = "ALLOW_INTERNAL_AND_GCLB",
        query: str = "",
        url: str = "",
    ) -> str:
        """What make printed, with its exit code as the first line; the environment that is there
        already is used.
        """
        environment = clean_environment() | {
            "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(self._calls),
            "INGRESS": ingress,
            "QUERY": query,
            "URL_OUTPUT": url,
        }
        command = (
            "make",
            f"VENV={sys.prefix}",
            "-o",
            f"{sys.prefix}/runtime",
            "PYTHON=" + sys.executable,
            *arguments,
        )
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return f"{done.returncode}\n{done.stdout}"

    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines() if self._calls.exists() else []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_deployment_needs_a_project(desk: Desk) -> None:
    assert "PROJECT is missing" in desk.make("deploy")
    assert desk.calls() == []


def test_a_deployment_is_packaged_planned_asked_for_and_tried(desk: Desk) -> None:
    printed = desk.make("deploy", "PROJECT=my-project", query="bq query 'SELECT 1'")
    init, apply, *tried = desk.calls()
    assert "source.zip: " in printed
    assert "init" in init
    assert "bucket=my-project-terraform" in init
    assert (
        apply == "terraform -chdir=infra apply -var=project_id=my-project"
    )  # so it shows the plan and asks
    assert tried[-1] == "bq query SELECT 1"


def test_what_the_internet_reaches_is_tried_as_yourself(desk: Desk, served: Served) -> None:
    printed = desk.make("smoke", ingress="ALLOW_ALL", url=served.url)
    assert "gcloud auth print-identity-token" in desk.calls()
    assert "/predict" in printed or "Answer" in printed
    assert "from a template" in printed  # which is why doctor --live does not pass here


def test_what_is_behind_a_load_balancer_is_tried_there(desk: Desk, served: Served) -> None:
    printed = desk.make("smoke", f"URL={served.url}")
    assert "from a template" in printed
    assert not [call for call in desk.calls() if call.startswith("terraform")]


def test_what_nobody_here_reaches_is_left_to_a_machine_inside(desk: Desk) -> None:
    assert "curl it yourself" in desk.make("smoke")
