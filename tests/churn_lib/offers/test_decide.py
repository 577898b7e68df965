from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.customer.contact import CHANNELS, FACTS, LANGUAGES, TRUTHS, Context
from churn_lib.customer.model import Customer
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.checks import PRICE_RAISED
from churn_lib.offers.decide import decider
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.offers.samples import (
    TODAY,
    candidate,
    customer,
    decided,
    reason,
    small,
)
from tests.customers import customers

probabilities = st.floats(0, 1)
truths = st.none() | st.booleans()
counts = st.none() | st.integers(0, 200)
contexts = st.builds(
    Context,
    channel=st.sampled_from(CHANNELS),
    language=st.sampled_from(LANGUAGES),
    **dict.fromkeys(TRUTHS, truths),
    **{name: counts for name in FACTS if name.startswith(("days", "months"))},
)


def test_a_likely_leaver_gets_what_keeps_them() -> None:
    decision = decided(small(), probability=0.8)
    assert decision.chosen is not None
    assert decision.chosen.offer.id == "discount"
    assert candidate(decision, "discount").why.startswith("Its expected value, ")
    assert decision.why == candidate(decision, "discount").why


def test_a_likely_stayer_gets_what_adds_value_and_no_discount() -> None:
    decision = decided(small(), probability=0.05)
    assert decision.chosen is not None
    assert decision.chosen.offer.id == "club"
    assert candidate(decision, "discount").outcome == "below_floor"


def test_a_likely_leaver_is_sold_nothing() -> None:
    line = candidate(decided(small(), probability=0.4), "club")
    assert line.outcome == "vetoed"
    assert (
        line.why == "Not allowed: Value-added offers are not for customers who are likely to leave."
    )


@pytest.mark.parametrize(
    ("fact", "value", "sentence"),
    [
        ("consent", False, "Consent to offers must be yes"),
        ("port_out_pending", True, "Request to move the number away must be no"),
        ("switch_notice_received", True, "Notice of a switch to another provider must be no"),
        ("open_complaint", True, "Open complaint must be no"),
        ("days_since_last_contact", 13, "Days since the last contact must be at least 14"),
        (
            "days_since_last_offer_declined",
            89,
            "Days since an offer was declined must be at least 90",
        ),
    ],
)
@pytest.mark.parametrize("probability", [0.1, 0.9])
def test_a_veto_of_contact_rules_out_every_offer(
    fact: str, value: bool | int, sentence: str, probability: float
) -> None:
    context = Context.model_validate({fact: value})
    decision = decided(catalogue(), probability=probability, context=context)
    assert decision.chosen is None
    assert decision.why == f"No offer may be made: {sentence}."


def test_a_missing_consent_is_not_checked_and_never_a_pass() -> None:
    decision = decided(small(), context=Context())
    results = {check.field: check.result for check in candidate(decision, "discount").checks}
    assert decision.chosen is not None
    assert results["consent"] == results["port_out_pending"] == "not_checked"


def test_a_required_fact_that_is_missing_rules_the_offer_out() -> None:
    asked = customer(InternetService="DSL")
    refused = decided(catalogue(), asked=asked)
    known = decided(catalogue(), asked=asked, context=Context(fibre_available=True))
    assert candidate(refused, "fibre-upgrade").outcome == "vetoed"
    assert candidate(known, "fibre-upgrade").outcome != "vetoed"


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_an_offer_is_valid_from_its_first_to_its_last_day(day: date, allowed: bool) -> None:
    assert (decided(small(), today=day).chosen is not None) is allowed


def test_an_offer_is_made_only_where_it_has_words() -> None:
    for context in (Context(channel="call"), Context(language="ko")):
        assert candidate(decided(small(), context=context), "discount").outcome == "vetoed"


def test_no_offer_takes_a_bill_below_the_lowest_price() -> None:
    at, above = (
        small(("price_floor = 15.0", f"price_floor = {price}")) for price in (80.91, 80.92)
    )
    refused = candidate(decided(above), "discount")
    assert candidate(decided(at), "discount").outcome == "chosen"
    assert refused.why == "Not allowed: The price after the offer is below the lowest allowed."


@pytest.mark.parametrize(("best", "outcome"), [(80.91, "chosen"), (80.9, "vetoed")])
def test_no_offer_is_worse_than_the_best_tariff_that_was_told(best: float, outcome: str) -> None:
    assert (
        candidate(decided(small(), context=Context(best_tariff=best)), "discount").outcome
        == outcome
    )


def test_an_answered_reason_makes_acceptance_likelier() -> None:
    answered = candidate(decided(small()), "discount")
    other = candidate(decided(small(), reasons=()), "discount")
    assert (answered.answers, other.answers) == (True, False)
    assert answered.economics.acceptance == pytest.approx(0.3)
    assert other.economics.acceptance == pytest.approx(0.1)


def test_what_speaks_for_staying_is_no_reason_to_answer() -> None:
    decision = decided(small(), reasons=(reason("Contract", "Month-to-month", -0.8),))
    assert not candidate(decision, "discount").answers


