mock_provider "google" {}

variables {
  project_id = "example-project"
}

run "nobody_is_let_in_until_named" {
  command = plan
  assert {
    condition = (
      length(google_iam_workload_identity_pool_provider.github) == 0
      && length(google_service_account_iam_member.deployer) == 0
      && output.workload_identity_provider == null
    )
    error_message = "Without a repository no workflow becomes the deployer."
  }
}

run "a_repository_is_known_by_its_numbers" {
  command = plan
  variables {
    repository = { name = "example/churn-function", id = "churn-function", owner_id = "1" }
  }
  expect_failures = [var.repository]
}

run "a_repository_has_a_name" {
  command = plan
  variables {
    repository = { name = "churn-function", id = "1", owner_id = "1" }
  }
  expect_failures = [var.repository]
}
