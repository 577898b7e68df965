"""A statement answers as the service does, whatever is in the table."""

from dataclasses import replace

import pytest

from churn_lib.customer.contact import FACTS
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.offers import catalogue
from churn_lib.scale.golden import customers
from churn_lib.scale.request import Request
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.scale import hostile
from tests.churn_lib.scale.asked import DAY, differences

CARD = scorecard()
OFFERS = catalogue.load(ARTIFACTS / catalogue.OFFERS)
NATIVE, TEXT = Request(DAY), Request(DAY, types="text")
KNOWING = tuple(FACTS)


@pytest.mark.parametrize("facts", [(), KNOWING], ids=["no facts", "all facts"])
@pytest.mark.parametrize("request_", [NATIVE, TEXT], ids=["native", "text"])
def test_golden_customers_get_the_services_answer(
    request_: Request, facts: tuple[str, ...]
) -> None:
    rows = list(customers(CARD.card, facts, 10_000))
    assert differences(rows, CARD, OFFERS, replace(request_, facts=facts)) == []


@pytest.mark.parametrize("facts", [(), KNOWING], ids=["no facts", "all facts"])
@pytest.mark.parametrize("request_", [NATIVE, TEXT], ids=["native", "text"])
def test_hostile_rows_are_refused_in_the_services_words(
    request_: Request, facts: tuple[str, ...]
) -> None:
    rows = hostile.rows(CARD.card, facts, 3000)
    assert differences(rows, CARD, OFFERS, replace(request_, facts=facts)) == []
