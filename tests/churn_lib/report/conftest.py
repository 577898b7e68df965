"""A small evaluation that several tests look at."""

import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from churn_lib.customer.schema import ARTIFACTS, CUSTOMER
from churn_lib.offers.catalogue import OFFERS
from churn_lib.report.evaluation import EVALUATION, Evaluation, content_of, write
from churn_lib.report.expected import REPORT
from churn_lib.report.measure import Plan, measured
from churn_lib.training.baselines import opponents
from churn_lib.training.data import Dataset, read_customers
from churn_lib.training.evaluate import Model
from churn_lib.training.train import train
from tests.churn_lib.training.conftest import CURVES, TODAY
from tests.customers import synthetic_csv

EXPECTED = """
highest_auc = 0.95
[features]
new = "tenure <= 12"
spent = "TotalCharges / (tenure + 1)"
"""
LOGISTIC = opponents(seed=1)[0]
MISSING = Model("Oracle", "none", LOGISTIC.fit, package="no_such_package")


class Measured(NamedTuple):
    """An evaluation with the file, the customers and the folder that it is of."""

    file: Path
    dataset: Dataset
    folder: Path
    evaluation: Evaluation


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    folder = tmp_path_factory.mktemp("report")
    file = synthetic_csv(folder / "customers.csv", 400, np.random.default_rng(2))
    dataset = read_customers(file)
    train(dataset, folder, today=TODAY, recipes=CURVES, n_jobs=1)
    for name in (CUSTOMER, OFFERS):
        shutil.copy(ARTIFACTS / name, folder / name)
    (folder / REPORT).write_text(EXPECTED, "utf-8")
    plan = Plan(folder, [LOGISTIC, MISSING], TODAY, 1, repeats=1, folds=2, recipes=CURVES, n_jobs=1)
    evaluation, _ = measured(file, dataset, plan)
    write(folder, {EVALUATION: content_of(evaluation)})
    return Measured(file, dataset, folder, evaluation)
