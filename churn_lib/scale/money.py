"""Sums of money and prices as SQL."""

from collections.abc import Iterable
from math import gcd

from churn_lib.customer.model import ATTRIBUTES, SCHEMA
from churn_lib.errors import FieldFault, InputError
from churn_lib.offers.economics import PARTS, kept
from churn_lib.offers.linear import Linear
from churn_lib.offers.terms import Terms
from churn_lib.scale.dialects import Dialect

EXACT = 2.0**53
"""Below this a binary number tells all whole ones apart."""


def sum_of(linear: Linear, bill: str, dialect: Dialect) -> str:
    """As SQL. bill: what stands for it there."""
    parts = [f"{dialect.number(linear.share)} * {bill}"] if linear.share else []
    if linear.flat or not linear.share:
        parts.append(dialect.number(linear.flat))
    return " + ".join(parts)


def price(terms: Terms, bill: str, cents: str, dialect: Dialect) -> str | None:
    """The price that the terms set, as `pricing` finds it; None where they set none.

    cents: the bill in whole ones. They are binary numbers that are whole up to the last division.
    """
    if terms.percent is not None:
        parts, half, whole = (dialect.number(float(one)) for one in _share(terms.percent))
        return f"FLOOR(({cents} * {parts} + {half}) / {whole}) / {dialect.number(100.0)}"
    if terms.price_after == "unchanged":
        return bill
    return None if terms.price_after is None else dialect.number(terms.price_after)


def check_cents(terms: Iterable[Terms]) -> None:
    """Raises InputError where a bill may be so high that its cents are not exact."""
    name = SCHEMA.bill
    ends = (ATTRIBUTES[name].low, ATTRIBUTES[name].high) if isinstance(name, str) else (name,)
    parts = [_share(one.percent)[0] for one in terms if one.percent is not None]
    if max(map(abs, ends)) * 100 * max([1, *parts]) >= EXACT:
        raise InputError([FieldFault(str(name), "may be too high for whole cents: lower its `to`")])


def _share(percent: float) -> tuple[int, int, int]:
    """What is kept of a bill, half a whole, and a whole, in the largest parts that divide them."""
    numbers = kept(percent), PARTS // 2, PARTS
    parts, half, whole = (one // gcd(*numbers) for one in numbers)
    return parts, half, whole
