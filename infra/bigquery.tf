# Remote functions: SQL calls the service through a connection, whose own
# service account is an invoker. BigQuery counts as internal, so the ingress
# stays as it is. Scoring is cheap and goes in large batches; offers may cost a
# model call each and go in small ones.
locals {
  analysts = var.bigquery == null ? toset([]) : var.bigquery.analysts
  routines = var.bigquery == null ? {} : {
    offer = { batch = var.bigquery.offer_batch, answer = "probability, risk, reasons and offer" }
    score = { batch = var.bigquery.score_batch, answer = "probability and risk" }
  }

  # CREATE OR REPLACE FUNCTION name(arguments) AS (body)
  native = var.bigquery == null ? null : regex(
    "(?s)FUNCTION [^(]+\\((?P<arguments>[^)]+)\\) AS \\((?P<body>.*)\\)\\s*$",
    file(var.score_native)
  )
}

resource "google_bigquery_dataset" "functions" {
  #checkov:skip=CKV_GCP_81:The data set holds functions, no data.
  count       = length(var.bigquery[*])
  project     = var.project_id
  dataset_id  = var.bigquery.dataset_id
  location    = var.bigquery.location
  description = "Functions that call the ${var.name} service from SQL"
  depends_on  = [google_project_service.this]
}

resource "google_bigquery_connection" "service" {
  count         = length(var.bigquery[*])
  project       = var.project_id
  location      = var.bigquery.location
  connection_id = var.name
  description   = "Calls the ${var.name} function"
  cloud_resource {}
  depends_on = [google_project_service.this]
}

resource "google_cloud_run_v2_service_iam_member" "bigquery" {
  count    = length(var.bigquery[*])
  project  = var.project_id
  location = var.region
  name     = local.run_service
  role     = "roles/run.invoker"
  member = format(
    "serviceAccount:%s",
    google_bigquery_connection.service[0].cloud_resource[0].service_account_id
  )
  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.predict.id]
  }
}

# One JSON argument, TO_JSON of a row, whose columns have the published names
# of the attributes: remote functions take no STRUCT.
resource "google_bigquery_routine" "this" {
  for_each        = local.routines
  project         = var.project_id
  dataset_id      = google_bigquery_dataset.functions[0].dataset_id
  routine_id      = each.key
  routine_type    = "SCALAR_FUNCTION"
  description     = "The ${each.value.answer} of one customer: ${each.key}(TO_JSON(row))"
  definition_body = ""
  arguments {
    name      = "customer"
    data_type = jsonencode({ typeKind = "JSON" })
  }
  return_type = jsonencode({ typeKind = "JSON" })
  remote_function_options {
    endpoint             = "${local.url}/bigquery"
    connection           = google_bigquery_connection.service[0].name
    max_batching_rows    = tostring(each.value.batch)
    user_defined_context = { mode = each.key }
  }
  depends_on = [google_cloud_run_v2_service_iam_member.bigquery]
}

# The same score and decision as SQL: BigQuery works them out itself, for as many
# customers as there are, and calls nothing.
resource "google_bigquery_routine" "score_native" {
  count           = length(var.bigquery[*])
  project         = var.project_id
  dataset_id      = google_bigquery_dataset.functions[0].dataset_id
  routine_id      = "score_native"
  routine_type    = "SCALAR_FUNCTION"
  language        = "SQL"
  description     = "Probability, reasons and offer of one customer, without a call"
  definition_body = local.native.body
  dynamic "arguments" {
    for_each = [
      for argument in split(", ", local.native.arguments) :
      regex("(?P<name>\\w+)`? (?P<type>\\w+)$", argument)
    ]
    content {
      name      = arguments.value.name
      data_type = jsonencode({ typeKind = arguments.value.type })
    }
  }
}

resource "google_bigquery_connection_iam_member" "analyst" {
  for_each      = local.analysts
  project       = var.project_id
  location      = google_bigquery_connection.service[0].location
  connection_id = google_bigquery_connection.service[0].connection_id
  role          = "roles/bigquery.connectionUser"
  member        = each.value
}

resource "google_bigquery_dataset_iam_member" "analyst" {
  for_each   = local.analysts
  project    = var.project_id
  dataset_id = google_bigquery_dataset.functions[0].dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.value
}
