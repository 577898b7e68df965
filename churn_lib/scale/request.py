"""What a statement is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from churn_lib.customer.contact import Channel, Context
from churn_lib.customer.languages import spoken

MOST_REASONS = 5


@dataclass(frozen=True)
class Request:
    """What a statement is asked for.

    day: on which offers must be valid. reasons: 0 to 5. facts: those of the contact that the table
    has as columns. columns: by attribute or fact, the table's own name, where it is another one.
    protected: attributes that no score uses, and that are checked all the same.
    types: text where every column is text, which is then read by the rules of `docs/reading.md`.
    each_offer: adds value_<n> and cost_<n> for the n-th offer of the file, its expected value and
    expected spend; NULL where a rule forbids it. keep: the table's own columns come first.
    """

    day: date
    table: str = "customers"
    reasons: int = 3
    offers: bool = True
    facts: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    channel: Channel = field(default_factory=lambda: Context().channel)
    language: str = field(default_factory=lambda: spoken.first)
    columns: Mapping[str, str] = field(default_factory=dict)
    types: Literal["native", "text"] = "native"
    quoted: bool = False
    each_offer: bool = False
    keep: bool = True
