"""`GET /`: the page for a browser; for everybody else what there is here, as JSON."""

from starlette.requests import Request
from starlette.responses import Response

from functions.console.files import page
from functions.server.reply import json_reply

ENDPOINTS = {
    "POST /predict": "one customer in; probability of leaving, reasons and the offer that pays",
    "POST /predict/batch": (
        "many customers in, as JSON array or NDJSON; a line of NDJSON for each out, in order"
    ),
    "POST /bigquery": (
        "a remote function of BigQuery: SELECT churn.score(TO_JSON(t)) FROM customers AS t"
    ),
    "POST /outcomes": "what became of a decision",
    "GET /docs": "all of this to read and to try",
    "GET /openapi.json": "the same for programs: OpenAPI 3.1",
    "GET /health": "whether the model is there, and which one",
    "GET /ready": "whether this instance takes requests",
}


async def index(request: Request, _body: bytes) -> Response:
    """The page for people in a browser, the list of calls for everybody else."""
    if "text/html" in request.headers.get("accept", ""):
        return await page(request)
    reply = json_reply({"endpoints": ENDPOINTS})
    reply.headers.update({"Vary": "Accept, Accept-Encoding", "Cache-Control": "max-age=300"})
    return reply
