resource "google_service_account" "build" {
  project      = var.project_id
  account_id   = "${var.name}-build"
  display_name = "Builds the ${var.name} function"
  depends_on   = [google_project_service.this]
}

# Whoever deploys starts builds as this account.
resource "google_service_account_iam_member" "build_deployer" {
  count              = length(var.deployer[*])
  service_account_id = google_service_account.build.name
  role               = "roles/iam.serviceAccountUser"
  member             = var.deployer
}

resource "google_artifact_registry_repository" "images" {
  #checkov:skip=CKV_GCP_84:Google's own keys encrypt the images; there is no customer data in them.
  project                = var.project_id
  location               = var.region
  repository_id          = var.name
  format                 = "DOCKER"
  description            = "Images built for the ${var.name} function"
  cleanup_policy_dry_run = false
  cleanup_policies {
    id     = "keep-the-last"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }
  cleanup_policies {
    id     = "delete-after-a-month"
    action = "DELETE"
    condition {
      older_than = "2592000s"
      tag_state  = "ANY"
    }
  }
  depends_on = [google_project_service.this]
}

resource "google_artifact_registry_repository_iam_member" "build" {
  project    = var.project_id
  location   = google_artifact_registry_repository.images.location
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

# A build reads the source from a bucket that Google makes at the first
# deployment. It does not exist yet, so the grant is on the project and a
# condition narrows it to that bucket.
resource "google_project_iam_member" "build_source" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member
  condition {
    title = "function_source_only"
    expression = format(
      "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-%s-%s\")",
      data.google_project.this.number, var.region
    )
  }
}

resource "google_storage_bucket" "source" {
  #checkov:skip=CKV_GCP_62:The audit log of infra/bootstrap tells who reads the archives; a bucket of access logs adds nothing.
  project                     = var.project_id
  name                        = "${var.project_id}-${var.name}-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  # every archive can be made again from its commit
  force_destroy = true
  versioning {
    enabled = true
  }
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      num_newer_versions = 5
      with_state         = "ARCHIVED"
    }
  }
  depends_on = [google_project_service.this]
}

# The name holds the hash of the archive: only a new name makes a new build.
resource "google_storage_bucket_object" "source" {
  bucket         = google_storage_bucket.source.name
  name           = "${var.name}/${filesha256(var.source_archive)}.zip"
  source         = var.source_archive
  source_md5hash = filemd5(var.source_archive)
  content_type   = "application/zip"
  lifecycle {
    create_before_destroy = true
  }
}
