# As little as possible, in mode vertex.
project_id     = "example-project"
source_archive = "variables.tf"
gemini         = { mode = "vertex", usd_per_million_input_tokens = 0.25, usd_per_million_output_tokens = 1.5 }
decisions      = { location = "EU" }
