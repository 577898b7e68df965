"""Rules that nobody can meet, found by the lint with file, offer and field."""

import pytest

from tests.churn_lib.offers.samples import messages

TENURE = '"tenure", at_least = 1'


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "at_least = 25 }",
            "at_least = 25, at_most = 20 }",
            "offer discount: suitable.0: MonthlyCharges can never be",
        ),
        (TENURE, '"tenure", at_least = 1201', "offer club: eligible.0: tenure can never be"),
        (
            "is = [true] }",
            "is = [true], is_not = [true] }",
            "new.toml: contact.0: consent can never be",
        ),
        (
            TENURE,
            '"days_since_last_contact", at_least = 100001',
            "offer club: eligible.0: days_since_last_contact can never be at least 100001",
        ),
        (
            TENURE,
            '"days_since_last_contact", at_least = 100001',
            (
                "offer club: eligible.0.at_least: must be from 0 to "
                "100,000, as days_since_last_contact is"
            ),
        ),
        (
            TENURE,
            '"best_tariff", at_most = -1',
            "offer club: eligible.0.at_most: must be from 0 to 1,000,000, as best_tariff is",
        ),
        (
            TENURE,
            '"tenure", at_least = 2.3, at_most = 2.7',
            "new.toml: offer club: eligible.0.at_least: must be a whole number, as tenure is",
        ),
        (
            TENURE,
            '"months_left_on_contract", at_most = 2.5',
            (
                "new.toml: offer club: eligible.0.at_most: must be a whole "
                "number, as months_left_on_contract is"
            ),
        ),
        (
            'answers = [{ field = "Contract", is = ["Month-to-month"] }]',
            'answers = [{ field = "Contract", is = ["Two year"] }]',
            (
                "new.toml: offer discount: answers.0: Contract can never "
                "be Two year for a customer who"
            ),
        ),
        (
            'answers = [{ field = "Contract", is = ["Month-to-month"] }]',
            'answers = [{ field = "MonthlyCharges", at_most = 24 }]',
            (
                "new.toml: offer discount: answers.0: MonthlyCharges can "
                "never be at most 24 for a customer who"
            ),
        ),
        (
            'answers = [{ field = "Contract", is = ["Month-to-month"] }]',
            'answers = [{ field = "tenure", at_most = 6.5 }]',
            "new.toml: offer discount: answers.0.at_most: must be a whole number, as tenure is",
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_named(old: str, new: str, fault: str) -> None:
    assert any(fault in message for message in messages((old, new)))


@pytest.mark.parametrize(
    "rule",
    [
        '"tenure", at_least = 12.0',
        '"MonthlyCharges", at_least = 19.5',
        '"best_tariff", at_most = 29.99',
        '"days_since_last_contact", at_most = 100000',
    ],
)
def test_bounds_that_a_field_can_have_are_no_fault(rule: str) -> None:
    assert messages((TENURE, rule)) == []


def test_rules_that_contradict_each_other_are_found_across_layers() -> None:
    rule = (
        'contact = [{ field = "Contract", is = ["One year", "Two '
        'year"] }]\nchannels = ["email", "sms"]'
    )
    (fault,) = messages(('channels = ["email", "sms"]', rule))
    assert fault.startswith(
        "new.toml: offer discount: contact.0: Contract can never be One year or Two year here"
    )


def test_rules_that_contradict_those_of_all_offers_are_found() -> None:
    rule = 'contact = [{ field = "consent", is = [false] }]\nchannels = ["email", "sms"]'
    assert messages(('channels = ["email", "sms"]', rule))[0].startswith(
        "new.toml: offer discount: contact.0: consent"
    )


@pytest.mark.parametrize(
    ("internet", "security", "faulty"),
    [
        ("No", "No", True),
        ("No", "No internet service", False),
        ("DSL", "No internet service", True),
        ("DSL", "No", False),
    ],
)
def test_a_service_that_needs_another_is_understood(
    internet: str, security: str, faulty: bool
) -> None:
    rules = (
        f'{{ field = "InternetService", is = ["{internet}"] }}, '
        f'{{ field = "OnlineSecurity", is = ["{security}"] }}'
    )
    found = messages(('{ field = "tenure", at_least = 1 }', rules))
    assert bool(found) is faulty
