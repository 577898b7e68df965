"""The routine that scores in SQL is the text of `churn sql`, cut for Terraform."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from churn_lib.customer.model import LEVELS
from churn_lib.customer.request import PredictRequest
from churn_lib.scale.request import ARGUMENTS
from tests.engines.conftest import googlesql as googlesql
from tests.infra.plan import Plan

if TYPE_CHECKING:
    from tests.engines.engine import Columns
    from tests.engines.googlesql import GoogleSQL

ASKED = """SELECT answer.churn_probability, answer.reason_1, answer.offer
FROM (SELECT (BODY) AS answer FROM given)"""


def native(plan: Plan) -> Mapping[str, Any]:
    found = plan.resources("google_bigquery_routine")
    (routine,) = [each.values for each in found if each.address.endswith(".score_native")]
    return routine


def test_its_arguments_are_the_attributes_that_the_score_asks_for(infra: Plan) -> None:
    arguments = native(infra)["arguments"]
    types = {one["name"]: json.loads(one["data_type"])["typeKind"] for one in arguments}
    assert [*types] == [f"in_{name}" for name in ARGUMENTS]
    assert {name for name in ARGUMENTS if types[f"in_{name}"] == "FLOAT64"} == {
        name for name in ARGUMENTS if name not in LEVELS
    }
    assert set(types.values()) == {"FLOAT64", "STRING"}


def test_its_body_answers_in_googlesql(
    infra: Plan, googlesql: "GoogleSQL", example: dict[str, object]
) -> None:
    customer = PredictRequest.model_validate(example).__dict__
    columns: Columns = {f"in_{name}": "text" if name in LEVELS else "number" for name in ARGUMENTS}
    sql = ASKED.replace("BODY", native(infra)["definition_body"])
    (row,) = googlesql.run(sql, "given", columns, [[customer[name] for name in ARGUMENTS]])
    assert row["churn_probability"] == pytest.approx(0.6516629763545101, abs=1e-9)
    assert row["reason_1"] == "has fibre internet"
    assert row["offer"]
