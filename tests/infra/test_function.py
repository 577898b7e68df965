"""The function that is deployed is the one of this code: its settings, its entry point and its
signature in SQL.
"""

import json
import re
import shlex

import httpx2
import pytest

from churn_lib.customer.model import ATTRIBUTES
from churn_lib.customer.request import PredictRequest
from churn_lib.gemini.secret_stores import GOOGLE_NAME
from churn_lib.settings import Settings, read_settings
from tests.infra.plan import Plan
from tests.serving import ROOT

BY_THE_PLATFORM = {"LOG_EXECUTION_ID"}


def test_the_function_starts_with_the_variables_it_is_given(infra: Plan) -> None:
    variables = infra.one("google_cloudfunctions2_function")["service_config"][0][
        "environment_variables"
    ]
    found = read_settings(variables)
    assert {name.upper() for name in found.model_fields_set} == set(variables) - BY_THE_PLATFORM
    assert GOOGLE_NAME.fullmatch(found.gemini_api_key_secret or "")


def test_the_defaults_are_those_of_the_code(infra: Plan) -> None:
    variables = infra.one("google_cloudfunctions2_function")["service_config"][0][
        "environment_variables"
    ]
    assert variables["GEMINI_MODEL"] == Settings().gemini_model
    assert variables["GEMINI_THINKING"] == Settings().thinking


def test_every_variable_that_may_be_given_is_a_setting() -> None:
    named = set(
        re.findall(
            r"^ +([A-Z][A-Z_]+) += ", (ROOT / "infra" / "function.tf").read_text(), re.MULTILINE
        )
    )
    assert {"GEMINI_VERTEX_PROJECT", "GEMINI_API_KEY_SECRET"} <= named
    assert named - BY_THE_PLATFORM <= {name.upper() for name in Settings.model_fields}


def test_the_entry_point_is_there(infra: Plan) -> None:
    build = infra.one("google_cloudfunctions2_function")["build_config"][0]
    assert f"async def {build['entry_point']}(" in (ROOT / "main.py").read_text()
    assert (
        f"ARG BASE=python:{build['runtime'].replace('python3', '3.')}-slim"
        in (ROOT / "Dockerfile").read_text()
    )


def test_the_example_in_sql_holds_the_attributes_and_no_other(infra: Plan) -> None:
    customer = asked_in_sql(infra)
    assert set(json.loads(customer)) == set(ATTRIBUTES)
    assert PredictRequest.model_validate_json(customer)


def asked_in_sql(plan: Plan) -> str:
    """The customer of the output `bq_query`, as a shell would hand it over."""
    query = shlex.split(plan.output("bq_query"))[-1]
    found = re.fullmatch(r"SELECT churn\.score\(JSON '(.+)'\)", query)
    assert found
    return found[1]


def test_a_routine_takes_one_customer_and_returns_one_answer(infra: Plan) -> None:
    routines = {each.key: each.values for each in infra.resources("google_bigquery_routine")}
    assert set(routines) == {"score", "offer"}
    for name, routine in routines.items():
        (argument,) = routine["arguments"]
        assert (
            json.loads(argument["data_type"])
            == json.loads(routine["return_type"])
            == {"typeKind": "JSON"}
        )
        assert routine["remote_function_options"][0]["user_defined_context"] == {"mode": name}


@pytest.mark.parametrize("mode", ["score", "offer"])
def test_the_function_answers_what_the_routines_ask(
    infra: Plan, client: httpx2.Client, mode: str
) -> None:
    routine = next(
        each for each in infra.resources("google_bigquery_routine") if each.key == mode
    ).values
    context = routine["remote_function_options"][0]["user_defined_context"]
    body = {"userDefinedContext": context, "calls": [[json.loads(asked_in_sql(infra))]]}
    reply = client.post("/bigquery", json=body).json()["replies"][0]
    answer = json.loads(reply) if isinstance(reply, str) else reply
    assert answer["churn_probability"] == pytest.approx(0.6516629763545101)


def test_the_routines_call_the_path_that_answers_them() -> None:
    assert '"${local.url}/bigquery"' in (ROOT / "infra" / "bigquery.tf").read_text()
