"""What an owner is warned of, though nothing is wrong."""

import pytest

from churn_lib.lint.shares import favourable, shares
from churn_lib.lint.unwise import unnamed_change, unwise
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.offers.samples import TODAY, customer, small

SENDER = (
    'channels = ["sms"]\n[disclosures.sender.texts]',
    'channels = ["sms", "email"]\n[disclosures.sender.texts]',
)
NAMED = ('channels = ["email"]\n[offers', 'channels = ["email"]\ndisclosures = ["sender"]\n[offers')
COMPOSITE = (
    (
        "Pay {price_after} instead of {price_now} for {months}, {percent} less.",
        "Pay {price_change}.",
    ),
    ("Pay {price_after} for {months}.", "Pay {monthly_price} for {months}."),
)


def warnings(*replacements: tuple[str, str]) -> list[str]:
    catalogue = small(SENDER, NAMED, *COMPOSITE, *replacements)
    return [
        str(fault) for fault in unwise(catalogue, TODAY) if not fault.field.startswith("languages")
    ]


def test_a_sound_catalogue_has_nothing_unwise() -> None:
    assert warnings() == []


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        (
            "valid_until = 2026-12-31\nterms = {}",
            "valid_until = 2026-06-14\nterms = {}",
            "offer club: valid_until: ended on 2026-06-14: nobody gets it",
        ),
        ('["until", "price", "sender"]', '["price", "sender"]', "disclosures.until: is used by no"),
        (
            "terms = {}",
            "cap = 300\nterms = {}",
            "offer club: cap: is more than the 200 contacts of the campaign",
        ),
        (
            COMPOSITE[0][1],
            "Pay {price_after}, {percent} less.",
            "offer discount: texts.en.message: is a template, for Gemini is handed no bare",
        ),
        (COMPOSITE[1][1], "Get {percent} off.", "offer discount: texts.en.short: is a template"),
        (NAMED[1], NAMED[0], "offer club: disclosures: name no sender, {brand}, in an e-mail"),
    ],
)
def test_what_is_unwise_is_told(old: str, new: str, warning: str) -> None:
    bound = ("[assumptions]", "[campaign]\ncontacts = 200\nbudget = 1000.0\n[assumptions]")
    (told,) = warnings(bound, (old, new))
    assert told.startswith(warning)


def test_each_bare_quantity_is_named() -> None:
    (told,) = warnings((COMPOSITE[0][1], "Pay {price_after}, {percent} less."))
    assert told.endswith(" no bare quantity: {price_after}, {percent}")


def test_a_change_needs_a_version_of_its_own() -> None:
    cheaper = ("percent = 10", "percent = 9")
    assert [*unnamed_change(small(), small())] == []
    assert [*unnamed_change(small(), small(cheaper, ('version = "1"', 'version = "2"')))] == []
    (fault,) = unnamed_change(small(), small(cheaper))
    assert str(fault) == "version: is 1 as before, and the rest is not"


def test_an_offer_that_needs_a_fact_is_not_dead_where_the_fact_may_be_known() -> None:
    fibre = '{ field = "fibre_available", is = [true], required = true }'
    wanted = (
        'is = ["Month-to-month"] }]\nsuitable',
        f'is = ["Month-to-month"] }}, {fibre}]\nsuitable',
    )
    catalogue = small(wanted)
    found = shares(catalogue, scorecard(), [customer()], TODAY)
    assert favourable(catalogue).fibre_available is True
    assert (found.customers, dict(found.offers), found.dead) == (1, {}, ("club",))
