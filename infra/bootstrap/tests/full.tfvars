project_id = "example-project"
repository = "example/churn-function"
