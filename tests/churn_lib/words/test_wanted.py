"""Which texts a catalogue needs: few, and all that any customer can come to need."""

import random
from collections import Counter
from datetime import date

from churn_lib.customer.model import LEVELS, RANGES, Customer, example
from churn_lib.gemini.prompt import PHRASES
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.decide import decider
from churn_lib.score.scorecard import scorecard
from churn_lib.words.wanted import NO_REASON, TONES, answered, reasons_of, wanted
from tests.churn_lib.offers.samples import customer, reason
from tests.churn_lib.words.banked import DESK, KEY, TODAY

OFFERS = catalogue().offers
MOST = 200


def test_a_million_customers_of_one_language_channel_and_tone_need_at_most_200_texts() -> None:
    counts = Counter((key.language, key.channel, key.tone) for key in wanted(catalogue(), TODAY))
    assert len(counts) == len(catalogue().greetings) * 4 * len(TONES)
    assert max(counts.values()) <= MOST


def test_a_language_that_is_not_spoken_any_more_needs_no_text() -> None:
    english = catalogue().model_copy(update={"languages": ("en",)})
    assert {key.language for key in wanted(english, TODAY)} == {"en"}


def test_any_customer_needs_a_text_that_is_wanted() -> None:
    drawn, card = random.Random(4), scorecard()
    met = set[tuple[str, str]]()
    for _ in range(2000):
        asked = some_customer(drawn)
        reasons = card.reasons(asked, card.score(asked))
        for offer in OFFERS:
            met.add((offer.id, answered(offer, reasons, asked)))
    known = {(offer.id, text) for offer in OFFERS for text in reasons_of(offer)}
    assert met <= known
    assert len(met) > len(OFFERS) * 2


def some_customer(drawn: random.Random) -> Customer:
    """A customer with values drawn from those that are allowed."""
    numbers = {
        name: round(drawn.uniform(float(str(span.ge)), 120.0))
        for name, span in RANGES.items()
        if name != "TotalCharges"
    }
    chosen = {name: drawn.choice(LEVELS[name]) for name in ("Contract", "PaymentMethod")}
    internet = drawn.choice(LEVELS["InternetService"])
    return example(**numbers, **chosen, InternetService=internet)


def test_every_reason_may_be_told_to_gemini() -> None:
    for offer in OFFERS:
        first, *others = reasons_of(offer)
        assert first == NO_REASON
        assert set(others) <= PHRASES


def test_the_strongest_reason_that_the_offer_answers_counts() -> None:
    offer = next(offer for offer in OFFERS if offer.id == "price-lock")
    weak, strong = reason("tenure", "2", 0.2), reason("MonthlyCharges", "89.9", 0.5)
    asked = customer()
    assert answered(offer, [strong, weak], asked) == "has a high monthly bill"
    assert answered(offer, [weak], asked) == "is a new customer"
    assert answered(offer, [{**weak, "effect": -1.0}], asked) == NO_REASON


def test_an_offer_that_is_over_needs_no_text() -> None:
    assert list(wanted(catalogue(), date(2100, 1, 1))) == []


def test_the_desk_fills_a_text_for_the_example_customer() -> None:
    proposal = DESK.proposal(KEY)
    assert proposal.context.tone == KEY.tone
    assert proposal.accept_until == decider().accept_until(proposal.offer, TODAY)
