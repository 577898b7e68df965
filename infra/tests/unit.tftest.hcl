mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      email  = "account@example-project.iam.gserviceaccount.com"
      member = "serviceAccount:account@example-project.iam.gserviceaccount.com"
      name   = "projects/example-project/serviceAccounts/account@example-project.iam.gserviceaccount.com"
    }
  }
  mock_resource "google_logging_project_sink" {
    defaults = { writer_identity = "serviceAccount:sink@example.iam.gserviceaccount.com" }
  }
}

variables {
  project_id     = "example-project"
  name           = "predict-churn"
  source_archive = "tests/unit.tftest.hcl" # any file will do
  score_native   = "tests/score_native.sql"
  gemini         = { usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
  gemini_api_key = "canary"
  decisions      = { location = "EU" }
}

run "size_and_limits_by_default" {
  command = plan
  assert {
    condition = (
      google_cloudfunctions2_function.predict.service_config[0].available_cpu == "1"
      && google_cloudfunctions2_function.predict.service_config[0].available_memory == "512Mi"
      && google_cloudfunctions2_function.predict.service_config[0].max_instance_request_concurrency == 80
      && google_cloudfunctions2_function.predict.service_config[0].min_instance_count == 0
      && google_cloudfunctions2_function.predict.service_config[0].max_instance_count == 10
      && google_cloudfunctions2_function.predict.service_config[0].timeout_seconds == 30
      && google_cloudfunctions2_function.predict.build_config[0].runtime == "python313"
    )
    error_message = "Python 3.13, 80 requests on 1 CPU and 512Mi, 0 to 10 instances, 30 seconds."
  }
  assert {
    condition     = google_cloudfunctions2_function.predict.service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB"
    error_message = "The internet does not reach the function."
  }
  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.invoker) == 0
    error_message = "Nobody may call the function until named."
  }
}

run "key_is_named_and_not_given" {
  command = apply
  assert {
    condition = google_cloudfunctions2_function.predict.service_config[0].environment_variables == tomap({
      GEMINI_API_KEY_SECRET = "projects/example-project/secrets/predict-churn-gemini-api-key/versions/latest"
      GEMINI_MODEL          = "gemini-3.5-flash-lite"
      GEMINI_TEXTS          = "live"
      GEMINI_THINKING       = "minimal"
      GOOGLE_CLOUD_PROJECT  = "example-project"
      LOG_EXECUTION_ID      = "true"
    })
    error_message = "The environment names the secret's latest version and nothing of Vertex AI."
  }
  assert {
    condition = (
      length(google_cloudfunctions2_function.predict.service_config[0].secret_environment_variables) == 0
      && length(google_cloudfunctions2_function.predict.service_config[0].secret_volumes) == 0
    )
    error_message = "The code reads the key itself."
  }
  assert {
    condition = (
      google_secret_manager_secret_iam_member.runtime[0].role == "roles/secretmanager.secretAccessor"
      && google_secret_manager_secret_iam_member.runtime[0].secret_id == google_secret_manager_secret.gemini[0].secret_id
      && google_secret_manager_secret_iam_member.runtime[0].member == google_service_account.runtime.member
    )
    error_message = "The running account reads this one secret."
  }
  assert {
    condition     = length(google_project_iam_member.runtime_vertex) == 0
    error_message = "The running account has no role on the project."
  }
  assert {
    condition     = length(google_secret_manager_secret_version.gemini) == 0
    error_message = "Without gemini_api_key_version the key is written by other means."
  }
}

run "key_is_not_in_the_state" {
  command = apply
  variables {
    gemini_api_key_version = "1"
  }
  assert {
    condition     = !strcontains(jsonencode(google_secret_manager_secret_version.gemini[0]), "canary")
    error_message = "The key is in the state of its version."
  }
  assert {
    condition     = !strcontains(jsonencode(google_cloudfunctions2_function.predict), "canary")
    error_message = "The key is in the state of the function."
  }
}

