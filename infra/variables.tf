variable "alerts" {
  description = "Where alerts go, and what sets them off. Ratios are shares from 0 to 1."
  type = object({
    emails                = optional(set(string), [])
    error_ratio           = optional(number, 0.02)
    fallback_ratio        = optional(number, 0.2)
    hourly_spend_usd      = optional(number, 5)
    latency_p95_ms        = optional(number, 3000)
    notification_channels = optional(list(string), [])
  })
  default  = {}
  nullable = false
  validation {
    condition = alltrue([
      for ratio in [var.alerts.error_ratio, var.alerts.fallback_ratio] : ratio > 0 && ratio < 1
    ])
    error_message = "A ratio is more than 0 and less than 1."
  }
  validation {
    condition     = var.alerts.hourly_spend_usd > 0 && var.alerts.latency_p95_ms > 0
    error_message = "hourly_spend_usd and latency_p95_ms are more than 0."
  }
}

variable "budget" {
  description = "Monthly budget of the project in the billing account's currency, or null for none."
  type = object({
    amount          = number
    billing_account = string
    currency        = optional(string)
  })
  default = null
  validation {
    condition     = var.budget == null || try(var.budget.amount >= 1 && floor(var.budget.amount) == var.budget.amount, false)
    error_message = "The amount is a whole number from 1 up."
  }
}

variable "decisions" {
  description = "Where the decision log is kept in BigQuery, and for how many days."
  type = object({
    location       = string
    retention_days = optional(number, 400)
  })
  nullable = false
  validation {
    condition     = var.decisions.retention_days >= 1
    error_message = "retention_days is at least 1."
  }
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to destroy the secret."
  type        = bool
  default     = true
  nullable    = false
}

variable "deployer" {
  description = "Principal that deploys and may do nothing else, such as the account of infra/bootstrap; null for an owner."
  type        = string
  default     = null
  validation {
    condition     = var.deployer == null || can(regex("^(user|group|serviceAccount|principal|principalSet):.+", var.deployer))
    error_message = "The deployer is named, such as serviceAccount:EMAIL; the public is not one."
  }
}

variable "environment_variables" {
  description = "Further settings of churn_lib/settings.py."
  type        = map(string)
  default     = {}
  nullable    = false
  validation {
    condition = alltrue([
      for name in keys(var.environment_variables) :
      !can(regex("(?i)(key|password|secret|token)$", name))
    ])
    error_message = "Secrets belong in Secret Manager, not in environment variables."
  }
  validation {
    condition     = length(setintersection(keys(var.environment_variables), local.own_settings)) == 0
    error_message = "Terraform sets these itself, from its other variables: ${join(", ", local.own_settings)}."
  }
  validation {
    condition     = length(setintersection(keys(var.environment_variables), local.local_settings)) == 0
    error_message = "These are for one machine and not for a deployment: ${join(", ", local.local_settings)}."
  }
}

variable "function" {
  description = "Size and limits of the function."
  type = object({
    concurrency     = optional(number, 80)
    cpu             = optional(number, 1)
    max_instances   = optional(number, 10)
    memory          = optional(string, "512Mi")
    min_instances   = optional(number, 0)
    runtime         = optional(string, "python313")
    timeout_seconds = optional(number, 30)
  })
  default  = {}
  nullable = false
  validation {
    condition     = contains(["python311", "python312", "python313"], var.function.runtime)
    error_message = "The runtime is python311, python312 or python313."
  }
  validation {
    condition     = var.function.concurrency >= 1 && var.function.concurrency <= 1000
    error_message = "Concurrency is 1 to 1000."
  }
  validation {
    condition     = can(regex("^[1-9][0-9]*(Mi|Gi)$", var.function.memory))
    error_message = "The memory is a number and Mi or Gi."
  }
  validation {
    condition     = var.function.min_instances >= 0 && var.function.max_instances >= max(1, var.function.min_instances)
    error_message = "min_instances is at least 0, max_instances at least 1 and at least min_instances."
  }
  validation {
    condition     = var.function.timeout_seconds >= 29 && var.function.timeout_seconds <= 3600
    error_message = "The timeout is 29 to 3600 seconds: a request has 9, and the client 20 more to take the answer."
  }
}

variable "ingress_settings" {
  description = "Networks that reach the function; callers need a token in any case."
  type        = string
  default     = "ALLOW_INTERNAL_AND_GCLB"
  nullable    = false
  validation {
    condition     = contains(["ALLOW_ALL", "ALLOW_INTERNAL_AND_GCLB", "ALLOW_INTERNAL_ONLY"], var.ingress_settings)
    error_message = "Ingress is ALLOW_INTERNAL_AND_GCLB, ALLOW_INTERNAL_ONLY or ALLOW_ALL."
  }
}

variable "invokers" {
  description = "Principals that may call the function."
  type        = set(string)
  default     = []
  nullable    = false
  validation {
    condition = alltrue([
      for member in var.invokers :
      can(regex("^(user|group|serviceAccount|principal|principalSet):.+", member))
    ])
    error_message = "Invokers are named, such as group:NAME; the public is not one."
  }
}

variable "labels" {
  description = "Labels of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "name" {
  description = "Name of the function, and prefix of all other names."
  type        = string
  default     = "predict"
  nullable    = false
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,22}[a-z0-9]$", var.name))
    error_message = "A name is 6 to 24 lower-case letters, digits and hyphens."
  }
}

variable "offers" {
  description = "Catalogue that the function looks at every minute, such as gs://my-offers/offers.toml; null for the one that is deployed."
  type        = string
  default     = null
  validation {
    condition     = var.offers == null || can(regex("^gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]/[^?#[:cntrl:]]{1,1000}$", var.offers))
    error_message = "The catalogue is an object of a bucket, such as gs://my-offers/offers.toml."
  }
}

variable "project_id" {
  description = "Project that everything is in."
  type        = string
  nullable    = false
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "A project_id is 6 to 30 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "Region of the function."
  type        = string
  default     = "europe-west1"
  nullable    = false
  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region is a name such as europe-west1."
  }
}

variable "source_archive" {
  description = "Path of the zip archive that `make package` writes."
  type        = string
  default     = "../dist/source.zip"
  nullable    = false
  validation {
    condition     = fileexists(var.source_archive)
    error_message = "There is no such archive; make it first: make package."
  }
}
