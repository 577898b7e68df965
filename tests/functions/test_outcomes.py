"""`POST /outcomes` on a real server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from functions.interface.examples import OUTCOME
from tests.serving import Served, serve

KEY = "Idempotency-Key"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outcomes") / "decisions.ndjson"


@pytest.fixture(scope="module")
def served(path: Path) -> Iterator[Served]:
    with serve({"DECISION_LOG": str(path)}) as server:
        yield server


def written(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_an_outcome_is_one_line(client: httpx2.Client, path: Path) -> None:
    response = client.post("/outcomes", json=OUTCOME, headers={KEY: "one-line"})
    line = written(path)[-1]
    assert (response.status_code, response.json()) == (202, OUTCOME)
    assert (
        line.items()
        >= {**OUTCOME, "event": "outcome", "severity": "INFO", "key": "one-line"}.items()
    )


def test_left_out_the_time_is_now_and_the_key_is_none(client: httpx2.Client, path: Path) -> None:
    outcome = {name: OUTCOME[name] for name in ("decision_id", "outcome")}
    answer = client.post("/outcomes", json=outcome).json()
    line = written(path)[-1]
    assert line["occurred_at"] == answer["occurred_at"]
    assert line["key"] == "none"


def test_a_repeated_key_is_answered_the_same_and_written_once(
    client: httpx2.Client, path: Path
) -> None:
    outcome = {name: OUTCOME[name] for name in ("decision_id", "outcome")}
    before = len(written(path))
    answers = [
        client.post("/outcomes", json=outcome, headers={KEY: "repeated"}).json() for _ in range(3)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert len(written(path)) == before + 1


def test_a_key_is_not_taken_for_another_outcome(client: httpx2.Client, path: Path) -> None:
    client.post("/outcomes", json=OUTCOME, headers={KEY: "used"})
    before = len(written(path))
    response = client.post(
        "/outcomes", json={**OUTCOME, "outcome": "declined"}, headers={KEY: "used"}
    )
    assert response.status_code == 422
    assert response.json()["errors"] == [{"field": KEY, "message": "was used for another outcome"}]
    assert len(written(path)) == before


def test_without_a_key_every_outcome_is_written(client: httpx2.Client, path: Path) -> None:
    before = len(written(path))
    for _ in range(2):
        client.post("/outcomes", json=OUTCOME)
    assert len(written(path)) == before + 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("decision_id", "canary4711"),
        ("decision_id", OUTCOME["decision_id"].upper()),
        ("outcome", "canary4711"),
        ("occurred_at", "2026-11-22"),
        ("occurred_at", "2026-11-22T14:00:00"),
        ("occurred_at", "2026-02-30T14:00:00Z"),
        ("occurred_at", "2026-11-22 14:00:00Z"),
        ("occurred_at", 1_700_000_000),
        ("offer", "annual-plan"),  # only with `overridden`
        ("reason", "canary4711"),
        ("reason", "too_expensive"),  # not of what was accepted
    ],
)
def test_a_wrong_value_is_named_and_not_written(
    client: httpx2.Client, path: Path, field: str, value: object
) -> None:
    before = len(written(path))
    response = client.post("/outcomes", json={**OUTCOME, field: value})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert "canary4711" not in response.text
    assert len(written(path)) == before


def test_a_wrong_moment_is_told_the_form_of_a_right_one(client: httpx2.Client) -> None:
    (error,) = client.post("/outcomes", json={**OUTCOME, "occurred_at": "today"}).json()["errors"]
    assert "such as 2026-11-22T14:00:00Z" in error["message"]


@pytest.mark.parametrize("key", ["", "two words", "x" * 101, "é".encode("latin-1")])
def test_a_key_is_short_and_plain(client: httpx2.Client, key: str | bytes) -> None:
    response = client.post(
        "/outcomes",
        json=OUTCOME,
        headers=[(KEY.encode(), key if isinstance(key, bytes) else key.encode())],
    )
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == KEY


def test_why_an_offer_was_declined_or_another_one_made_is_kept(
    client: httpx2.Client, path: Path
) -> None:
    declined = {**OUTCOME, "outcome": "declined", "reason": "too_expensive"}
    overridden = {**OUTCOME, "outcome": "overridden", "offer": "loyalty", "reason": "fits_better"}
    for outcome in (declined, overridden):
        response = client.post("/outcomes", json=outcome)
        assert (response.status_code, response.json()) == (202, outcome)
        assert written(path)[-1].items() >= outcome.items()
    client.post("/outcomes", json=OUTCOME)
    assert written(path)[-1].items() >= {"offer": "none", "reason": "none"}.items()


def test_of_an_offer_that_was_overridden_the_other_one_is_named(client: httpx2.Client) -> None:
    response = client.post("/outcomes", json={**OUTCOME, "outcome": "overridden"})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error == {
        "field": "offer",
        "message": "must be given with `overridden`, and only there",
    }
