"""Test authorising a briefing: the version that was read is stored and never changes."""

import json
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from agencies.records import history
from reports.briefings.services import states
from reports.briefings.services.gates import Blocked
from reports.document import from_json, to_json
from reports.drafting.paper import document_of
from reports.issuing.services import issuing, renderings
from reports.models import Briefing, IssuedPaper, Rendering
from reports.models.issue import sha256
from reports.render import outputs
from reports.render.pdf import render_pdf
from tests.factories import IssuedPaperFactory, ReturnFactory, RoundFactory, UserFactory
from tests.reports.drafted import drafted
from tests.reports.verifying import lift_triggers, verify
from workitems.plan.services import Refused

pytestmark = pytest.mark.django_db

State = Briefing.State
NOW = datetime(2010, 7, 30, 3, tzinfo=UTC)


@pytest.fixture
def coordinator():
    return UserFactory(name="Coordinator")


@pytest.fixture
def manager():
    return UserFactory(name="Group manager")


@pytest.fixture
def awaiting(plan, item, coordinator):
    """A briefing that the coordinator sent for authorisation."""
    briefing = drafted(plan, item, coordinator, marking="IN CONFIDENCE")
    states.start_consultation(briefing=briefing, by=coordinator)
    return states.ask_for_authorisation(briefing=briefing, by=coordinator)


def read_hash(briefing):
    """Return the hash that the manager's page shows."""
    return issuing.printed(issuing.to_sign(briefing), at=NOW).pdf_sha256


def sign(briefing, by):
    return issuing.authorise(briefing=briefing, pdf_sha256=read_hash(briefing), by=by, at=NOW)


def sign_correction(briefing, manager, coordinator):
    states.start_correction(briefing=briefing, reason="The title was wrong", by=coordinator)
    briefing.refresh_from_db()
    briefing.title = "The right title"
    history.save(briefing, by=coordinator)
    states.ask_for_authorisation(briefing=briefing, by=coordinator)
    briefing.refresh_from_db()
    return sign(briefing, manager)


def test_the_authorised_file_is_stored_byte_for_byte(awaiting, manager):
    document = document_of(awaiting)
    issued = sign(awaiting, manager)
    issued.refresh_from_db()
    assert bytes(issued.document) == to_json(document)
    assert bytes(issued.pdf) == render_pdf(document)
    assert (issued.document_sha256, issued.pdf_sha256) == (
        sha256(to_json(document)),
        sha256(render_pdf(document)),
    )
    assert (issued.number, issued.marking, issued.note) == (1, "IN CONFIDENCE", "")
    assert (issued.authorised_by, issued.authorised_as) == (manager, "Group manager")
    assert issued.authorised_at == NOW
    awaiting.refresh_from_db()
    assert awaiting.state == State.AUTHORISED
    assert awaiting.history.latest("history_id").history_change_reason == "Version 1"


def test_a_paper_that_changed_since_it_was_read_cannot_be_signed(awaiting, manager):
    read = read_hash(awaiting)
    awaiting.title = "Another title"
    history.save(awaiting, by=None)
    with pytest.raises(issuing.PaperChanged) as refusal:
        issuing.authorise(briefing=awaiting, pdf_sha256=read, by=manager, at=NOW)
    assert str(refusal.value) == (
        "The paper is no longer the one that you read. Read it again before you authorise it."
    )
    assert IssuedPaper.objects.count() == 0


def test_a_paper_that_changes_while_it_is_rendered_cannot_be_signed(awaiting, manager, monkeypatch):
    """Another user saves while the renderer runs."""
    read = read_hash(awaiting)
    plain = issuing.printed

    def render_then_change(*args, **kwargs):
        paper = plain(*args, **kwargs)
        row = Briefing.objects.get(pk=awaiting.pk)
        row.title = "Another title"
        history.save(row, by=None)
        return paper

    monkeypatch.setattr(issuing, "printed", render_then_change)
    with pytest.raises(issuing.PaperChanged):
        issuing.authorise(briefing=awaiting, pdf_sha256=read, by=manager, at=NOW)
    assert IssuedPaper.objects.count() == 0


