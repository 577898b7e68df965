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


async def proposed(today: date, channel: Channel = "email", *, runner_up: bool = False) -> Proposed:
    request = PredictRequest.model_validate(
        {**customer().values(), "context": Context(channel=channel)}
    )
    asked = Asked(request, 0.8, [MONTHLY], today)
    return await propose(asked, seconds=None, explain=False, runner_up=runner_up)


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


async def test_the_next_offer_comes_with_its_own_words() -> None:
    found = await proposed(TODAY, runner_up=True)
    first, second = made(found), made(found)["runner_up"]
    assert second is not None
    assert second["id"] == first["eligible"][1]["id"]
    assert second["marketing_offer"].startswith(f"{second['headline']}\n")
    assert second["why"].startswith(f"Next after {first['id']}; answers ")


async def test_the_next_offer_comes_only_when_it_is_asked_for() -> None:
    assert made(await proposed(TODAY))["runner_up"] is None


async def test_a_chance_is_told_to_three_digits_and_is_no_certainty() -> None:
    chance = made(await proposed(TODAY))["economics"].probability_of_profit
    assert 0.9 < chance <= 0.999
    assert chance == round(chance, 3)
