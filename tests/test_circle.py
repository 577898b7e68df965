"""The whole circle: a quarter of requests, what became of them, what that teaches, and a second
quarter that earns more; nothing but requests, the log and files goes from one step to the next.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import httpx2
import numpy as np
import pytest

from churn_lib import answer
from churn_lib.customer.model import Customer
from churn_lib.evidence.findings import findings
from churn_lib.evidence.learn import learn
from churn_lib.evidence.table import count
from churn_lib.lint.grid import grid
from churn_lib.offers.catalogue import catalogue, in_force, parse
from churn_lib.offers.constants import offer_constants
from churn_lib.propose.learned import rewritten
from churn_lib.settings import settings
from functions.app import Function
from tests.serving import ROOT

TRIAL = '[experiment]\nname = "a-trial"\nholdout = 0.2\nexplore = 0.1\n\n[greetings]'
SHARES = {"holdout": 0.2, "explore": 0.1, "policy": 0.7}
CUSTOMERS = 2000
SAVES = {"annual-plan": 0.03, "loyalty-discount": 0.05, "fibre-check": 0.5, "price-lock": 0.45}
"""What offers do, as shares of the leavers; the others keep 0.2. Only lives read it."""
LOYAL = 0.4


class Answer(NamedTuple):
    """What a customer was told, who leaves without an offer with a probability of `p`."""

    decision: str
    offer: str | None
    p: float
    bill: float


@pytest.fixture
def offers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of the offers in force, with an experiment."""
    path = tmp_path / "offers.toml"
    text = (ROOT / "artifacts" / "offers.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("[greetings]", TRIAL, 1), encoding="utf-8")
    monkeypatch.setenv("OFFERS", str(path))
    monkeypatch.setenv("EXPERIMENT_KEY", "key-of-a-trial")
    for known in (settings, in_force, answer._key):
        known.cache_clear()
    yield path
    for known in (settings, in_force, answer._key):
        known.cache_clear()


async def quarter(people: list[Customer]) -> float:
    """Asks for each customer and tells what became of them; what they bring, all together."""
    uniforms = np.random.default_rng(4).random((len(people), 2)).tolist()
    transport = httpx2.ASGITransport(app=Function())
    brought = 0.0
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for number, customer in enumerate(people):
            told = await asked(client, customer, f"C-{number}")
            leaves, accepts = lives(told, *uniforms[number])
            for outcome in ["left"] * leaves + ["accepted"] * accepts:
                await report(client, told.decision, outcome, number)
            brought += margin(told, leaves=leaves, accepts=accepts)
    return brought


async def asked(client: httpx2.AsyncClient, customer: Customer, name: str) -> Answer:
    content = {**customer.model_dump(), "customerID": name}
    found = (await client.post("/predict?offer=template", json=content)).json()
    offer, metadata = found["offer"]["id"], found["metadata"]
    return Answer(metadata["decision_id"], offer, found["churn_probability"], customer.bill)


async def report(client: httpx2.AsyncClient, decision: str, outcome: str, number: int) -> None:
    at = datetime.now(UTC) + timedelta(days=1 + number % 80)
    content = {"decision_id": decision, "outcome": outcome, "occurred_at": at.isoformat()}
    assert (await client.post("/outcomes", json=content)).status_code == 202


def lives(told: Answer, first: float, second: float) -> tuple[bool, bool]:
    """Whether a customer leaves, and accepts; the same one meets the same fate each quarter."""
    leaver = first < told.p
    if told.offer is None:
        return leaver, False
    kept = second < SAVES.get(told.offer, 0.2)
    return leaver and not kept, kept if leaver else second < LOYAL


def margin(told: Answer, *, leaves: bool, accepts: bool) -> float:
    known = catalogue()
    money = {one.id: offer_constants(one.terms, one.cost, one.economy, known.assumptions)
             for one in known.offers}  # fmt: skip
    value = money["annual-plan"].value * told.bill * (not leaves)
    if told.offer is None:
        return value
    made = money[told.offer]
    used = made.gain if not made.retention else -(made.cost_of_bill * told.bill + made.cost)
    return value + used * accepts - made.contact_cost["email"]


def experiment(folder: Path, lines: list[bytes]) -> tuple[Path, Path]:
    """The decisions and outcomes of the log, as files."""
    written = [json.loads(line) for line in b"".join(lines).splitlines()]
    files = folder / "decisions.ndjson", folder / "outcomes.ndjson"
    for path, event in zip(files, ("decision", "outcome"), strict=True):
        mine = [json.dumps(line) for line in written if line["event"] == event]
        path.write_text("\n".join(mine) + "\n", encoding="utf-8")
    return files


def versions(path: Path) -> set[str]:
    found: list[Mapping[str, str]] = [json.loads(line) for line in path.read_text().splitlines()]
    return {line["catalogue_version"] for line in found}


def test_a_quarter_teaches_a_catalogue_with_which_the_next_one_earns_more(
    offers: Path, lines: list[bytes], tmp_path: Path
) -> None:
    people = [*islice(cycle(islice(grid(catalogue()), 0, None, 2)), CUSTOMERS)]
    first = asyncio.run(quarter(people))
    decisions, outcomes = experiment(tmp_path, lines)
    later = datetime.now(UTC).date() + timedelta(days=200)
    counted = count([decisions], [outcomes], None, as_of=later)
    found = findings(counted, SHARES)
    assert found.effects is not None
    assert sum(counted.units.values()) == CUSTOMERS

    old = offers.read_text(encoding="utf-8")
    offers.write_text(rewritten(old, learn(counted.cells, parse(old)).catalogue), encoding="utf-8")
    in_force().refresh()
    lines.clear()
    second = asyncio.run(quarter(people))
    assert versions(experiment(tmp_path, lines)[0]) == {"1.2.1"}
    assert second > first
