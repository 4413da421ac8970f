"""Test uploaded files in a bucket, on a real server of the S3 protocol."""

import socket
from contextlib import contextmanager
from io import StringIO

import boto3
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer

from agencies.models import FilesMarker
from tests.factories import EvidenceFactory, MilestoneFactory, SeatFactory, UserFactory
from tests.security.test_logs import BACKEND
from trafficking_plan.running import health, kept_records, service_checks, start_up
from trafficking_plan.running.health import Readiness
from trafficking_plan.running.service_checks import CHECKS, State
from trafficking_plan.storage import marker
from trafficking_plan.storage.marker import StorageAway
from workitems.intake.workbook import held
from workitems.models import Evidence

pytestmark = pytest.mark.one_database(reason="the storage of files decides")

PDF = b"%PDF-1.7 receipt"


@pytest.fixture(scope="module")
def server():
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    yield "http://{}:{}".format(*running.get_host_and_port())
    running.stop()


@contextmanager
def kept_in(bucket, address):
    options = {
        "BACKEND": "trafficking_plan.storage.object_storage.Bucket",
        "OPTIONS": {"bucket_name": bucket},
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_S3", address)
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with override_settings(STORAGES={**settings.STORAGES, "default": options}):
            yield boto3.client("s3")


@pytest.fixture
def bucket(server, db):
    with kept_in("files", server) as client:
        client.create_bucket(Bucket="files")
        assert marker.mark(default_storage, []) == ""
        yield client
        for each in client.list_objects(Bucket="files").get("Contents", []):
            client.delete_object(Bucket="files", Key=each["Key"])


@pytest.fixture
def away(db):
    """A bucket on a server that is not there."""
    FilesMarker.objects.create(pk=1, text="of this installation", written_at=timezone.now())
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = "http://{}:{}".format(*closed.getsockname())
    with kept_in("files", address) as client:
        yield client


def keys(client):
    found = [each["Key"] for each in client.list_objects(Bucket="files").get("Contents", [])]
    return [key for key in found if key != marker.NAME]


def filed(milestone):
    return EvidenceFactory(
        milestone=milestone, note="", file=ContentFile(PDF, "receipt.pdf"), file_name="Māori.pdf"
    )


def found(name):
    (check,) = [each for each in CHECKS if each.name == name]
    ((_, finding),) = service_checks.findings([check])
    return finding


@pytest.mark.django_db
def test_a_file_goes_through_the_page_into_the_bucket_and_back_to_whom_may_have_it(client, bucket):
    milestone = MilestoneFactory()
    user = SeatFactory(agency=milestone.item.lead_agency, role="contributor").user
    plan = milestone.item.plan
    client.force_login(user, backend=BACKEND)
    sent = client.post(
        reverse(
            "evidence:add-to-milestone", args=[plan.slug, milestone.item.number, milestone.number]
        ),
        {"file": SimpleUploadedFile("Māori receipt.pdf", PDF, content_type="text/html")},
    )
    assert sent.status_code == 302
    piece = Evidence.objects.get()
    # Neither the name of the file nor its type is in the bucket.
    assert keys(bucket) == [piece.file.name]
    assert "receipt" not in piece.file.name
    assert bucket.head_object(Bucket="files", Key=piece.file.name)["ContentType"] == (
        "application/octet-stream"
    )
    address = reverse("evidence:download", args=[plan.slug, piece.pk])
    answer = client.get(address)
    assert (b"".join(answer.streaming_content), answer["Content-Type"]) == (PDF, "application/pdf")
    client.force_login(UserFactory(), backend=BACKEND)
    assert client.get(address).status_code == 404
    bucket.delete_object(Bucket="files", Key=piece.file.name)
    client.force_login(user, backend=BACKEND)
    assert client.get(address).status_code == 404


def test_a_file_has_no_address(bucket):
    with pytest.raises(NotImplementedError, match="after they have checked who asks"):
        default_storage.url(default_storage.save("evidence/1", ContentFile(PDF)))


@pytest.mark.django_db
def test_an_uploaded_workbook_is_held_and_dropped(bucket):
    owner, at = UserFactory(), timezone.now()
    key = held.keep(ContentFile(b"first"), owner=owner, at=at)
    key = held.keep(ContentFile(b"second"), owner=owner, at=at)
    with held.take(key, owner=owner) as kept:
        assert kept.read() == b"second"
    assert held.take(key, owner=UserFactory()) is None
    held.drop(owner=UserFactory(), at=at + held.KEPT_FOR / 2)
    assert keys(bucket) == [f"workbooks/{owner.pk}-{key}.xlsx"]
    held.drop(owner=owner, at=at)
    assert keys(bucket) == []


def test_the_check_of_storage_leaves_nothing(bucket):
    assert found("Storage").state is State.WELL
    assert keys(bucket) == []


def test_storage_that_is_away_says_so_within_seconds(away):
    with pytest.raises(StorageAway):
        default_storage.save("evidence/1", ContentFile(PDF))
    with pytest.raises(StorageAway):
        default_storage.open("evidence/1")
    finding = found("Storage")
    assert (finding.state, finding.sentence) == (State.WRONG, "Uploaded files cannot be stored.")


def test_a_node_stays_in_while_object_storage_is_away(client, transactional_db, away, monkeypatch):
    monkeypatch.setattr(health, "readiness", Readiness(patience=20, moment=20))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text.splitlines()[-1]) == (
        200,
        "Storage: Uploaded files cannot be stored.",
    )


@pytest.mark.django_db
def test_a_service_starts_while_object_storage_is_away_but_not_without_its_bucket(
    server, away, monkeypatch
):
    monkeypatch.setattr(start_up.connection, "close", lambda: None)
    start_up.refuse_to_start_unprepared()
    with (
        kept_in("gone", server),
        pytest.raises(ImproperlyConfigured, match="FILES_BUCKET is gone, which is not there"),
    ):
        start_up.refuse_to_start_unprepared()


@pytest.mark.django_db
def test_files_move_from_a_folder_to_the_bucket_and_into_a_backup(bucket, tmp_path):
    piece = filed(MilestoneFactory())
    said = StringIO()
    call_command("copy_files", to=tmp_path, stdout=said)
    call_command("copy_files", to=tmp_path, stdout=said)
    assert (tmp_path / piece.file.name).read_bytes() == PDF
    bucket.delete_object(Bucket="files", Key=piece.file.name)
    (missing,) = kept_records.missing_files()
    assert missing.endswith("is missing.")
    call_command("copy_files", **{"from": tmp_path}, stdout=said)
    assert [*kept_records.missing_files()] == []
    assert [line.split()[0] for line in said.getvalue().splitlines()] == ["1", "0", "1"]


@pytest.mark.django_db
def test_a_file_that_is_missing_fails_the_copy(bucket, tmp_path):
    piece = filed(MilestoneFactory())
    default_storage.delete(piece.file.name)
    with pytest.raises(CommandError, match="1 missing"):
        call_command("copy_files", to=tmp_path, stdout=StringIO(), stderr=StringIO())
