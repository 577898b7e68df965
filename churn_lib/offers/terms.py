"""What an offer promises and costs, and what is assumed about money: numbers of `offers.toml`."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from churn_lib.customer.contact import CHANNELS, Channel, Money
from churn_lib.errors import FieldFault
from churn_lib.offers.beta import Beta
from churn_lib.offers.phrases import available

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Percent = Annotated[float, Field(gt=0, le=100)]
Months = Annotated[int, Field(ge=1, le=120)]
Days = Annotated[int, Field(ge=1, le=365)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]


class Part(BaseModel):
    """A piece of the catalogue: strict, frozen, no unknown fields."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Terms(Part):
    """What is promised: percent off the bill, for how many months, a sum, the price after.

    price_after: money a month, or `unchanged` for the customer's own bill; where `percent` is given
    it follows from it.
    """

    percent: Percent | None = None
    months: Months | None = None
    amount: Money | None = None
    price_after: Money | Literal["unchanged"] | None = None

    @property
    def slots(self) -> frozenset[str]:
        """The slots that a text about these terms may use."""
        given = {
            name
            for name in ("percent", "months", "amount", "price_after")
            if getattr(self, name) is not None
        }
        priced = {"price_after", "saving"} if self.percent is not None else set()
        plain = given | priced | {"price_now", "valid_until"}
        unchanged = {"price_change"} if self.price_after == "unchanged" else set()
        return (available(plain) - unchanged) | plain


class Discount(Part):
    """`terms.percent` of the bill, given up in each of `terms.months` at a margin of 100 %."""

    model: Literal["discount"]


class PriceLock(Part):
    """A rise in price, in percent, expected `from_month` on and put off for `terms.months`."""

    model: Literal["price_lock"]
    expected_rise: Percent
    from_month: Months


class Fixed(Part):
    """A sum spent once, when the offer is accepted: a credit, or a visit."""

    model: Literal["fixed"]
    amount: Money


class AddOn(Part):
    """A service given for `terms.months`.

    marginal_cost: of ours, a month. lost_sales: the share of takers who would have paid its price.
    """

    model: Literal["add_on"]
    list_price: Money
    marginal_cost: Money
    lost_sales: Share


class Gain(Part):
    """Margin a month from each who takes a value-added offer, less what the taker is given once."""

    model: Literal["gain"]
    monthly: Money
    once: Money = 0.0


Cost = Annotated[Discount | PriceLock | Fixed | AddOn | Gain, Field(discriminator="model")]


def other_sums(cost: Cost) -> frozenset[str]:
    """The slots that would call `terms.amount` something else than what it costs us for."""
    match cost:
        case AddOn():
            own = "usual_price"
        case Gain(once=0.0):
            own = "monthly_fee"
        case _:
            own = "credit"
    return frozenset({"credit", "usual_price", "monthly_fee"}) - {own}


def disagreements(terms: Terms, cost: Cost) -> Iterator[FieldFault]:
    """Where the terms and the cost model of one offer do not fit together."""
    if isinstance(cost, Discount) != (terms.percent is not None):
        yield FieldFault(
            "terms.percent", "must be given with the cost model `discount`, and only with it"
        )
    if isinstance(cost, Discount | PriceLock | AddOn) and terms.months is None:
        yield FieldFault("terms.months", f"must be given with the cost model `{cost.model}`")
    if isinstance(cost, PriceLock) and terms.months is not None and cost.from_month > terms.months:
        yield FieldFault("cost.from_month", "is after the last of terms.months")
    if terms.percent is not None and terms.price_after is not None:
        yield FieldFault("terms.price_after", "follows from the percent and must be left out")
    if terms.amount is not None:
        yield from _unpaid(terms.amount, cost)


