import pytest

from churn_lib.customer.schema import Made, Schema
from churn_lib.customer.schema_file import examine, load, parse
from churn_lib.errors import ArtifactError, FieldFault
from churn_lib.toml import tables_of
from tests.companies import FILES

GOOD = """
version = "1"
business = "gym"
target = { column = "Gone", left = 1, stayed = [0, "0"] }
identifier = "Member"
bill = "fee"
tenure = "months"
absent = { "No pool" = { pool = "No" } }

[attributes.months]
whole = true
to = 600
from = [[0, "is new"], [12, "has been here for a year"]]
unit = "months"
shown = "month {:.0f}"

[attributes.fee]
to = 500.5
from = [[0, "has a low fee"], [40, "has a high fee"]]

[attributes.paid]
to = 90_000
from = [[0, "has paid little"]]
missing = { product = ["months", "fee"] }

[attributes.fee_a_month]
from = [[0, "pays little for the time"], [2, "pays much for the time"]]
ratio = ["fee", "months"]

[attributes.pool]
has = "the pool"

[attributes.sauna]
column = "Sauna plan"
levels = [["Day"], "Night"]
absent = "No pool"
blank = "No pool"

[attributes.visits]
to = 100
whole = true
falls = true
unknown = "has no visits on record"
from = [[0, "comes rarely"], [8, "comes often"]]

[attributes.town]
levels = ["Ulm", "Bonn"]
other = "lives elsewhere"

[attributes.age]
protected = true
whole = true
to = 150
from = [[0, "is of some age"]]

[ignored]
"Notes" = "text"
"""
GOOD = GOOD.replace('[["Day"], "Night"]', '[["Day", "has a day plan"], "Night"]')


def faults(changed: str, by: str) -> list[FieldFault]:
    assert changed in GOOD
    _, found = examine(tables_of(GOOD.replace(changed, by)))
    return found


def test_a_file_says_all_that_is_known_of_a_customer() -> None:
    schema = parse(GOOD)
    named = schema.attributes
    assert schema.target == ("Gone", ("1",), ("0", "0"))
    assert (schema.bill, schema.tenure, schema.identifier) == ("fee", "months", "Member")
    assert schema.absent == {"sauna": ("pool", "No pool")}
    assert schema.without == {"pool": "No"}
    assert named["pool"].phrases == {"Yes": "has the pool", "No": "has no the pool"}
    assert named["sauna"].phrases == {
        "Day": "has a day plan",
        "Night": "has sauna Night",
        "No pool": "has no pool",
    }
    assert named["sauna"].column == "Sauna plan"
    assert named["paid"].made == Made("product", ("months", "fee"))
    assert [one.asked for one in named.values()].count(False) == 1
    assert {name for name, one in named.items() if not one.required} == {
        "paid",
        "fee_a_month",
        "visits",
        "age",
    }
    assert named["visits"].trend == "falls"


