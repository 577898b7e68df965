"""The page at `GET /` and its files below `/console/`, all read by the first request for one."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from churn_lib.errors import RouteError
from functions.server.packed import Packed

FOLDER = Path(__file__).parent
PAGE = "index.html"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Only files of this function, and no way from a text to markup or to code."""

ANEW = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
FOREVER = {"Cache-Control": "max-age=31536000, immutable"}


FOR_READERS = re.compile(rb"^ *(//[^\n]*|/\*\*.*?\*/)\n|^ +", re.DOTALL | re.MULTILINE)
"""Comments on lines of their own, and what lines begin with: a sixth of all bytes."""


class _Files(NamedTuple):
    """version: the digest of all files, and part of their addresses. files: by name."""

    version: str
    page: Packed
    files: Mapping[str, Packed]


async def page(request: Request) -> Response:
    """The page; asked for again it is looked at anew, since it names the version of its files."""
    return (await _files()).page.reply(request)


async def file(request: Request, _body: bytes) -> Response:
    """`/console/VERSION/NAME`. Of another version, which another instance may have, it is not kept.

    Raises RouteError.
    """
    found = await _files()
    *_, version, name = request.scope["path"].split("/")
    if name not in found.files:
        raise RouteError("the page has no such file")
    return found.files[name].reply(request, FOREVER if version == found.version else None)


async def _files() -> _Files:
    return await asyncio.to_thread(_read)


@cache
def _read() -> _Files:
    paths = [path for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES or path.name == PAGE]
    contents = {path.name: FOR_READERS.sub(b"", path.read_bytes()) for path in paths}
    version = sha256(b"".join(contents.values())).hexdigest()[:16]
    html = contents[PAGE].replace(b"{version}", version.encode())
    page = Packed(html, "text/html", {**SECURITY, **ANEW})
    return _Files(version, page, dict(_packed(contents)))


def _packed(contents: Mapping[str, bytes]) -> Iterator[tuple[str, Packed]]:
    for name, content in contents.items():
        if media_type := TYPES.get(Path(name).suffix):
            yield name, Packed(content, media_type, {**SECURITY, "Cache-Control": "no-store"})
