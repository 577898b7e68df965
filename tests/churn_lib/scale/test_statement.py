"""A statement answers as the service does, whatever is in the table."""

from dataclasses import replace

import pyarrow as pa
import pytest

from churn_lib.customer.contact import FACTS
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.offers import catalogue
from churn_lib.scale.golden import customers
from churn_lib.scale.request import ARGUMENTS, Request
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import Scorecard, scorecard
from churn_lib.score.terms import Card, Curve, Levels, Steps
from churn_lib.words.wanted import wanted
from tests.churn_lib.scale import hostile
from tests.churn_lib.scale.asked import DAY, DUCKDB, NATIVE, TEXT, differences, native_table, run

CARD = scorecard()
OFFERS = catalogue.load(ARTIFACTS / catalogue.OFFERS)
KNOWING = tuple(FACTS)
BOTH = pytest.mark.parametrize("asked", [NATIVE, TEXT], ids=["native", "text"])
WHAT_IS_KNOWN = pytest.mark.parametrize("facts", [(), KNOWING], ids=["no facts", "all facts"])

EQUAL = Levels(feature="PaperlessBilling", points={"Yes": 0.5, "No": 0.25})
ALSO = Levels(feature="PhoneService", points={"Yes": 0.5, "No": 0.25})
STEPS = Steps(feature="tenure", edges=(12.0,), values=(0.5, 0.25))
BILLS = Steps(feature="MonthlyCharges", edges=(), values=(0.5,))


def card(*terms: Levels | Curve | Steps) -> Scorecard:
    return Scorecard(Card(intercept=0.0, terms=terms), "test")


@WHAT_IS_KNOWN
@BOTH
def test_golden_customers_get_the_services_answer(asked: Request, facts: tuple[str, ...]) -> None:
    rows = list(customers(CARD.card, facts, 10_000))
    assert differences(rows, CARD, OFFERS, replace(asked, facts=facts)) == []


@WHAT_IS_KNOWN
@BOTH
def test_hostile_rows_are_refused_in_the_services_words(
    asked: Request, facts: tuple[str, ...]
) -> None:
    rows = hostile.rows(CARD.card, facts, 3000)
    assert differences(rows, CARD, OFFERS, replace(asked, facts=facts)) == []


def test_the_reason_that_an_offer_answers_is_the_one_that_its_text_is_found_by() -> None:
    rows = [*customers(CARD.card, (), 3000), *hostile.rows(CARD.card, (), 300)]
    asked = replace(NATIVE, texts=True)
    assert differences(rows, CARD, OFFERS, asked) == []
    found = run(statement(asked, DUCKDB, CARD, OFFERS), native_table(rows))
    told = {row["offer_reason"] for row in found if row["offer"] is not None}
    assert told <= {key.reason for key in wanted(OFFERS, DAY)}
    assert len(told) > 6


@pytest.mark.parametrize("count", [0, 1, 5])
def test_as_many_reasons_are_told_as_are_asked_for(count: int) -> None:
    rows = list(customers(CARD.card, (), 500))
    assert differences(rows, CARD, request=replace(NATIVE, reasons=count)) == []


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_of_equal_effects_the_later_term_is_first(count: int) -> None:
    equal = card(EQUAL, STEPS, ALSO, BILLS)
    rows = list(customers(equal.card, (), 500))
    assert differences(rows, equal, request=replace(NATIVE, reasons=count)) == []


def test_a_curve_may_have_200_knots() -> None:
    knots = tuple(number / 2 for number in range(200))
    heights = tuple((number % 7 - 3) / 5 for number in range(200))
    long = card(Curve(feature="MonthlyCharges", knots=knots, values=heights))
    assert differences(list(customers(long.card, (), 2000)), long) == []


@BOTH
def test_an_attribute_that_no_term_is_about_is_checked_all_the_same(asked: Request) -> None:
    one = card(ALSO)
    rows = [*customers(one.card, (), 500), *hostile.rows(one.card, (), 500)]
    assert differences(rows, one, request=asked) == []


def test_protected_attributes_are_no_columns() -> None:
    assert not {"gender", "SeniorCitizen", "Partner", "Dependents"} & set(ARGUMENTS)


@BOTH
def test_they_are_checked_where_a_table_is_said_to_have_them(asked: Request) -> None:
    (row,) = list(customers(CARD.card, (), 1))[-1:]
    table = pa.Table.from_pylist([{**row, "gender": "X"}, {**row, "gender": "Male"}])
    text = statement(replace(asked, protected=("gender",)), DUCKDB, CARD, OFFERS)
    found = run(text, table)
    assert found[0]["errors"] == "gender: must be one of 'Female', 'Male'"
    assert found[1]["errors"] is None


def test_the_tables_own_columns_come_first_and_none_of_ours_beside_the_answer() -> None:
    rows = native_table(list(customers(CARD.card, (), 1)))
    extra = rows.append_column("note", pa.array(["kept"] * len(rows)))
    answer = ["churn_probability", "logit", "risk", "errors", "reason_1", "offer", "expected_value"]
    asked = replace(NATIVE, reasons=1)
    found = run(statement(asked, DUCKDB, CARD, OFFERS), extra)
    assert list(found[0]) == [*ARGUMENTS, "note", *answer]
    alone = run(statement(replace(asked, keep=False), DUCKDB, CARD, OFFERS), extra)
    assert list(alone[0]) == answer


@pytest.mark.parametrize("name", ["ch_v_tenure", "ch_logit", "CH_E0", "ch_best", "ch_0", "ch_p"])
def test_a_column_that_is_called_like_one_of_ours_changes_nothing(name: str) -> None:
    rows = native_table(list(customers(CARD.card, (), 20)))
    text = statement(NATIVE, DUCKDB, CARD, OFFERS)
    found = run(text, rows.append_column(name, pa.array([0.5] * len(rows))))
    assert [
        {column: row[column] for column in one}
        for row, one in zip(found, run(text, rows), strict=True)
    ] == run(text, rows)


def test_columns_may_have_other_names_and_one_of_them_that_of_an_answer() -> None:
    rows = native_table(list(customers(CARD.card, (), 20)))
    renamed = rows.rename_columns({"Contract": "Offer", "tenure": 'months "kept"'})
    named = replace(NATIVE, columns={"Contract": "Offer", "tenure": 'months "kept"'})
    found = run(statement(named, DUCKDB, CARD, OFFERS), renamed)
    expected = run(statement(NATIVE, DUCKDB, CARD, OFFERS), rows)
    assert [row["churn_offer"] for row in found] == [row["offer"] for row in expected]
    assert [row["Offer"] for row in found] == [row["Contract"] for row in expected]
