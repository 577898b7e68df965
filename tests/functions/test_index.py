"""`GET /` on a real server."""

import httpx2

from functions.app import ROUTES


def test_a_browser_gets_the_page(client: httpx2.Client) -> None:
    response = client.get("/", headers={"accept": "text/html,application/xhtml+xml"})
    assert response.headers["content-type"].startswith("text/html")
    assert '<script type="module" src="console/' in response.text


def test_a_program_gets_every_endpoint_that_there_is(client: httpx2.Client) -> None:
    listed = set(client.get("/").json()["endpoints"])
    served = {
        f"{method} {path}"
        for path, methods in ROUTES.items()
        for method in methods
        if path != "/" and not path.startswith(("/docs/", "/console/"))
    }
    assert listed == served


def test_each_form_is_kept_apart_in_a_cache(client: httpx2.Client) -> None:
    replies = [
        client.get("/", headers={"accept": accept}) for accept in ("text/html", "application/json")
    ]
    assert [reply.headers["vary"] for reply in replies] == ["Accept, Accept-Encoding"] * 2
