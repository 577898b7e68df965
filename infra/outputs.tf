locals {
  # the README's customer, on one line
  example = jsonencode(jsondecode(file("${path.module}/../tests/data/customer.json")))
}

output "bq_query" {
  description = "Command that scores one customer in SQL; null without var.bigquery."
  value = length(google_bigquery_routine.this) == 0 ? null : format(
    "bq query --project_id=%s --location=%s --use_legacy_sql=false \"SELECT %s.score(JSON '%s')\"",
    var.project_id,
    var.bigquery.location,
    google_bigquery_routine.this["score"].dataset_id,
    replace(local.example, "\"", "\\\""),
  )
}

output "curl" {
  description = "Command that asks for one customer, as yourself, from where var.ingress_settings lets you in."
  value = join(" ", [
    "curl -s '${local.url}/predict'",
    "-H \"Authorization: Bearer $(gcloud auth print-identity-token)\"",
    "-H 'Content-Type: application/json'",
    "-d '${local.example}'",
  ])
}

output "decision_dataset" {
  description = "Data set of the decision log."
  value       = google_bigquery_dataset.decisions.id
}

output "ingress_settings" {
  description = "Networks that reach the function."
  value       = google_cloudfunctions2_function.predict.service_config[0].ingress_settings
}

output "secret" {
  description = "Secret that holds the Gemini key; null in mode vertex."
  value       = one(google_secret_manager_secret.gemini[*].id)
}

output "service_accounts" {
  description = "Accounts that build and run the function."
  value = {
    build   = google_service_account.build.email
    runtime = google_service_account.runtime.email
  }
}

output "source_object" {
  description = "Archive that the function was built from."
  value       = google_storage_bucket_object.source.name
}

output "url" {
  description = "Address of the function, and the audience of a caller's token."
  value       = local.url
}
