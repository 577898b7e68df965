"""`GET /`: what there is here; a short page for a browser, JSON for everybody else."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from functions.reply import json_reply

ENDPOINTS = {
    "POST /predict": "one customer in; probability of leaving, reasons and the offer that pays",
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


POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The page has a style of its own and nothing else."""


async def index(request: Request, _body: bytes) -> Response:
    """The list of endpoints in the form that the caller reads best."""
    if "text/html" not in request.headers.get("accept", ""):
        return json_reply({"endpoints": ENDPOINTS})
    items = "\n".join(f"<dt><code>{name}</code></dt><dd>{text}</dd>" for name, text in ENDPOINTS.items())
    page = PAGE.format(endpoints=items, url=escape(str(request.base_url)))
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})
