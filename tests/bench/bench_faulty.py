"""A row that is refused, beside one that is scored in the same run."""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

from pydantic_core import to_json

from churn_lib.customer.model import Customer
from churn_lib.customer.reading import read_row
from churn_lib.errors import InputError
from churn_lib.score.rows import score_row
from tests.bench.bench_score import alternate
from tests.bench.figures import Goal, at_most
from tests.conftest import EXAMPLE

Row = dict[str, object]

ROUNDS = 2_000
MOST = 10


def figures() -> Iterator[Goal]:
    good = {**json.loads(EXAMPLE.read_bytes()), "customerID": "7590-VHVEG"}
    for kind, wrong in faulty().items():
        number = count()

        def refused(wrong: Row = wrong, number: Iterator[int] = number) -> None:
            named = {
                name if name in good else f"{name}{next(number)}": value
                for name, value in wrong.items()
            }
            with suppress(InputError):
                read_row(to_json({**good, **named}))

        bad, fine = alternate(refused, lambda: score_row(read_row(to_json(good))), ROUNDS)
        yield at_most(f"{kind} / a good row", bad / fine, MOST, f"{bad:.0f} us / {fine:.0f} us")


def faulty() -> dict[str, Row]:
    """Rows that cost most: what is unknown differs from row to row, so that nothing is kept."""
    fields = list(Customer.model_fields)
    return {
        "one unknown name": {"mounthly_charge": 1},
        "ten unknown names": {f"{name[1:]}_x": 1 for name in fields[:10]},
        "all values wrong": dict.fromkeys(fields, "canary"),
        "all values blank": dict.fromkeys(fields, ""),
    }
