"""Customers who are in a file twice share a fold, and are counted."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from churn_lib.training.baselines import fit_lightgbm
from churn_lib.training.data import Dataset, Labels
from churn_lib.training.folds import split, twins
from churn_lib.training.learner import Rows

ROWS = 400


def table(rows: int, columns: int, values: int, seed: int = 1) -> tuple[pl.DataFrame, Labels]:
    """Columns that say nothing of who leaves."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, values, (columns, rows)).astype(np.float64)
    frame = pl.DataFrame({f"n{place}": column for place, column in enumerate(drawn)})
    return frame, (rng.random(rows) < 0.3).astype(np.int64)


def twice(frame: pl.DataFrame, left: Labels, changed: int = 0) -> tuple[pl.DataFrame, Labels]:
    """Every customer twice, the second time with so many other values."""
    rng = np.random.default_rng(2)
    again = frame.to_numpy().copy()
    for row in again:
        row[rng.choice(frame.width, changed, replace=False)] = -1.0
    return pl.concat([frame, pl.DataFrame(again, frame.schema)]), np.tile(left, 2)


def measured(frame: pl.DataFrame, left: Labels, groups: Rows) -> float:
    """The AUC of large trees, which remember well, on the first of three folds."""
    train, test = split(left, groups, 3, seed=1)[0]
    inner = split(left[train], np.unique(groups[train], return_inverse=True)[1], 3, seed=1)
    fitted = fit_lightgbm(frame[train], left[train], inner, 1)
    return float(roc_auc_score(left[test], fitted.pipeline.predict_proba(frame[test])[:, 1]))


@pytest.mark.parametrize("changed", [0, 1, 2])
def test_a_customer_who_is_there_twice_shares_a_fold_with_the_twin(changed: int) -> None:
    found = twins(*twice(*table(ROWS, 10, 50), changed))
    assert found.count == 2 * ROWS
    assert (found.groups[:ROWS] == found.groups[ROWS:]).all()
    assert len(np.unique(found.groups)) == ROWS
    assert found.agreement == 1
    assert found.chance == pytest.approx(0.7, abs=0.05)


def test_what_a_model_remembers_of_twins_is_no_longer_measured() -> None:
    frame, left = twice(*table(ROWS, 10, 50), changed=1)
    assert measured(frame, left, np.arange(len(left))) > 0.7
    assert measured(frame, left, twins(frame, left).groups) < 0.6


def test_customers_who_are_merely_alike_are_no_twins() -> None:
    found = twins(*table(2000, 12, 2))
    assert found.count == 0
    assert found.agreement < 0.8


def test_identical_rows_share_a_fold_even_where_they_are_no_twins() -> None:
    frame, left = table(ROWS, 10, 50)
    found = twins(pl.concat([frame, frame[:5]]), np.append(left, 1 - left[:5]))
    assert found.count == 0
    assert (found.groups[:5] == found.groups[ROWS:]).all()


def test_a_profile_that_many_customers_share_is_no_one_person() -> None:
    frame, left = table(ROWS, 1, 3)
    found = twins(frame, left)
    assert len(np.unique(found.groups)) == ROWS


def test_values_that_are_not_known_are_equal() -> None:
    rows = [None, 1.0, None, 1.0], ["a", None, "a", None]
    frame = pl.DataFrame(dict(zip("ab", rows, strict=True)))
    groups = twins(frame, np.array([0, 1, 0, 1])).groups
    assert groups[0] == groups[2] != groups[1] == groups[3]


@given(
    sizes=st.lists(st.integers(1, 6), min_size=12, max_size=40),
    seed=st.integers(0, 100),
    data=st.data(),
)
def test_every_row_is_tested_once_by_models_that_know_nobody_of_its_group(
    sizes: list[int], seed: int, data: st.DataObject
) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    label = data.draw(st.permutations([place % 2 for place in range(len(sizes))]))
    left = np.array(label)[groups]
    folds = split(left, groups, 3, seed)
    assert sorted(np.concatenate([test for _, test in folds]).tolist()) == [*range(len(left))]
    for train, test in folds:
        assert not {*groups[train]} & {*groups[test]}
        assert {*left[train]} == {*left[test]} == {0, 1}


def test_where_there_are_few_different_customers_rows_are_split_alone() -> None:
    groups, left = np.repeat([0, 1], 10), np.tile([0, 1], 10)
    assert len(split(left, groups, 5, seed=1)) == 5


def test_the_groups_of_a_file_are_found_whatever_the_size_of_its_rows(dataset: Dataset) -> None:
    found = twins(dataset.frame, dataset.left)
    assert (found.count, len(found.groups)) == (0, len(dataset))
