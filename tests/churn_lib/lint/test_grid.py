"""The made-up customers that catalogues are compared on."""

import json
from pathlib import Path

import pytest

from churn_lib.customer.model import ABSENT, LEVELS
from churn_lib.lint.grid import MOST, grid
from churn_lib.offers.catalogue import catalogue
from tests.churn_lib.lint.companies import BOX, GYM, printed
from tests.churn_lib.offers.samples import small


def test_the_same_customers_are_made_up_every_time() -> None:
    assert list(grid(catalogue())) == list(grid(catalogue()))
    assert list(grid()) == list(grid(catalogue()))


def test_their_number_is_bounded_and_no_region_is_left_out() -> None:
    customers = list(grid())
    assert len(customers) == MOST == len({one.model_dump_json() for one in customers})
    for name in ("Contract", "InternetService", "OnlineSecurity", "StreamingTV"):
        assert {one.values()[name] for one in customers} == set(LEVELS[name])
    assert {one.values()["tenure"] for one in customers} >= {0, 1, 2, 3, 6, 7, 11, 12, 24, 25, 48}


def test_a_small_catalogue_is_tried_in_all_combinations() -> None:
    bounds = '"tenure", at_least = 1'
    customers = list(grid(small(), small((bounds, '"tenure", at_most = 18'))))
    tenures = {0, 1, 12, 18, 19, 24, 48, 72}
    bills = {0, 24.99, 25, 45, 80, 115}
    assert {one.values()["tenure"] for one in customers} == tenures
    assert {one.bill for one in customers} == bills
    assert len(customers) == len(tenures) * len(bills) * len(LEVELS["Contract"])


def test_the_rest_is_plainest_and_what_needs_another_service_agrees() -> None:
    customers = list(grid())
    for name in ("gender", "PhoneService", "DeviceProtection"):
        levels = {one.values()[name] for one in customers}
        assert len(levels - {"No internet service"}) == 1
    absent = [one.values() for one in customers if one.values()["InternetService"] == "No"]
    needing = [name for name, (parent, _) in ABSENT.items() if parent == "InternetService"]
    assert {row[name] for row in absent for name in needing} == {"No internet service"}


GYM_RULES = """
import json
from churn_lib.lint.grid import grid
from churn_lib.offers.catalogue import parse
from churn_lib.propose.offers import starter
from churn_lib.customer.model import SCHEMA
text = starter(SCHEMA).replace("eligible = [\\n", 'eligible = [\\n  RULE,\\n')
rules = [
    '{ field = "lane", is = ["fast"] }',
    '{ field = "coach", is_not = ["Bob"] }',
    '{ field = "weight", at_most = 80.5 }',
    '{ field = "pace", at_least = 2 }',
]
catalogue = parse(text.replace("RULE", ", ".join(rules)))
rows = [one.values() for one in grid(catalogue)]
print(json.dumps({name: list(dict.fromkeys(row[name] for row in rows)) for name in rows[0]}))
"""


def test_what_is_not_known_not_listed_or_worked_out_is_tried_too(tmp_path: Path) -> None:
    found = json.loads(printed(tmp_path, GYM, GYM_RULES))
    assert set(found["pool"]) == {0, 1}  # for those who need it
    assert set(found["lane"]) == {"slow", "fast", "no pool"}
    assert set(found["coach"]) == {"Ann", "Bob", "any other"}
    assert set(found["weight"]) == {20, 80.5, 80.51, 90, 160, None}
    assert set(found["visits"]) == {0, 50, 100}  # a part of what is worked out
    assert {None, 0, 50 / 6} < set(found["pace"])
    assert -5 in found["fee"]
    assert found["born"] == [1900]


@pytest.mark.parametrize("rules", ["", '  { field = "size", is = ["S"] },\n'])
def test_where_everybody_pays_the_same_there_may_be_one_customer(
    rules: str, tmp_path: Path
) -> None:
    code = f"""
from churn_lib.customer.model import SCHEMA
from churn_lib.lint.grid import grid
from churn_lib.offers.catalogue import parse
from churn_lib.propose.offers import starter
text = starter(SCHEMA).replace("eligible = [\\n", "eligible = [\\n" + {rules!r})
print(len(list(grid(parse(text)))), *(one.bill for one in grid(parse(text))))
"""
    assert printed(tmp_path, BOX, code) == ("2 18 18" if rules else "1 18")
