"""How far a scorecard is from the pipeline that it is compiled from."""

from collections.abc import Sequence

import numpy as np

from churn_lib.customer.model import Customer
from churn_lib.score.scorecard import Scorecard
from churn_lib.training.data import frame_of
from churn_lib.training.evaluate import Classifier


def largest_difference(
    scorecard: Scorecard, pipeline: Classifier, customers: Sequence[Customer]
) -> float:
    """The largest distance between the probabilities that the two give to the same customers."""
    found = [scorecard.score(customer).probability for customer in customers]
    theirs = pipeline.predict_proba(frame_of(customers))[:, 1]
    return float(np.abs(theirs - np.array(found)).max())
