"""The few forms that all expressions are made of; they are the same in every engine."""

from collections.abc import Iterable, Mapping

Branches = Iterable[tuple[str, str]]
"""Conditions, or values, each with what holds there."""

Stage = Mapping[str, str]
"""By name, expressions over the table's columns and the names of the stages before."""

PREFIX = "ch_"
"""Begins every name inside of a statement: no column of a table may begin so."""

EFFECT, RANK, BEFORE = f"{PREFIX}e", f"{PREFIX}r", f"{PREFIX}g"
LOGIT, PROBABILITY, FAULTS = f"{PREFIX}logit", f"{PREFIX}p", f"{PREFIX}faults"


def value(name: str) -> str:
    """What an attribute, a fact or a ratio is called once it is checked."""
    return f"{PREFIX}v_{name}"


def case(branches: Branches, otherwise: str | None = None) -> str:
    """The first of the branches whose condition is true."""
    told = [f"WHEN {condition} THEN {found}" for condition, found in branches]
    return _case("CASE", told, otherwise)


def match(subject: str, branches: Branches, otherwise: str | None = None) -> str:
    """The branch of the value that the subject has."""
    told = [f"WHEN {equal} THEN {found}" for equal, found in branches]
    return _case(f"CASE {subject}", told, otherwise)


def _case(start: str, told: list[str], otherwise: str | None) -> str:
    last = [] if otherwise is None else [f"ELSE {otherwise}"]
    return " ".join([start, *told, *last, "END"]) if told else otherwise or "NULL"


def both(*conditions: str) -> str:
    """All of the conditions."""
    return " AND ".join(condition for condition in conditions if condition)


def joined(texts: Iterable[str]) -> str:
    """The texts one after another."""
    return " || ".join(texts) or "''"


def one_of(subject: str, literals: Iterable[str]) -> str:
    return f"{subject} IN ({', '.join(literals)})"
