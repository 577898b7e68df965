"""A row as the model of a customer takes it: NULL where the service would refuse a value."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from churn_lib.customer.faults import refusal
from churn_lib.customer.model import (
    ABSENT,
    ATTRIBUTES,
    FEATURES,
    LEVELS,
    NO,
    WITHOUT,
    allowed,
    contradiction,
)
from churn_lib.customer.schema import Level
from churn_lib.errors import FieldFault
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.expressions import both, case, joined, match, one_of
from churn_lib.scale.request import Request

ARGUMENTS: tuple[str, ...] = tuple(
    name
    for name in ATTRIBUTES
    if name in FEATURES or name in {ABSENT[child][0] for child in ABSENT.keys() & FEATURES}
)
"""The attributes that a table must have: those that a score may use, and what decides over them."""

UNLISTED = "..."
"""Stands in a sentence for a text of the customer's."""


@dataclass(frozen=True)
class Columns:
    """The columns of the table, and what is wrong with them."""

    dialect: Dialect
    request: Request

    def raw(self, name: str) -> str:
        """The table's own column of an attribute or a fact."""
        column = self.request.columns.get(name, name)
        return self.dialect.raw(self.dialect.identifier(column, quoted=self.request.quoted))

    def checked(self, name: str, checked_later: Container[str]) -> str:
        """The value of an attribute; NULL where it is not known, or wrong.

        checked_later: attributes whose wrong values have no effect in any term.
        """
        if name in ABSENT:
            return self._of_service(name)
        read, blank = self._read(name), ATTRIBUTES[name].blank
        if name in LEVELS:
            return read if name in checked_later else case([(self._fits(name), read)])
        known = (self._fits(name), self.dialect.double_of(read))
        if blank is None:
            return case([known])
        return case([known, (self.missing(name), self.dialect.number(float(blank)))])

    def missing(self, name: str) -> str:
        """Whether there is no value; NaN stands for none."""
        read = self._read(name)
        if name in LEVELS:
            return f"{read} IS NULL"
        return f"({read} IS NULL OR NOT {read} <= {self.dialect.infinity})"

    def faults(self) -> str:
        """What is wrong with each value by itself; empty if nothing."""
        return joined(case(self._faults_of(name), "''") for name in ARGUMENTS)

    def contradictions(self) -> str:
        """What is wrong with values beside others, each of which is allowed; empty if nothing."""
        return joined(self._contradiction(name) for name in ARGUMENTS if name in ABSENT)

    def _read(self, name: str) -> str:
        raw, blank = self.raw(name), ATTRIBUTES[name].blank
        if blank is None or name not in LEVELS:
            return raw
        return f"COALESCE({raw}, {self.dialect.level(blank)})"

    def _fits(self, name: str) -> str:
        """Whether a value that is there is allowed by itself."""
        read, note = self._read(name), ATTRIBUTES[name]
        if name in LEVELS:
            return self._is(name, LEVELS[name])
        low, high = (self.dialect.number(float(end)) for end in (note.low, note.high))
        return both(f"{read} BETWEEN {low} AND {high}", note.whole * f"{read} = FLOOR({read})")

    def _is(self, name: str, levels: tuple[Level, ...]) -> str:
        return one_of(self._read(name), map(self.dialect.level, levels))

    def _of_service(self, name: str) -> str:
        """Absent where the other service is; else whatever it is but absent."""
        absent = ABSENT[name][1]
        own = tuple(level for level in LEVELS[name] if level != absent)
        agreeing = tuple(level for level in LEVELS[name] if level in (absent, NO))
        lacking = f"({self._is(name, agreeing)} OR {self.missing(name)})"
        within = case([(lacking, self.dialect.level(absent))])
        return case([(self._is_without(name), within), (self._is(name, own), self._read(name))])

    def _is_without(self, name: str) -> str:
        """Whether the service that this one needs is absent."""
        parent = ABSENT[name][0]
        return f"{self._read(parent)} = {self.dialect.level(WITHOUT[parent])}"

    def _faults_of(self, name: str) -> Iterator[tuple[str, str]]:
        note, must = ATTRIBUTES[name], allowed(name)
        yield self._fits(name), "''"
        if name in ABSENT:
            yield both(self.missing(name), self._is_without(name)), "''"
        lacks = note.required and note.blank is None
        missing = self._told(FieldFault(name, refusal(must, missing=True))) if lacks else "''"
        yield self.missing(name), missing
        yield "TRUE", self._told(FieldFault(name, refusal(must, missing=False)))

    def _contradiction(self, name: str) -> str:
        read, absent = self._read(name), ABSENT[name][1]
        against = {level: contradiction(name, level) for level in LEVELS[name]}
        wrong = {level: fault for level, fault in against.items() if level not in (absent, NO)}
        within = match(read, self._all_told(wrong), "''")
        beside = (f"{read} = {self.dialect.level(absent)}", self._told(against[absent]))
        return case([(self._is_without(name), within), beside], "''")

    def _all_told(self, faults: Mapping[Level, FieldFault]) -> Iterator[tuple[str, str]]:
        for level, fault in faults.items():
            yield self.dialect.level(level), self._told(fault)

    def _told(self, fault: FieldFault) -> str:
        return self.dialect.text(f"; {fault.field}: {fault.message}")
