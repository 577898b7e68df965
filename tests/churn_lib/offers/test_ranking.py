"""The other offers: in which order, what was left out, what is not known, who called."""

import pytest

from churn_lib.customer.contact import FACTS, QUESTIONS, Context
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.decide import Decision
from tests.churn_lib.offers.samples import MONTHLY, candidate, decided, messages, reason, small

FIBRE = reason("InternetService", "Fiber optic", 0.9)


def ids(decision: Decision) -> list[str]:
    return [one["id"] for one in decision.eligible]


def test_allowed_offers_come_best_first() -> None:
    decision = decided(catalogue())
    values = [one["expected_value"] for one in decision.eligible]
    assert values == sorted(values, reverse=True)
    assert decision.chosen is not None
    assert decision.chosen.offer.id == ids(decision)[0]
    assert decision.chosen.economics.one_in == decision.eligible[0]["one_in"]


def test_each_says_which_reason_it_answers() -> None:
    why = {one["id"]: one["why"] for one in decided(catalogue(), reasons=(FIBRE,)).eligible}
    assert why["fibre-check"] == "answers: has fibre internet"
    assert why["annual-plan"] == "answers none of the reasons to leave"


def test_of_many_reasons_the_strongest_is_named() -> None:
    reasons = (reason("tenure", "2", 0.9), reason("MonthlyCharges", "89.9", 0.2))
    lock = next(
        one for one in catalogue().offers if one.id == "price-lock"
    )  # it names the bill before the tenure
    assert [condition.field for condition in lock.answers] == ["MonthlyCharges", "tenure"]
    only = catalogue().model_copy(update={"offers": (lock.model_copy(update={"suitable": ()}),)})
    (found,) = decided(only, reasons=reasons).eligible
    assert found["why"].startswith("answers: is a new customer")


def test_the_offer_that_is_made_says_which_reason_it_answers() -> None:
    assert decided(small()).why.endswith("that are allowed; answers: pays month to month.")


def test_what_does_not_pay_says_so_in_its_place() -> None:
    (found,) = decided(small(("floor = 1.0", "floor = 500.0"))).eligible
    assert found["why"] == "answers: pays month to month; not above the floor of 500.00"


def test_the_next_offer_is_the_second_that_pays() -> None:
    decision = decided(catalogue(), runner_up=True)
    assert decision.runner_up is not None
    assert decision.runner_up.offer.id == ids(decision)[1]
    assert decided(small(), runner_up=True).runner_up is None
    assert decided(catalogue()) == decision._replace(runner_up=None)


def test_what_was_declined_in_this_talk_is_left_out_and_named() -> None:
    first = decided(catalogue())
    second = decided(catalogue(), context=Context(exclude=("annual-plan",)))
    assert second.chosen is not None
    assert second.chosen.offer.id == ids(first)[1]
    assert second.why.endswith(" Left out, for declined in this talk: annual-plan.")
    assert candidate(second, "annual-plan").outcome == "vetoed"


def test_where_all_were_declined_none_is_left() -> None:
    decision = decided(small(), context=Context(exclude=("discount", "club")))
    assert (decision.chosen, decision.eligible) == (None, ())
    assert "It must not have been declined in this talk" in decision.why


def test_an_id_that_is_none_leaves_nothing_out() -> None:
    assert decided(small(), context=Context(exclude=("gone",))).why == decided(small()).why


@pytest.mark.parametrize(
    "fact",
    [{"consent": False}, {"days_since_last_contact": 3}, {"days_since_last_offer_declined": 0}],
)
def test_who_calls_us_may_hear_an_offer(fact: dict[str, object]) -> None:
    refused, made = (
        decided(catalogue(), context=Context.model_validate({**fact, "direction": direction}))
        for direction in ("outbound", "inbound")
    )
    assert (refused.chosen is None, made.chosen is None) == (True, False)


@pytest.mark.parametrize("fact", ["port_out_pending", "switch_notice_received", "open_complaint"])
def test_what_the_law_or_fairness_forbids_holds_for_who_calls_us_too(fact: str) -> None:
    context = Context.model_validate({fact: True, "direction": "inbound"})
    assert decided(catalogue(), context=context).chosen is None


def test_a_call_of_the_customer_costs_no_contact() -> None:
    outbound, inbound = (
        candidate(
            decided(catalogue(), context=Context(channel="call", direction=direction)),
            "annual-plan",
        ).economics
        for direction in ("outbound", "inbound")
    )
    assert (outbound.contact_cost, inbound.contact_cost) == (6.0, 0.0)
    assert inbound.expected_value > outbound.expected_value + 6


def test_a_rule_about_calls_of_ours_is_not_needed_and_never_a_pass() -> None:
    decision = decided(catalogue(), context=Context(consent=False, direction="inbound"))
    checks = candidate(decision, "annual-plan").checks
    assert [one.result for one in checks if one.field == "consent"] == ["not_needed"]


def test_only_rules_of_contact_are_about_calls_of_ours() -> None:
    rule = 'eligible = [{ field = "tenure", at_least = 1'
    found = messages((rule, f"{rule}, outbound_only = true"))
    assert found == ["new.toml: offer club: eligible.0.outbound_only: is for rules of contact only"]


def test_every_fact_has_a_question() -> None:
    assert list(QUESTIONS) == list(FACTS)
    assert all(text.endswith("?") for text in QUESTIONS.values())


def test_what_is_not_known_is_told_with_a_question() -> None:
    asked = {one["field"]: one["question"] for one in decided(catalogue()).not_checked}
    assert asked["open_complaint"] == "Does the customer have an open complaint?"
    assert {"consent", "payment_overdue", "best_tariff"} <= set(asked)


def test_what_is_known_is_not_asked() -> None:
    known = Context(consent=True, open_complaint=False)
    fields = {one["field"] for one in decided(catalogue(), context=known).not_checked}
    assert fields.isdisjoint({"consent", "open_complaint"})


def test_without_an_offer_it_is_told_what_is_not_known() -> None:
    decision = decided(catalogue(), context=Context(consent=False))
    assert decision.chosen is None
    assert "open_complaint" in {one["field"] for one in decision.not_checked}


def test_no_reason_is_needed_by_what_answers_none_in_particular() -> None:
    decision = decided(small(), probability=0.05, reasons=(MONTHLY,))
    assert decision.eligible[0]["why"] == "answers no reason in particular"
