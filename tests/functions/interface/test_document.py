"""The interface's document: all that is served and nothing else, and every answer as it says."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from jsonschema_rs import validator_for
from schemathesis.config import SchemathesisConfig

from churn_lib.customer.model import ATTRIBUTES
from churn_lib.score.scorecard import scorecard
from functions.app import ROUTES
from functions.interface import document
from functions.interface.examples import BATCH, CUSTOMER, LINES
from tests.conftest import EXAMPLE
from tests.serving import Served, serve

DOCUMENT = json.loads(document.DOCUMENT)

schemathesis.serializer.alias("application/x-ndjson", "text/plain")


def fuzzed(examples: int, *, coverage: bool = True) -> schemathesis.BaseSchema:
    """The operations that are served, with as many made-up requests for each; coverage: and with
    the edges of every field, which are found while tests are collected.
    """
    config = SchemathesisConfig.from_path(Path(__file__).parents[2] / "schemathesis.toml")
    config.projects.default.generation.update(max_examples=examples)
    config.projects.default.phases.coverage.enabled = coverage
    return schemathesis.openapi.from_dict(DOCUMENT, config=config)


# The parameter gives each operation an id of its own: without one, all have the same for pytest,
# and pytest-xdist runs one of them.
one_id_each = pytest.mark.parametrize("error", [500])


@one_id_each
@fuzzed(60).parametrize()
def test_every_answer_is_as_the_document_says(
    case: schemathesis.Case[Any], served: Served, error: int
) -> None:
    assert case.call_and_validate(base_url=served.url).status_code < error


@pytest.mark.soak
@one_id_each
@fuzzed(2000, coverage=False).parametrize()
def test_every_answer_of_thousands_is_as_the_document_says(
    case: schemathesis.Case[Any], served: Served, error: int
) -> None:
    assert case.call_and_validate(base_url=served.url).status_code < error


def operations() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        yield from ((method.upper(), path, operation) for method, operation in item.items())


def test_the_document_served_is_the_one_tested(client: httpx2.Client) -> None:
    response = client.get("/openapi.json")
    assert response.headers["content-type"] == "application/json"
    assert response.json() == DOCUMENT


def test_a_number_tells_between_which_ones_the_score_was_trained() -> None:
    properties = DOCUMENT["components"]["schemas"]["PredictRequest"]["properties"]
    ends = {name: said["x-trained"] for name, said in properties.items() if "x-trained" in said}
    assert ends == {name: [*pair] for name, pair in scorecard().trained.items()}


def test_the_document_alone_needs_fastapi() -> None:
    with serve({"PYTHONPROFILEIMPORTTIME": "1"}) as server:
        for path in ROUTES:
            if path != "/openapi.json" and "GET" in ROUTES[path]:
                url = server.url + path.replace("*", "version/main.js")
                assert httpx2.get(url, trust_env=False).status_code == 200
        before = server.printed()
        assert httpx2.get(f"{server.url}/openapi.json", trust_env=False).status_code == 200
        after = server.printed()
    assert " fastapi\n" not in before
    assert " fastapi\n" in after


def test_every_route_is_described_but_the_files_that_pages_load() -> None:
    described = {(method, path) for method, path, _ in operations()}
    calls = {(method, path) for path in ROUTES for method in ROUTES[path]}
    files = {("GET", path) for path in ROUTES if path.startswith(("/docs/", "/console/"))}
    assert calls - described == files
    assert described <= calls


def test_every_media_type_of_a_body_is_described_and_no_other() -> None:
    for method, path, operation in operations():
        described = {*operation.get("requestBody", {}).get("content", ())}
        assert described == ROUTES[path][method].media


def examples() -> Iterator[tuple[str, str, str, object]]:
    for method, path, operation in operations():
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            for example in content.get("examples", {}).values():
                yield method, path, media, example["value"]


@pytest.mark.parametrize(("method", "path", "media", "value"), list(examples()))
def test_every_example_is_answered_well(
    client: httpx2.Client, method: str, path: str, media: str, value: object
) -> None:
    response = client.request(
        method, path, content=json.dumps(value), headers={"content-type": media}
    )
    good = min(DOCUMENT["paths"][path][method.lower()]["responses"])
    assert response.status_code == int(good)


def test_the_customer_of_the_examples_is_that_of_the_readme() -> None:
    assert json.loads(EXAMPLE.read_text()) == CUSTOMER


def test_every_attribute_has_its_label_and_unit() -> None:
    properties = DOCUMENT["components"]["schemas"]["PredictRequest"]["properties"]
    for name, note in ATTRIBUTES.items():
        assert properties[name]["title"] == note.label
        assert note.unit in properties[name].get("description", "")


def test_a_form_learns_groups_units_what_codes_mean_and_what_is_not_used() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    properties = schemas["PredictRequest"]["properties"]
    senior = properties["SeniorCitizen"]
    assert senior["x-labels"] == {"0": "is not a senior", "1": "is a senior"}
    assert (properties["tenure"]["x-group"], properties["tenure"]["x-unit"]) == (
        "Contract",
        "months",
    )
    unused = {name for name, shape in properties.items() if shape.get("x-unused")}
    assert unused == {name for name, note in ATTRIBUTES.items() if note.protected}
    assert schemas["Answer"]["properties"]["risk"]["x-bounds"] == {"medium": 0.4, "high": 0.7}


def fields() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every field of every answer."""
    asked = {"PredictRequest", "Context", "Calls", "Mode", "Outcome"}
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field, shape in schema.get("properties", {}).items():
            if name not in asked:
                yield f"{name}.{field}", shape


def is_made_of_others(shape: Mapping[str, Any]) -> bool:
    """Whether its examples are those of other shapes."""
    return "#/components" in json.dumps(shape)


@pytest.mark.parametrize(("name", "shape"), list(fields()))
def test_every_field_of_an_answer_is_described_with_an_example(
    name: str, shape: Mapping[str, Any]
) -> None:
    assert shape.get("description"), name
    assert shape.get("examples") or is_made_of_others(shape), name


def test_the_examples_of_an_answer_are_of_its_shape() -> None:
    schemas = {"components": DOCUMENT["components"]}
    for name, shape in fields():
        validator = validator_for({**shape, **schemas})
        for value in shape.get("examples", ()):
            assert validator.is_valid(value), name


def test_the_bands_of_the_probability_are_told() -> None:
    risk = DOCUMENT["components"]["schemas"]["Answer"]["properties"]["risk"]
    assert risk["description"].startswith("medium from 0.4, high from 0.7")


def test_the_answer_shown_for_a_batch_is_the_answer_given(client: httpx2.Client) -> None:
    assert client.post("/predict/batch", json=BATCH).text == LINES