def add_missing_return(briefing, agency):
    """Make an unaccepted return; it stops the paper without changing its bytes."""
    round = RoundFactory(
        plan=briefing.plan, period_start=date(2010, 1, 1), period_end=date(2010, 6, 30)
    )
    ReturnFactory(round=round, agency=agency)


def test_a_paper_stopped_by_a_new_check_cannot_be_signed(awaiting, manager, police):
    read = read_hash(awaiting)
    add_missing_return(awaiting, police)
    assert read_hash(awaiting) == read
    with pytest.raises(Blocked) as refusal:
        issuing.authorise(briefing=awaiting, pdf_sha256=read, by=manager, at=NOW)
    assert str(refusal.value) == (
        "One problem must be fixed before the paper is authorised. “Checks” says what and where."
    )
    assert IssuedPaper.objects.count() == 0


def test_a_check_that_appears_while_the_paper_is_rendered_stops_it(
    awaiting, manager, police, monkeypatch
):
    read = read_hash(awaiting)

    plain = issuing.printed

    def render_then_miss_return(*args, **kwargs):
        add_missing_return(awaiting, police)
        return plain(*args, **kwargs)

    monkeypatch.setattr(issuing, "printed", render_then_miss_return)
    with pytest.raises(Blocked):
        issuing.authorise(briefing=awaiting, pdf_sha256=read, by=manager, at=NOW)
    assert IssuedPaper.objects.count() == 0


def rendered(monkeypatch):
    """Collect, at each rendering, whether a transaction is open."""
    within = []

    def make(form, document, count_pages):
        within.append(connection.in_atomic_block)
        return outputs.make(form, document)

    monkeypatch.setattr(renderings, "make", make)
    return within


@pytest.mark.django_db(transaction=True)
def test_reading_and_authorising_render_once_and_outside_a_transaction(
    awaiting, manager, monkeypatch
):
    within = rendered(monkeypatch)
    sign(awaiting, manager)
    assert within == [False]


@pytest.mark.prints_anew
@pytest.mark.django_db(transaction=True)
def test_a_deleted_rendering_is_made_again_with_the_same_bytes(awaiting, manager, monkeypatch):
    read = read_hash(awaiting)
    Rendering.objects.all().delete()
    within = rendered(monkeypatch)
    issued = issuing.authorise(briefing=awaiting, pdf_sha256=read, by=manager, at=NOW)
    assert (issued.pdf_sha256, within) == (read, [False])


def test_a_rendering_that_was_tampered_with_cannot_be_signed(awaiting, manager):
    read = read_hash(awaiting)
    Rendering.objects.update(data=b"%PDF-1.7 of somebody else")
    with pytest.raises(Refused, match="The stored paper is damaged"):
        issuing.authorise(briefing=awaiting, pdf_sha256=read, by=manager, at=NOW)
    assert IssuedPaper.objects.count() == 0


def test_a_long_paper_can_be_signed_only_after_a_worker_has_rendered_it(
    awaiting, manager, monkeypatch
):
    monkeypatch.setattr(renderings, "SHORT", 0)
    with pytest.raises(issuing.StillPrinting) as wait:
        read_hash(awaiting)
    assert wait.value.row.state == Rendering.State.WAITING
    call_command("render_papers", "--once", "--nice", "0")
    assert sign(awaiting, manager).number == 1


def test_the_user_who_asked_for_authorisation_cannot_authorise(awaiting, coordinator):
    with pytest.raises(Refused) as refusal:
        sign(awaiting, coordinator)
    assert str(refusal.value) == (
        "You asked for this authorisation yourself. Another authorising manager must give it."
    )


@pytest.mark.parametrize("state", [each for each in State if each != State.AWAITING])
def test_only_a_paper_awaiting_authorisation_can_be_authorised(awaiting, manager, state):
    read = read_hash(awaiting)
    awaiting.state = state
    history.save(awaiting, by=None)
    with pytest.raises(Refused):
        issuing.authorise(briefing=awaiting, pdf_sha256=read, by=manager, at=NOW)


