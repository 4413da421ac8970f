"""Test the constraints and methods of agencies, people, seats and Ministers."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from agencies.models import Agency, Appointment, FilesMarker, Invitation, Maintenance, Seat, User
from tests.constraints import declared, refused_by
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    InvitationFactory,
    SeatFactory,
    TokenFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2010, 3, 1), date(2010, 8, 31)
NOON = datetime(2010, 3, 1, tzinfo=UTC)


def two_agencies_of_one_name():
    AgencyFactory(short_name="Police")
    AgencyFactory(short_name="POLICE")


def two_units_of_one_name():
    unit = UnitFactory(name="Financial Crime Group")
    UnitFactory(agency=unit.agency, name="FINANCIAL crime group")


def two_people_of_one_address():
    UserFactory(email="one@example.org")
    UserFactory(email="One@example.org")


def two_waiting_invitations_to_one_seat():
    first = InvitationFactory(email="one@example.org")
    InvitationFactory(agency=first.agency, email="One@example.org")


BROKEN = {
    "agency_short_name_unique": two_agencies_of_one_name,
    "agency_valid_period": lambda: AgencyFactory(valid_from=LAST, valid_to=FIRST),
    "agency_successor_has_end": lambda: AgencyFactory(successor=AgencyFactory()),
    "user_email_unique": two_people_of_one_address,
    "unit_name_once_in_agency": two_units_of_one_name,
    "unit_period": lambda: UnitFactory(from_on=LAST, to_on=FIRST),
    "unit_has_name": lambda: UnitFactory(name=""),
    "seat_period": lambda: SeatFactory(from_on=LAST, to_on=FIRST),
    "seat_role_known": lambda: SeatFactory(role="visitor"),
    "seat_has_its_place": lambda: SeatFactory(portfolio="Minister of Police"),
    "seat_confirmed_by_a_second_person": lambda: SeatFactory(confirmed_at=NOON),
    "invitation_has_its_place": lambda: InvitationFactory(agency=None),
    "invitation_waits_once": two_waiting_invitations_to_one_seat,
    "invitation_period": lambda: InvitationFactory(from_on=LAST, to_on=FIRST),
    "invitation_expires_after_sending": lambda: InvitationFactory(expires_at=NOON, sent_at=NOON),
    "invitation_role_known": lambda: InvitationFactory(role="visitor"),
    "invitation_accepted_gives_seat": lambda: InvitationFactory(accepted_at=NOON),
    "invitation_ends_once": lambda: InvitationFactory(
        accepted_at=NOON, seat=SeatFactory(), withdrawn_at=NOON
    ),
    "token_has_name": lambda: TokenFactory(name=""),
    "token_scope_known": lambda: TokenFactory(scope="everything"),
    "token_without_seat_only_audits": lambda: TokenFactory(seat=None, user=UserFactory()),
    "token_revoked_by_and_at": lambda: TokenFactory(revoked_at=NOON),
    "files_marker_is_one": lambda: FilesMarker.objects.create(pk=2, text="x", written_at=NOON),
    "maintenance_period": lambda: Maintenance.objects.create(
        begins_at=NOON, ends_at=NOON, is_read_only=True, announced_at=NOON
    ),
    "appointment_period": lambda: AppointmentFactory(from_on=LAST, to_on=FIRST),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_a_row_that_breaks_a_constraint(name):
    with refused_by(name):
        BROKEN[name]()


def test_the_cases_above_cover_every_constraint_of_agencies():
    assert declared("agencies") == set(BROKEN)


# --- agencies ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "exists"),
    [
        (date(2010, 2, 28), False),
        (FIRST, True),
        (LAST, True),
        (date(2010, 9, 1), False),
    ],
)
def test_an_agency_exists_from_its_first_day_to_its_last(day, exists):
    agency = AgencyFactory(valid_from=FIRST, valid_to=LAST)
    assert agency.exists_on(day) == exists
    assert list(Agency.objects.valid_on(day)) == [agency] * exists


def test_an_agency_without_dates_exists_on_every_day():
    agency = AgencyFactory()
    assert agency.exists_on(date(1840, 2, 6))
    assert list(Agency.objects.valid_on(date(1840, 2, 6))) == [agency]


def test_agencies_are_ordered_by_short_name_in_any_case():
    for name in ("Police", "DPMC", "Customs", "acc", "DoL"):
        AgencyFactory(short_name=name)
    there = [str(agency) for agency in Agency.objects.in_order()]
    assert there == ["acc", "Customs", "DoL", "DPMC", "Police"]


# --- people -----------------------------------------------------------------------------------


def test_people_sign_in_with_their_address_in_any_case():
    user = User.objects.create_user(
        "Some.One@Example.org", "a long enough password", name="Some One"
    )
    assert user.email == "some.one@example.org"
    assert User.objects.get_by_natural_key("SOME.ONE@example.org") == user
    assert user.check_password("a long enough password")


def test_a_superuser_administers_the_register():
    user = User.objects.create_superuser(
        "admin@example.org", "a long enough password", name="Admin"
    )
    assert user.has_perm("agencies.administer")


def test_a_person_is_called_by_name_or_else_by_address():
    assert str(UserFactory(name="Police contributor")) == "Police contributor"
    assert str(UserFactory(name="", email="nameless@example.org")) == "nameless@example.org"


def test_a_signature_names_each_current_agency_once():
    user = UserFactory(name="Dana")
    police, customs = AgencyFactory(short_name="Police"), AgencyFactory(short_name="Customs")
    SeatFactory(user=user, agency=police, role=Seat.Role.CONTRIBUTOR)
    SeatFactory(user=user, agency=police, role=Seat.Role.APPROVER)
    SeatFactory(user=user, agency=customs)
    SeatFactory(user=user, agency=AgencyFactory(short_name="Old"), to_on=LAST)
    assert user.signature == "Dana (Customs, Police)"


def test_a_signature_fits_into_its_column_with_any_number_of_seats():
    user = UserFactory(name="D" * 150)
    for number in range(8):
        SeatFactory(user=user, agency=AgencyFactory(short_name=f"{number}" * 30))
    assert len(user.signature) == 300


def test_the_seats_of_a_user_object_are_queried_only_once(django_assert_num_queries):
    seat = SeatFactory(role=Seat.Role.APPROVER)
    user = User.objects.get(pk=seat.user.pk)
    with django_assert_num_queries(1):
        assert user.agencies_as(Seat.Role.APPROVER) == {seat.agency.pk}
        assert user.agencies_as(Seat.Role.CONTRIBUTOR) == set()
        assert user.signature == f"{user.name} ({seat.agency})"


def test_a_deactivated_person_holds_no_seat():
    seat = SeatFactory(user__is_active=False)
    assert seat.user.agencies_as(seat.role) == set()


def test_a_person_who_wrote_something_cannot_be_deleted():
    """Their history rows would lose their author; the guard of those rows refuses it."""
    from agencies.records import history

    author = UserFactory()
    history.save(AgencyFactory(), by=author)
    with (
        pytest.raises(IntegrityError, match="History rows are never changed"),
        transaction.atomic(),
    ):
        author.delete()


# --- seats and appointments -------------------------------------------------------------------

# A period beside one that runs from FIRST to LAST, and whether the two share a day.
PERIODS = [
    (date(2009, 1, 1), date(2010, 2, 28), False),
    (date(2009, 1, 1), FIRST, True),
    (date(2009, 1, 1), None, True),
    (date(2010, 5, 1), date(2010, 5, 2), True),
    (LAST, None, True),
    (date(2010, 9, 1), None, False),
]


@pytest.mark.parametrize(("from_on", "to_on", "overlaps"), PERIODS)
def test_seats_of_one_person_and_role_in_an_agency_do_not_overlap(from_on, to_on, overlaps):
    held = SeatFactory(from_on=FIRST, to_on=LAST)
    other = Seat(user=held.user, agency=held.agency, role=held.role, from_on=from_on, to_on=to_on)
    if not overlaps:
        other.full_clean()
        other.save()
        return
    with pytest.raises(ValidationError, match="This person already has that role"):
        other.full_clean()
    with pytest.raises(IntegrityError, match="already holds that seat"), transaction.atomic():
        other.save()


@pytest.mark.parametrize("differs", ["user", "agency", "role"])
def test_seats_that_differ_in_person_role_or_agency_may_overlap(differs):
    held = SeatFactory()
    same = {"user": held.user, "agency": held.agency, "role": held.role}
    other = {"user": UserFactory, "agency": AgencyFactory, "role": lambda: Seat.Role.OBSERVER}
    SeatFactory(**{**same, differs: other[differs]()})
    assert Seat.objects.count() == 2


def test_a_seat_cannot_be_lengthened_into_the_next_one():
    first = SeatFactory(from_on=FIRST, to_on=LAST)
    SeatFactory(user=first.user, agency=first.agency, from_on=date(2010, 9, 1))
    with pytest.raises(IntegrityError, match="already holds that seat"), transaction.atomic():
        Seat.objects.filter(pk=first.pk).update(to_on=date(2010, 9, 1))


def test_a_seat_may_be_changed_within_its_own_days():
    seat = SeatFactory(from_on=FIRST, to_on=LAST)
    seat.full_clean()
    Seat.objects.filter(pk=seat.pk).update(to_on=FIRST)
    seat.refresh_from_db()
    assert seat.to_on == FIRST


def test_a_withdrawn_seat_is_never_current_and_does_not_block_another_seat():
    withdrawn = SeatFactory(from_on=FIRST, withdrawn_at=NOON)
    again = SeatFactory(user=withdrawn.user, agency=withdrawn.agency, from_on=FIRST)
    again.full_clean()
    assert list(Seat.objects.on(FIRST)) == [again]
    assert list(Seat.objects.during(FIRST, LAST)) == [again]


def test_a_withdrawn_seat_cannot_be_restored_over_an_overlapping_seat():
    withdrawn = SeatFactory(from_on=FIRST, withdrawn_at=NOON)
    SeatFactory(user=withdrawn.user, agency=withdrawn.agency, from_on=FIRST)
    with pytest.raises(IntegrityError, match="already holds that seat"), transaction.atomic():
        Seat.objects.filter(pk=withdrawn.pk).update(withdrawn_at=None)


def test_an_address_can_be_invited_again_after_its_invitation_was_withdrawn():
    first = InvitationFactory(withdrawn_at=NOON)
    again = InvitationFactory(agency=first.agency, email=first.email)
    assert list(Invitation.objects.waiting()) == [again]


def test_a_link_works_until_the_moment_it_expires():
    invitation = InvitationFactory(sent_at=NOON, expires_at=datetime(2010, 3, 15, tzinfo=UTC))
    before, after = datetime(2010, 3, 14, 23, 59, tzinfo=UTC), datetime(2010, 3, 15, tzinfo=UTC)
    assert [invitation.has_expired(at) for at in (before, after)] == [False, True]
    assert [list(Invitation.objects.live(at)) for at in (before, after)] == [[invitation], []]
    assert list(Invitation.objects.waiting()) == [invitation]


@pytest.mark.parametrize(("from_on", "to_on", "overlaps"), PERIODS)
def test_a_portfolio_has_one_minister_at_a_time(from_on, to_on, overlaps):
    AppointmentFactory(from_on=FIRST, to_on=LAST)
    other = AppointmentFactory.build(from_on=from_on, to_on=to_on)
    if not overlaps:
        other.full_clean()
        other.save()
        return
    with pytest.raises(ValidationError, match="Another Minister holds that portfolio"):
        other.full_clean()
    with pytest.raises(IntegrityError, match="Another Minister holds"), transaction.atomic():
        other.save()


def test_two_portfolios_each_have_their_own_minister():
    AppointmentFactory()
    AppointmentFactory(portfolio="Associate Minister of Immigration")
    assert Appointment.objects.count() == 2


def test_the_minister_is_the_one_appointed_on_the_day():
    first = AppointmentFactory(minister="Hon First", from_on=FIRST, to_on=LAST)
    second = AppointmentFactory(minister="Hon Second", from_on=date(2010, 9, 1))
    holding = Appointment.objects.holding
    assert holding("Minister of Immigration", date(2010, 2, 28)) is None
    assert holding("Minister of Immigration", LAST) == first
    assert holding("Minister of Immigration", date(2010, 9, 1)) == second
    assert holding("Minister of Fisheries", LAST) is None


@pytest.mark.parametrize("factory", [SeatFactory, AppointmentFactory])
def test_a_form_with_empty_fields_is_not_checked_for_overlaps(factory):
    """Only the errors of the fields are reported; the model's check lacks the values it needs."""
    row = factory._meta.model()
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    assert "from_on" in refusal.value.message_dict
    assert "__all__" not in refusal.value.message_dict
