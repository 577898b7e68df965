import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given

from churn_lib.customer.contact import CHANNELS, LANGUAGES, Channel, Context, Language, Tone
from churn_lib.customer.model import Customer
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.offer import Offer
from churn_lib.words import template as write
from churn_lib.words.sms import MAX_SEGMENTS, sms_segments
from tests.churn_lib.offers.samples import customer, proposed, small
from tests.customers import customers

SHIPPED = catalogue()
DISCOUNT = small().offers[0]
LAST = "Valid until December 31, 2026. An algorithm set this price for you."
QUANTITIES: dict[Language, tuple[str, str, str, str]] = {
    "en": ("12 months", "10%", "$80.91", "December 31, 2026"),
    "es": ("12 meses", "10 %", "80,91 US$", "31 de diciembre de 2026"),
    "fr": ("12 mois", "10 %", "80,91 $US", "31 décembre 2026"),
    "de": ("12 Monate", "10 %", "80,91 $", "31. Dezember 2026"),
    "ko": ("12개월", "10%", "US$80.91", "2026년 12월 31일"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slot_is_a_whole_quantity_in_the_form_of_the_language(language: Language) -> None:
    filled = write.Quantities(proposed(DISCOUNT, small(), context=Context(language=language)))
    names = ("months", "percent", "price_after", "valid_until")
    assert tuple(filled[name] for name in names) == QUANTITIES[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_is_filled_with_the_same_quantities(language: Language) -> None:
    filled = write.Quantities(proposed(DISCOUNT, small(), context=Context(language=language)))
    assert filled["percent"] in filled["discount"]
    assert filled["price_after"] in filled["price_change"]
    assert filled["price_now"] in filled["price_change"]


def test_a_phrase_needs_all_its_terms() -> None:
    lock = next(offer for offer in SHIPPED.offers if offer.id == "price-lock")
    with pytest.raises(KeyError):
        write.Quantities(proposed(lock, SHIPPED))["credit"]
    assert not {"credit", "price_change"} & lock.terms.slots
    assert {"monthly_price", "price_after", "price_now"} <= lock.terms.slots


def test_a_percent_that_is_not_whole_and_a_single_month_are_written_right() -> None:
    terms = DISCOUNT.terms.model_copy(update={"percent": 12.5, "months": 1})
    offer = DISCOUNT.model_copy(update={"terms": terms})
    filled = write.Quantities(proposed(offer, small()))
    assert (filled["percent"], filled["months"]) == ("12.5%", "1 month")


def test_the_terms_are_the_offers_own_and_the_customers_bill() -> None:
    assert write.terms(DISCOUNT, customer()) == {
        "percent": 10,
        "months": 12,
        "price_after": 80.91,
        "saving": 8.99,
    }
    assert write.terms(small().offers[1], customer()) == {}


def test_a_price_that_stays_is_the_customers_bill() -> None:
    lock = next(offer for offer in SHIPPED.offers if offer.id == "price-lock")
    assert write.terms(lock, customer()) == {"months": 24, "price_after": 89.9}


def test_a_slot_without_a_value_is_an_error_and_not_a_gap() -> None:
    assert write.fill("for {months}", {"months": "12 months"}) == "for 12 months"
    with pytest.raises(KeyError, match="amount"):
        write.fill("for {amount}", {"months": "12 months"})


def test_other_texts_must_use_the_slots_of_the_template() -> None:
    assert write.needed(DISCOUNT, "en", "email") == (
        "price_after",
        "price_now",
        "months",
        "percent",
    )
    assert write.needed(DISCOUNT, "en", "sms") == ("price_after", "months")


@pytest.mark.parametrize(
    ("context", "message", "action"),
    [
        (
            Context(),
            f"Hello! Pay $80.91 instead of $89.90 for 12 months, 10% less. {LAST}",
            "Reply to accept.",
        ),
        (
            Context(tone="formal"),
            f"Dear customer: Pay $80.91 instead of $89.90 for 12 months, 10% less. {LAST}",
            "Reply to accept.",
        ),
        (Context(tone="brief"), f"Pay $80.91 for 12 months. {LAST}", "Reply to accept."),
        (
            Context(channel="sms"),
            "Pay $80.91 for 12 months. Personal price. Telco. STOP ends this.",
            "",
        ),
    ],
)
def test_the_template_fits_the_tone_and_the_channel(
    context: Context, message: str, action: str
) -> None:
    text = write.template(proposed(DISCOUNT, small(), context=context))
    assert text == write.Text("Less each month", message, action)
    assert write.said(text, context.channel).endswith(action or message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_agent_is_never_told_to_say_reply_to_this_message(language: Language) -> None:
    for offer in SHIPPED.offers:
        context = Context(channel="call", language=language, tone="brief")
        text = write.template(proposed(offer, SHIPPED, context=context))
        assert text.call_to_action == SHIPPED.call_closings[language]


@pytest.mark.parametrize("tone", ["friendly", "formal", "brief"])
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("offer", SHIPPED.offers, ids=lambda offer: offer.id)
def test_every_shipped_template_fills(
    offer: Offer, language: Language, channel: Channel, tone: Tone
) -> None:
    context = Context(channel=channel, language=language, tone=tone)
    text = write.template(proposed(offer, SHIPPED, context=context))
    assert not set("".join(text)) & set("{}\u00a0\u202f")
    assert bool(text.headline) == (channel != "call")
    assert text.message
    if channel == "sms" and "sms" in offer.channels:
        assert sms_segments(write.said(text, channel)) <= MAX_SEGMENTS


@given(customers())
def test_any_bill_gives_a_price_of_two_decimals_that_is_not_above_it(
    row: dict[str, object],
) -> None:
    asked = Customer.model_validate(row)
    price = write.terms(DISCOUNT, asked)["price_after"]
    assert price <= round(asked.bill, 2)
    assert "$" in write.Quantities(proposed(DISCOUNT, small(), asked=asked))["price_after"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_whoever_gets_a_price_of_their_own_is_told_so_in_every_channel(channel: Channel) -> None:
    priced = [offer for offer in SHIPPED.offers if "price_after" in write.terms(offer, customer())]
    assert len(priced) >= 4
    for offer in priced:
        told = proposed(offer, SHIPPED, context=Context(channel=channel))
        assert "ersonalised" in write.disclosures(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_message_says_who_it_is_from_whoever_writes_it(language: Language) -> None:
    for offer in SHIPPED.offers:
        if "sms" in offer.channels:
            context = Context(channel="sms", language=language)
            said = write.disclosures(proposed(offer, SHIPPED, context=context))
            assert SHIPPED.brand in said


def test_an_agent_says_until_when_a_price_can_be_accepted() -> None:
    day = date(2026, 6, 29)
    for offer in SHIPPED.offers:
        if "call" in offer.channels:
            told = proposed(offer, SHIPPED, context=Context(channel="call"), until=day)
            assert "June 29, 2026" in write.disclosures(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tone_is_more_than_its_greeting(language: Language) -> None:
    for offer in SHIPPED.offers:
        bodies = {
            write.template(
                proposed(offer, SHIPPED, context=Context(language=language, tone=tone))
            ).message.removeprefix(SHIPPED.greetings[language].get(tone, "")).strip()
            for tone in ("friendly", "formal", "brief")
        }  # fmt: skip
        assert len(bodies) == 3, offer.id


def test_a_brief_e_mail_says_what_to_do_after_the_lines_of_the_law_and_not_before() -> None:
    for offer in SHIPPED.offers:
        text = write.template(proposed(offer, SHIPPED, context=Context(tone="brief")))
        assert "YES" not in text.message
        assert text.call_to_action.startswith("Reply to this message")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_e_mail_names_its_sender_and_a_way_out(language: Language) -> None:
    for offer in SHIPPED.offers:
        told = write.disclosures(proposed(offer, SHIPPED, context=Context(language=language)))
        assert SHIPPED.brand in told
        assert "STOP" in told


@pytest.mark.parametrize(
    ("language", "day", "withdrawal"),
    [
        ("en", "Aug 30, 2026", "right of withdrawal"),
        ("es", "30 ago 2026", "derecho de desistimiento"),
        ("fr", "30/08/2026", "droit de rétractation"),  # "août" takes another alphabet
        ("de", "30.08.2026", "Widerrufsrecht"),
        ("ko", "2026. 8. 30.", "청약 철회"),
    ],
)
def test_a_text_message_says_until_when_and_that_a_contract_can_be_withdrawn_from(
    language: Language, day: str, withdrawal: str
) -> None:
    context, until = Context(channel="sms", language=language), date(2026, 8, 30)
    told = write.template(proposed(SHIPPED.offers[0], SHIPPED, context=context, until=until))
    assert day in told.message
    assert withdrawal in told.message


def test_no_particle_is_left_to_the_reader() -> None:
    for offer in SHIPPED.offers:
        assert not any("(" in text for _, text in offer.texts["ko"].given())


def test_of_a_text_message_the_message_alone_is_sent() -> None:
    text = write.Text("Less each month", "Pay less.", "Reply.")
    assert write.sent(text, "sms") == write.Text("", "Pay less.", "")
    assert write.sent(text, "email") == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("😀" * 36, 2),
    ],
)
def test_segments_of_an_sms_are_counted_as_networks_do(text: str, count: int) -> None:
    assert sms_segments(text) == count


def test_deciding_does_not_import_babel() -> None:
    code = (
        "import sys; from churn_lib.offers.decide import decider; "
        "from churn_lib.words import template; decider(); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"babel", "numpy", "scipy"}.isdisjoint(done.stdout.split())
