"""What a new schema breaks."""

import tomllib

import pytest

from churn_lib.customer.model import SCHEMA
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.customer.schema_file import parse
from churn_lib.lint.schema_diff import Change, schema_diff
from churn_lib.offers.catalogue import OFFERS
from tests.churn_lib.lint.companies import GYM, changed

SAUNA = '[attributes.sauna]\nhas = "a sauna"\n\n[attributes.pool]'
RULES = """
contact = [{ field = "consent", is = [true] }, { field = "fee", at_least = 5 }]
[[offers]]
id = "swim"
answers = [{ field = "pool", is = [0] }]
eligible = [{ field = "Membership", is_not = ["Annual"] }, { field = "months", at_most = 500 }]
[[offers]]
suitable = [{ field = "pace", at_least = 99999 }]
"""


def changes(*replacements: tuple[str, str]) -> list[Change]:
    offers = tomllib.loads(RULES)
    return list(schema_diff(parse(GYM), changed(GYM, *replacements), offers))


def broken(breaks: str, *replacements: tuple[str, str]) -> list[str]:
    found = [change for change in changes(*replacements) if change.breaks == breaks]
    return [f"{change.field}: {change.message}" for change in found]


def test_a_schema_differs_not_from_itself() -> None:
    assert changes() == []
    offers = tomllib.loads((ARTIFACTS / OFFERS).read_text("utf-8"))
    assert list(schema_diff(SCHEMA, SCHEMA, offers)) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('[0, "comes rarely"]', '[5, "comes rarely"]', "attributes.visits: must be from 5 to"),
        ("to = 5000", "to = 100", "attributes.visits: must be from 0 to 100, and was"),
        ("other = ", "# other = ", "attributes.coach: takes listed levels only"),
        ("unknown = ", "# unknown = ", "attributes.weight: must be given"),
        ("to = 900", "to = 900\nwhole = true", "attributes.fee: must be a whole number"),
        ('label = "Fee"', 'label = "Fee"\ncolumn = "Preis"', "attributes.fee: stands under"),
        ('label = "Fee"', 'label = "Fee"\nblank = 0', "attributes.fee: has another meaning where"),
        ('["Monthly", ', '["Weekly", ', "attributes.Membership: has no longer 'Monthly'"),
        ("protected = true", "protected = true\nrequired = true", "attributes.born: must be given"),
        ("[attributes.pool]", SAUNA, "attributes.sauna: is new, and every caller must give it"),
        ("version", 'identifier = "No"\nversion', "identifier: is another column of files"),
    ],
)
def test_what_callers_may_no_longer_send_is_named(old: str, new: str, message: str) -> None:
    assert any(found.startswith(message) for found in broken("callers", (old, new)))


def test_an_attribute_that_is_gone_or_called_otherwise_is_told_so() -> None:
    (gone,) = broken("callers", ("[attributes.born]", "[attributes.age]"))
    assert gone == "attributes.born: is gone, and refused when it is given"
    renamed = ("[attributes.born]", '[attributes.age]\ncolumn = "born"')
    assert broken("callers", renamed) == ["attributes.born: is called age now"]


def test_an_attribute_of_another_kind_or_worked_out_now_is_told_so() -> None:
    levels = ('whole = true\nto = 5000\nfrom = [[0, "comes rarely"], [50, "comes often"]]', "")
    found = broken(
        "callers",
        ("visits]", 'visits]\nlevels = ["few", "many"]'),
        levels,
        ('ratio = ["visits", "months"]', 'ratio = ["fee", "months"]'),
    )
    assert found == ["attributes.visits: has levels now, and was a number"]
    worked_out = ("to = 300\nunknown", 'ratio = ["visits", "months"]\nunknown')
    assert broken("callers", worked_out) == [
        "attributes.weight: is worked out now, and refused when it is given"
    ]


def test_a_service_that_needs_another_one_from_now_on_is_told_so() -> None:
    free = changed(GYM, ('absent = { "no pool" = { pool = 0 } }', ""))
    (found,) = [one for one in schema_diff(free, parse(GYM)) if one.breaks == "callers"]
    assert found.message == "must be 'no pool' wherever pool is 0"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("to = 600", "to = 400", "offer swim: eligible.1: months is from 0 to 400"),
        ('["Annual", ', '["Yearly", ', "offer swim: eligible.0: Membership has no longer 'Annual'"),
        ("[attributes.Membership]", "[attributes.Plan]", "offer swim: eligible.0: names"),
        ("[attributes.pace]", "[attributes.tempo]", "offer number 2: suitable.0: names pace"),
        ('bill = "fee"', 'bill = "visits"', "bill: is visits and was fee: the money of every"),
    ],
)
def test_rules_about_what_is_gone_break(old: str, new: str, message: str) -> None:
    assert any(found.startswith(message) for found in broken("offers", (old, new)))


def test_rules_of_another_kind_than_the_attribute_break() -> None:
    number = ('levels = [[0, "never swims"], [1, "swims"]]', 'to = 9\nfrom = [[0, "swims"]]')
    free = ('absent = { "no pool" = { pool = 0 } }', "")
    level = ('[0, "never swims"]', '[3, "never swims"]')
    assert broken("offers", level, ("pool = 0", "pool = 3")) == [
        "offer swim: answers.0: pool has no longer 0"
    ]
    found = broken("offers", number, free)
    assert found == ["offer swim: answers.0: pool is a number, and the rule has levels"]
    protected = broken("offers", ('label = "Pool"', 'label = "Pool"\nprotected = true'))
    assert protected == ["offer swim: answers.0: names pool, which is protected"]
    levels = ('to = 5000\nfrom = [[0, "comes rarely"], [50, "comes often"]]', "levels = [1, 2]")
    offers = tomllib.loads('contact = [{ field = "visits", at_least = 1 }, 5, { at_most = 1 }]')
    new = changed(
        GYM,
        ("whole = true\nto = 5000", "to = 5000"),
        levels,
        ('ratio = ["visits", "months"]', 'ratio = ["fee", "months"]'),
    )
    (one,) = [
        change for change in schema_diff(parse(GYM), new, offers) if change.breaks == "offers"
    ]
    assert one == Change("offers", "contact.0", "visits has levels, and the rule has a range")


def test_another_meaning_needs_another_scorecard_and_other_words_do_not() -> None:
    assert broken("scorecard", ("to = 600", "to = 700"))
    words = ('"never swims"', '"does not swim"')
    assert not broken("scorecard", words)
    (only,) = changes(words)
    assert only == Change("nothing", "attributes.pool", "is told in other words (phrases)")


def test_what_may_be_left_out_and_other_roles_break_nothing() -> None:
    note = '[attributes.note]\nprotected = true\nhas = "a note"\n\n[attributes.born]'
    found = changes(("[attributes.born]", note), ('"gym"', '"fitness club"'))
    assert Change("nothing", "attributes.note", "is new, and may be left out") in found
    assert Change("nothing", "business", "is another one") in found
    assert {change.breaks for change in found} == {"scorecard", "nothing"}
