"""What people read about an attribute of a customer."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribute:
    """What people read about a field.

    label: a short name. phrases: for each level, or for each lower bound of a band of numbers, what
    follows "This customer ..." in a reason. unit: of a number, in words. shown: how a number is
    written. protected: never used by the score or an offer.
    """

    label: str
    phrases: Mapping[str | float, str]
    unit: str = ""
    shown: str = ""
    protected: bool = False


def has(thing: str, bare: str) -> dict[str | float, str]:
    """The phrases of a thing that one has or has not."""
    return {"Yes": f"has {thing}", "No": f"has no {bare}"}


def add_on(thing: str) -> dict[str | float, str]:
    """The phrases of a service that needs internet service."""
    return {**has(thing, thing), "No internet service": "has no internet service"}
