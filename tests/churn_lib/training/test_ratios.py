"""Ratios of two numbers that say what neither of them says."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.customer.schema import Made
from churn_lib.training.data import Labels
from churn_lib.training.ratios import MOST_RATIOS, Ratio, find, with_ratios

Number = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0])


def customers(rows: int, numbers: int) -> tuple[pl.DataFrame, Labels]:
    """Those who left have a high ratio of the first two numbers; the others mean nothing."""
    rng = np.random.default_rng(1)
    frame = pl.DataFrame({f"n{k}": rng.gamma(2, 10, rows) for k in range(numbers)})
    frame = frame.with_columns(plan=pl.Series(rng.choice(["a", "b"], rows)))
    ratio = (frame["n0"] / frame["n1"]).to_numpy()
    return frame, (rng.random(rows) < np.where(ratio > 1.5, 0.8, 0.1)).astype(np.int64)


def found(frame: pl.DataFrame, left: Labels, seed: int = 1) -> list[Ratio]:
    return find(frame, left, np.zeros(len(left)), seed)


@given(st.lists(st.tuples(Number, Number), min_size=1))
def test_a_ratio_is_what_a_caller_s_ratio_is_worked_out_to_be(
    rows: list[tuple[float | None, float | None]],
) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.Float64, "b": pl.Float64}, orient="row")
    made = Made("ratio", ("a", "b"))
    expected = [made.of(row) for row in frame.iter_rows(named=True)]
    assert with_ratios(frame, [Ratio("a_per_b", ("a", "b"))])["a_per_b"].to_list() == expected


def test_the_ratio_on_which_it_depends_who_leaves_comes_first() -> None:
    [first, *_] = found(*customers(1500, 5))
    assert {*first.parts} == {"n0", "n1"}
    assert first.name == f"{first.parts[0]}_per_{first.parts[1]}"


def test_it_is_found_among_more_numbers_than_are_tried() -> None:
    frame, left = customers(1500, 20)
    assert {*found(frame, left)[0].parts} == {"n0", "n1"}


def test_what_the_log_odds_know_already_is_worth_less_than_what_they_do_not() -> None:
    frame, left = customers(3000, 4)
    other = (frame["n2"] / frame["n3"]).to_numpy() > 1.5
    left = np.where(other, np.random.default_rng(2).random(3000) < 0.6, left).astype(np.int64)
    known = np.log(np.where(frame["n0"] / frame["n1"] > 1.5, 4.0, 1 / 9))
    assert {*find(frame, left, known, 1)[0].parts} == {"n2", "n3"}
    assert {*find(frame, left, np.log(np.where(other, 1.5, 0.3)), 1)[0].parts} == {"n0", "n1"}


def test_no_two_ratios_order_customers_alike() -> None:
    frame, left = customers(1500, 6)
    ratios = found(frame, left)
    assert len(ratios) == MOST_RATIOS
    ranks = np.array([with_ratios(frame, ratios)[one.name].rank() for one in ratios])
    alike = np.abs(np.corrcoef(ranks)) - np.eye(len(ratios))
    assert alike.max() <= 0.95


@pytest.mark.parametrize("numbers", [0, 1])
def test_without_two_numbers_there_is_no_ratio(numbers: int) -> None:
    frame, left = customers(300, 2)
    assert found(frame.select("plan", *["n0", "n1"][:numbers]), left) == []


def test_a_name_that_an_attribute_has_is_not_taken() -> None:
    frame, left = customers(600, 2)
    names = {ratio.name for ratio in found(frame, left)}
    taken = frame.rename({"plan": "n0_per_n1"})
    assert {ratio.name for ratio in found(taken, left)} == {"n1_per_n0"}
    assert names <= {"n0_per_n1", "n1_per_n0"}


def test_numbers_that_are_constant_missing_or_all_zero_do_no_harm() -> None:
    frame, left = customers(600, 2)
    frame = frame.with_columns(
        zero=pl.lit(0.0), same=pl.lit(3.0), none=pl.lit(None, pl.Float64), huge=pl.lit(1e308)
    )
    assert {*found(frame, left)[0].parts} == {"n0", "n1"}


def test_the_same_seed_finds_the_same_ratios() -> None:
    frame, left = customers(900, 6)
    assert found(frame, left, 3) == found(frame, left, 3)
