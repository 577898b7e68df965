"""Rules that nobody can meet, found by the lint with file, offer and field."""

import pytest

from tests.churn_lib.offers.samples import messages

TENURE = '"tenure", at_least = 1'
REASON = '"Contract", is = ["Month-to-month"]'
CLUB = "new.toml: offer club: eligible.0"
DISCOUNT = "new.toml: offer discount: answers.0"
LAST = '"days_since_last_contact"'
NEVER = "can never be"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("25 }", "25, at_most = 20 }", f"offer discount: suitable.0: MonthlyCharges {NEVER}"),
        (TENURE, '"tenure", at_least = 1201', f"{CLUB}: tenure {NEVER}"),
        ("[true] }", "[true], is_not = [true] }", f"new.toml: contact.0: consent {NEVER}"),
        (
            TENURE,
            f"{LAST}, at_least = 100001",
            f"{CLUB}: days_since_last_contact {NEVER} at least 100001",
        ),
        (
            TENURE,
            f"{LAST}, at_least = 100001",
            f"{CLUB}.at_least: must be from 0 to 100,000, as days_since_last_contact is",
        ),
        (
            TENURE,
            '"best_tariff", at_most = -1',
            f"{CLUB}.at_most: must be from 0 to 1,000,000, as best_tariff is",
        ),
        (
            TENURE,
            '"tenure", at_least = 2.3, at_most = 2.7',
            f"{CLUB}.at_least: must be a whole number, as tenure is",
        ),
        (
            TENURE,
            '"months_left_on_contract", at_most = 2.5',
            f"{CLUB}.at_most: must be a whole number, as months_left_on_contract is",
        ),
        (
            REASON,
            '"Contract", is = ["Two year"]',
            f"{DISCOUNT}: Contract {NEVER} Two year for a customer who",
        ),
        (
            REASON,
            '"MonthlyCharges", at_most = 24',
            f"{DISCOUNT}: MonthlyCharges {NEVER} at most 24 for a customer who",
        ),
        (
            REASON,
            '"tenure", at_most = 6.5',
            f"{DISCOUNT}.at_most: must be a whole number, as tenure is",
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
