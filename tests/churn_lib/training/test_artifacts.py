"""The shipped artifacts: whole, of one training, and sane."""

import json

import joblib
import numpy as np
import pytest

from churn_lib.customer.model import FEATURES, Customer
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.score.scorecard import MANIFEST, load, scorecard
from churn_lib.training.files import PIPELINE
from tests.churn_lib.training.agreement import largest_difference
from tests.customers import Row, probes

NEW_AND_MONTHLY: Row = {
    "gender": "Male",
    "SeniorCitizen": 0,
    "Partner": "No",
    "Dependents": "No",
    "tenure": 1,
    "PhoneService": "Yes",
    "MultipleLines": "No",
    "InternetService": "Fiber optic",
    "OnlineSecurity": "No",
    "OnlineBackup": "No",
    "DeviceProtection": "No",
    "TechSupport": "No",
    "StreamingTV": "No",
    "StreamingMovies": "No",
    "Contract": "Month-to-month",
    "PaperlessBilling": "Yes",
    "PaymentMethod": "Electronic check",
    "MonthlyCharges": 70.0,
    "TotalCharges": 70.0,
}
SETTLED: Row = {
    **NEW_AND_MONTHLY,
    "tenure": 60,
    "Contract": "Two year",
    "TotalCharges": 4200.0,
    "TechSupport": "Yes",
}


def probability(row: Row) -> float:
    return scorecard().score(Customer.model_validate(row)).probability


def test_the_shipped_scorecard_agrees_with_the_shipped_pipeline() -> None:
    pipeline = joblib.load(ARTIFACTS / PIPELINE)
    customers = probes(np.random.default_rng(11), 10_000)
    assert largest_difference(load(ARTIFACTS), pipeline, customers) <= 1e-9


def test_every_feature_has_a_term() -> None:
    terms = scorecard().card.terms
    assert {name for term in terms for name in term.features} == set(FEATURES)


def test_a_new_fibre_customer_by_the_month_is_at_high_risk_and_a_settled_one_is_not() -> None:
    assert probability(NEW_AND_MONTHLY) > 0.6
    assert probability(SETTLED) < 0.15


@pytest.mark.parametrize("month", [0, 1, 2])
def test_a_customer_without_a_first_bill_is_no_safer_than_one_with(month: int) -> None:
    total = 70.0 * month
    assert probability({**NEW_AND_MONTHLY, "tenure": month, "TotalCharges": total}) > 0.6


def test_no_effect_is_so_large_that_another_must_undo_it() -> None:
    for term in scorecard().card.terms:
        if term.kind == "levels":
            assert max(map(abs, term.points.values())) < 3
        if term.kind == "curve":
            assert max(map(abs, term.values)) < 3


def test_the_manifest_tells_a_ranking_that_is_good_and_no_leak() -> None:
    manifest = json.loads((ARTIFACTS / MANIFEST).read_bytes())
    assert 0.84 < manifest["metrics"]["AUC"]["mean"] < 0.87
    assert 0.40 < manifest["metrics"]["log loss"]["mean"] < 0.42
