"""The catalogue that a new schema begins with."""

import re
from datetime import date
from pathlib import Path

import pytest

from churn_lib.customer.model import SCHEMA
from churn_lib.customer.schema_file import parse
from churn_lib.lint.catalogue import lint
from churn_lib.lint.unwise import unwise
from churn_lib.offers.catalogue import parse as parse_offers
from churn_lib.propose.offers import starter
from tests.churn_lib.lint.companies import BOX, COMPANIES, GYM, changed, printed

TODAY = date(2026, 6, 15)
SHARED = Path(__file__).parents[4] / "shared" / "facts" / "schemas"
EXAMPLES = sorted(SHARED.glob("customer.*.toml"))
LINTED = """
from churn_lib.customer.model import SCHEMA
from churn_lib.lint.catalogue import lint
from churn_lib.lint.unwise import unwise
from churn_lib.offers.catalogue import parse
from churn_lib.propose.offers import starter
text = starter(SCHEMA)
print(parse(text).version, *lint(text))
"""


def offers(text: str) -> set[str]:
    return set(re.findall(r'(?m)^id = "(.+)"$', text))


@pytest.mark.parametrize("schema", COMPANIES.values(), ids=COMPANIES)
def test_the_offers_of_any_company_are_without_fault(schema: str, tmp_path: Path) -> None:
    assert printed(tmp_path, schema, LINTED) == "1.0.0"


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_the_offers_of_the_examples_are_without_fault(file: Path, tmp_path: Path) -> None:
    assert printed(tmp_path, file.read_text("utf-8"), LINTED) == "1.0.0"


def test_the_offers_of_the_schema_in_force_are_without_fault() -> None:
    text = starter(SCHEMA, TODAY)
    assert lint(text) == []
    found = parse_offers(text)
    assert offers(text) == {"loyalty-discount", "longer-contract", "service-call"}
    assert {one.valid_from for one in found.offers} == {date(2026, 1, 1)}
    assert {one.valid_until for one in found.offers} == {date(2027, 12, 31)}


def test_the_owner_of_offers_to_begin_with_is_warned_of_nothing() -> None:
    assert list(unwise(parse_offers(starter(SCHEMA, TODAY)), TODAY)) == []


def test_every_number_says_that_it_is_assumed() -> None:
    for schema in COMPANIES.values():
        for line in starter(parse(schema), TODAY).splitlines():
            code, _, comment = line.partition("#")
            bare = re.sub(r'"[^"]*"', "", code)
            assert not re.search(r"\d", bare) or "assumption" in comment, line


def test_roles_and_levels_become_rules() -> None:
    text = starter(parse(GYM), TODAY)
    assert '{ field = "months", at_least = 6 }' in text
    assert '{ field = "fee", at_least = 30 }' in text
    assert '{ field = "Membership", is = ["Monthly"] }' in text
    assert "months = 12" in text


def test_without_a_longer_term_none_is_offered() -> None:
    assert offers(starter(parse(BOX), TODAY)) == {"loyalty-discount", "service-call"}


def test_without_any_bill_above_nothing_no_discount_is_offered() -> None:
    schema = changed(
        GYM, ("to = 900", "to = 0"), ('[30, "pays a fair fee"], [70, "pays a high fee"]', "")
    )
    assert offers(starter(schema, TODAY)) == {"service-call"}


@pytest.mark.parametrize(
    ("levels", "shortest", "months"),
    [
        (["Month-to-month", "One year", "Two year"], "Month-to-month", 12),
        (["Two Year", "One Year", "monthly"], "monthly", 12),
        (["12 months", "24 months"], "12 months", 24),
        (["Quarterly", "Annual"], "Quarterly", 12),
        (["1 Jahr", "2 Jahre"], "1 Jahr", 24),
        (["mensual", "anual"], "mensual", 12),
    ],
)
def test_levels_that_look_like_a_term_are_one(
    levels: list[str], shortest: str, months: int
) -> None:
    schema = changed(
        GYM,
        (
            '[["Monthly", "pays month to month"], ["Annual", "has a yearly membership"]]',
            str([[level, "has one"] for level in levels]).replace("'", '"'),
        ),
    )
    text = starter(schema, TODAY)
    assert f'is = ["{shortest}"]' in text
    assert f"percent = 10, months = {months} " in text


@pytest.mark.parametrize(
    "levels",
    [["0-1 years", "1-2 years"], ["Annual", "yearly"], ["one", "two"], ["20 years", "30 years"]],
)
def test_levels_that_do_not_bind_are_no_term(levels: list[str]) -> None:
    schema = changed(
        GYM,
        (
            '[["Monthly", "pays month to month"], ["Annual", "has a yearly membership"]]',
            str([[level, "has one"] for level in levels]).replace("'", '"'),
        ),
    )
    assert "longer-contract" not in offers(starter(schema, TODAY))


def test_an_attribute_that_is_called_a_contract_is_preferred() -> None:
    billing = '[attributes.billed]\nlevels = [["monthly", "x"], ["yearly", "y"]]\n\n'
    text = starter(changed(GYM, ("[attributes.months]", f"{billing}[attributes.months]")), TODAY)
    assert 'field = "billed"' in text
    named = changed(
        GYM,
        ("[attributes.months]", f"{billing}[attributes.months]"),
        ('label = "Membership"', 'label = "Subscription"'),
    )
    assert 'field = "Membership"' in starter(named, TODAY)
