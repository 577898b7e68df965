"""The function that is deployed is the one of this code: its settings, its entry point and its
signature in SQL.
"""

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from churn_lib.customer.model import ATTRIBUTES
from churn_lib.customer.request import PredictRequest
from churn_lib.secrets.stores import GOOGLE_NAME
from churn_lib.settings import THINKING, Settings, read_settings
from functions.server.limits import REQUEST_SECONDS
from functions.server.protocol import SEND_SECONDS
from tests.infra.plan import Plan
from tests.serving import ROOT, serve, until

BY_THE_PLATFORM = {"LOG_EXECUTION_ID"}
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


def environment(plan: Plan) -> Mapping[str, str]:
    """The variables that the deployed function gets."""
    service = plan.one("google_cloudfunctions2_function")["service_config"][0]
    found: Mapping[str, str] = service["environment_variables"]
    return found


def terraform(name: str) -> str:
    return (ROOT / "infra" / name).read_text()


def listed(name: str) -> set[str]:
    """The settings in a list of infra/function.tf."""
    found = re.search(rf"{name} = \[(.*?)\]", terraform("function.tf"), re.DOTALL)
    assert found
    return set(re.findall(r'"(\w+)"', found[1]))


def test_every_setting_has_one_place_in_the_deployment() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    rows = re.findall(r"^\| (Terraform|you|nobody)\b[^|]*\|(.*)\|$", page, re.MULTILINE)
    places = {who: re.findall(r"`(\w+)`", settings) for who, settings in rows}
    assert sorted(name for place in places.values() for name in place) == sorted(
        name.upper() for name in Settings.model_fields
    )
    assert set(places["Terraform"]) == listed("own_settings")
    assert set(places["nobody"]) == listed("local_settings")


def test_the_settings_of_terraform_are_those_that_it_sets() -> None:
    text = terraform("function.tf")
    named = set(re.findall(r"^ +([A-Z][A-Z_]+) += ", text, re.MULTILINE))
    assert named - BY_THE_PLATFORM == listed("own_settings")


def test_a_line_of_the_deployed_function_names_its_trace(
    infra: Plan, example: dict[str, object]
) -> None:
    headers = {"traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01"}
    with serve({**environment(infra), "K_SERVICE": "predict"}) as server:
        url = f"{server.url}/predict?offer=none"
        httpx2.post(url, json=example, headers=headers, trust_env=False).raise_for_status()
        named = f'"projects/example-project/traces/{TRACE_ID}"'
        assert until(lambda: named in server.printed())


def test_the_function_starts_with_the_variables_it_is_given(infra: Plan) -> None:
    variables = environment(infra)
    found = read_settings(variables)
    assert {name.upper() for name in found.model_fields_set} == set(variables) - BY_THE_PLATFORM
    assert GOOGLE_NAME.fullmatch(found.gemini_api_key_secret or "")


def test_the_defaults_are_those_of_the_code(infra: Plan) -> None:
    variables = environment(infra)
    assert variables["GEMINI_MODEL"] == Settings().gemini_model
    assert variables["GEMINI_THINKING"] == Settings().thinking
    assert variables["GEMINI_TEXTS"] == Settings().gemini_texts


def test_the_timeout_is_not_shorter_than_a_request_and_its_answer_may_take() -> None:
    least = re.search(r"timeout_seconds >= (\d+)", terraform("variables.tf"))
    assert least
    assert int(least[1]) >= REQUEST_SECONDS + SEND_SECONDS


def test_terraform_takes_the_thinking_levels_that_the_code_takes() -> None:
    table = re.search(
        r"^  thinking = \{\n(.*?)^  \}", terraform("variables_gemini.tf"), re.DOTALL | re.MULTILINE
    )
    assert table
    rows = re.findall(r'"(.+)" += \[(.+)\]', table[1])
    assert {model: set(re.findall(r"\w+", levels)) for model, levels in rows} == THINKING


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
    routines = remote(infra)
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
    routine = remote(infra)[mode]
    context = routine["remote_function_options"][0]["user_defined_context"]
    body = {"userDefinedContext": context, "calls": [[json.loads(asked_in_sql(infra))]]}
    reply = client.post("/bigquery", json=body).json()["replies"][0]
    answer = json.loads(reply) if isinstance(reply, str) else reply
    assert answer["churn_probability"] == pytest.approx(0.6516629763545101)
    assert told(routine["description"]) == {"churn_probability", "risk", "reasons", "offer"} & set(
        answer
    )


def remote(plan: Plan) -> Mapping[object, Mapping[str, Any]]:
    """The routines that call the function, by name."""
    found = plan.resources("google_bigquery_routine")
    return {each.key: each.values for each in found if each.address.endswith(".this")}


def told(description: str) -> set[str]:
    """What a description says that the answer holds, by the names of its fields."""
    names = re.findall(
        r"\b(probability|risk|reasons|offer)\b", description.partition(" of one ")[0]
    )
    return {name.replace("probability", "churn_probability") for name in names}


def test_no_way_is_recommended_that_is_not_there() -> None:
    files = [*(ROOT / "infra").rglob("*.tf"), *(ROOT / "infra").rglob("*.md")]
    assert [path.name for path in files if "native function" in path.read_text()] == []


def test_the_routines_call_the_path_that_answers_them() -> None:
    assert '"${local.url}/bigquery"' in terraform("bigquery.tf")