def test_a_reason_over_two_attributes_is_answered_by_either() -> None:
    pair = reason("Contract", "Month-to-month, 2", 0.3, "x", "tenure")
    assert candidate(decided(small(), reasons=(pair,)), "discount").answers


def test_where_nothing_pays_the_best_that_was_possible_is_named() -> None:
    decision = decided(small(("floor = 1.0", "floor = 500.0")))
    assert decision.chosen is None
    assert decision.why.startswith("No allowed offer pays: the best would bring ")
    assert decision.why.endswith(" USD, which is not above the floor of 500.00.")


def test_different_vetoes_are_not_told_as_one() -> None:
    decision = decided(small(), asked=customer(Contract="Two year"), probability=0.9)
    assert decision.why == "No offer may be made: each is ruled out by a rule of its own."


def test_of_equal_offers_the_first_by_id_wins_wherever_it_stands() -> None:
    twin = small().offers[0].model_copy(update={"id": "a-discount"})
    for offers in ((small().offers[0], twin), (twin, small().offers[0])):
        both = small().model_copy(update={"offers": offers})
        assert sorted((line.offer, line.outcome) for line in decided(both).trace) == [
            ("a-discount", "chosen"),
            ("discount", "outbid"),
        ]


def test_an_empty_catalogue_says_so() -> None:
    empty = small().model_copy(update={"offers": ()})
    assert decided(empty).why == "The catalogue has no offer."


@given(customers(), contexts)
def test_the_same_customer_on_the_same_day_gets_the_same_offer(
    row: dict[str, object], context: Context
) -> None:
    card, asked = scorecard(), Customer.model_validate(row)
    score = card.score(asked)
    reasons = card.reasons(asked, score)
    first, second = (
        decider().decide(
            asked,
            probability=score.probability,
            reasons=reasons,
            context=context,
            today=TODAY,
        )
        for _ in range(2)
    )
    assert first == second


@given(customers(), contexts, probabilities)
def test_the_trace_changes_nothing_of_the_decision(
    row: dict[str, object], context: Context, probability: float
) -> None:
    asked = Customer.model_validate(row)
    told, untold = (
        decided(
            catalogue(),
            probability=probability,
            context=context,
            asked=asked,
            explain=explain,
        )
        for explain in (True, False)
    )
    assert told.trace
    assert untold == told._replace(trace=())


@given(customers(), contexts, probabilities)
def test_a_decision_in_brief_is_the_same_without_what_is_told_beside_it(
    row: dict[str, object], context: Context, probability: float
) -> None:
    asked = Customer.model_validate(row)
    whole, brief = (
        decided(
            catalogue(),
            probability=probability,
            context=context,
            asked=asked,
            explain=False,
            brief=brief,
        )
        for brief in (False, True)
    )
    assert brief == whole._replace(eligible=(), not_checked=())


@given(customers(), contexts, probabilities)
def test_what_is_chosen_is_allowed_pays_and_is_the_best(
    row: dict[str, object], context: Context, probability: float
) -> None:
    offers, asked = catalogue(), Customer.model_validate(row)
    decision = decided(offers, probability=probability, context=context, asked=asked, reasons=())
    allowed = [
        line for line in decision.trace if all(check.result != "veto" for check in line.checks)
    ]
    best = max((line.economics.expected_value for line in allowed), default=0.0)
    assert [line.outcome for line in decision.trace].count("chosen") == (
        best > offers.assumptions.floor
    )
    assert decision.chosen is None or decision.chosen.economics.expected_value == best


@given(customers(), probabilities)
def test_no_protected_attribute_changes_the_offer(
    row: dict[str, object], probability: float
) -> None:
    other = {"gender": "Male", "SeniorCitizen": 1, "Partner": "Yes", "Dependents": "Yes"}
    first, second = (
        decided(catalogue(), probability=probability, asked=Customer.model_validate(one))
        for one in (row, {**row, **other})
    )
    assert first == second


@given(customers(), contexts, probabilities)
def test_every_rule_of_every_offer_is_in_the_trace_with_its_layer(
    row: dict[str, object], context: Context, probability: float
) -> None:
    offers = catalogue()
    decision = decided(
        offers, probability=probability, context=context, asked=Customer.model_validate(row)
    )
    assert [line.offer for line in decision.trace] == [offer.id for offer in offers.offers]
    for line, offer in zip(decision.trace, offers.offers, strict=True):
        own = (*offers.contact, *offer.eligible, *offer.suitable, *offer.contact)
        assert {rule.field for rule in own} <= {check.field for check in line.checks}


def test_a_price_above_the_bill_of_today_is_no_offer() -> None:
    shipped = catalogue()
    lock = next(offer for offer in shipped.offers if offer.id == "price-lock")
    raised = lock.model_copy(
        update={"terms": lock.terms.model_copy(update={"price_after": 5000.0})}
    )
    dear = shipped.model_copy(update={"offers": (raised,)})
    decision = decided(dear)
    assert decision.chosen is None
    assert PRICE_RAISED in decision.trace[0].checks
