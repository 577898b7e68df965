import pytest

from churn_lib.offers.catalogue import OFFERS
from churn_lib.offers.lint import lint
from churn_lib.scorecard import ARTIFACTS
from tests.churn_lib.offers.samples import changed

LANGUAGES_MISSING = ("has no texts", "greetings", "call_closings")


def messages(*replacements: tuple[str, str]) -> list[str]:
    """The faults of the small catalogue with these replacements, but for its missing languages."""
    faults = [str(fault) for fault in lint(changed(*replacements), "new.toml")]
    return [fault for fault in faults if not any(word in fault for word in LANGUAGES_MISSING)]


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
        ("at_least = 25 }", "at_least = 25, at_most = 20 }", "offer discount: suitable.0: MonthlyCharges can never be"),
        ('"tenure", at_least = 1', '"tenure", at_least = 1201', "offer club: eligible.0: tenure can never be"),
        ("is = [true] }", "is = [true], is_not = [true] }", "new.toml: contact.0: consent can never be"),
        ("MonthlyCharges", "TotalCharges", "offer discount: terms.percent: a bill of 0.00 would become 0.00, below"),
        ("at_least = 25", "at_least = 16", "offer discount: terms.percent: a bill of 16.00 would become 14.40, below"),
        ('"Reply to join."', '"Reply within 7 days."', "offer club: texts.en.call_to_action: has a number of its own"),
        ('"Collect points."', '"Save ten percent."', "offer club: texts.en.message: has a number of its own"),
        ('"Pay {price_after} for', f'"{"Pay " * 80}{{price_after}} for', "texts.en.short: takes 3 segments as an SMS"),
        ("gross_margin = 0.5", "gross_margn = 0.5", "new.toml: assumptions.gross_margn: is no field of the catalogue"),
    ],
)
def test_a_fault_names_file_offer_and_field(old: str, new: str, fault: str) -> None:
    assert any(fault in message for message in messages((old, new)))


def test_rules_that_contradict_each_other_are_found_across_layers() -> None:
    rule = 'contact = [{ field = "Contract", is = ["One year", "Two year"] }]\nchannels = ["email", "sms"]'
    (fault,) = messages(('channels = ["email", "sms"]', rule))
    assert fault.startswith("new.toml: offer discount: contact.0: Contract can never be One year or Two year here")


def test_rules_that_contradict_those_of_all_offers_are_found() -> None:
    rule = 'contact = [{ field = "consent", is = [false] }]\nchannels = ["email", "sms"]'
    assert messages(('channels = ["email", "sms"]', rule))[0].startswith("new.toml: offer discount: contact.0: consent")


@pytest.mark.parametrize(
    ("internet", "security", "faulty"),
    [
        ("No", "No", True),
        ("No", "No internet service", False),
        ("DSL", "No internet service", True),
        ("DSL", "No", False),
    ],
)
def test_a_service_that_needs_another_is_understood(internet: str, security: str, faulty: bool) -> None:
    rules = f'{{ field = "InternetService", is = ["{internet}"] }}, {{ field = "OnlineSecurity", is = ["{security}"] }}'
    found = messages(('{ field = "tenure", at_least = 1 }', rules))
    assert bool(found) is faulty


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
