import io
from collections.abc import Mapping

import pytest
from pydantic import TypeAdapter
from rich.console import Console

from churn_lib.cli.explain import explain
from churn_lib.cli.render import show
from churn_lib.shape import Answer

ECONOMICS = {
    "expected_value": 34.2,
    "interval": (-5.8, 95.4),
    "probability_of_profit": 0.93,
    "break_even_probability": 0.27,
    "break_even_acceptance": 0.12,
    "one_in": 8,
    "value": 460.03,
    "cost": 92.01,
    "contact_cost": 0.1,
    "acceptance": 0.35,
}
CHECK = {
    "layer": "eligible",
    "field": "Contract",
    "result": "pass",
    "text": "Contract is Month-to-month",
}
CONSENT = {
    "layer": "contact",
    "field": "consent",
    "result": "not_checked",
    "text": "Consent is not known",
}
VETO = {
    "layer": "eligible",
    "field": "tenure",
    "result": "veto",
    "text": "Tenure must be at least 12",
}
CHOSEN = {
    "offer": "annual-plan",
    "name": "Annual plan",
    "kind": "retention",
    "checks": [CONSENT, CHECK],
    "economics": ECONOMICS,
    "answers": True,
    "outcome": "chosen",
    "why": "It is worth most.",
}
VETOED = {
    **CHOSEN,
    "offer": "loyalty-discount",
    "name": "Loyalty discount",
    "checks": [CONSENT, VETO],
    "outcome": "vetoed",
    "why": "Not allowed",
}
OFFER = {
    "id": "annual-plan",
    "why": "It is worth most.",
    "name": "Annual plan",
    "kind": "retention",
    "terms": {"percent": 10.0, "months": 12, "price_after": 67.95},
    "headline": "The same for less",
    "message": "You pay [less] each month.",
    "call_to_action": "Reply to this message.",
    "accept_until": "2026-12-06",
    "currency": "USD",
    "economics": ECONOMICS,
    "written_by": "template",
    "fallback_reason": "no_key",
    "eligible": [],
    "not_checked": [],
    "trace": [VETOED, CHOSEN],
    "runner_up": None,
}
REASONS = [
    {"feature": "MultipleLines", "value": "Yes", "effect": -0.33, "text": "has several lines"},
    {
        "feature": "Contract",
        "value": "Month-to-month",
        "effect": 0.81,
        "text": "pays month to month",
    },
]
METADATA = {
    "decision_id": "d1" * 16,
    "model_version": "m1",
    "catalogue_version": "1.0.0",
    "arm": "policy",
    "latency_ms": 0.5,
}
NOTHING = {"id": None, "eligible": (), "not_checked": (), "trace": ()}


def shown(
    *,
    width: int = 80,
    encoding: str = "utf-8",
    offer: Mapping[str, object] = OFFER,
    wanted: bool = True,
) -> str:
    raw = io.BytesIO()
    console = Console(
        file=io.TextIOWrapper(raw, encoding=encoding), width=width, markup=False, highlight=False
    )
    values = {
        "churn_probability": 0.7312,
        "risk": "high",
        "average_probability": 0.17,
        "other_effects": 0.1,
        "reasons": REASONS,
        "marketing_offer": "",
        "offer": offer,
        "metadata": METADATA,
    }
    answer = TypeAdapter(Answer).validate_python(values)
    show(answer, console, offer=wanted)
    explain(answer["offer"]["trace"], console)
    console.file.flush()
    return raw.getvalue().decode(encoding)


def test_the_probability_comes_first() -> None:
    assert shown().splitlines()[1].startswith("  73 % likely to leave, high risk  ████")


def test_what_raises_the_probability_stands_above_what_lowers_it() -> None:
    text = shown()
    assert text.index("▲ raises  Pays month to month.") < text.index("▼ lowers  Has several lines.")
    assert "odds x 2.25" in text


def test_the_words_for_the_customer_stand_above_what_is_not_for_the_customer() -> None:
    said, internal = shown().split("Not for the customer")
    assert "You pay [less] each month." in said
    assert "+34.20" not in said
    assert "+34.20 USD if acceptance is as assumed; in 90 % of cases between -5.80 and" in " ".join(
        internal.split()
    )


