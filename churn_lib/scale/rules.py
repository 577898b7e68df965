"""The rules of offers as SQL: conditions on what a table knows of its customers."""

from collections.abc import Iterable, Iterator, Mapping

from churn_lib.offers.rules import Condition, Level, Rule
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.expressions import one_of

Known = Mapping[str, str]
"""SQL of each attribute and fact that the table has; it is NULL where the value is not known."""


def vetoes(rules: Iterable[Rule], known: Known, dialect: Dialect) -> Iterator[str]:
    """For each rule, SQL that is true where it vetoes an offer in a contact of ours.

    A value that is not known makes it NULL, which is no veto, unless the rule is `required`. About
    facts that the table lacks there is no SQL: see `never_met`.
    """
    for rule in rules:
        if rule.field in known:
            value = known[rule.field]
            veto = _contrary(rule, value, dialect)
            yield f"{value} IS NULL OR {veto}" if rule.required else veto


def never_met(rules: Iterable[Rule], known: Known) -> bool:
    """Whether a rule requires a fact that the table lacks."""
    return any(rule.required and rule.field not in known for rule in rules)


def met(condition: Condition, value: str, dialect: Dialect) -> str:
    """SQL that is true where the value meets the condition; NULL where it is not known."""
    if condition.one_of is not None:
        return _is(value, condition.one_of, dialect)
    if condition.none_of is not None:
        return _is_not(value, condition.none_of, dialect)
    return " AND ".join(_bounds(condition, value, dialect, (">=", "<=")))


def _contrary(condition: Condition, value: str, dialect: Dialect) -> str:
    if condition.one_of is not None:
        return _is_not(value, condition.one_of, dialect)
    if condition.none_of is not None:
        return _is(value, condition.none_of, dialect)
    return " OR ".join(_bounds(condition, value, dialect, ("<", ">")))


def _is(value: str, levels: tuple[Level, ...], dialect: Dialect) -> str:
    literals = [dialect.level(level) for level in levels]
    return one_of(value, literals) if len(literals) > 1 else f"{value} = {literals[0]}"


def _is_not(value: str, levels: tuple[Level, ...], dialect: Dialect) -> str:
    literals = [dialect.level(level) for level in levels]
    return f"NOT {one_of(value, literals)}" if len(literals) > 1 else f"{value} <> {literals[0]}"


def _bounds(
    condition: Condition, value: str, dialect: Dialect, compare: tuple[str, str]
) -> Iterator[str]:
    for sign, bound in zip(compare, (condition.at_least, condition.at_most), strict=True):
        if bound is not None:
            yield f"{value} {sign} {dialect.number(bound)}"
