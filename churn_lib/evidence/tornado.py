"""How much hangs on each assumption of a catalogue: what its decisions bring if one is off."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from churn_lib.customer.contact import Context
from churn_lib.evidence.world import Scored
from churn_lib.offers.beta import Beta, belief
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.decide import Decider, Decision
from churn_lib.offers.economics import appraise
from churn_lib.offers.offer import Offer
from churn_lib.offers.terms import Assumptions, Economy

LESS, MORE = 0.5, 1.5
"""An assumption is tried at so many times itself; an acceptance at the ends of its 90 %."""
PARTS = 500
"""Of the Beta that stands for an acceptance of which one is sure."""

Change = Callable[[Assumptions | Economy], dict[str, object]]
"""What is other in the assumptions, or in what an offer says of its own."""


class Swing(NamedTuple):
    """One assumption, low and high: the profit of today's decisions for 1,000 customers, and how
    many of 1,000 would get another one if it were known.
    """

    name: str
    profit: tuple[float, float]
    changed: tuple[float, float]

    @property
    def width(self) -> float:
        return abs(self.profit[1] - self.profit[0])


def tornado(catalogue: Catalogue, people: Sequence[Scored], *, today: date) -> list[Swing]:
    """All assumptions, that on which most hangs first."""
    now = _decisions(catalogue, people, today)
    found = []
    for name, pair in _changes(catalogue.assumptions):
        sides = [_side(_changed(catalogue, change), people, now, today) for change in pair]
        found.append(Swing(name, *zip(*sides, strict=True)))
    return sorted(found, key=lambda one: -one.width)


def _decisions(catalogue: Catalogue, people: Sequence[Scored], today: date) -> list[Decision]:
    decider = Decider(catalogue)
    return [
        decider.decide(
            one.customer,
            probability=one.probability,
            reasons=one.reasons,
            context=Context(),
            today=today,
        )
        for one in people
    ]


def _side(
    other: Catalogue, people: Sequence[Scored], now: Sequence[Decision], today: date
) -> tuple[float, float]:
    """What the decisions of now bring under the other assumptions, and who would get others."""
    assumed = other.assumptions
    money = {o.id: offer_constants(o.terms, o.cost, o.economy, assumed) for o in other.offers}
    channel = Context().channel
    profit, changed = 0.0, 0
    for one, old, new in zip(people, now, _decisions(other, people, today), strict=True):
        changed += _name(old) != _name(new)
        if old.chosen is not None:
            constants, answers = money[old.chosen.offer.id], old.evidence.answers
            bill = one.customer.bill
            profit += appraise(constants, bill, one.probability, channel, answers).expected_value
    share = 1000 / len(people)
    return profit * share, changed * share


def _name(decision: Decision) -> str:
    return decision.chosen.offer.id if decision.chosen else ""


def _changes(assumed: Assumptions) -> Iterator[tuple[str, tuple[Change, Change]]]:
    for name in ("acceptance", "acceptance_otherwise"):
        yield name, (_sure(name, "low"), _sure(name, "high"))
    for name, field in Assumptions.model_fields.items():
        value = getattr(assumed, name)
        if name in {"floor", "price_floor", "likely_leaver_from"} or not field.is_required():
            continue
        if isinstance(value, int | float | dict) and value:
            yield name, (_times(name, LESS), _times(name, MORE))


def _sure(name: str, end: str) -> Change:
    """An acceptance at one end of what it may be."""

    def change(part: Assumptions | Economy) -> dict[str, object]:
        beta: Beta | None = getattr(part, name)
        if beta is None:
            return {}
        kept = min(max(round(getattr(belief(beta), end) * PARTS), 1), PARTS - 1)
        return {name: Beta(kept, PARTS - kept)}

    return change


def _times(name: str, factor: float) -> Change:
    def change(part: Assumptions | Economy) -> dict[str, object]:
        value = getattr(part, name, None)
        if value is None:
            return {}
        if isinstance(value, dict):
            return {name: {key: cost * factor for key, cost in value.items()}}
        if isinstance(value, int):
            return {name: max(round(value * factor), 1)}
        return {name: min(value * factor, 1.0)}

    return change


def _changed(catalogue: Catalogue, change: Change) -> Catalogue:
    def offer(one: Offer) -> Offer:
        return one.model_copy(
            update={"economy": one.economy.model_copy(update=change(one.economy))}
        )

    assumed = catalogue.assumptions
    return catalogue.model_copy(
        update={
            "assumptions": assumed.model_copy(update=change(assumed)),
            "offers": tuple(map(offer, catalogue.offers)),
        }
    )
