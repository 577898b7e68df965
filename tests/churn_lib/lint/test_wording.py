"""What the lint says about the words of a catalogue."""

import pytest

from churn_lib.customer.contact import Language
from churn_lib.lint.wording import unbacked
from tests.churn_lib.offers.samples import messages

POINTS = "Collect points."
HELLO = "Hello!"
UNTIL = "Valid until {valid_until}."
LONG = f"{'Pay ' * 80}{{price_after}} for"
TOLD = "must tell of a personal price with 'price'"
NUMBER = "has a number of its own"
CLUB = "new.toml: offer club: texts.en"
DISCOUNT = "new.toml: offer discount: disclosures"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Reply to join.", "Reply within 7 days.", f"{CLUB}.call_to_action: {NUMBER}"),
        (POINTS, "Save ten percent.", f"{CLUB}.message: {NUMBER}"),
        (POINTS, "Get it at half price.", f"{CLUB}.message: {NUMBER}"),
        (POINTS, "Points worth € each.", f"{CLUB}.message: {NUMBER}"),
        (POINTS, "Save ½ of it.", f"{CLUB}.message: {NUMBER}"),
        (POINTS, "Points for ٣ of you.", f"{CLUB}.message: {NUMBER}"),
        (POINTS, "It makes your plan cheaper.", f"{CLUB}.message: {NUMBER}"),
        (POINTS, "Collect <b>points</b>.", f"{CLUB}.message: has markup"),
        (POINTS, "See www.example.org now.", f"{CLUB}.message: has a link"),
        (POINTS, "Collect\\u0007 points.", f"{CLUB}.message: has a control"),
        (POINTS, "Collect\\u200b points.", f"{CLUB}.message: has a control"),
        (HELLO, "Hello, *friend*!", "new.toml: greetings.en.friendly: has markup"),
        (HELLO, "Hello, half price!", f"new.toml: greetings.en.friendly: {NUMBER}"),
        (HELLO, "Hello {months}!", "greetings.en.friendly: the slot {months} has no term"),
        (UNTIL, "Until <i>{valid_until}</i>.", "disclosures.until.texts.en: has markup"),
        (UNTIL, "Until\\u202e {valid_until}.", "disclosures.until.texts.en: has a control"),
        ("Personal price.", "Your {percent}.", "disclosures.price.short.en: the slot {percent}"),
        ('"Club"', '"Club 24"', f"{CLUB}.name: must be 2 to 80 letters"),
        ('"Club"', '"C"', f"{CLUB}.name: must be 2 to 80 letters"),
        ("Pay {price_after} for", LONG, "texts.en.short: takes 3 segments as an SMS"),
        ('["sms", "email"]', '["sms"]', f"{DISCOUNT}: must tell of a personal price"),
        ('"price", ', "", f"{DISCOUNT}: {TOLD}, also by email, sms"),
        (', "sender"', "", f"{DISCOUNT}: must name the sender of a text message, {{brand}}"),
        ('"{brand}. STOP', '"STOP', f"{DISCOUNT}: must name the sender of a text message"),
        ('brand = "Telco"', 'brand = ""', "new.toml: brand: "),
        ('brand = "Telco"', 'brand = "A{b}"', "new.toml: brand: "),
    ],
)
def test_a_fault_names_file_offer_and_field(old: str, new: str, fault: str) -> None:
    assert any(fault in message for message in messages((old, new)))


def test_a_closing_has_no_slot_that_only_some_offers_fill() -> None:
    closing = 'call_closings = { en = "Shall I take {amount} off?" }\ncurrency = "USD"'
    assert "new.toml: call_closings.en: the slot {amount} has no term" in messages(
        ('currency = "USD"', closing)
    )


def test_a_price_that_is_set_must_be_told_too() -> None:
    found = messages(("terms = {}", 'terms = { price_after = "unchanged" }'))
    assert any("offer club: disclosures: must tell of a personal price" in fault for fault in found)


@pytest.mark.parametrize(
    "line",
    ["You may withdraw within 14 days.", "See example.org/terms.", "Half of it is taxed at 20%."],
)
def test_a_disclosure_may_hold_what_the_law_prescribes(line: str) -> None:
    assert messages((UNTIL, line)) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Now at half price."),
        ("es", "Ahora a mitad de precio."),
        ("fr", "Maintenant à moitié prix."),
        ("de", "Jetzt zum halben Preis."),
        ("ko", "지금 반값입니다."),
        ("en", "For seven months."),
        ("es", "Durante siete meses."),
        ("fr", "Pendant sept mois."),
        ("de", "Sieben Monate lang."),
        ("ko", "일곱 달 동안."),
        ("en", "Twenty percent less."),
        ("de", "Zwanzig Prozent weniger."),
    ],
)
def test_numbers_and_shares_in_words_are_found_in_every_language(
    language: Language, text: str
) -> None:
    assert list(unbacked(text, language, priced=True))
    assert list(unbacked(text, language))


def test_a_comparison_needs_terms_that_stand_behind_it() -> None:
    assert list(unbacked("Ihr Tarif. It is cheaper.", "en", priced=True)) == []
    assert list(unbacked("Your plan. It is cheaper.", "en"))
