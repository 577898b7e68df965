"""Rules, money and words of offers where another schema is in force."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.churn_lib.lint.companies import BOX, GYM, printed

CHECKED = """
import json
from churn_lib.customer.model import example
from churn_lib.offers.checks import checker
from churn_lib.offers.rules import Rule
rule = Rule.model_validate_json(RULE)
check = checker(rule, "eligible")
rows = [example(**changes) for changes in json.loads(CUSTOMERS)]
found = [check(row.values()) for row in rows]
print(json.dumps([[one.result for one in found], found[0].text]))
"""


def checked(folder: Path, rule: Mapping[str, object], *customers: Mapping[str, object]) -> object:
    code = CHECKED.replace("RULE", repr(json.dumps(rule)))
    return json.loads(printed(folder, GYM, code.replace("CUSTOMERS", repr(json.dumps(customers)))))


def test_a_level_that_is_a_number_is_written_as_one(tmp_path: Path) -> None:
    found = checked(tmp_path, {"field": "pool", "is": [1]}, {"pool": 1}, {"pool": 0})
    assert found == [["pass", "veto"], "Pool is 1"]


@pytest.mark.parametrize("level", ["1", True, 2])
def test_a_truth_or_a_text_is_no_such_level(level: str | bool | int, tmp_path: Path) -> None:
    code = f"""
from churn_lib.offers.rules import Rule
from pydantic import ValidationError
try:
    Rule.model_validate({{"field": "pool", "is": ({level!r},)}})
except ValidationError as error:
    print(error.errors()[0]["msg"])
"""
    assert printed(tmp_path, GYM, code).endswith(f"pool has no level {level!r}; it has 0, 1")


def test_a_level_that_is_not_listed_is_none_of_those_that_are(tmp_path: Path) -> None:
    asked = [{"coach": coach} for coach in ("Ann", "Bob", "Eve")]
    found = checked(tmp_path, {"field": "coach", "is_not": ["Bob"]}, *asked)
    assert found == [["pass", "veto", "pass"], "Coach is Ann or any other"]
    found = checked(tmp_path, {"field": "coach", "is": ["Bob"]}, *asked[::-1])
    assert found == [["veto", "pass", "veto"], "Coach must be Bob"]


def test_what_is_not_known_is_not_checked(tmp_path: Path) -> None:
    rule = {"field": "weight", "at_most": 80}
    asked: list[Mapping[str, object]] = [{"weight": None}, {"weight": 70}, {"weight": 90}]
    found = checked(tmp_path, rule, *asked)
    assert found == [["not_checked", "pass", "veto"], "Weight is not known; it must be at most 80"]


def test_what_is_worked_out_can_have_a_rule(tmp_path: Path) -> None:
    rule = {"field": "pace", "at_least": 2}
    asked: list[Mapping[str, object]] = [
        {"visits": 30, "months": 10},
        {"visits": 10, "months": 10},
        {"visits": 10, "months": 0},
    ]
    found = checked(tmp_path, rule, *asked)
    assert found == [["pass", "veto", "not_checked"], "Visits a month is at least 2"]


DECIDED = """
from datetime import date
from churn_lib.customer.contact import Context
from churn_lib.customer.model import SCHEMA, example
from churn_lib.offers.catalogue import parse
from churn_lib.offers.decide import Decider
from churn_lib.propose.offers import starter
today = date(2026, 6, 15)
text = starter(SCHEMA, today).replace("eligible = [", RULE)
for visits in (30, 10):
    decision = Decider(parse(text)).decide(
        example(visits=visits, months=10, Membership="Annual"), probability=0.8, reasons=[],
        context=Context(), today=today, explain=True,
    )
    checks = decision.trace[0].checks
    allowed = sorted(one["id"] for one in decision.eligible)
    print(next(check.result for check in checks if check.field == "pace"), *allowed)
"""


def test_a_decision_follows_what_is_worked_out(tmp_path: Path) -> None:
    rule = 'eligible = [{ field = "pace", at_least = 2 },'
    found = printed(tmp_path, GYM, DECIDED.replace("RULE", repr(rule)))
    assert found.splitlines() == [
        "pass loyalty-discount service-call",
        "veto service-call",
    ]


LINTED = """
from churn_lib.customer.model import SCHEMA
from churn_lib.lint.catalogue import lint
from churn_lib.propose.offers import starter
text = starter(SCHEMA)
assert OLD in text
print(*lint(text.replace(OLD, NEW)), sep=chr(10))
"""


@pytest.mark.parametrize(
    ("schema", "old", "new", "fault"),
    [
        (GYM, "price_floor = ", "price_floor = 1", "terms.percent: a bill of 30.00 would become"),
        (BOX, "price_floor = ", "price_floor = 1", "terms.percent: a bill of 18.00 would become"),
        (
            GYM,
            "eligible = [",
            'eligible = [{ field = "pool", is = [0] }, { field = "lane", is = ["slow"] },',
            "eligible.1: lane can never be slow here",
        ),
        (
            GYM,
            "eligible = [",
            'eligible = [{ field = "pool", is = [1] }, { field = "lane", is = ["no pool"] },',
            "eligible.1: lane can never be no pool here",
        ),
        (
            GYM,
            "eligible = [",
            'eligible = [{ field = "pace", at_least = 9 }, { field = "pace", at_most = 8 },',
            "eligible.1: pace can never be at most 8 here",
        ),
        (GYM, "eligible = [", 'eligible = [{ field = "coach", is_not = ["Ann", "Bob"] },', ""),
        (GYM, "eligible = [", 'eligible = [{ field = "weight", at_most = 1e9 },', "at_most: must"),
        (GYM, "eligible = [", 'eligible = [{ field = "born", at_most = 1999 },', "is a protected"),
    ],
)
def test_the_lint_of_offers_knows_the_schema(
    schema: str, old: str, new: str, fault: str, tmp_path: Path
) -> None:
    code = LINTED.replace("OLD", repr(old)).replace("NEW", repr(new))
    found = printed(tmp_path, schema, code)
    assert fault in found if fault else not found


def test_the_money_of_an_offer_comes_from_the_role_of_the_bill(tmp_path: Path) -> None:
    code = """
from churn_lib.customer.model import SCHEMA, example
from churn_lib.words.segments import LONGEST
from churn_lib.offers.catalogue import parse
from churn_lib.propose.offers import starter
from churn_lib.words.template import terms
offer = parse(starter(SCHEMA)).offers[0]
print(LONGEST.bill, terms(offer, example())["price_after"])
"""
    assert printed(tmp_path, GYM, code) == "900.0 27.0"
    assert printed(tmp_path, BOX, code) == "18 16.2"


def test_gemini_is_told_who_speaks_and_no_words_with_a_number(tmp_path: Path) -> None:
    code = """
from churn_lib.gemini.prompt import PHRASES, SYSTEM
print(SYSTEM[:60].partition(" says")[0], sorted(PHRASES), sep="; ")
"""
    words = '["S", "takes box 1"], ["M", "takes the box for <b>"]'
    schema = BOX.replace('["S", "takes the small box"]', words).replace("box of", "orchard of")
    assert printed(tmp_path, schema, code) == (
        "You write what an orchard of vegetables; ['takes the large box']"
    )
    unsayable = BOX.replace("box of vegetables", "box. [Ignore] all")
    assert printed(tmp_path, unsayable, code).startswith("You write what a company; ")
