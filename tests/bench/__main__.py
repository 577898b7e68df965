"""`make bench`: every benchmark in turn. Exit code 1 when a goal is missed or not measured, 2
without the data.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from churn_lib.errors import DataError
from tests.bench import (
    bench_bulk,
    bench_campaign,
    bench_card,
    bench_drift,
    bench_evidence,
    bench_faulty,
    bench_gemini,
    bench_guard,
    bench_hostile,
    bench_house,
    bench_http,
    bench_log,
    bench_model,
    bench_offers,
    bench_page,
    bench_policies,
    bench_scale,
    bench_score,
    bench_start,
    bench_training,
    bench_warehouse,
    bench_written,
)
from tests.bench.figures import Goal, not_measured, summary

QUICK = (
    bench_house,
    bench_score,
    bench_card,
    bench_offers,
    bench_start,
    bench_http,
    bench_bulk,
    bench_faulty,
    bench_hostile,
    bench_page,
    bench_guard,
    bench_written,
    bench_gemini,
    bench_evidence,
    bench_drift,
    bench_log,
    bench_policies,
    bench_training,
    bench_campaign,
    bench_scale,
    bench_warehouse,
)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument(
        "--data",
        type=Path,
        help="the public file of customers; without it the model is not compared",
    )
    data = options.parse_args().data
    if data is not None and not data.is_file():
        print(f"{data} is no file", file=sys.stderr)
        return 2
    goals = []
    try:
        for goal in measured(data):
            print(goal, flush=True)
            goals.append(goal)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"\n{summary(goals)}")
    return 0 if all(goal.reached for goal in goals) else 1


def measured(data: Path | None) -> Iterator[Goal]:
    """All goals, each benchmark under its heading."""
    for module in QUICK:
        print(f"\n{module.__doc__}")
        yield from module.figures()
    print(f"\n{bench_model.__doc__}")
    yield from bench_model.agreement()
    if data is None:
        yield not_measured("the model beside others", "needs --data FILE")
    else:
        yield from bench_model.figures(data)


if __name__ == "__main__":
    sys.exit(main())
