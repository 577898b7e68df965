import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.customer.contact import FACTS, TRUTHS
from churn_lib.customer.model import FEATURES, LEVELS, RANGES
from churn_lib.offers.checks import checker
from churn_lib.offers.rules import Rule, check_field
from churn_lib.offers.trace import Check

MONTHLY = Rule.model_validate({"field": "Contract", "is": ("Month-to-month",)})
CONSENT = Rule.model_validate({"field": "consent", "is": (True,)})


def test_a_known_fact_passes_or_vetoes() -> None:
    check = checker(MONTHLY, "eligible")
    assert check({"Contract": "Month-to-month"}) == Check(
        "eligible", "Contract", "pass", "Contract is Month-to-month"
    )
    assert check({"Contract": "One year"}) == Check(
        "eligible", "Contract", "veto", "Contract must be Month-to-month"
    )


def test_a_missing_consent_is_not_checked_and_never_a_pass() -> None:
    check = checker(CONSENT, "contact")({"consent": None})
    assert check.result == "not_checked"
    assert check.text == "Consent to offers is not known; it must be yes"


def test_a_missing_fact_vetoes_where_the_rule_requires_it() -> None:
    required = CONSENT.model_copy(update={"required": True})
    assert checker(required, "contact")({"consent": None}).result == "veto"


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_both_ends_of_a_range_are_inside(low: int, high: int, value: int) -> None:
    check = checker(Rule(field="tenure", at_least=low, at_most=high), "suitable")
    assert check({"tenure": value}).result == ("pass" if low <= value <= high else "veto")


def test_what_is_not_allowed_can_be_listed_instead() -> None:
    rule = Rule.model_validate({"field": "InternetService", "is_not": ("No",)})
    assert rule.levels == {"DSL", "Fiber optic"}
    assert (
        checker(rule, "eligible")({"InternetService": "No"}).text
        == "Internet service must be DSL or Fiber optic"
    )


def test_the_sentence_of_a_range_names_both_ends() -> None:
    rule = Rule(field="days_since_last_contact", at_least=14, at_most=90)
    assert checker(rule, "contact")({"days_since_last_contact": 3}).text.endswith(
        "must be at least 14 and at most 90"
    )


@pytest.mark.parametrize("field", [*FEATURES, *FACTS])
def test_every_attribute_and_fact_can_have_a_rule(field: str) -> None:
    check_field(field)
    assert (field in LEVELS) + (field in TRUTHS) + (field in RANGES) <= 1


@pytest.mark.parametrize(
    "table",
    [
        {"field": "Contract"},
        {"field": "Contract", "at_least": 1.0},
        {"field": "Contract", "is": ("One year",), "at_most": 1.0},
        {"field": "consent", "is": ("yes",)},
        {"field": "tenure", "is": ("1",)},
        {"field": "tenure"},
        {"field": "channel", "is": ("email",)},
    ],
)
def test_a_rule_that_means_nothing_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"needs|has no level|is no attribute"):
        Rule.model_validate(table)
