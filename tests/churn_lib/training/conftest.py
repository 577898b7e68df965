"""A small training that several tests look at."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from churn_lib.training.data import Dataset, read_customers
from churn_lib.training.features import Shape, Spacing
from churn_lib.training.train import Report, train
from tests.customers import synthetic_csv

CURVES: dict[str, Spacing] = {
    "tenure": (1.0, 6.0, 24.0, 72.0),
    "MonthlyCharges": 3,
    "TotalCharges": 2,
}
PAIR = ((("tenure", (1.0, 24.0, 72.0)), ("MonthlyCharges", 2)),)
PLAIN, PAIRED = Shape(curves=CURVES), Shape(curves=CURVES, pairs=PAIR)


class Trained(NamedTuple):
    """A training with a pair in its shape, and its folder."""

    dataset: Dataset
    folder: Path
    report: Report
    progress: list[tuple[str, int, int]]


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("customers")
    return read_customers(synthetic_csv(folder / "customers.csv", 600, np.random.default_rng(2)))


@pytest.fixture(scope="session")
def trained(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("artifacts")
    progress: list[tuple[str, int, int]] = []
    report = train(
        dataset,
        folder,
        shapes=[PAIRED],
        penalties=[0.1],
        repeats=1,
        n_jobs=1,
        progress=lambda what, done, total: progress.append((what, done, total)),
    )
    return Trained(dataset, folder, report, progress)
