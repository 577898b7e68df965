"""The offer's part of an answer, on a day that is given."""

from datetime import date

import pytest

from churn_lib.customer.contact import Channel, Context
from churn_lib.offers import catalogue
from churn_lib.propose import Proposal, propose
from tests.churn_lib.offers.samples import MONTHLY, TODAY, customer

pytestmark = pytest.mark.anyio


async def proposed(today: date, channel: Channel = "email") -> Proposal:
    return await propose(
        customer(),
        Context(channel=channel),
        probability=0.8,
        reasons=[MONTHLY],
        today=today,
        gemini=False,
        explain=False,
        seconds=1.0,
    )


async def test_the_deadline_is_counted_from_today_and_told() -> None:
    found = await proposed(TODAY)
    assert found.offer["accept_until"] == "2026-06-29"
    assert "You can accept until June 29, 2026." in found.said
    assert await proposed(TODAY) == found


async def test_nobody_may_accept_after_the_end_of_the_campaign() -> None:
    last = next(
        offer for offer in catalogue.shared().offers if offer.id == "annual-plan"
    ).valid_until
    found = await proposed(last)
    assert found.offer["id"] == "annual-plan"
    assert found.offer["accept_until"] == last.isoformat()


async def test_a_text_message_shows_nothing_that_is_not_sent() -> None:
    found = await proposed(TODAY, "sms")
    assert (found.offer["headline"], found.offer["call_to_action"]) == ("", "")
    assert found.said == found.offer["message"]
