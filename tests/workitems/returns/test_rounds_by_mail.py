"""Test that the round's page shows sent notices to the coordinator."""

from datetime import UTC, date, datetime

import pytest

from tests.factories import (
    ReturnFactory,
    SeatFactory,
)
from tests.workitems.record import NOW
from workitems.models import Notice

pytestmark = pytest.mark.django_db


def add_notice(of_return, line=1):
    seat = SeatFactory(agency=of_return.agency, user__name=f"Police contributor {line}")
    return Notice.objects.create(
        recipient=seat.user,
        told_as=seat.role,
        of_return=of_return,
        reason=Notice.Reason.OPENED,
        occasion="1",
        told_on=date(2010, 6, 16),
        line=1,
        sent_at=datetime(2010, 6, 16, tzinfo=UTC),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_coordinator_sees_who_was_notified_in_a_fixed_number_of_queries(
    manager, of_return, count, django_assert_num_queries
):
    for number in range(count):
        add_notice(of_return, number + 1)
    manager.get("/")  # the first request of a session notes when it began

    # session, user, seats, plans, round, its returns with progress, people, reminders, notices, invitations,
    # pending variations
    with django_assert_num_queries(16):
        response = manager.get(of_return.round.get_absolute_url())

    assert [each.person for each in response.context["emailed"]] == [
        f"Police contributor {number + 1}" for number in range(count)
    ]
    assert response.text.count("Round opened") == count


def test_the_page_says_when_nobody_was_notified(manager, of_return, police):
    address = of_return.round.get_absolute_url()
    says = (
        "Nobody has been emailed yet.</p> <p>No contributor or approver of Police has joined yet."
    )
    assert says in " ".join(manager.get(address).text.split())
    SeatFactory(agency=police, role="contributor")
    text = " ".join(manager.get(address).text.split())
    assert (
        "Nobody has been emailed yet.</p> <p>The next daily email tells those who have joined"
        in text
    )


def test_the_page_names_only_agencies_that_nobody_has_joined(manager, of_return, customs):
    """Police has joined and submitted; nobody of Customs has joined."""
    SeatFactory(agency=of_return.agency, role="contributor")
    ReturnFactory(round=of_return.round, agency=customs)
    of_return.state, of_return.submitted_at = "submitted", NOW
    of_return.save()
    page = " ".join(manager.get(of_return.round.get_absolute_url()).text.split())
    assert "No contributor or approver of Customs has joined yet." in page
    assert "The next daily email" not in page


def test_members_do_not_see_who_was_notified(client, of_return):
    notice = add_notice(of_return)
    client.force_login(notice.recipient)
    response = client.get(of_return.round.get_absolute_url())
    assert "Who was emailed" not in response.text
