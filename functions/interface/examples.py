"""Requests to start from: shown in the interface's document, and executed by a test."""

from collections.abc import Iterator

from pydantic_core import to_json

from churn_lib.customer.model import NOTES, RANGES, SCHEMA
from churn_lib.customer.request import PredictRequest
from churn_lib.customer.shown import shown_customer
from churn_lib.errors import ArtifactError, SettingsError
from churn_lib.score.rows import score_row

CUSTOMER = shown_customer()
"""The customer of the README."""

BY_SMS = {
    **CUSTOMER,
    "customerID": "7590-VHVEG",
    "context": {"channel": "sms", "language": "es", "consent": True},
}

LONGER = 5
"""So many times as long the other customer has been one."""


def _loyal() -> dict[str, object]:
    """The customer after a long time."""
    role = SCHEMA.tenure or ""
    grown = {role} | {name for name in RANGES if (made := NOTES[name].made) and role in made.parts}
    return {**CUSTOMER, **{name: _times(CUSTOMER[name], name) for name in grown & CUSTOMER.keys()}}


def _times(value: object, name: str) -> object:
    longer = value * LONGER if isinstance(value, int | float) else value
    return longer if isinstance(longer, int | float) and longer <= NOTES[name].high else value


BATCH = [CUSTOMER, _loyal()]


def _lines() -> Iterator[bytes]:
    for customer in BATCH:
        try:
            yield to_json(score_row(PredictRequest.model_validate(customer)))
        except (ArtifactError, SettingsError):
            return  # without a score the document still tells how to ask for one
    yield to_json({"done": True, "rows": len(BATCH), "rejected": 0})


LINES = "".join(line.decode() + "\n" for line in _lines())
"""What these two are answered."""

CALLS = {
    "requestId": "124ab1c",
    "caller": "//bigquery.googleapis.com/projects/my-project/jobs/my-job",
    "userDefinedContext": {"mode": "score"},
    "calls": [[CUSTOMER]],
}

OUTCOME = {
    "decision_id": "bf8fca13db0e485f90b60abfaff78966",
    "outcome": "accepted",
    "occurred_at": "2026-11-22T14:00:00Z",
}
