"""Requests to start from: shown in the interface's document, and executed by a test."""

CUSTOMER: dict[str, object] = {
    "gender": "Female",
    "SeniorCitizen": 0,
    "Partner": "Yes",
    "Dependents": "No",
    "tenure": 12,
    "PhoneService": "Yes",
    "MultipleLines": "Yes",
    "InternetService": "Fiber optic",
    "OnlineSecurity": "No",
    "OnlineBackup": "Yes",
    "DeviceProtection": "No",
    "TechSupport": "No",
    "StreamingTV": "Yes",
    "StreamingMovies": "No",
    "Contract": "Month-to-month",
    "PaperlessBilling": "Yes",
    "PaymentMethod": "Electronic check",
    "MonthlyCharges": 89.9,
    "TotalCharges": 1078.8,
}
"""The customer of the README."""

BY_SMS = {
    **CUSTOMER,
    "customerID": "7590-VHVEG",
    "context": {"channel": "sms", "language": "es", "consent": True},
}

BATCH = [CUSTOMER, {**CUSTOMER, "tenure": 60, "TotalCharges": 5394.0}]

LINES = """\
{"churn_probability":0.6516629763545101,"risk":"medium"}
{"churn_probability":0.3577518619769744,"risk":"low"}
{"done":true,"rows":2,"rejected":0}
"""
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
