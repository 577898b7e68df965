"""What the service answers for the rows of a table, in the columns of a statement."""

from collections.abc import Mapping, Sequence

from churn_lib.customer.model import ATTRIBUTES, Value, example
from churn_lib.customer.reading import read_columns
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import InputError
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.checks import INBOUND
from churn_lib.offers.decide import Decider
from churn_lib.offers.economics import spent
from churn_lib.offers.trace import Candidate
from churn_lib.scale.reasons import reason_names
from churn_lib.scale.request import ARGUMENTS, Request
from churn_lib.score.scorecard import Score, Scorecard, risk
from churn_lib.settings import settings
from churn_lib.words.segments import segments
from churn_lib.words.wanted import answered

Answer = dict[str, str | float | None]
"""By column of a statement; a faulty row has nothing but errors."""


class Reference:
    """Answers as the service does. What no statement asks for is the same for all."""

    def __init__(
        self, request: Request, card: Scorecard, catalogue: Catalogue | None = None
    ) -> None:
        self._request, self._card = request, card
        self._decider = Decider(catalogue, segments) if catalogue and request.offers else None
        plain = example().__dict__
        self._others = {name: plain[name] for name in ATTRIBUTES if name not in ARGUMENTS}

    def answer(self, row: Mapping[str, Value]) -> Answer:
        """row: attributes and facts by name."""
        facts = {name: row[name] for name in self._request.facts}
        contact = {"channel": self._request.channel, "language": self._request.language, **facts}
        values = {name: row[name] for name in ARGUMENTS}
        try:
            read = read_columns(PredictRequest, {**self._others, **values, "context": contact})
        except InputError as error:
            return {**dict.fromkeys(self._columns()), "errors": str(error)}
        return self.told(read)

    def told(self, read: PredictRequest) -> Answer:
        """The answer for a customer who was read."""
        score = self._card.score(read)
        found: Answer = {
            "churn_probability": score.probability,
            "logit": score.logit,
            "risk": risk(score.probability, settings().score),
            "errors": None,
            **self._reasons(read, score),
        }
        return found if self._decider is None else found | self._offer(self._decider, read, score)

    def _columns(self) -> list[str]:
        reasons = reason_names(self._request.reasons)
        texts = ["offer_reason"] if self._request.texts else []
        offer = [] if self._decider is None else ["offer", "expected_value", *texts]
        return ["churn_probability", "logit", "risk", "errors", *reasons, *offer]

    def _reasons(self, customer: PredictRequest, score: Score) -> Answer:
        causes = self._card.reasons(customer, score, self._request.reasons)
        texts = [cause["text"] for cause in causes if cause["effect"] > 0]
        none = dict.fromkeys(reason_names(self._request.reasons))
        return {**none, **dict(zip(none, texts, strict=False))}

    def _offer(self, decider: Decider, customer: PredictRequest, score: Score) -> Answer:
        reasons = self._card.reasons(customer, score)
        decision = decider.decide(
            customer,
            probability=score.probability,
            reasons=reasons,
            context=customer.context,
            today=self._request.day,
            explain=self._request.each_offer,
        )
        each = self._each(decider, decision.trace, customer, score)
        chosen = decision.chosen
        found: Answer = {"offer": None, "expected_value": None}
        if chosen is not None:
            value = chosen.economics.expected_value
            found = {"offer": chosen.offer.id, "expected_value": value}
        if self._request.texts:
            said = None if chosen is None else answered(chosen.offer, reasons, customer)
            found["offer_reason"] = said
        return found | each

    def _each(
        self,
        decider: Decider,
        trace: Sequence[Candidate],
        customer: PredictRequest,
        score: Score,
    ) -> Answer:
        """The value and the cost of each offer, None where it is vetoed."""
        context, found = customer.context, Answer()
        channel = None if context.direction == INBOUND else context.channel
        plans = decider.plans(context.channel, context.language)
        for number, (plan, line) in enumerate(zip(plans, trace, strict=False), 1):
            value, given = line.economics.expected_value, line.economics.acceptance
            cost = spent(plan.constants, customer.bill, score.probability, channel, given)
            vetoed = line.outcome == "vetoed"
            found[f"value_{number}"] = None if vetoed else value
            found[f"cost_{number}"] = None if vetoed else cost
        return found
