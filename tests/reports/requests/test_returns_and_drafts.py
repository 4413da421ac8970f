"""Test that returns and drafts, which have no frozen paper, are printed and listed as files."""

from datetime import UTC, date, datetime

import pytest

from reports.requests.models.in_scope import not_accepted, not_frozen
from reports.requests.pages.schedule import views
from reports.requests.services import packages, schedule
from reports.requests.services.line_files import held_file
from tests.factories import (
    AgencyFactory,
    BriefingFactory,
    MeetingFactory,
    MeetingPaperFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.reports.drafted import drafted
from tests.reports.paper_reading import pages
from tests.reports.requests.conftest import FIRST, LAST, TODAY, at, client_of, fresh
from tests.reports.requests.test_requests import refusal_of
from workitems.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_return(plan, agency):
    """A return that was accepted on 20 July 2010."""
    item = WorkItemFactory(plan=plan, lead_agency=agency, stage="under_way", confidence="on_track")
    made = ReturnFactory(
        round=RoundFactory(plan=plan, name="July 2010"), agency=agency, accepted=True
    )
    UpdateFactory(of_return=made, item=item, achieved="Staff were trained in Auckland.")
    return made


@pytest.fixture
def draft(plan, agency):
    item = WorkItemFactory(plan=plan, lead_agency=agency, stage="under_way", confidence="on_track")
    by = SeatFactory(agency=agency, role="coordinator").user
    return drafted(plan, item, by)


def listed(request):
    return [(row.kind, row.title, row.dated) for row in request.lines.in_order()]


@pytest.mark.usefixtures("today")
def test_a_return_and_a_draft_are_printed_and_listed(scoped, of_return, draft, adviser):
    client = client_of(adviser)
    shown = client.get(at("request-scope", scoped.pk)).text
    assert "Return of Department of Labour, July 2010" in shown
    assert "Draft of 10/96252: Progress on the Plan" in shown
    keys = [f"return-{of_return.pk}", f"draft-{draft.pk}"]
    read = client.get(at("request-found-file", scoped.pk, keys[0]))
    assert "Staff were trained in Auckland." in " ".join(pages(read.content))
    assert at("request-found-file", scoped.pk, keys[0]) in shown
    assert listed(scoped) == []
    answer = client.post(at("request-add-papers", scoped.pk), {"paper": keys}, follow=True)
    assert "2 papers are added to the schedule." in answer.text
    assert listed(scoped) == [
        ("file", "Return of Department of Labour, July 2010", date(2010, 7, 20)),
        ("file", "Draft of 10/96252: Progress on the Plan", TODAY),
    ]
    one, other = scoped.lines.in_order()
    assert (one.kind_words, other.kind_words) == ("Return", "Draft briefing")
    one.file_name = "scan.pdf"
    assert one.kind_words == "Uploaded file"
    one.refresh_from_db()
    assert "Staff were trained in Auckland." in " ".join(pages(held_file(one)))
    assert "Progress on the Plan" in " ".join(pages(held_file(other)))
    again = client.post(at("request-add-papers", scoped.pk), {"paper": keys}, follow=True)
    assert "Tick at least one paper." in again.text
    assert len(listed(scoped)) == 2


@pytest.mark.usefixtures("today")
@pytest.mark.one_database(reason="files are printed and checked")
def test_what_was_printed_passes_the_check_of_a_paper_that_is_given_in_full(
    scoped, of_return, draft, adviser, decide
):
    for each in not_frozen(scoped, [(FIRST, LAST)], today=TODAY):
        pdf = schedule.printed(each, on=TODAY)
        schedule.add_printed(request=scoped, found=each, pdf=pdf, by=adviser)
    for line in scoped.lines.in_order():
        decide(line, "full")
    assert packages.refusals(fresh(scoped)) == []


def test_a_return_is_listed_once(scoped, of_return, adviser):
    (found,) = not_frozen(scoped, [(FIRST, LAST)], today=TODAY)
    add = {"request": scoped, "found": found, "pdf": b"%PDF-1.7 a return", "by": adviser}
    schedule.add_printed(**add)
    assert refusal_of(schedule.add_printed, **add) == "The schedule already lists this paper."


def test_neither_returns_of_other_coordinators_nor_unaccepted_ones_nor_papers_given_are_offered(
    scoped, plan, agency
):
    ReturnFactory(round=RoundFactory(plan=plan), agency=agency)
    other = PlanFactory()
    ReturnFactory(round=RoundFactory(plan=other), accepted=True)
    BriefingFactory(plan=other)
    BriefingFactory(plan=plan, state="with_minister")
    assert not_frozen(scoped, [(FIRST, LAST)], today=TODAY) == []


def test_the_scope_says_how_many_returns_of_each_agency_are_submitted_and_not_accepted(
    scoped, plan, agency, adviser
):
    police = AgencyFactory(name="New Zealand Police")
    submitted = {"state": "submitted", "submitted_at": datetime(2010, 7, 15, tzinfo=UTC)}
    of_round = RoundFactory(plan=plan)
    beside = RoundFactory(plan=PlanFactory(coordinating_agency=agency))
    for each in (of_round, beside):
        ReturnFactory(round=each, agency=police, **submitted)
    ReturnFactory(round=of_round, agency=agency, accepted=True)
    ReturnFactory(round=beside, agency=agency)
    ReturnFactory(round=RoundFactory(plan=PlanFactory()), **submitted)
    assert not_accepted(scoped, [(FIRST, LAST)]) == [("New Zealand Police", 2)]
    assert not_accepted(scoped, [(TODAY, TODAY)]) == []
    words = " ".join(client_of(adviser).get(at("request-scope", scoped.pk)).text.split())
    assert "<li>New Zealand Police: 2 returns</li>" in words


def test_after_the_review_began_nothing_is_printed(request_, line, of_return, adviser):
    type(request_).objects.filter(pk=request_.pk).update(
        scope_from=FIRST, scope_to=LAST, state="in_review"
    )
    address = at("request-add-papers", request_.pk)
    client_of(adviser).post(address, {"paper": [f"return-{of_return.pk}"]})
    assert request_.lines.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_finding_them_takes_five_queries(scoped, plan, count, django_assert_num_queries):
    for _ in range(count):
        other = PlanFactory(coordinating_agency=plan.coordinating_agency)
        ReturnFactory(round=RoundFactory(plan=other), accepted=True)
        BriefingFactory(plan=other)
    with django_assert_num_queries(5):  # and that of the agencies before
        assert len(not_frozen(scoped, [(FIRST, LAST)], today=TODAY)) == 2 * count


@pytest.mark.usefixtures("today")
def test_what_takes_too_long_to_print_stays_ticked_in_the_open_list(
    scoped, plan, adviser, monkeypatch
):
    keys = []
    for number in range(6):
        other = PlanFactory(coordinating_agency=plan.coordinating_agency)
        of_round = RoundFactory(plan=other, name=f"Round {number}")
        keys.append(f"return-{ReturnFactory(round=of_round, accepted=True).pk}")
    monkeypatch.setattr(views, "PRINTED_FOR", -1)
    address = at("request-add-papers", scoped.pk)
    answer = client_of(adviser).post(address, {"paper": keys}, follow=True)
    assert (
        "1 paper is added to the schedule. The others are still ticked: press the button again."
        in answer.text
    )
    assert len(listed(scoped)) == 1
    assert answer.context["ticked"] == keys[1:]
    assert answer.text.count(" checked>") == 5
    assert "<details open><summary>" in answer.text


@pytest.mark.usefixtures("today")
def test_what_is_ticked_in_both_lists_is_added_with_one_button(scoped, plan, of_return, adviser):
    minutes = MeetingPaperFactory(meeting=MeetingFactory(plan=plan), kind="minutes")
    keys = [f"meeting_paper-{minutes.pk}", f"return-{of_return.pk}"]
    address = at("request-add-papers", scoped.pk)
    page = client_of(adviser).get(at("request-scope", scoped.pk)).text
    assert page.count(f'action="{address}"') == 1
    answer = client_of(adviser).post(address, {"paper": keys}, follow=True)
    assert "2 papers are added to the schedule." in answer.text
    assert [kind for kind, _title, _dated in listed(scoped)] == ["minutes", "file"]


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("trained auckland", ["return"]),
        ("1.1", ["return"]),
        ("7.7", []),
        ("progress plan", ["draft"]),
        ("return labour", ["return"]),
        ("nowhere", []),
        ("...", []),
    ],
)
def test_returns_and_drafts_are_found_by_words_and_by_the_number_of_an_item(
    scoped, of_return, draft, adviser, typed, kinds
):
    WorkItem.objects.filter(updates__of_return=of_return).update(number="1.1")
    page = client_of(adviser).get(at("request-scope", scoped.pk), {"words": typed})
    assert [each.kind for each in page.context["not_frozen"]] == kinds


@pytest.mark.usefixtures("today")
def test_finding_keeps_what_is_ticked(scoped, of_return, draft, adviser):
    keys = [f"draft-{draft.pk}"]
    sent = {"paper": keys, "words": "Auckland", "act": "find"}
    page = client_of(adviser).post(at("request-add-papers", scoped.pk), sent, follow=True)
    assert listed(scoped) == []
    assert [each.key for each in page.context["not_frozen"]] == [f"return-{of_return.pk}", *keys]
    assert page.text.count(" checked>") == 1
    assert "<details open><summary>" in page.text
