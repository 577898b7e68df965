locals {
  # Settings that environment_variables may not hold. What is set here:
  own_settings = [
    "EXPERIMENT_KEY_SECRET",
    "GEMINI_API_KEY_SECRET",
    "GEMINI_MODEL",
    "GEMINI_TEXTS",
    "GEMINI_THINKING",
    "GEMINI_VERTEX_LOCATION",
    "GEMINI_VERTEX_PROJECT",
    "GOOGLE_CLOUD_PROJECT",
    "OFFERS",
  ]
  # What only helps on one machine: a file would fill the memory and end with
  # its instance, and a key would be read by all who see the function.
  local_settings = [
    "DECISION_LOG",
    "EXPERIMENT_KEY",
    "EXPERIMENT_KEY_FILE",
    "GEMINI_API_KEY",
    "GEMINI_API_KEY_FILE",
    "SECRET_MANAGER_ENDPOINT",
    "STORAGE_ENDPOINT",
  ]

  # the role that infra/bootstrap makes
  gemini_caller = "projects/${var.project_id}/roles/churnGeminiCaller"

  # Cloud Run service that the function runs on: the last part of its full name
  run_service = basename(google_cloudfunctions2_function.predict.service_config[0].service)
  url         = google_cloudfunctions2_function.predict.service_config[0].uri

  # The code reads the key itself, through the Secret Manager API, so it is
  # told where the key is and never what it is.
  gemini_environment = local.uses_api_key ? {
    GEMINI_API_KEY_SECRET = format(
      "projects/%s/secrets/%s/versions/latest",
      google_secret_manager_secret.gemini[0].project, google_secret_manager_secret.gemini[0].secret_id
    )
    } : {
    GEMINI_VERTEX_PROJECT  = var.project_id
    GEMINI_VERTEX_LOCATION = var.gemini.location
  }
  experiment_environment = var.experiment_key_secret == null ? {} : {
    EXPERIMENT_KEY_SECRET = "projects/${var.project_id}/secrets/${var.experiment_key_secret}/versions/latest"
  }
  offers_environment = var.offers == null ? {} : {
    OFFERS = var.offers
  }
}

resource "google_service_account" "runtime" {
  project      = var.project_id
  account_id   = "${var.name}-run"
  display_name = "Runs the ${var.name} function"
  depends_on   = [google_project_service.this]
}

# Whoever deploys makes the function run as this account.
resource "google_service_account_iam_member" "runtime_deployer" {
  count              = length(var.deployer[*])
  service_account_id = google_service_account.runtime.name
  role               = "roles/iam.serviceAccountUser"
  member             = var.deployer
}

resource "google_project_iam_member" "runtime_vertex" {
  count   = local.uses_api_key ? 0 : 1
  project = var.project_id
  role    = local.gemini_caller
  member  = google_service_account.runtime.member
}

# An ASGI function has one event loop and no threads: THREADS is not read, and
# one instance takes as many requests as max_instance_request_concurrency says.
resource "google_cloudfunctions2_function" "predict" {
  project     = var.project_id
  location    = var.region
  name        = var.name
  description = "Scores the churn of customers and words retention offers"
  build_config {
    runtime           = var.function.runtime
    entry_point       = "predict"
    service_account   = google_service_account.build.id
    docker_repository = google_artifact_registry_repository.images.id
    automatic_update_policy {}
    source {
      storage_source {
        bucket = google_storage_bucket_object.source.bucket
        object = google_storage_bucket_object.source.name
      }
    }
  }
  service_config {
    available_cpu                    = tostring(var.function.cpu)
    available_memory                 = var.function.memory
    max_instance_request_concurrency = var.function.concurrency
    min_instance_count               = var.function.min_instances
    max_instance_count               = var.function.max_instances
    timeout_seconds                  = var.function.timeout_seconds
    ingress_settings                 = var.ingress_settings
    all_traffic_on_latest_revision   = true
    service_account_email            = google_service_account.runtime.email
    environment_variables = merge(
      {
        GEMINI_MODEL    = var.gemini.model
        GEMINI_TEXTS    = var.gemini.texts
        GEMINI_THINKING = var.gemini.thinking
        # functions of the second generation are not told their project, and a
        # line of the log names its trace by it
        GOOGLE_CLOUD_PROJECT = var.project_id
        # the platform adds it: left out, every plan would take it away again
        LOG_EXECUTION_ID = "true"
      },
      local.gemini_environment,
      local.experiment_environment,
      local.offers_environment,
      var.environment_variables,
    )
  }
  lifecycle {
    precondition {
      condition     = var.function.concurrency == 1 || var.function.cpu >= 1
      error_message = "Several requests at a time need a whole CPU."
    }
  }
  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.build_logs,
    google_project_iam_member.build_source,
    google_project_iam_member.runtime_vertex,
    google_secret_manager_secret_iam_member.experiment,
    google_secret_manager_secret_iam_member.runtime,
    google_secret_manager_secret_version.gemini,
    google_service_account_iam_member.build_deployer,
    google_service_account_iam_member.runtime_deployer,
    google_storage_bucket_iam_member.offers,
  ]
}

# Who may call the function is who may invoke its Cloud Run service.
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = var.invokers
  project  = var.project_id
  location = var.region
  name     = local.run_service
  role     = "roles/run.invoker"
  member   = each.value
  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.predict.id]
  }
}
