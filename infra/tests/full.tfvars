# Everything switched on, in mode api_key. The key is the canary that tests look for.
project_id             = "example-project"
name                   = "predict-churn"
source_archive         = "variables.tf"
score_native           = "tests/score_native.sql"
views                  = "tests/views.sql"
gemini                 = { usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
gemini_api_key         = "canary"
gemini_api_key_version = "1"
key_rotation           = { next_time = "2030-01-01T00:00:00Z" }
decisions              = { location = "EU" }
bigquery               = { location = "EU", analysts = ["group:analysts@example.com"] }
budget                 = { amount = 100, billing_account = "000000-000000-000000" }
alerts                 = { emails = ["operations@example.com"] }
experiment_key_secret  = "experiment-key"
offers                 = "gs://example-offers/offers.toml"
invokers               = ["group:callers@example.com"]
deployer               = "serviceAccount:deployer@example-project.iam.gserviceaccount.com"
deletion_protection    = false
