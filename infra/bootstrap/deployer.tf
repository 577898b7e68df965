locals {
  # What infra/ makes, by the service that it makes it in.
  deployer_roles = toset([
    "roles/artifactregistry.admin",
    "roles/bigquery.admin",
    "roles/cloudfunctions.developer",
    "roles/iam.serviceAccountAdmin",
    "roles/logging.configWriter",
    "roles/monitoring.editor",
    "roles/pubsub.admin",
    "roles/run.admin",
    "roles/secretmanager.admin",
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
  ])

  # What infra/ grants on the project.
  grantable_roles = [
    "roles/aiplatform.user",
    "roles/logging.logWriter",
    "roles/storage.objectViewer",
  ]

  # How GitHub calls a workflow that runs on the branch.
  workflow = "repo:${var.repository}:ref:refs/heads/${var.branch}"
}

resource "google_service_account" "deployer" {
  project      = var.project_id
  account_id   = "churn-deployer"
  display_name = "Applies infra/ from ${var.repository}"
  depends_on   = [google_project_service.this]
}

resource "google_project_iam_member" "deployer" {
  #checkov:skip=CKV_GCP_49:It makes the build and runtime accounts; the project is for this service alone.
  for_each = local.deployer_roles
  project  = var.project_id
  role     = each.key
  member   = google_service_account.deployer.member
}

# It may grant the roles that infra/ grants, and no other, itself included.
resource "google_project_iam_member" "deployer_grants" {
  #checkov:skip=CKV_GCP_49:The condition lists the roles.
  project = var.project_id
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = google_service_account.deployer.member
  condition {
    title = "roles_of_infra_only"
    expression = format(
      "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([%s])",
      join(", ", formatlist("'%s'", local.grantable_roles))
    )
  }
}

resource "google_iam_workload_identity_pool" "deployers" {
  project                   = var.project_id
  workload_identity_pool_id = "churn-deployers"
  display_name              = "Deployers of the churn function"
  depends_on                = [google_project_service.this]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  #checkov:skip=CKV_GCP_125:The condition holds one branch of one repository; checkov does not see what the variables hold.
  project                            = var.project_id
  workload_identity_pool_id          = google_iam_workload_identity_pool.deployers.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub Actions"
  attribute_mapping                  = { "google.subject" = "assertion.sub" }
  # GitHub signs for everybody's workflows: without this anybody's would do
  attribute_condition = "assertion.sub == '${local.workflow}'"
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account_iam_member" "deployer" {
  service_account_id = google_service_account.deployer.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.deployers.name}/subject/${local.workflow}"
}
