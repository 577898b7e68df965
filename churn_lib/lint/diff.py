"""For how many customers a new catalogue decides otherwise than the old one, and how."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from churn_lib.customer.contact import Context
from churn_lib.customer.model import Customer
from churn_lib.lint.grid import grid
from churn_lib.lint.shares import dead
from churn_lib.lint.spent import Spending
from churn_lib.lint.varied import all_anchored, unfollowed
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.decide import Decider
from churn_lib.offers.generosity import beside_reference, mean_at
from churn_lib.offers.terms import Reference
from churn_lib.score.scorecard import Scorecard
from churn_lib.score.shape import Cause
from churn_lib.words.template import terms

NO_OFFER = "(no offer)"


class Move(NamedTuple):
    """So many customers change offers; the same id twice: other terms or another deadline."""

    before: str
    after: str
    customers: int


class Difference(NamedTuple):
    """How many customers were asked about, how many decisions changed, and how, most often first.

    gain: the sum of the expected values of the new decisions less that of the old ones, in the new
    currency. synthetic: the customers are points of a grid, and say nothing of a real base.
    before, after: what the offers of each catalogue take. dead: ids of offers of the new one that
    none of these customers gets. unfollowed: offers whose terms changed and whose stated acceptance
    did not, told in a line each.
    """

    customers: int
    changed: int
    moves: tuple[Move, ...]
    gain: float
    synthetic: bool
    before: Spending
    after: Spending
    dead: tuple[str, ...] = ()
    unfollowed: tuple[str, ...] = ()


class _Decided(NamedTuple):
    """The id of the offer, its terms and deadline for this customer, and its expected value."""

    offer: str
    promise: tuple[dict[str, float | int], date] | None
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
    """Compares two catalogues on these customers, or on made-up ones when there are none.

    An offer without a reference is accepted as its old terms would be: else giving less would seem
    to cost nothing.
    """
    lines = tuple(_unfollowed(old, new))
    old, new = all_anchored(old, old), all_anchored(new, old)
    contact, sides = context or Context(), (_Side(old), _Side(new))
    asked = list(grid(old, new) if customers is None else customers)
    changed, gain = Counter[tuple[str, str]](), 0.0
    for customer in asked:
        score = card.score(customer)
        case = _Case(customer, score.probability, card.reasons(customer, score), contact, today)
        before, after = (side.decided(case) for side in sides)
        gain += after.value - before.value
        if (before.offer, before.promise) != (after.offer, after.promise):
            changed[before.offer, after.offer] += 1
    moves = [Move(*pair, count) for pair, count in changed.items()]
    moves.sort(key=lambda move: (-move.customers, move))
    old_side, new_side = sides
    return Difference(
        len(asked),
        changed.total(),
        tuple(moves),
        gain,
        synthetic=customers is None,
        before=old_side.spending,
        after=new_side.spending,
        dead=dead(new_side.decider, card, asked, today, new_side.got),
        unfollowed=lines,
    )


class _Case(NamedTuple):
    """A customer who is asked about, and on which day."""

    customer: Customer
    probability: float
    reasons: Sequence[Cause]
    context: Context
    today: date


class _Side:
    """One of the catalogues: its rules and money are made ready once for all customers."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.decider, self.spending = Decider(catalogue), Spending(catalogue)
        self.got = set[str]()

    def decided(self, case: _Case) -> _Decided:
        chosen = self.decider.decide(
            case.customer,
            probability=case.probability,
            reasons=case.reasons,
            context=case.context,
            today=case.today,
        ).chosen
        if chosen is None:
            return _Decided(NO_OFFER, None, 0.0)
        self.got.add(chosen.offer.id)
        self.spending.add(chosen, case.customer.bill, case.probability, case.context.channel)
        promise = terms(chosen.offer, case.customer), chosen.accept_until
        return _Decided(chosen.offer.id, promise, chosen.economics.expected_value)


def _unfollowed(old: Catalogue, new: Catalogue) -> Iterator[str]:
    half = new.assumptions.generosity_half
    for offer, gave, gives in unfollowed(old, new):
        stated = offer.economy.acceptance or new.assumptions.acceptance
        beside = beside_reference(offer.terms, offer.cost, offer.economy.reference or gave)
        mean = mean_at(stated.mean, beside, half)
        yield (
            f"{offer.id}: its terms changed ({_gift(gave)} to {_gift(gives)}) and its acceptance "
            f"was not measured anew: {mean * 100:.0f} % is assumed, from generosity_half = {half:g}"
        )


def _gift(given: Reference) -> str:
    what = f"{given.amount or 0:g}" if given.share is None else f"{given.share * 100:.3g} %"
    return what if given.months is None else f"{what} for {given.months} months"
