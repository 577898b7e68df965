"""Made-up tables of customers, and what `churn init` says of them."""

import csv
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from churn_lib.customer.spelling import plain
from churn_lib.propose.proposal import Proposal, propose
from churn_lib.tables.read import read_table
from tests.serving import ROOT

ROWS = 600
COUNT = """\
from pathlib import Path
from sys import argv
from churn_lib.training.data import read_customers
print(len(read_customers(Path(argv[1]))))
"""

Cells = Sequence[object] | NDArray[np.generic]


def honest(rng: np.random.Generator, rows: int = ROWS) -> dict[str, Cells]:
    """A table that is as good as such tables are, and in which nothing is wrong."""
    tenure, bill = rng.integers(0, 72, rows), rng.gamma(4, 15, rows).round(2)
    plan, support = rng.integers(0, 3, rows), rng.integers(0, 2, rows)
    logit = 1.2 - tenure / 20 + bill / 60 - plan + support - 1
    left = rng.random(rows) < 1 / (1 + np.exp(-logit))
    return {
        "Churn": np.where(left, "Yes", "No"),
        "Months in service": tenure,
        "Monthly fee": bill,
        "Plan": np.array(["Basic", "Silver", "Gold"])[plan],
        "Support calls": np.array(["No", "Yes"])[support],
    }


def file_of(columns: Mapping[str, Cells], path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def proposal_of(columns: Mapping[str, Cells], folder: Path, target: str = "Churn") -> Proposal:
    return proposal_from(file_of(columns, folder / "customers.csv"), target)


def proposal_from(path: Path, target: str) -> Proposal:
    return propose(read_table(path, {plain(target)}).table, target, None, path.name)


def names(proposal: Proposal) -> set[str]:
    """The headings that became attributes."""
    return {use.column.heading for use in proposal.uses}


def accepted(file: Path, folder: Path) -> int:
    """How many customers of a file are accepted by the schema in a folder: all, or it fails."""
    environment = {**os.environ, "CHURN_ARTIFACTS": str(folder)}
    command = [sys.executable, "-c", COUNT, str(file)]
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return int(run.stdout)
