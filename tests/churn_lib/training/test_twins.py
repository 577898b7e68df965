"""Customers who stand in a table twice are told from customers who are alike."""

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from churn_lib.training.twins import Likeness, codes_of, fewest_equal, likeness


def found(frame: pl.DataFrame, left: NDArray[np.int64]) -> Likeness:
    return likeness(codes_of(frame), left)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(2)


def made_up(rng: np.random.Generator, rows: int = 800) -> pl.DataFrame:
    levels = {f"level {n}": rng.choice(["a", "b", ""], rows).tolist() for n in range(4)}
    numbers = {f"number {n}": rng.normal(0, 9, rows).round(1) for n in range(4)}
    return pl.DataFrame({**levels, **numbers}).with_columns(pl.col(pl.String).replace("", None))


def test_customers_who_stand_there_twice_are_twins_and_a_pair_is_named(
    rng: np.random.Generator,
) -> None:
    frame, left = made_up(rng), rng.integers(0, 2, 800)
    twice = pl.concat([frame, frame.with_columns(pl.lit(1.0).alias("number 3"))])
    result = found(twice, np.tile(left, 2))
    assert result.are_twins
    assert (result.near, result.agreement) == (1.0, 1.0)
    assert result.pair
    assert abs(result.pair[0] - result.pair[1]) == 800


def test_customers_who_are_alike_are_no_twins(rng: np.random.Generator) -> None:
    few = pl.DataFrame({f"level {n}": rng.choice(["a", "b"], 800).tolist() for n in range(5)})
    result = found(few, rng.integers(0, 2, 800))
    assert result.near == 1.0
    assert not result.are_twins
    assert not found(made_up(rng), rng.integers(0, 2, 800)).are_twins


def test_near_twins_are_equal_in_four_columns_of_five() -> None:
    assert [fewest_equal(columns) for columns in (1, 5, 6, 18)] == [1, 4, 5, 15]
