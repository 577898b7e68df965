"""A catalogue that an owner puts elsewhere, on a real server."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from churn_lib.offers.catalogue import OFFERS, load
from tests.fakes.storage import FakeStorage
from tests.serving import OFTEN, ROOT, Served, serve, until

SHIPPED = ROOT / "artifacts" / OFFERS
PLACE = ("my-offers", "offers.toml")


def other(*replacements: tuple[str, str]) -> bytes:
    """The shipped catalogue with these replacements."""
    text = SHIPPED.read_text("utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


NEXT = other((f'version = "{load(SHIPPED).version}"', 'version = "next"'))


@pytest.fixture
def storage() -> Iterator[FakeStorage]:
    fake = FakeStorage()
    fake.put(*PLACE, NEXT)
    with fake.serve():
        yield fake


def variables(storage: FakeStorage) -> dict[str, str]:
    return {
        **OFTEN,
        "OFFERS": f"gs://{PLACE[0]}/{PLACE[1]}",
        "STORAGE_ENDPOINT": storage.endpoint,
    }


def get(server: Served, path: str) -> dict[str, object]:
    found: dict[str, object] = httpx2.get(server.url + path, trust_env=False, timeout=30).json()
    return found


def predict(server: Served, row: object, query: str = "?offer=template") -> httpx2.Response:
    url = f"{server.url}/predict{query}"
    return httpx2.post(url, json=row, trust_env=False, timeout=30)


def test_the_first_customer_gets_an_offer_of_the_bucket_and_later_ones_of_what_is_put_there(
    storage: FakeStorage, example: dict[str, object]
) -> None:
    with serve(variables(storage)) as server:
        first = predict(server, example).json()["metadata"]["catalogue_version"]
        storage.put(*PLACE, NEXT.replace(b'"next"', b'"last"'))
        assert until(lambda: get(server, "/ready")["catalogue_version"] == "last")
    assert first == "next"


def test_a_faulty_catalogue_is_told_by_ready_and_the_log_and_costs_no_offer(
    storage: FakeStorage, example: dict[str, object]
) -> None:
    with serve(variables(storage)) as server:
        predict(server, example)
        storage.put(*PLACE, NEXT.replace(b"percent = 10,", b"percent = 110,"))
        assert until(lambda: "wrong" in get(server, "/ready"))
        state, answer = get(server, "/ready"), predict(server, example).json()
        printed = server.printed()
    assert (state["wrong"], state["catalogue_version"]) == ([OFFERS], "next")
    assert answer["offer"]["id"]
    assert "next stays in force: gs://my-offers/offers.toml: offer annual-plan" in printed


def test_without_the_bucket_there_is_a_probability_and_no_offer(
    storage: FakeStorage, example: dict[str, object]
) -> None:
    storage.objects.clear()
    with serve(variables(storage)) as server:
        answer, state = predict(server, example), get(server, "/ready")
    assert answer.status_code == 200
    assert "catalogue" in answer.json()["offer"]["why"]
    assert state["wrong"] == [OFFERS]


def test_a_bucket_that_hangs_delays_no_answer(
    storage: FakeStorage, example: dict[str, object]
) -> None:
    with serve(variables(storage)) as server:
        predict(server, example)
        storage.gate.clear()
        calls = len(storage.calls)
        assert until(lambda: len(storage.calls) > calls)  # one is under way, and waits
        versions = [
            predict(server, example).json()["metadata"]["catalogue_version"] for _ in range(20)
        ]
        assert not storage.gate.is_set()
        storage.gate.set()
    assert versions == ["next"] * 20


def test_a_place_that_is_none_costs_the_offer_and_is_told_by_ready(
    example: dict[str, object],
) -> None:
    with serve({"OFFERS": "s3://bucket/offers.toml"}) as server:
        answer, state = predict(server, example), get(server, "/ready")
        printed = server.printed()
    assert answer.json()["churn_probability"]
    assert state["wrong"] == ["OFFERS"]
    assert "OFFERS must be gs://bucket/offers.toml, or the path of a file" in printed
    assert "s3://" not in printed


def test_a_file_elsewhere_may_choose_other_languages(
    tmp_path: Path, example: dict[str, object]
) -> None:
    file = tmp_path / "campaign.toml"
    file.write_bytes(other(('languages = ["en", "es", "fr", "de", "ko"]', 'languages = ["en"]')))
    french = {**example, "context": {"language": "fr"}}
    with serve({"OFFERS": str(file)}) as server:
        assert predict(server, example).status_code == 200
        refused = predict(server, french)
    assert refused.status_code == 422
    assert json.loads(refused.text)["errors"] == [
        {"field": "context.language", "message": "must be one of 'en'"}
    ]
