"""Which numbers lie outside of what the score was trained on."""

from collections.abc import Mapping

import pytest

from churn_lib.customer.model import Customer
from churn_lib.score.scorecard import Scorecard
from churn_lib.score.tables import NumberAxis, Table
from churn_lib.score.terms import Card, Curve, Steps, Term
from churn_lib.score.trained import trained
from tests.churn_lib.score.test_terms import CONTRACT, PAIR
from tests.customers import Row

CURVE = Curve(feature="tenure", knots=(2.0, 50.0), values=(0.0, 1.0))
STEPS = Steps(feature="MonthlyCharges", edges=(20.0, 50.0), values=(0.0, 1.0, 2.0))
TABLE = Table(
    features=("MonthlyCharges", "TotalCharges"),
    axes=(NumberAxis(edges=(20.0,)), NumberAxis(edges=(100.0,))),
    values=((0.0, 1.0), (2.0, 3.0)),
)
Ends = Mapping[str, tuple[float, float]]


@pytest.mark.parametrize(
    ("terms", "told", "ends"),
    [
        ((CURVE,), {}, {"tenure": (1, 50)}),
        ((PAIR,), {}, {"tenure": (-1, 10), "MonthlyCharges": (0, 100)}),
        ((CURVE, PAIR), {}, {"tenure": (-1, 50), "MonthlyCharges": (0, 100)}),
        ((CONTRACT, STEPS, TABLE), {}, {}),
        ((CURVE,), {"tenure": (0, 72)}, {"tenure": (0, 72)}),
        ((PAIR,), {"tenure": (3, 3)}, {"tenure": (3, 3), "MonthlyCharges": (0, 100)}),
        ((STEPS,), {"MonthlyCharges": (18, 118)}, {"MonthlyCharges": (18, 118)}),
    ],
)
def test_the_ends_are_what_the_card_tells_else_knots_and_never_edges(
    terms: tuple[Term, ...], told: Ends, ends: Ends
) -> None:
    assert trained(Card(intercept=0.0, terms=terms, trained=dict(told))) == ends


@pytest.mark.parametrize(
    ("bill", "outside"),
    [
        (17.99, ["MonthlyCharges"]),
        (18.0, []),
        (20.0, []),
        (118.0, []),
        (118.01, ["MonthlyCharges"]),
    ],
)
def test_both_ends_are_inside(bill: float, outside: list[str], example: Row) -> None:
    card = Card(intercept=0.0, terms=(STEPS,), trained={"MonthlyCharges": (18.0, 118.0)})
    customer = Customer.model_validate({**example, "MonthlyCharges": bill})
    assert Scorecard(card, "test").outside(customer) == outside
