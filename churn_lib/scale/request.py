"""What a statement is asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from churn_lib.customer.contact import FACTS, Channel, Context
from churn_lib.customer.languages import spoken
from churn_lib.customer.model import ABSENT, ATTRIBUTES, FEATURES
from churn_lib.errors import FieldFault, InputError
from churn_lib.scale.expressions import PREFIX

MOST_REASONS = 5

ARGUMENTS: tuple[str, ...] = tuple(
    name
    for name in ATTRIBUTES
    if name in FEATURES or name in {ABSENT[child][0] for child in ABSENT.keys() & set(FEATURES)}
)
"""The attributes that a table must have: those that a score may use, and what decides over them."""


@dataclass(frozen=True)
class Request:
    """What a statement is asked for.

    day: on which offers must be valid. reasons: 0 to 5. facts: those of the contact that the table
    has as columns. protected: attributes that no score uses, and that are checked all the same.
    columns: by attribute or fact, the table's own name, where it is another one. types: text where
    columns may be of any type, whose texts are then read by the rules of `docs/reading.md`. quoted:
    whether names stand in quotes, and so are taken letter by letter. each_offer: adds value_<n> and
    cost_<n> for the n-th offer of the file, its expected value and expected spend; NULL where a
    rule forbids it. texts: adds offer_reason, by which the bank finds the text of an offer. keep:
    the table's own columns come first.
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
    texts: bool = False
    keep: bool = True

    def __post_init__(self) -> None:
        """Raises InputError, which names all that can't be asked for."""
        if found := list(self._faults()):
            raise InputError(found)

    @property
    def names(self) -> tuple[str, ...]:
        """All attributes and facts that the table must have."""
        return (*ARGUMENTS, *self.protected, *self.facts)

    def column(self, name: str) -> str:
        """The table's own name of an attribute or a fact."""
        return self.columns.get(name, name)

    def _faults(self) -> Iterator[FieldFault]:
        if spoken.languages and self.language not in spoken.languages:
            yield FieldFault("language", f"must be one of {', '.join(spoken.languages)}")
        if not 0 <= self.reasons <= MOST_REASONS:
            yield FieldFault("reasons", f"must be from 0 to {MOST_REASONS}")
        for name in self.facts:
            if name not in FACTS or self.facts.count(name) > 1:
                yield FieldFault("facts", f"must be some of {', '.join(FACTS)}, each once")
        known = self.names
        for name in self.columns.keys() - set(known):
            yield FieldFault(
                "map", f"has no attribute or fact {name}; there are {', '.join(known)}"
            )
        for name in map(self.column, known):
            if name.lower().startswith(PREFIX):
                yield FieldFault(
                    "map", f"must be other columns: {PREFIX} begins names of the statement"
                )
        for name in (self.table, *map(self.column, known)):
            if not name or not name.isprintable():
                yield FieldFault("table and map", "must be names on one line")
