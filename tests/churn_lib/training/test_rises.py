"""The columns that the model reads."""

import numpy as np
import polars as pl
import pytest
from churn_lib.training.features import Candidate, Shape, build, hats, knots, table_basis
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import SplineTransformer

from churn_lib.customer.model import example
from churn_lib.score.scorecard import Scorecard
from churn_lib.training.compile import compile_card
from churn_lib.training.data import frame_of
from tests.churn_lib.training.agreement import largest_difference

AXIS = (0.0, 1.0, 4.0, 10.0)


@given(x=st.floats(0, 1e7))
def test_our_basis_is_the_degree_one_spline_of_scikit_learn_inside_and_outside_the_knots(
    x: float,
) -> None:
    spline = SplineTransformer(
        degree=1, knots=np.array(AXIS)[:, np.newaxis], extrapolation="constant"
    )
    theirs = spline.fit(np.array(AXIS)[:, np.newaxis]).transform([[x]])
    assert hats(np.array([x]), AXIS) == pytest.approx(theirs, abs=1e-12)


def test_a_table_has_one_column_per_cell_row_by_row() -> None:
    frame = pl.DataFrame({"tenure": [0.0, 5.0], "MonthlyCharges": [20.0, 40.0]})
    found = table_basis(frame, rows=(0.0, 10.0), columns=(20.0, 60.0))
    assert found.tolist() == [[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]]


def test_knots_are_the_given_numbers_or_distinct_quantiles() -> None:
    column = pl.Series([0.0, 0.0, 0.0, 0.0, 8.0])
    assert knots((1.0, 2.0), column) == (1.0, 2.0)
    assert knots(5, column) == (0.0, 8.0)
    assert knots(4, pl.Series([7.0, 7.0])) == (7.0, 8.0)


@pytest.mark.parametrize("spacing", [2, 4])
@pytest.mark.parametrize(
    "totals", [(0.0, 1e-310, 2e-310), (0.0, 5e-324), (0.0, 1e-300, 9.0), (1e-5, 2e-5), (9.0, 9.0)]
)
def test_the_smallest_and_nearest_totals_that_are_allowed_can_be_fitted(
    totals: tuple[float, ...], spacing: int
) -> None:
    rng = np.random.default_rng(5)
    customers = [
        example(tenure=int(months), TotalCharges=total)
        for months, total in zip(rng.integers(0, 72, 60), totals * 60, strict=False)
    ]
    frame, left = frame_of(customers), rng.integers(0, 2, 60)
    shape = Shape(curves={"TotalCharges": spacing}, pairs=(((("tenure", 2)), ("TotalCharges", 2)),))
    pipeline = build(Candidate(shape=shape, penalty=0.1), frame).fit(frame, left)
    assert largest_difference(Scorecard(compile_card(pipeline), ""), pipeline, customers) <= 1e-9
