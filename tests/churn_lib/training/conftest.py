"""A small training that several tests look at."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from churn_lib.training.choose import Recipe
from churn_lib.training.data import Dataset, read_customers
from churn_lib.training.rises import Rises
from churn_lib.training.train import Report, train
from tests.customers import synthetic_csv

CURVES = [Recipe(Rises())]
TODAY = date(2026, 1, 1)


class Trained(NamedTuple):
    """A training, and its folder."""

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
        today=TODAY,
        recipes=CURVES,
        n_jobs=1,
        progress=lambda what, done, total: progress.append((what, done, total)),
    )
    return Trained(dataset, folder, report, progress)
