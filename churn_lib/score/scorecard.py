"""The score: an additive logistic regression as plain numbers, of `artifacts/scorecard.json`.

    logit(p) = intercept + sum of one effect per term

A term is about one attribute: `levels` (one number per category), a `curve` (straight lines between
knots, flat outside them) or `steps` (one number between two edges); or about two: a `table`, or a
`pair` (a table over two curves, interpolated bilinearly, flat outside). What is not known, where a
term says nothing of that, has the effect 0. Effects are centred on the training data: an effect of
0.3 raises the log-odds by 0.3 compared with the average customer. Intercept plus effects is the
logit exactly.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from churn_lib.customer.model import (
    FEATURES,
    NOTES,
    SCHEMA,
    Customer,
    Value,
    Values,
    value_of,
)
from churn_lib.customer.schema import ARTIFACTS, CUSTOMER
from churn_lib.errors import ArtifactError
from churn_lib.score.plan import Plan
from churn_lib.score.reasons import shown, teller
from churn_lib.score.terms import Card, misfit, read_card
from churn_lib.score.trained import trained
from churn_lib.settings import ScoreSettings

if TYPE_CHECKING:
    from churn_lib.score.shape import Cause, Explanation, Outside

SCORECARD = "scorecard.json"
MANIFEST = "manifest.json"
PREVIOUS = "previous"
"""The folder in that of the artifacts where training keeps the ones that it replaces."""

SMALLEST_REASON = 0.05
"""Smaller effects, in log-odds, change a probability by at most 0.0125: no sentence for them."""


Risk = Literal["low", "medium", "high"]


class Score(NamedTuple):
    """Probability of leaving (0 to 1), its logit, and the effect of each term in log-odds."""

    probability: float
    logit: float
    effects: tuple[float, ...]


class Scorecard:
    """Scores customers. `version` is the beginning of the file's SHA-256; `trained` the lowest and
    the highest number of the training data, by attribute, as far as they are known.
    """

    def __init__(self, card: Card, version: str) -> None:
        self.card = card
        self.version = version
        self._intercept = card.intercept
        self._average = sigmoid(card.intercept)
        self._tellers = [teller(term.features, card.made) for term in card.terms]
        self._plan = Plan(card.terms)
        self._worked_out = _worked_out(card)
        self.trained = trained(card)

    def score(self, customer: Customer) -> Score:
        """Probability, logit and effects of one customer."""
        effects = self._plan.effects(self._values(customer))
        logit = math.fsum((self._intercept, *effects))
        return Score(sigmoid(logit), logit, effects)

    def explanation(
        self, customer: Customer, score: Score, causes: "Iterable[Cause]"
    ) -> "Explanation":
        """The causes as answers show them, what lies between them and the probability, and what is
        outside the training data.
        """
        reasons = [shown(cause) for cause in causes]
        listed = [reason["effect"] for reason in reasons]
        outside = self.outside(customer)
        named: Outside = {"outside_training": outside} if outside else {}
        return {
            **named,
            "average_probability": self._average,
            "other_effects": math.fsum([*score.effects, *(-effect for effect in listed)]),
            "reasons": reasons,
        }

    def outside(self, customer: Customer) -> list[str]:
        """The numbers that are lower or higher than any that the score was trained on."""
        values = self._values(customer)
        return [
            name
            for name, (lowest, highest) in self.trained.items()
            if (value := values[name]) is not None and not lowest <= float(value) <= highest
        ]

    def reasons(self, customer: Customer, score: Score, limit: int = 3) -> "list[Cause]":
        """The strongest effects upward and downward, at most `limit` of each, strongest first; of
        equal ones that of the later term.
        """
        effects, values = score.effects, self._values(customer)
        ranked = sorted(range(len(effects)), key=effects.__getitem__)
        chosen = [i for i in ranked[:limit] if effects[i] <= -SMALLEST_REASON]
        chosen += [
            i for i in ranked[max(len(ranked) - limit, 0) :] if effects[i] >= SMALLEST_REASON
        ]
        chosen.sort(key=lambda i: (-abs(effects[i]), -effects[i], -i))
        return [self._tellers[i](values, effects[i]) for i in chosen]

    def _values(self, customer: Customer) -> Values:
        """The customer's values, with all that is worked out for the terms."""
        values: dict[str, Value] = customer.__dict__
        if self._worked_out:
            values = {**values}
            for name, of in self._worked_out:
                values[name] = of(values)
        return values


def _worked_out(card: Card) -> list[tuple[str, Callable[[Values], Value]]]:
    """What is worked out of a customer's values before the terms are, in that order."""
    used = {*card.trained, *(name for term in card.terms for name in term.features)}
    ratios = {name: ratio for name, ratio in card.made.items() if name in used}
    used.update(part for ratio in ratios.values() for part in ratio.ratio)
    attributes = [name for name in FEATURES if name in used and not NOTES[name].asked]
    return [
        *((name, value_of(name)) for name in attributes),
        *((name, ratio.value()) for name, ratio in ratios.items()),
    ]


def load(folder: Path) -> Scorecard:
    """The scorecard of a folder of artifacts, when its SHA-256 is the one in the manifest.

    Raises ArtifactError when a file is missing or damaged, the two do not belong together, or they
    belong to another schema.
    """
    try:
        content, manifest = (folder / SCORECARD).read_bytes(), (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise ArtifactError(
            f"{Path(str(error.filename)).name} can't be read: {error.strerror}"
        ) from error
    expected, schema = _expected(manifest)
    # Training replaces the manifest last. Until then, and after a kill, the previous one counts.
    for found in (content, *_previous(folder)):
        if hashlib.sha256(found).hexdigest() == expected:
            if schema not in (None, SCHEMA.digest):
                raise _trained_for_another(found)
            return Scorecard(read_card(found), expected[:12])
    raise ArtifactError(
        f"{SCORECARD} is not the file that {MANIFEST} describes: their SHA-256 differ"
    )


def _previous(folder: Path) -> Iterator[bytes]:
    with suppress(OSError):
        yield (folder / PREVIOUS / SCORECARD).read_bytes()


def _expected(manifest: bytes) -> tuple[str, object]:
    """The scorecard's SHA-256, and the digest of its schema, which older manifests do not tell."""
    try:
        told = json.loads(manifest)
        return str(told["files"][SCORECARD]), told.get("schema")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArtifactError(f"{MANIFEST} is damaged: it holds no SHA-256 of {SCORECARD}") from error


def _trained_for_another(content: bytes) -> ArtifactError:
    name = misfit(content)
    first = f"; the first attribute that does not fit is {name!r}" if name else ""
    advice = "train anew: churn train FILE"
    return ArtifactError(f"{SCORECARD} was trained for another {CUSTOMER}; {advice}{first}")


@cache
def scorecard(folder: Path = ARTIFACTS) -> Scorecard:
    """The one scorecard of this process. Raises ArtifactError."""
    return load(folder)


def risk(probability: float, bounds: ScoreSettings) -> Risk:
    """The band that people call a probability by."""
    if probability >= bounds.risk_high_from:
        return "high"
    return "medium" if probability >= bounds.risk_medium_from else "low"


def bands(bounds: ScoreSettings) -> str:
    """Which probabilities `risk` calls how."""
    return f"medium from {bounds.risk_medium_from:g}, high from {bounds.risk_high_from:g}"


def sigmoid(logit: float) -> float:
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    return math.exp(logit) / (1 + math.exp(logit))
