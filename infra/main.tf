provider "google" {
  project        = var.project_id
  region         = var.region
  default_labels = merge({ app = var.name }, var.labels)

  # the budgets API wants a project to count a person's requests against
  user_project_override = true
  billing_project       = var.project_id
}

data "google_project" "this" {
  project_id = var.project_id
}

locals {
  uses_api_key = var.gemini.mode == "api_key"

  services = toset(concat(
    [
      "artifactregistry.googleapis.com",
      "bigquery.googleapis.com",
      "cloudbuild.googleapis.com",
      "cloudfunctions.googleapis.com",
      "iam.googleapis.com",
      "logging.googleapis.com",
      "monitoring.googleapis.com",
      "run.googleapis.com",
      "storage.googleapis.com",
    ],
    local.uses_api_key
    ? ["generativelanguage.googleapis.com", "secretmanager.googleapis.com"]
    : ["aiplatform.googleapis.com"],
    var.experiment_key_secret == null ? [] : ["secretmanager.googleapis.com"],
    local.uses_api_key && var.key_rotation != null ? ["pubsub.googleapis.com"] : [],
    var.bigquery == null ? [] : ["bigqueryconnection.googleapis.com"],
    var.budget == null ? [] : ["billingbudgets.googleapis.com"],
  ))
}

resource "google_project_service" "this" {
  for_each           = local.services
  project            = var.project_id
  service            = each.key
  disable_on_destroy = false
}
