"""One customer validated, scored and explained, beside Pydantic's own validation of the same bytes
in the same run.
"""

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter_ns

from churn_lib.customer.model import Customer
from churn_lib.customer.reading import parse_json
from churn_lib.score.scorecard import scorecard
from tests.bench.figures import Goal, at_most
from tests.conftest import EXAMPLE

ROUNDS = 20_000


def figures() -> Iterator[Goal]:
    """The two sides alternate call by call, so that both meet the same machine."""
    body, card = EXAMPLE.read_bytes(), scorecard()

    def answer() -> None:
        customer = parse_json(Customer, body)
        card.reasons(customer, card.score(customer))

    ours, pydantic = alternate(answer, lambda: Customer.model_validate_json(body))
    yield at_most(
        "validate, score and explain / Pydantic's validation",
        ours / pydantic,
        8,
        f"{ours:.1f} us / {pydantic:.1f} us",
    )


def alternate(
    first: Callable[[], object], second: Callable[[], object], rounds: int = ROUNDS
) -> tuple[float, float]:
    """The median of each, in microseconds."""
    times: tuple[list[int], list[int]] = ([], [])
    for _ in range(rounds):
        for call, found in zip((first, second), times, strict=True):
            started = perf_counter_ns()
            call()
            found.append(perf_counter_ns() - started)
    return median(times[0]) / 1000, median(times[1]) / 1000
