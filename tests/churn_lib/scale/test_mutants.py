"""Statements with one thing wrong about the score: each answers otherwise for some customer.

So the customers that the other tests ask about would show it.
"""

import re

import pytest

from churn_lib.scale.golden import customers
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import Scorecard, scorecard
from churn_lib.score.terms import Card, Curve, Levels, Steps
from tests.churn_lib.scale import hostile
from tests.churn_lib.scale.asked import DUCKDB, NATIVE, differences

SHIPPED = scorecard()
EQUAL = Levels(feature="PhoneService", points={"Yes": 0.5, "No": -0.5})
ALIKE = Levels(feature="PaperlessBilling", points={"Yes": 0.5, "No": -0.5})
BINS = Steps(feature="tenure", edges=(12.0, 24.0), values=(0.5, 0.25, -0.5))
LINES = Curve(feature="MonthlyCharges", knots=(20.0, 50.0, 90.0), values=(-0.5, 0.0, 0.75))
OWN = Scorecard(Card(intercept=0.0, terms=(EQUAL, ALIKE, BINS, LINES)), "test")

MUTANTS = {
    "an edge that belongs to the next bin": (OWN, "ch_v_tenure <= 12e0", "ch_v_tenure < 12e0"),
    "anything lies beyond the last knot": (OWN, r"WHEN ch_v_\w+ >= 90e0 THEN (\S+)", r"ELSE \1"),
    "anything lies in the last bin": (OWN, "WHEN ch_v_tenure IS NOT NULL THEN", "ELSE"),
    "a probability without a logit": (
        SHIPPED,
        r"CASE WHEN ch_logit IS NOT NULL THEN (1e0 / \(.*?\)\)) END AS ch_p",
        r"\1 AS ch_p",
    ),
    "reasons without a probability": (SHIPPED, "WHEN ch_p IS NOT NULL THEN", "WHEN TRUE THEN"),
    "of equal effects the first": (OWN, r"(ch_e\d+) >= (ch_e)", r"\1 > \2"),
    "a weak reason": (SHIPPED, r"(WHEN ch_e\d+) >= 0.05e0", r"\1 >= 0e0"),
    "division of whole numbers": (OWN, r"(\(ch_v_\w+ - \S+ / \S+)", r"FLOOR(\1)"),
    "a number of any size": (SHIPPED, "BETWEEN 0e0 AND 10000e0", "IS NOT NULL"),
    "one beyond the highest": (SHIPPED, "BETWEEN 0e0 AND 1200e0", "BETWEEN 0e0 AND 1201e0"),
    "parts of months": (SHIPPED, r" AND tenure = FLOOR\(tenure\)", ""),
    "what is left out is nothing": (SHIPPED, r"ch_v_tenure \* ch_v_MonthlyCharges", "0e0"),
    "a wrong value is left out": (SHIPPED, r"CASE WHEN \(TotalCharges IS NULL", "CASE WHEN (TRUE"),
    "services without the one they need": (SHIPPED, r"InternetService IN \('No'\)", "FALSE"),
    "a plain no is something else": (SHIPPED, r"\(\w+ IN \('No'\) OR", "(FALSE OR"),
    "an attribute without a term is let through": (OWN, "ch_v_Contract IS NOT NULL", "TRUE"),
    "a higher risk": (SHIPPED, "ch_p >= 0.7e0", "ch_p >= 0.5e0"),
}


@pytest.mark.parametrize(("card", "right", "wrong"), MUTANTS.values(), ids=MUTANTS)
def test_it_is_found(card: Scorecard, right: str, wrong: str) -> None:
    mutant, changes = re.subn(right, wrong, statement(NATIVE, DUCKDB, card, None))
    assert changes
    rows = [*customers(card.card, (), 300), *hostile.rows(card.card, (), 1000)]
    assert differences(rows, card, sql=mutant)
