"""What the lint says about the words of a catalogue."""

import pytest

from churn_lib.customer.contact import Language
from churn_lib.lint.wording import unbacked
from tests.churn_lib.offers.samples import messages

POINTS = 'message = "Collect points."'
GREETING = 'friendly = "Hello!"'
UNTIL = '"Valid until {valid_until}."'
NUMBER = "has a number of its own"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            '"Reply to join."',
            '"Reply within 7 days."',
            f"new.toml: offer club: texts.en.call_to_action: {NUMBER}",
        ),
        (
            POINTS,
            'message = "Save ten percent."',
            f"new.toml: offer club: texts.en.message: {NUMBER}",
        ),
        (
            POINTS,
            'message = "Get it at half price."',
            f"new.toml: offer club: texts.en.message: {NUMBER}",
        ),
        (
            POINTS,
            'message = "Points worth € each."',
            f"new.toml: offer club: texts.en.message: {NUMBER}",
        ),
        (POINTS, 'message = "Save ½ of it."', f"new.toml: offer club: texts.en.message: {NUMBER}"),
        (
            POINTS,
            'message = "Points for ٣ of you."',
            f"new.toml: offer club: texts.en.message: {NUMBER}",
        ),
        (
            POINTS,
            'message = "It makes your plan cheaper."',
            f"new.toml: offer club: texts.en.message: {NUMBER}",
        ),
        (
            POINTS,
            'message = "Collect <b>points</b>."',
            "new.toml: offer club: texts.en.message: has markup",
        ),
        (
            POINTS,
            'message = "See www.example.org now."',
            "new.toml: offer club: texts.en.message: has a link",
        ),
        (
            POINTS,
            'message = "Collect\\u0007 points."',
            "new.toml: offer club: texts.en.message: has a control",
        ),
        (
            POINTS,
            'message = "Collect\\u200b points."',
            "new.toml: offer club: texts.en.message: has a control",
        ),
        (GREETING, 'friendly = "Hello, *friend*!"', "new.toml: greetings.en.friendly: has markup"),
        (GREETING, 'friendly = "Hello, half price!"', f"new.toml: greetings.en.friendly: {NUMBER}"),
        (
            GREETING,
            'friendly = "Hello {months}!"',
            "new.toml: greetings.en.friendly: the slot {months} has no term",
        ),
        (
            UNTIL,
            '"Until <i>{valid_until}</i>."',
            "new.toml: disclosures.until.texts.en: has markup",
        ),
        (
            UNTIL,
            '"Until\\u202e {valid_until}."',
            "new.toml: disclosures.until.texts.en: has a control",
        ),
        (
            '"Personal price."',
            '"Your {percent}."',
            "new.toml: disclosures.price.short.en: the slot {percent} has no",
        ),
        (
            'name = "Club"',
            'name = "Club 24"',
            "new.toml: offer club: texts.en.name: must be 2 to 80 letters",
        ),
        (
            'name = "Club"',
            'name = "C"',
            "new.toml: offer club: texts.en.name: must be 2 to 80 letters",
        ),
        (
            "Pay {price_after} for",
            f"{'Pay ' * 80}{{price_after}} for",
            "texts.en.short: takes 3 segments as an SMS",
        ),
        (
            '["sms", "email"]',
            '["sms"]',
            "new.toml: offer discount: disclosures: must tell of a personal price",
        ),
        (
            '"price", ',
            "",
            "disclosures: must tell of a personal price with 'price', also by email, sms",
        ),
        (
            ', "sender"',
            "",
            (
                "new.toml: offer discount: disclosures: must name the "
                "sender of a text message, {brand}"
            ),
        ),
        (
            '"{brand}. STOP',
            '"STOP',
            "new.toml: offer discount: disclosures: must name the sender of a text message",
        ),
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
    assert messages((UNTIL, f'"{line}"')) == []


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
