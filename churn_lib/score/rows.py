"""The score of one of many customers, in few words."""

from churn_lib.customer.request import PredictRequest
from churn_lib.score.scorecard import risk, scorecard
from churn_lib.settings import settings


def score_row(customer: PredictRequest, *, explained: bool = False) -> dict[str, object]:
    """The part of `/predict`'s answer that is known without an offer, ready for JSON.

    explained: whether the explanation is in it. Raises ArtifactError and SettingsError.
    """
    card = scorecard()
    score = card.score(customer)
    answered: dict[str, object] = {}
    if customer.customerID is not None:
        answered["customerID"] = customer.customerID
    answered["churn_probability"] = score.probability
    answered["risk"] = risk(score.probability, settings().score)
    if explained:
        answered.update(card.explanation(customer, card.reasons(customer, score)))
    return answered
