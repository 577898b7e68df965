"""Offers in the order of what they bring to one customer, whatever their rules say."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from churn_lib.customer.contact import Channel
from churn_lib.offers.checks import Question, Test
from churn_lib.offers.judged import Plan
from churn_lib.offers.linear import Line, expected


class Ranking:
    """The offers of a catalogue, through one channel; None where the customer called.

    Their money is made ready as lines, and which of them answer a reason is looked up by reason: so
    only the offers that somebody asks about are appraised in full.
    """

    def __init__(self, plans: Sequence[Plan], channel: Channel | None) -> None:
        self._plans = sorted(plans, key=lambda plan: plan.offer.id)
        self._answering = [expected(plan.constants, channel, True) for plan in self._plans]
        self._other = [
            expected(plan.constants, channel, not plan.judge.claims) for plan in self._plans
        ]
        self._claims = defaultdict[str, list[tuple[int, Test]]](list)
        for at, plan in enumerate(self._plans):
            for field, fits in plan.judge.answers:
                self._claims[field].append((at, fits))

    def best_first(self, question: Question) -> Iterator[tuple[Plan, str | None]]:
        """Each with the attribute of the strongest reason to leave that it answers; of equal ones
        the first by id, whatever the order of the file.
        """
        answered = self._answered(question)
        lines = [*self._other]
        for at in answered:
            lines[at] = self._answering[at]
        values = _values(lines, question.bill, question.probability)
        for at in sorted(range(len(values)), key=values.__getitem__, reverse=True):
            yield self._plans[at], answered.get(at)

    def _answered(self, question: Question) -> dict[int, str]:
        """The strongest reason that each offer answers, where it answers any."""
        found: dict[int, str] = {}
        for name in question.raising:
            for at, fits in self._claims.get(name, ()):
                if at not in found and fits(question.values[name]):
                    found[at] = name
        return found


def _values(lines: Sequence[Line], bill: float, probability: float) -> list[float]:
    return [
        probability * (of_slope * bill + slope) + of_rest * bill + rest
        for (of_slope, slope), (of_rest, rest) in lines
    ]
