"""Schemas of made-up companies, and a process of its own for what one process has one schema of."""

import os
import subprocess
import sys
from pathlib import Path

from churn_lib.customer.schema import Schema
from churn_lib.customer.schema_file import parse
from tests.serving import ROOT

GYM = """
version = "1"
business = "gym"
target = { column = "Left", left = 1, stayed = 0 }
bill = "fee"
tenure = "months"
absent = { "no pool" = { pool = 0 } }

[attributes.months]
label = "Months"
whole = true
to = 600
from = [[0, "is new"], [6, "knows us"], [24, "is a regular"]]

[attributes.fee]
label = "Fee"
to = 900
from = [[-5, "pays little"], [30, "pays a fair fee"], [70, "pays a high fee"]]

[attributes.pool]
label = "Pool"
levels = [[0, "never swims"], [1, "swims"]]

[attributes.lane]
label = "Lane"
levels = [["slow", "swims at leisure"], ["fast", "swims fast"]]
absent = "no pool"

[attributes.Membership]
label = "Membership"
levels = [["Monthly", "pays month to month"], ["Annual", "has a yearly membership"]]

[attributes.coach]
label = "Coach"
levels = [["Ann", "trains with a coach"], ["Bob", "trains with another coach"]]
other = "trains with some other coach"

[attributes.weight]
label = "Weight"
to = 300
unknown = "was never weighed"
from = [[20, "is light"], [90, "is heavy"]]

[attributes.visits]
label = "Visits"
whole = true
to = 5000
from = [[0, "comes rarely"], [50, "comes often"]]

[attributes.pace]
label = "Visits a month"
ratio = ["visits", "months"]
from = [[0, "comes less than others"], [4, "comes more than others"]]

[attributes.born]
label = "Year of birth"
protected = true
whole = true
to = 2020
from = [[1900, "was born long ago"]]
"""
"""A service that needs another one, levels that are numbers, what is not known or not listed, what
is worked out, and bills below 0.
"""

BOX = """
version = "1"
business = "box of vegetables"
target = { column = "gone", left = "yes", stayed = "no" }
bill = 18

[attributes.size]
label = "Size"
levels = [["S", "takes the small box"], ["L", "takes the large box"]]
"""
"""One attribute, and everybody pays the same."""

NUMBERS = """
version = "1"
target = { column = "gone", left = "yes", stayed = "no" }
bill = "paid"

[attributes.paid]
label = "Paid"
whole = true
to = 40
from = [[0, "pays us"]]
"""
"""No level at all, and no words that tell a low bill from a high one."""

COMPANIES = {"gym": GYM, "box": BOX, "numbers": NUMBERS}


def changed(text: str, *replacements: tuple[str, str]) -> Schema:
    """The schema in a text with these replacements, each of which must apply."""
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return parse(text)


def printed(folder: Path, schema: str, code: str) -> str:
    """What this code prints in a process where this schema is in force."""
    (folder / "customer.toml").write_text(schema, "utf-8")
    environment = {**os.environ, "CHURN_ARTIFACTS": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
