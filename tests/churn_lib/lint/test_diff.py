import pytest

from churn_lib.customer.contact import Context
from churn_lib.customer.model import LEVELS
from churn_lib.lint.diff import NO_OFFER, Move, diff
from churn_lib.lint.grid import grid
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.decide import Decider, decided
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.offers.samples import TODAY, customer, small

CARD = scorecard()
ASKED = [customer(), customer(MonthlyCharges=70.0), customer(Contract="Two year", tenure=60)]


def test_a_catalogue_does_not_differ_from_itself() -> None:
    same = diff(catalogue(), catalogue(), CARD, today=TODAY)
    assert (same.changed, same.moves, same.gain) == (0, (), 0.0)
    assert same.synthetic


def test_customers_who_are_given_are_asked_instead_of_the_grid() -> None:
    none = small(("floor = 1.0", "floor = 900.0"))
    found = diff(small(), none, CARD, today=TODAY, customers=ASKED)
    assert (found.customers, found.synthetic) == (3, False)
    assert Move("discount", NO_OFFER, 2) in found.moves
    assert found.gain < 0


def test_the_same_offer_at_other_terms_is_a_change() -> None:
    found = diff(
        small(), small(("percent = 10", "percent = 9")), CARD, today=TODAY, customers=ASKED[:2]
    )
    assert found.moves == (Move("discount", "discount", 2),)


def test_the_same_offer_with_another_deadline_is_a_change() -> None:
    found = diff(
        small(), small(("_days = 300", "_days = 10")), CARD, today=TODAY, customers=ASKED[:2]
    )
    assert found.moves == (Move("discount", "discount", 2),)
    assert found.gain == 0


def test_moves_come_most_frequent_first_and_add_up() -> None:
    found = diff(catalogue(), small(), CARD, today=TODAY)
    counts = [move.customers for move in found.moves]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == found.changed <= found.customers


def test_the_contact_is_part_of_the_question() -> None:
    other = small(("floor = 1.0", "floor = 900.0"))
    asked, refused = (
        diff(small(), other, CARD, today=TODAY, customers=ASKED, context=Context(consent=consent))
        for consent in (True, False)
    )
    assert (asked.changed > 0, refused.changed) == (True, 0)


@pytest.mark.parametrize(
    "name", ["Contract", "InternetService", "PaymentMethod", "OnlineSecurity", "PaperlessBilling"]
)
def test_the_grid_holds_every_level_that_rules_ask_for(name: str) -> None:
    assert {one.values()[name] for one in grid()} == set(LEVELS[name])


@pytest.mark.parametrize("percent", ["0.1", "1", "5"])
def test_who_gives_less_does_not_seem_to_gain_by_it(percent: str) -> None:
    less = small(("percent = 10", f"percent = {percent}"))
    assert diff(small(), less, CARD, today=TODAY, customers=ASKED).gain < 0


def test_terms_that_changed_without_a_measured_acceptance_are_named() -> None:
    found = diff(small(), small(("percent = 10", "percent = 5")), CARD, today=TODAY)
    (line,) = found.unfollowed
    assert line.startswith("discount: its terms changed (10 % for 12 months to 5 % for 12 months)")
    assert line.endswith("not measured anew: 20 % is assumed, from generosity_half = 1")


def test_what_the_offers_of_each_catalogue_take_is_added_up() -> None:
    found = diff(
        small(), small(("percent = 10", "percent = 20")), CARD, today=TODAY, customers=ASKED
    )
    decider, card = Decider(small()), CARD
    made = [decided(decider, one, card, Context(), TODAY).chosen for one in ASKED]
    chances = [card.score(one).probability for one in ASKED]
    costs = [
        0.1
        if one.offer.id == "club"
        else 0.1 + (p * one.economics.acceptance + (1 - p) / 2) * one.economics.cost
        for one, p in zip(made, chances, strict=True)
        if one is not None
    ]
    assert found.before.contacts == found.after.contacts == len(costs) == 3
    assert found.before.cost == pytest.approx(sum(costs))
    assert found.after.cost > found.before.cost


def test_a_gift_to_those_who_take_it_is_part_of_what_is_spent() -> None:
    gift = small(("monthly = 1.5", "monthly = 1.5, once = 4.0"))
    stays = customer(Contract="Two year", tenure=60)
    found = diff(gift, gift, CARD, today=TODAY, customers=[stays])
    chosen = decided(Decider(gift), stays, CARD, Context(), TODAY).chosen
    assert chosen is not None
    taken = (1 - CARD.score(stays).probability) * chosen.economics.acceptance
    assert found.after.cost == pytest.approx(0.1 + taken * 4.0)


def test_offers_of_the_new_catalogue_that_nobody_gets_are_named() -> None:
    never = small(("at_least = 25", "at_least = 900"))
    assert diff(small(), small(), CARD, today=TODAY, customers=ASKED).dead == ()
    assert diff(small(), never, CARD, today=TODAY, customers=ASKED).dead == ("discount",)


def test_an_offer_that_needs_a_fact_of_the_contact_is_not_said_to_be_nobodys() -> None:
    needs = small(
        (
            '{ field = "consent", is = [true] }',
            '{ field = "consent", is = [true], required = true }',
        )
    )
    assert diff(small(), needs, CARD, today=TODAY, customers=ASKED).dead == ()


def test_a_new_acceptance_is_taken_at_its_word() -> None:
    measured = small(
        ("percent = 10", "percent = 5"),
        ('cost = { model = "discount" }', MEASURED),
    )
    assert diff(small(), measured, CARD, today=TODAY, customers=ASKED).unfollowed == ()


MEASURED = (
    'cost = { model = "discount" }\n'
    "economy = { acceptance = [30, 70], reference = { share = 0.05, months = 12 } }"
)
