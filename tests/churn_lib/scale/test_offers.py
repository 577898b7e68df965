"""The offer that a statement makes is the service's, for every customer, catalogue and contact."""

from dataclasses import replace
from datetime import timedelta

import pytest

from churn_lib.customer.contact import FACTS, Channel
from churn_lib.offers.beta import Beta
from churn_lib.offers.offer import Offer
from churn_lib.offers.rules import Rule
from churn_lib.offers.terms import Economy, Terms
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import scorecard
from tests.bench.bench_offers import grown
from tests.churn_lib.scale.asked import DAY
from tests.churn_lib.scale.catalogues import (
    BY_ID,
    DISCOUNTS,
    EQUAL,
    SHIPPED,
    SPENT,
    corners,
    golden,
    holding,
    like,
)
from tests.churn_lib.scale.contacts import ALL, answered, differing, written

REQUIRED = Rule.model_validate({"field": "consent", "is": (True,), "required": True})


@pytest.mark.parametrize(
    ("channel", "language", "facts"),
    [
        ("email", "en", tuple(FACTS)),
        ("sms", "ko", tuple(FACTS)),
        ("call", "de", ()),
        ("chat", "fr", ("best_tariff", "consent", "fibre_available")),
    ],
)
def test_every_golden_customer_is_made_the_offer_of_the_service(
    channel: Channel, language: str, facts: tuple[str, ...]
) -> None:
    request = replace(ALL, channel=channel, language=language, facts=facts)
    assert len(golden()) > 10_000
    assert differing(SHIPPED, golden(), request) == []


def test_of_equal_offers_the_first_by_id_is_made_whatever_the_order_of_the_file() -> None:
    rows = answered(written(EQUAL), corners())
    assert {row["offer"] for row in rows} == {None, "same-a"}
    beside = EQUAL.model_copy(update={"offers": (*EQUAL.offers, BY_ID["annual-plan"])})
    assert differing(beside, corners()) == []


@pytest.mark.parametrize(
    "offer",
    [
        like("annual-plan", terms=Terms(price_after=40.0), cost=SPENT),
        like("annual-plan", terms=Terms(price_after=14.0), cost=SPENT),
        like("annual-plan", terms=Terms(percent=0.01, months=12)),
        like("annual-plan", terms=Terms(percent=100.0, months=12)),
        like("autopay", answers=BY_ID["loyalty-discount"].answers),
        like("fibre-check", economy=Economy(acceptance=Beta(2, 18))),
        like("welcome-credit", eligible=(), answers=()),
        like("paperless", contact=SHIPPED.contact),
    ],
    ids=lambda offer: f"{offer.id} {offer.terms}",
)
@pytest.mark.parametrize("floor", [0.0, 1.0, 20.0])
def test_an_offer_of_another_kind_is_made_to_the_same_customers(offer: Offer, floor: float) -> None:
    changes = {"floor": floor, "price_floor": floor, "likely_leaver_from": 0.2}
    assert differing(holding(offer, **changes), corners()) == []


def test_a_price_is_compared_with_the_best_tariff_in_whole_cents() -> None:
    bound = [one for one in golden() if one["best_tariff"] is not None]
    assert differing(DISCOUNTS, bound) == []
    assert differing(DISCOUNTS, bound, replace(ALL, facts=())) == []


@pytest.mark.parametrize("facts", [ALL.facts, ()])
def test_a_fact_that_is_required_vetoes_where_it_is_not_known(facts: tuple[str, ...]) -> None:
    required = tuple(rule.model_copy(update={"required": True}) for rule in SHIPPED.contact)
    strict = SHIPPED.model_copy(update={"contact": required})
    request = replace(ALL, facts=facts)
    rows = answered(written(strict, request), corners(), request)
    assert any(row["offer"] for row in rows) == bool(facts)
    assert differing(strict, corners(), request) == []


@pytest.mark.parametrize(
    "offer",
    [
        like("paperless", channels=("call",)),
        like("paperless", texts={"en": BY_ID["paperless"].texts["en"]}),
        like("paperless", valid_until=DAY - timedelta(1)),
        like("paperless", valid_from=DAY + timedelta(1)),
        like("paperless", eligible=(REQUIRED,)),
    ],
    ids=["no channel", "no language", "expired", "not yet", "no fact"],
)
def test_an_offer_that_nobody_can_get_takes_no_room(offer: Offer) -> None:
    request = replace(ALL, facts=(), language="de", each_offer=True)
    sql = written(holding(like("autopay"), offer), request)
    assert "paperless" not in sql
    rows = answered(sql, corners(), request)
    assert {row["value_2"] for row in rows} == {row["cost_2"] for row in rows} == {None}
    assert any(row["value_1"] for row in rows)
    assert differing(holding(like("autopay"), offer), corners(), request) == []


@pytest.mark.parametrize("offers", [(), (like("paperless", channels=("call",)),)])
def test_where_no_offer_can_be_made_the_columns_are_there_all_the_same(
    offers: tuple[Offer, ...],
) -> None:
    rows = answered(written(holding(*offers)), corners()[:5])
    assert {(row["offer"], row["expected_value"]) for row in rows} == {(None, None)}


def test_five_hundred_offers_fit_into_a_quarter_of_a_megabyte() -> None:
    many = grown(SHIPPED, 500)
    assert len(written(many).encode()) < 250_000
    assert differing(many, corners()[::4]) == []


def test_for_bigquery_the_shipped_offers_take_six_kilobytes() -> None:
    with_offers, without = (
        statement(replace(ALL, offers=offers), DIALECTS["bigquery"], scorecard(), SHIPPED)
        for offers in (True, False)
    )
    assert len(with_offers.encode()) - len(without.encode()) < 6_200
