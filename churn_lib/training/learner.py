"""What every kind of model can do: learn from customers, and tell what it has learnt as terms."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_lib.training.data import Labels

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

Folds = Sequence[tuple[Rows, Rows]]
"""Training and test rows; rows that are identical, or twins, always share a fold."""

Terms = tuple[float, list[dict[str, object]]]
"""The intercept, and terms as `scorecard.json` holds them; neither centred nor rounded."""


class Fitted(Protocol):
    """A model that has learnt. log_loss: the mean out of the inner folds, at its tuning."""

    @property
    def log_loss(self) -> float: ...

    def log_odds(self, frame: pl.DataFrame) -> Floats: ...

    def terms(self) -> Terms: ...


class Learner(Protocol):
    """A kind of model.

    frame: one column per feature; numbers as Float64, levels as text, null for what is not known.
    Everything that can be tuned is tuned by the folds.
    """

    @property
    def name(self) -> str: ...

    def fit(self, frame: pl.DataFrame, left: Labels, folds: Folds, seed: int) -> Fitted: ...
