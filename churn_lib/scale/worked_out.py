"""Numbers that are worked out of others: by the schema, or by the card for itself."""

from math import prod

from churn_lib.customer.model import ATTRIBUTES, FEATURES, NOTES, how_made
from churn_lib.customer.schema import LARGEST_RATIO, Made
from churn_lib.errors import FieldFault, InputError
from churn_lib.scale.columns import Columns
from churn_lib.scale.customer import given
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.expressions import Stage, case, value
from churn_lib.score.terms import Card

LARGEST = 1e300
"""No product or sum may be larger, lest it be infinite."""


def worked_out(columns: Columns) -> Stage:
    """The attributes that are worked out, or where a caller may leave them out."""
    made = {name: how for name in FEATURES if (how := NOTES[name].made) is not None}
    return {value(name): _attribute(name, how, columns) for name, how in made.items()}


def ratios(card: Card, dialect: Dialect) -> Stage:
    """The ratios of the card."""
    return {
        value(name): _quotient(value(one.ratio[0]), value(one.ratio[1]), dialect)
        for name, one in card.made.items()
    }


def _attribute(name: str, made: Made, columns: Columns) -> str:
    found = _made(name, made, columns.dialect)
    if not NOTES[name].asked:
        return found
    return case([(columns.missing(name), found)], given(name))


def _made(name: str, made: Made, dialect: Dialect) -> str:
    parts = [value(part) for part in made.parts]
    if made.kind == "ratio":
        return _quotient(parts[0], parts[1], dialect)
    if prod(max(1.0, abs(_end(part))) for part in made.parts) > LARGEST:
        raise InputError([FieldFault(name, f"may be infinite: {how_made(name)}")])
    if made.kind == "sum":
        return " + ".join(parts)
    smallest = LARGEST ** (-1 / len(parts))
    return " * ".join(dialect.calm(part, smallest) for part in parts)


def _end(name: str) -> float:
    return max(ATTRIBUTES[name].low, ATTRIBUTES[name].high, key=abs)


def _quotient(first: str, second: str, dialect: Dialect) -> str:
    """NULL where the second is 0, or so small that no number is large enough."""
    ratio = f"{dialect.calm(first, 1 / LARGEST)} / {second}"
    is_large = f"ABS({second}) >= {dialect.number(1.0)}"
    fits = f"{second} <> 0 AND ABS({first}) <= ABS({second}) * {dialect.number(LARGEST_RATIO)}"
    # Only a CASE is certain not to work out the bound of a large number, which would be infinite.
    return case([(is_large, ratio), (fits, ratio)])
