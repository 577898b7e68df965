"""`GET /`: what there is here; a short page for a browser, JSON for everybody else."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

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

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
code, pre { font-family: ui-monospace, monospace; background: #f3f3f5; }
code, pre { border-radius: .25rem; padding: .1rem .3rem; }
pre { padding: 1rem; overflow-x: auto; white-space: pre-wrap; }
dt { margin-top: .75rem; }
"""
_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
SECURITY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""The page holds its own style and nothing else: no script, no picture, no form."""

HEADERS = {"Vary": "Accept", "Cache-Control": "max-age=300"}

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Churn function</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<h1>Churn function</h1>
<p>How likely a customer is to leave, why, which offer pays, and what to say.</p>
<dl>
{endpoints}
</dl>
<p>Try it with the example customer from the repository:</p>
<pre>curl -s {url}predict \\
  -H 'Content-Type: application/json' -d @tests/data/customer.json</pre>
</body>
</html>
"""


async def index(request: Request, _body: bytes) -> Response:
    """The list of endpoints in the form that the caller reads best."""
    if "text/html" not in request.headers.get("accept", ""):
        reply = json_reply({"endpoints": ENDPOINTS})
        reply.headers.update(HEADERS)
        return reply
    items = "\n".join(f"<dt>{_name(name)}</dt><dd>{text}</dd>" for name, text in ENDPOINTS.items())
    url = request.base_url
    # Behind a front end, which is what the browser speaks to.
    if request.headers.get("x-forwarded-proto") == "https":
        url = url.replace(scheme="https")
    page = PAGE.format(style=STYLE, endpoints=items, url=escape(str(url)))
    return HTMLResponse(page, headers={**HEADERS, "Content-Security-Policy": SECURITY})


def _name(endpoint: str) -> str:
    """What can be looked at is a link, relative to wherever the function is."""
    method, _, path = endpoint.partition(" ")
    name = f"<code>{endpoint}</code>"
    return f'<a href="{path[1:]}">{name}</a>' if method == "GET" else name
