"""What an offer costs by text message: its segments, for the customer whose message is longest."""

import pytest

from churn_lib.customer.contact import LANGUAGES, Context, Language
from churn_lib.offers.catalogue import Catalogue, catalogue
from churn_lib.offers.decide import Decider
from churn_lib.offers.offer import Offer
from churn_lib.words.segments import LONGEST, longest_sms, segments
from churn_lib.words.sms import MAX_SEGMENTS, is_gsm_7
from tests.churn_lib.offers.samples import MONTHLY, TODAY, customer, small

SMS = Context(channel="sms")
LONG = ('short = "Pay {price_after} for {months}."', f'short = "{"Pay {price_after} " * 16}."')
"""Takes two segments."""


def contact_cost(decider: Decider, context: Context = SMS) -> float:
    """Of the sample's discount."""
    decision = decider.decide(
        customer(),
        probability=0.8,
        reasons=[MONTHLY],
        context=context,
        today=TODAY,
    )
    assert decision.chosen is not None
    return decision.chosen.economics.contact_cost


def test_a_text_message_costs_as_much_as_its_segments() -> None:
    one, two = (Decider(offers, segments) for offers in (small(), small(LONG)))
    assert (contact_cost(one), contact_cost(two)) == (0.2, 0.4)
    assert contact_cost(two, Context()) == 0.1


def test_segments_are_counted_once_for_each_offer_and_language() -> None:
    counted = list[str]()

    def count(_catalogue: Catalogue, offer: Offer, language: str) -> int:
        counted.append(f"{offer.id} {language}")
        return 3

    decider = Decider(small(), count)
    assert [contact_cost(decider) for _ in range(3)] == pytest.approx([0.6] * 3)
    assert counted == ["discount en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_text_message_fits_and_wastes_no_room_on_its_alphabet(
    language: Language,
) -> None:
    shipped = catalogue()
    assert LONGEST.bill > 100
    for offer in shipped.offers:
        if "sms" in offer.channels:
            assert segments(shipped, offer, language) <= MAX_SEGMENTS
            assert is_gsm_7(longest_sms(shipped, offer, language)) == (language != "ko")
