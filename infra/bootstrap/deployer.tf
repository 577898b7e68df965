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
    "projects/${var.project_id}/roles/${google_project_iam_custom_role.gemini_caller.role_id}",
    "roles/logging.logWriter",
    "roles/storage.objectViewer",
  ]

  # How GitHub calls a workflow that runs on the branch; one element, or none.
  workflows = [for each in var.repository[*] : "repo:${each.name}:ref:refs/heads/${var.branch}"]
}

resource "google_service_account" "deployer" {
  project      = var.project_id
  account_id   = "churn-deployer"
  display_name = "Applies infra/"
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
  count                     = length(var.repository[*])
  project                   = var.project_id
  workload_identity_pool_id = "churn-deployers"
  display_name              = "Deployers of the churn function"
  depends_on                = [google_project_service.this]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  #checkov:skip=CKV_GCP_125:The condition holds one branch of one repository; checkov does not see what the variables hold.
  count                              = length(var.repository[*])
  project                            = var.project_id
  workload_identity_pool_id          = google_iam_workload_identity_pool.deployers[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub Actions"
  attribute_mapping                  = { "google.subject" = "assertion.sub" }
  # GitHub signs for everybody's workflows: without this anybody's would do. A
  # name that was given up can be taken by somebody else, a number can't; and
  # some events run on the branch for people who may not write to it.
  attribute_condition = join(" && ", [
    "assertion.sub == '${local.workflows[0]}'",
    "assertion.repository_id == '${var.repository.id}'",
    "assertion.repository_owner_id == '${var.repository.owner_id}'",
    "assertion.event_name in ['push', 'workflow_dispatch']",
  ])
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account_iam_member" "deployer" {
  count              = length(var.repository[*])
  service_account_id = google_service_account.deployer.name
  role               = "roles/iam.workloadIdentityUser"
  member = format(
    "principal://iam.googleapis.com/%s/subject/%s",
    google_iam_workload_identity_pool.deployers[0].name, local.workflows[0]
  )
}
