terraform {
  # write-only arguments and ephemeral variables need 1.11
  required_version = ">= 1.11.0"

  # bucket and prefix: terraform init -backend-config=...
  backend "gcs" {}

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.40.0, < 9.0.0"
    }
  }
}
