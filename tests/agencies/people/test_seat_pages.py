"""Test the pages about the users of an agency: permissions and content."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Seat, User
from agencies.people.forms import CoverForm, EndSeatForm, InviteForm
from agencies.rules import AGENCY_ROLES
from tests.agencies.reading import (
    NIGHT,
    TOMORROW,
    YESTERDAY,
    url,
)
from tests.factories import (
    AgencyFactory,
    InvitationFactory,
    PlanFactory,
    SeatFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

Role = Seat.Role


def last_approver(police) -> Seat:
    return police.seats.get(role=Role.APPROVER)


# --- the pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_number_of_queries_for_any_number_of_seats(
    client, police, approver, count, django_assert_num_queries
):
    for seat in ({}, {"from_on": TOMORROW}, {"to_on": YESTERDAY}):
        SeatFactory.create_batch(count, agency=police, **seat)
    InvitationFactory.create_batch(count, agency=police)
    client.force_login(approver)
    client.get(url("seats", police.pk))  # the session notes when it began
    # Session, person, agency, their seats, seats, invitations, units, history of the three, plans;
    # and the savepoint that is the request's transaction here.
    with django_assert_num_queries(13 + 2):
        response = client.get(url("seats", police.pk))
    shown = response.context["seating"]
    assert (len(shown.now), len(shown.to_come), len(shown.before)) == (count + 1, count, count)
    assert len(response.context["invitations"]) == count
    for row in response.context["invitations"]:
        assert row["invitation"].email in response.text


def test_the_page_says_that_there_is_no_approver_yet(client, police):
    coordinator = coordinator_of(police)
    client.force_login(coordinator)
    assert "There is no approver yet" in client.get(url("seats", police.pk)).text
    SeatFactory(agency=police, role=Role.APPROVER)
    assert "There is no approver yet" not in client.get(url("seats", police.pk)).text


def coordinator_of(agency) -> User:
    plan = PlanFactory(members=[agency])
    return SeatFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR).user


def test_the_page_of_an_agency_that_has_ended_offers_no_seats(client):
    mbie = AgencyFactory(short_name="MBIE", name="Ministry of Business")
    ended = AgencyFactory(short_name="DoL", valid_to=date(2012, 6, 30), successor=mbie)
    client.force_login(coordinator_of(ended))
    text = client.get(url("seats", ended.pk)).text
    assert "Its last day was 30 June 2012. Its successor is Ministry of Business." in text
    assert url("invite", ended.pk) not in text


def roles_offered(client, agency) -> list[str]:
    form = client.get(url("invite", agency.pk)).context["form"]
    return [value for value, _ in form.fields["role"].choices]


def test_a_form_offers_only_the_roles_that_the_user_may_give(client, police, approver):
    ordinary = ["contributor", "approver", "observer"]
    coordinator = coordinator_of(police)
    client.force_login(approver)
    assert roles_offered(client, police) == ordinary
    client.force_login(coordinator)
    assert roles_offered(client, police) == ordinary
    own = coordinator.seats.get().agency
    assert roles_offered(client, own) == [role.value for role in AGENCY_ROLES]


def test_an_approver_cannot_end_a_seat_that_coordinates_or_authorises(client, police, approver):
    seat = SeatFactory(agency=police, role=Role.AUTHORISING_MANAGER)
    client.force_login(approver)
    assert client.get(url("end", police.pk, seat.pk)).status_code == 403
    assert url("end", police.pk, seat.pk) not in client.get(url("seats", police.pk)).text


def test_a_seat_is_found_only_under_its_own_agency(client, police, approver):
    seat = SeatFactory(agency=SeatFactory(user=approver, role=Role.APPROVER).agency)
    client.force_login(approver)
    assert client.get(url("end", police.pk, seat.pk)).status_code == 404


def test_ending_a_seat_on_the_page_takes_effect_on_the_next_request(
    client, police, approver, contributor
):
    plan = PlanFactory(coordinating_agency=police, members=[])
    leaver = type(client)()
    leaver.force_login(contributor)
    assert leaver.get(plan.get_absolute_url()).status_code == 200
    client.force_login(approver)
    response = client.post(
        url("end", police.pk, contributor.seats.get().pk),
        {"when": "at_once", "on": "", "reason": "Dismissed."},
        follow=True,
    )
    assert response.redirect_chain == [(url("seats", police.pk), 302)]
    assert "The role of Police contributor as contributor ends." in response.text
    assert leaver.get(plan.get_absolute_url()).status_code == 404


def test_a_last_day_is_required_unless_the_seat_ends_at_once(client, police, approver, contributor):
    seat = contributor.seats.get()
    client.force_login(approver)
    post = {"when": "on_a_day", "on": "", "reason": "Moves to Customs."}
    response = client.post(url("end", police.pk, seat.pk), post)
    assert response.context["form"].errors == {"on": ["Enter the last day, such as 8 March 2026."]}
    client.post(url("end", police.pk, seat.pk), {**post, "on": "31 March 2026"})
    seat.refresh_from_db()
    assert seat.to_on == date(2026, 3, 31)


def test_withdrawing_a_future_seat_needs_only_a_reason(client, police, approver):
    seat = SeatFactory(agency=police, from_on=TOMORROW)
    client.force_login(approver)
    page = client.get(url("end", police.pk, seat.pk))
    assert list(page.context["form"].fields) == ["reason", "confirmed"]
    client.post(url("end", police.pk, seat.pk), {"reason": "Not needed."})
    seat.refresh_from_db()
    assert seat.withdrawn_at == NIGHT


def test_the_page_warns_once_before_the_last_approver_is_removed(client, police, approver):
    seat = last_approver(police)
    client.force_login(approver)
    post = {"when": "at_once", "on": "", "reason": "Leaving."}
    warned = client.post(url("end", police.pk, seat.pk), post)
    assert warned.status_code == 422
    assert "From 2 March 2026 Police would have no approver" in warned.text
    assert 'type="checkbox" name="confirmed"' in warned.text
    assert last_approver(police).to_on is None
    done = client.post(url("end", police.pk, seat.pk), {**post, "confirmed": "on"})
    assert (done.status_code, done.url) == (302, reverse("home"))
    assert last_approver(police).to_on == YESTERDAY
    assert client.get(url("seats", police.pk)).status_code == 404


def test_cover_can_be_added_on_the_page(client, police, approver, contributor):
    client.force_login(approver)
    post = {
        "user": contributor.pk,
        "role": "approver",
        "from_on": "3/3/2026",
        "to_on": "31/3/2026",
        "reason": "Leave of the approver.",
    }
    answers = [client.post(url("cover", police.pk), post) for _ in range(2)]
    assert {answer.url for answer in answers} == {url("seats", police.pk)}
    assert contributor.seats.filter(role="approver").count() == 1
    assert "is an approver at Police from 3 March 2026 to 31 March 2026." in client.get("/").text


def test_the_cover_form_offers_only_current_users_of_the_agency(
    client, police, approver, contributor
):
    SeatFactory(agency=police, to_on=YESTERDAY)
    SeatFactory(agency=police, user__is_active=False)
    SeatFactory()
    client.force_login(approver)
    form = client.get(url("cover", police.pk)).context["form"]
    assert list(form.fields["user"].queryset) == [approver, contributor]
    post = {"user": UserFactory().pk, "role": "coordinator", "from_on": "", "to_on": "x"}
    response = client.post(url("cover", police.pk), post)
    assert list(response.context["form"].errors) == ["user", "role", "from_on", "to_on", "reason"]


@pytest.mark.parametrize(
    "typed", ["\0", "\ufffe", "a" * 100_000, "9" * 5000, "-1", "0000-00-00", "=1+1", "\r\n"]
)
def test_no_form_about_seats_crashes_on_any_input(client, police, approver, contributor, typed):
    client.force_login(approver)
    for address, form in (
        (url("invite", police.pk), InviteForm),
        (url("cover", police.pk), CoverForm),
        (url("end", police.pk, contributor.seats.get().pk), EndSeatForm),
    ):
        answer = client.post(address, dict.fromkeys(form.base_fields, typed))
        assert (address, answer.status_code) == (address, 422)


def test_the_menu_links_to_the_seats_that_a_user_manages(client, police, approver):
    plan = PlanFactory(members=[police])
    coordinator = SeatFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR).user
    ours, theirs = url("seats", police.pk), url("seats", plan.coordinating_agency.pk)

    def links(user, address) -> list[bool]:
        client.force_login(user)
        text = client.get(address).text
        return [f'href="{where}"' in text for where in (ours, theirs)]

    assert links(approver, reverse("home")) == [True, False]
    assert links(approver, plan.get_absolute_url()) == [True, False]
    assert links(coordinator, plan.get_absolute_url()) == [True, True]
    observer = SeatFactory(agency=police, role=Role.OBSERVER).user
    assert links(observer, reverse("home")) == [False, False]
    assert links(observer, plan.get_absolute_url()) == [False, False]
