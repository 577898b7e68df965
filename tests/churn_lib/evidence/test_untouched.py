"""A right score looks broken where offers work; by untouched customers it is seen to be right."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from churn_lib.errors import DataError
from churn_lib.evidence.table import Floats
from churn_lib.evidence.truth import Calibration
from churn_lib.evidence.untouched import quality, recalibration, scores, untouched, weighted_auc
from churn_lib.evidence.world import calibrated
from tests.churn_lib.evidence.drawn import RIGHT

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LATER = date(2026, 9, 1)
HOLDOUT, TRIGGER, SAVES = 0.2, 0.4, 0.6
EVENT = pl.lit("decision").alias("event")


class Log(NamedTuple):
    """Its files, and what is true: who would leave untouched, and who left."""

    decisions: Path
    outcomes: Path
    score: Floats
    would_leave: Floats
    left: Floats


def log(folder: Path, calibration: Calibration = RIGHT, holdout: float = HOLDOUT) -> Log:
    """Customers are asked about twice, a month apart; an offer saves most of those who get one."""
    rng, n = np.random.default_rng(6), 20_000
    score = rng.beta(1.5, 3, n)
    held, triggered = rng.random(n) < holdout, score > TRIGGER
    would = rng.random(n) < calibrated(score, calibration)
    left = would & ~(triggered & ~held & (rng.random(n) < SAVES))
    first = pl.DataFrame(
        {
            "time": [BEGIN] * n,
            "decision_id": [f"{row:032x}" for row in range(n)],
            "unit": [f"a{row:031x}" for row in range(n)],
            "probability": score,
            "arm": np.where(held, "holdout", "policy"),
            "offer": np.where(triggered & ~held, "annual-plan", "none"),
            "would_offer": np.where(triggered, "annual-plan", "none"),
            "propensity": np.where(~triggered, 1.0, np.where(held, holdout, 1 - holdout)),
        }
    ).with_columns(EVENT, experiment=pl.lit("a-trial"))
    second = first.with_columns(
        time=pl.lit(BEGIN + timedelta(days=30)),
        decision_id=pl.lit("b") + pl.col("decision_id").str.slice(1),
        probability=pl.lit(0.5),
    )
    files = folder / "decisions.ndjson", folder / "outcomes.ndjson"
    pl.concat([second, first]).write_ndjson(files[0])
    gone = [f"{row:032x}" for row in np.flatnonzero(left)]
    told = pl.DataFrame({"decision_id": gone}).with_columns(
        event=pl.lit("outcome"), outcome=pl.lit("left"), occurred_at=pl.lit("2026-02-10T00:00:00Z")
    )
    told.write_ndjson(files[1])
    return Log(*files, score, would.astype(float), left.astype(float))


def test_a_right_score_is_seen_to_be_right_where_offers_have_broken_it(tmp_path: Path) -> None:
    known = log(tmp_path)
    found = quality(untouched([known.decisions], [known.outcomes], as_of=LATER))
    assert found is not None
    assert found.auc is not None
    assert (found.a.low < 0 < found.a.high, found.b.low < 1 < found.b.high) == (True, True)
    assert not found.is_off
    assert found.auc.low < roc_auc_score(known.would_leave, known.score) < found.auc.high
    naive = recalibration(known.score, known.left)
    assert naive[2] < 1e-6
    assert roc_auc_score(known.left, known.score) < found.auc.low


def test_a_score_that_is_off_is_told_with_how_far(tmp_path: Path) -> None:
    known = log(tmp_path, Calibration(a=-0.3, b=0.8))
    found = quality(untouched([known.decisions], [known.outcomes], as_of=LATER))
    assert found is not None
    assert found.is_off
    assert found.a.low < -0.3 < found.a.high
    assert found.b.low < 0.8 < found.b.high


def test_without_a_holdout_the_likeliest_leavers_are_missing_and_no_auc_is_told(
    tmp_path: Path,
) -> None:
    known = log(tmp_path, holdout=0)
    found = quality(untouched([known.decisions], [known.outcomes], as_of=LATER))
    assert found is not None
    assert (found.held, found.auc) == (0, None)
    assert not found.is_off


def test_before_their_days_are_over_nobody_is_counted(tmp_path: Path) -> None:
    known = log(tmp_path)
    early = untouched([known.decisions], [known.outcomes], as_of=date(2026, 3, 1))
    assert len(early.score) == 0
    assert quality(early) is None


def test_the_score_of_each_customer_counts_once_by_the_first_decision(tmp_path: Path) -> None:
    known = log(tmp_path)
    found = scores([known.decisions])
    assert sorted(found) == pytest.approx(sorted(known.score))


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cut.ndjson"
    file.write_text('{"event": "decision", "deci')
    with pytest.raises(DataError, match="can't be read as logs"):
        scores([file])


def test_equal_weights_give_the_auc_of_scikit_learn() -> None:
    rng = np.random.default_rng(7)
    score = rng.integers(0, 20, 500) / 20
    left = (rng.random(500) < score).astype(float)
    weight = rng.integers(1, 4, 500).astype(float)
    for given in (np.ones(500), weight):
        theirs = roc_auc_score(left, score, sample_weight=given)
        assert weighted_auc(score, left, given).value == pytest.approx(theirs)
