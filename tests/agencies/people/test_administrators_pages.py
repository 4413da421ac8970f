"""Test what an administrator does in the pages: agencies, people, accounts, invitations."""

from datetime import date

import pytest
from django.core import mail
from django.urls import reverse

from agencies.models import Agency, Invitation, Office, Seat, User
from agencies.people.record_history import history_of_account, history_of_agency
from agencies.people.services import accounts, agencies
from agencies.people.services.conflicts import Conflict, Refused
from agencies.rules import AGENCY_ROLES
from tests.agencies.reading import TOMORROW, YESTERDAY, url
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    InvitationFactory,
    OfficeSeatFactory,
    PlanFactory,
    SeatFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def administrator(client):
    user = UserFactory(name="Administrator", email="admin@example.org", is_superuser=True)
    client.force_login(user)
    return user


def faults_of(act) -> list[tuple[str, str | None]]:
    """Return all that a service refuses, as (message, field)."""
    with pytest.raises(Refused) as refused:
        act()
    return [(str(refused.value), refused.value.field), *refused.value.others]


# --- agencies -----------------------------------------------------------------------------------


def added(by, **differs) -> Agency:
    return agencies.add_agency(**{"short_name": "DoL", "name": "Labour", "by": by, **differs})


def changed(agency, by, **differs) -> Agency:
    values = {field: getattr(agency, field) for field in agencies.FIELDS}
    values |= {"version": agency.version, "reason": "The Act.", "by": by, **differs}
    return agencies.change_agency(agency=agency, **values)


def test_an_agency_is_added_and_ends_in_its_successor(administrator):
    labour = added(administrator)
    mbie = added(administrator, short_name="MBIE", name="Ministry of Business", name_mi="Hīkina")
    changed(labour, administrator, valid_to=date(2012, 6, 30), successor=mbie)
    labour.refresh_from_db()
    assert (labour.valid_to, labour.successor, labour.version) == (date(2012, 6, 30), mbie, 2)
    assert [(entry.who, entry.what, entry.why) for entry in history_of_agency(labour)] == [
        (
            "Administrator",
            "changed the last day from none to 30 June 2012; changed the successor from none to MBIE.",
            "The Act.",
        ),
        ("Administrator", "added the agency.", ""),
    ]


def test_an_agency_is_refused_with_all_that_is_wrong_with_it(administrator):
    AgencyFactory(short_name="Police")
    mbie = AgencyFactory(short_name="MBIE")
    assert faults_of(
        lambda: added(
            administrator,
            short_name="police",
            valid_from=date(2010, 1, 1),
            valid_to=date(2009, 1, 1),
        )
    ) == [
        ("Another agency has this short name.", "short_name"),
        ("An agency cannot end before it began. Enter a later day.", "valid_to"),
    ]
    assert faults_of(lambda: added(administrator, successor=mbie)) == [
        ("An agency with a successor has a last day. Enter it.", "valid_to")
    ]


def test_an_agency_does_not_come_after_itself(administrator):
    last = added(administrator, short_name="C")
    middle = added(administrator, short_name="B", valid_to=YESTERDAY, successor=last)
    first = added(administrator, short_name="A", valid_to=YESTERDAY, successor=middle)
    assert faults_of(lambda: changed(last, administrator, valid_to=YESTERDAY, successor=first)) == [
        ("A comes before C. Choose another agency.", "successor")
    ]


def test_a_change_of_an_agency_needs_a_reason_and_the_version_that_was_read(administrator):
    agency = added(administrator)
    assert faults_of(lambda: changed(agency, administrator, name="Work", reason="")) == [
        ("Say why the agency changes.", "reason")
    ]
    assert changed(agency, administrator, reason="").version == 1, "nothing to explain"
    assert changed(agency, administrator, name="Work").version == 2
    with pytest.raises(Conflict) as conflict:
        changed(agency, administrator, name="Jobs")
    assert conflict.value.current.name == "Work"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_agencies_takes_the_same_queries_for_any_number(
    client, administrator, count, django_assert_num_queries
):
    for agency in AgencyFactory.create_batch(count):
        SeatFactory(agency=agency)
        SeatFactory(agency=agency, user__is_active=False)
    client.get(url("list"))
    # Session, person, their seats, agencies with counts; and the request's savepoint.
    with django_assert_num_queries(4 + 2):
        response = client.get(url("list"))
    assert [agency.people for agency in response.context["rows"]] == [1] * count


