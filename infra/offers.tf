# The bucket is the marketing owner's: it is made and written elsewhere, and the
# running function may read it and do nothing else.
resource "google_storage_bucket_iam_member" "offers" {
  count  = length(var.offers[*])
  bucket = split("/", var.offers)[2]
  role   = "roles/storage.objectViewer"
  member = google_service_account.runtime.member
}
