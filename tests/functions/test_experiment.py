"""An experiment on a real server: the arms of its customers, as the answer and the log tell."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from churn_lib.customer.schema import ARTIFACTS
from tests.serving import Served, serve

TRIAL = '[experiment]\nname = "a-trial"\nholdout = 0.3\nexplore = 0.3\n\n[greetings]'
NAMES = [f"C-{number}" for number in range(60)]
Line = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("experiment")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    offers = folder / "offers.toml"
    shipped = (ARTIFACTS / "offers.toml").read_text(encoding="utf-8")
    offers.write_text(shipped.replace("[greetings]", TRIAL, 1), encoding="utf-8")
    (folder / "key").write_text("a-key-of-the-experiment\n")
    variables = {
        "OFFERS": str(offers),
        "EXPERIMENT_KEY_FILE": str(folder / "key"),
        "DECISION_LOG": str(folder / "decisions.ndjson"),
    }
    with serve(variables) as server:
        yield server


def lines(folder: Path) -> dict[str, Line]:
    """The decisions of the log by their id."""
    written = (folder / "decisions.ndjson").read_text().splitlines()
    return {line["decision_id"]: line for line in map(json.loads, written)}


def answers(client: httpx2.Client, rows: list[object], query: str) -> list[Line]:
    text = client.post(f"/predict/batch?{query}", json=rows).text
    return [json.loads(line) for line in text.splitlines()][:-1]


def test_answer_and_log_agree_on_the_arm_and_only_the_log_knows_what_it_would_have_been(
    client: httpx2.Client, example: Line, folder: Path
) -> None:
    rows: list[object] = [{**example, "customerID": name} for name in NAMES]
    found = answers(client, rows, "offer=template")
    client.get("/health")
    logged = lines(folder)
    assert Counter(one["metadata"]["arm"] for one in found).keys() == {
        "policy",
        "holdout",
        "explore",
    }
    for one in found:
        line = logged[one["metadata"]["decision_id"]]
        assert (line["arm"], line["experiment"]) == (one["metadata"]["arm"], "a-trial")
        assert line["would_offer"] == "annual-plan"
        assert (line["offer"] == "none") == (line["arm"] == "holdout")
        assert one["customerID"] not in json.dumps(line)
    assert len({line["unit"] for line in logged.values()}) == len(NAMES)


def test_a_customer_gets_the_same_in_every_way_of_asking(
    client: httpx2.Client, example: Line
) -> None:
    rows = [{**example, "customerID": name} for name in NAMES[:12]]
    briefly = [one["offer"]["id"] for one in answers(client, [*rows], "offer=decide")]
    alone = [client.post("/predict?offer=template", json=row).json() for row in rows]
    envelope = {"calls": [[row] for row in rows], "userDefinedContext": {"mode": "offer"}}
    by_query = client.post("/bigquery", json=envelope).json()["replies"]
    assert briefly == [one["offer"]["id"] for one in alone]
    assert briefly == [one["offer"]["id"] for one in by_query]


def test_who_has_no_name_gets_the_best_offer_and_no_unit(
    client: httpx2.Client, example: Line, folder: Path
) -> None:
    found = client.post("/predict?offer=template", json=example).json()
    client.get("/health")
    line = lines(folder)[found["metadata"]["decision_id"]]
    assert found["offer"]["id"] == "annual-plan"
    assert (line["arm"], line["unit"], line["experiment"]) == ("policy", "none", "none")


def test_an_experiment_without_a_key_makes_everybody_the_best_offer_and_says_so(
    folder: Path, example: Line, served: Served
) -> None:
    assert served.url
    with (
        serve({"OFFERS": str(folder / "offers.toml")}) as server,
        httpx2.Client(base_url=server.url, trust_env=False, timeout=60) as client,
    ):
        rows: list[object] = [{**example, "customerID": name} for name in NAMES]
        found = answers(client, rows, "offer=decide")
        assert {one["offer"]["id"] for one in found} == {"annual-plan"}
        assert client.get("/ready").json()["wrong"] == ["EXPERIMENT_KEY"]
