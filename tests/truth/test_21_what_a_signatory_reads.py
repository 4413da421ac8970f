"""The page that asks for a signature leads with what a signatory needs; the fingerprint comes last."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from agencies.models import Seat
from reports.briefings.services import states
from reports.drafting import concerns, draft_rows
from reports.issuing.services import issuing, renderings
from reports.models import Briefing, Clearance, PaperReading
from reports.workshop.services import drafts
from tests.factories import (
    ClearanceFactory,
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.reports.drafted import BEFORE, drafted
from tests.reports.paper_reading import opened
from workitems.desk.to_dos import lines_for

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="words and order of a page"),
]

READ, CHANGED, READ_AGAIN = (datetime(2010, 8, day, 2, 5, tzinfo=UTC) for day in (2, 3, 4))


@pytest.fixture(autouse=True)
def print_quickly(monkeypatch):
    """Stand in for rendering, which takes a second: a file of 12 pages that holds the paper's JSON."""

    def make(form, document, tell):
        tell("writing", 1, 12)
        return b"%PDF-1.7 " + document

    monkeypatch.setattr(renderings, "make", make)


@pytest.fixture
def coordinator(labour):
    return SeatFactory(agency=labour, role=Seat.Role.COORDINATOR).user


@pytest.fixture
def manager(labour):
    return SeatFactory(agency=labour, role=Seat.Role.AUTHORISING_MANAGER).user


@pytest.fixture
def awaiting(plan, item, police, customs, coordinator):
    """Four late items; Police does not concur, Customs has not answered."""
    with time_machine.travel(BEFORE, tick=False):
        for number, due in enumerate((10, 1, 20, 5), start=1):
            late = WorkItemFactory(
                plan=plan,
                number=f"2.{number}",
                title=f"Item of {due} June",
                lead_agency=customs,
                stage="under_way",
                is_key=number == 2,
            )
            delay = DelayFactory(
                milestone=MilestoneFactory(item=late, original_due=date(2010, 6, due))
            )
            MitigationFactory(delay=delay)
        briefing = drafted(plan, item, coordinator)
    draft = draft_rows.read_draft(briefing).draft
    ClearanceFactory(
        briefing=briefing,
        agency=police,
        cleared=concerns.covered_texts(draft, concerns.owners_of(draft), police.pk),
        answer="dissents",
        words="Two trainings are not funded, and the paper does not say so.",
        answered_by=UserFactory(),
        answered_as="Police approver (Police)",
        answered_at=BEFORE,
    )
    ClearanceFactory(briefing=briefing, agency=customs, due_on=date(2010, 7, 15))
    with time_machine.travel(READ - timedelta(hours=1), tick=False):
        states.move(briefing, Briefing.State.IN_CONSULTATION, by=coordinator)
        return states.ask_for_authorisation(briefing=briefing, by=coordinator)


def open_page(client, manager, briefing, at=READ):
    with time_machine.travel(at, tick=False):
        client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(reverse("briefings:authorise", args=[briefing.plan.slug, briefing.pk]))
        assert page.status_code == 200
        return page


def read_pdf(client, manager, briefing, page, at=READ, method="get"):
    with time_machine.travel(at, tick=False):
        client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
        where = [briefing.plan.slug, briefing.pk, page.context["sha256"]]
        return getattr(client, method)(reverse("briefings:unsigned", args=where))


def words(page):
    content = page.content.decode().split("<main", 1)[1].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", content).split())


def edit_first(briefing, coordinator, text):
    """Send the paper back, change its first paragraph and ask for authorisation again."""
    with time_machine.travel(CHANGED, tick=False):
        states.recall(briefing=briefing, reason="A word", by=coordinator)
        draft = draft_rows.read_draft(briefing).draft
        key = next(iter(draft.numbers))
        row = briefing.draft_paragraphs.get(key=key)
        briefing.refresh_from_db()
        drafts.edit(briefing=briefing, key=key, text=text, version=row.version, by=coordinator)
        return states.ask_for_authorisation(briefing=briefing, by=coordinator)


def test_dissent_missing_answers_and_the_worst_late_items_come_first(client, awaiting, manager):
    page = open_page(client, manager, awaiting)
    text = words(page)
    assert (
        "Agencies that do not concur Police does not concur "
        "Two trainings are not funded, and the paper does not say so. "
        "Agencies that have not answered Customs , was due on 15 July 2010. "
        "Late items 4 of 5 items are late on 30 July 2010, 1 of them key. The latest: "
    ) in text
    assert [(late.words, late.item.number) for late in page.context["paper_status"].worst] == [
        ("Overdue by eight weeks", "2.2"),
        ("Overdue by nearly eight weeks", "2.4"),
        ("Overdue by seven weeks", "2.1"),
    ]
    assert "Overdue by eight weeks 2.2 Item of 1 June, Customs (key item)" in text


def test_an_agency_without_an_answer_is_named_once(client, awaiting, manager):
    page = open_page(client, manager, awaiting)
    warned = {check.key for check in page.context["warnings"]}
    assert [key for key in warned if key.startswith("clearance-")] == []
    assert "Customs has not answered." not in words(page)