run "vertex_needs_no_key" {
  command = plan
  variables {
    gemini = { mode = "vertex", usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
  }
  assert {
    condition = google_cloudfunctions2_function.predict.service_config[0].environment_variables == tomap({
      GEMINI_MODEL           = "gemini-3.5-flash-lite"
      GEMINI_TEXTS           = "live"
      GEMINI_THINKING        = "minimal"
      GEMINI_VERTEX_LOCATION = "global"
      GEMINI_VERTEX_PROJECT  = "example-project"
      GOOGLE_CLOUD_PROJECT   = "example-project"
      LOG_EXECUTION_ID       = "true"
    })
    error_message = "The environment sends the client to Vertex AI."
  }
  assert {
    condition     = length(google_secret_manager_secret.gemini) == 0 && length(google_secret_manager_secret_iam_member.runtime) == 0
    error_message = "There is no secret in mode vertex."
  }
  assert {
    condition     = google_project_iam_member.runtime_vertex[0].role == "projects/example-project/roles/churnGeminiCaller"
    error_message = "The running account may call Gemini in Vertex AI, and nothing else there."
  }
}

run "archive_is_named_by_its_content" {
  command = plan
  assert {
    condition = (
      google_storage_bucket_object.source.name == "predict-churn/${filesha256("tests/unit.tftest.hcl")}.zip"
    )
    error_message = "A new archive has a new name, else nothing is built."
  }
}

run "views_read_the_log_once_it_is_there" {
  command = plan
  variables {
    views = "tests/views.sql"
  }
  assert {
    condition     = toset(keys(google_bigquery_table.view)) == toset(["churn_costs", "churn_fallbacks"])
    error_message = "Each view of the text is one."
  }
  assert {
    condition = strcontains(
      google_bigquery_table.view["churn_costs"].view[0].query,
      "FROM `example-project.predict_churn_decisions.run_googleapis_com_stdout`\nGROUP BY 1"
    )
    error_message = "It reads the table of Cloud Logging."
  }
}

run "decisions_expire" {
  command = plan
  assert {
    condition = (
      google_bigquery_dataset.decisions.default_partition_expiration_ms == 400 * 86400000
      && google_logging_project_sink.decisions.bigquery_options[0].use_partitioned_tables
    )
    error_message = "The decision log is partitioned, and each partition expires."
  }
}

run "public_is_not_an_invoker" {
  command = plan
  variables {
    invokers = ["allUsers"]
  }
  expect_failures = [var.invokers]
}

run "any_account_of_google_is_not_an_invoker" {
  command = plan
  variables {
    invokers = ["group:callers@example.com", "allAuthenticatedUsers"]
  }
  expect_failures = [var.invokers]
}

run "public_is_not_an_analyst" {
  command = plan
  variables {
    bigquery = { location = "EU", analysts = ["allUsers"] }
  }
  expect_failures = [var.bigquery]
}

run "public_is_not_the_deployer" {
  command = plan
  variables {
    deployer = "allUsers"
  }
  expect_failures = [var.deployer]
}

run "secrets_are_not_environment_variables" {
  command = plan
  variables {
    environment_variables = { GEMINI_API_KEY = "not-a-key" }
  }
  expect_failures = [var.environment_variables]
}

run "a_setting_of_terraform_is_given_in_one_place" {
  command = plan
  variables {
    environment_variables = { GEMINI_MODEL = "gemini-3.8-flash" }
  }
  expect_failures = [var.environment_variables]
}

run "a_file_is_no_decision_log_there" {
  command = plan
  variables {
    environment_variables = { DECISION_LOG = "decisions.ndjson" }
  }
  expect_failures = [var.environment_variables]
}

run "other_settings_are_passed_through" {
  command = plan
  variables {
    environment_variables = { RISK_HIGH_FROM = "0.8" }
  }
  assert {
    condition     = google_cloudfunctions2_function.predict.service_config[0].environment_variables["RISK_HIGH_FROM"] == "0.8"
    error_message = "environment_variables reach the function."
  }
}

run "model_and_thinking_fit_together" {
  command = plan
  variables {
    gemini = { model = "gemini-3.8-flash", usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
  }
  expect_failures = [var.gemini]
}

run "another_model_thinks_as_it_can" {
  command = plan
  variables {
    gemini = { model = "gemini-3.8-flash", thinking = "low", usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
  }
  assert {
    condition     = google_cloudfunctions2_function.predict.service_config[0].environment_variables["GEMINI_THINKING"] == "low"
    error_message = "A pair that the code takes is passed on."
  }
}

run "a_model_that_is_not_listed_thinks_as_you_say" {
  command = plan
  variables {
    gemini = { model = "gemini-4-flash", usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
  }
  assert {
    condition     = google_cloudfunctions2_function.predict.service_config[0].environment_variables["GEMINI_MODEL"] == "gemini-4-flash"
    error_message = "The code takes any pair of a model that it does not know."
  }
}

run "model_was_shut_down" {
  command = plan
  variables {
    gemini = { model = "gemini-2.5-flash", usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
  }
  expect_failures = [var.gemini]
}

run "model_is_a_name" {
  command = plan
  variables {
    gemini = { model = "gpt", usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
  }
  expect_failures = [var.gemini]
}

run "only_approved_texts_are_sent" {
  command = plan
  variables {
    gemini = { texts = "approved", usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
  }
  assert {
    condition     = google_cloudfunctions2_function.predict.service_config[0].environment_variables["GEMINI_TEXTS"] == "approved"
    error_message = "The choice reaches the function."
  }
}

run "texts_are_live_or_approved" {
  command = plan
  variables {
    gemini = { texts = "read", usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
  }
  expect_failures = [var.gemini]
}

run "concurrency_needs_a_cpu" {
  command = plan
  variables {
    function = { cpu = 0.5 }
  }
  expect_failures = [google_cloudfunctions2_function.predict]
}

run "timeout_leaves_a_batch_its_time" {
  command = plan
  variables {
    function = { timeout_seconds = 28 }
  }
  expect_failures = [var.function]
}

run "timeout_may_be_what_a_batch_takes" {
  command = plan
  variables {
    function = { timeout_seconds = 29 }
  }
  assert {
    condition     = google_cloudfunctions2_function.predict.service_config[0].timeout_seconds == 29
    error_message = "29 seconds are enough."
  }
}

run "dataset_is_near_the_function" {
  command = plan
  variables {
    bigquery = { location = "US" }
  }
  expect_failures = [var.bigquery]
}

run "archive_is_there" {
  command = plan
  variables {
    source_archive = "nothing.zip"
  }
  expect_failures = [var.source_archive]
}

run "runtime_is_one_that_is_tested" {
  command = plan
  variables {
    function = { runtime = "python314" }
  }
  expect_failures = [var.function]
}
