"""The interface as OpenAPI 3.1: every route of `functions.app.ROUTES`. Imported by the first `GET
/openapi.json`.
"""

from collections.abc import Mapping, Sequence
from typing import get_args

from openapi_pydantic import OpenAPI
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, JsonSchemaValue, models_json_schema

from churn_lib import __version__
from churn_lib.answer import OfferMode
from churn_lib.customer.model import ABSENT, ATTRIBUTES, LEVELS
from churn_lib.customer.request import PredictRequest
from functions.interface.examples import BATCH, BY_SMS, CALLS, CUSTOMER, OUTCOME
from functions.interface.schemas import (
    Answer,
    AsObjects,
    Draining,
    Health,
    Index,
    OutcomeAnswer,
    Problem,
    Ready,
)
from functions.outcomes import KEY, KEY_HEADER, Outcome

Json = dict[str, object]
Form = type[BaseModel] | Mapping[str, object]

MODELS = (PredictRequest, Outcome, Answer, OutcomeAnswer, Health, Ready, Draining, Index, Problem)
PREFIX = "#/components/schemas/"

JSON, NDJSON, PROBLEM, HTML = (
    "application/json",
    "application/x-ndjson",
    "application/problem+json",
    "text/html",
)
TEXT: Mapping[str, object] = {"type": "string"}
ANYTHING: Mapping[str, object] = {}
ANY_OBJECT: Mapping[str, object] = {"type": "object"}
TRUTH = ("true", "false")
PREFER: Mapping[str, object] = {
    "name": "Prefer",
    "in": "header",
    "description": (
        "`wait=SECONDS` (RFC 7240): answer sooner than the function "
        "would, with a template if need be."
    ),
    "schema": {"type": "string"},
}

FAULTS: Mapping[int, str] = {
    400: "The body is not valid JSON.",
    408: "The body took too long to arrive.",
    413: "The body is too large.",
    415: "The body is of another media type, or packed.",
    422: "Some values are missing or not allowed: `errors` names each with what is allowed there.",
    503: "Too many requests are in flight, or something that the answer needs is missing.",
}
"""What a call with a body may be answered besides; one without a body has only the last."""


def document() -> OpenAPI:
    """The whole document."""
    return OpenAPI.model_validate(
        {
            "openapi": "3.1.1",
            "info": {
                "title": "Churn function",
                "version": __version__,
                "description": (
                    "How likely a customer is to leave, why, which retention "
                    "offer pays, and what to say."
                ),
            },
            "servers": [{"url": ".", "description": "Where this document comes from."}],
            "tags": [{"name": "decisions"}, {"name": "operation"}, {"name": "documents"}],
            "paths": paths(),
            "components": {"schemas": schemas()},
        }
    )


def schemas() -> dict[str, JsonSchemaValue]:
    """Every model by name, and each attribute of a customer with its label and unit."""
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "validation") for model in MODELS
    ]
    _, written = models_json_schema(
        modes, ref_template=PREFIX + "{model}", schema_generator=AsObjects
    )
    models: dict[str, JsonSchemaValue] = written["$defs"]
    request = models[PredictRequest.__name__]
    for name, note in ATTRIBUTES.items():
        words = {"title": note.label, **({"description": f"In {note.unit}."} if note.unit else {})}
        request["properties"][name] |= words
    request["allOf"] = [_agreement(*pair) for pair in dict.fromkeys(ABSENT.values())]
    return models


def _agreement(parent: str, absent: str) -> Json:
    """What a service that needs another one may say, with that other one and without."""
    services = [name for name, needed in ABSENT.items() if needed == (parent, absent)]
    having: Json = {parent: {"enum": [level for level in LEVELS[parent] if level != "No"]}}
    without: Json = {parent: {"const": "No"}}
    for name in services:
        having[name], without[name] = {"enum": ["Yes", "No"]}, {"enum": ["No", absent]}
    return {"anyOf": [{"properties": having}, {"properties": without}]}


def paths() -> dict[str, dict[str, Json]]:
    """Every operation, by path and method."""
    return {
        "/": {
            "get": _document("index", "What there is here", {HTML: TEXT, JSON: Index}),
            "post": _predict("root"),
        },
        "/predict": {"post": _predict("predict")},
        "/predict/batch": {"post": _batch()},
        "/bigquery": {"post": _bigquery()},
        "/outcomes": {"post": _outcomes()},
        "/health": {"get": _operation("operation", "health", "The model is there", {JSON: Health})},
        "/ready": {"get": _ready()},
        "/openapi.json": {"get": _document("openapi", "This document", {JSON: ANY_OBJECT})},
        "/docs": {"get": _document("docs", "This document to read and to try", {HTML: TEXT})},
        "/docs/init.js": {"get": _document("init", "Starts that page", {"text/javascript": TEXT})},
        "/docs/swagger-ui-bundle.js": {
            "get": _document("script", "Swagger UI", {"text/javascript": TEXT})
        },
        "/docs/swagger-ui.css": {
            "get": _document("style", "How Swagger UI looks", {"text/css": TEXT})
        },
    }