@pytest.mark.parametrize(
    ("changed", "by", "field", "said"),
    [
        ('version = "1"', "version = 1", "version", "must be text"),
        ("left = 1", "left = 0", "target.stayed", "must not be a value of those who left"),
        ('column = "Gone", ', "", "target.column", "is required"),
        ('bill = "fee"', "bill = 0", "bill", "an amount above 0"),
        ('bill = "fee"', 'bill = "town"', "bill", "a number and not protected"),
        ('bill = "fee"', 'bill = "visits"', "bill", "must always be known"),
        ('tenure = "months"', 'tenure = "age"', "tenure", "a number and not protected"),
        ('identifier = "Member"', 'identifier = "pool"', "identifier", "must not be an attribute"),
        ('identifier = "Member"', 'identifer = "Member"', "identifer", "is no field"),
        ('{ pool = "No" }', '{ pool = "Never" }', "absent.No pool.pool", "must be a level of pool"),
        ('{ pool = "No" }', '{ poll = "No" }', "absent.No pool.poll", "is no field"),
        ("to = 600", "", "attributes.months.to", "is required"),
        ("to = 600", "to = 0", "attributes.months.to", "must be above the first number"),
        ("to = 600", "to = 0.5", "attributes.months.to", "must be whole"),
        ("to = 600", "to = inf", "attributes.months.to", "must be a number"),
        ('[12, "has been', '[0, "has been', "attributes.months.from", "smallest first"),
        ('[12, "has been here for a year"]', "12", "attributes.months.from", "needs words"),
        ('"month {:.0f}"', '"month {0.real}"', "attributes.months.shown", "must hold one {}"),
        ('"month {:.0f}"', '"month {:{}}"', "attributes.months.shown", "must hold one {}"),
        ('"month {:.0f}"', '"month"', "attributes.months.shown", "must hold one {}"),
        ("whole = true\nto = 600", "whole = 1\nto = 600", "attributes.months.whole",
         "true or false"),
        ('product = ["months", "fee"]', 'product = ["months", "town"]', "attributes.paid.missing",
         "must name numbers that a caller gives"),
        ('ratio = ["fee", "months"]', 'ratio = ["fee", "months", "paid"]',
         "attributes.fee_a_month.ratio", "two numbers"),
        ('ratio = ["fee", "months"]', 'ratio = ["fee", "age"]', "attributes.fee_a_month",
         "must be protected"),
        ('levels = ["Ulm", "Bonn"]', 'levels = ["Ulm", 1]', "attributes.town.levels",
         "all be texts"),
        ('levels = ["Ulm", "Bonn"]', 'levels = ["Ulm", "ulm"]', "attributes.town.levels",
         "more than capital letters"),
        ('levels = ["Ulm", "Bonn"]', "", "attributes.town", "needs `levels`"),
        ('blank = "No pool"', 'blank = "none"', "attributes.sauna.blank", "one of its levels"),
        ('unknown = "has', 'blank = 0\nunknown = "has', "attributes.visits.blank",
         "can't stand beside"),
        ("falls = true", "falls = true\nrises = true", "attributes.visits.falls", "can't be true"),
        ("[attributes.town]", "[attributes.copy]", "attributes.copy", "has a reserved name"),
        ("[attributes.town]", '[attributes."my town"]', "attributes.my town", "must be a letter"),
        ("[attributes.town]", "[attributes.Fee_]", "attributes.Fee_", "is read like fee"),
        ('column = "Sauna plan"', 'column = "Member"', "attributes.Member", "is read like sauna"),
        ("[ignored]", "[example]\npol = 1\n[ignored]", "example.pol", "is no attribute"),
        ('"Notes" = "text"', '"Notes" = 1', "ignored", "must be a table of reasons"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(changed: str, by: str, field: str, said: str) -> None:
    found = faults(changed, by)
    assert [message for place, message in found if place == field and said in message], found


def test_all_faults_are_told_at_once() -> None:
    text = GOOD.replace("to = 600", "to = 0").replace('bill = "fee"', 'bill = "town"')
    with pytest.raises(ArtifactError) as error:
        parse(text, "own.toml")
    assert "own.toml: attributes.months.to must be above" in str(error.value)
    assert "own.toml: bill must name an attribute" in str(error.value)


def test_a_text_that_is_no_toml_is_refused() -> None:
    with pytest.raises(ArtifactError, match="is not valid TOML"):
        parse("attributes = ")


@pytest.mark.parametrize("company", ["ibm", "iranian", "maven"])
def test_three_companies_have_such_a_file(company: str) -> None:
    assert isinstance(load(FILES / f"{company}.toml"), Schema)


def test_other_words_have_the_same_digest_and_other_values_another_one() -> None:
    digest = parse(GOOD).digest
    assert (
        parse(GOOD.replace("has the pool", "swims").replace("is new", "is fresh")).digest == digest
    )
    assert parse(GOOD.replace('"Bonn"', '"Kiel"')).digest != digest
    assert parse(GOOD.replace("to = 600", "to = 601")).digest != digest
