output "deployer" {
  description = "Value of the variable deployer of infra/."
  value       = google_service_account.deployer.member
}

output "state_bucket" {
  description = "Bucket of the state of infra/."
  value       = google_storage_bucket.state.name
}

output "workload_identity_provider" {
  description = "What google-github-actions/auth is told, next to the account's address; null without a repository."
  value       = one(google_iam_workload_identity_pool_provider.github[*].name)
}
