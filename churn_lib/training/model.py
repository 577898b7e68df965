"""The trained model: from a frame of customers to probabilities."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import expit

from churn_lib.training.learner import Fitted, Floats
from churn_lib.training.ratios import Ratio, with_ratios


@dataclass(frozen=True, slots=True)
class Model:
    """What has learnt, and the ratios that it is given beside the attributes."""

    fitted: Fitted
    ratios: tuple[Ratio, ...] = ()

    def log_odds(self, frame: pl.DataFrame) -> Floats:
        return self.fitted.log_odds(with_ratios(frame, self.ratios))

    def predict_proba(self, frame: pl.DataFrame) -> Floats:
        """The probabilities of staying and of leaving, as those of scikit-learn's classifiers."""
        left = expit(self.log_odds(frame))
        return np.stack([1 - left, left], axis=1)


def numbers(frame: pl.DataFrame) -> list[str]:
    return [column.name for column in frame if column.dtype == pl.Float64]
