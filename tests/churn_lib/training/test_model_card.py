"""What people read of a training."""

import numpy as np
import polars as pl
import pytest

from churn_lib.customer.model import NOTES
from churn_lib.training.boosting import DepthTwo
from churn_lib.training.compile import compile_card
from churn_lib.training.data import Dataset
from churn_lib.training.evaluate import Estimate, Result
from churn_lib.training.files import MODEL_CARD
from churn_lib.training.folds import Twins, split
from churn_lib.training.gap import SHORT, gap
from churn_lib.training.made import bands
from churn_lib.training.model import Model
from churn_lib.training.model_card import model_card, twins_warning
from churn_lib.training.ratios import Ratio, with_ratios
from churn_lib.training.shapes import shapes
from tests.churn_lib.training.conftest import Trained

RATIO = Ratio("TotalCharges_per_MonthlyCharges", ("TotalCharges", "MonthlyCharges"))


def result(name: str, auc: float, log_loss: float) -> Result:
    metrics = {"AUC": Estimate(auc, 0.01), "log loss": Estimate(log_loss, 0.01)}
    return Result(name, "", metrics)


def test_the_gap_to_boosting_stands_first_and_in_both_figures(trained: Trained) -> None:
    text = (trained.folder / MODEL_CARD).read_text("utf-8")
    first = text.split("## ")[1]
    assert first.startswith("How good it is\n\n* AUC 0.")
    assert ", LightGBM 0." in first
    assert "* Log loss 0." in first


@pytest.mark.parametrize(
    ("auc", "log_loss", "short"),
    [
        (0.850, 0.400, False),
        (0.846, 0.409, False),
        (0.844, 0.400, True),
        (0.850, 0.411, True),
    ],
)
def test_a_score_that_is_far_behind_boosting_says_so_and_who_decides(
    auc: float, log_loss: float, short: bool
) -> None:
    told = [*gap(result("churn score", auc, log_loss), result("LightGBM", 0.85, 0.4))]
    assert told[0] == f"AUC {auc:.4f}, LightGBM 0.8500: {round(auc - 0.85, 4) + 0.0:+.4f}"
    assert (SHORT in told) is short


def test_a_gap_that_is_not_known_is_not_told_as_none() -> None:
    [told] = gap(result("churn score", 0.8, 0.4), Result("LightGBM", "", {}))
    assert told == "LightGBM is not installed, and so nothing is known of the gap to it."


def test_every_attribute_has_its_shape_and_what_is_left_out_its_reason(trained: Trained) -> None:
    text = (trained.folder / MODEL_CARD).read_text("utf-8")
    for note in NOTES.values():
        assert f"* {note.label}: protected" in text if note.protected else f"### {note.label}\n"
    assert "| Month-to-month | +" in text
    assert "600 customers, of whom" in text
    assert trained.dataset.sha256 in text


def test_the_same_training_has_the_same_card(trained: Trained) -> None:
    text = (trained.folder / MODEL_CARD).read_text("utf-8")
    assert model_card(trained.report.learnt) == text


def test_twins_are_told_with_their_number_and_else_nothing_is(trained: Trained) -> None:
    groups = np.zeros(3, dtype=np.int64)
    assert not twins_warning(Twins(0, groups, 0.7, 0.7))
    many = Twins(1234, groups, 0.998, 0.732)
    assert "1,234 rows have a twin" in twins_warning(many)
    assert "99.8%; by chance 73.2%" in twins_warning(many)
    assert "1,234 rows have a twin" in model_card(trained.report.learnt._replace(twins=many))


def test_tables_and_steps_are_told_by_their_cells(dataset: Dataset) -> None:
    folds = split(dataset.left, np.arange(len(dataset)), 3, seed=1)
    frame = with_ratios(dataset.frame, [RATIO])
    model = Model(DepthTwo().fit(frame, dataset.left, folds, 1), (RATIO,))
    lines = [*shapes(compile_card(model, dataset.frame), dataset.frame)]
    headings = [line for line in lines if line.startswith("### ")]
    assert any(" and " in heading for heading in headings)
    assert any(line.endswith("| customers | log-odds |") for line in lines)
    assert any(line.startswith("to ") and "; above " in line for line in lines)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8, 9], {1: "bottom third", 4: "middle third", 6: "top third"}),
        ([0, 0, 0, 0, 0, 5, 6, 7, 8], {0: "lower part", 5: "upper part"}),
        ([3, 3, 3, 3], {3: "usual range"}),
        ([], {0: "usual range"}),
    ],
)
def test_a_ratio_is_said_in_words_by_thirds_that_are_not_empty(
    numbers: list[float], expected: dict[float, str]
) -> None:
    found = bands("Calls per day", pl.Series(numbers, dtype=pl.Float64))
    phrases = [f"has calls per day in the {third}" for third in expected.values()]
    assert [text for _, text in found] == phrases
    assert found[0][0] == next(iter(expected))
