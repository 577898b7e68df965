# All that the running function needs of Vertex AI. It is not in infra/: whoever
# may both widen a role and grant it may do anything.
resource "google_project_iam_custom_role" "gemini_caller" {
  project     = var.project_id
  role_id     = "churnGeminiCaller"
  title       = "Calls Gemini for the churn function"
  permissions = ["aiplatform.endpoints.predict"]
  depends_on  = [google_project_service.this]
}
