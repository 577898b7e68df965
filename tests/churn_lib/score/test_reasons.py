"""Reasons carry the attributes they are about, and are never taken apart again."""

import json
from math import log
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from churn_lib.customer.model import Customer
from churn_lib.score.reasons import raising
from churn_lib.score.scorecard import Scorecard, scorecard, sigmoid
from churn_lib.score.shape import Cause, Reason
from churn_lib.score.tables import LevelAxis, NumberAxis, Table
from churn_lib.score.terms import Card
from tests.churn_lib.lint.companies import BOX, GYM, printed
from tests.churn_lib.score.test_terms import CONTRACT, PAIR, TENURE
from tests.customers import Row

CONTRACTS = LevelAxis(groups=(("Month-to-month",), ("One year", "Two year")))
BY_BILL = Table(
    features=("Contract", "MonthlyCharges"),
    axes=(CONTRACTS, NumberAxis(edges=(80.0,))),
    values=((0.5, 0.75), (0.0, 0.0)),
)
JOINED = "swims and dives, and likes it"
GYM_AND = GYM.replace("swims at leisure", JOINED)
GYM_CARD = {
    "intercept": 0,
    "terms": [
        {
            "kind": "table",
            "features": ["lane", "weight"],
            "axes": [
                {"groups": [["slow"], ["fast"], ["no pool"]]},
                {"edges": [90], "unknown": 2},
            ],
            "values": [[1, 2, 3], [0, 0, 0], [0, 0, 0]],
        },
        {
            "kind": "steps",
            "feature": "pace",
            "edges": [4],
            "values": [0.5, 0.25],
            "unknown": -0.5,
        },
    ],
}
TOLD = """
import json
from math import log
from churn_lib.customer.model import Customer
from churn_lib.gemini.prompt import Brief, prompt
from churn_lib.score.reasons import raising
from churn_lib.score.scorecard import Scorecard, scorecard, sigmoid
from churn_lib.score.terms import read_card
from churn_lib.customer.model import phrase
card = Scorecard(read_card(CARD.encode()), "test")
row = {"months": 2, "fee": 30.0, "pool": 1, "lane": "slow", "Membership": "Annual"}
customer = Customer.model_validate({**row, "coach": "Ann", "visits": 6, **CHANGE})
score = card.score(customer)
reasons, values = card.reasons(customer, score), customer.values()
names = raising(reasons)
brief = Brief("Lane", (), tuple(phrase(name, values[name]) for name in names), "sms", "brief", "en")
line = next(line for line in prompt(brief).splitlines() if line.startswith("Known"))
print(json.dumps([card.explanation(customer, score, reasons)["reasons"], names, line]))
"""


def told(folder: Path, **change: object) -> tuple[list[Reason], list[str], str]:
    """The reasons for a customer of the gym, what raises the probability, and what Gemini knows."""
    code = TOLD.replace("CARD", repr(json.dumps(GYM_CARD))).replace("CHANGE", repr(change))
    reasons, names, line = json.loads(printed(folder, GYM_AND, code))
    return reasons, names, line


def causes(example: Row, **change: object) -> list[Cause]:
    card = Scorecard(Card(intercept=0.0, terms=(CONTRACT, TENURE, PAIR, BY_BILL)), "test")
    customer = Customer.model_validate({**example, **change})
    return card.reasons(customer, card.score(customer))


def test_a_reason_about_two_attributes_joins_them_for_people_alone(example: Row) -> None:
    found = {cause["features"]: cause for cause in causes(example, tenure=30, MonthlyCharges=100.0)}
    assert found["Contract", "MonthlyCharges"] == {
        "feature": "Contract and MonthlyCharges",
        "value": "Month-to-month, 100.0",
        "effect": 0.75,
        "text": "pays month to month and has a high monthly bill (100.00 a month)",
        "features": ("Contract", "MonthlyCharges"),
    }
    assert found["Contract",]["value"] == "Month-to-month"


def test_only_what_raises_the_probability_is_named_strongest_first(example: Row) -> None:
    assert raising(causes(example, tenure=30, MonthlyCharges=100.0)) == [
        *PAIR.features,
        "Contract",
        *BY_BILL.features,
    ]
    assert raising([]) == []


def test_an_answer_shows_no_more_than_the_document_says(example: Row) -> None:
    card = Scorecard(Card(intercept=0.0, terms=(CONTRACT, BY_BILL)), "test")
    customer = Customer.model_validate(example)
    score = card.score(customer)
    shown = card.explanation(customer, score, card.reasons(customer, score))
    fields = {"feature", "value", "effect", "text"}
    assert [set(reason) for reason in shown["reasons"]] == [fields, fields]


def test_who_wants_no_reasons_gets_none(example: Row) -> None:
    card, customer = scorecard(), Customer.model_validate(example)
    score = card.score(customer)
    counts = [len(card.reasons(customer, score, limit)) for limit in (0, 1, 3, 100)]
    assert counts[:2] == [0, 2]
    assert counts == sorted(counts)


def test_from_the_average_all_effects_lead_to_the_probability(example: Row) -> None:
    card = scorecard()
    for months in (0, 1, 12, 70):
        customer = Customer.model_validate({**example, "tenure": months})
        score = card.score(customer)
        shown = card.explanation(customer, score, card.reasons(customer, score))
        effects = [reason["effect"] for reason in shown["reasons"]]
        average = shown["average_probability"]
        logit = log(average / (1 - average)) + sum(effects) + shown["other_effects"]
        assert sigmoid(logit) == pytest.approx(score.probability, abs=1e-12)
        assert len(effects) < len(score.effects)


def test_words_that_hold_the_joining_word_stay_whole(tmp_path: Path) -> None:
    reasons, names, line = told(tmp_path, weight=80.0)
    assert [reason["text"] for reason in reasons] == [
        f"{JOINED} and is light",
        "comes less than others",
    ]
    assert names == ["lane", "weight", "pace"]
    assert line == f"Known of the customer: {JOINED}; is light; comes less than others"


@pytest.mark.parametrize("weight", [{}, {"weight": None}])
def test_what_is_not_known_is_null_alone_and_said_beside_another(
    weight: dict[str, object], tmp_path: Path
) -> None:
    reasons, names, _ = told(tmp_path, months=0, **weight)
    assert [(reason["value"], reason["effect"], reason["text"]) for reason in reasons] == [
        ("slow, not known", 3, f"{JOINED} and was never weighed"),
        (None, -0.5, "has no known visits a month"),
    ]
    assert names == ["lane", "weight"]


def test_the_document_knows_null_only_where_a_value_may_be_not_known(tmp_path: Path) -> None:
    code = """
import json
from math import log
from pydantic import TypeAdapter
from churn_lib.score.shape import Reason
print(json.dumps(TypeAdapter(Reason).json_schema()["properties"]["value"]["anyOf"]))
"""
    known = [{"type": "string"}, {"type": "number"}]
    assert TypeAdapter(Reason).json_schema()["properties"]["value"]["anyOf"] == known
    assert json.loads(printed(tmp_path, BOX, code)) == known
    assert json.loads(printed(tmp_path, GYM, code)) == [*known, {"type": "null"}]
