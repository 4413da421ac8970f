"""Test seats: their state on a day, cover for leave, ending one, and a leaver's work."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from agencies.models import Seat, User
from agencies.people.seating import history_of, seating_of
from agencies.people.services import invitations
from agencies.people.services import seats as services
from agencies.people.services.seats import NobodyLeft
from agencies.rules import AGENCY_ROLES
from tests.agencies.reading import (
    NIGHT,
    TODAY,
    TOMORROW,
    YESTERDAY,
    record,
    refusal,
)
from tests.factories import (
    AgencyFactory,
    DecisionFactory,
    InvitationFactory,
    MeetingFactory,
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from workitems.models import Decision, Return, Update

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

Role = Seat.Role


# --- seats on a day -----------------------------------------------------------------------------


def test_seats_are_grouped_into_current_future_and_past_by_the_day(
    police, django_assert_num_queries
):
    def seat(name, from_on=date(2020, 1, 1), to_on=None, **more):
        return SeatFactory(user__name=name, agency=police, from_on=from_on, to_on=to_on, **more)

    seat("held until tonight", to_on=TODAY)
    seat("since today", from_on=TODAY)
    seat("from tomorrow", from_on=TOMORROW)
    seat("until last year", to_on=date(2025, 1, 1))
    seat("until yesterday", to_on=YESTERDAY)
    seat("withdrawn", from_on=TOMORROW, withdrawn_at=NIGHT)
    seat("approves", role=Role.APPROVER)
    with django_assert_num_queries(2):  # seats, and when those that are over ended
        found = seating_of(police, TODAY)

    def names(seats):
        return [seat.user.name for seat in seats]

    assert names(found.now) == ["held until tonight", "since today", "approves"]
    assert names(found.to_come) == ["from tomorrow"]
    assert names(found.before) == ["withdrawn", "until yesterday", "until last year"]


@pytest.mark.parametrize(
    ("seat", "has_one"),
    [
        ({}, True),
        ({"role": Role.CONTRIBUTOR}, False),
        ({"from_on": TOMORROW}, False),
        ({"to_on": YESTERDAY}, False),
        ({"user__is_active": False}, False),
    ],
)
def test_an_agency_without_an_approver_is_reported(police, seat, has_one):
    SeatFactory(**{"agency": police, "role": Role.APPROVER, **seat})
    assert seating_of(police, TODAY).has_approver is has_one


def test_history_reads_as_sentences(police, approver, contributor, django_assert_num_queries):
    started = NIGHT - timedelta(days=3)
    by = {"by": approver}
    first = invitations.invite(
        place=police,
        role=Role.OBSERVER,
        name="Aroha",
        email="aroha@example.org",
        from_on=date(2026, 2, 27),
        to_on=None,
        at=started,
        reason="New in the team.",
        **by,
    )
    invitations.send_again(invitation=first, version=1, at=started + timedelta(hours=1), **by)
    user = invitations.accept_as_new_person(
        invitation=invitations.Invitation.objects.get(),
        name="Aroha",
        password="a long enough password",
        at=started + timedelta(hours=2),
    )
    second = InvitationFactory(agency=police, name="Bo", email="bo@example.org")
    with time_machine.travel(NIGHT + timedelta(minutes=1), tick=False):
        invitations.withdraw(
            invitation=second, at=NIGHT + timedelta(minutes=1), reason="Not needed.", **by
        )
    with time_machine.travel(NIGHT + timedelta(minutes=2), tick=False):
        services.end_seat(seat=user.seats.get(), on=TOMORROW, reason="Moved.", **by)
    with time_machine.travel(NIGHT + timedelta(minutes=3), tick=False):
        cover = services.cover_leave(
            user=contributor,
            agency=police,
            role=Role.APPROVER,
            from_on=TOMORROW,
            to_on=date(2026, 3, 31),
            reason="Leave of the approver.",
            today=TODAY,
            **by,
        )
    later = NIGHT + timedelta(minutes=4)
    with time_machine.travel(later, tick=False):
        services.end_seat_at_once(seat=cover, at=later, reason="A mistake.", **by)

    with django_assert_num_queries(3):  # seats, invitations, units
        told = [(entry.who, entry.what, entry.why) for entry in history_of(police)]
    who, aroha = "Police approver (Police)", "Aroha (aroha@example.org)"
    assert told[:4] == [
        (who, "withdrew the role of Police contributor as approver.", "A mistake."),
        (
            who,
            "added Police contributor as approver, from 3 March 2026 to 31 March 2026.",
            "Leave of the approver.",
        ),
        (who, "ended the role of Aroha as observer, last day 3 March 2026.", "Moved."),
        (who, "withdrew the invitation to Bo (bo@example.org).", "Not needed."),
    ]
    assert ("A user", "invited Bo (bo@example.org) to be contributor.", "") in told
    assert (who, f"invited {aroha} to be observer.", "New in the team.") in told
    assert (who, f"sent the invitation to {aroha} again.", "Sent again.") in told


# --- cover for leave ----------------------------------------------------------------------------


def cover(user, agency, by, **differs):
    values = {
        "role": Role.APPROVER,
        "from_on": TOMORROW,
        "to_on": date(2026, 3, 31),
        "reason": "Leave of the approver.",
        "today": TODAY,
    }
    return services.cover_leave(user=user, agency=agency, by=by, **{**values, **differs})


def test_cover_by_a_colleague_ends_on_its_last_day(police, approver, contributor):
    seat = cover(contributor, police, approver)
    assert record(seat) == [("Police approver (Police)", "Leave of the approver.")]
    held = {}
    for day in (TODAY, TOMORROW, date(2026, 3, 31), date(2026, 4, 1)):
        with time_machine.travel(datetime(day.year, day.month, day.day, tzinfo=UTC)):
            person = User.objects.get(pk=contributor.pk)
            held[day] = person.agencies_as(Role.APPROVER) == {police.pk}
    assert list(held.values()) == [False, True, True, False]


def test_adding_the_same_cover_twice_creates_one_seat(police, approver, contributor):
    assert cover(contributor, police, approver) == cover(contributor, police, approver)
    assert contributor.seats.filter(role=Role.APPROVER).count() == 1


@pytest.mark.parametrize(
    ("differs", "sentence"),
    [
        ({"from_on": YESTERDAY}, ("Enter today or a later day.", "from_on")),
        (
            {"to_on": TODAY},
            ("The role would end on 2 March 2026, before it begins.", "to_on"),
        ),
        (
            {"role": Role.CONTRIBUTOR},
            ("Police contributor is already a contributor at Police for part of that time.", None),
        ),
    ],
)
def test_invalid_cover_is_refused_with_the_reason(police, approver, contributor, differs, sentence):
    assert refusal(lambda: cover(contributor, police, approver, **differs)) == sentence


def test_a_person_without_a_current_seat_cannot_be_added_as_cover(police, approver):
    former = SeatFactory(user__name="Former", agency=police, to_on=YESTERDAY).user
    assert refusal(lambda: cover(former, police, approver)) == (
        "Former is not a user of Police today. Invite them instead.",
        "user",
    )


# --- ending a seat ------------------------------------------------------------------------------


def end_at_once(seat, by, **differs):
    return services.end_seat_at_once(seat=seat, by=by, reason="Left.", at=NIGHT, **differs)


@pytest.mark.parametrize(
    ("from_on", "to_on", "withdrawn_at"),
    [
        (date(2020, 1, 1), YESTERDAY, None),
        (YESTERDAY, YESTERDAY, None),
        (TODAY, None, NIGHT),
        (TOMORROW, None, NIGHT),
    ],
)
def test_a_seat_ended_at_once_stops_now_whenever_it_began(
    police, approver, from_on, to_on, withdrawn_at
):
    seat = SeatFactory(agency=police, from_on=from_on)
    end_at_once(seat, approver)
    ended = "was already withdrawn" if withdrawn_at else "already ended on 1 March 2026"
    assert refusal(lambda: end_at_once(seat, approver)) == (f"The role {ended}.", None)
    seat.refresh_from_db()
    assert (seat.to_on, seat.withdrawn_at) == (to_on, withdrawn_at)
    assert User.objects.get(pk=seat.user.pk).current_seats == []
    assert record(seat)[1:] == [("Police approver (Police)", "Left.")]


def test_a_withdrawn_seat_gets_no_last_day(police, approver):
    seat = SeatFactory(agency=police, from_on=TODAY, withdrawn_at=NIGHT)
    assert refusal(
        lambda: services.end_seat(seat=seat, on=TOMORROW, by=approver, reason="So.")
    ) == ("The role was already withdrawn.", None)


@pytest.mark.parametrize("from_on", [date(2020, 1, 1), TODAY])
def test_ending_at_once_needs_a_reason(police, approver, from_on):
    seat = SeatFactory(agency=police, from_on=from_on)
    assert refusal(
        lambda: services.end_seat_at_once(seat=seat, by=approver, reason="", at=NIGHT)
    ) == ("Say why the role ends.", "reason")


def last_approver(police) -> Seat:
    return police.seats.get(role=Role.APPROVER)


def test_the_seat_of_the_last_approver_ends_only_when_confirmed(police, approver):
    coordinator = SeatFactory(role=Role.COORDINATOR).user
    seat = last_approver(police)

    def end(confirmed):
        return services.end_seat(
            seat=seat, on=TOMORROW, by=coordinator, reason="Left.", confirmed=confirmed
        )

    with pytest.raises(NobodyLeft) as refused:
        end(confirmed=False)
    assert str(refused.value) == (
        "From 4 March 2026 Police would have no approver: "
        "nobody there could submit its return or manage its users."
    )
    assert end(confirmed=True).to_on == TOMORROW


def test_ending_ones_own_last_approver_seat_has_its_own_warning(police, approver):
    with pytest.raises(NobodyLeft, match="It is your own role, so you could not undo this"):
        end_at_once(last_approver(police), approver, confirmed=False)


@pytest.mark.parametrize(
    ("other", "is_enough"),
    [
        ({}, True),
        ({"from_on": TOMORROW}, False),
        ({"to_on": TODAY}, True),
        ({"to_on": YESTERDAY}, False),
        ({"withdrawn_at": NIGHT}, False),
        ({"user__is_active": False}, False),
        ({"role": Role.CONTRIBUTOR}, False),
        ({"agency": None}, False),
    ],
)
def test_no_warning_is_given_where_another_approver_starts_the_next_day(
    police, approver, other, is_enough
):
    seat = last_approver(police)
    values = {"agency": police, "role": Role.APPROVER, **other}
    SeatFactory(**{**values, "agency": values["agency"] or AgencyFactory()})
    if is_enough:
        assert end_at_once(seat, approver, confirmed=False).to_on == YESTERDAY
    else:
        with pytest.raises(NobodyLeft):
            end_at_once(seat, approver, confirmed=False)


@pytest.mark.parametrize("role", AGENCY_ROLES)
def test_the_warning_is_given_only_for_the_last_approver_or_coordinator(role):
    seat = SeatFactory(role=role)
    try:
        end_at_once(seat, seat.user, confirmed=False)
    except NobodyLeft:
        missed = True
    else:
        missed = False
    assert missed == (role in {Role.APPROVER, Role.COORDINATOR})


def test_no_warning_is_given_for_an_agency_that_ends_on_that_day(approver, police):
    police.valid_to = TODAY
    police.save()
    seat = last_approver(police)
    services.end_seat(seat=seat, on=TODAY, by=approver, reason="MBIE.", confirmed=False)
    assert Seat.objects.get(pk=seat.pk).to_on == TODAY


# --- work of a leaver ---------------------------------------------------------------------------


def test_ending_a_leavers_seats_leaves_their_work_with_the_agency(client, police):
    """It is still there, and on the desks of their colleagues."""
    plan = PlanFactory(members=[police])
    item = WorkItemFactory(plan=plan, lead_agency=police)
    milestone = MilestoneFactory(item=item, agreed_due=TOMORROW, description="Brochure printed")
    round = RoundFactory(
        plan=plan,
        name="Summer",
        period_start=date(2025, 9, 1),
        period_end=date(2026, 2, 28),
        due_on=date(2026, 3, 9),
    )
    of_return = ReturnFactory(round=round, agency=police)
    leaver = SeatFactory(user__name="Leaver", agency=police, role=Role.APPROVER).user
    SeatFactory(user=leaver, agency=police, role=Role.CONTRIBUTOR)
    update = UpdateFactory(item=item, of_return=of_return, written_by=leaver)
    decision = DecisionFactory(
        meeting=MeetingFactory(plan=plan, held_on=date(2026, 2, 3)),
        text="Police will ask the printer.",
        owner_agency=police,
        due_on=TOMORROW,
    )
    remaining = SeatFactory(user__name="Remaining", agency=police).user
    # Without an approver the desk would say that nobody can submit the return.
    SeatFactory(agency=police, role=Role.APPROVER)
    client.force_login(remaining)
    before = client.get(reverse("home")).context["lines"]
    assert {line.what for line in before} == {
        "Return for Summer, Police",
        "Brochure printed",
        "Police will ask the printer.",
    }

    for seat in leaver.seats.all():
        end_at_once(seat, leaver)

    assert client.get(reverse("home")).context["lines"] == before
    for line in before:
        assert client.get(line.url).status_code == 200
    assert list(Return.objects.waiting_for_agency()) == [of_return]
    assert list(Update.objects.filter(written_by=leaver)) == [update]
    assert list(Decision.objects.filter(owner_agency=police)) == [decision]
    milestone.refresh_from_db()
    assert milestone.responsible_agency == police
    newcomer = SeatFactory(agency=police, from_on=TODAY).user
    client.force_login(newcomer)
    assert client.get(reverse("home")).context["lines"] == before
