"""How good the score is beside its opponents, and how far the scorecard is from the pipeline it is
compiled from.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import joblib
import numpy as np
from rich.console import Console

from churn_lib.customer.schema import ARTIFACTS, CUSTOMER
from churn_lib.score.scorecard import MANIFEST, load
from churn_lib.training.baselines import opponents
from churn_lib.training.data import read_customers
from churn_lib.training.evaluate import Result, evaluate, ours
from churn_lib.training.files import PIPELINE
from churn_lib.training.folds import twins
from churn_lib.training.train import SEED
from tests.bench.figures import Goal, at_least, at_most, not_measured
from tests.churn_lib.training.agreement import largest_difference
from tests.companies import FILES
from tests.customers import probes
from tests.serving import ROOT

BOOSTERS = ("LightGBM", "XGBoost", "CatBoost")
OTHERS = ("iranian", "maven")
"""Tables of other companies, which are looked for beside the data."""

Estimates = Mapping[str, Mapping[str, float]]


def figures(path: Path) -> Iterator[Goal]:
    """Prints the table of all models; about ten minutes. Raises DataError when the file can't be
    used.
    """
    dataset = read_customers(path)
    begin = time.perf_counter()
    with Console(stderr=True).status("Cross-validating") as status:
        results = evaluate(
            dataset,
            [ours(), *opponents(SEED)],
            twins(dataset.frame, dataset.left).groups,
            seed=SEED,
            progress=lambda what, done, total: status.update(f"{what}: {done} of {total}"),
        )
    print(
        f"{len(dataset)} customers, 15 attributes, 5 folds x 4 repeats, "
        f"seed {SEED}; mean ± standard error"
    )
    print("\n".join(table(results)))
    print(f"measured in {time.perf_counter() - begin:.0f} s")
    yield from score_goals(results)
    yield from companies(path.parent)


def companies(folder: Path) -> Iterator[Goal]:
    """The tables of other companies beside LightGBM, as `churn train` itself measures them."""
    for name in OTHERS:
        if not (folder / f"{name}.csv").is_file():
            yield not_measured(f"{name} beside LightGBM", f"there is no {name}.csv beside the data")
            continue
        ours, rival = beside(folder / f"{name}.csv")
        for metric, bound in (("AUC", -0.005), ("log loss", 0.01)):
            gap = ours[metric]["mean"] - rival[metric]["mean"]
            goal = at_least if bound < 0 else at_most
            found = f"{ours[metric]['mean']:.4f} and {rival[metric]['mean']:.4f}"
            yield goal(f"{name}: {metric} less LightGBM's", gap, bound, found)


def beside(file: Path) -> tuple[Estimates, Estimates]:
    """The figures of the score and of LightGBM, by a training on this file."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(FILES / f"{file.stem}.toml", Path(place) / CUSTOMER)
        command = [sys.executable, "-m", "churn_lib", "train", str(file), "--folder", place]
        environment = {**os.environ, "CHURN_ARTIFACTS": place}
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
        manifest = json.loads((Path(place) / MANIFEST).read_bytes())
    return manifest["metrics"], manifest["lightgbm"]


def table(results: Sequence[Result]) -> Iterator[str]:
    """One line per model."""
    names = list(results[0].metrics)
    yield " ".join([f"{'model':20}", *(f"{name:>18}" for name in names)])
    for result in results:
        cells = [f"{mean:.4f} ± {error:.4f}" for mean, error in result.metrics.values()]
        yield " ".join(
            [f"{result.model:20}", *(f"{cell:>18}" for cell in cells or ["not installed"])]
        )


def score_goals(results: Sequence[Result]) -> Iterator[Goal]:
    """The absolute goals, and those against the best of the boosters that are installed."""
    auc, loss = (results[0].metrics[name].mean for name in ("AUC", "log loss"))
    rivals = [result.metrics for result in results if result.model in BOOSTERS and result.metrics]
    yield at_least("AUC", auc, 0.8490)
    yield at_most("log loss", loss, 0.4125)
    yield at_least("boosters compared with", len(rivals), len(BOOSTERS))
    if not rivals:
        yield not_measured("the score beside the best booster's", "no booster is installed")
        return
    yield at_least(
        "AUC beside the best booster's", auc, max(metrics["AUC"].mean for metrics in rivals)
    )
    yield at_most(
        "log loss beside the best booster's",
        loss,
        min(metrics["log loss"].mean for metrics in rivals),
    )


def agreement() -> Iterator[Goal]:
    """The shipped scorecard against the shipped pipeline."""
    customers = probes(np.random.default_rng(SEED), 10_000)
    difference = largest_difference(load(ARTIFACTS), joblib.load(ARTIFACTS / PIPELINE), customers)
    yield at_most(f"scorecard - pipeline over {len(customers):,} customers", difference, 1e-9)
