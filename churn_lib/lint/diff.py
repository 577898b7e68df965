"""For how many customers a new catalogue decides otherwise than the old one, and how."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import product
from typing import NamedTuple

from churn_lib.customer.contact import Context
from churn_lib.customer.model import LEVELS, Customer
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.decide import Decider
from churn_lib.score.scorecard import Scorecard
from churn_lib.words.template import terms

NO_OFFER = "(no offer)"

TENURES = (1, 6, 14, 30, 60)
BILLS = (20.0, 45.0, 70.0, 95.0)


class Move(NamedTuple):
    """So many customers go from one offer to another; the same id twice: with other terms or
    deadline.
    """

    before: str
    after: str
    customers: int


class Difference(NamedTuple):
    """How many customers were asked about, for how many the decision changed, and how, most
    frequent first.

    synthetic: no customers were given, so that the numbers count points of a grid and say nothing
    of a real base. gain: the sum of the expected values of the new decisions less that of the old
    ones, in the new currency.
    """

    customers: int
    changed: int
    moves: tuple[Move, ...]
    gain: float
    synthetic: bool


class _Decided(NamedTuple):
    offer: str
    terms: dict[str, float | int]
    deadline: date | None
    value: float


def diff(
    old: Catalogue,
    new: Catalogue,
    card: Scorecard,
    *,
    today: date,
    customers: Iterable[Customer] | None = None,
    context: Context | None = None,
) -> Difference:
    """Compares two catalogues on these customers, or on a fixed grid of synthetic ones when there
    are none.
    """
    sides = Decider(old), Decider(new)
    asked, changed, gain = 0, Counter[tuple[str, str]](), 0.0
    for customer in grid() if customers is None else customers:
        before, after = (
            _decided(side, customer, card, context or Context(), today) for side in sides
        )
        asked += 1
        gain += after.value - before.value
        if before[:-1] != after[:-1]:
            changed[before.offer, after.offer] += 1
    ordered = sorted(changed.items(), key=lambda item: (-item[1], item[0]))
    moves = tuple(Move(before, after, count) for (before, after), count in ordered)
    return Difference(asked, sum(changed.values()), moves, gain, customers is None)


def _decided(
    decider: Decider, customer: Customer, card: Scorecard, context: Context, today: date
) -> _Decided:
    score = card.score(customer)
    reasons = card.reasons(customer, score)
    chosen = decider.decide(
        customer, probability=score.probability, reasons=reasons, context=context, today=today
    ).chosen
    if chosen is None:
        return _Decided(NO_OFFER, {}, None, 0.0)
    numbers, value = terms(chosen.offer, customer), chosen.economics.expected_value
    return _Decided(chosen.offer.id, numbers, chosen.accept_until, value)


def grid() -> Iterator[Customer]:
    """Synthetic customers over what rules ask for most, in a fixed order; other attributes are the
    plainest.
    """
    plain = {name: str(levels[-1]) for name, levels in LEVELS.items()} | {
        "PhoneService": "Yes",
        "MultipleLines": "No",
    }
    names = ("Contract", "InternetService", "PaymentMethod")
    for contract, internet, payment, service, tenure, bill in product(
        *(LEVELS[name] for name in names), ("Yes", "No"), TENURES, BILLS
    ):
        added = "No internet service" if internet == "No" else service
        services = {
            name: added for name, levels in LEVELS.items() if "No internet service" in levels
        }
        chosen = {
            "Contract": contract,
            "InternetService": internet,
            "PaymentMethod": payment,
            "tenure": tenure,
        }
        yield Customer.model_validate(
            {
                **plain,
                **services,
                **chosen,
                "PaperlessBilling": service,
                "SeniorCitizen": 0,
                "MonthlyCharges": bill,
            }
        )
