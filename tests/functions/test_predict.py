"""`POST /predict` on a real server."""

import json
import math

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_lib.customer.contact import Context
from churn_lib.customer.model import ABSENT, RANGES, Customer
from churn_lib.customer.request import PredictRequest
from churn_lib.score.scorecard import scorecard
from tests.customers import Row, customers

JSON = {"Content-Type": "application/json"}
SHARED_CLIENT = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_the_example_customer_gets_probability_reasons_offer_and_metadata(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    answer = client.post("/predict", json=example).json()
    assert set(answer) == {
        "churn_probability",
        "risk",
        "average_probability",
        "other_effects",
        "reasons",
        "marketing_offer",
        "offer",
        "metadata",
    }
    assert answer["offer"]["written_by"] == "template"
    assert answer["offer"]["message"] in answer["marketing_offer"]
    assert answer["metadata"]["model_version"] == scorecard().version
    assert answer["metadata"]["latency_ms"] >= 0


def test_the_root_answers_like_predict(client: httpx2.Client, example: dict[str, object]) -> None:
    paths = ("/", "/predict")
    probabilities = {client.post(path, json=example).json()["churn_probability"] for path in paths}
    assert len(probabilities) == 1


def test_without_an_offer_the_keys_stay_and_say_why(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    answer = client.post("/predict?offer=none", json=example).json()
    assert answer["offer"] == {
        "id": None,
        "why": "No offer was asked for.",
        "eligible": [],
        "not_checked": [],
        "trace": [],
    }
    assert answer["marketing_offer"] == ""


def test_gemini_without_a_key_is_a_template_that_says_so(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    offer = client.post("/predict?offer=gemini", json=example).json()["offer"]
    assert (offer["written_by"], offer["fallback_reason"]) == ("template", "no_key")


def test_a_template_that_was_asked_for_is_no_fallback(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    offer = client.post("/predict?offer=template", json=example).json()["offer"]
    assert (offer["written_by"], offer["fallback_reason"]) == ("template", None)


def test_the_trace_is_shown_when_asked_for(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    short = client.post("/predict", json=example).json()["offer"]
    full = client.post("/predict?explain=true", json=example).json()["offer"]
    assert short["trace"] == []
    assert [one["offer"] for one in full["trace"] if one["outcome"] == "chosen"] == [full["id"]]
    assert all(next(iter(one)) == "offer" for one in full["trace"])
    assert all(
        {"value", "cost", "contact_cost", "acceptance"} <= set(one["economics"])
        for one in full["trace"]
    )


def test_the_callers_own_identifier_comes_back(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    answer = client.post("/predict?offer=none", json={**example, "customerID": "7590-VHVEG"}).json()
    assert answer["customerID"] == "7590-VHVEG"


def test_the_trace_and_the_eligible_offers_agree(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    offer = client.post("/predict?explain=true", json=example).json()["offer"]
    allowed = [one for one in offer["trace"] if one["outcome"] != "vetoed"]
    allowed.sort(key=lambda one: -one["economics"]["expected_value"])
    assert [one["id"] for one in offer["eligible"]] == [one["offer"] for one in allowed]
    assert offer["id"] == offer["eligible"][0]["id"]


def test_after_a_no_the_next_offer_is_that_which_was_told(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    first = client.post("/predict?runner_up=true", json=example).json()["offer"]
    context = {"exclude": [first["id"]]}
    second = client.post("/predict", json={**example, "context": context}).json()
    assert first["runner_up"]["id"] == second["offer"]["id"]
    assert first["runner_up"]["marketing_offer"] == second["marketing_offer"]


def test_what_was_not_checked_is_told_with_a_question_with_an_offer_and_without(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    question = {
        "field": "open_complaint",
        "question": "Does the customer have an open complaint?",
    }
    for consent in (True, False):
        asked = {**example, "context": {"consent": consent}}
        assert question in client.post("/predict", json=asked).json()["offer"]["not_checked"]


def test_who_calls_us_is_answered_without_consent(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    context = {"consent": False, "direction": "inbound", "channel": "call"}
    offer = client.post("/predict", json={**example, "context": context}).json()["offer"]
    assert (offer["id"], offer["economics"]["contact_cost"]) == ("annual-plan", 0)


@pytest.mark.parametrize("exclude", [["No Id"], ["a"] * 51, [7], "A b", {"a": 1}])
def test_what_is_no_list_of_ids_is_refused(
    client: httpx2.Client, example: dict[str, object], exclude: object
) -> None:
    response = client.post("/predict", json={**example, "context": {"exclude": exclude}})
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {
            "field": "context.exclude",
            "message": "must be ids of offers that are not to be made again, 50 at most",
        }
    ]


def test_language_and_channel_choose_the_words(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    english = client.post("/predict", json=example).json()["marketing_offer"]
    context = {"language": "de", "channel": "sms"}
    german = client.post("/predict", json={**example, "context": context}).json()["marketing_offer"]
    assert german
    assert german != english


@SHARED_CLIENT
@given(row=customers())
def test_any_valid_customer_gets_a_probability_and_the_reasons_of_the_scorecard(
    client: httpx2.Client, row: Row
) -> None:
    response = client.post("/predict?offer=none", json=row)
    probability = response.json()["churn_probability"]
    assert response.status_code == 200
    assert math.isclose(
        probability,
        scorecard().score(Customer.model_validate(row)).probability,
        rel_tol=1e-12,
    )


@SHARED_CLIENT
@given(
    body=st.binary(max_size=200)
    | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_bytes_that_are_no_customer_are_refused_and_never_crash(
    client: httpx2.Client, body: bytes
) -> None:
    response = client.post("/predict", content=body, headers=JSON)
    assert response.status_code in {400, 422}
    assert response.headers["content-type"] == "application/problem+json"


def test_each_wrong_field_is_named_with_what_is_allowed(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    body = {**example, "Contract": "canary-4711", "tenure": -1}
    del body["gender"]
    response = client.post("/predict", json=body)
    errors = {error["field"]: error["message"] for error in response.json()["errors"]}
    assert response.status_code == 422
    assert errors == {
        "gender": "is required: one of 'Female', 'Male'",
        "tenure": "must be a whole number from 0 to 1200 (months)",
        "Contract": "must be one of 'Month-to-month', 'One year', 'Two year'",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"canary4711@example.org": "x"},
        {"gender": "canary4711"},
        {"customerID": "canary4711\n"},
        {"context": {"channel": "canary4711"}},
        {"context": {"canary4711@example.org": True}},
        {"TotalCharges": "canary4711"},
    ],
)
def test_nothing_that_was_sent_is_repeated(
    client: httpx2.Client, example: dict[str, object], change: dict[str, object]
) -> None:
    response = client.post("/predict", json={**example, **change})
    assert response.status_code == 422
    assert "canary4711" not in response.text


def test_an_unknown_field_is_named_and_a_value_never(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    row = {**example, "Churn": "canary4711", "MonthlyCharge": "canary4711"}
    response = client.post("/predict", json=row)
    assert response.json()["errors"] == [
        {"field": "Churn", "message": "is not allowed"},
        {"field": "MonthlyCharge", "message": "did you mean MonthlyCharges?"},
    ]
    assert "canary4711" not in response.text


@pytest.mark.parametrize("total", [" 1078.8", " ", "", None, "NaN"])
def test_the_published_total_as_programs_write_it_gets_the_same_number(
    client: httpx2.Client, example: dict[str, object], total: object
) -> None:
    plain, sent = (
        client.post("/predict?offer=none", json=row).json()["churn_probability"]
        for row in (example, {**example, "TotalCharges": total})
    )
    assert plain == pytest.approx(sent, abs=1e-12)


def test_a_choice_that_does_not_exist_names_the_ones_that_do(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    response = client.post("/predict?offer=canary4711", json=example)
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"field": "offer", "message": "must be one of none, template, gemini"}
    ]


def test_what_is_not_json_is_told_apart_from_wrong_values(client: httpx2.Client) -> None:
    bodies = (b"", b"{", b"\xff{}", b"{}{}", b"[]")
    statuses = [client.post("/predict", content=body, headers=JSON).status_code for body in bodies]
    assert statuses == [400, 400, 400, 400, 422]


def test_the_request_is_the_customer_plus_two_fields() -> None:
    assert set(PredictRequest.model_fields) - set(Customer.model_fields) == {
        "customerID",
        "context",
    }
    context = PredictRequest.model_fields["context"]
    assert context.get_default(call_default_factory=True) == Context()


UNKNOWN = [
    ("/predict?ofer=none", "ofer", "is no parameter here: did you mean offer?"),
    ("/predict?OFFER=none", "OFFER", "is no parameter here: did you mean offer?"),
    ("/predict?offer[]=none", "offer[]", "is no parameter here: did you mean offer?"),
    ("/predict?offer%00=none", "offer\x00", "is no parameter here: did you mean offer?"),
    ("/?explian=true", "explian", "is no parameter here: did you mean explain?"),
    ("/predict?%20offer=none", " offer", "is no parameter here: did you mean offer?"),
    (
        "/predict?reasons=true",
        "reasons",
        "is no parameter here: there is offer and explain and runner_up",
    ),
    ("/predict?=none", "(query)", "is no parameter here: there is offer and explain and runner_up"),
    ("/predict/batch?reason=true", "reason", "is no parameter here: did you mean reasons?"),
    ("/predict/batch?explain=true", "explain", "is no parameter here: there is offer and reasons"),
    ("/outcomes?offer=none", "offer", "is no parameter here: there is none"),
    (
        f"/predict?{'x' * 1000}=1",
        "x" * 40,
        "is no parameter here: there is offer and explain and runner_up",
    ),
    ("/predict?offer=none&offer=gemini", "offer", "must be given once"),
    ("/?explain=true&offer=none&explain=true", "explain", "must be given once"),
    ("/predict/batch?offer=none&offer=none", "offer", "must be given once"),
    (f"/predict?{'&' * 100}offer=none", "(query)", "must hold at most 20 parameters"),
]


@pytest.mark.parametrize(("address", "field", "message"), UNKNOWN)
def test_a_parameter_that_would_not_count_is_named(
    client: httpx2.Client, example: dict[str, object], address: str, field: str, message: str
) -> None:
    response = client.post(address, json=example)
    assert response.status_code == 400
    assert response.json()["errors"] == [{"field": field, "message": message}]


def test_a_remote_function_with_a_parameter_is_refused_in_its_own_protocol(
    client: httpx2.Client,
) -> None:
    response = client.post("/bigquery?offer=template", json={"calls": []})
    assert response.status_code == 400
    assert response.json() == {"errorMessage": "offer: is no parameter here: there is none"}


@pytest.mark.parametrize("path", ["/", "/health", "/ready", "/docs", "/openapi.json"])
def test_where_nothing_can_be_chosen_a_query_changes_nothing(
    client: httpx2.Client, path: str
) -> None:
    assert client.get(f"{path}?utm_source=mail&offer=none").status_code == 200


@pytest.mark.parametrize(
    ("change", "outside"),
    [
        ({"MonthlyCharges": 10_000.0}, ["MonthlyCharges"]),
        ({"MonthlyCharges": 0}, ["MonthlyCharges"]),
        ({"tenure": 1200}, ["tenure"]),
        ({"tenure": 73, "MonthlyCharges": 1, "TotalCharges": 9e6}, [*RANGES]),
        ({"tenure": 60, "MonthlyCharges": 900, "TotalCharges": None}, [*RANGES][1:]),
    ],
)
def test_numbers_beyond_the_training_data_are_answered_and_marked(
    client: httpx2.Client, example: dict[str, object], change: dict[str, object], outside: list[str]
) -> None:
    row = {**example, **change}
    answer = client.post("/predict", json=row).json()
    lines = [
        json.loads(client.post(f"/predict/batch?{query}", json=[row]).text.splitlines()[0])
        for query in ("reasons=true", "offer=template")
    ]
    assert [found["outside_training"] for found in (answer, *lines)] == [outside] * 3


@pytest.mark.parametrize(
    "change", [{}, {"tenure": 0, "TotalCharges": 0}, {"tenure": 72, "MonthlyCharges": 118.75}]
)
def test_where_nothing_is_beyond_the_training_data_there_is_no_mark(
    client: httpx2.Client, example: dict[str, object], change: dict[str, object]
) -> None:
    row = {**example, **change}
    assert "outside_training" not in client.post("/predict?offer=none", json=row).json()


def test_of_a_customer_without_a_bill_no_sum_is_told(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    quiet = {"Contract": "Two year", "PaymentMethod": "Mailed check", "PaperlessBilling": "No"}
    without_internet = {"InternetService": "No", **dict.fromkeys(ABSENT, "No")}
    row = {**example, **quiet, **without_internet, "tenure": 0, "TotalCharges": None}
    reasons = client.post("/predict?offer=none", json=row).json()["reasons"]
    texts = {reason["feature"]: reason["text"] for reason in reasons}
    assert texts["TotalCharges"] == "has not been billed yet"
    assert not [text for text in texts.values() if "little" in text or "0.00" in text]


@pytest.mark.parametrize(
    ("path", "form", "media"),
    [
        ("/predict", "{}", "application/json"),
        ("/predict/batch", "[{}]", "application/json"),
        ("/predict/batch", "{}", "application/x-ndjson"),
        ("/bigquery", '{{"calls": [[{}]]}}', "application/json"),
    ],
)
def test_the_mark_that_editors_put_before_a_text_is_no_part_of_it(
    client: httpx2.Client, example: dict[str, object], path: str, form: str, media: str
) -> None:
    body = form.format(json.dumps(example)).encode("utf-8-sig")
    response = client.post(path, content=body, headers={"Content-Type": media})
    assert (response.status_code, b"churn_probability" in response.content) == (200, True)
