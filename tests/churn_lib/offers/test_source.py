"""Which catalogue is in force, wherever it lies and whatever somebody puts there."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials

from churn_lib.errors import ArtifactError
from churn_lib.offers import bucket
from churn_lib.offers.bucket import Bucket, Session
from churn_lib.offers.catalogue import InForce
from churn_lib.offers.source import File
from tests.churn_lib.offers.samples import SMALL, changed
from tests.fakes.storage import FakeStorage

OURS = ("my-offers", "campaigns/offers.toml")
SECOND = changed(('version = "1"', 'version = "2"'))


@pytest.fixture
def storage() -> Iterator[FakeStorage]:
    fake = FakeStorage()
    fake.put(*OURS, SMALL.encode())
    with fake.serve():
        yield fake


def in_bucket(storage: FakeStorage) -> InForce:
    return InForce(Bucket(*OURS, storage.endpoint))


def test_a_change_in_a_bucket_is_seen_by_its_generation(storage: FakeStorage) -> None:
    in_force = in_bucket(storage)
    first = in_force.get()
    in_force.refresh()
    assert in_force.get() is first
    storage.put(*OURS, SECOND.encode())
    in_force.refresh()
    assert (first.version, in_force.get().version) == ("1", "2")
    assert [bool(known) for known in storage.calls] == [False, True, True]


def test_a_faulty_catalogue_is_refused_once_and_the_one_before_stays(
    storage: FakeStorage, caplog: pytest.LogCaptureFixture
) -> None:
    in_force = in_bucket(storage)
    first = in_force.get()
    storage.put(*OURS, changed(("percent = 10,", "percent = 110,")).encode())
    in_force.refresh()
    in_force.refresh()
    assert in_force.get() is first
    place = "gs://my-offers/campaigns/offers.toml"
    fault = f"{place}: offer discount: terms.percent: must be at most 100"
    assert caplog.messages == [f"version 1 stays in force: {fault}"]
    assert in_force.fault == fault
    storage.put(*OURS, SECOND.encode())
    in_force.refresh()
    assert (in_force.get().version, in_force.fault) == ("2", "")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "no Google account to read it with: InvalidOperation"),
        (403, "no permission; grant roles/storage.objectViewer on the bucket"),
        (404, "it does not exist"),
        (503, "Cloud Storage answers 503"),
        (301, "Cloud Storage answers 301"),
    ],
)
def test_what_a_bucket_refuses_is_told_and_costs_no_catalogue(
    storage: FakeStorage, status: int, reason: str
) -> None:
    in_force = in_bucket(storage)
    in_force.get()
    storage.status = status
    in_force.refresh()
    assert in_force.get().version == "1"
    assert in_force.fault == f"gs://my-offers/campaigns/offers.toml can't be read: {reason}"
    storage.status = None
    in_force.refresh()
    assert in_force.fault == ""


def test_without_any_catalogue_the_reason_is_told(storage: FakeStorage) -> None:
    storage.objects.clear()
    with pytest.raises(ArtifactError, match=r"can't be read: it does not exist"):
        in_bucket(storage).get()


def test_nobody_who_answers_is_a_reason_too(storage: FakeStorage) -> None:
    gone = storage.endpoint
    with FakeStorage().serve() as other:
        gone = other.endpoint
    with pytest.raises(ArtifactError, match=r"can't be read: no answer: ConnectionError"):
        InForce(Bucket(*OURS, gone)).get()


def test_an_object_without_end_is_not_read_to_its_end(storage: FakeStorage) -> None:
    storage.put(*OURS, b"#" * (bucket.MOST_BYTES + 1))
    with pytest.raises(ArtifactError, match="it has more than"):
        in_bucket(storage).get()


def test_the_account_of_the_service_is_shown_to_the_bucket(storage: FakeStorage) -> None:
    storage.token = secrets.token_hex()
    # google-auth has no types.
    session: Session = AuthorizedSession(Credentials(storage.token))  # type: ignore[no-untyped-call]
    session.trust_env = False
    assert InForce(Bucket(*OURS, storage.endpoint, session)).get().version == "1"
    with pytest.raises(ArtifactError, match="no Google account"):
        in_bucket(storage).get()


def test_a_change_of_a_file_is_seen_and_an_unchanged_one_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "campaign.toml"
    file.write_text(SMALL)
    source = File(file)
    first = source.read("")
    assert first is not None
    assert source.read(first[1]) is None
    file.write_text(SECOND)
    os.utime(file, ns=(1, 1))
    found = source.read(first[1])
    assert found is not None
    assert found[0] == SECOND.encode()


def test_a_file_that_goes_away_leaves_the_catalogue_in_force(tmp_path: Path) -> None:
    file = tmp_path / "campaign.toml"
    file.write_text(SMALL)
    in_force = InForce(File(file))
    assert in_force.get().version == "1"
    file.unlink()
    in_force.refresh()
    assert in_force.get().version == "1"
    assert in_force.fault == "campaign.toml can't be read: No such file or directory"
    file.write_text(SECOND)
    in_force.refresh()
    assert in_force.get().version == "2"


def test_who_wants_to_know_is_told_of_every_new_catalogue(tmp_path: Path) -> None:
    file, told = tmp_path / "campaign.toml", list[str]()
    file.write_text(SMALL)
    in_force = InForce(File(file), tell=lambda catalogue: told.append(catalogue.version))
    in_force.get()
    in_force.refresh()
    file.write_text(SECOND)
    in_force.refresh()
    assert told == ["1", "2"]
