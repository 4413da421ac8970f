"""Test evidence: accepted files, adding, withdrawing, and the reviewer's flag."""

import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import EvidenceFactory, MilestoneFactory
from tests.workitems.record import NOW, TODAY, YESTERDAY, newest, refused, unchanged
from workitems.models import Evidence
from workitems.plan.attachments import MAX_MEGABYTES, clean_name, fault
from workitems.plan.services import evidence, items

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 receipt"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"


def archive(*names, first=b""):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        if first:
            file.writestr("mimetype", first)
        for name in names:
            file.writestr(name, "x")
    return made.getvalue()


def opendocument(kind):
    return archive("content.xml", first=f"application/vnd.oasis.opendocument.{kind}".encode())


def office(folder, *more):
    return archive("[Content_Types].xml", f"{folder}/part.xml", *more)


GOOD = {
    "a.pdf": PDF,
    "a.PDF": PDF,
    "a.doc": OLE,
    "a.xls": OLE,
    "a.ppt": OLE,
    "a.msg": OLE,
    "a.docx": office("word"),
    "a.xlsx": office("xl"),
    "a.pptx": office("ppt"),
    "a.odt": opendocument("text"),
    "a.ods": opendocument("spreadsheet"),
    "a.odp": opendocument("presentation"),
    "a.png": b"\x89PNG\r\n\x1a\n...",
    "a.jpg": b"\xff\xd8\xff\xe0",
    "a.jpeg": b"\xff\xd8\xff\xe1",
    "a.txt": "Whānau\tand\nmore".encode(),
    "old.txt": b"caf\xe9",
    "a.csv": b"a,b\r\n1,2\r\n",
    "a.eml": b"Received: from here\r\nSubject: Receipt\r\n\r\nThanks.",
}
# The names of these do not match their content.
FALSE = {
    "page.pdf": b"<html><script>alert(1)</script>",
    "late.pdf": b"<html>%PDF-1.7",
    "macros.docx": office("word", "word/vbaProject.bin"),
    "sheet.docx": office("xl"),
    "bare.docx": archive("word/part.xml"),
    "broken.docx": b"PK\x03\x04 and then nothing",
    "page.doc": b"<html>",
    "text.odt": opendocument("spreadsheet"),
    "picture.png": b"<svg xmlns='x'/>",
    "photo.jpg": b"GIF89a",
    "program.txt": b"MZ\x90\x00\x03\x00",
    "bytes.csv": b"a,\x00b",
    "page.eml": b"<html>Subject: no",
    "letter.msg": b"Subject: Receipt",
}


def said_of(name, content):
    return fault(name, len(content), io.BytesIO(content))


@pytest.mark.parametrize("name", GOOD)
def test_files_of_allowed_types_are_accepted(name):
    assert said_of(name, GOOD[name]) == ""


@pytest.mark.parametrize("name", FALSE)
def test_a_file_with_the_extension_of_another_type_is_refused(name):
    ending = name.partition(".")[2]
    assert said_of(name, FALSE[name]) == (
        f"The file’s name ends in .{ending}, but the file is of another type."
    )


@pytest.mark.parametrize(
    "name", ["a.html", "a.svg", "a.exe", "a.js", "a.docm", "a.zip", "a.pdf.html", "pdf", ""]
)
def test_files_of_other_types_are_refused(name):
    assert said_of(name, PDF).startswith("You cannot add files of this type.")


