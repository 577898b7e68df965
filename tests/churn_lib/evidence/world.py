"""Customers of whom the truth is known: what each offer does is a closed form, and the logs that
they leave are those of the function.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_lib.evidence.table import Floats
from churn_lib.offers.experiment import assigned, keys_of
from churn_lib.offers.terms import Experiment

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW = 90
VALUE, COST, CONTACT = 300.0, 40.0, 0.1
CONSTANT = {
    "event": pl.lit("decision"),
    "experiment": pl.lit("a-trial"),
    "answers": pl.lit(True),
    "value": pl.lit(VALUE),
    "cost": pl.lit(COST),
    "contact_cost": pl.lit(CONTACT),
}

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """saved: share of would-be leavers whom each offer keeps. loyal: of the others, who take it.

    days: over which customers are decided on. late: whether leaving takes days.
    """

    customers: int = 20_000
    saved: tuple[float, ...] = (0.35, 0.15, 0.25)
    loyal: float = 0.3
    holdout: float = 0.2
    explore: float = 0.1
    churn: tuple[float, float] = (2.0, 3.0)
    days: int = 1

    @property
    def experiment(self) -> Experiment:
        return Experiment(name="a-trial", holdout=self.holdout, explore=self.explore)


def lived(world: World, folder: Path, seed: int = 1) -> tuple[Path, Path, float]:
    """The files of the world's decisions and outcomes, and the true lift of its policy."""
    rng, n = np.random.default_rng(seed), world.customers
    p = rng.beta(*world.churn, n)
    best = rng.integers(0, len(world.saved), n)
    names = [f"offer-{place}" for place in range(len(world.saved))]
    keys = keys_of(f"key {seed}")
    drawn = [assigned(world.experiment, keys, f"C-{row}") for row in range(n)]
    arm = np.array([one.arm for one in drawn])
    picked = np.array([names.index(one.picked(names)) for one in drawn])
    made = np.where(arm == "holdout", -1, np.where(arm == "explore", picked, best))
    saved = np.array([*world.saved, 0.0])
    left, accepted = _became(rng, p, made, saved, world.loyal)
    at = rng.integers(0, world.days, n)
    after = np.minimum(rng.gamma(2, 18, n).astype(int), WINDOW - 1)
    decisions = pl.DataFrame(
        {
            "time": _days(at),
            "decision_id": _identifiers(np.arange(n)),
            "arm": arm,
            "unit": [one.unit for one in drawn],
            "would_offer": [names[place] for place in best],
            "offer": ["none" if place < 0 else names[place] for place in made],
            "eligible": [names] * n,
            "propensity": [
                one.propensity(None if place < 0 else names[place], names[would], names)
                for one, place, would in zip(drawn, made, best, strict=True)
            ],
            "probability": p,
            "expected_value": _expected(world, p, saved[best]),
        }
    ).with_columns(**CONSTANT)
    gone, took = np.flatnonzero(left), np.flatnonzero(accepted)
    outcomes = pl.concat([_told("left", gone, at + after), _told("accepted", took, at)])
    files = folder / "decisions.ndjson", folder / "outcomes.ndjson"
    decisions.write_ndjson(files[0])
    outcomes.write_ndjson(files[1])
    return *files, float(np.mean(p * saved[best]))


def _expected(world: World, p: Floats, saved: Floats) -> Floats:
    found: Floats = p * saved * (VALUE - COST) - (1 - p) * world.loyal * COST - CONTACT
    return found


def _told(outcome: str, rows: Whole, days: Whole) -> pl.DataFrame:
    told = {"decision_id": _identifiers(rows), "occurred_at": _days(days[rows])}
    return pl.DataFrame(told).with_columns(event=pl.lit("outcome"), outcome=pl.lit(outcome))


def _identifiers(rows: Whole) -> list[str]:
    return [f"{row:032x}" for row in rows]


def _days(days: Whole) -> list[datetime]:
    return [BEGIN + timedelta(days=int(day)) for day in days]


def _became(
    rng: np.random.Generator, p: Floats, made: Floats, saved: Floats, loyal: float
) -> tuple[Floats, Floats]:
    """Who left, and who accepted. Of an offer, a leaver is kept with its probability; the others
    take it with that of the loyal.
    """
    leaver, kept, takes = (rng.random(len(p)) for _ in range(3))
    is_kept = (leaver < p) & (kept < saved[made.astype(int)])
    left = (leaver < p) & ~is_kept
    return left, (made >= 0) & (is_kept | ((leaver >= p) & (takes < loyal)))
