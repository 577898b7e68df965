"""The offer's part of an answer: decided by code, in words of Gemini or of the catalogue's template."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from churn_lib.customer import Customer
from churn_lib.offers import catalogue as catalogues
from churn_lib.offers import write
from churn_lib.offers.catalogue import Catalogue, Offer
from churn_lib.offers.compose import Words, prepare
from churn_lib.offers.compose import shared as composer
from churn_lib.offers.context import Context
from churn_lib.offers.decide import Candidate, decide
from churn_lib.offers.economics import Economics
from churn_lib.scorecard import Reason


class Proposal(NamedTuple):
    """`offer` as JSON shows it, `said` as one text for the customer, and the catalogue it comes from."""

    offer: Mapping[str, object]
    said: str
    catalogue_version: str


async def propose(
    customer: Customer,
    context: Context,
    *,
    probability: float,
    reasons: Sequence[Reason],
    gemini: bool,
    explain: bool,
    seconds: float,
) -> Proposal:
    """The best offer in words, or none and why.

    gemini: whether the language model is wanted for the words, and `seconds` how long it may take at most.
    explain: whether to show every offer's trace.
    Raises ArtifactError when the catalogue can't be used.
    """
    offers = catalogues.shared()
    today = datetime.now(UTC).date()
    decision = decide(
        offers, customer, probability=probability, reasons=reasons, context=context, today=today, explain=explain
    )
    trace = [_candidate(candidate) for candidate in decision.trace]
    if decision.offer is None or decision.economics is None:
        nothing = {"id": None, "why": decision.why, "eligible": decision.eligible, "trace": trace}
        return Proposal(nothing, "", offers.version)
    words = await _words(decision.offer, customer, context, offers, reasons=reasons, gemini=gemini, seconds=seconds)
    shown = {
        "id": decision.offer.id,
        "name": decision.offer.texts[context.language].name,
        "kind": decision.offer.kind,
        "why": decision.why,
        "terms": write.terms(decision.offer, customer),
        **words.text._asdict(),
        "currency": offers.currency,
        "economics": _rounded(decision.economics),
        "written_by": words.written_by,
        "fallback_reason": words.fallback_reason,
        "eligible": decision.eligible,
        "trace": trace,
    }
    return Proposal(shown, write.said(words.text, context.channel), offers.version)


async def _words(
    offer: Offer,
    customer: Customer,
    context: Context,
    offers: Catalogue,
    *,
    reasons: Sequence[Reason],
    gemini: bool,
    seconds: float,
) -> Words:
    await prepare(context.language)
    if gemini:
        return await composer().compose(offer, customer, context, offers, reasons, seconds=seconds)
    return Words(write.template(offer, customer, context, offers), "template", None)


def _candidate(candidate: Candidate) -> dict[str, object]:
    checks = [check._asdict() for check in candidate.checks]
    return {**candidate._asdict(), "checks": checks, "economics": _rounded(candidate.economics)}


def _rounded(economics: Economics) -> dict[str, object]:
    """Money in cents: more would promise what assumptions can not keep."""
    cents = {name: round(getattr(economics, name), 2) for name in ("expected_value", "value", "cost", "contact_cost")}
    return {**economics._asdict(), **cents, "interval": [round(end, 2) for end in economics.interval]}
