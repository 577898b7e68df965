"""Counts of worlds whose truth is known, drawn at once, without customers and files."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from churn_lib.evidence.table import BINS, SUMS, Cells, Floats
from churn_lib.evidence.truth import Calibration
from churn_lib.evidence.world import became, calibrated


class Real(NamedTuple):
    """What an offer does: to leavers where it answers a reason and where not, and to the loyal."""

    answering: float
    other: float
    deadweight: float
    dogs: float = 0.002
    is_sold: bool = False


RIGHT = Calibration()
OFFERS: Mapping[str, Real] = {
    "annual-plan": Real(0.35, 0.10, 0.5),
    "price-lock": Real(0.20, 0.08, 0.3),
    "tech-support": Real(0.45, 0.12, 0.1),
    "autopay": Real(0.40, 0.15, 0.0, is_sold=True),
}
"""By ids of the shipped catalogue."""


def drawn(
    rng: np.random.Generator,
    n: int,
    calibration: Calibration = RIGHT,
    *,
    holdout: float = 0.1,
    explore: float = 0.05,
    offers: Mapping[str, Real] = OFFERS,
) -> Cells:
    """The counts of so many triggered customers."""
    names, real = np.array([*offers]), np.array([*offers.values()])
    score = rng.beta(2, 3, n)
    would, chance = rng.integers(0, len(names), (2, n))
    answers, lot = rng.random(n) < 0.5, rng.random(n)
    arm = np.where(lot < holdout, "holdout", np.where(lot < holdout + explore, "explore", "policy"))
    made, offered = np.where(arm == "explore", chance, would), arm != "holdout"
    g = np.where(answers, real[made, 0], real[made, 1]) * offered
    is_sold = real[made, 4] == 1
    saves, loyal = np.where(is_sold, 0, g), np.where(is_sold, g, real[made, 2] * offered)
    p, uniforms = calibrated(score, calibration), rng.random((2, n))
    left, accepted = became(uniforms, p, saves, np.zeros(n), loyal, real[made, 3] * offered)
    sums: dict[str, Floats] = {name: np.zeros(n) for name in SUMS}
    sums |= {"n": np.ones(n), "p": score}
    sums |= {"left": left.astype(np.float64), "accepted": accepted.astype(np.float64)}
    offer = np.where(offered, names[made], "none")
    bins = np.minimum((score * BINS).astype(int), BINS - 1)
    return _counted(Cells(arm, names[would], offer, answers, bins, sums))


def _counted(rows: Cells) -> Cells:
    """The sums of rows that are alike."""
    parts = (rows.arm, rows.would_offer, rows.offer, rows.answers, rows.bin)
    codes = np.column_stack([np.unique(part, return_inverse=True)[1] for part in parts])
    _, first, place = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    sums: dict[str, Floats] = {
        name: np.bincount(place, weights=column).astype(np.float64)
        for name, column in rows.sums.items()
    }
    return replace(rows.where(first), sums=sums)
