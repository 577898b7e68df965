variable "experiment_key_secret" {
  description = "Secret of this project, made elsewhere, that holds the key by which an experiment draws its customers; null without an experiment."
  type        = string
  default     = null
  validation {
    condition     = var.experiment_key_secret == null || can(regex("^[A-Za-z0-9_-]{1,255}$", var.experiment_key_secret))
    error_message = "The secret is named as in Secret Manager, without its project."
  }
}

# And, where offers are tried in an experiment, the key that draws who gets them.
resource "google_secret_manager_secret_iam_member" "experiment" {
  count      = var.experiment_key_secret == null ? 0 : 1
  project    = var.project_id
  secret_id  = var.experiment_key_secret
  role       = "roles/secretmanager.secretAccessor"
  member     = google_service_account.runtime.member
  depends_on = [google_project_service.this]
}
