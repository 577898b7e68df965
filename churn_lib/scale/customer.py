"""A row as the service takes it: NULL where it would refuse a value, and a sentence about that."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from churn_lib.customer.contact import COUNT_ENDS, COUNTS, MONEY_ENDS, TRUTHS, Context
from churn_lib.customer.faults import accepted, refusal
from churn_lib.customer.model import (
    ABSENT,
    ATTRIBUTES,
    LEVELS,
    LONGEST_LEVEL,
    NO,
    WITHOUT,
    allowed,
    contradiction,
)
from churn_lib.customer.schema import Level
from churn_lib.customer.spelling import plain
from churn_lib.errors import FieldFault
from churn_lib.scale.columns import Columns, plain_in, stands_for_none_in
from churn_lib.scale.expressions import PREFIX, Stage, both, case, joined, match, one_of, value

UNLISTED = "..."
"""Stands in a sentence for a text of the customer's own."""


def given(name: str) -> str:
    """What a value is called that is worked out where there is none."""
    is_made = name in ATTRIBUTES and ATTRIBUTES[name].made is not None
    return f"{PREFIX}a_{name}" if is_made else value(name)


@dataclass(frozen=True)
class Checks:
    """Checks the attributes and facts of a row.

    noticed: attributes of which a wrong value has no effect in some term, so that the row has no
    logit.
    """

    columns: Columns
    noticed: Collection[str]

    def values(self) -> Stage:
        """Each value; NULL where it is not known, or wrong."""
        return {given(name): self._checked(name) for name in self.columns.request.names}

    def conditions(self) -> list[str]:
        """What a row must meet beside having an effect in all terms."""
        return [
            self._is_accepted(name)
            for name in self.columns.request.names
            if name not in self.noticed
        ]

    def faults(self) -> str:
        """What is wrong with each value by itself; empty if nothing."""
        return joined(case(self._faults_of(name)) for name in self.columns.request.names)

    def contradictions(self) -> str:
        """What is wrong with values beside others, each of which is allowed; empty if nothing."""
        return joined(
            self._contradiction(name) for name in self.columns.request.names if name in ABSENT
        )

    def _checked(self, name: str) -> str:
        if name in ABSENT:
            return self._of_service(name)
        columns, dialect = self.columns, self.columns.dialect
        read = columns.read(name)
        if name in TRUTHS or self._notices_any_text(name):
            return read
        if name in LEVELS:
            return case([(self._fits(name), read)])
        known = (self._fits(name), dialect.as_double(read))
        blank = _blank(name)
        none = [] if blank is None else [(columns.missing(name), dialect.number(float(blank)))]
        return case([known, *none])

    def _notices_any_text(self, name: str) -> bool:
        return name in LEVELS and name in self.noticed and not ATTRIBUTES[name].other

    def _fits(self, name: str) -> str:
        """Whether a value that is there is allowed by itself."""
        read, dialect = self.columns.read(name), self.columns.dialect
        if name in TRUTHS:
            return f"{read} IS NOT NULL"
        if name in LEVELS:
            listed = self._is(name, LEVELS[name])
            return f"({listed} OR {self._may_be_unlisted(name)})" if _other(name) else listed
        low, high = (dialect.number(end) for end in _ends(name))
        is_whole = name in COUNTS or (name in ATTRIBUTES and ATTRIBUTES[name].whole)
        return both(f"{read} BETWEEN {low} AND {high}", is_whole * f"{read} = FLOOR({read})")

    def _may_be_unlisted(self, name: str) -> str:
        read, dialect = self.columns.read(name), self.columns.dialect
        known = map(dialect.text, dict.fromkeys(map(plain, map(str, LEVELS[name]))))
        return both(
            f"LENGTH({read}) <= {LONGEST_LEVEL}",
            f"NOT {stands_for_none_in(read, dialect)}",
            f"NOT {one_of(plain_in(read, dialect), known)}",
        )

    def _is(self, name: str, levels: Iterable[Level]) -> str:
        return one_of(self.columns.read(name), map(self.columns.dialect.level, levels))

    def _of_service(self, name: str) -> str:
        """Whatever it is where it is absent with the other service, or neither is; else absent if
        that is what a missing value, or No, has to mean.
        """
        dialect, (other, absent) = self.columns.dialect, ABSENT[name]
        read = self.columns.read(name)
        fits = "" if self._notices_any_text(name) else self._fits(name)
        is_without, is_absent = self._is_without(name), self._is(name, [absent])
        lacking = self.columns.missing(name)
        if NO in LEVELS[name]:
            lacking = f"({self._is(name, [NO])} OR {lacking})"
        branches = [
            # What most rows meet comes first: where all of them do, DuckDB copies nothing.
            (both(f"({is_without}) = ({is_absent})", fits), read),
            (both(is_without, lacking), dialect.level(absent)),
        ]
        if _may_lack(other):
            branches.append((both(self.columns.missing(other), f"NOT {is_absent}", fits), read))
        return case(branches)

    def _is_without(self, name: str) -> str:
        """Whether the service that this one needs is absent."""
        parent = ABSENT[name][0]
        return self._is(parent, [WITHOUT[parent]])

    def _is_accepted(self, name: str) -> str:
        is_there = f"{given(name)} IS NOT NULL"
        if _may_lack(name):
            return f"({is_there} OR {self.columns.missing(name)})"
        return is_there

    def _faults_of(self, name: str) -> Iterator[tuple[str, str]]:
        yield self._fits(name), "''"
        missing = self.columns.missing(name)
        if name in ABSENT:
            yield both(self._is_without(name), missing), "''"
        lacks = _may_lack(name) or _blank(name) is not None
        yield missing, "''" if lacks else self._told(_fault(name, missing=True))
        yield "TRUE", self._told(_fault(name, missing=False))

    def _contradiction(self, name: str) -> str:
        dialect, read, absent = self.columns.dialect, self.columns.read(name), ABSENT[name][1]
        wrong = [level for level in LEVELS[name] if level not in (absent, NO)]
        told = [(dialect.level(one), self._told(contradiction(name, one))) for one in wrong]
        agreeing = both(self._fits(name), f"NOT {self._is(name, LEVELS[name])}")
        unlisted = [(agreeing, self._told(contradiction(name, UNLISTED)))] if _other(name) else []
        within = match(read, told, case(unlisted, "''"))
        beside = (self._is(name, [absent]), self._told(contradiction(name, absent)))
        return case([(self._is_without(name), within), beside], "''")

    def _told(self, fault: FieldFault) -> str:
        return self.columns.dialect.text(f"; {fault.field}: {fault.message}")


def _other(name: str) -> bool:
    return bool(ATTRIBUTES[name].other)


def _may_lack(name: str) -> bool:
    """Whether a row may be without this value, so that it is not known or is worked out."""
    return name not in ATTRIBUTES or not ATTRIBUTES[name].required


def _blank(name: str) -> Level | float | None:
    """What an empty cell means, where that is a value."""
    return None if _may_lack(name) else ATTRIBUTES[name].blank


def _ends(name: str) -> tuple[float, float]:
    """The lowest and the highest number that are allowed."""
    if name in ATTRIBUTES:
        return float(ATTRIBUTES[name].low), float(ATTRIBUTES[name].high)
    return COUNT_ENDS if name in COUNTS else MONEY_ENDS


def _fault(name: str, *, missing: bool) -> FieldFault:
    if name in ATTRIBUTES:
        return FieldFault(name, refusal(allowed(name), missing=missing))
    must = accepted(name, Context.model_fields[name])
    return FieldFault(f"context.{name}", refusal(must, missing=missing))
