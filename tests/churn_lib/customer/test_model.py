"""The one definition of a customer, and that all else agrees with it."""

from collections.abc import Mapping
from typing import get_args

import pytest
from hypothesis import given
from pydantic import ValidationError

from churn_lib.customer import model as schema
from churn_lib.customer.faults import input_error
from churn_lib.customer.model import ABSENT, ATTRIBUTES, FEATURES, LEVELS, RANGES, Customer
from churn_lib.customer.reading import parse_json
from churn_lib.errors import FieldFault
from tests.customers import customers

Row = dict[str, object]

PUBLISHED = [
    "gender",
    "SeniorCitizen",
    "Partner",
    "Dependents",
    "tenure",
    "PhoneService",
    "MultipleLines",
    "InternetService",
    "OnlineSecurity",
    "OnlineBackup",
    "DeviceProtection",
    "TechSupport",
    "StreamingTV",
    "StreamingMovies",
    "Contract",
    "PaperlessBilling",
    "PaymentMethod",
    "MonthlyCharges",
    "TotalCharges",
]


def faults(row: Mapping[str, object]) -> tuple[FieldFault, ...]:
    with pytest.raises(ValidationError) as caught:
        Customer.model_validate(row)
    return input_error(caught.value, Customer).faults


def test_the_attributes_are_the_published_ones_in_their_order() -> None:
    assert list(Customer.model_fields) == PUBLISHED
    assert set(ATTRIBUTES) - set(FEATURES) == {"gender", "SeniorCitizen", "Partner", "Dependents"}


@pytest.mark.parametrize("name", LEVELS)
def test_every_level_has_a_phrase_and_every_phrase_a_level(name: str) -> None:
    assert set(ATTRIBUTES[name].phrases) == set(LEVELS[name])


@pytest.mark.parametrize("name", RANGES)
def test_bands_of_numbers_begin_at_the_lowest_allowed_and_increase(name: str) -> None:
    bounds = [float(bound) for bound in ATTRIBUTES[name].phrases]
    assert bounds[0] == RANGES[name].ge
    assert bounds == sorted(bounds)
    assert ATTRIBUTES[name].unit
    assert ATTRIBUTES[name].shown


def test_every_field_is_either_a_closed_set_or_a_range() -> None:
    assert set(LEVELS) | set(RANGES) == set(ATTRIBUTES)
    assert get_args(Customer.model_fields["Contract"].annotation) == LEVELS["Contract"]


def test_phrases_hold_no_number_but_descriptions_do() -> None:
    assert schema.phrase("tenure", 2) == "is a new customer"
    assert schema.describe("tenure", 2) == "is a new customer (month 2)"
    assert schema.describe("MonthlyCharges", 89.9) == "has a high monthly bill (89.90 a month)"
    assert schema.describe("Contract", "One year") == "has a yearly contract"


def test_of_nothing_paid_and_of_no_month_no_number_is_told() -> None:
    assert schema.describe("TotalCharges", 0.0) == "has not been billed yet"
    assert schema.describe("TotalCharges", 29.85) == "has paid little so far (29.85 in all)"
    assert schema.describe("tenure", 0) == "is a new customer"


@pytest.mark.parametrize(("value", "kept"), [(12, 12), (12.0, 12), (0, 0)])
def test_integral_floats_are_integers(example: Row, value: float, kept: int) -> None:
    tenure = Customer.model_validate({**example, "tenure": value}).values()["tenure"]
    assert (tenure, type(tenure)) == (kept, int)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tenure", 1.5),
        ("tenure", "12"),
        ("tenure", True),
        ("tenure", -1),
        ("tenure", 1201),
        ("tenure", None),
        ("SeniorCitizen", True),
        ("SeniorCitizen", "0"),
        ("SeniorCitizen", 2),
        ("MonthlyCharges", float("nan")),
        ("MonthlyCharges", float("inf")),
        ("MonthlyCharges", "50"),
        ("MonthlyCharges", 10_000.01),
        ("TotalCharges", -0.01),
        ("TotalCharges", "x"),
        ("TotalCharges", " "),
        ("gender", "female"),
        ("Contract", ""),
        ("PaymentMethod", None),
    ],
)
def test_values_are_taken_as_they_are_or_not_at_all(example: Row, name: str, value: object) -> None:
    assert faults({**example, name: value}) == (
        FieldFault(name, f"must be {schema.allowed(name)}"),
    )


@pytest.mark.parametrize("name", [name for name in PUBLISHED if name != "TotalCharges"])
def test_every_field_but_the_total_is_required(example: Row, name: str) -> None:
    del example[name]
    assert faults(example) == (FieldFault(name, f"is required: {schema.allowed(name)}"),)


def test_a_total_that_is_left_out_is_computed(example: Row) -> None:
    for total in (None, 1078.8):
        customer = Customer.model_validate({**example, "TotalCharges": total})
        assert customer.values()["TotalCharges"] == pytest.approx(1078.8)


@pytest.mark.parametrize("name", ABSENT)
def test_a_plain_no_is_taken_as_the_absent_level(example: Row, name: str) -> None:
    parent, absent = ABSENT[name]
    plain = {
        **example,
        parent: "No",
        **dict.fromkeys((n for n in ABSENT if ABSENT[n][0] == parent), "No"),
    }
    assert getattr(Customer.model_validate(plain), name) == absent


@pytest.mark.parametrize("name", ABSENT)
def test_a_service_without_what_it_needs_is_a_contradiction(example: Row, name: str) -> None:
    parent, absent = ABSENT[name]
    alone = {
        **example,
        parent: "No",
        **{n: ABSENT[n][1] for n in ABSENT if ABSENT[n][0] == parent},
        name: "Yes",
    }
    assert faults(alone) == (FieldFault(name, f"can't be 'Yes' when {parent} is 'No'"),)
    assert faults({**example, name: absent}) == (
        FieldFault(name, f"can't be '{absent}' unless {parent} is 'No'"),
    )


def test_a_customer_can_not_be_changed_after_the_check(example: Row) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Customer.model_validate(example).__setattr__("tenure", 3)


@pytest.mark.parametrize("parent", ["PhoneService", "InternetService"])
def test_the_plain_customer_may_be_changed_in_any_one_value(parent: str) -> None:
    assert schema.example().bill == 45
    assert schema.example(MonthlyCharges=80).bill == 80
    assert schema.example(**{parent: "No"}).values()[parent] == "No"


@given(row=customers())
def test_a_checked_customer_passes_the_check_again_unchanged(row: Row) -> None:
    customer = Customer.model_validate(row)
    again = parse_json(Customer, customer.model_dump_json())
    assert again == customer
    assert again.values() == customer.values()
