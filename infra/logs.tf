# The lines that churn_lib/log.py writes, as Cloud Logging files them.
# tests/infra feeds real ones through these filters and extractors.
locals {
  log_filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=\"${var.name}\"",
    "resource.labels.location=\"${var.region}\"",
  ])

  # underscores only, so that PromQL takes the names of the metrics as they are
  metric_prefix = replace(var.name, "-", "_")

  tokens = {
    input_tokens  = "what it was asked"
    output_tokens = "what it wrote, thoughts included"
  }
}

resource "google_bigquery_dataset" "decisions" {
  #checkov:skip=CKV_GCP_81:Google's own keys encrypt the log; the data set holds no names or addresses.
  project                         = var.project_id
  dataset_id                      = "${local.metric_prefix}_decisions"
  location                        = var.decisions.location
  description                     = "Decisions of the ${var.name} service and what became of them"
  default_partition_expiration_ms = var.decisions.retention_days * 24 * 60 * 60 * 1000
  depends_on                      = [google_project_service.this]
}

# Cloud Logging makes the table at the first line, and a partition for each
# day; it is not declared here, since it does not exist before.
resource "google_logging_project_sink" "decisions" {
  project                = var.project_id
  name                   = "${var.name}-decisions"
  description            = "Decisions of the ${var.name} service and what became of them"
  destination            = "bigquery.googleapis.com/${google_bigquery_dataset.decisions.id}"
  filter                 = "${local.log_filter} AND (jsonPayload.event=\"decision\" OR jsonPayload.event=\"outcome\")"
  unique_writer_identity = true
  bigquery_options {
    use_partitioned_tables = true
  }
}

resource "google_bigquery_dataset_iam_member" "sink" {
  project    = var.project_id
  dataset_id = google_bigquery_dataset.decisions.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_logging_project_sink.decisions.writer_identity
}

# What `make views` wrote: evidence, fallbacks, costs and drift over the log. A
# view needs its table, which is there once the first line is.
locals {
  log_table = join(".", [
    var.project_id, google_bigquery_dataset.decisions.dataset_id, "run_googleapis_com_stdout"
  ])
  views = var.views == null ? {} : {
    for view in regexall("(?s)CREATE OR REPLACE VIEW (\\w+) AS\n(.*?);\n", file(var.views)) :
    view[0] => replace(view[1], "`decision_log`", "`${local.log_table}`")
  }
}

resource "google_bigquery_table" "view" {
  #checkov:skip=CKV_GCP_80:A view holds no data of its own to encrypt.
  #checkov:skip=CKV_GCP_121:A view holds no data of its own to lose.
  for_each            = local.views
  project             = var.project_id
  dataset_id          = google_bigquery_dataset.decisions.dataset_id
  table_id            = each.key
  description         = "Over the decision log of the ${var.name} service; written by churn views"
  deletion_protection = false
  view {
    query          = each.value
    use_legacy_sql = false
  }
}

resource "google_logging_metric" "decisions" {
  project     = var.project_id
  name        = "${local.metric_prefix}_decisions"
  description = "Decisions, by risk and by who wrote the text"
  filter      = "${local.log_filter} AND jsonPayload.event=\"decision\""
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
    labels {
      key         = "fallback_reason"
      value_type  = "STRING"
      description = "why a template took the place of Gemini's text, or none"
    }
    labels {
      key         = "risk"
      value_type  = "STRING"
      description = "low, medium or high"
    }
    labels {
      key         = "route"
      value_type  = "STRING"
      description = "/predict, /predict/batch or /bigquery"
    }
    labels {
      key         = "written_by"
      value_type  = "STRING"
      description = "approved, gemini, template or none"
    }
  }
  label_extractors = {
    fallback_reason = "EXTRACT(jsonPayload.fallback_reason)"
    risk            = "EXTRACT(jsonPayload.risk)"
    route           = "EXTRACT(jsonPayload.route)"
    written_by      = "EXTRACT(jsonPayload.written_by)"
  }
  depends_on = [google_project_service.this]
}

# The texts that Gemini was to write. The ratio of those it did not write needs
# them in one metric: PromQL takes the sum with an absent series for absent.
resource "google_logging_metric" "texts" {
  project     = var.project_id
  name        = "${local.metric_prefix}_texts"
  description = "Texts that Gemini was to write, by the reason why it did not"
  filter = join(" AND ", [
    local.log_filter,
    "jsonPayload.event=\"decision\"",
    "(jsonPayload.written_by=\"gemini\" OR jsonPayload.fallback_reason!=\"none\")",
  ])
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
    labels {
      key         = "fallback_reason"
      value_type  = "STRING"
      description = "none when Gemini wrote the text"
    }
  }
  label_extractors = {
    fallback_reason = "EXTRACT(jsonPayload.fallback_reason)"
  }
  depends_on = [google_project_service.this]
}

resource "google_logging_metric" "tokens" {
  for_each        = local.tokens
  project         = var.project_id
  name            = "${local.metric_prefix}_${each.key}"
  description     = "Tokens of each Gemini call: ${each.value}"
  filter          = "${local.log_filter} AND jsonPayload.event=\"gemini_call\""
  value_extractor = "EXTRACT(jsonPayload.${each.key})"
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "1"
    labels {
      key         = "result"
      value_type  = "STRING"
      description = "ok, or why there is no text"
    }
  }
  label_extractors = {
    result = "EXTRACT(jsonPayload.result)"
  }
  bucket_options {
    exponential_buckets {
      num_finite_buckets = 16
      growth_factor      = 2
      scale              = 1
    }
  }
  depends_on = [google_project_service.this]
}
