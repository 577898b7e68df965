"""The tables of three real companies, where they are at hand."""

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from churn_lib.customer.schema_file import parse
from churn_lib.propose.start import start
from churn_lib.propose.toml import written
from tests.churn_lib.propose.tables import accepted, names, proposal_from
from tests.serving import ROOT

DATA = Path(os.environ.get("CHURN_DATA") or ROOT.parent / "shared" / "data")


class Given(NamedTuple):
    """What a person says of a table. absences: columns that need another one."""

    file: str
    target: str
    rows: int
    absences: int
    identifier: str | None
    bill: str | float
    tenure: str
    protected: set[str]
    ignored: set[str]


MAVEN_PLACES = {"City", "Zip Code", "Latitude", "Longitude"}
GIVEN = [
    Given(
        "telco_customers.csv", "Churn", 5665, 7, "customerID", "MonthlyCharges", "tenure",
        {"gender", "SeniorCitizen", "Partner", "Dependents"}, set(),
    ),
    Given(
        "iranian.csv", "Churn", 3150, 0, None, 50.0, "subscription_length", {"Age Group"}, {"Age"}
    ),
    Given(
        "maven.csv", "Customer Status", 5665, 12, "Customer ID", "monthly_charge",
        "tenure_in_months", {"Gender", "Age", "Married", "Number of Dependents"},
        {*MAVEN_PLACES, "Churn Category", "Churn Reason", "Year With Company"},
    ),
]  # fmt: skip


@pytest.fixture(params=GIVEN, ids=lambda given: given.file)
def given(request: pytest.FixtureRequest) -> Given:
    found: Given = request.param
    if not (DATA / found.file).is_file():
        pytest.skip(f"{found.file} is not in {DATA}: name its folder by CHURN_DATA")
    return found


def test_the_proposal_is_what_a_person_would_say(given: Given) -> None:
    proposal = proposal_from(DATA / given.file, given.target)
    parts = proposal.parts
    assert (parts.identifier, parts.bill, parts.tenure) == given[4:7]
    assert {use.column.heading for use in proposal.uses if use.protected} == given.protected
    assert proposal.ignored.keys() == given.ignored
    assert not names(proposal) & given.ignored
    assert len([use for use in proposal.uses if use.absence]) == given.absences
    assert len(parse(written(proposal, given.file)).attributes) == len(proposal.uses)


def test_every_row_is_accepted(given: Given, tmp_path: Path) -> None:
    start(DATA / given.file, tmp_path, target=given.target)
    assert accepted(DATA / given.file, tmp_path) == given.rows
