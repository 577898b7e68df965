"""Both HTTP parsers of uvicorn: the one that is used, and the one that it would fall back to."""

from collections.abc import Iterator

import pytest

from tests.serving import PARSERS, Served, serve


@pytest.fixture(scope="module", params=PARSERS)
def parser(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def on_either_parser(parser: str) -> Iterator[Served]:
    """A server that must not lose its worker, nor complain of anything but of the parser that
    nobody chose.
    """
    with serve(PARSERS[parser]) as server:
        workers = server.workers()
        yield server
        assert server.workers() == workers
        expected = [] if parser == "httptools" else ["uvicorn.protocols.http.h11_impl"]
        assert [line.split(" runs on ")[-1] for line in server.complaints()] == expected
