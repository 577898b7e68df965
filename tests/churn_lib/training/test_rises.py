"""Curves as sums of rises: knots where they are needed, smooth, monotone where that is wanted."""

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from churn_lib.customer.model import example
from churn_lib.score.scorecard import Scorecard
from churn_lib.training.compile import compile_card
from churn_lib.training.data import Dataset, Labels, frame_of
from churn_lib.training.design import design_of, knots
from churn_lib.training.effects import single
from churn_lib.training.folds import split
from churn_lib.training.learner import Floats
from churn_lib.training.model import Model
from churn_lib.training.ridge import path
from churn_lib.training.rises import (
    FittedRises,
    Rises,
    Tuning,
    fit_tuned,
    lowest,
)
from tests.churn_lib.training.agreement import largest_difference


def fitted(frame: pl.DataFrame, left: Labels) -> FittedRises:
    return Rises().fit(frame, left, split(left, np.arange(len(left)), 3, seed=1), 1)


def drawn(log_odds: Floats, rng: np.random.Generator) -> Labels:
    return (rng.random(len(log_odds)) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)


def curve(model: FittedRises, feature: str, numbers: list[float | None]) -> list[float]:
    terms = {str(term["feature"]): single(term) for term in model.terms()[1]}
    return [*map(float, terms[feature].effects(pl.Series(numbers, dtype=pl.Float64)))]


def test_where_there_are_few_values_each_has_a_knot() -> None:
    assert knots(np.array([3.0, 1.0, 1.0, 2.0]), 4) == (1, 2, 3)


def test_where_there_are_many_values_knots_are_quantiles() -> None:
    assert knots(np.arange(101.0), 5) == (0, 25, 50, 75, 100)


def test_beside_a_value_that_many_customers_have_the_curve_may_jump() -> None:
    numbers = np.concatenate([np.arange(1.0, 101), np.full(10, 50.0)])
    assert {49, 50, 51} <= {*knots(numbers, 4)}
    assert not {29, 31} & {*knots(numbers, 4)}


@pytest.mark.parametrize("numbers", [[], [7.0], [7.0, 7.0], [0.0, 5e-324], [float("inf")]])
def test_a_curve_has_two_knots_at_least(numbers: list[float]) -> None:
    first, second, *more = knots(np.array(numbers), 8)
    assert second > first
    assert not more


@pytest.mark.parametrize(
    "totals", [(0.0, 1e-310, 2e-310), (0.0, 5e-324), (0.0, 1e-300, 9.0), (1e-5, 2e-5), (9.0, 9.0)]
)
def test_the_smallest_and_nearest_totals_that_are_allowed_can_be_fitted(
    totals: tuple[float, ...],
) -> None:
    rng = np.random.default_rng(5)
    customers = [
        example(tenure=int(months), TotalCharges=total)
        for months, total in zip(rng.integers(0, 72, 60), totals * 60, strict=False)
    ]
    frame, left = frame_of(customers), rng.integers(0, 2, 60)
    model = Model(fitted(frame, left))
    assert largest_difference(Scorecard(compile_card(model, frame), ""), model, customers) <= 1e-9


@pytest.mark.parametrize("penalty", [0.02, 6.0])
def test_weights_are_those_of_logistic_regression(dataset: Dataset, penalty: float) -> None:
    design = design_of(dataset.frame, 8)
    columns = design.columns(dataset.frame)
    [found] = path(columns, dataset.left, [penalty], design.signs, 1e-13)
    model = LogisticRegression(C=penalty, solver="newton-cholesky", tol=1e-9)
    expected = model.fit(columns.astype(np.float64), dataset.left)
    assert found.slopes == pytest.approx(expected.coef_[0], abs=1e-4)
    assert found.intercept == pytest.approx(expected.intercept_[0], abs=1e-4)


def test_signs_change_nothing_where_the_weights_have_them_anyway(dataset: Dataset) -> None:
    design = design_of(dataset.frame, 8)
    columns = design.columns(dataset.frame)
    [free] = path(columns, dataset.left, [0.2], [0] * columns.shape[1], 1e-13)
    signs = np.sign(free.slopes).astype(int).tolist()
    [bound] = path(columns, dataset.left, [0.2], signs, 1e-13)
    assert bound.slopes == pytest.approx(free.slopes, abs=1e-4)


