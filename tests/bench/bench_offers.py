"""What a decision over 20 offers costs beside the score of the same customer, both measured in
turns in one run.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from timeit import Timer

from churn_lib.customer.contact import Context
from churn_lib.offers.catalogue import Catalogue, catalogue
from churn_lib.offers.decide import Decider, Decision
from churn_lib.score.scorecard import scorecard
from churn_lib.words.template import template
from tests.bench.figures import Goal, at_most
from tests.churn_lib.offers.samples import TODAY, customer, proposed

OFFERS = 20
ROUNDS = 100
SCORE = "score of one customer"

Work = Callable[[], object]


def figures() -> Iterator[Goal]:
    """Prints the times with their ratios to the score; the goal is for the slower way of asking."""
    rounds = measured(works())
    score = best(rounds, SCORE)
    for name in rounds[0]:
        print(f"{name:44} {best(rounds, name) * 1e6:8.1f} us {best(rounds, name) / score:6.1f} x")
    worst = max(best(rounds, name) for name in rounds[0] if name.startswith("decision")) / score
    yield at_most(f"decision over {OFFERS} offers / score of the same customer", worst, 60)


def best(rounds: Sequence[Mapping[str, float]], name: str) -> float:
    """Seconds of the round that was disturbed least."""
    return min(one[name] for one in rounds)


def works() -> Mapping[str, Work]:
    """What is timed, by name."""
    card, shipped, asked = scorecard(), catalogue(), customer()
    score = card.score(asked)
    reasons = tuple(card.reasons(asked, score))
    decider, proposal = Decider(grown(shipped, OFFERS)), proposed(shipped.offers[0], shipped)

    def decided(*, explain: bool) -> Decision:
        return decider.decide(
            asked,
            probability=score.probability,
            reasons=reasons,
            context=Context(),
            today=TODAY,
            explain=explain,
        )

    return {
        SCORE: lambda: card.score(asked),
        f"decision over {OFFERS} offers": lambda: decided(explain=False),
        f"decision over {OFFERS} offers, with the money of each": lambda: decided(explain=True),
        "template of the offer": lambda: template(proposal),
    }


def grown(shipped: Catalogue, count: int) -> Catalogue:
    """The shipped catalogue with copies of its offers until there are so many."""
    copies = [
        offer.model_copy(update={"id": f"{offer.id}-{turn}"})
        for turn in range(count)
        for offer in shipped.offers
    ]
    return shipped.model_copy(update={"offers": tuple(copies[:count])})


def measured(timed: Mapping[str, Work]) -> list[dict[str, float]]:
    """Seconds of one call each, in many short rounds, so that whatever else the machine does slows
    down all alike.
    """
    timers = {name: (Timer(work), 200 if name == SCORE else 5) for name, work in timed.items()}
    return [
        {name: timer.timeit(n) / n for name, (timer, n) in timers.items()} for _ in range(ROUNDS)
    ]
