"""Test the mails about requests that fall due, are late, or need another agency's word."""

from datetime import date

import pytest
from django.core import mail

from tests.factories import SeatFactory
from tests.reports.requests.factories import ConsultationFactory
from tests.workitems.notices.sent import run

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def may(day):
    return date(2013, 5, day)


def test_the_adviser_and_the_decision_maker_are_notified_on_days_15_18_20_and_when_it_is_late(
    request_, adviser, reviewer, decision_maker
):
    runs = {day: run(may(day)) for day in range(10, 26)}
    due = [("OIA adviser", "oia_due"), ("OIA decision-maker", "oia_due")]
    late = [("OIA adviser", "oia_late"), ("OIA decision-maker", "oia_late")]
    assert {day: lines for day, lines in runs.items() if lines} == {
        14: due,
        17: due,
        21: due,
        22: late,
    }
    assert "is 1 working day late" in mail.outbox[-1].subject
    assert request_.requester_name not in mail.outbox[-1].body


def test_a_decided_request_notifies_nobody(decided):
    assert run(may(23)) == []


@pytest.mark.both_databases
def test_a_consulted_agency_is_notified_on_the_day_and_not_of_who_asked(request_, line):
    asked = ConsultationFactory(line=line, asked_on=may(1))
    SeatFactory(agency=asked.agency, role="approver", user__name="Approver")
    assert run(may(1)) == [("Approver", "oia_asked")]
    words = mail.outbox[-1].subject + mail.outbox[-1].body
    assert [secret for secret in (*request_.requester, request_.reference) if secret in words] == []
    assert run(may(2)) == []
