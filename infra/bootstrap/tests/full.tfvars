project_id = "example-project"
repository = { name = "example/churn-function", id = "123456789", owner_id = "987654" }
