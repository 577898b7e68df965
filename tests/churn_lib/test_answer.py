"""The offer's part of an answer, on a day that is given."""

from datetime import date

import pytest

from churn_lib.answer import Asked, Proposed, propose
from churn_lib.customer.contact import Channel, Context
from churn_lib.customer.request import PredictRequest
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.shape import Offer, is_made
from tests.churn_lib.offers.samples import MONTHLY, TODAY, customer

pytestmark = pytest.mark.anyio


async def proposed(today: date, channel: Channel = "email") -> Proposed:
    request = PredictRequest.model_validate(
        {**customer().values(), "context": Context(channel=channel)}
    )
    return await propose(Asked(request, 0.8, [MONTHLY], today), seconds=None, explain=False)


def made(found: Proposed) -> Offer:
    assert is_made(found.offer)
    return found.offer


async def test_the_deadline_is_counted_from_today_and_told() -> None:
    found = await proposed(TODAY)
    assert made(found)["accept_until"] == "2026-06-29"
    assert "You can accept until June 29, 2026." in found.said
    assert await proposed(TODAY) == found


async def test_nobody_may_accept_after_the_end_of_the_campaign() -> None:
    offers = catalogue().offers
    last = next(offer for offer in offers if offer.id == "annual-plan").valid_until
    found = made(await proposed(last))
    assert (found["id"], found["accept_until"]) == ("annual-plan", last.isoformat())


async def test_a_text_message_shows_nothing_that_is_not_sent() -> None:
    found = await proposed(TODAY, "sms")
    offer = made(found)
    assert (offer["headline"], offer["call_to_action"]) == ("", "")
    assert found.said == offer["message"]
