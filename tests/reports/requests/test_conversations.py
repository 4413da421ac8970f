"""Test that conversations of notes are papers of a request, from the search for them to their release."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from reports.requests.models.in_scope import not_frozen
from reports.requests.print.conversation import printed_notes
from reports.requests.services import line_files, packages, releases, requests, schedule
from reports.requests.services.line_files import held_file
from tests.factories import (
    MemberFactory,
    NoteFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    WorkItemFactory,
)
from tests.reports.paper_reading import pages
from tests.reports.requests.conftest import (
    FIRST,
    LAST,
    NOW,
    OMBUDSMAN,
    TODAY,
    at,
    client_of,
    fresh,
    seated,
)
from tests.reports.requests.test_line_files import COPY
from workitems.notes import services
from workitems.notes.readers import Asked

pytestmark = pytest.mark.django_db

WRITTEN = datetime(2010, 7, 12, 0, tzinfo=UTC)


@pytest.fixture
def police(plan):
    return MemberFactory(plan=plan, agency__short_name="Police", agency__name="Police").agency


@pytest.fixture
def writer(agency):
    return seated(agency, "coordinator", "Ana Lee")


@pytest.fixture
def item(plan, agency):
    return WorkItemFactory(plan=plan, lead_agency=agency, number="1.4")


@pytest.fixture
def begun(plan, item, writer, police):
    """A conversation on 1.4 with a question, an edited first note, a withdrawn answer, settled on the way."""
    by = {"by": writer}
    first = services.write(
        plan=plan, kind="item", subject=item, text="When does it open in May?", readers="all", agency=None,
        asked=Asked(agencies=(police,)), at=WRITTEN, **by,
    )  # fmt: skip
    first = services.edit(
        note=first, version=1, text="When does it open?", at=WRITTEN + timedelta(hours=1), **by
    )
    first = services.settle(
        first=first, version=first.version, words="Police will say.", at=WRITTEN + timedelta(hours=2), **by
    )  # fmt: skip
    said = services.answer(first=first, text="On 3 June.", at=WRITTEN + timedelta(hours=3), **by)
    services.withdraw(note=said, version=1, at=WRITTEN + timedelta(hours=4), **by)
    return fresh(first)


def offered(request, first=FIRST, last=LAST):
    return [each.title for each in not_frozen(request, [(first, last)], today=TODAY)]


def title(note, place="1.4", by="Labour"):
    return f"Conversation {note.pk} on {place}, begun by {by}"


def test_a_conversation_is_read_with_withdrawn_notes_and_earlier_wordings(
    begun, django_assert_num_queries
):
    with django_assert_num_queries(4):
        notes, settled = printed_notes(begun)
    assert [(each.note.text, [was.text for was in each.earlier]) for each in notes] == [
        ("When does it open?", ["When does it open in May?"]),
        ("On 3 June.", []),
    ]
    assert [[str(asked) for asked in each.asks] for each in notes] == [["Police"], []]
    assert [(each.words, each.by) for each in settled] == [("Police will say.", "Ana Lee")]


@pytest.mark.usefixtures("today")
def test_it_is_found_listed_and_says_who_reads_it_but_no_word_before(scoped, begun, adviser):
    client = client_of(adviser)
    shown = client.get(at("request-scope", scoped.pk)).text
    assert title(begun) in shown
    assert "who can read it: All members" in shown
    assert "When does it open" not in shown
    keys = {"paper": [f"conversation-{begun.pk}"]}
    answer = client.post(at("request-add-papers", scoped.pk), keys, follow=True)
    assert "1 paper is added to the schedule." in answer.text
    (line,) = scoped.lines.all()
    assert (line.kind, line.title, line.dated) == ("file", title(begun), date(2010, 7, 12))
    text = " ".join(" ".join(pages(held_file(line))).split())
    for words in (
        "Who can read it All members",
        "Ana Lee, Labour 12 July 2010, 12:00 p.m.; edited 12 July 2010, 1:00 p.m. When does it open?",
        "Asks Police: no answer needed, Ana Lee, 12 July 2010, 2:00 p.m.",
        "Earlier wording, until 12 July 2010, 1:00 p.m. When does it open in May?",
        "12 July 2010, 3:00 p.m.; withdrawn by Ana Lee, 12 July 2010, 4:00 p.m. On 3 June.",
        "Settled by Ana Lee 12 July 2010, 2:00 p.m. Police will say.",
    ):
        assert words in text


@pytest.mark.parametrize("day", ["written_at", "edited_at", "withdrawn_at"])
def test_it_is_in_scope_by_any_day_on_which_something_was_said(scoped, item, writer, day):
    before = WRITTEN - timedelta(days=90)
    first = NoteFactory(item=item, written_by=writer, written_at=before)
    assert offered(scoped) == []
    columns = {"written_at": before, day: WRITTEN}
    if day == "withdrawn_at":
        columns["withdrawn_by"] = writer
    NoteFactory(first=first, written_by=writer, **columns)
    assert offered(scoped) == [title(first)]


def test_the_agency_is_offered_its_own_those_of_all_and_as_coordinator_those_with_coordinators(
    scoped, plan, item, writer, police, agency
):
    def note(readers, of=None):
        return NoteFactory(
            item=item, written_by=writer, written_at=WRITTEN, readers=readers, agency=of
        )

    of_all, own, asked = note("all"), note("agency", agency), note("with", police)
    note("agency", police)
    NoteFactory(written_at=WRITTEN)  # in a plan that the agency takes no part in
    being_made = PlanFactory(coordinating_agency=agency, adopted_on=None)
    NoteFactory(item=WorkItemFactory(plan=being_made), written_at=WRITTEN)
    assert offered(scoped) == [title(of_all), title(own), title(asked)]
    plan.coordinating_agency = police
    plan.save()
    assert offered(scoped) == [title(of_all), title(own)]


def test_on_a_return_it_is_offered_once_that_is_submitted(scoped, plan, writer, police):
    of_return = ReturnFactory(round=RoundFactory(plan=plan, name="July 2010"), agency=police)
    note = NoteFactory(
        plan=plan, item=None, of_return=of_return, readers="with", agency=police, written_by=writer,
        written_at=WRITTEN,
    )  # fmt: skip
    assert offered(scoped) == []
    of_return.submitted_at = WRITTEN
    type(of_return).objects.filter(pk=of_return.pk).update(submitted_at=WRITTEN)
    assert offered(scoped) == [title(note, "the return of Police for July 2010")]


@pytest.mark.one_database(reason="files are printed and checked")
@pytest.mark.parametrize("decision", ["full", "part"])
def test_it_is_released_whole_or_by_a_redacted_copy(
    decision, request_, line, begun, adviser, reviewer, decide, prepared, sign
):
    decide(line, "withheld", grounds=["6(a)"])
    (found,) = not_frozen(request_, [(FIRST, LAST)], today=TODAY)
    pdf = schedule.printed(found, on=TODAY)
    paper = schedule.add_printed(request=request_, found=found, pdf=pdf, by=adviser)
    decide(paper, decision, grounds=["6(c)"] if decision == "part" else [])
    letter = prepared(request_)
    who = {"by": adviser, "at": NOW}
    if decision == "part":
        assert packages.refusals(request_) == [
            f"Document 2, “{title(begun)}”, is released in part, and has no redacted copy yet. Upload one."
        ]
        file = ContentFile(COPY, name="copy.pdf")
        check = line_files.upload_copy(line=paper, file=file, **who)
        line_files.keep_copy(check=check, pages_looked_at=check.pages_to_look_at, **who)
    assert packages.refusals(request_) == []
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, **who)
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    sign(letter)
    files = packages.prepared_papers(request_)
    release = releases.release(request=request_, papers=files, on=TODAY, **who)
    out = release.papers.get()
    assert (out.line, bytes(out.pdf)) == (paper, COPY if decision == "part" else pdf)
