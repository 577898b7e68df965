"""A small catalogue and a customer for the tests of offers."""

import re
from datetime import date

from churn_lib.customer.contact import Context
from churn_lib.customer.model import Customer
from churn_lib.lint.catalogue import lint
from churn_lib.offers.catalogue import Catalogue, parse
from churn_lib.offers.decide import Decider, Decision
from churn_lib.offers.experiment import Assignment
from churn_lib.offers.offer import Offer
from churn_lib.offers.trace import Candidate
from churn_lib.score.reasons import AND
from churn_lib.score.shape import Cause
from churn_lib.words.template import Proposal

TODAY = date(2026, 6, 15)


def reason(feature: str, value: str, effect: float, text: str = "x", *others: str) -> Cause:
    """A reason about a feature, and others."""
    features = (feature, *others)
    joined = AND.join(features)
    return Cause(feature=joined, value=value, effect=effect, text=text, features=features)


MONTHLY = reason("Contract", "Month-to-month", 0.8, "pays month to month")

SMALL = """
version = "1"
currency = "USD"
brand = "Telco"
accept_within_days = 300
contact = [{ field = "consent", is = [true] }, { field = "port_out_pending", is = [false] }]

[assumptions]
gross_margin = 0.5
horizon_months = 12
monthly_discount_rate = 0.01
hazard_after_save = 0.03
deadweight = 0.5
sleeping_dogs = 0.0
contact_cost = { email = 0.1, sms = 0.2, call = 5.0, chat = 0.5 }
floor = 1.0
price_floor = 15.0
likely_leaver_from = 0.4

[greetings]
en = { friendly = "Hello!", formal = "Dear customer:" }

[disclosures.until]
channels = ["email"]
[disclosures.until.texts]
en = "Valid until {valid_until}."
[disclosures.price]
channels = ["sms", "email"]
[disclosures.price.texts]
en = "An algorithm set this price for you."
[disclosures.price.short]
en = "Personal price."
[disclosures.sender]
channels = ["sms"]
[disclosures.sender.texts]
en = "{brand}. STOP ends this."

[[offers]]
id = "discount"
kind = "retention"
valid_from = 2026-01-01
valid_until = 2026-12-31
terms = { percent = 10, months = 12 }
cost = { model = "discount" }
answers = [{ field = "Contract", is = ["Month-to-month"] }]
eligible = [{ field = "Contract", is = ["Month-to-month"] }]
suitable = [{ field = "MonthlyCharges", at_least = 25 }]
channels = ["email", "sms"]
disclosures = ["until", "price", "sender"]
[offers.texts.en]
name = "Discount"
headline = "Less each month"
message = "Pay {price_after} instead of {price_now} for {months}, {percent} less."
short = "Pay {price_after} for {months}."
call_to_action = "Reply to accept."

[[offers]]
id = "club"
kind = "value_added"
valid_from = 2026-01-01
valid_until = 2026-12-31
terms = {}
cost = { model = "gain", monthly = 1.5 }
eligible = [{ field = "tenure", at_least = 1 }]
channels = ["email"]
[offers.texts.en]
name = "Club"
headline = "Join our club"
message = "Collect points."
short = "Collect points."
call_to_action = "Reply to join."
"""


def customer(**changes: str | float) -> Customer:
    """A customer with fibre who pays month to month, in the second month."""
    return Customer.model_validate({**ROW, **changes})


ROW: dict[str, str | float] = {
    "gender": "Female",
    "SeniorCitizen": 0,
    "Partner": "No",
    "Dependents": "No",
    "tenure": 2,
    "PhoneService": "Yes",
    "MultipleLines": "No",
    "InternetService": "Fiber optic",
    "OnlineSecurity": "No",
    "OnlineBackup": "No",
    "DeviceProtection": "No",
    "TechSupport": "No",
    "StreamingTV": "Yes",
    "StreamingMovies": "Yes",
    "Contract": "Month-to-month",
    "PaperlessBilling": "Yes",
    "PaymentMethod": "Electronic check",
    "MonthlyCharges": 89.9,
}


def changed(*replacements: tuple[str, str]) -> str:
    """The small catalogue's text with these replacements, each of which must apply."""
    text = SMALL
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def small(*replacements: tuple[str, str]) -> Catalogue:
    """The small catalogue, with these replacements."""
    return parse(changed(*replacements))


def decided(
    catalogue: Catalogue,
    *,
    probability: float = 0.8,
    context: Context | None = None,
    today: date = TODAY,
    asked: Customer | None = None,
    reasons: tuple[Cause, ...] = (MONTHLY,),
    explain: bool = True,
    assignment: Assignment | None = None,
    runner_up: bool = False,
    brief: bool = False,
) -> Decision:
    """The decision for the sample customer."""
    return Decider(catalogue).decide(
        asked or customer(),
        probability=probability,
        reasons=reasons,
        context=context or Context(),
        today=today,
        explain=explain,
        assignment=assignment,
        runner_up=runner_up,
        brief=brief,
    )


def proposed(
    offer: Offer,
    catalogue: Catalogue,
    *,
    asked: Customer | None = None,
    context: Context | None = None,
    until: date | None = None,
) -> Proposal:
    """The offer to the sample customer, by e-mail and until its own end unless said otherwise."""
    until, asked = until or offer.valid_until, asked or customer()
    return Proposal(offer, until, asked, context or Context(), catalogue)


def candidate(decision: Decision, offer: str) -> Candidate:
    """The line of the trace about this offer."""
    return next(line for line in decision.trace if line.offer == offer)


LANGUAGE_MISSING = re.compile(r"has no texts|(greetings|call_closings)\S+: is missing")


def messages(*replacements: tuple[str, str]) -> list[str]:
    """The faults of the small catalogue with these replacements, but for its missing languages."""
    faults = [f"new.toml: {fault}" for fault in lint(changed(*replacements))]
    return [fault for fault in faults if not LANGUAGE_MISSING.search(fault)]
