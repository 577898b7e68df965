"""A rule in SQL is met by the values that meet it in Python, and not known where they are not."""

import duckdb
import pyarrow as pa
import pytest

from churn_lib.customer.contact import TRUTHS
from churn_lib.customer.model import LEVELS
from churn_lib.offers.checks import checker
from churn_lib.offers.checks import met as met_in_python
from churn_lib.offers.rules import Rule
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.rules import met, never_met, vetoes

DUCKDB = DIALECTS["duckdb"]
NUMBERS = (0.0, 11.99, 12.0, 12.01, 24.0, 24.01, 1200.0)

Value = str | float | bool | None

RULES = [
    {"field": "Contract", "is": ("One year",)},
    {"field": "Contract", "is": ("One year", "Two year")},
    {"field": "Contract", "is_not": ("One year",)},
    {"field": "Contract", "is_not": ("One year", "Month-to-month")},
    {"field": "consent", "is": (True,)},
    {"field": "consent", "is": (False,)},
    {"field": "consent", "is": (True, False)},
    {"field": "consent", "is_not": (True,)},
    {"field": "consent", "is_not": (True, False)},
    {"field": "tenure", "at_least": 12.0},
    {"field": "MonthlyCharges", "at_most": 24.0},
    {"field": "months_left_on_contract", "at_least": 12.0, "at_most": 24.0},
    {"field": "best_tariff", "at_least": 24.0, "at_most": 12.0},
]


def values(field: str) -> list[Value]:
    """All levels, or numbers around the bounds; and what is not known."""
    if field in TRUTHS:
        return [True, False, None]
    return [*LEVELS.get(field, NUMBERS), None]


def answered(test: str, asked: list[Value]) -> list[bool | None]:
    with duckdb.connect() as connection:
        given = connection.from_arrow(pa.table({"x": pa.array(asked)}))
        return [row[0] for row in given.project(test).fetchall()]


@pytest.mark.parametrize("given", RULES, ids=str)
@pytest.mark.parametrize("required", [False, True])
def test_a_rule_vetoes_whom_it_vetoes_in_python(given: dict[str, object], required: bool) -> None:
    rule = Rule.model_validate({**given, "required": required})
    asked, check = values(rule.field), checker(rule, "eligible")
    (veto,) = vetoes([rule], {rule.field: "x"}, DUCKDB)
    vetoed = [check({rule.field: value}).result == "veto" for value in asked]
    assert [bool(found) for found in answered(veto, asked)] == vetoed


@pytest.mark.parametrize("given", RULES, ids=str)
def test_a_reason_is_answered_by_what_meets_its_condition(given: dict[str, object]) -> None:
    rule = Rule.model_validate(given)
    asked, fits = values(rule.field), met_in_python(rule)
    found = answered(met(rule, "x", DUCKDB), asked)
    assert found == [None if value is None else fits(value) for value in asked]


def test_what_the_table_lacks_vetoes_only_where_a_rule_requires_it() -> None:
    plain, required = (
        Rule.model_validate({"field": "consent", "is": (True,), "required": required})
        for required in (False, True)
    )
    assert [*vetoes([plain, required], {}, DUCKDB)] == []
    assert not never_met([plain], {})
    assert never_met([plain, required], {})
    assert not never_met([required], {"consent": "x"})
