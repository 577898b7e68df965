"""The interface as OpenAPI 3.1, which FastAPI makes from a stub of each call.

Serving does without FastAPI: this module is imported by the first `GET /openapi.json`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Body, FastAPI
from fastapi.openapi.constants import REF_TEMPLATE
from fastapi.params import Header, Query
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import to_json
from starlette.responses import HTMLResponse, Response

from churn_lib import __version__
from churn_lib.answer import OfferMode
from churn_lib.customer.model import ABSENT, ATTRIBUTES, LEVELS, NO, WITHOUT
from churn_lib.customer.request import PredictRequest
from churn_lib.customer.schema import Attribute, Level
from churn_lib.errors import ArtifactError, SettingsError
from churn_lib.score.scorecard import scorecard
from churn_lib.settings import ScoreSettings, settings
from churn_lib.shape import Answer
from functions.batch import BatchMode
from functions.interface import schemas
from functions.interface.examples import BATCH, BY_SMS, CALLS, CUSTOMER, LINES, OUTCOME
from functions.outcomes import KEY, KEY_HEADER, Outcome
from functions.server.reply import NDJSON
from functions.slices import MOST_ROWS

PROBLEM = "application/problem+json"
ONE_CUSTOMER = "One customer: probability of leaving, reasons, the offer that pays, what to say"
UNAVAILABLE = "Too many requests are in flight, or something that the answer needs is missing."


class Lines(Response):
    media_type = NDJSON


def problem(text: str) -> dict[str, object]:
    """An answer that tells what is wrong."""
    schema = {"$ref": REF_TEMPLATE.format(model=schemas.Problem.__name__)}
    return {"description": text, "content": {PROBLEM: {"schema": schema}}}


AT_ANY_TIME: dict[int | str, dict[str, object]] = {503: problem(UNAVAILABLE)}
WITH_A_BODY: dict[int | str, dict[str, object]] = {
    400: problem("The body is not valid JSON, or the address has a parameter that is not known."),
    408: problem("The body took too long to arrive."),
    413: problem("The body is too large."),
    415: problem("The body is of another media type, or packed."),
    422: problem(
        "Some values are missing or not allowed, or a parameter is unknown or given twice: "
        "`errors` names each with what is allowed there."
    ),
    **AT_ANY_TIME,
}

decisions = APIRouter(tags=["decisions"], responses=WITH_A_BODY)
operation = APIRouter(tags=["operation"], responses=AT_ANY_TIME)
documents = APIRouter(tags=["documents"], responses=AT_ANY_TIME)


def optional(description: str) -> Query:
    """A parameter that may be left out. It has a factory because no value means the same."""
    return Query(default_factory=str, description=description)


Truth = Literal["true", "false"]
Prefer = Annotated[
    str,
    Header(
        alias="Prefer",
        default_factory=str,
        description="`wait=SECONDS` (RFC 7240): answer sooner than the function would, "
        "with a template if need be.",
    ),
]


@decisions.post("/", name="root", summary=ONE_CUSTOMER, response_model=Answer)
@decisions.post("/predict", summary=ONE_CUSTOMER, response_model=Answer)
def predict(
    customer: Annotated[
        PredictRequest,
        Body(openapi_examples={"customer": {"value": CUSTOMER}, "by_sms": {"value": BY_SMS}}),
    ],
    offer: Annotated[
        OfferMode, optional("Who writes the offer; left out, Gemini when it is configured.")
    ],
    explain: Annotated[Truth, optional("Whether `trace` shows what became of every offer.")],
    runner_up: Annotated[
        Truth, optional("Whether the offer comes with the next one that pays, in words too.")
    ],
    prefer: Prefer,
) -> None: ...


@decisions.post(
    "/predict/batch",
    summary="Many customers: one line for each in the same order, and a last one",
    response_class=Lines,
    responses={200: {"content": {NDJSON: {"example": LINES}}}},
    openapi_extra={"requestBody": {"content": {NDJSON: {"schema": {}}}}},
)
def batch(
    customers: Annotated[
        list[object],
        Body(
            max_length=MOST_ROWS,
            description="Each as the body of `/predict`.",
            openapi_examples={"customers": {"value": BATCH}},
        ),
    ],
    offer: Annotated[
        BatchMode,
        optional(
            "Who writes the offers; left out, none are made. `decide` tells which offer and its "
            "money, without words, and writes nothing to the decision log."
        ),
    ],
    reasons: Annotated[Truth, optional("Whether each score comes with its reasons.")],
    prefer: Prefer,
) -> None:
    """A customer that can't be scored answers in its place with its number as `row`, `line` where
    lines were sent, its `customerID` where that is one, `status` and `errors`; the last line is
    `{"done": true, "rows": N, "rejected": M}`. With reasons or offers, `outside_training` names the
    numbers that are beyond all that the score was trained on.
    """


@decisions.post(
    "/bigquery",
    summary="Remote function of BigQuery",
    response_model=schemas.Replies,
    responses={
        status: {"model": schemas.Refused, "description": told["description"]}
        for status, told in WITH_A_BODY.items()
        if status != 422
    },
)
def bigquery(
    calls: Annotated[schemas.Calls, Body(openapi_examples={"calls": {"value": CALLS}})],
) -> None:
    """`SELECT churn.score(TO_JSON(t)) FROM customers AS t`: the protocol is Google's. A row that
    can't be scored answers in its place with its `customerID` where that is one, and `errors`.
    """


@decisions.post(
    "/outcomes",
    summary="What became of a decision",
    status_code=202,
    response_model=schemas.OutcomeAnswer,
)
def outcomes(
    outcome: Annotated[Outcome, Body(openapi_examples={"outcome": {"value": OUTCOME}})],
    key: Annotated[
        str,
        Header(
            alias=KEY_HEADER,
            default_factory=str,
            pattern=KEY,
            description="Your own name for this message: repeated, it is recorded once.",
        ),
    ],
) -> None:
    """Written to the decision log. With the same `Idempotency-Key` and body, the answer is the same
    and nothing is written again; with another body, 422. An instance remembers 10,000 keys for a
    day.
    """


@operation.get("/health", summary="The model is there", response_model=schemas.Health)
def health() -> None: ...


@operation.get(
    "/ready",
    summary="This instance takes requests",
    response_model=schemas.Ready,
    responses={
        503: {**problem(f"{UNAVAILABLE} Or it is being stopped."), "model": schemas.Draining}
    },
)
def ready() -> None: ...


@documents.get(
    "/",
    summary="What there is here",
    response_model=schemas.Index,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
def index() -> None: ...


@documents.get("/openapi.json", summary="This document", response_model=dict[str, object])
def openapi() -> None: ...


@documents.get("/docs", summary="This document to read and to try", response_class=HTMLResponse)
def docs() -> None: ...


def _document() -> JsonSchemaValue:
    """What FastAPI makes of the stubs, and what it can't know."""
    app = FastAPI(
        title="Churn function",
        version=__version__,
        description="How likely a customer is to leave, why, which retention offer pays, "
        "and what to say.",
        servers=[{"url": ".", "description": "Where this document comes from."}],
        openapi_tags=[{"name": "decisions"}, {"name": "operation"}, {"name": "documents"}],
        generate_unique_id_function=lambda route: route.name,
    )
    for router in (decisions, operation, documents):
        app.include_router(router)
    written = app.openapi()
    models = written["components"]["schemas"]
    models |= _problems()
    _describe(models[PredictRequest.__name__])
    models[Answer.__name__]["properties"]["risk"]["x-bounds"] = _bounds()
    for schema in models.values():
        schema.setdefault("additionalProperties", False)
    return written


