"""The score of one of many customers, in few words."""

from collections.abc import Sequence

from churn_lib.customer.request import PredictRequest
from churn_lib.score.reasons import Cause
from churn_lib.score.scorecard import Score, risk, scorecard
from churn_lib.settings import settings


def score_row(customer: PredictRequest, *, explained: bool = False) -> dict[str, object]:
    """The part of `/predict`'s answer that is known without an offer, ready for JSON.

    explained: whether the explanation is in it. Raises ArtifactError and SettingsError.
    """
    card = scorecard()
    score = card.score(customer)
    return row_of(customer, score, card.reasons(customer, score) if explained else None)


def row_of(
    customer: PredictRequest, score: Score, causes: Sequence[Cause] | None
) -> dict[str, object]:
    """The same for a score that is known. causes: None leaves the explanation out."""
    answered: dict[str, object] = {}
    if customer.customerID is not None:
        answered["customerID"] = customer.customerID
    answered["churn_probability"] = score.probability
    answered["risk"] = risk(score.probability, settings().score)
    if causes is not None:
        answered.update(scorecard().explanation(customer, score, causes))
    return answered
