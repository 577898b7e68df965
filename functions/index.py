"""`GET /`: what there is here; a short page for a browser, JSON for everybody else."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from functions.reply import json_reply

ENDPOINTS = {
    "POST /predict": "one customer in; probability of leaving, reasons and the offer that pays",
    "POST /predict/batch": "many customers in, as JSON array or NDJSON; a line of NDJSON for each out, in order",
    "POST /bigquery": "a remote function of BigQuery: SELECT churn.score(TO_JSON(t)) FROM customers AS t",
    "GET /health": "whether the model is there, and which one",
}

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Churn function</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }}
code, pre {{ font-family: ui-monospace, monospace; background: #f3f3f5; border-radius: .25rem; padding: .1rem .3rem; }}
pre {{ padding: 1rem; overflow-x: auto; white-space: pre-wrap; }}
dt {{ margin-top: .75rem; }}
</style>
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
        return json_reply({"endpoints": ENDPOINTS})
    items = "\n".join(f"<dt><code>{name}</code></dt><dd>{text}</dd>" for name, text in ENDPOINTS.items())
    return HTMLResponse(PAGE.format(endpoints=items, url=escape(str(request.base_url))))