def test_a_form_shows_both_sides_of_a_conflict_and_keeps_what_was_typed(client, administrator):
    agency = AgencyFactory(short_name="DoL", name="Labour")
    typed = {"short_name": "DoL", "name": "Work", "reason": "The Act.", "version": 1}
    Agency.objects.filter(pk=agency.pk).update(name="Jobs", version=2)
    response = client.post(url("change", agency.pk), typed)
    assert response.status_code == 422
    assert response.context["conflict"].name == "Jobs"
    assert response.context["form"]["name"].value() == "Work"
    again = client.post(url("change", agency.pk), {**typed, "version": 2})
    assert (again.status_code, Agency.objects.get().name) == (302, "Work")


# --- people -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_people_takes_the_same_queries_for_any_number(
    client, administrator, count, django_assert_num_queries
):
    SeatFactory.create_batch(count)
    SeatFactory.create_batch(count, from_on=TOMORROW)
    OfficeSeatFactory.create_batch(count)
    InvitationFactory.create_batch(count)
    client.get(url("people"))
    # Session, person, their seats, people counted, people, their seats, invitations; and the
    # request's savepoint.
    with django_assert_num_queries(7 + 2):
        response = client.get(url("people"))
    assert len(response.context["page"]) == 3 * count + 1
    assert len(response.context["invitations"]) == count


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", ["Administrator", "Aroha", "Wiremu"]),
        ("aro", ["Aroha"]),
        ("police", ["Aroha"]),
        ("aroha police", ["Aroha"]),
        ("wiremu police", []),
        ("example.org", ["Administrator", "Aroha", "Wiremu"]),
        ("immigration", ["Wiremu"]),
    ],
)
def test_people_are_found_by_name_address_agency_and_office(client, administrator, words, names):
    police = AgencyFactory(short_name="Police", name="New Zealand Police")
    SeatFactory(agency=police, user=UserFactory(name="Aroha", email="aroha@example.org"))
    OfficeSeatFactory(user=UserFactory(name="Wiremu", email="w@example.org"))
    response = client.get(url("people"), {"q": words})
    assert [user.name for user in response.context["page"]] == names


def test_the_page_of_a_person_leads_to_the_end_of_each_seat(client, administrator):
    seat = SeatFactory(agency__short_name="Police")
    over = SeatFactory(user=seat.user, role=Seat.Role.OBSERVER, to_on=YESTERDAY)
    text = client.get(url("person", seat.user.pk)).text
    assert url("end", seat.agency_id, seat.pk) in text
    assert url("end", over.agency_id, over.pk) not in text


# --- invitations --------------------------------------------------------------------------------


def test_an_administrator_invites_to_any_agency_and_role(client, administrator, deliver):
    police = AgencyFactory(short_name="Police", name="New Zealand Police")
    where = client.get(url("choose-place"), {"place": police.pk})
    assert where.url == url("invite", police)
    form = client.get(where.url).context["form"]
    offered = [value for value, _ in form.fields["role"].choices]
    assert offered == [*map(str, AGENCY_ROLES), "auditor"]
    typed = {"name": "Aroha", "email": "aroha@example.org", "role": "coordinator"}
    with deliver():
        response = client.post(where.url, {**typed, "from_on": "2 March 2026"})
    assert response.url == url("seats", police)
    assert Invitation.objects.get().position == "a coordinator at Police"
    assert mail.outbox[0].to == ["aroha@example.org"]
    assert client.get(response.url).status_code == 200


def test_an_administrator_invites_to_a_ministers_office(client, administrator):
    days = {"from_on": date(2020, 1, 1), "to_on": date(2020, 12, 31)}
    AppointmentFactory(portfolio="Minister of Immigration", **days)
    AppointmentFactory(portfolio="Minister of Immigration", from_on=date(2030, 1, 1))
    form = client.get(url("choose-place")).context["form"]
    choices = [label for _, label in form.fields["place"].choices]
    assert choices == ["Choose", "Office of the Minister of Immigration"]
    where = client.get(url("choose-place"), {"place": "office-of-Minister of Immigration"})
    assert client.get(where.url).status_code == 200
    nowhere = url("invite", Office("Minister of Nothing"))
    assert client.get(nowhere).status_code == 404


