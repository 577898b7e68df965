"""Customers of a company whose schema is another one, read in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.churn_lib.customer.test_schema_file import GOOD
from tests.serving import ROOT, clean_environment

READ = """
import json, sys
from churn_lib.customer.model import phrase
from churn_lib.customer.reading import parse_json, read_columns
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import InputError

def read(row):
    try:
        found = parse_json(PredictRequest, json.dumps(row))
        assert read_columns(PredictRequest, row) == found
        words = {name: phrase(name, value) for name, value in found.values().items()}
        return {**found.values(), "customerID": found.customerID, "words": words}
    except InputError as error:
        return dict(error.faults)

print(json.dumps([read(row) for row in json.load(sys.stdin)]))
"""

PLAIN: dict[str, object] = {
    "months": 10,
    "fee": 20.0,
    "pool": "Yes",
    "sauna": "Day",
    "visits": 3,
    "town": "Ulm",
}


def read(folder: Path, *rows: dict[str, object]) -> list[dict[str, object]]:
    (folder / "customer.toml").write_text(GOOD, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=ROOT,
        env={**clean_environment(), "CHURN_ARTIFACTS": str(folder)},
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("changed", "name", "expected"),
    [
        ({}, "paid", 200.0),
        ({"paid": 3}, "paid", 3.0),
        ({}, "fee_a_month", 2.0),
        ({"months": 0}, "fee_a_month", None),
        ({"visits": None}, "visits", None),
        ({"visits": ""}, "visits", None),
        ({"town": "Kiel"}, "town", "Kiel"),
        ({"town": " bonn"}, "town", "Bonn"),
        ({"town": "12"}, "town", "12"),
        ({"town": "12", "pool": "YES"}, "town", "12"),
        ({"town": "true", "Months ": "10"}, "town", "true"),
        ({"pool": True}, "pool", "Yes"),
        ({"pool": "No", "sauna": None}, "sauna", "No pool"),
        ({"pool": 0, "sauna": ""}, "sauna", "No pool"),
        ({"Months ": "10"}, "months", 10),
        ({"sauna": None, "SAUNA PLAN": "night"}, "sauna", "Night"),
        ({"Member": 12}, "customerID", "12"),
        ({}, "age", None),
        ({"age": 44}, "age", 44),
    ],
)
def test_values_are_read_as_the_schema_says(
    tmp_path: Path, changed: dict[str, object], name: str, expected: object
) -> None:
    row = {**PLAIN, **changed}
    for taken, given in (("months", "Months "), ("sauna", "SAUNA PLAN")):
        if given in changed:
            del row[taken]
    (found,) = read(tmp_path, row)
    assert found[name] == expected, found


def test_what_is_not_known_has_words_of_its_own(tmp_path: Path) -> None:
    rows = {**PLAIN, "visits": None, "town": "Kiel"}, {**PLAIN, "months": 0}
    kiel, new = (found["words"] for found in read(tmp_path, *rows))
    assert isinstance(kiel, dict)
    assert isinstance(new, dict)
    assert (kiel["visits"], kiel["town"]) == ("has no visits on record", "lives elsewhere")
    assert new["fee_a_month"] == "has no known fee a month"


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"fee": None}, {"fee": "is required: a number from 0 to 500.5"}),
        ({"fee": "x"}, {"fee": "must be a number from 0 to 500.5"}),
        ({"fee": 501}, {"fee": "must be a number from 0 to 500.5"}),
        ({"visits": 2.5}, {"visits": "must be a whole number from 0 to 100"}),
        ({"town": ""}, {"town": "is required: text, such as 'Ulm', 'Bonn'"}),
        ({"town": "null"}, {"town": "is required: text, such as 'Ulm', 'Bonn'"}),
        ({"sauna": ""}, {"sauna": "can't be 'No pool' unless pool is 'No'"}),
        ({"pool": "No"}, {"sauna": "can't be 'Day' when pool is 'No'"}),
        ({"fee_a_month": 1}, {"fee_a_month": "is not allowed"}),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(
    tmp_path: Path, changed: dict[str, object], faults: dict[str, str]
) -> None:
    (found,) = read(tmp_path, {**PLAIN, **changed})
    assert found.items() >= faults.items()
