# Who read the state, the archives and the key, and who became the deployer:
# Google records reading only where it is told to. BigQuery always does.
resource "google_project_iam_audit_config" "reads" {
  for_each = toset([
    "iam.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
    "sts.googleapis.com",
  ])
  project = var.project_id
  service = each.key
  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }
}
