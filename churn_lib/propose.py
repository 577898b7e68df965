"""The offer's part of an answer: decided by code, in words of Gemini or of the catalogue's
template.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from churn_lib.customer.contact import Context
from churn_lib.customer.model import Customer
from churn_lib.offers import catalogue as catalogues
from churn_lib.offers.catalogue import Catalogue, Offer
from churn_lib.offers.decide import Candidate, decide
from churn_lib.offers.economics import Economics
from churn_lib.score.scorecard import Reason
from churn_lib.words import template as write
from churn_lib.words.compose import Words, prepare
from churn_lib.words.compose import shared as composer


class Proposal(NamedTuple):
    """`offer` as JSON shows it, `said` as one text for the customer, and the catalogue it comes
    from.
    """

    offer: Mapping[str, object]
    said: str
    catalogue_version: str


async def propose(
    customer: Customer,
    context: Context,
    *,
    probability: float,
    reasons: Sequence[Reason],
    today: date,
    gemini: bool,
    explain: bool,
    seconds: float,
) -> Proposal:
    """The best offer in words, or none and why.

    today: what offers are valid on, and their deadline is counted from. gemini: whether the
    language model is wanted for the words, and `seconds` how long it may take at most. explain:
    whether to show every offer's trace. Raises ArtifactError when the catalogue can't be used.
    """
    offers = catalogues.shared()
    decision = decide(
        offers,
        customer,
        probability=probability,
        reasons=reasons,
        context=context,
        today=today,
        explain=explain,
    )
    trace = [_candidate(candidate) for candidate in decision.trace]
    if decision.offer is None or decision.economics is None:
        nothing = {"id": None, "why": decision.why, "eligible": decision.eligible, "trace": trace}
        return Proposal(nothing, "", offers.version)
    offer = offers.made(decision.offer, today)
    words = await _words(
        offer, customer, context, offers, reasons=reasons, gemini=gemini, seconds=seconds
    )
    shown = {
        "id": offer.id,
        "name": offer.texts[context.language].name,
        "kind": offer.kind,
        "why": decision.why,
        "terms": write.terms(offer, customer),
        "accept_until": offer.valid_until.isoformat(),
        **write.sent(words.text, context.channel)._asdict(),
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
    shown = economics._asdict()
    for name in ("expected_value", "value", "cost", "contact_cost"):
        shown[name] = round(shown[name], 2)
    low, high = economics.interval
    return {**shown, "interval": [round(low, 2), round(high, 2)]}
