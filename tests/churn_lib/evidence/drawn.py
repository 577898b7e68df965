"""Counts of worlds whose truth is known, drawn at once, without customers and files."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from churn_lib.evidence import weighed
from churn_lib.evidence.offpolicy import NOBODY, NOW, OTHER
from churn_lib.evidence.table import BINS, SUMS, Cells, Floats
from churn_lib.evidence.truth import Calibration
from churn_lib.evidence.weighed import Weighed
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


class Lives(NamedTuple):
    """Triggered customers, in arrays: arm, places of the offers that would be and is made, whether
    something is offered, what the score says, and what became of them.
    """

    arm: NDArray[np.str_]
    would: NDArray[np.int64]
    made: NDArray[np.int64]
    offered: NDArray[np.bool_]
    answers: NDArray[np.bool_]
    score: Floats
    left: NDArray[np.bool_]
    accepted: NDArray[np.bool_]


def lives(
    rng: np.random.Generator,
    n: int,
    calibration: Calibration = RIGHT,
    *,
    holdout: float = 0.1,
    explore: float = 0.05,
    offers: Mapping[str, Real] = OFFERS,
) -> Lives:
    """So many of them; each offer is allowed to all."""
    real, score = np.array([*offers.values()]), rng.beta(2, 3, n)
    would, chance = rng.integers(0, len(offers), (2, n))
    answers, lot = rng.random(n) < 0.5, rng.random(n)
    arm = np.where(lot < holdout, "holdout", np.where(lot < holdout + explore, "explore", "policy"))
    made, offered = np.where(arm == "explore", chance, would), arm != "holdout"
    g = np.where(answers, real[made, 0], real[made, 1]) * offered
    is_sold = real[made, 4] == 1
    saves, loyal = np.where(is_sold, 0, g), np.where(is_sold, g, real[made, 2] * offered)
    p, uniforms = calibrated(score, calibration), rng.random((2, n))
    left, accepted = became(uniforms, p, saves, np.zeros(n), loyal, real[made, 3] * offered)
    return Lives(arm, would, made, offered, answers, score, left, accepted)


def drawn(
    rng: np.random.Generator,
    n: int,
    calibration: Calibration = RIGHT,
    *,
    offers: Mapping[str, Real] = OFFERS,
) -> Cells:
    """The counts of so many triggered customers."""
    names, them = np.array([*offers]), lives(rng, n, calibration, offers=offers)
    sums: dict[str, Floats] = {name: np.zeros(n) for name in SUMS}
    sums |= {"n": np.ones(n), "p": them.score}
    sums |= {"left": them.left.astype(np.float64), "accepted": them.accepted.astype(np.float64)}
    offer = np.where(them.offered, names[them.made], "none")
    bins = np.minimum((them.score * BINS).astype(int), BINS - 1)
    return counted(Cells(them.arm, names[them.would], offer, them.answers, bins, sums))


VALUE, COST, GAIN, CONTACT = 300.0, 40.0, 60.0, 0.1
PREFERRED = "tech-support"


def paid(
    rng: np.random.Generator, n: int, *, holdout: float = 0.1, explore: float = 0.05
) -> Weighed:
    """The same customers, weighed, with their money; another way makes the likelier leavers the
    preferred offer.
    """
    names, them = np.array([*OFFERS]), lives(rng, n, holdout=holdout, explore=explore)
    is_sold = np.array([one.is_sold for one in OFFERS.values()])[them.made]
    brought = np.where(is_sold, GAIN * them.accepted, VALUE * ~them.left - COST * them.accepted)
    m = brought - CONTACT * them.offered
    agrees = (1 - holdout - explore) * (them.made == them.would)
    w = 1 / np.where(them.offered, explore / len(names) + agrees, holdout)
    offer = np.where(them.offered, names[them.made], "none")
    would, bins = names[them.would], np.minimum((them.score * BINS).astype(int), BINS - 1)
    rows = np.column_stack([np.unique(x, return_inverse=True)[1] for x in (would, offer, bins)])
    _, first, place = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    columns = (np.ones(n), them.score, w, w * w, w * m, w * w * m, w * w * m * m)
    sums = {
        name: np.bincount(place, weights=column).astype(np.float64)
        for name, column in zip(weighed.SUMS, columns, strict=True)
    }
    other = np.where((would != "autopay") & (bins >= BINS // 2), PREFERRED, would)
    return Weighed(would[first], offer[first], other[first], sums)


def worths(rng: np.random.Generator, n: int = 1_000_000) -> Mapping[str, float]:
    """What each way to choose brings a customer in truth, by its closed form over many."""
    real, them = np.array([*OFFERS.values()]), lives(rng, n)
    p, preferred = them.score, [*OFFERS].index(PREFERRED)
    is_sold = real[them.would, 4] == 1

    def brought(made: NDArray[np.int64]) -> Floats:
        g, loyal, dogs = np.where(them.answers, *real[made, :2].T), *real[made, 2:4].T
        stays = 1 - (p * (1 - g) + (1 - p) * dogs)
        kept = VALUE * stays - COST * (p * g + (1 - p) * loyal)
        return np.asarray(np.where(real[made, 4] == 1, GAIN * (1 - p) * g, kept) - CONTACT)

    none, now = np.where(is_sold, 0, VALUE * (1 - p)), brought(them.would)
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    other = brought(np.where(~is_sold & (bins >= BINS // 2), preferred, them.would))
    found = {NOBODY: none, NOW: now, OTHER: other}
    return {name: float(worth.mean()) for name, worth in found.items()}


def counted(rows: Cells) -> Cells:
    """The sums of rows that are alike."""
    parts = (rows.arm, rows.would_offer, rows.offer, rows.answers, rows.bin)
    codes = np.column_stack([np.unique(part, return_inverse=True)[1] for part in parts])
    _, first, place = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    sums: dict[str, Floats] = {
        name: np.bincount(place, weights=column).astype(np.float64)
        for name, column in rows.sums.items()
    }
    return replace(rows.where(first), sums=sums)
