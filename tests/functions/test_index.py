"""`GET /` on a real server."""

import re

import httpx2

from functions.app import ROUTES


def test_a_browser_gets_a_page_with_a_call_to_try(client: httpx2.Client) -> None:
    response = client.get("/", headers={"accept": "text/html,application/xhtml+xml"})
    assert response.headers["content-type"].startswith("text/html")
    assert f"curl -s {client.base_url}" in response.text
    assert "style-src 'sha256-" in response.headers["content-security-policy"]


def test_behind_a_front_end_the_call_to_try_is_encrypted(client: httpx2.Client) -> None:
    response = client.get("/", headers={"accept": "text/html", "x-forwarded-proto": "https"})
    assert "curl -s https://" in response.text


def test_a_host_header_can_not_put_markup_into_the_page(client: httpx2.Client) -> None:
    response = client.get("/", headers={"accept": "text/html", "host": "<script>x"})
    assert "<script>" not in response.text


def test_a_program_gets_every_endpoint_that_there_is(client: httpx2.Client) -> None:
    listed = set(client.get("/").json()["endpoints"])
    served = {
        f"{method} {path}"
        for path, methods in ROUTES.items()
        for method in methods
        if path != "/" and "/docs/" not in path
    }
    assert listed == served


def test_each_form_is_kept_apart_in_a_cache(client: httpx2.Client) -> None:
    replies = [
        client.get("/", headers={"accept": accept}) for accept in ("text/html", "application/json")
    ]
    assert [reply.headers["vary"] for reply in replies] == ["Accept", "Accept"]
    assert {reply.headers["cache-control"] for reply in replies} == {"max-age=300"}


def test_everything_that_can_be_looked_at_is_linked(client: httpx2.Client) -> None:
    page = client.get("/", headers={"accept": "text/html"}).text
    for path in re.findall(r'href="([a-z.]+)"', page):
        assert client.get(path).status_code == 200
    assert '<a href="docs">' in page
