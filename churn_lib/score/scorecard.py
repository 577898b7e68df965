"""The score: an additive logistic regression as plain numbers, of `artifacts/scorecard.json`.

    logit(p) = intercept + sum of one effect per term

A term is `levels` (one number per category), a `curve` (straight lines between knots, flat outside
them) or a `pair` (a table over two curves, interpolated bilinearly, flat outside). Effects are
centred on the training data: an effect of 0.3 raises the log-odds by 0.3 compared with the average
customer. Intercept plus effects is the logit exactly.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from churn_lib.customer.model import RANGES, Customer, describe
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import ArtifactError
from churn_lib.score.terms import Card, Curve, Pair, read_card
from churn_lib.settings import ScoreSettings

SCORECARD = "scorecard.json"
MANIFEST = "manifest.json"
PREVIOUS = "previous"
"""The folder in that of the artifacts where training keeps the ones that it replaces."""

AND = " and "
"""Joins the two attributes of a pair."""

SMALLEST_REASON = 0.05
"""Smaller effects, in log-odds, change a probability by at most 0.0125: no sentence for them."""


Risk = Literal["low", "medium", "high"]


class Score(NamedTuple):
    """Probability of leaving (0 to 1), its logit, and the effect of each term in log-odds."""

    probability: float
    logit: float
    effects: tuple[float, ...]


class Reason(TypedDict):
    """One effect in plain words."""

    feature: Annotated[
        str, Field(description="the attribute, or both of a pair, joined", examples=["Contract"])
    ]
    value: Annotated[
        str | float, Field(description="the customer's own", examples=["Month-to-month"])
    ]
    effect: Annotated[
        float,
        Field(
            description="log-odds compared with the average customer: above 0, leaving is likelier",
            examples=[0.75],
        ),
    ]
    text: Annotated[
        str, Field(description="follows `This customer ...`", examples=["pays month to month"])
    ]


class Explanation(TypedDict):
    """What stands behind a probability."""

    outside_training: NotRequired[
        Annotated[
            list[str],
            Field(
                description="numbers below or above all that the score was trained on, which "
                "counts them as the nearest that it knows; left out when there is none",
                examples=[["MonthlyCharges"]],
            ),
        ]
    ]
    reasons: Annotated[
        list[Reason],
        Field(description="the strongest effects, at most three each way, strongest first"),
    ]


def raising(reasons: Sequence[Reason]) -> list[str]:
    """The attributes whose effects raise the probability, strongest first."""
    joined = [reason["feature"] for reason in reasons if reason["effect"] > 0]
    return AND.join(joined).split(AND) if joined else []


class Scorecard:
    """Scores customers. `version` is the beginning of the file's SHA-256."""

    def __init__(self, card: Card, version: str) -> None:
        self.card = card
        self.version = version
        self._features = [term.features for term in card.terms]
        self._effects = [term.effect() for term in card.terms]
        self._trained = _trained(card)

    def score(self, customer: Customer) -> Score:
        """Probability, logit and effects of one customer."""
        values = customer.__dict__
        effects = tuple([effect(values) for effect in self._effects])
        logit = math.fsum((self.card.intercept, *effects))
        return Score(sigmoid(logit), logit, effects)

    def explanation(self, customer: Customer, score: Score) -> Explanation:
        """The reasons, and what lies outside the training data where something does."""
        outside, reasons = self.outside(customer), self.reasons(customer, score)
        if outside:
            return {"outside_training": outside, "reasons": reasons}
        return {"reasons": reasons}

    def outside(self, customer: Customer) -> list[str]:
        """The numbers that are lower or higher than any that the score was trained on."""
        values = customer.__dict__
        return [
            name
            for name, (lowest, highest) in self._trained.items()
            if not lowest <= values[name] <= highest
        ]

    def reasons(self, customer: Customer, score: Score, limit: int = 3) -> list[Reason]:
        """The strongest effects upward and downward, at most `limit` of each, strongest first."""
        ranked = sorted(range(len(score.effects)), key=score.effects.__getitem__)
        chosen = [i for i in ranked[:limit] if score.effects[i] <= -SMALLEST_REASON]
        chosen += [i for i in ranked[-limit:] if score.effects[i] >= SMALLEST_REASON]
        chosen.sort(key=lambda i: (-abs(score.effects[i]), -score.effects[i]))
        values, found = customer.__dict__, list[Reason]()
        for i in chosen:
            name, *others = self._features[i]
            value, text = values[name], describe(name, values[name])
            for other in others:  # the second of a pair
                name = AND.join((name, other))
                value = f"{value}, {values[other]}"
                text = AND.join((text, describe(other, values[other])))
            effect = score.effects[i]
            found.append({"feature": name, "value": value, "effect": effect, "text": text})
        return found


def _trained(card: Card) -> Mapping[str, tuple[float, float]]:
    """Lowest and highest number of the training data, by attribute: where its knots end."""
    axes = list(_axes(card))
    found: dict[str, tuple[float, float]] = {}
    for name in RANGES:
        ends = [(knots[0], knots[-1]) for feature, knots in axes if feature == name]
        if ends:
            lowest, highest = min(low for low, _ in ends), max(high for _, high in ends)
            # Months have no knot at 0, though there are such customers in the training data.
            is_whole = Customer.model_fields[name].annotation is int
            found[name] = lowest - is_whole, highest
    return found


def _axes(card: Card) -> Iterator[tuple[str, Sequence[float]]]:
    for term in card.terms:
        if isinstance(term, Curve):
            yield term.feature, term.knots
        elif isinstance(term, Pair):
            yield from zip(term.features, term.knots, strict=True)


def load(folder: Path) -> Scorecard:
    """The scorecard of a folder of artifacts, when its SHA-256 is the one in the manifest.

    Raises ArtifactError when a file is missing or damaged, or the two do not belong together.
    """
    try:
        content, manifest = (folder / SCORECARD).read_bytes(), (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise ArtifactError(
            f"{Path(str(error.filename)).name} can't be read: {error.strerror}"
        ) from error
    expected = _expected(manifest)
    # Training replaces the manifest last. Until then, and after a kill, the previous one counts.
    for found in (content, *_previous(folder)):
        if hashlib.sha256(found).hexdigest() == expected:
            return Scorecard(read_card(found), expected[:12])
    raise ArtifactError(
        f"{SCORECARD} is not the file that {MANIFEST} describes: their SHA-256 differ"
    )


def _previous(folder: Path) -> Iterator[bytes]:
    with suppress(OSError):
        yield (folder / PREVIOUS / SCORECARD).read_bytes()


def _expected(manifest: bytes) -> str:
    try:
        return str(json.loads(manifest)["files"][SCORECARD])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArtifactError(f"{MANIFEST} is damaged: it holds no SHA-256 of {SCORECARD}") from error


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