def test_a_file_of_exactly_the_size_limit_is_accepted_and_a_larger_one_refused():
    most = MAX_MEGABYTES * 1024 * 1024
    assert fault("a.pdf", most, io.BytesIO(PDF)) == ""
    assert fault("a.pdf", most + 1, io.BytesIO(PDF)) == "The file has more than 10 MB."
    assert fault("a.pdf", 0, io.BytesIO()) == "The file is empty."


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("receipt.pdf", "receipt.pdf"),
        (r"C:\Users\me\receipt.pdf", "receipt.pdf"),
        ("../../etc/receipt.pdf", "receipt.pdf"),
        ("re\r\nceipt\x00.pdf", "re ceipt .pdf"),
        ("fdp\u202e.exe.pdf", "fdp .exe.pdf"),
        ("..hidden.pdf", "hidden.pdf"),
        ("Ma\u0304ori  plan.pdf", "Māori plan.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_the_file_name_is_stored_without_invisible_characters(given, kept):
    assert clean_name(given) == kept


# --- adding -----------------------------------------------------------------------------------


def upload(content=PDF, name="receipt.pdf"):
    return SimpleUploadedFile(name, content)


def add(update, by, **piece):
    return evidence.add_to_update(
        of_return=update.of_return, item=update.item, by=by, at=NOW, **piece
    )


def test_a_file_is_stored_under_a_random_name(update, contributor):
    made = add(update, contributor, file=upload(name="Jo Smith's receipt.pdf"), note="Paid.")
    made.refresh_from_db()
    assert (made.update, made.file_name, made.note) == (update, "Jo Smith's receipt.pdf", "Paid.")
    folder, _, name = made.file.name.partition("/")
    assert (folder, len(name), set(name) <= set("0123456789abcdef")) == ("evidence", 32, True)
    with default_storage.open(made.file.name) as kept:
        assert kept.read() == PDF
    assert newest(made) == ("+", "Police contributor (Police)", "")


def test_adding_the_same_evidence_again_returns_the_existing_row(update, contributor):
    first = add(update, contributor, file=upload())
    assert add(update, contributor, file=upload()) == first
    other = add(update, contributor, file=upload(PDF + b" 2"))
    note = add(update, contributor, note="On the file.")
    assert add(update, contributor, note="On the file.") == note
    assert set(Evidence.objects.all()) == {first, other, note}


@pytest.mark.parametrize(
    ("piece", "sentence", "field"),
    [
        ({}, "Add a file, a link or a note.", None),
        ({"link": "javascript:alert(1)"}, "A link begins with https:// or http://.", "link"),
        ({"link": "ftp://example.org/a"}, "A link begins with https:// or http://.", "link"),
        (
            {"file": SimpleUploadedFile("a.pdf", b"<html>")},
            "The file’s name ends in .pdf, but the file is of another type.",
            "file",
        ),
    ],
)
def test_evidence_without_a_valid_file_link_or_note_is_refused(
    update, contributor, piece, sentence, field
):
    with refused(sentence, field):
        add(update, contributor, **piece)
    assert Evidence.objects.count() == 0


def test_evidence_needs_an_answer_first(of_return, item, contributor):
    with refused("Answer for item 1.2 first, then add evidence."):
        evidence.add_to_update(of_return=of_return, item=item, by=contributor, at=NOW, note="Yes.")


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_a_submitted_return_accepts_no_more_evidence(update, contributor, state):
    of_return = update.of_return
    of_return.state = state
    of_return.submitted_at = NOW
    of_return.accepted_on = TODAY if state == "accepted" else None
    of_return.save()
    with refused(f"This return is {state}; it is locked."):
        add(update, contributor, note="One more thing.")


def test_a_closed_round_accepts_no_more_evidence(update, contributor):
    update.of_return.round.closed_at = NOW
    update.of_return.round.save()
    with refused("This round is closed."):
        add(update, contributor, note="One more thing.")


def test_a_closed_milestone_accepts_evidence_and_a_withdrawn_one_does_not(item, contributor):
    closed = MilestoneFactory(item=item, completed_on=YESTERDAY)
    made = evidence.add_to_milestone(milestone=closed, by=contributor, at=NOW, note="Printed.")
    assert list(closed.evidence.all()) == [made]
    gone = MilestoneFactory(item=item, withdrawn_on=YESTERDAY)
    with refused("This milestone was withdrawn with its item."):
        evidence.add_to_milestone(milestone=gone, by=contributor, at=NOW, note="Printed.")


# --- withdrawing ------------------------------------------------------------------------------


def test_withdrawn_evidence_keeps_its_row(update, contributor):
    piece = add(update, contributor, file=upload())
    with unchanged(piece), refused("Say why the piece is withdrawn.", "reason"):
        evidence.withdraw(evidence=piece, by=contributor, at=NOW, reason="")
    evidence.withdraw(evidence=piece, by=contributor, at=NOW, reason="The wrong file.")
    piece.refresh_from_db()
    assert (piece.withdrawn_at, piece.withdrawn_by, piece.withdrawn_reason) == (
        NOW,
        contributor,
        "The wrong file.",
    )
    assert newest(piece) == ("~", "Police contributor (Police)", "The wrong file.")
    assert list(Evidence.objects.not_withdrawn()) == []
    with refused("This piece is already withdrawn."):
        evidence.withdraw(evidence=piece, by=contributor, at=NOW, reason="Again.")


def test_withdrawn_evidence_can_be_added_again(update, contributor):
    piece = add(update, contributor, note="Paid.")
    evidence.withdraw(evidence=piece, by=contributor, at=NOW, reason="Too early.")
    assert add(update, contributor, note="Paid.") != piece


def test_only_the_reviewer_can_withdraw_evidence_of_a_submitted_return(
    update, contributor, coordinator
):
    piece = add(update, contributor, note="Paid.")
    update.of_return.state, update.of_return.submitted_at = "submitted", NOW
    update.of_return.save()
    with refused("This return is submitted; it is locked."):
        evidence.withdraw(evidence=piece, by=contributor, at=NOW, reason="Wrong.")
    evidence.withdraw(evidence=piece, by=coordinator, at=NOW, reason="Wrong.", as_reviewer=True)
    piece.refresh_from_db()
    assert piece.withdrawn_by == coordinator


# --- missing evidence -------------------------------------------------------------------------


@pytest.fixture
def closed(item):
    return MilestoneFactory(item=item, number=1, completed_on=YESTERDAY)


def test_the_reviewer_flags_missing_evidence_and_removes_the_flag(closed, coordinator):
    with refused("Say what is missing.", "reason"):
        evidence.flag_missing_evidence(milestone=closed, version=1, by=coordinator, reason="")
    evidence.flag_missing_evidence(
        milestone=closed, version=1, by=coordinator, reason="No receipt."
    )
    closed.refresh_from_db()
    assert (closed.no_evidence, closed.version) == ("No receipt.", 2)
    assert newest(closed) == ("~", "Coordinator (DoL)", "No receipt.")
    with refused("Say what evidence there is now.", "reason"):
        evidence.clear_missing_evidence(milestone=closed, version=2, by=coordinator, reason="")
    evidence.clear_missing_evidence(
        milestone=closed, version=2, by=coordinator, reason="It came by post."
    )
    closed.refresh_from_db()
    assert (closed.no_evidence, closed.version) == ("", 3)
    assert newest(closed) == ("~", "Coordinator (DoL)", "It came by post.")
    with refused("Evidence is not flagged as missing."):
        evidence.clear_missing_evidence(
            milestone=closed, version=3, by=coordinator, reason="Again."
        )


def test_an_open_milestone_cannot_be_flagged_as_lacking_evidence(milestone, coordinator):
    with (
        unchanged(milestone),
        refused(
            "Evidence can be flagged as missing only when the milestone is done. This one is not done yet."
        ),
    ):
        evidence.flag_missing_evidence(
            milestone=milestone, version=1, by=coordinator, reason="None."
        )


def test_reopening_a_milestone_clears_the_flag_of_missing_evidence(
    closed, contributor, coordinator
):
    evidence.flag_missing_evidence(
        milestone=closed, version=1, by=coordinator, reason="No receipt."
    )
    items.reopen_milestone(milestone=closed, version=2, by=contributor, reason="Not printed.")
    closed.refresh_from_db()
    assert (closed.completed_on, closed.no_evidence) == (None, "")


def test_readers_of_an_item_do_not_see_evidence_of_a_draft(item, update, contributor):
    draft = add(update, contributor, note="Paid.")
    step = EvidenceFactory(milestone=MilestoneFactory(item=item))
    EvidenceFactory()  # of another item
    assert list(Evidence.objects.of_item(item)) == [step]
    update.of_return.state, update.of_return.accepted_on = "accepted", TODAY
    update.of_return.save()
    assert set(Evidence.objects.of_item(item)) == {step, draft}
