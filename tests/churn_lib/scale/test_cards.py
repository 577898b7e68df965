"""Whatever a card holds, of whatever schema, its statement says the same."""

import json
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from churn_lib.scale.golden import customers
from churn_lib.scale.request import Request
from churn_lib.score.scorecard import Scorecard
from churn_lib.score.terms import read_card
from tests.churn_lib.lint.companies import BOX, NUMBERS, printed
from tests.churn_lib.scale import hostile
from tests.churn_lib.scale.asked import DAY, differences
from tests.churn_lib.score import made_up
from tests.churn_lib.score.made_up import Json
from tests.companies import FILES

COMPANIES = {"box": BOX, "numbers": NUMBERS, "maven": (FILES / "maven.toml").read_text("utf-8")}
"""Of next to nothing, of numbers alone, and with every kind of term."""


def scored(card: Json) -> Scorecard:
    return Scorecard(read_card(json.dumps(card).encode()), "made up")


@settings(max_examples=15, deadline=None, phases=[Phase.generate])
@given(card=made_up.cards(), rows=st.lists(made_up.customers(), min_size=20, max_size=60))
def test_the_customers_of_any_card(card: Json, rows: list[made_up.Row]) -> None:
    made = scored(card)
    golden = list(customers(made.card, (), 40))
    for types in ("native", "text"):
        request = Request(DAY, types=types, reasons=5)
        assert differences([*golden, *rows], made, request=request) == []


@settings(max_examples=15, deadline=None, phases=[Phase.generate])
@given(card=made_up.cards(), seed=st.integers(0, 1_000_000))
def test_hostile_rows_of_any_card(card: Json, seed: int) -> None:
    made = scored(card)
    rows = hostile.rows(made.card, (), 100, seed)
    for types in ("native", "text"):
        assert differences(rows, made, request=Request(DAY, types=types)) == []


@pytest.mark.parametrize("schema", COMPANIES.values(), ids=COMPANIES)
@pytest.mark.parametrize("law", ["the_customers", "hostile_rows"])
def test_the_same_holds_for_another_company(schema: str, law: str, tmp_path: Path) -> None:
    name = f"test_{law}_of_any_card"
    printed(tmp_path, schema, f"from tests.churn_lib.scale.test_cards import {name}; {name}()")
