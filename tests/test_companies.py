"""A company brings its own table: every command and every call speaks of its columns."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis.config import SchemathesisConfig

from churn_lib.customer.schema import Schema
from churn_lib.customer.schema_file import load
from tests import companies
from tests.serving import ROOT, Served, clean_environment, serve, until

NEWEST = sys.version_info >= (3, 12)
REASON = "takes a minute, and is tried on a newer Python"
COMPANIES = (
    "iranian",
    pytest.param("ibm", marks=pytest.mark.skipif(not NEWEST, reason=REASON)),
    pytest.param("maven", marks=pytest.mark.skipif(not NEWEST, reason=REASON)),
)
CUSTOMERS = 800


class Company(NamedTuple):
    """What the commands made of a company's file."""

    file: Path
    folder: Path
    schema: Schema
    rows: list[companies.Row]
    told: dict[str, str]


def churn(*arguments: object, code: int = 0) -> str:
    """What a command prints, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "churn_lib", *map(str, arguments)],
        cwd=ROOT,
        env={**clean_environment(), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module", params=COMPANIES)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Company:
    place = tmp_path_factory.mktemp(request.param)
    known = load(companies.FILES / f"{request.param}.toml")
    rows = companies.made_up(known, CUSTOMERS, np.random.default_rng(7))
    file, folder = companies.write(known, rows, place / "customers.csv"), place / "own"
    target = known.target.column
    init = churn("init", file, "--target", target, "--folder", folder)
    lint = churn("schema", "lint", folder / "customer.toml")
    train = churn("train", file, "--folder", folder)
    told = {"init": init, "lint": lint, "train": train}
    return Company(file, folder, load(folder / "customer.toml"), rows, told)


@pytest.fixture(scope="module")
def server(company: Company) -> Iterator[Served]:
    log = company.folder / "decisions.ndjson"
    with serve({"CHURN_ARTIFACTS": str(company.folder), "DECISION_LOG": str(log)}) as found:
        yield found


def post(server: Served, path: str, content: object) -> httpx2.Response:
    return httpx2.post(f"{server.url}{path}", json=content, trust_env=False, timeout=30)


def sent(company: Company, row: companies.Row) -> dict[str, object]:
    """A customer as a caller would send it: under the names of the proposed schema, as far as it
    asks for them; the rest by heading.
    """
    by_heading = {
        one.column: row[name]
        for name, one in company.schema.attributes.items()
        if one.asked and name in row
    }
    known = load(companies.FILES / f"{company.file.parent.name.rstrip('0123456789')}.toml")
    headings = {one.column: row[name] for name, one in known.attributes.items() if name in row}
    wanted = [one.column for one in company.schema.attributes.values() if one.asked]
    return {heading: headings.get(heading, by_heading.get(heading)) for heading in wanted}


def test_every_row_of_the_file_is_scored(company: Company, server: Served) -> None:
    rows = [sent(company, row) for row in company.rows[:300]]
    lines = post(server, "/predict/batch", rows).text.splitlines()
    assert json.loads(lines[-1]) == {"done": True, "rows": 300, "rejected": 0}


def test_all_entrances_give_one_customer_the_same_probability(
    company: Company, server: Served, tmp_path: Path
) -> None:
    customer = sent(company, company.rows[0])
    alone = post(server, "/predict?offer=none", customer).json()["churn_probability"]
    line = post(server, "/predict/batch", [customer]).text.splitlines()[0]
    (reply,) = post(server, "/bigquery", {"calls": [[customer]]}).json()["replies"]
    file = tmp_path / "customer.json"
    file.write_text(json.dumps(customer))
    arguments = ("--json", file, "--offer", "none", "--output", "json", "--folder", company.folder)
    command = json.loads(churn("predict", *arguments))
    assert json.loads(line)["churn_probability"] == alone
    assert reply["churn_probability"] == alone
    assert command["churn_probability"] == alone


def test_every_attribute_is_an_option(company: Company) -> None:
    asked = [name for name, one in company.schema.attributes.items() if one.asked]
    shown = churn("predict", "--help", "--folder", company.folder)
    assert shown.count(": one of ") + shown.count(": a number") + shown.count(
        ": a whole number"
    ) + shown.count(": text, such as") >= len(asked)


def test_the_document_speaks_of_its_columns_and_its_example_is_answered(
    company: Company, server: Served
) -> None:
    document = httpx2.get(f"{server.url}/openapi.json", trust_env=False, timeout=30).json()
    properties = document["components"]["schemas"]["PredictRequest"]["properties"]
    asked = {name for name, one in company.schema.attributes.items() if one.asked}
    assert set(properties) == asked | {"customerID", "context"}
    body = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    answer = post(server, "/predict?offer=template", body["examples"]["customer"]["value"])
    assert answer.status_code == 200
    assert answer.json()["reasons"]


def test_an_offer_is_decided_and_logged_without_the_customer(
    company: Company, server: Served
) -> None:
    answers = [
        post(server, "/predict?offer=template", sent(company, row)).json()
        for row in company.rows[:40]
    ]
    assert any(answer["offer"]["id"] for answer in answers)
    decided = {answer["metadata"]["decision_id"] for answer in answers}
    log = company.folder / "decisions.ndjson"

    def logged() -> set[str]:
        return {json.loads(line)["decision_id"] for line in log.read_text().splitlines()}

    assert until(lambda: log.read_text().endswith("\n") and decided <= logged())


def test_a_wrong_value_is_refused_by_its_name(company: Company, server: Served) -> None:
    customer = sent(company, company.rows[0])
    for name, one in company.schema.attributes.items():
        if one.asked and one.required and not one.other:
            refused = post(server, "/predict", {**customer, one.column: "surely nothing of it"})
            assert refused.status_code == 422
            assert [fault["field"] for fault in refused.json()["errors"]] == [name]


def test_the_catalogue_is_sound(company: Company) -> None:
    assert churn("offers", "lint", company.folder / "offers.toml", "--folder", company.folder)


def test_made_up_requests_are_answered_as_the_document_says(server: Served) -> None:
    document = httpx2.get(f"{server.url}/openapi.json", trust_env=False, timeout=30).json()
    config = SchemathesisConfig.from_path(ROOT / "tests" / "schemathesis.toml")
    schema = schemathesis.openapi.from_dict(document, config=config)

    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(data=strategies.data())
    def all_answers_fit(data: strategies.DataObject) -> None:
        for path in ("/predict", "/predict/batch", "/bigquery"):
            case = data.draw(schema[path]["POST"].as_strategy())
            assert case.call_and_validate(base_url=server.url).status_code < 500

    all_answers_fit()
