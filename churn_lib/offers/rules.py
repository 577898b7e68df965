"""Rules of offers: conditions on one attribute or fact each, written as data in `offers.toml`.

A rule ends as `pass`, `veto` or `not_checked`. A fact that is not known is never a pass: the rule
is `not_checked`, which leaves the offer possible, or is a `veto` where the rule says `required`.
"""

from collections.abc import Mapping
from typing import Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from churn_lib.customer.contact import COUNTS, FACTS, TRUTHS, Count, Money
from churn_lib.customer.model import FEATURES, LEVELS, MOST_NAMED, NOTES, RANGES

Level = str | bool | int
Value = str | float | None
Values = Mapping[str, Value]

OTHER = "any other"
"""Stands for all levels that are not listed, where an attribute may have such."""


class Condition(BaseModel):
    """Levels (`is`, `is_not`) or a range (`at_least`, `at_most`, both included) of one field."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    field: str
    one_of: tuple[Level, ...] | None = Field(None, alias="is", min_length=1)
    none_of: tuple[Level, ...] | None = Field(None, alias="is_not", min_length=1)
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        check_field(self.field)
        by_level, by_number = (self.one_of, self.none_of), (self.at_least, self.at_most)
        numeric = self.field not in LEVELS and self.field not in TRUTHS
        given, other = (by_number, by_level) if numeric else (by_level, by_number)
        if given == (None, None) or other != (None, None):
            raise ValueError(
                f"{self.field} needs {'at_least or at_most' if numeric else 'is or is_not'}, "
                "and no other"
            )
        for level in (*(self.one_of or ()), *(self.none_of or ())):
            _check_level(self.field, level)
        return self

    @property
    def levels(self) -> frozenset[Level]:
        """The levels that meet a condition on levels."""
        listed = levels(self.field)
        unlisted = (OTHER,) if self.field in NOTES and NOTES[self.field].other else ()
        return frozenset(self.one_of or (*listed, *unlisted)) - frozenset(self.none_of or ())

    def text(self) -> str:
        """What the field must be, to end a sentence: "Month-to-month or One year", "at least 6"."""
        if self.one_of is not None or self.none_of is not None:
            if self.none_of is not None and len(self.levels) > MOST_NAMED:
                return f"none of {', '.join(map(_say, self.none_of))}"
            return " or ".join(sorted(_say(level) for level in self.levels))
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        return " and ".join(f"{words} {bound:g}" for words, bound in bounds if bound is not None)


class Rule(Condition):
    """A condition on an offer; `required` vetoes the offer also when the fact is not known.

    outbound_only: it is about contacts of ours, and does not hold where the customer called.
    """

    required: bool = False
    outbound_only: bool = False


def check_field(name: str) -> None:
    """Raises ValueError unless a rule or a reason may name this field."""
    if name in NOTES and name not in FEATURES:
        raise ValueError(f"{name} is a protected attribute, which no offer may depend on")
    if name not in FEATURES and name not in FACTS:
        raise ValueError(f"{name} is no attribute of a customer and no fact of a contact")


def label(field: str) -> str:
    """The short name of an attribute or fact."""
    return NOTES[field].label if field in NOTES else FACTS[field]


def levels(field: str) -> tuple[Level, ...]:
    """All levels of an attribute, or both truths of a fact."""
    return (True, False) if field in TRUTHS else LEVELS[field]


def span(field: str) -> tuple[float, float]:
    """Lowest and highest value that a numeric field can have; one that is worked out, any."""
    if field in NOTES and field not in RANGES:
        return float("-inf"), float("inf")
    bounds = RANGES[field] if field in RANGES else get_args(Count if field in COUNTS else Money)[1]
    return float(str(bounds.ge)), float(str(bounds.le))


def is_whole(field: str) -> bool:
    """Whether a numeric field has whole numbers only."""
    return NOTES[field].whole if field in NOTES else field in COUNTS


def low(bound: float | None) -> float:
    """A lower bound as a number."""
    return float("-inf") if bound is None else bound


def high(bound: float | None) -> float:
    """An upper bound as a number."""
    return float("inf") if bound is None else bound


def _check_level(field: str, level: Level) -> None:
    known = levels(field)
    # True is not 1 here.
    if not any(type(level) is type(one) and level == one for one in known):
        listed = ", ".join(map(_written, known[:MOST_NAMED]))
        more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
        raise ValueError(f"{field} has no level {level!r}; it has {listed}{more}")


def _written(level: Level) -> str:
    """The level as a catalogue spells it."""
    return repr(level) if isinstance(level, str) else str(level).lower()


def _say(level: Level) -> str:
    if isinstance(level, bool):
        return "yes" if level else "no"
    return str(level)
