from datetime import date

import pytest

from churn_lib.customer.schema import ARTIFACTS
from churn_lib.lint.catalogue import lint, overdue
from churn_lib.offers.catalogue import OFFERS
from tests.churn_lib.offers.samples import changed, messages, small

NOT_VALID = ("2026-12-31", "2025-12-31")
PERCENT = "new.toml: offer discount: terms.percent:"
CHEAP = f"{PERCENT} a bill of 16.00 would become 14.40, below the price floor of 15.00"


def test_the_shipped_catalogue_is_without_fault() -> None:
    path = ARTIFACTS / OFFERS
    assert lint(path.read_text(encoding="utf-8")) == []


def test_missing_languages_are_named_with_the_channels_that_need_them() -> None:
    faults = [str(fault) for fault in lint(changed())]
    assert "offer discount: texts.ko: has no texts for email, sms" in faults
    assert "greetings.ko.formal: is missing" in faults
    assert "call_closings.ko: is missing" in faults
    assert messages() == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("MonthlyCharges", "TotalCharges", f"{PERCENT} a bill of 0.00 would become 0.00, below"),
        ("at_least = 25", "at_least = 16", CHEAP),
        ("leaver_from = 0.4", "leaver_from = 0.0", "club: kind: value_added offers are never made"),
        ("accept_within_days = 300", "accept_within_days = 0", "new.toml: accept_within_days: "),
        ("terms = {}", "accept_within_days = 999\nterms = {}", "offer club: accept_within_days: "),
        ("gross_margin", "gross_margn", "new.toml: assumptions.gross_margn: is no field of"),
    ],
)
def test_a_fault_names_file_offer_and_field(old: str, new: str, fault: str) -> None:
    assert any(fault in message for message in messages((old, new)))


def test_one_faulty_offer_does_not_hide_the_faults_of_another() -> None:
    found = messages(
        ("percent = 10,", "percnt = 10,"), ("at_least = 1 }", "at_least = 1, at_most = 0 }")
    )
    assert any("offer discount: terms.percnt" in fault for fault in found)
    assert any("offer club: eligible.0: tenure can never be" in fault for fault in found)


def test_faults_of_one_offer_hide_nothing_that_the_whole_catalogue_shows() -> None:
    found = messages(
        ("percent = 10,", "percent = 10, colour = 1,"),
        ("at_least = 25", "at_least = 16"),
        NOT_VALID,
    )
    assert found == [
        "new.toml: offer discount: terms.colour: is no field of the catalogue",
        "new.toml: offer discount: valid_until: is before valid_from",
        CHEAP,
    ]


def test_an_offer_that_can_not_be_read_hides_nothing_of_the_others() -> None:
    unknown = ('"until", ', '"until", "none", ')
    found = messages(
        ('kind = "value_added"', 'kind = "gift"'), ("at_least = 25", "at_least = 16"), unknown
    )
    assert found == [
        "new.toml: offer club: kind: must be 'retention' or 'value_added'",
        "new.toml: offer discount: disclosures: there is no disclosure 'none'",
        CHEAP,
    ]


def test_an_offer_after_one_that_can_not_be_read_keeps_its_name() -> None:
    found = messages(
        ('kind = "retention"', 'kind = "gift"'),
        ("terms = {}", 'terms = {}\ndisclosures = ["none"]'),
    )
    assert "new.toml: offer club: disclosures: there is no disclosure 'none'" in found


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (", months = 12", ", months = 12.5", "discount: terms.months: must be a whole number"),
        ("percent = 10", 'percent = "10%"', "offer discount: terms.percent: must be a number"),
        ("percent = 10", "percent = 0", "offer discount: terms.percent: must be more than 0"),
        (", months = 12", ", months = 121", "offer discount: terms.months: must be at most 120"),
        ("2026-12-31", '"soon"', "offer discount: valid_until: must be a date, such as 2027-12-31"),
        ('"gain"', '"gian"', "club: cost: must have as its 'model' one of 'discount', "),
        ('model = "gain", ', "", "offer club: cost: must name its 'model'"),
        ("monthly = 1.5", "monthly = true", "offer club: cost.monthly: must be a number"),
        ('headline = "Join our club"\n', "", "offer club: texts.en.headline: is missing"),
        ('"Join our club"', '""', "offer club: texts.en.headline: must not be empty"),
        ('"club"', '"The Club"', "offer The Club: id: must be 2 to 40 small letters, digits and"),
        ('"USD"', '"$"', "new.toml: currency: must be three capital letters, such as EUR"),
        ("offers.texts.en", "offers.texts.xx", "texts.xx: must be the code of a language"),
        ("is = [true] }", "is = true }", "new.toml: contact.0.is: must be a list in [ ]"),
        ("is = [true] }", 'is = ["yes"] }', "consent has no level 'yes'; it has true, false"),
    ],
)
def test_a_fault_is_told_in_the_words_of_the_file(old: str, new: str, fault: str) -> None:
    assert any(fault in message for message in messages((old, new)))


def test_a_text_that_is_no_toml_is_one_fault() -> None:
    (fault,) = lint("version =")
    assert (fault.offer, fault.field) == ("", "(file)")


@pytest.mark.parametrize(
    "text", ["", "offers = 1", "offers = [1]", "contact = 1", "[[offers]]\nid = 1"]
)
def test_anything_else_that_is_toml_has_faults_and_no_crash(text: str) -> None:
    assert lint(text)


def test_offers_that_are_all_over_are_a_warning_with_the_dates() -> None:
    last, tomorrow = date(2026, 12, 31), date(2027, 1, 1)
    (warning,) = overdue(small(("2026-12-31", "2026-06-30")), tomorrow)
    assert str(warning) == (
        "offers: nobody gets an offer: the last one ended on 2026-12-31, and today is 2027-01-01"
    )
    assert list(overdue(small(("2026-12-31", "2026-06-30")), last)) == []


@pytest.mark.parametrize("once", ["", ", once = 5.00"])
def test_a_sum_is_called_what_it_is_in_the_cost_model(once: str) -> None:
    text = (ARTIFACTS / OFFERS).read_text(encoding="utf-8")
    found = lint(text.replace("monthly = 1.60, once = 5.00", f"monthly = 1.60{once}"))
    wrong = [fault for fault in found if fault.message == "the slot {credit} has no term"]
    assert {fault.offer for fault in wrong} == (set() if once else {"autopay"})
