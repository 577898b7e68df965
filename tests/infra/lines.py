"""Lines of the log as Cloud Logging files them: the JSON that the function prints, with the place
that it came from.
"""

from collections.abc import Mapping
from typing import Any

Line = Mapping[str, Any]

DECISION: Line = {
    "severity": "INFO",
    "message": "decision",
    "event": "decision",
    "route": "/predict",
    "decision_id": "bf8fca13db0e485f90b60abfaff78966",
    "arm": "policy",
    "model_version": "49e6a1496f62",
    "catalogue_version": "1.0.0",
    "probability": 0.65,
    "risk": "medium",
    "channel": "email",
    "language": "en",
    "direction": "outbound",
    "offer": "annual-plan",
    "eligible": ["annual-plan"],
    "propensity": 1.0,
    "written_by": "gemini",
    "fallback_reason": "none",
    "latency_ms": 812.6,
}
FALLBACK: Line = {**DECISION, "written_by": "template", "fallback_reason": "timeout"}
TEMPLATE: Line = {**DECISION, "written_by": "template"}
SCORE: Line = {**DECISION, "offer": "none", "eligible": [], "written_by": "none", "latency_ms": 0.6}
OUTCOME: Line = {
    "severity": "INFO",
    "message": "outcome",
    "event": "outcome",
    "decision_id": "bf8fca13db0e485f90b60abfaff78966",
    "outcome": "accepted",
    "key": "1",
    "occurred_at": "2026-11-22T12:00:00Z",
}
GEMINI_CALL: Line = {
    "severity": "INFO",
    "message": "gemini call",
    "event": "gemini_call",
    "model": "gemini-3.5-flash-lite",
    "result": "ok",
    "input_tokens": 123.0,
    "output_tokens": 45.0,
    "latency_ms": 812.0,
}
AGREED = (DECISION, FALLBACK, TEMPLATE, SCORE, OUTCOME, GEMINI_CALL)


def entry(line: Line, service: str = "predict-churn") -> Line:
    """The entry that Cloud Logging makes of a line that a function prints; some fields leave the
    payload.
    """
    special = ("severity", "logging.googleapis.com/trace", "logging.googleapis.com/spanId")
    return {
        "resource": {
            "type": "cloud_run_revision",
            "labels": {
                "service_name": service,
                "location": "europe-west1",
                "project_id": "example-project",
            },
        },
        "severity": line["severity"],
        "jsonPayload": {name: value for name, value in line.items() if name not in special},
    }