def test_a_correction_makes_the_next_version_and_keeps_the_old_one(awaiting, manager, coordinator):
    first = sign(awaiting, manager)
    kept = bytes(first.pdf)
    second = sign_correction(awaiting, manager, coordinator)
    assert (second.number, second.note) == (2, "The title was wrong")
    assert from_json(bytes(second.document)).title == "The right title"
    awaiting.refresh_from_db()
    assert (awaiting.state, awaiting.correction_note) == (State.AUTHORISED, "")
    first.refresh_from_db()
    assert bytes(first.pdf) == kept


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_issuedpaper SET pdf_sha256 = 'x'",
        "UPDATE reports_issuedpaper SET note = note",
        "DELETE FROM reports_issuedpaper",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_issued_paper(statement):
    IssuedPaperFactory()
    with (
        pytest.raises(IntegrityError, match="An issued paper is never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert IssuedPaper.objects.count() == 1


# --- verify_issued ------------------------------------------------------------------------


@pytest.fixture
def two_versions(awaiting, manager, coordinator):
    sign(awaiting, manager)
    sign_correction(awaiting, manager, coordinator)
    return awaiting


def tamper(number, **columns):
    """Change a row as at the database's prompt, with the triggers dropped."""
    lift_triggers("reports_issuedpaper")
    IssuedPaper.objects.filter(number=number).update(**columns)


@pytest.mark.prints_anew
def test_every_stored_paper_renders_again_to_the_same_bytes(two_versions):
    assert verify(render=True) == ["2 issued papers are sound, and rendered to the same bytes."]


def test_intact_papers_are_counted(two_versions):
    assert verify() == ["2 issued papers are sound, by their SHA-256."]


def test_without_a_paper_there_is_nothing_to_check(db):
    assert verify() == ["No paper has been issued."]


def test_a_pdf_that_was_tampered_with_is_found(two_versions):
    pdf = bytes(IssuedPaper.objects.get(number=1).pdf)
    tamper(1, pdf=pdf.replace(b"%PDF-1.7", b"%PDF-1.6", 1))
    assert verify() == [
        f"{two_versions.tracker_number}, version 1: the PDF is not the one that was signed: "
        "its SHA-256 differs.",
        "1 of 2 issued papers are not sound.",
    ]


def test_json_that_was_tampered_with_is_found(two_versions):
    document = json.loads(bytes(IssuedPaper.objects.get(number=2).document))
    document["document"]["cover"]["title"] = "A better title"
    tamper(2, document=json.dumps(document).encode())
    assert verify() == [
        f"{two_versions.tracker_number}, version 2: the JSON is not the one that was signed: "
        "its SHA-256 differs.",
        f"{two_versions.tracker_number}, version 2: the JSON is not written as this service "
        "writes it.",
        "1 of 2 issued papers are not sound.",
    ]


def not_as_signed(briefing, number):
    """What the chain of digests says of a paper whose digest was changed."""
    return (
        f"{briefing.tracker_number}, version {number} is not as it was signed: its marking, its note, "
        "who signed it and when, or one of its digests differs."
    )


def test_json_that_cannot_be_read_is_found(two_versions):
    tamper(2, document=b"{}", document_sha256=sha256(b"{}"))
    assert verify() == [
        f"{two_versions.tracker_number}, version 2: the JSON cannot be read: The document cannot be "
        "read: it is not a briefing's JSON.",
        not_as_signed(two_versions, 2),
        "1 of 2 issued papers are not sound. The chain of digests is not sound.",
    ]


def test_json_changed_together_with_its_hash_is_found_by_the_chain_and_by_rendering(two_versions):
    plain = from_json(bytes(IssuedPaper.objects.get(number=1).document))
    other = to_json(plain).replace(b"Progress on the Plan", b"Progress on our Plan")
    tamper(1, document=other, document_sha256=sha256(other))
    assert verify() == [
        not_as_signed(two_versions, 1),
        "The chain of digests is not sound.",
    ]
    assert verify(render=True) == [
        f"{two_versions.tracker_number}, version 1: the JSON gives another PDF than the one that is "
        "stored.",
        not_as_signed(two_versions, 1),
        "1 of 2 issued papers are not sound. The chain of digests is not sound.",
    ]
