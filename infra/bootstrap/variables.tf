variable "branch" {
  description = "Branch whose workflows may deploy."
  type        = string
  default     = "main"
  nullable    = false
  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]+$", var.branch))
    error_message = "A branch is letters, digits, dots, hyphens, underscores and slashes."
  }
}

variable "project_id" {
  description = "Project that everything is in; it is best for this service alone."
  type        = string
  nullable    = false
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "A project_id is 6 to 30 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "Where the state is kept."
  type        = string
  default     = "europe-west1"
  nullable    = false
  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region is a name such as europe-west1."
  }
}

variable "repository" {
  description = "Repository on GitHub whose workflows may deploy: its name as OWNER/NAME, and the numbers of it and of its owner, which nobody else can get; null for none."
  type = object({
    id       = string
    name     = string
    owner_id = string
  })
  default = null
  validation {
    condition     = var.repository == null || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository.name))
    error_message = "The name of a repository is OWNER/NAME."
  }
  validation {
    condition = var.repository == null || try(alltrue([
      for id in [var.repository.id, var.repository.owner_id] : can(regex("^[1-9][0-9]*$", id))
    ]), false)
    error_message = "id and owner_id are numbers; `gh api repos/OWNER/NAME` tells them."
  }
}
