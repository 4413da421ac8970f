"""Test a full disk and storage that is away: a sentence, no half file, and nothing said saved."""

import errno
import io
import os

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import override_settings
from django.urls import reverse

from tests.factories import EvidenceFactory
from trafficking_plan.storage import marker
from trafficking_plan.storage.file_storage import Folder
from trafficking_plan.storage.marker import StorageAway
from workitems.models import Evidence

NOT_SAVED = "<h1>This was not saved</h1>"


@pytest.fixture
def folder(tmp_path, db):
    kept = {
        "BACKEND": "trafficking_plan.storage.file_storage.MarkedFolder",
        "OPTIONS": {"location": tmp_path},
    }
    with override_settings(STORAGES={**settings.STORAGES, "default": kept}):
        assert marker.mark(default_storage, []) == ""
        yield tmp_path


def add(client, milestone, text=b"All is well. "):
    item = milestone.item
    address = reverse(
        "evidence:add-to-milestone", args=[item.plan.slug, item.number, milestone.number]
    )
    return client.post(address, {"file": SimpleUploadedFile("a.txt", text * 20_000)})


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file() and path.name != marker.NAME]


class FullDisk(io.FileIO):
    """Take a part of what is written, as a disk does that becomes full."""

    def write(self, content):
        super().write(content[:1000])
        raise OSError(errno.ENOSPC, "No space left on device")


def fail(number):
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize(("name", "failing"), [("fdopen", FullDisk), ("fsync", fail)])
def test_a_disk_that_is_full_keeps_no_half_file(
    client, folder, milestone, monkeypatch, name, failing
):
    with monkeypatch.context() as patch:
        patch.setattr(os, name, failing)
        answer = add(client, milestone)
    assert (answer.status_code, NOT_SAVED in answer.text) == (507, True)
    assert files_in(folder) == []
    assert not Evidence.objects.exists()
    # And with space again, the same file is kept.
    assert add(client, milestone).status_code == 302
    assert len(files_in(folder)) == Evidence.objects.count() == 1


def test_storage_that_is_away_is_said_to_who_uploads_and_to_who_downloads(
    client, milestone, monkeypatch
):
    def refuse(*arguments, **more):
        raise StorageAway("no answer")

    piece = EvidenceFactory(
        milestone=milestone, note="", file=ContentFile(b"text", "a.txt"), file_name="a.txt"
    )
    monkeypatch.setattr(default_storage, "save", refuse)
    monkeypatch.setattr(default_storage, "open", refuse)
    answer = add(client, milestone)
    assert (answer.status_code, NOT_SAVED in answer.text) == (507, True)
    assert Evidence.objects.count() == 1
    plan = milestone.item.plan
    answer = client.get(reverse("evidence:download", args=[plan.slug, piece.pk]))
    assert answer.status_code == 503
    assert "<h1>This file cannot be read at the moment</h1>" in answer.text


class DiskFull(Exception):
    """What psycopg raises when a disk is full."""

    sqlstate = "53100"


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OperationalError("database or disk is full"), None),
        (OperationalError("could not extend file"), DiskFull()),
    ],
)
def test_a_database_without_space_is_said(client, milestone, monkeypatch, error, cause):
    def fail(*arguments, **more):
        raise error from cause

    monkeypatch.setattr("workitems.plan.services.evidence.history.save", fail)
    answer = add(client, milestone)
    assert (answer.status_code, NOT_SAVED in answer.text) == (507, True)


def test_another_error_stays_one(client, milestone, monkeypatch):
    def fail(*arguments, **more):
        raise OSError(errno.ECONNRESET, "reset")

    monkeypatch.setattr("workitems.plan.services.evidence.history.save", fail)
    assert add(client, milestone).status_code == 500


class Failing(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_failure_removes_no_file_of_an_upload_that_took_the_name_before(tmp_path):
    folder = Folder(location=tmp_path)
    folder.save("evidence/1", ContentFile(b"theirs"))
    with pytest.raises(OSError, match="No space left"):
        # As if the other upload had come after this one asked whether the name is free.
        folder._save("evidence/1", Failing(b"ours"))
    assert [path.read_bytes() for path in files_in(tmp_path)] == [b"theirs"]


def test_two_uploads_of_one_name_keep_both_files(tmp_path):
    folder = Folder(location=tmp_path)
    folder.save("evidence/1", ContentFile(b"theirs"))
    kept = folder._save("evidence/1", ContentFile(b"ours"))
    assert (tmp_path / kept).read_bytes() == b"ours"
    assert sorted(path.read_bytes() for path in files_in(tmp_path)) == [b"ours", b"theirs"]


def test_a_folder_writes_through_to_the_disk(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.fstat(number).st_size))
    Folder(location=tmp_path).save("evidence/1", ContentFile(b"text"))
    assert synced == [4]
