"""Names for headings, whatever they are, and what a heading tells."""

import pytest

from churn_lib.customer.schema import NAME, RESERVED
from churn_lib.propose import names
from churn_lib.propose.names import name_of, spoken, words


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("MonthlyCharges", "MonthlyCharges"),
        ("Monthly Charge", "monthly_charge"),
        ("Größe (cm)", "groe_cm"),
        ("요금제", "column_7"),
        ("12", "column_12"),
        ("_id", "id"),
        ("copy", "copy_value"),
        ("class", "class_value"),
        ("self", "self_value"),
        ("model_config", "column_model_config"),
        ("customerID", "customer_id_2"),
        ("Customer Id", "customer_id_2"),
        ("context", "context_value"),
        ("Terms and Conditions", "terms_and_conditions"),
        ("x" * 130, "x" * 50),
    ],
)
def test_a_heading_becomes_a_name(heading: str, name: str) -> None:
    found = name_of(heading, 7, ())
    assert found == name
    assert NAME.fullmatch(found)
    assert found not in RESERVED


def test_no_name_is_read_like_another_heading() -> None:
    assert name_of("A-B!", 1, {"ab", "ab2"}) == "a_b_3"


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("MonthlyCharges", "monthly charges"),
        ("StreamingTV", "streaming TV"),
        ("AgeHH1", "age HH1"),
        ("customer_age", "customer age"),
        ("total.day.charge", "total day charge"),
        ("Call  Failure", "call failure"),
    ],
)
def test_a_heading_is_taken_apart_into_words(heading: str, expected: str) -> None:
    assert words(heading) == expected


@pytest.mark.parametrize(
    ("heading", "parts"),
    [
        ("tenure", {"TENURE"}),
        ("Tenure in Months", {"TENURE"}),
        ("Subscription  Length", {"TENURE"}),
        ("AccountLength", {"TENURE"}),
        ("MonthsInService", {"TENURE"}),
        ("MonthlyCharges", {"BILL"}),
        ("avg_bill", {"BILL"}),
        ("Monatspreis", {"BILL"}),
        ("Cuota mensual", {"BILL"}),
        ("Total Charges", {"NO_BILL"}),
        ("Gender", {"PROTECTED"}),
        ("CustomerAge", {"PROTECTED", "AGE"}),
        ("Age", {"AGE"}),
        ("Account age", {"TENURE"}),
        ("Device age", set()),
        ("Page views", set()),
        ("SeniorCitizen", {"PROTECTED"}),
        ("MaritalStatus", {"PROTECTED", "AFTERWARDS", "CODED"}),
        ("EstimatedSalary", {"PROTECTED"}),
        ("Geography", {"PROTECTED"}),
        ("Zip Code", {"PLACE", "CODED"}),
        ("State", {"REGION"}),
        ("CityTier", {"CODED"}),
        ("NumberOfAddress", set()),
        ("Lat Long", {"PLACE"}),
        ("Months_on_book", {"TENURE"}),
        ("subscription_age", {"TENURE"}),
        ("bill_avg", {"BILL"}),
        ("CLIENTNUM", {"IDENTIFIER"}),
        ("Dependent_count", {"PROTECTED"}),
        ("Income_Category", {"PROTECTED", "CODED"}),
        ("Churn Reason", {"AFTERWARDS"}),
        ("CLTV", set()),
        ("Platform", set()),
        ("RowNumber", {"IDENTIFIER"}),
    ],
)
def test_a_heading_tells_a_part(heading: str, parts: set[str]) -> None:
    looked_for = ("TENURE", "BILL", "NO_BILL", "PROTECTED", "PLACE", "REGION", "AFTERWARDS")
    found = {
        part
        for part in (*looked_for, "AGE", "CODED", "IDENTIFIER")
        if getattr(names, part).search(spoken(heading))
    }
    assert found == parts
