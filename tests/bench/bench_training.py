"""What a training takes, and whether it tells the truth about customers who are in a table twice.

As a module it trains on made-up customers, in a process of its own: python -m
tests.bench.bench_training ROWS, with the schema of this file in force.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import numpy as np
import polars as pl

from churn_lib.customer.model import LEVELS, NOTES
from churn_lib.customer.schema import CUSTOMER
from churn_lib.training.choose import INNER_FOLDS, choose
from churn_lib.training.compile import compile_card
from churn_lib.training.data import Dataset, Labels
from churn_lib.training.folds import split, twins
from tests.bench.figures import Goal, at_least, at_most
from tests.serving import ROOT, peak_memory

NUMBERS, KINDS = 12, 8
LETTERS = "abcdefghijklmnop"


class Taken(TypedDict):
    """Processor seconds, and the most memory in MiB."""

    seconds: float
    memory: float
    recipe: str


def figures() -> Iterator[Goal]:
    small, large = trained(10_000), trained(100_000)
    columns = NUMBERS + KINDS
    seconds = f"one core, all choosing, {small['recipe']} chosen"
    yield at_most(f"s of training, 10,000 x {columns}", small["seconds"], 30, seconds)
    yield at_most(f"MiB of training, 100,000 x {columns}", large["memory"], 1024)
    yield from twice()


def trained(rows: int) -> Taken:
    """What a training on so many customers takes, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / CUSTOMER).write_text(schema(), "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.bench_training", str(rows)],
            cwd=ROOT,
            env={**os.environ, "CHURN_ARTIFACTS": folder},
            capture_output=True,
            text=True,
            check=True,
        )
    found: Taken = json.loads(done.stdout)
    return found


def twice() -> Iterator[Goal]:
    """Labels by chance, every customer twice: nothing can be known of them but by memory."""
    rng = np.random.default_rng(1)
    frame = pl.DataFrame({f"n{place}": rng.integers(0, 60, 1000) * 1.0 for place in range(10)})
    left = rng.integers(0, 2, 1000)
    both = Dataset(pl.concat([frame, frame]), np.tile(left, 2), "")
    found = twins(both.frame, both.left)
    yield at_least("rows with a twin that are found, of 2,000", found.count, 2000)
    apart, together = (remembered(both, groups) for groups in (np.arange(len(both)), found.groups))
    detail = f"{apart:.3f} where twins are apart"
    yield at_most(
        "AUC where every label is chance and every customer twice", together, 0.55, detail
    )


def remembered(dataset: Dataset, groups: Labels) -> float:
    """The AUC of large trees, out of fold."""
    from churn_lib.training.baselines import lightgbm
    from churn_lib.training.evaluate import evaluate

    [result] = evaluate(dataset, [lightgbm()], groups, repeats=1)
    return result.metrics["AUC"].mean


def schema() -> str:
    """Twelve numbers and eight categories of two to nine levels."""
    lines = [
        'version = "1"',
        'business = "company"',
        'target = { column = "Churn", left = 1, stayed = 0 }',
        'bill = "n0"',
    ]
    for place in range(NUMBERS):
        words = '[[-1000, "has few"], [10, "has many"]]'
        lines += [f"[attributes.n{place}]", "to = 1_000_000", f"from = {words}"]
    for place in range(KINDS):
        levels = [f'["{letter}", "is {letter}"]' for letter in LETTERS[: place + 2]]
        lines += [f"[attributes.k{place}]", f"levels = [{', '.join(levels)}]"]
    return "\n".join(lines)


def made_up(rows: int) -> Dataset:
    """Customers who leave by curves, a pair, a ratio and a level."""
    rng = np.random.default_rng(rows)
    numbers = {name: rng.gamma(2, 20, rows).round(2) for name in NOTES if name not in LEVELS}
    kinds = {name: rng.choice(levels, rows) for name, levels in LEVELS.items()}
    odds = np.sin(numbers["n0"] / 15) - 0.03 * numbers["n1"] + (kinds["k3"] == "b")
    odds += (numbers["n2"] > 40) & (kinds["k0"] == "a")
    odds += numbers["n4"] > numbers["n5"]
    left = rng.random(rows) < 1 / (1 + np.exp(1 - odds))
    return Dataset(pl.DataFrame({**numbers, **kinds}), left.astype(np.int64), "")


def measured(rows: int) -> Taken:
    dataset = made_up(rows)
    begin = time.process_time()
    groups = twins(dataset.frame, dataset.left).groups
    folds = split(dataset.left, groups, INNER_FOLDS, seed=1)
    choice = choose(dataset.frame, dataset.left, folds, 1)
    compile_card(choice.model, dataset.frame)
    seconds = time.process_time() - begin
    memory = peak_memory(os.getpid()) / 2**20
    return {"seconds": seconds, "memory": memory, "recipe": choice.recipe.name}


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