def _predict(name: str) -> Json:
    return _operation(
        "decisions",
        name,
        "One customer: probability of leaving, reasons, the offer that pays, what to say",
        {JSON: Answer},
        parameters=[
            _choice(
                "offer",
                get_args(OfferMode),
                "Who writes the offer; left out, Gemini when it is configured.",
            ),
            _choice("explain", TRUTH, "Whether `trace` shows what became of every offer."),
            PREFER,
        ],
        body=_body({JSON: PredictRequest}, customer=CUSTOMER, by_sms=BY_SMS),
    )


def _batch() -> Json:
    rows = {"type": "array", "maxItems": 5000, "description": "Each as the body of `/predict`."}
    return _operation(
        "decisions",
        "batch",
        "Many customers: one line for each in the same order, and a last one",
        {NDJSON: TEXT},
        description="A customer that can't be scored answers in its place with "
        "`row`, `status` and `errors`; the last "
        'line is `{"done": true, "rows": N, "rejected": M}`.',
        parameters=[
            _choice(
                "offer", get_args(OfferMode), "Who writes the offers; left out, none are made."
            ),
            _choice("reasons", TRUTH, "Whether each score comes with its reasons."),
            PREFER,
        ],
        body=_body({JSON: rows, NDJSON: ANYTHING}, customers=BATCH),
    )


def _bigquery() -> Json:
    envelope = {
        "type": "object",
        "required": ["calls"],
        "properties": {
            "calls": {
                "type": "array",
                "maxItems": 5000,
                "items": {"type": "array", "minItems": 1, "maxItems": 1},
            },
            "userDefinedContext": {
                "type": ["object", "null"],
                "properties": {"mode": {"enum": ["score", "offer"]}},
                "additionalProperties": False,
            },
        },
    }
    replies = {
        "type": "object",
        "required": ["replies"],
        "properties": {"replies": {"type": "array"}},
    }
    message = {"type": "object", "required": ["errorMessage"], "properties": {"errorMessage": TEXT}}
    refused: Json = {
        "description": "A batch that will never be accepted.",
        "content": _content({JSON: message}),
    }
    return _operation(
        "decisions",
        "bigquery",
        "Remote function of BigQuery",
        {JSON: replies},
        description="`SELECT churn.score(TO_JSON(t)) FROM customers AS t`: the "
        "protocol is Google's. A row that can't "
        "be scored answers with `errors` in its place.",
        body=_body({JSON: envelope}, calls=CALLS),
        refused={"400": refused},
    )


def _outcomes() -> Json:
    key: Json = {"name": KEY_HEADER, "in": "header", "schema": {"type": "string", "pattern": KEY}}
    key["description"] = "Your own name for this message: repeated, it is recorded once."
    return _operation(
        "decisions",
        "outcomes",
        "What became of a decision",
        {JSON: OutcomeAnswer},
        status=202,
        description=f"Written to the decision log. With the same `{KEY_HEADER}` "
        "and body, the answer is the same and "
        "nothing is written again; with another body, 422. An instance "
        "remembers 10,000 keys for a day.",
        parameters=[key],
        body=_body({JSON: Outcome}, outcome=OUTCOME),
    )


def _ready() -> Json:
    refused: Json = {"description": f"{FAULTS[503]} Or it is being stopped."}
    refused["content"] = _content({JSON: Draining, PROBLEM: Problem})
    return _operation(
        "operation",
        "ready",
        "This instance takes requests",
        {JSON: Ready},
        refused={"503": refused},
    )


def _document(name: str, summary: str, content: Mapping[str, Form]) -> Json:
    return _operation("documents", name, summary, content)


def _operation(
    tag: str,
    name: str,
    summary: str,
    content: Mapping[str, Form],
    *,
    status: int = 200,
    body: Json | None = None,
    refused: Mapping[str, Json] | None = None,
    **more: object,
) -> Json:
    """One operation: its good answer, and the problems that may take its place. refused: those that
    look otherwise.
    """
    good = {"description": summary + ".", "content": _content(content)}
    faults = {str(fault): _problem(text) for fault, text in FAULTS.items() if body or fault == 503}
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "responses": {str(status): good, **faults, **(refused or {})},
        **({"requestBody": body} if body else {}),
        **more,
    }


def _problem(text: str) -> Json:
    return {"description": text, "content": _content({PROBLEM: Problem})}


def _body(content: Mapping[str, Form], **examples: object) -> Json:
    """A body that must be there; the examples belong to its first media type."""
    described = _content(content)
    first = next(iter(described))
    described[first] |= {"examples": {name: {"value": value} for name, value in examples.items()}}
    return {"required": True, "content": described}


def _content(content: Mapping[str, Form]) -> dict[str, Json]:
    return {media: {"schema": _schema(form)} for media, form in content.items()}


def _schema(form: Form) -> Mapping[str, object]:
    return {"$ref": PREFIX + form.__name__} if isinstance(form, type) else form


def _choice(name: str, options: Sequence[str], description: str) -> Json:
    schema = {"type": "string", "enum": list(options)}
    return {"name": name, "in": "query", "description": description, "schema": schema}
