"""What changes when a new scorecard replaces an old one, on the customers of the new training."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from sklearn.metrics import log_loss, roc_auc_score

from churn_lib.customer.contact import Context
from churn_lib.customer.model import ATTRIBUTES, LEVELS, NOTES, NUMBERS, Customer
from churn_lib.errors import ArtifactError
from churn_lib.offers.catalogue import OFFERS, Catalogue
from churn_lib.offers.catalogue import load as load_catalogue
from churn_lib.offers.decide import Decider, decided
from churn_lib.score.scorecard import MANIFEST, Scorecard, load, risk
from churn_lib.score.terms import Card
from churn_lib.settings import ScoreSettings
from churn_lib.training.choose import TOLERANCE
from churn_lib.training.data import Dataset
from churn_lib.training.evaluate import Result
from churn_lib.training.learner import Floats

MOST_DECISIONS = 2000
"""So many customers are asked which offer they would get, evenly from the whole file."""


class Figures(NamedTuple):
    log_loss: float
    auc: float


class Versus(NamedTuple):
    """Old and new on the same customers.

    new: of customers that it had not seen. old: as it is, which flatters it where it was trained on
    some of them; or, where it was trained on this very file, of customers that it had not seen
    either, and then `fair`. bands: customers whose risk is called otherwise. decisions: those who
    would get another offer, of so many that were asked, or None without a catalogue.
    """

    old: Figures
    new: Figures
    fair: bool
    customers: int
    bands: int
    decisions: tuple[int, int] | None

    @property
    def worse(self) -> bool:
        """Whether the old one is better by more than chance."""
        return self.new.log_loss > self.old.log_loss + TOLERANCE


def compared(folder: Path, dataset: Dataset, new: Result, card: Card, today: date) -> Versus | None:
    """The scorecard of the folder beside the new one; None where there is none for this schema."""
    try:
        old = load(folder)
    except ArtifactError:
        return None
    fresh = Scorecard(card, "new")
    before, after = (_probabilities(one, dataset.frame) for one in (old, fresh))
    told = _told(folder, dataset.sha256)
    return Versus(
        old=told or _figures(dataset, before),
        new=Figures(new.metrics["log loss"].mean, new.metrics["AUC"].mean),
        fair=told is not None,
        customers=len(dataset),
        bands=_changed(before, after),
        decisions=_decisions(folder, dataset.frame, (old, fresh), today),
    )


def customers_of(frame: pl.DataFrame) -> Iterator[Customer]:
    """Each row as a customer, without what is protected."""
    return map(_customer, frame.iter_rows(named=True))


def _probabilities(card: Scorecard, frame: pl.DataFrame) -> Floats:
    return np.array([card.score(customer).probability for customer in customers_of(frame)])


def _figures(dataset: Dataset, probabilities: Floats) -> Figures:
    left = dataset.left
    return Figures(float(log_loss(left, probabilities)), float(roc_auc_score(left, probabilities)))


def _told(folder: Path, sha256: str) -> Figures | None:
    """What the old training measured, when that was on the same file."""
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["data"]["sha256"] == sha256:
            found = manifest["metrics"]
            return Figures(float(found["log loss"]["mean"]), float(found["AUC"]["mean"]))
    return None


def _changed(before: Floats, after: Floats) -> int:
    bounds = ScoreSettings()
    pairs = zip(before.tolist(), after.tolist(), strict=True)
    return sum(risk(one, bounds) != risk(other, bounds) for one, other in pairs)


def _decisions(
    folder: Path, frame: pl.DataFrame, cards: Sequence[Scorecard], today: date
) -> tuple[int, int] | None:
    try:
        catalogue = load_catalogue(folder / OFFERS)
    except ArtifactError:
        return None
    sample = frame.gather_every(math.ceil(len(frame) / MOST_DECISIONS))
    before, after = (_offers(catalogue, card, sample, today) for card in cards)
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    return changed, len(sample)


def _offers(
    catalogue: Catalogue, card: Scorecard, frame: pl.DataFrame, today: date
) -> Iterator[str | None]:
    """The id of the offer that each customer would get, or None."""
    decider, context = Decider(catalogue), Context()
    for customer in customers_of(frame):
        chosen = decided(decider, customer, card, context, today).chosen
        yield chosen.offer.id if chosen else None


def _customer(row: Mapping[str, str | float | None]) -> Customer:
    """The customer of a row. What is protected is not in it, and asked for by no score or offer."""
    values = {name: value_in(name, row.get(name)) for name in ATTRIBUTES}
    return Customer.model_construct(None, **values)


def value_in(name: str, value: str | float | None) -> str | float | None:
    """The value as a customer has it: in a frame levels are texts, and numbers have fractions."""
    if value is None:
        return None
    if name in NUMBERS:
        return int(value) if NOTES[name].whole else float(value)
    return int(value) if isinstance(LEVELS[name][0], int) else value
