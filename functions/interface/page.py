"""`GET /docs`: Swagger UI over `/openapi.json`, from the files of a package; nothing is asked of
any other address.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

SECURITY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI draws its icons from `data:` addresses; all else comes from here."""

HEADERS = {"Content-Security-Policy": SECURITY}
CACHED = {**HEADERS, "Cache-Control": "max-age=3600"}

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Churn function: interface</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/init.js"></script>
</body>
</html>
"""

START = (
    'SwaggerUIBundle({url: "openapi.json", dom_id: "#swagger-ui", '
    "tryItOutEnabled: true, validatorUrl: null});\n"
)


async def docs(_request: Request, _body: bytes) -> Response:
    """The page.

    Its addresses are relative: it also works where the function is not at the root of a host.
    """
    return HTMLResponse(PAGE, headers=CACHED)


async def init(_request: Request, _body: bytes) -> Response:
    """The only script that is ours, a file of its own because the policy allows no other."""
    return Response(START, headers=CACHED, media_type="text/javascript")


async def script(_request: Request, _body: bytes) -> Response:
    """Swagger UI itself."""
    return FileResponse(
        _folder() / "swagger-ui-bundle.js", headers=CACHED, media_type="text/javascript"
    )


async def style(_request: Request, _body: bytes) -> Response:
    """How Swagger UI looks."""
    return FileResponse(_folder() / "swagger-ui.css", headers=CACHED, media_type="text/css")


@cache
def _folder() -> Path:
    """Where the package keeps the files; it is not imported."""
    package = find_spec("fastapi_offline")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("fastapi-offline is not installed")
    return Path(package.origin).parent / "static"