def test_no_weight_has_a_sign_that_is_not_allowed() -> None:
    rng = np.random.default_rng(3)
    columns = rng.normal(size=(500, 6)).astype(np.float32)
    left = drawn(columns @ np.array([2, -2, 1, -1, 0, 0]), rng)
    for found in path(columns, left, [0.02, 1.0, 50.0], [1, 1, -1, -1, 0, 1], 1e-9):
        assert found.slopes[0] > 0
        assert found.slopes[3] < 0
        assert found.slopes[[1, 2]] == pytest.approx([0, 0], abs=1e-12)
        assert found.slopes[5] >= 0


def test_a_jump_is_found_and_far_from_it_the_curve_is_flat() -> None:
    rng = np.random.default_rng(4)
    months = rng.integers(0, 60, 4000).astype(np.float64)
    months[:800] = 12
    left = drawn(np.where(months == 12, 1.5, -1.0), rng)
    before, at, after, later = curve(
        fitted(pl.DataFrame({"months": months}), left), "months", [11, 12, 13, 40]
    )
    assert min(at - before, at - after) > 1.5
    assert abs(after - later) < 0.5


def test_what_is_not_known_has_an_effect_of_its_own() -> None:
    rng = np.random.default_rng(6)
    numbers = rng.normal(size=2000)
    unknown = rng.random(2000) < 0.2
    left = drawn(np.where(unknown, 1.0, -1.0), rng)
    column = pl.Series(np.where(unknown, np.nan, numbers)).fill_nan(None)
    lacking, known = curve(fitted(pl.DataFrame({"x": column}), left), "x", [None, 0.0])
    assert lacking - known > 1.5


def test_what_was_always_known_has_no_effect_where_it_is_not() -> None:
    rng = np.random.default_rng(7)
    numbers = rng.normal(size=1000)
    left = drawn(numbers * 2, rng)
    model = fitted(pl.DataFrame({"x": numbers}), left)
    lacking = pl.DataFrame({"x": [None]}, {"x": pl.Float64})
    assert curve(model, "x", [None]) == [0]
    assert model.log_odds(lacking) == pytest.approx([model.weights.intercept])
    assert np.mean(curve(model, "x", numbers.tolist())) == pytest.approx(0, abs=1e-6)


def test_log_odds_are_the_sum_of_the_terms_at_each_knot_and_beside_it(dataset: Dataset) -> None:
    model = fitted(dataset.frame, dataset.left)
    intercept, terms = model.terms()
    numbers = np.concatenate([[*knots(dataset.frame["tenure"].to_numpy(), 8), -5, 1e6]])
    near = np.concatenate([numbers, np.nextafter(numbers, -np.inf), np.nextafter(numbers, np.inf)])
    frame = dataset.frame[: len(near)].with_columns(tenure=pl.Series(near))
    effects = [single(term).effects(frame[str(term["feature"])]) for term in terms]
    assert model.log_odds(frame) == pytest.approx(intercept + sum(effects), abs=1e-12)


def test_customers_are_not_kept_in_the_model(dataset: Dataset) -> None:
    tuning = Tuning(8, 0.2, 0.4, np.zeros(len(dataset)))
    model = fit_tuned(dataset.frame, dataset.left, tuning)
    sizes = [np.size(part) for part in (*model.design.means, model.weights.slopes)]
    assert max(sizes) < len(dataset)


@pytest.mark.parametrize(
    ("losses", "expected"),
    [((0.5, 0.4, 0.5), 1.0), ((0.5, 0.4, 0.4), 3.1623), ((0.3, 0.4, 0.5), 0.1)],
)
def test_the_penalty_is_where_the_losses_of_three_are_lowest(
    losses: tuple[float, ...], expected: float
) -> None:
    best = int(np.argmin(losses))
    assert lowest((0.1, 1.0, 10.0), losses, best) == pytest.approx(expected, abs=1e-4)
