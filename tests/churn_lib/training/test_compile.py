"""From the pipeline to the scorecard: centred, folded, and the same probabilities."""

import numpy as np
import pytest
from churn_lib.training.features import Candidate, Shape, build

from churn_lib.customer.model import ABSENT, Customer
from churn_lib.score.scorecard import Scorecard
from churn_lib.score.terms import Curve, Levels, Pair
from churn_lib.training.compile import compile_card
from churn_lib.training.data import Dataset
from tests.churn_lib.training.agreement import largest_difference
from tests.churn_lib.training.conftest import PAIRED, Trained
from tests.customers import Row, probes, random_customer


def levels_of(trained: Trained, name: str) -> Levels:
    return next(
        term
        for term in trained.report.card.terms
        if isinstance(term, Levels) and term.feature == name
    )


def test_the_mean_of_every_term_over_the_training_customers_is_zero(trained: Trained) -> None:
    rows = list(trained.dataset.frame.iter_rows(named=True))
    for term in trained.report.card.terms:
        effect = term.effect()
        assert abs(np.mean([effect(row) for row in rows])) <= 1e-10


@pytest.mark.parametrize(
    ("name", "absent"), [(name, absent) for name, (_, absent) in ABSENT.items()]
)
def test_a_service_has_no_effect_where_the_one_it_needs_is_absent(
    trained: Trained, name: str, absent: str
) -> None:
    assert levels_of(trained, name).points[absent] == 0
    assert levels_of(trained, name).points["Yes"] * levels_of(trained, name).points["No"] < 0


def test_a_customer_without_internet_is_told_so_once(trained: Trained) -> None:
    row: Row = {**random_customer(np.random.default_rng(5)), "InternetService": "No"}
    row |= {
        name: absent for name, (parent, absent) in ABSENT.items() if parent == "InternetService"
    }
    loaded, customer = Scorecard(trained.report.card, "test"), Customer.model_validate(row)
    texts = [
        reason["text"] for reason in loaded.reasons(customer, loaded.score(customer), limit=20)
    ]
    assert texts.count("has no internet service") == 1


@pytest.mark.parametrize("penalty", [0.01, 1000.0])
def test_a_card_and_its_pipeline_agree_at_any_penalty(dataset: Dataset, penalty: float) -> None:
    pipeline = build(Candidate(shape=PAIRED, penalty=penalty), dataset.frame).fit(
        dataset.frame, dataset.left
    )
    card = Scorecard(compile_card(pipeline), "test")
    difference = largest_difference(card, pipeline, probes(np.random.default_rng(6), 500))
    assert difference <= 1e-9


def test_a_file_without_a_level_still_gives_a_card_for_all_levels(dataset: Dataset) -> None:
    wired = (dataset.frame["InternetService"] != "No").to_numpy()
    part, left = dataset.frame.filter(wired), dataset.left[wired]
    shape = Shape(curves={"tenure": 3, "MonthlyCharges": 2, "TotalCharges": 2})
    pipeline = build(Candidate(shape=shape, penalty=0.1), part).fit(part, left)
    card = compile_card(pipeline)
    assert (
        largest_difference(Scorecard(card, "test"), pipeline, probes(np.random.default_rng(7), 100))
        <= 1e-9
    )


def test_every_feature_is_in_a_term_of_its_kind(trained: Trained) -> None:
    kinds = {term.features: type(term) for term in trained.report.card.terms}
    assert kinds["tenure",] is Curve
    assert kinds["tenure", "MonthlyCharges"] is Pair
    assert {name for features in kinds for name in features} == set(trained.dataset.frame.columns)