@pytest.mark.parametrize("place", ["", "0", "office-of-", "nowhere"])
def test_a_place_that_is_not_there_is_refused(client, administrator, place):
    response = client.get(url("choose-place"), {"place": place})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["place"]


def test_the_seats_of_an_agency_offer_an_administrator_nothing_of_a_plan(client, administrator):
    agency = PlanFactory().coordinating_agency
    text = client.get(url("seats", agency)).text
    assert reverse("feeds:list", args=[agency.pk]) not in text
    assert url("invite", agency) in text


# --- accounts -----------------------------------------------------------------------------------


def account(user, by, **differs) -> User:
    values = {"name": user.name, "email": user.email, "is_administrator": user.is_superuser}
    values |= {"version": user.version, "reason": "Asked for.", "by": by, **differs}
    return accounts.change_account(user=user, **values)


def test_an_account_gets_a_new_name_and_address_and_the_old_address_is_told(administrator, deliver):
    user = UserFactory(name="Aroha", email="aroha@example.org")
    with deliver():
        account(user, administrator, name="Aroha Two", email="New@example.org")
    user.refresh_from_db()
    assert (user.name, user.email, user.version) == ("Aroha Two", "new@example.org", 2)
    assert [letter.to for letter in mail.outbox] == [["aroha@example.org"]]
    assert history_of_account(user)[0].what == (
        "changed the name from Aroha to Aroha Two; changed the email address from "
        "aroha@example.org to new@example.org."
    )


def test_a_second_administrator_is_made_and_unmade(administrator):
    user = UserFactory()
    made = account(user, administrator, is_administrator=True)
    assert made.has_perm("agencies.administer")
    ended = account(made, administrator, is_administrator=False)
    assert not ended.has_perm("agencies.administer")
    assert [entry.what for entry in history_of_account(user)] == [
        "removed them as an administrator.",
        "made them an administrator.",
        "opened the account.",
    ]


def test_an_account_is_refused_an_address_that_is_taken_and_a_change_without_a_reason(
    administrator,
):
    user, other = UserFactory(), UserFactory(email="other@example.org")
    assert faults_of(lambda: account(user, administrator, email="OTHER@example.org")) == [
        ("Another person signs in with this address.", "email")
    ]
    assert faults_of(lambda: account(user, administrator, name="New", reason="")) == [
        ("Say why the account changes.", "reason")
    ]
    assert account(other, administrator, reason="").version == 1, "nothing to explain"


def test_administrators_neither_close_their_own_account_nor_end_their_own_administration(
    administrator,
):
    own = {"user": administrator, "version": 1, "reason": "Left.", "by": administrator}
    assert faults_of(lambda: accounts.close_account(**own)) == [(accounts.OWN_ACCOUNT, None)]
    assert faults_of(lambda: account(administrator, administrator, is_administrator=False)) == [
        (accounts.OWN_ACCOUNT, "is_administrator")
    ]


def test_a_closed_account_signs_nobody_in_until_it_is_reopened(client, administrator):
    seat = SeatFactory(role=Seat.Role.APPROVER)
    leaver = type(client)()
    leaver.force_login(seat.user)
    assert leaver.get(url("seats", seat.agency)).status_code == 200
    typed = {"version": 1, "reason": "Left."}
    assert client.post(url("close-account", seat.user.pk), typed).status_code == 302
    assert leaver.get(url("seats", seat.agency)).status_code == 302
    again = client.post(url("close-account", seat.user.pk), {**typed, "version": 2})
    assert again.context["form"].non_field_errors() == ["This account is already closed."]
    response = client.post(url("reopen-account", seat.user.pk), {**typed, "version": 2})
    assert response.status_code == 302
    seat.user.refresh_from_db()
    assert (seat.user.is_active, seat.user.version) == (True, 3)
    assert [entry.what for entry in history_of_account(seat.user)] == [
        "opened the account again.",
        "closed the account.",
        "opened the account.",
    ]


def test_closing_an_account_says_first_what_nobody_could_do_without_it(client, administrator):
    seat = SeatFactory(role="coordinator", agency__short_name="Customs")
    client.force_login(administrator)
    page = client.get(url("close-account", seat.user.pk)).text
    assert "Before you continue" in page
    assert "Customs would have no coordinator: nobody there could" in page
    SeatFactory(role="coordinator", agency=seat.agency)
    assert "Before you continue" not in client.get(url("close-account", seat.user.pk)).text
