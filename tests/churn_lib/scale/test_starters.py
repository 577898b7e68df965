"""The offers to begin with of any company are decided in SQL as in the service."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_lib.customer.contact import FACTS
from churn_lib.customer.model import FEATURES, SCHEMA
from churn_lib.offers.catalogue import Catalogue, parse
from churn_lib.propose.offers import starter
from churn_lib.scale.golden import customers
from churn_lib.scale.request import Request
from tests.churn_lib.lint.companies import BOX, GYM, NUMBERS, printed
from tests.churn_lib.scale.asked import DAY, differences
from tests.churn_lib.scale.test_cards import scored
from tests.churn_lib.score import made_up
from tests.churn_lib.score.made_up import Json

RULES = """
  { field = "pace", at_least = 2 },
  { field = "coach", is_not = ["Bob"] },
  { field = "weight", at_most = 80 },
  { field = "pool", is = [1] },
  { field = "lane", is = ["fast"] },
"""
"""Of the gym: about what is worked out, not listed, not known, a number, and a service."""


def catalogues() -> list[Catalogue]:
    """The one to begin with; and where there are such attributes, with more of each rule."""
    text = starter(SCHEMA, DAY)
    begun = [f"{key} = [\n" for key in ("eligible", "suitable", "answers")]
    ruled = [text.replace(key, key + one) for key in begun for one in RULES.splitlines(True)[1:]]
    return [parse(one) for one in [text, *(ruled if "pace" in FEATURES else [])]]


@settings(max_examples=25, deadline=None)
@given(card=made_up.cards(), catalogue=st.sampled_from(catalogues()))
def test_what_the_first_offers_bring(card: Json, catalogue: Catalogue) -> None:
    made = scored(card)
    for facts in ((), ("best_tariff",), tuple(FACTS)):
        request = Request(DAY, facts=facts, reasons=1)
        rows = list(customers(made.card, facts, 60))
        assert differences(rows, made, catalogue, request) == []


@pytest.mark.parametrize("schema", [GYM, BOX, NUMBERS], ids=["gym", "box", "numbers"])
def test_the_same_holds_for_another_company(schema: str, tmp_path: Path) -> None:
    name = test_what_the_first_offers_bring.__name__
    printed(tmp_path, schema, f"from {__name__} import {name}; {name}()")
