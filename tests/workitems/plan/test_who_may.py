"""Test that a refused page says who may, in a sentence that is true for its reader."""

import pytest
from django.urls import reverse

from tests.factories import ReturnFactory
from tests.workitems.record import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def refused(client, address, method="get"):
    answer = getattr(client, method)(address)
    assert answer.status_code == 403
    return answer.text.split('<p class="lead">')[1].split("</p>")[0]


def test_a_coordinator_is_told_that_a_return_is_not_submitted(client_of, of_return, coordinator):
    assert refused(client_of(coordinator), of_return.get_absolute_url()) == (
        "Police has not submitted its return yet. You can read it once an approver has."
    )


def test_a_return_that_a_closed_round_never_got_says_so(client_of, of_return, coordinator):
    of_return.round.closed_at = NOW
    of_return.round.save()
    assert refused(client_of(coordinator), of_return.get_absolute_url()) == (
        "Police did not submit its return before the round was closed."
    )


@pytest.mark.parametrize("state", ["due", "submitted"])
def test_another_agency_is_told_when_it_can_read_a_return(
    client_of, police, colleague, plan, state
):
    sent = {"submitted_at": "2010-06-01T00:00Z"} if state == "submitted" else {}
    of_return = ReturnFactory(round__plan=plan, agency=police, state=state, **sent)
    assert refused(client_of(colleague), of_return.get_absolute_url()) == (
        "You can read the return of Police once it is accepted."
    )


def test_who_may_close_a_round_is_named(client_of, of_return, contributor):
    address = reverse("returns:close-round", args=[of_return.round.plan.slug, of_return.round_id])
    assert refused(client_of(contributor), address) == "Only coordinators of DoL can do this."


def test_who_may_change_an_item_is_named(client_of, item, coordinator):
    address = reverse("workitems:change-status", args=[item.plan.slug, item.number])
    assert refused(client_of(coordinator), address) == (
        "Only contributors and approvers of Police can do this."
    )


def test_pages_of_administrators_say_so(client_of, coordinator):
    assert refused(client_of(coordinator), reverse("agencies:people")) == (
        "Only administrators of the register can do this."
    )


def test_what_several_agencies_may_is_refused_without_naming_one(client_of, item, coordinator):
    address = reverse("variations:request-withdrawal", args=[item.plan.slug, item.number])
    page = client_of(coordinator).get(address)
    assert page.status_code == 403
    assert '<p class="lead">None of your roles allows this.</p>' in page.text
    assert "ask the coordinator of your plan" not in page.text
