"""Test what is kept for how long: requesters, earlier papers, and entered days."""

from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.management import call_command

from reports.requests.declared_days import services as working_calendar
from reports.requests.earlier_papers import services as earlier_papers
from reports.requests.models import EarlierPaper, InformationRequest, NonWorkingDay, RequestEvent
from reports.requests.services import purging, releases, requests
from tests.reports.requests.conftest import NOW, TODAY, fresh
from tests.reports.requests.factories import InformationRequestFactory, RequestLetterFactory
from tests.reports.requests.test_releases import paper_of
from tests.reports.requests.test_requests import refusal_of

pytestmark = pytest.mark.django_db


def test_who_asked_is_removed_years_after_closing_and_what_happened_stays(decided, adviser):
    act = {"on": TODAY, "by": adviser, "at": NOW}
    releases.release(request=decided, papers=[paper_of(decided)], **act)
    requests.close(request=decided, **act)
    events = list(RequestEvent.objects.values())
    digest = decided.letters.get().pdf_sha256
    assert purging.purge_requesters(closed_before=TODAY, on=date(2020, 5, 22)) == []
    assert purging.purge_requesters(closed_before=date(2013, 5, 23), on=date(2020, 5, 23)) == [
        "13/02025"
    ]
    row = fresh(decided)
    assert (row.requester_name, row.requester_address) == ("", "")
    assert (row.purged_on, row.text) == (date(2020, 5, 23), decided.text)
    letter = row.letters.get()
    assert (letter.content, letter.typed, bytes(letter.pdf)) == ({}, {}, b"")
    assert letter.pdf_sha256 == digest
    assert list(RequestEvent.objects.values()) == events
    assert row.history.latest().history_actor == "Removal of requesters"
    assert purging.purge_requesters(closed_before=date(2013, 5, 23), on=date(2020, 5, 24)) == []


def test_an_open_request_keeps_who_asked():
    InformationRequestFactory(state="decided")
    assert purging.purge_requesters(closed_before=date(2050, 1, 1), on=date(2050, 1, 1)) == []


def test_a_removed_requester_is_not_entered_again(adviser):
    row = InformationRequestFactory(ended=True)
    RequestLetterFactory(request=row, sent=True)
    purging.purge_requesters(closed_before=date(2020, 1, 1), on=date(2020, 1, 1))
    row = fresh(row)
    assert (
        refusal_of(
            requests.change_request,
            request=row,
            reference=row.reference,
            plan=None,
            requester_name="Somebody",
            requester_address="",
            scope_note="",
            urgency_reason="",
            version=row.version,
            by=adviser,
        )
        == "Who asked was removed on 1 January 2020 and is not kept again."
    )


@time_machine.travel("2020-02-29 09:00+13:00", tick=False)
def test_the_command_removes_after_seven_years_unless_another_number_is_given():
    InformationRequestFactory(ended=True)  # on 22 May 2013
    out = StringIO()
    call_command("purge_requesters", stdout=out)
    assert InformationRequest.objects.get().requester_name == "The requester"
    assert out.getvalue() == "No request was closed more than 7 years ago with its requester.\n"
    call_command("purge_requesters", years=5, stdout=out)
    assert InformationRequest.objects.get().requester_name == ""
    assert out.getvalue().endswith(": who asked is removed.\n")


# --- earlier papers ------------------------------------------------------------------------------


@pytest.fixture
def add(agency, adviser):
    def add(**others):
        return earlier_papers.add_earlier_paper(
            **{
                "agency": agency,
                "title": "First annual report",
                "kind": "Annual report",
                "dated": date(2009, 12, 1),
                "file": ContentFile(b"%PDF-1.4 old", name="report.pdf"),
                "by": adviser,
                "at": NOW,
                **others,
            }
        )

    return add


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ({"title": " "}, "Give the paper’s title."),
        ({"kind": ""}, "Say what kind of paper it is, as “Annual report”."),
        ({"dated": date(2013, 5, 23)}, "That day is in the future."),
        (
            {"file": ContentFile(b"PK", name="a.docx")},
            "You cannot add files of this type. Choose a PDF.",
        ),
        (
            {"file": ContentFile(b"MZ", name="a.pdf")},
            "The file’s name ends in .pdf, but the file is of another type.",
        ),
    ],
)
def test_a_wrong_earlier_paper_is_refused_in_a_sentence(add, others, sentence):
    assert refusal_of(add, **others) == sentence
    assert not EarlierPaper.objects.exists()


# --- days ----------------------------------------------------------------------------------------


def test_an_entered_day_moves_due_days_until_it_is_taken_back(request_, adviser):
    act = {"authority": "A notice", "by": adviser}
    row = working_calendar.enter_day(day=date(2013, 5, 6), **act)
    assert requests.clock(request_).due == date(2013, 5, 22)
    assert refusal_of(working_calendar.enter_day, day=date(2013, 5, 6), **act) == (
        "6 May 2013 is already recorded. To change it, withdraw it and record it again."
    )
    taken = {"row": row, "version": row.version, "by": adviser}
    assert (
        refusal_of(working_calendar.withdraw_day, reason="", **taken) == "Say why it is withdrawn."
    )
    working_calendar.withdraw_day(reason="Another year", **taken)
    assert requests.clock(request_).due == date(2013, 5, 21)
    working_calendar.enter_day(day=date(2013, 5, 6), **act)
    assert NonWorkingDay.objects.count() == 1


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ({"authority": " "}, "Enter the law or notice."),
        ({"day": date(2013, 5, 5)}, "Under the Act, 5 May 2013 is already not a working day."),
        ({"is_working": True}, "Under the Act, 6 May 2013 is already a working day."),
        (
            {"day": date(2053, 5, 5)},
            "Working days are known from 1984 to 2052, and not for 2053.",
        ),
    ],
)
def test_a_wrong_day_is_refused_in_a_sentence(adviser, others, sentence):
    values = {"day": date(2013, 5, 6), "authority": "A notice", "by": adviser}
    assert refusal_of(working_calendar.enter_day, **{**values, **others}) == sentence
