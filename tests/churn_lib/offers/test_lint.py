from datetime import date

import pytest

from churn_lib.offers.catalogue import OFFERS
from churn_lib.offers.lint import lint, warnings
from churn_lib.scorecard import ARTIFACTS
from tests.churn_lib.offers.samples import changed, messages, small


def test_the_shipped_catalogue_is_without_fault() -> None:
    path = ARTIFACTS / OFFERS
    assert lint(path.read_text(encoding="utf-8")) == []


def test_missing_languages_are_named_with_the_channels_that_need_them() -> None:
    faults = [str(fault) for fault in lint(changed(), "new.toml")]
    assert "new.toml: offer discount: texts.ko: has no texts for email, sms" in faults
    assert "new.toml: greetings.ko.formal: is missing" in faults
    assert "new.toml: call_closings.ko: is missing" in faults
    assert messages() == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("MonthlyCharges", "TotalCharges", "offer discount: terms.percent: a bill of 0.00 would become 0.00, below"),
        ("at_least = 25", "at_least = 16", "offer discount: terms.percent: a bill of 16.00 would become 14.40, below"),
        (
            "likely_leaver_from = 0.4",
            "likely_leaver_from = 0.0",
            "new.toml: offer club: kind: value_added offers are never made while assumptions.likely_leaver_from is 0",
        ),
        ("accept_within_days = 300", "accept_within_days = 0", "new.toml: accept_within_days: "),
        ("terms = {}", "accept_within_days = 999\nterms = {}", "new.toml: offer club: accept_within_days: "),
        ("gross_margin = 0.5", "gross_margn = 0.5", "new.toml: assumptions.gross_margn: is no field of the catalogue"),
    ],
)
def test_a_fault_names_file_offer_and_field(old: str, new: str, fault: str) -> None:
    assert any(fault in message for message in messages((old, new)))


def test_one_faulty_offer_does_not_hide_the_faults_of_another() -> None:
    found = messages(("percent = 10,", "percnt = 10,"), ("at_least = 1 }", "at_least = 1, at_most = 0 }"))
    assert any("offer discount: terms.percnt" in fault for fault in found)
    assert any("offer club: eligible.0: tenure can never be" in fault for fault in found)


def test_a_text_that_is_no_toml_is_one_fault() -> None:
    (fault,) = lint("version =", "new.toml")
    assert (fault.file, fault.offer, fault.field) == ("new.toml", "", "(file)")


@pytest.mark.parametrize("text", ["", "offers = 1", "offers = [1]", "contact = 1", "[[offers]]\nid = 1"])
def test_anything_else_that_is_toml_has_faults_and_no_crash(text: str) -> None:
    assert lint(text)


def test_offers_that_are_all_over_are_a_warning_with_the_dates() -> None:
    last, tomorrow = date(2026, 12, 31), date(2027, 1, 1)
    (warning,) = warnings(small(("2026-12-31", "2026-06-30")), "new.toml", tomorrow)
    assert str(warning) == (
        "new.toml: offers: nobody gets an offer: the last one ended on 2026-12-31, and today is 2027-01-01"
    )
    assert warnings(small(("2026-12-31", "2026-06-30")), "new.toml", last) == []
