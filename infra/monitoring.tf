locals {
  notification_channels = concat(
    var.alerts.notification_channels,
    [for channel in google_monitoring_notification_channel.email : channel.id],
  )

  # Time series, each narrowed to this service.
  of_service = "monitored_resource=\"cloud_run_revision\",service_name=\"${var.name}\""
  user       = "logging_googleapis_com:user"
  series = {
    calls         = "${local.user}_${google_logging_metric.tokens["output_tokens"].name}_count{${local.of_service}}"
    decisions     = "${local.user}_${google_logging_metric.decisions.name}{${local.of_service}}"
    errors        = "run_googleapis_com:request_count{${local.of_service},response_code_class=\"5xx\"}"
    fallbacks     = "${local.user}_${google_logging_metric.texts.name}{${local.of_service},fallback_reason!=\"none\"}"
    input_tokens  = "${local.user}_${google_logging_metric.tokens["input_tokens"].name}_sum{${local.of_service}}"
    latency       = "run_googleapis_com:request_latencies_bucket{${local.of_service}}"
    output_tokens = "${local.user}_${google_logging_metric.tokens["output_tokens"].name}_sum{${local.of_service}}"
    requests      = "run_googleapis_com:request_count{${local.of_service}}"
    texts         = "${local.user}_${google_logging_metric.texts.name}{${local.of_service}}"
  }

  # USD in the hour before
  spend = join(" + ", [
    "sum(increase(${local.series.input_tokens}[1h])) * ${var.gemini.usd_per_million_input_tokens / 1000000}",
    "sum(increase(${local.series.output_tokens}[1h])) * ${var.gemini.usd_per_million_output_tokens / 1000000}",
  ])

  # A ratio of fewer than 10 in the window says nothing.
  alerts = {
    error_ratio = {
      severity = "CRITICAL"
      title    = "more than ${var.alerts.error_ratio * 100} % of the requests fail"
      query = join("", [
        "sum(rate(${local.series.errors}[10m])) / sum(rate(${local.series.requests}[10m])) > ${var.alerts.error_ratio}",
        " and sum(increase(${local.series.requests}[10m])) >= 10",
      ])
      advice = "Answers of class 5xx. Read the log of the newest revision first; infra/README.md says how to roll back."
    }
    fallback_ratio = {
      severity = "WARNING"
      title    = "more than ${var.alerts.fallback_ratio * 100} % of the texts are templates instead of Gemini's"
      query = join("", [
        "sum(rate(${local.series.fallbacks}[15m])) / sum(rate(${local.series.texts}[15m])) > ${var.alerts.fallback_ratio}",
        " and sum(increase(${local.series.texts}[15m])) >= 10",
      ])
      advice = "The dashboard shows the reasons. `churn doctor --live --url` says what to do about each."
    }
    gemini_spend = {
      severity = "CRITICAL"
      title    = "Gemini costs more than ${var.alerts.hourly_spend_usd} USD an hour"
      query    = "${local.spend} > ${var.alerts.hourly_spend_usd}"
      advice   = "Perhaps a query asks for offers over a large table. GEMINI_CALLS_PER_MINUTE bounds each instance."
    }
    latency_p95 = {
      severity = "WARNING"
      title    = "one request in twenty takes more than ${var.alerts.latency_p95_ms} ms"
      query    = "histogram_quantile(0.95, sum by (le) (rate(${local.series.latency}[10m]))) > ${var.alerts.latency_p95_ms}"
      advice   = "Slow model calls, cold starts, or too few instances."
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each     = var.alerts.emails
  project      = var.project_id
  type         = "email"
  display_name = "${var.name}: ${each.value}"
  labels       = { email_address = each.value }
  depends_on   = [google_project_service.this]
}

resource "google_monitoring_alert_policy" "this" {
  for_each              = local.alerts
  project               = var.project_id
  display_name          = "${var.name}: ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.notification_channels
  conditions {
    display_name = each.value.title
    condition_prometheus_query_language {
      query               = each.value.query
      duration            = "300s"
      evaluation_interval = "60s"
      # a metric made from logs is unknown for its first minutes
      disable_metric_validation = true
    }
  }
  documentation {
    content   = each.value.advice
    mime_type = "text/markdown"
  }
  alert_strategy {
    auto_close = "86400s"
  }
}

resource "google_monitoring_dashboard" "this" {
  project = var.project_id
  dashboard_json = templatefile("${path.module}/dashboards/service.json.tftpl", {
    name   = var.name
    series = local.series
    spend  = local.spend
  })
  depends_on = [google_project_service.this]
}

resource "google_billing_budget" "monthly" {
  count           = length(var.budget[*])
  billing_account = var.budget.billing_account
  display_name    = "${var.name} in ${var.project_id}"
  budget_filter {
    projects        = ["projects/${data.google_project.this.number}"]
    calendar_period = "MONTH"
  }
  amount {
    specified_amount {
      currency_code = var.budget.currency
      units         = tostring(var.budget.amount)
    }
  }
  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1]
    content {
      threshold_percent = threshold_rules.value
    }
  }
  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }
  all_updates_rule {
    # a budget takes five channels at most
    monitoring_notification_channels = slice(
      local.notification_channels, 0, min(5, length(local.notification_channels))
    )
  }
}
