"""Who may do what: each grant is reviewed here and explained in infra/README.md, and nothing is
public.
"""

import re

import pytest

from tests.infra.plan import Grant, Plan
from tests.serving import ROOT

INFRA = {
    Grant(
        "google_artifact_registry_repository_iam_member.build",
        "roles/artifactregistry.writer",
        "google_service_account.build.member",
    ),
    Grant(
        "google_bigquery_connection_iam_member.analyst",
        "roles/bigquery.connectionUser",
        "local.analysts",
    ),
    Grant(
        "google_bigquery_dataset_iam_member.analyst", "roles/bigquery.dataViewer", "local.analysts"
    ),
    Grant(
        "google_bigquery_dataset_iam_member.sink",
        "roles/bigquery.dataEditor",
        "google_logging_project_sink.decisions.writer_identity",
    ),
    Grant(
        "google_cloud_run_v2_service_iam_member.bigquery",
        "roles/run.invoker",
        "google_bigquery_connection.service[0].cloud_resource[0].service_account_id",
    ),
    Grant("google_cloud_run_v2_service_iam_member.invoker", "roles/run.invoker", "var.invokers"),
    Grant(
        "google_project_iam_member.build_logs",
        "roles/logging.logWriter",
        "google_service_account.build.member",
    ),
    Grant(
        "google_project_iam_member.build_source",
        "roles/storage.objectViewer",
        "google_service_account.build.member",
    ),
    Grant(
        "google_project_iam_member.runtime_vertex",
        "local.gemini_caller",
        "google_service_account.runtime.member",
    ),
    Grant(
        "google_pubsub_topic_iam_member.rotation",
        "roles/pubsub.publisher",
        "data.google_project.this.number",
    ),
    Grant(
        "google_secret_manager_secret_iam_member.experiment",
        "roles/secretmanager.secretAccessor",
        "google_service_account.runtime.member",
    ),
    Grant(
        "google_secret_manager_secret_iam_member.runtime",
        "roles/secretmanager.secretAccessor",
        "google_service_account.runtime.member",
    ),
    Grant(
        "google_service_account_iam_member.build_deployer",
        "roles/iam.serviceAccountUser",
        "var.deployer",
    ),
    Grant(
        "google_service_account_iam_member.runtime_deployer",
        "roles/iam.serviceAccountUser",
        "var.deployer",
    ),
    Grant(
        "google_storage_bucket_iam_member.offers",
        "roles/storage.objectViewer",
        "google_service_account.runtime.member",
    ),
}

GEMINI_CALLER = "projects/example-project/roles/churnGeminiCaller"
"""The role that local.gemini_caller names in the plan."""

DEPLOYER = "google_service_account.deployer.member"
BOOTSTRAP = {
    Grant("google_project_iam_member.deployer", "each.key", DEPLOYER),
    Grant(
        "google_project_iam_member.deployer_grants",
        "roles/resourcemanager.projectIamAdmin",
        DEPLOYER,
    ),
    Grant(
        "google_service_account_iam_member.deployer",
        "roles/iam.workloadIdentityUser",
        "google_iam_workload_identity_pool.deployers[0].name",
    ),
}
DEPLOYER_ROLES = {
    "roles/artifactregistry.admin",
    "roles/bigquery.admin",
    "roles/cloudfunctions.developer",
    "roles/iam.serviceAccountAdmin",
    "roles/logging.configWriter",
    "roles/monitoring.editor",
    "roles/pubsub.admin",
    "roles/run.admin",
    "roles/secretmanager.admin",
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
}


def test_every_grant_is_a_reviewed_one(infra: Plan, bootstrap: Plan) -> None:
    assert set(infra.grants()) == INFRA
    assert set(bootstrap.grants()) == BOOTSTRAP


def test_the_deployer_has_the_reviewed_roles(bootstrap: Plan) -> None:
    found = [
        each
        for each in bootstrap.resources("google_project_iam_member")
        if each.address.endswith(".deployer")
    ]
    assert {each.values["role"] for each in found} == DEPLOYER_ROLES