def test_who_asked_for_the_authorisation_cannot_give_it_and_is_not_asked_to(
    client, awaiting, manager, coordinator, labour
):
    SeatFactory(user=coordinator, agency=labour, role=Seat.Role.AUTHORISING_MANAGER)
    awaits = f"Read and authorise {awaiting.tracker_number}"
    seen = [
        [line.what for line in lines_for(user, date(2010, 8, 2)) if line.what == awaits]
        for user in (manager, coordinator)
    ]
    assert seen == [[awaits], []]
    page = open_page(client, coordinator, awaiting)
    assert "You asked for this authorisation yourself." in words(page)
    assert "Authorise version 1" not in words(page)
    assert "Authorise version 1" in words(open_page(client, manager, awaiting))


def test_the_order_is_what_a_signatory_needs_and_the_fingerprint_is_last(client, awaiting, manager):
    page = open_page(client, manager, awaiting)
    content = page.content.decode()
    parts = [
        "Agencies that do not concur",
        "Agencies that have not answered",
        "Late items",
        "Changed since you last read it",
        "You have not read this paper before.",
        "<dt>Length</dt>",
        "Read the PDF",
        "I have read this PDF",
        "Authorise version 1",
        "Fingerprint of the PDF",
    ]
    places = [content.index(part) for part in parts]
    assert places == sorted(places)
    digest = page.context["sha256"]
    assert content.index(f'<code class="digest">{digest}</code>') > places[-1]


def test_the_number_of_pages_is_shown(client, awaiting, manager):
    assert "Length 12 pages" in words(open_page(client, manager, awaiting))


def test_the_number_of_pages_is_that_of_the_pdf(awaiting, monkeypatch):
    monkeypatch.undo()
    printed = issuing.printed(issuing.to_sign(awaiting), at=READ)
    with opened(printed.pdf) as pdf:
        assert printed.pages == len(pdf.pages) > 1


def test_the_first_opening_of_a_pdf_is_kept(client, awaiting, manager):
    page = open_page(client, manager, awaiting)
    assert read_pdf(client, manager, awaiting, page, method="head").status_code == 200
    assert PaperReading.objects.count() == 0
    for at in (READ, READ_AGAIN):
        read_pdf(client, manager, awaiting, page, at=at)
    row = PaperReading.objects.get()
    assert (row.reader, row.read_at, row.pdf_sha256) == (manager, READ, page.context["sha256"])
    assert "Nothing. You first read it on 2 August 2010 at 2:05 p.m." in words(
        open_page(client, manager, awaiting)
    )


def test_two_openings_at_once_are_one(awaiting, manager):
    for _ in range(2):
        issuing.note_reading(briefing=awaiting, pdf_sha256="0" * 64, by=manager, at=READ)
    assert PaperReading.objects.count() == 1


def test_paragraphs_that_changed_since_the_last_reading_are_shown(
    client, awaiting, manager, coordinator
):
    read_pdf(client, manager, awaiting, open_page(client, manager, awaiting))
    edit_first(awaiting, coordinator, "This is another beginning.")
    page = open_page(client, manager, awaiting, at=READ_AGAIN)
    since = page.context["readings"].since
    assert [(line.kind, line.place) for line in since.lines] == [("changed", "Paragraph 1")]
    assert "Changed since you read it on 2 August 2010 at 2:05 p.m." in words(page)
    shown = page.content.decode().split("compare-lines")[1]
    assert "another beginning" in shown
    # It stays until the paper is signed, also when the new one was read.
    read_pdf(client, manager, awaiting, page, at=READ_AGAIN)
    again = open_page(client, manager, awaiting, at=READ_AGAIN)
    assert [line.place for line in again.context["readings"].since.lines] == ["Paragraph 1"]
    assert "You read the paper as it is now on 4 August 2010" in words(again)


def test_another_managers_reading_does_not_count(client, awaiting, manager, labour, coordinator):
    other = SeatFactory(agency=labour, role=Seat.Role.AUTHORISING_MANAGER).user
    read_pdf(client, other, awaiting, open_page(client, other, awaiting))
    edit_first(awaiting, coordinator, "This is another beginning.")
    page = open_page(client, manager, awaiting, at=READ_AGAIN)
    assert page.context["readings"].since is None


def test_a_correction_is_compared_with_the_version_before(client, awaiting, manager, coordinator):
    page = open_page(client, manager, awaiting)
    with time_machine.travel(READ, tick=False):
        issuing.authorise(briefing=awaiting, pdf_sha256=page.context["sha256"], by=manager, at=READ)
        row = Briefing.objects.select_related("plan", "kind").get()
        row = states.start_correction(briefing=row, reason="A word", by=coordinator)
        key = next(iter(draft_rows.read_draft(row).draft.numbers))
        drafts.edit(briefing=row, key=key, text="Corrected.", version=1, by=coordinator)
        row = states.ask_for_authorisation(briefing=row, by=coordinator)
    page = open_page(client, manager, row, at=READ_AGAIN)
    assert "Changed since version 1 was authorised on 2 August 2010" in words(page)
    assert [line.place for line in page.context["readings"].since.lines] == ["Paragraph 1"]


def test_answers_with_comment_are_told_apart_from_dissent(client, awaiting, manager, customs):
    Clearance.objects.filter(agency=customs).update(
        answer="comment",
        words="The course is of July.",
        answered_by=UserFactory(),
        answered_as="Customs approver (Customs)",
        answered_at=BEFORE,
    )
    text = words(open_page(client, manager, awaiting))
    assert "Agencies that have not answered None." in text
    assert "1 agency concurs with comment Customs : The course is of July." in text
