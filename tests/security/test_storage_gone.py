"""Test storage that vanished: it is never made anew, nothing is saved beside it, and each place says so."""

import shutil
from io import StringIO

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from agencies.models import FilesMarker
from tests.factories import EvidenceFactory
from tests.security.test_storage_full import NOT_SAVED, add, files_in
from trafficking_plan.running import health, service_checks, start_up
from trafficking_plan.running.health import Readiness
from trafficking_plan.storage import marker
from workitems.models import Evidence

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="the storage of files decides"),
]


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The folder of uploaded files, marked by `migrate`, with a file in it; as a disk that can be taken away."""
    monkeypatch.setattr(connection, "close", lambda: None)
    kept = tmp_path / "files"
    kept.mkdir()
    with kept_in(kept):
        call_command("mark_files", stdout=StringIO())
        yield kept


def kept_in(folder):
    backend = {
        "BACKEND": "trafficking_plan.storage.file_storage.MarkedFolder",
        "OPTIONS": {"location": str(folder)},
    }
    return override_settings(
        STORAGES={**settings.STORAGES, "default": backend}, FILES_DIR=str(folder)
    )


def move_away(files):
    files.rename(files.with_name("moved"))


def leave_the_mount_point(files):
    move_away(files)
    files.mkdir()


def mount_anothers(files):
    leave_the_mount_point(files)
    (files / marker.NAME).write_text("of another installation")


WAYS = {
    move_away: marker.NOT_THERE,
    leave_the_mount_point: marker.NOT_THERE,
    mount_anothers: marker.ANOTHER,
}
each_way = pytest.mark.parametrize(
    ("vanish", "says"), WAYS.items(), ids=lambda each: getattr(each, "__name__", "")
)


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@each_way
def test_an_upload_while_running_is_refused_and_saved_nowhere(
    client, files, milestone, vanish, says
):
    assert add(client, milestone).status_code == 302
    vanish(files)
    before = everything_in(files.parent)
    answer = add(client, milestone, b"Another text. ")
    assert (answer.status_code, NOT_SAVED in answer.text) == (507, True)
    assert (everything_in(files.parent), Evidence.objects.count()) == (before, 1)
    shutil.rmtree(files, ignore_errors=True)
    files.with_name("moved").rename(files)
    assert add(client, milestone, b"Another text. ").status_code == 302
    assert len(files_in(files)) == 2


@each_way
def test_the_checks_say_so_and_make_nothing(files, vanish, says):
    assert service_checks.check_storage().state.value == "ok"
    vanish(files)
    before = everything_in(files.parent)
    found = service_checks.check_storage()
    assert (found.state.value, found.sentence) == ("wrong", says)
    with pytest.raises(CommandError):
        call_command("check_service", stdout=StringIO())
    with pytest.raises(CommandError, match="is missing|another installation"):
        call_command("mark_files", stdout=StringIO())
    call_command("migrate", verbosity=0, stderr=StringIO())
    assert everything_in(files.parent) == before


@each_way
def test_a_start_is_refused(files, vanish, says):
    start_up.refuse_to_start_unprepared()
    vanish(files)
    with pytest.raises(ImproperlyConfigured) as refused:
        start_up.refuse_to_start_unprepared()
    assert str(refused.value) in {
        f"{says} They are to be kept in {files}. If they are lost for good: mark_files --anew",
        f"FILES_DIR is {files}, which is not there. Create the folder, or mount its disk.",
    }


@pytest.mark.django_db(transaction=True)
def test_readyz_takes_the_node_out_and_names_no_path(client, files, monkeypatch):
    monkeypatch.setattr(health, "readiness", Readiness(patience=20, moment=20))
    leave_the_mount_point(files)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text.splitlines()[-1]) == (
        503,
        f"Storage: {marker.NOT_THERE}",
    )
    assert str(files) not in answer.text


def test_a_download_says_that_the_storage_is_away_and_not_that_the_file_is_gone(
    client, files, milestone
):
    add(client, milestone)
    plan, piece = milestone.item.plan, Evidence.objects.get()
    leave_the_mount_point(files)
    answer = client.get(f"/plans/{plan.slug}/evidence/{piece.pk}/")
    assert (answer.status_code, "cannot be read at the moment" in answer.text) == (503, True)


def test_an_unmarked_storage_keeps_nothing_until_an_operator_marks_it(tmp_path):
    with kept_in(tmp_path):
        with pytest.raises(marker.StorageGone, match="Run mark_files"):
            default_storage.save("evidence/1", ContentFile(b"text"))
        assert everything_in(tmp_path) == []
        call_command("migrate", verbosity=0)
        default_storage.save("evidence/1", ContentFile(b"text"))
        assert len(everything_in(tmp_path)) == 3


def test_the_first_marking_asks_for_the_files_that_records_name(tmp_path):
    full, empty = tmp_path / "full", tmp_path / "empty"
    full.mkdir()
    empty.mkdir()
    piece = EvidenceFactory(note="", file=ContentFile(b"text", "a.txt"), file_name="a.txt")
    for folder, is_marked in ((empty, False), (full, True)):
        with kept_in(folder):
            if folder == full:
                place = full / piece.file.name
                place.parent.mkdir(parents=True)
                place.write_bytes(b"text")
            said = StringIO()
            call_command("migrate", verbosity=0, stderr=said)
            assert (folder / marker.NAME).exists() == FilesMarker.objects.exists() == is_marked
            assert ("its marker is missing" in said.getvalue()) != is_marked


def test_an_operator_can_say_that_the_files_are_lost(files):
    leave_the_mount_point(files)
    call_command("mark_files", "--anew", stdout=StringIO())
    assert (files / marker.NAME).read_text() == FilesMarker.objects.get().text
    start_up.refuse_to_start_unprepared()


def test_the_marker_goes_along_with_a_copy(files, tmp_path):
    copy, third = tmp_path / "copy", tmp_path / "third"
    call_command("copy_files", to=copy, stdout=StringIO())
    third.mkdir()
    with kept_in(third):
        call_command("copy_files", **{"from": copy}, stdout=StringIO())
        assert service_checks.check_storage().state.value == "ok"
