"""Test the ZIP of a plan's evidence: its digests check, names stay inside, and a changed file is named."""

import csv
import io
import subprocess
import zipfile
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from django.core.files.base import ContentFile

from reports.progress.evidence_archive import write_archive
from tests.factories import (
    EvidenceFactory,
    MilestoneFactory,
    ReturnFactory,
    UpdateFactory,
    UserFactory,
    WorkItemFactory,
)
from workitems.plan.services import evidence as services

pytestmark = pytest.mark.django_db
ON = date(2010, 9, 1)


@pytest.fixture
def milestone(plan, police):
    item = WorkItemFactory(
        plan=plan, lead_agency=police, number="1.2", title="../Print / a brochure"
    )
    return MilestoneFactory(item=item, number=1)


def added(milestone, name="receipt.txt", content=b"Paid.", **more):
    return services.add_to_milestone(
        milestone=milestone, by=UserFactory(name="Contributor"), at=datetime(2010, 7, 1, tzinfo=UTC),
        file=ContentFile(content, name=name) if name else None, **more,
    )  # fmt: skip


def unpacked(plan, folder):
    """Unpack the archive and return its index, by name, link or note of each piece."""
    file = io.BytesIO()
    write_archive(plan, file, ON)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        archive.extractall(folder)
    rows = csv.DictReader((folder / "index.csv").read_text("utf-8-sig").splitlines())
    return names, {row["Name"] or row["Link"] or row["Note"]: row for row in rows}


def test_the_digest_is_kept_when_a_file_is_added(milestone):
    assert added(milestone).sha256 == sha256(b"Paid.").hexdigest()
    assert added(milestone, name="", note="Seen.").sha256 == ""


def test_sha256sum_checks_the_archive(plan, milestone, tmp_path):
    added(milestone)
    added(milestone, name="", link="https://example.org/brochure")
    names, index = unpacked(plan, tmp_path)
    (path,) = [each for each in names if each.endswith("receipt.txt")]
    assert path == f"1.2 Print - a brochure/Milestone 1/{path.split('/')[-1]}"
    assert {row["Remark"] for row in index.values()} == {""}
    assert index["https://example.org/brochure"]["Kind"] == "Link"
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.splitlines()) == (0, [f"{path}: OK", "index.csv: OK"])


def test_a_changed_file_is_named_and_one_without_a_digest(plan, milestone, tmp_path):
    piece = added(milestone)
    with piece.file.storage.open(piece.file.name, "wb") as file:
        file.write(b"Paid twice.")
    old = EvidenceFactory(
        milestone=milestone, note="", file=ContentFile(b"Old.", name="old.txt"), file_name="old.txt"
    )
    _, index = unpacked(plan, tmp_path)
    assert index["receipt.txt"]["Remark"] == (
        f"The file was changed after it was added; its digest was {piece.sha256}."
    )
    assert index["old.txt"]["Remark"] == "No digest was taken when it was added."
    assert services.fill_digests() == (1, [])
    old.refresh_from_db()
    assert old.sha256 == sha256(b"Old.").hexdigest()
    assert services.fill_digests() == (0, [])


def test_withdrawn_pieces_are_listed_without_their_file(plan, milestone, tmp_path):
    services.withdraw(
        evidence=added(milestone), by=UserFactory(), at=datetime(2010, 8, 1, tzinfo=UTC), reason="Wrong one."
    )  # fmt: skip
    names, index = unpacked(plan, tmp_path)
    row = index["receipt.txt"]
    assert (names, row["File in the archive"]) == (["index.csv", "SHA256SUMS"], "")
    assert (row["Withdrawn on"], row["Why withdrawn"]) == ("2010-08-01", "Wrong one.")


def test_the_index_has_each_done_milestone_for_which_nothing_is_filed(plan, milestone, tmp_path):
    MilestoneFactory(item=milestone.item, number=2, description="Open", completed_on=None)
    MilestoneFactory(
        item=milestone.item, number=3, description="Printed", completed_on=date(2010, 8, 1)
    )
    added(milestone)
    _, index = unpacked(plan, tmp_path)
    assert [(row["Milestone"], row["Remark"]) for row in index.values()] == [
        (milestone.description, ""),
        ("Printed", "Nothing is filed for it."),
    ]
    assert index[""]["Done on"] == "2010-08-01"


def test_evidence_of_a_return_counts_once_it_is_accepted(plan, police, milestone, tmp_path):
    of_return = ReturnFactory(
        round__plan=plan, round__name="First round", agency=police, state="submitted"
    )
    update = UpdateFactory(item=milestone.item, of_return=of_return)
    EvidenceFactory(milestone=None, update=update, note="Told by phone.")
    assert unpacked(plan, tmp_path)[1] == {}
    of_return.state, of_return.accepted_on = "accepted", date(2010, 7, 5)
    of_return.accepted_by = UserFactory()
    of_return.save()
    assert unpacked(plan, tmp_path)[1]["Told by phone."]["Evidence for"] == "First round, Police"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.txt",
        "..\\..\\up.txt",
        "/root.txt",
        "a/../../b.txt",
        ".txt",
        "%2e%2e.txt",
        "…/x.txt",
    ],
)
def test_no_name_leads_out_of_the_archive(plan, milestone, tmp_path, name):
    piece = EvidenceFactory(
        milestone=milestone, note="", file=ContentFile(b"X", name="x.txt"), file_name=name
    )
    milestone.item.number = "../../7"
    milestone.item.save()
    names, _ = unpacked(plan, tmp_path / "in" / "side")
    assert all(".." not in each.split("/") and not each.startswith("/") for each in names)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert any(f"/{piece.pk} " in each for each in names)