def test_the_words_for_a_probability_are_explained() -> None:
    assert "\n  risk: medium from 0.4, high from 0.7\n" in shown()


@pytest.mark.parametrize(
    "line",
    [
        "Terms     10 %, 12 months, price after 67.95",
        "Until     2026-12-06",
        "Pays      if 1 in 8 likely leavers accepts; about 95 % likely under the",
        "Words by  template (Gemini: no key)",
    ],
)
def test_the_offer_comes_with_its_terms_its_money_and_who_wrote_it(line: str) -> None:
    assert line in shown()


def test_no_offer_comes_with_its_reason() -> None:
    assert "No offer\n  No allowed offer pays.\n" in shown(
        offer={**NOTHING, "why": "no allowed offer pays"}
    )


def test_no_offer_is_not_mentioned_when_none_was_asked_for() -> None:
    assert "offer" not in shown(offer={**NOTHING, "why": "No offer was asked for."}, wanted=False)


def test_the_trace_shows_the_winner_first_and_vetoes_in_full() -> None:
    text = shown(width=100).split("All 2 offers")[1]
    assert text.index("annual-plan") < text.index("loyalty-discount")
    assert "veto: Tenure must be at least 12" in text


@pytest.mark.parametrize("width", [80, 100])
def test_the_trace_shows_of_what_the_worth_of_each_offer_is_made(width: int) -> None:
    text = shown(width=width).split("All 2 offers")[1]
    lines = [line.split() for line in text.splitlines()]
    figures = ["+34.20", "-5.80", "+95.40", "460.03", "92.01", "0.10", "1", "x", "35", "%"]
    assert ["Offer", "E", "cases", "between", "and", "V", "d", "f", "given", "accepted"] in lines
    assert [line[0] for line in lines if line[1:] == figures] == ["annual-plan", "loyalty-discount"]
    assert "if acceptance is as assumed" in text


def test_on_a_narrow_terminal_the_same_is_said_in_words() -> None:
    text = " ".join(shown(width=60).split("All 2 offers")[1].split())
    assert (
        "annual-plan Annual plan, chosen +34.20 if acceptance is as "
        "assumed, 35 %; in 90 % of cases between"
    ) in text
    assert "-5.80 and +95.40; V 460.03, d 92.01, f 0.10; gives 1 x its reference" in text


def test_of_a_text_message_no_headline_is_shown_that_is_not_sent() -> None:
    text = shown(offer={**OFFER, "headline": "", "call_to_action": ""})
    assert "Offer: Annual plan\n  You pay [less] each month.\n\n  Not for" in text


def test_rules_that_end_alike_for_every_offer_are_shown_once() -> None:
    text = shown(width=100)
    assert text.count("not checked: Consent to offers") == 1
    assert text.index("For every offer") < text.index("not checked: Consent to offers")


@pytest.mark.parametrize("width", [30, 50, 80, 120])
def test_nothing_is_lost_on_a_narrow_terminal(width: int) -> None:
    text = shown(width=width)
    assert {"month", "Reply", "Annual", "Loyalty", "accepts;"} <= set(text.split())


def test_without_unicode_all_is_said_in_plain_characters() -> None:
    assert shown(encoding="ascii").isascii()


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (1.0, "over 95 % likely"),
        (0.999, "over 95 % likely"),
        (0.52, "about 50 % likely"),
        (0.001, "under 5 % likely"),
    ],
)
def test_no_chance_is_surer_than_what_was_assumed(chance: float, words: str) -> None:
    money = {**ECONOMICS, "probability_of_profit": chance}
    assert f"{words} under the assumptions" in " ".join(
        shown(offer={**OFFER, "economics": money}).split()
    )


def test_what_to_ask_stands_below_the_offer_and_where_there_is_none() -> None:
    asked = [{"field": "consent", "question": "Does the customer agree?"}]
    for offer in (OFFER, {**NOTHING, "why": "None pays."}):
        text = shown(offer={**offer, "not_checked": asked})
        assert "Not known, so not checked\n  Does the customer agree?\n" in text


def test_the_next_offer_follows_the_first() -> None:
    second = {**OFFER, "name": "Price lock", "marketing_offer": "x"}
    text = shown(offer={**OFFER, "runner_up": second})
    assert text.index("Offer: Annual plan") < text.index("After a no: Price lock")
