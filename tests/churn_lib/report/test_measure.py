"""What is measured: each figure against a value worked out otherwise, and every canary alive."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from churn_lib.errors import ArtifactError
from churn_lib.report.added import features_of
from churn_lib.report.canaries import canaries, chance_error
from churn_lib.report.curves import calibration, curves
from churn_lib.report.evaluation import Leak
from churn_lib.report.expected import REPORT, Expected, load, made_of
from churn_lib.report.groups import auc_of
from churn_lib.report.money import MOST_CUSTOMERS
from churn_lib.training.evaluate import Estimate, Result
from churn_lib.training.folds import split
from tests.churn_lib.report.conftest import Measured

RNG = np.random.default_rng(5)
PROBABILITIES = RNG.random(2000)
LEFT = (RNG.random(2000) < PROBABILITIES).astype(np.int64)
LEAK = Leak(leaked=0.95, honest=0.8)


def results(auc: float) -> list[Result]:
    metrics = [{"AUC": Estimate(one, 0.01)} for one in (auc, 0.85)]
    return [
        Result("score", "", metrics[0]),
        Result("rival", "", metrics[1]),
        Result("none", "", {}),
    ]


def test_the_area_under_the_curve_and_its_variance_are_delongs() -> None:
    auc, variance = auc_of(LEFT, PROBABILITIES)
    assert auc == pytest.approx(roc_auc_score(LEFT, PROBABILITIES))
    rows = RNG.integers(0, 2000, (400, 2000))
    drawn = [auc_of(LEFT[one], PROBABILITIES[one])[0] for one in rows]
    assert variance**0.5 == pytest.approx(np.std(drawn), rel=0.15)


def test_where_nothing_can_be_learnt_the_area_varies_as_it_is_said_to() -> None:
    drawn = [roc_auc_score(LEFT[:300], RNG.random(300)) for _ in range(400)]
    assert np.std(drawn) == pytest.approx(chance_error(LEFT[:300]), rel=0.15)


def test_curves_begin_and_end_where_they_must_and_hold_the_area() -> None:
    found = curves(LEFT, PROBABILITIES)
    assert (found.roc[-1], found.gains[0], found.gains[-1]) == ((1, 1), (0, 0), (1, 1))
    area = np.trapezoid([y for _, y in found.roc], [x for x, _ in found.roc])
    assert area == pytest.approx(roc_auc_score(LEFT, PROBABILITIES), abs=0.01)


def test_true_probabilities_have_no_error_left_and_wrong_ones_do() -> None:
    right, wrong = calibration(LEFT, PROBABILITIES, 1), calibration(LEFT, PROBABILITIES**2, 1)
    assert right.error < right.highest_by_chance
    assert right.corrected < 0.01
    assert wrong.corrected > 0.1
    assert sum(one.low <= one.predicted <= one.high for one in right.bins) >= 8


@pytest.mark.parametrize(
    ("auc", "by_chance", "failed"),
    [
        (0.85, 0.51, []),
        (0.88, 0.51, ["not above", "0.02 above"]),
        (0.96, 0.51, ["not above", "0.02 above", "a forest"]),
        (0.85, 0.60, ["Shuffled"]),
    ],
)
def test_what_is_too_good_to_be_true_fails(auc: float, by_chance: float, failed: list[str]) -> None:
    found = [*canaries(results(auc), by_chance, 0.01, LEAK, 0.87)]
    assert len(found) == 4
    names = [one.name for one in found if not one.holds]
    assert len(names) == len(failed)
    assert all(words in name for words, name in zip(failed, names, strict=True))


def test_the_canaries_are_alive_on_honest_customers(made: Measured) -> None:
    told = made.evaluation
    assert all(one.holds for one in told.canaries)
    assert told.leak.leaked > told.leak.honest + 0.05


def test_the_faults_of_the_file_are_counted(made: Measured) -> None:
    data = made.evaluation.data
    new = made.file.read_text("utf-8").count(", ,")
    assert (data.customers, data.blank) == (400, {"TotalCharges": new})
    assert data.unknown == {}


def test_groups_have_every_figure_with_its_interval(made: Measured) -> None:
    groups = made.evaluation.groups
    by_attribute: dict[str, int] = {}
    for one in groups:
        by_attribute[one.attribute] = by_attribute.get(one.attribute, 0) + one.customers
        for figure in one.figures.values():
            assert figure.low <= figure.value <= figure.high
            assert 0 <= figure.p <= 1
    assert set(by_attribute.values()) == {400}
    assert [one.added for one in made.evaluation.protected][:-1] == [*by_attribute]
    assert {"AUC", "calibration", "offer rate"} <= {*groups[0].figures}


def test_profit_ends_the_same_in_whatever_order_and_the_policy_is_worth_its_contacts(
    made: Measured,
) -> None:
    money = made.evaluation.money
    assert money
    assert money.customers == 400 <= MOST_CUSTOMERS
    assert money.by_value[-1] == pytest.approx(money.by_risk[-1])
    assert money.by_value[0] == (0, 0)
    highest = max(profit for _, profit in money.assumed)
    assert money.expected == pytest.approx(highest, rel=0.02)


def test_a_column_that_tells_more_is_seen_and_one_that_does_not_is_not() -> None:
    frame = pl.DataFrame({"more": LEFT + RNG.normal(0, 0.5, 2000), "noise": RNG.random(2000)})
    expected = Expected(features={"good": "more * 2", "flag": "more > 0.5", "bad": "noise"})
    folds = split(LEFT, np.arange(2000), 5, 1)
    found = features_of(made_of(expected, frame), LEFT, PROBABILITIES, folds)
    good, flag, bad = (one.log_loss.mean for one in found)
    assert good < flag < -0.05
    assert abs(bad) < 0.003


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("highest_auc = 2", "highest_auc"),
        ("highest = 0.9", "highest"),
        ("[features]\nx = 1", "features.x"),
        ("highest_auc =", "not valid TOML"),
    ],
)
def test_a_faulty_file_of_expectations_is_refused_by_its_field(
    text: str, told: str, tmp_path: Path
) -> None:
    assert load(tmp_path) == Expected()
    (tmp_path / REPORT).write_text(text)
    with pytest.raises(ArtifactError, match=told):
        load(tmp_path)


@pytest.mark.parametrize("text", ["no_such_column > 1", "more >", "'word'"])
def test_an_expression_that_says_nothing_is_refused_by_its_name(text: str) -> None:
    frame = pl.DataFrame({"more": [1.0, 2.0]})
    with pytest.raises(ArtifactError, match=r"report\.toml: features\.mine"):
        made_of(Expected(features={"mine": text}), frame)
