variable "bigquery" {
  description = "Functions for SQL that call the service, or null for none."
  type = object({
    analysts    = optional(set(string), [])
    dataset_id  = optional(string, "churn")
    location    = string
    offer_batch = optional(number, 20)
    score_batch = optional(number, 2000)
  })
  default = null
  validation {
    condition     = var.bigquery == null || can(regex("^[A-Za-z_][A-Za-z0-9_]*$", var.bigquery.dataset_id))
    error_message = "A dataset_id is letters, digits and underscores."
  }
  validation {
    condition = try(alltrue([
      for batch in [var.bigquery.offer_batch, var.bigquery.score_batch] : batch >= 1 && batch <= 5000
    ]), var.bigquery == null)
    error_message = "A batch is 1 to 5000 rows."
  }
  validation {
    condition = var.bigquery == null || try(
      lower(var.bigquery.location) == var.region
      || lower(var.bigquery.location) == "us" && startswith(var.region, "us-")
      || lower(var.bigquery.location) == "eu" && startswith(var.region, "europe-"),
      false
    )
    error_message = "The data set is in the function's region or in the multi-region around it."
  }
  validation {
    condition = try(alltrue([
      for member in var.bigquery.analysts :
      can(regex("^(user|group|serviceAccount|principal|principalSet):.+", member))
    ]), var.bigquery == null)
    error_message = "Analysts are named, such as group:NAME; the public is not one."
  }
}

variable "score_native" {
  description = "Path of the function in SQL that `make native` writes; of use where there is var.bigquery."
  type        = string
  default     = "../dist/score_native.sql"
  nullable    = false
  validation {
    condition     = var.bigquery == null || fileexists(var.score_native)
    error_message = "There is no such text; make it first: make native."
  }
}

variable "views" {
  description = "Path of the views over the decision log that `make views` writes; null until the log has its first line."
  type        = string
  default     = null
  validation {
    condition     = var.views == null || try(fileexists(var.views), false)
    error_message = "There are no such views; make them first: make views."
  }
}