def _unpaid(amount: float, cost: Cost) -> Iterator[FieldFault]:
    """A sum that is promised and not counted as a cost.

    With the cost model `gain` it is given `once`, or is a monthly price.
    """
    match cost:
        case Fixed(amount=spent) if spent < amount:
            yield FieldFault("cost.amount", "is less than the amount promised")
        case AddOn(list_price=price) if price != amount:
            yield FieldFault("cost.list_price", "is not terms.amount, the price that is told")
        case Gain(once=once) if once and once != amount:
            yield FieldFault("cost.once", "is not the amount promised")
        case Gain(once=once, monthly=monthly) if not once and monthly > amount:
            yield FieldFault("cost.monthly", "is more than the price of terms.amount")
        case Discount() | PriceLock():
            yield FieldFault(
                "terms.amount", f"is promised, and the cost model `{cost.model}` does not count it"
            )


class Reference(Part):
    """What an offer gives where its acceptance is as stated: a share of the bill, or an amount (of
    a service: a month), for so many months. Without `months` it does not matter how many.
    """

    share: Annotated[float, Field(gt=0, le=1)] | None = None
    amount: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    months: Months | None = None


def reference_faults(reference: Reference, cost: Cost) -> Iterator[FieldFault]:
    """Where a reference and the cost model of its offer do not fit together."""
    of_bill = isinstance(cost, Discount | PriceLock)
    wanted, other = ("share", "amount") if of_bill else ("amount", "share")
    if getattr(reference, wanted) is None or getattr(reference, other) is not None:
        message = f"must have {wanted}, and no {other}, with the cost model `{cost.model}`"
        yield FieldFault("economy.reference", message)
    if reference.months is not None and isinstance(cost, Fixed | Gain):
        message = f"is for offers that last: the cost model `{cost.model}` gives once"
        yield FieldFault("economy.reference.months", message)


class Economy(Part):
    """Where an offer departs from the assumptions.

    reference: what is given where acceptance is as stated; left out, what the terms give, so that
    acceptance does not follow when they change.
    """

    reference: Reference | None = None
    acceptance: Beta | None = None
    acceptance_otherwise: Beta | None = None
    hazard_after_save: Rate | None = None
    deadweight: Share | None = None
    sleeping_dogs: Share | None = None


class Campaign(Part):
    """What all offers together may take: money for contacts and what is given, and contacts."""

    budget: Money | None = None
    contacts: Annotated[int, Field(ge=0)] | None = None


class Experiment(Part):
    """What share of customers gets no offer, and what share one by chance among the allowed ones,
    so that the others' can be compared with it. A new name draws anew who.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
    holdout: Annotated[float, Field(ge=0, le=0.5)] = 0.10
    explore: Annotated[float, Field(ge=0, le=0.5)] = 0.05

    @property
    def policy(self) -> float:
        """The share that gets the best offer."""
        return 1 - self.holdout - self.explore

    @model_validator(mode="after")
    def _someone_is_left(self) -> Self:
        if self.policy <= 0:
            raise ValueError("holdout and explore must add up to less than 1")
        return self


class Assumptions(Part):
    """What nobody has measured yet. Money in the catalogue's currency, rates and hazards per month.

    acceptance: of an offer that answers a reason of the customer; acceptance_otherwise: of any
    other. generosity_half: times its reference that an offer gives where half of all who ever would
    accept it do. floor: expected value that an offer must exceed. price_floor: monthly price that
    no offer goes below. likely_leaver_from: probability from which value-added offers are no longer
    made.
    """

    gross_margin: Annotated[float, Field(gt=0, le=1)]
    horizon_months: Months
    monthly_discount_rate: Rate
    hazard_after_save: Rate
    acceptance: Beta = Beta(6, 14)
    acceptance_otherwise: Beta = Beta(2, 18)
    generosity_half: Annotated[float, Field(gt=0, le=100)] = 1.0
    deadweight: Share
    sleeping_dogs: Share
    contact_cost: dict[Channel, Money]
    floor: Money
    price_floor: Money
    likely_leaver_from: Share

    @model_validator(mode="after")
    def _every_channel(self) -> Self:
        missing = [channel for channel in CHANNELS if channel not in self.contact_cost]
        if missing:
            raise ValueError(f"contact_cost lacks {', '.join(missing)}")
        return self