def test_the_deployer_may_grant_what_infra_grants_on_the_project_and_nothing_else(
    infra: Plan, bootstrap: Plan
) -> None:
    admin = next(
        each
        for each in bootstrap.resources("google_project_iam_member")
        if each.address.endswith("_grants")
    ).values
    listed = re.fullmatch(
        r"api\.getAttribute\('.*', \[\]\)\.hasOnly\(\[(.+)\]\)", admin["condition"][0]["expression"]
    )
    assert listed
    on_project = {
        GEMINI_CALLER if grant.role == "local.gemini_caller" else grant.role
        for grant in infra.grants()
        if grant.address.startswith("google_project_iam_member")
    }
    assert {name.strip(" '") for name in listed[1].split(",")} == on_project


def test_the_role_for_vertex_ai_calls_gemini_and_nothing_else(bootstrap: Plan) -> None:
    role = bootstrap.one("google_project_iam_custom_role")
    assert role["permissions"] == ["aiplatform.endpoints.predict"]
    assert GEMINI_CALLER.endswith(f"/roles/{role['role_id']}")
    named = f'gemini_caller = "projects/${{var.project_id}}/roles/{role["role_id"]}"'
    assert named in (ROOT / "infra" / "function.tf").read_text()


def test_it_is_recorded_who_reads_the_key_the_archives_and_the_state(bootstrap: Plan) -> None:
    recorded = {
        each.values["service"]: {log["log_type"] for log in each.values["audit_log_config"]}
        for each in bootstrap.resources("google_project_iam_audit_config")
    }
    assert {"secretmanager.googleapis.com", "storage.googleapis.com"} <= set(recorded)
    assert all({"DATA_READ", "DATA_WRITE"} <= kinds for kinds in recorded.values())


def test_every_access_is_granted_member_by_member(infra: Plan, bootstrap: Plan) -> None:
    kinds = {each.address.split(".")[0] for plan in (infra, bootstrap) for each in plan.resources()}
    assert not {
        kind for kind in kinds if kind.endswith(("_iam_policy", "_iam_binding", "_access", "_acl"))
    }
    assert not [
        each for each in infra.resources("google_bigquery_dataset") if each.values.get("access")
    ]


@pytest.mark.parametrize("public", ["allUsers", "allAuthenticatedUsers"])
def test_nothing_is_public(infra: Plan, bootstrap: Plan, public: str) -> None:
    assert public not in infra.text
    assert public not in bootstrap.text


def test_buckets_can_not_be_made_public(infra: Plan, bootstrap: Plan) -> None:
    buckets = [
        each.values
        for plan in (infra, bootstrap)
        for each in plan.resources("google_storage_bucket")
    ]
    assert [bucket["public_access_prevention"] for bucket in buckets] == ["enforced", "enforced"]
    assert all(bucket["uniform_bucket_level_access"] for bucket in buckets)


def test_a_workflow_of_another_branch_or_repository_is_not_let_in(bootstrap: Plan) -> None:
    provider = bootstrap.one("google_iam_workload_identity_pool_provider")
    assert provider["attribute_condition"].split(" && ") == [
        "assertion.sub == 'repo:example/churn-function:ref:refs/heads/main'",
        "assertion.repository_id == '123456789'",
        "assertion.repository_owner_id == '987654'",
        "assertion.event_name in ['push', 'workflow_dispatch']",
    ]


def test_the_key_is_not_in_the_plan(infra: Plan) -> None:
    assert (
        'gemini_api_key         = "canary"'
        in (ROOT / "infra" / "tests" / "full.tfvars").read_text()
    )
    assert "canary" not in infra.text
    assert infra.one("google_secret_manager_secret_version")["secret_data_wo"] is None


def test_the_readme_says_what_each_grant_is_for() -> None:
    readme = (ROOT / "infra" / "README.md").read_text()
    roles = {
        grant.role for grant in INFRA | BOOTSTRAP if grant.role.startswith("roles/")
    } | DEPLOYER_ROLES
    assert {role for role in roles if f"`{role.removeprefix('roles/')}`" not in readme} == set()
