locals {
  # THINKING of churn_lib/settings.py; a test compares them
  thinking = {
    "gemini-3.8-flash"      = ["low", "medium", "high"]
    "gemini-3.7-flash"      = ["low", "medium", "high"]
    "gemini-3.6-flash"      = ["low", "medium", "high"]
    "gemini-3.5-flash-lite" = ["minimal", "low", "medium", "high"]
    "gemini-3.1-flash-lite" = ["minimal", "low", "medium", "high"]
  }
}

variable "gemini" {
  description = "How the service reaches Gemini, with a key (api_key) or as its own account (vertex); whose texts are sent, Gemini's at once (live) or only those that a person approved (approved); and prices, see infra/README.md."
  type = object({
    location                      = optional(string, "global")
    mode                          = optional(string, "api_key")
    model                         = optional(string, "gemini-3.5-flash-lite")
    texts                         = optional(string, "live")
    thinking                      = optional(string, "minimal")
    usd_per_million_input_tokens  = number
    usd_per_million_output_tokens = number
  })
  nullable = false
  validation {
    condition     = contains(["api_key", "vertex"], var.gemini.mode)
    error_message = "The mode is api_key or vertex."
  }
  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+[0-9]+)?$", var.gemini.location))
    error_message = "A location is a region such as europe-west1, or us, eu, global."
  }
  validation {
    condition     = contains(["minimal", "low", "medium", "high"], var.gemini.thinking)
    error_message = "Thinking is minimal, low, medium or high."
  }
  validation {
    condition     = contains(["live", "approved"], var.gemini.texts)
    error_message = "The texts are live or approved."
  }
  validation {
    condition     = can(regex("^gemini-[a-z0-9.-]{1,60}$", var.gemini.model)) && !startswith(var.gemini.model, "gemini-2.")
    error_message = "The model is a name such as gemini-3.5-flash-lite; those that begin with gemini-2. were shut down."
  }
  validation {
    condition     = contains(lookup(local.thinking, var.gemini.model, [var.gemini.thinking]), var.gemini.thinking)
    error_message = "This model's thinking is ${join(" or ", lookup(local.thinking, var.gemini.model, []))}."
  }
  validation {
    condition     = var.gemini.usd_per_million_input_tokens > 0 && var.gemini.usd_per_million_output_tokens > 0
    error_message = "The prices are more than 0."
  }
}

variable "gemini_api_key" {
  description = "The key itself, from TF_VAR_gemini_api_key. Ephemeral: Terraform keeps it nowhere."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "gemini_api_key_version" {
  description = "Count it up to write the key anew; null when the key is written by other means."
  type        = string
  default     = null
  validation {
    condition     = var.gemini_api_key_version == null || can(regex("^[1-9][0-9]*$", var.gemini_api_key_version))
    error_message = "The version is a number from 1 up, as text."
  }
}

variable "key_rotation" {
  description = "Reminders to rotate the Gemini key, or null for none."
  type = object({
    next_time = string
    period    = optional(string, "7776000s")
  })
  default = null
  validation {
    condition     = var.key_rotation == null || can(timeadd(var.key_rotation.next_time, "0s"))
    error_message = "next_time is a time such as 2027-03-01T00:00:00Z."
  }
}
