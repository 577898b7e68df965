"""From the model to the scorecard: centred, folded, and the same probabilities."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from churn_lib.customer.model import ABSENT, Customer
from churn_lib.score.scorecard import Scorecard
from churn_lib.score.tables import Table
from churn_lib.score.terms import Curve, Levels, Steps
from churn_lib.training.boosting import DepthTwo
from churn_lib.training.compile import compile_card
from churn_lib.training.data import Dataset
from churn_lib.training.effects import single
from churn_lib.training.folds import split
from churn_lib.training.learner import Floats, Terms
from churn_lib.training.model import Model
from churn_lib.training.purify import customers, purified, table
from churn_lib.training.ratios import Ratio, with_ratios
from churn_lib.training.rises import Rises, Tuning, fit_tuned
from churn_lib.training.steps import GRID
from tests.churn_lib.lint.companies import GYM, printed
from tests.churn_lib.training.agreement import largest_difference
from tests.churn_lib.training.conftest import Trained
from tests.churn_lib.training.exactness import differences
from tests.customers import Row, probes, random_customer

RATIO = Ratio("TotalCharges_per_MonthlyCharges", ("TotalCharges", "MonthlyCharges"))


@pytest.fixture(scope="module")
def trees(dataset: Dataset) -> Model:
    folds = split(dataset.left, np.arange(len(dataset)), 3, seed=1)
    frame = with_ratios(dataset.frame, [RATIO])
    return Model(DepthTwo().fit(frame, dataset.left, folds, 1), (RATIO,))


def curves(dataset: Dataset, penalty: float) -> Model:
    tuning = Tuning(8, penalty, 0.4, np.zeros(len(dataset)))
    return Model(fit_tuned(dataset.frame, dataset.left, tuning))


@dataclass
class Part:
    """A part of a model, as if nothing else had been learnt."""

    told: dict[str, dict[str, object]]
    log_loss: float = 0.0

    def terms(self) -> Terms:
        return 0.0, [*self.told.values()]

    def log_odds(self, frame: pl.DataFrame) -> Floats:
        odds = np.zeros(len(frame))
        for name, term in self.told.items():
            odds += single(term).effects(frame[name])
        return odds


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


def test_a_parent_that_the_model_has_no_use_for_still_says_that_it_is_absent(
    dataset: Dataset,
) -> None:
    terms = {str(term["feature"]): term for term in curves(dataset, 0.2).fitted.terms()[1]}
    part = Part({"OnlineBackup": terms["OnlineBackup"]})
    card = compile_card(Model(part), dataset.frame)
    points = {term.feature: term.points for term in card.terms if isinstance(term, Levels)}
    assert points["OnlineBackup"]["No internet service"] == 0
    assert points["InternetService"]["DSL"] == points["InternetService"]["Fiber optic"]
    assert points["InternetService"]["No"] != points["InternetService"]["DSL"]


@pytest.mark.parametrize("penalty", [0.0002, 1000.0])
def test_a_card_and_its_model_agree_at_any_penalty(dataset: Dataset, penalty: float) -> None:
    model = curves(dataset, penalty)
    card = Scorecard(compile_card(model, dataset.frame), "test")
    assert largest_difference(card, model, probes(np.random.default_rng(6), 500)) <= 1e-9


def test_a_file_without_a_level_still_gives_a_card_for_all_levels(dataset: Dataset) -> None:
    wired = (dataset.frame["InternetService"] != "No").to_numpy()
    part, left = dataset.frame.filter(wired), dataset.left[wired]
    folds = split(left, np.arange(len(left)), 3, seed=1)
    for learner in (Rises(), DepthTwo()):
        model = Model(learner.fit(part, left, folds, 1))
        card = Scorecard(compile_card(model, part), "test")
        assert largest_difference(card, model, probes(np.random.default_rng(7), 100)) <= 1e-9


def test_every_feature_is_in_a_term_of_its_kind(trained: Trained) -> None:
    kinds = {term.features: type(term) for term in trained.report.card.terms}
    assert kinds["tenure",] is Curve
    assert {name for features in kinds for name in features} == set(trained.dataset.frame.columns)


def test_steps_tables_and_ratios_become_a_card_too(dataset: Dataset, trees: Model) -> None:
    card = compile_card(trees, dataset.frame)
    assert {type(term) for term in card.terms} == {Levels, Steps, Table}
    assert card.made[RATIO.name].label == "Total charges per monthly charges"
    found = Scorecard(card, "test")
    assert largest_difference(found, trees, probes(np.random.default_rng(8), 2000)) <= 1e-9


def test_tables_say_nothing_that_one_of_their_attributes_says_alone(
    dataset: Dataset, trees: Model
) -> None:
    frame = with_ratios(dataset.frame, [RATIO])
    for term in compile_card(trees, dataset.frame).terms:
        if isinstance(term, Table):
            found = table(term.model_dump())
            counts = customers(found, frame)
            total = counts * found.units / GRID
            for axis in (0, 1):
                sums, people = total.sum(axis=axis), counts.sum(axis=axis)
                assert np.abs(sums / np.maximum(people, 1)).max() < 1e-6


def test_what_a_table_gives_away_is_in_its_margins(dataset: Dataset, trees: Model) -> None:
    frame = with_ratios(dataset.frame, [RATIO])
    tables = [table(term) for term in trees.fitted.terms()[1] if term["kind"] == "table"]
    assert tables
    for one in tables:
        pure, margins = purified(one, frame)
        given = sum(margin.effects(frame[margin.feature]) for margin in margins)
        assert pure.effect(frame) / GRID + given == pytest.approx(one.effect(frame) / GRID)


def test_the_card_tells_the_numbers_that_it_was_trained_on(dataset: Dataset, trees: Model) -> None:
    tenure = dataset.frame["tenure"].to_list()
    trained = compile_card(trees, dataset.frame).trained
    assert trained["tenure"] == (min(tenure), max(tenure))
    assert set(trained) == {"tenure", "MonthlyCharges", "TotalCharges"}


def test_every_recipe_is_compiled_exactly_at_every_knot_edge_and_level() -> None:
    found = dict(differences(seed=5))
    assert len(found) == 4
    assert max(found.values()) <= 1e-9


def test_so_it_is_where_values_are_not_known_or_not_listed_or_worked_out(tmp_path: Path) -> None:
    code = (
        "import json; from tests.churn_lib.training.exactness import differences;"
        "print(json.dumps(dict(differences(seed=6))))"
    )
    found = json.loads(printed(tmp_path, GYM, code))
    assert len(found) == 4
    assert max(found.values()) <= 1e-9
