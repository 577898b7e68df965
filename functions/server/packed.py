"""Answers whose bytes stay the same: packed once, and known again by their digest."""

import gzip
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

NEVER = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*")


class _Form(NamedTuple):
    """The bytes in one coding, and their name in a cache."""

    body: bytes
    tag: str
    coding: Mapping[str, str]


class Packed:
    """Bytes with what an answer says of them."""

    def __init__(self, body: bytes, media_type: str, headers: Mapping[str, str]) -> None:
        self.digest = _digest(body)
        self._media_type = media_type
        self._headers = {"Vary": "Accept-Encoding", **headers}
        packed = gzip.compress(body, mtime=0)
        self._plain = _Form(body, f'"{self.digest}"', {})
        self._packed = _Form(packed, f'"{_digest(packed)}"', {"Content-Encoding": "gzip"})

    def reply(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """The bytes as the caller takes them; 304 without them where the caller has them."""
        form = self._packed if _takes_gzip(request) else self._plain
        told = {**self._headers, **(headers or {}), "ETag": form.tag}
        if form.tag in re.split(r"\s*,\s*", request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=told)
        return Response(form.body, headers={**told, **form.coding}, media_type=self._media_type)


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:16]


def _takes_gzip(request: Request) -> bool:
    """RFC 9110, section 12.5.3, for the one coding that there is."""
    accepted = request.headers.get("accept-encoding", "")
    codings = [part.partition(";") for part in accepted.split(",")]
    return any(
        name.strip().lower() == "gzip" and not NEVER.fullmatch(quality)
        for name, _, quality in codings
    )
