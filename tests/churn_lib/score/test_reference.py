"""What training writes of its customers: counts in bins, which serve for any customers later."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import ArtifactError
from churn_lib.score.reference import (
    NOT_KNOWN,
    OTHER,
    REFERENCE,
    REFUSED,
    Distribution,
    load_reference,
    of_numbers,
)
from churn_lib.score.scorecard import MANIFEST
from churn_lib.training.files import as_json

NUMBERS = st.lists(st.none() | st.integers(-50, 50) | st.floats(-1e6, 1e6), min_size=1)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    for name in (REFERENCE, MANIFEST):
        shutil.copy(ARTIFACTS / name, tmp_path)
    return tmp_path


@given(NUMBERS)
def test_each_customer_is_in_one_bin_and_the_same_values_are_in_the_same_bins(
    values: list[float | None],
) -> None:
    found = of_numbers(values)
    assert sum(found.counts.values()) == len(values)
    assert found.like(values) == found
    assert found.like(values[:1]).counts.keys() == found.counts.keys()


def test_numbers_that_differ_are_in_bins_of_a_tenth() -> None:
    found = of_numbers([float(value) for value in np.random.default_rng(1).permutation(1000)])
    assert [*found.counts.values()] == [100] * 10
    assert [*found.counts][:2] == ["below 100", "from 100"]


@pytest.mark.parametrize(("many", "few"), [(0, 7), (7, 0)])
def test_a_value_that_nearly_all_have_is_a_bin_beside_the_others(many: int, few: int) -> None:
    assert sorted(of_numbers([many] * 95 + [few] * 5).counts.values()) == [5, 95]


def test_a_level_that_was_not_there_is_counted_as_another_and_one_not_allowed_apart() -> None:
    before = Distribution(counts={"A": 3, "B": 1})
    found = before.like(["A", "new", None], refused=2)
    assert found.counts == {"A": 1, "B": 0, OTHER: 1, NOT_KNOWN: 1, REFUSED: 2}


def test_the_shipped_reference_is_of_the_shipped_data(shipped: Path) -> None:
    found = load_reference(shipped)
    manifest = json.loads((shipped / MANIFEST).read_bytes())
    assert found.customers == manifest["data"]["rows"]


def test_a_reference_that_is_missing_changed_or_damaged_is_refused(shipped: Path) -> None:
    path = shipped / REFERENCE
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ArtifactError, match="their SHA-256 differ"):
        load_reference(shipped)
    path.unlink()
    with pytest.raises(ArtifactError, match="churn train writes it"):
        load_reference(shipped)
    (shipped / MANIFEST).write_bytes(as_json({"files": []}))
    path.write_bytes(b"{}")
    with pytest.raises(ArtifactError, match="is damaged"):
        load_reference(shipped)