def _problems() -> dict[str, JsonSchemaValue]:
    """The shape that `problem` refers to; FastAPI takes one only with the answer's media type."""
    kinds: JsonSchemaValue
    _, kinds = TypeAdapter.json_schemas(
        [(schemas.Problem, "serialization", TypeAdapter(schemas.Problem))],
        ref_template=REF_TEMPLATE,
    )
    return dict(kinds["$defs"])


def _describe(request: JsonSchemaValue) -> None:
    """Adds what a form needs of each attribute, and which services agree with which."""
    for name, note in ATTRIBUTES.items():
        request["properties"][name] |= {"title": note.label, **_shown(note)}
    for name, ends in _trained().items():
        if name in ATTRIBUTES:
            request["properties"][name]["x-trained"] = [*ends]
    request["allOf"] = [_agreement(*pair) for pair in dict.fromkeys(ABSENT.values())]


def _shown(note: Attribute) -> JsonSchemaValue:
    """How people see an attribute: its group, its unit, what levels that are numbers mean, and
    whether the score does without it.
    """
    unit = {"description": f"In {note.unit}.", "x-unit": note.unit} if note.unit else {}
    coded = {str(level): note.phrases[level] for level in note.levels if isinstance(level, int)}
    more = {"x-group": note.group, "x-labels": coded, "x-unused": note.protected}
    return unit | {name: told for name, told in more.items() if told}


def _trained() -> Mapping[str, tuple[float, float]]:
    """Lowest and highest numbers of the training data, where a sensible curve begins and ends."""
    try:
        return scorecard().trained
    except ArtifactError:  # then nobody is scored
        return {}


def _bounds() -> JsonSchemaValue:
    """The probabilities from which a risk is called medium and high."""
    try:
        known = settings().score
    except SettingsError:  # then nobody is scored
        known = ScoreSettings()
    return {"medium": known.risk_medium_from, "high": known.risk_high_from}


def _agreement(parent: str, absent: Level) -> JsonSchemaValue:
    """What a service that needs another one may say, with that other one and without."""
    services = [name for name, needed in ABSENT.items() if needed == (parent, absent)]
    having: JsonSchemaValue = {
        parent: {"enum": [level for level in LEVELS[parent] if level != WITHOUT[parent]]}
    }
    without: JsonSchemaValue = {parent: {"const": WITHOUT[parent]}}
    for name in services:
        others = [level for level in LEVELS[name] if level != absent]
        having[name] = {"enum": others}
        without[name] = {"enum": [*([NO] if NO in others else []), absent]}
    return {"anyOf": [{"properties": having}, {"properties": without}]}


DOCUMENT = to_json(_document())
"""Made here, for a module is imported once even when two requests ask for it at the same time."""
