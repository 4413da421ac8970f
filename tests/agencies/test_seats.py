"""The people of an agency: the page, cover for leave, the end of a seat, and what a leaver leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from agencies.models import Seat, User
from agencies.seating import history_of, seating_of
from agencies.services import invitations
from agencies.services import seats as services
from agencies.services.seats import NobodyLeft, SeatRefused
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
    UserFactory,
    WorkItemFactory,
)
from workitems.models import Decision, Return, Update

pytestmark = pytest.mark.django_db

Role = Seat.Role
NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)  # 11:30 at night in New Zealand
YESTERDAY, TODAY, TOMORROW = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def police():
    return AgencyFactory(short_name="Police", name="New Zealand Police")


@pytest.fixture
def approver(police):
    return SeatFactory(user__name="Police approver", agency=police, role=Role.APPROVER).user


@pytest.fixture
def contributor(police):
    return SeatFactory(user__name="Police contributor", agency=police).user


def refusal(act) -> tuple[str, str | None]:
    with pytest.raises(SeatRefused) as refused:
        act()
    return str(refused.value), refused.value.field


def record(row) -> list[tuple[str, str]]:
    rows = row.history.order_by("history_id")
    return list(rows.values_list("history_actor", "history_change_reason"))


def url(name, *args) -> str:
    return reverse(f"agencies:{name}", args=args)


# --- how seats stand ----------------------------------------------------------------------------


def test_seats_are_told_apart_by_the_day(police, django_assert_num_queries):
    def seat(name, from_on=date(2020, 1, 1), to_on=None, **more):
        return SeatFactory(user__name=name, agency=police, from_on=from_on, to_on=to_on, **more)

    seat("held until tonight", to_on=TODAY)
    seat("since today", from_on=TODAY)
    seat("from tomorrow", from_on=TOMORROW)
    seat("until last year", to_on=date(2025, 1, 1))
    seat("until yesterday", to_on=YESTERDAY)
    seat("withdrawn", from_on=TOMORROW, withdrawn_at=NOW)
    seat("approves", role=Role.APPROVER)
    with django_assert_num_queries(1):
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
def test_an_agency_without_an_approver_is_known(police, seat, has_one):
    SeatFactory(**{"agency": police, "role": Role.APPROVER, **seat})
    assert seating_of(police, TODAY).has_approver is has_one


def test_history_reads_as_sentences(police, approver, contributor, django_assert_num_queries):
    started = NOW - timedelta(days=3)
    by = {"by": approver}
    first = invitations.invite(
        agency=police,
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
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        invitations.withdraw(
            invitation=second, at=NOW + timedelta(minutes=1), reason="Not needed.", **by
        )
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        services.end_seat(seat=user.seats.get(), on=TOMORROW, reason="Moved.", **by)
    with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
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
    later = NOW + timedelta(minutes=4)
    with time_machine.travel(later, tick=False):
        services.end_seat_at_once(seat=cover, at=later, reason="A mistake.", **by)

    with django_assert_num_queries(2):
        told = [(entry.who, entry.what, entry.why) for entry in history_of(police)]
    who, aroha = "Police approver (Police)", "Aroha (aroha@example.org)"
    assert (
        told[:5]
        == [
            (who, "withdrew the seat of Police contributor as approver.", "A mistake."),
            (
                who,
                "seated Police contributor as approver, from 3 March 2026 to 31 March 2026.",
                "Leave of the approver.",
            ),
            (who, "ended the seat of Aroha as observer, last day 3 March 2026.", "Moved."),
            (who, "withdrew the invitation to Bo (bo@example.org).", "Not needed."),
            ("Somebody", "invited Bo (bo@example.org) to be contributor.", ""),
        ]
        or told[:5]
    )
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


def test_a_colleague_covers_for_a_time_and_then_does_not(police, approver, contributor):
    seat = cover(contributor, police, approver)
    assert record(seat) == [("Police approver (Police)", "Leave of the approver.")]
    held = {}
    for day in (TODAY, TOMORROW, date(2026, 3, 31), date(2026, 4, 1)):
        with time_machine.travel(datetime(day.year, day.month, day.day, tzinfo=UTC)):
            person = User.objects.get(pk=contributor.pk)
            held[day] = person.agencies_as(Role.APPROVER) == {police.pk}
    assert list(held.values()) == [False, True, True, False]


def test_the_same_cover_twice_is_one_seat(police, approver, contributor):
    assert cover(contributor, police, approver) == cover(contributor, police, approver)
    assert contributor.seats.filter(role=Role.APPROVER).count() == 1


@pytest.mark.parametrize(
    ("differs", "sentence"),
    [
        ({"from_on": YESTERDAY}, ("Cover begins today or later.", "from_on")),
        (
            {"to_on": TODAY},
            ("The seat would end on 2 March 2026, before it begins.", "to_on"),
        ),
        (
            {"role": Role.CONTRIBUTOR},
            ("Police contributor already is contributor at Police for part of that time.", None),
        ),
    ],
)
def test_cover_that_cannot_be_says_why(police, approver, contributor, differs, sentence):
    assert refusal(lambda: cover(contributor, police, approver, **differs)) == sentence


def test_a_stranger_covers_for_nobody(police, approver):
    former = SeatFactory(user__name="Former", agency=police, to_on=YESTERDAY).user
    assert refusal(lambda: cover(former, police, approver)) == (
        "Former has no seat at Police today. Invite them instead.",
        "user",
    )


# --- the end of a seat --------------------------------------------------------------------------


def end_at_once(seat, by, **differs):
    return services.end_seat_at_once(seat=seat, by=by, reason="Left.", at=NOW, **differs)


@pytest.mark.parametrize(
    ("from_on", "to_on", "withdrawn_at"),
    [
        (date(2020, 1, 1), YESTERDAY, None),
        (YESTERDAY, YESTERDAY, None),
        (TODAY, None, NOW),
        (TOMORROW, None, NOW),
    ],
)
def test_at_once_means_now_whenever_the_seat_began(police, approver, from_on, to_on, withdrawn_at):
    seat = SeatFactory(agency=police, from_on=from_on)
    for _ in range(2):
        end_at_once(seat, approver)
    seat.refresh_from_db()
    assert (seat.to_on, seat.withdrawn_at) == (to_on, withdrawn_at)
    assert User.objects.get(pk=seat.user.pk).current_seats == []
    assert record(seat)[1:] == [("Police approver (Police)", "Left.")]


def test_a_seat_that_has_ended_is_not_ended_at_once_again(police, approver):
    seat = SeatFactory(agency=police, to_on=date(2026, 1, 1))
    assert end_at_once(seat, approver).to_on == date(2026, 1, 1)
    assert record(seat) == [("", None)]


def test_a_withdrawn_seat_gets_no_last_day(police, approver):
    seat = SeatFactory(agency=police, from_on=TODAY, withdrawn_at=NOW)
    assert refusal(
        lambda: services.end_seat(seat=seat, on=TOMORROW, by=approver, reason="So.")
    ) == ("The seat was withdrawn already.", None)


@pytest.mark.parametrize("from_on", [date(2020, 1, 1), TODAY])
def test_ending_at_once_needs_a_reason(police, approver, from_on):
    seat = SeatFactory(agency=police, from_on=from_on)
    assert refusal(
        lambda: services.end_seat_at_once(seat=seat, by=approver, reason="", at=NOW)
    ) == ("Say why the seat ends.", "reason")


def last_approver(police) -> Seat:
    return police.seats.get(role=Role.APPROVER)


def test_the_last_approver_is_not_ended_unless_that_is_meant(police, approver):
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
        "nobody there could submit its return or look after its seats."
    )
    assert end(confirmed=True).to_on == TOMORROW


def test_ones_own_last_seat_is_warned_of_as_such(police, approver):
    with pytest.raises(NobodyLeft, match="The seat is your own, so you could not mend that"):
        end_at_once(last_approver(police), approver, confirmed=False)


@pytest.mark.parametrize(
    ("other", "is_enough"),
    [
        ({}, True),
        ({"from_on": TOMORROW}, False),
        ({"to_on": TODAY}, True),
        ({"to_on": YESTERDAY}, False),
        ({"withdrawn_at": NOW}, False),
        ({"user__is_active": False}, False),
        ({"role": Role.CONTRIBUTOR}, False),
        ({"agency": None}, False),
    ],
)
def test_another_approver_from_the_next_day_on_is_enough(police, approver, other, is_enough):
    seat = last_approver(police)
    values = {"agency": police, "role": Role.APPROVER, **other}
    SeatFactory(**{**values, "agency": values["agency"] or AgencyFactory()})
    if is_enough:
        assert end_at_once(seat, approver, confirmed=False).to_on == YESTERDAY
    else:
        with pytest.raises(NobodyLeft):
            end_at_once(seat, approver, confirmed=False)


@pytest.mark.parametrize("role", Role)
def test_only_approvers_and_coordinators_are_missed(role):
    seat = SeatFactory(role=role)
    try:
        end_at_once(seat, seat.user, confirmed=False)
    except NobodyLeft:
        missed = True
    else:
        missed = False
    assert missed == (role in {Role.APPROVER, Role.COORDINATOR})


def test_an_agency_that_ends_too_misses_nobody(approver, police):
    police.valid_to = TODAY
    police.save()
    seat = last_approver(police)
    services.end_seat(seat=seat, on=TODAY, by=approver, reason="MBIE.", confirmed=False)
    assert Seat.objects.get(pk=seat.pk).to_on == TODAY


# --- the pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_queries_whoever_sits_there(
    client, police, approver, count, django_assert_num_queries
):
    for seat in ({}, {"from_on": TOMORROW}, {"to_on": YESTERDAY}):
        SeatFactory.create_batch(count, agency=police, **seat)
    InvitationFactory.create_batch(count, agency=police)
    client.force_login(approver)
    client.get(url("seats", police.pk))  # the session notes when it began
    # Session, person, agency, their seats, seats, invitations, history of both, plans; and the
    # savepoint that is the request's transaction here.
    with django_assert_num_queries(9 + 2):
        response = client.get(url("seats", police.pk))
    shown = response.context["seating"]
    assert (len(shown.now), len(shown.to_come), len(shown.before)) == (count + 1, count, count)
    assert len(response.context["invitations"]) == count
    for row in response.context["invitations"]:
        assert row["invitation"].email in response.text


def test_the_page_says_that_nobody_approves(client, police):
    coordinator = coordinator_of(police)
    client.force_login(coordinator)
    assert "Nobody is approver" in client.get(url("seats", police.pk)).text
    SeatFactory(agency=police, role=Role.APPROVER)
    assert "Nobody is approver" not in client.get(url("seats", police.pk)).text


def coordinator_of(agency) -> User:
    plan = PlanFactory(members=[agency])
    return SeatFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR).user


def test_an_agency_that_has_ended_offers_no_seats(client):
    mbie = AgencyFactory(short_name="MBIE", name="Ministry of Business")
    ended = AgencyFactory(short_name="DoL", valid_to=date(2012, 6, 30), successor=mbie)
    client.force_login(coordinator_of(ended))
    text = client.get(url("seats", ended.pk)).text
    assert "Its last day was 30 June 2012. Its work went to Ministry of Business." in text
    assert url("invite", ended.pk) not in text


def roles_offered(client, agency) -> list[str]:
    form = client.get(url("invite", agency.pk)).context["form"]
    return [value for value, _ in form.fields["role"].choices]


def test_who_offers_which_roles(client, police, approver):
    ordinary = ["contributor", "approver", "observer"]
    coordinator = coordinator_of(police)
    client.force_login(approver)
    assert roles_offered(client, police) == ordinary
    client.force_login(coordinator)
    assert roles_offered(client, police) == ordinary
    own = coordinator.seats.get().agency
    assert roles_offered(client, own) == Role.values


def test_an_approver_ends_no_seat_that_runs_the_plan(client, police, approver):
    seat = SeatFactory(agency=police, role=Role.AUTHORISING_MANAGER)
    client.force_login(approver)
    assert client.get(url("end", police.pk, seat.pk)).status_code == 403
    assert url("end", police.pk, seat.pk) not in client.get(url("seats", police.pk)).text


def test_a_seat_is_found_under_its_own_agency_alone(client, police, approver):
    seat = SeatFactory(agency=SeatFactory(user=approver, role=Role.APPROVER).agency)
    client.force_login(approver)
    assert client.get(url("end", police.pk, seat.pk)).status_code == 404


def test_a_seat_ends_from_the_page_and_its_person_is_out_on_the_next_request(
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
    assert "The seat of Police contributor as contributor ends." in response.text
    assert leaver.get(plan.get_absolute_url()).status_code == 404


def test_a_last_day_is_asked_for_unless_the_seat_ends_at_once(
    client, police, approver, contributor
):
    seat = contributor.seats.get()
    client.force_login(approver)
    post = {"when": "on_a_day", "on": "", "reason": "Moves to Customs."}
    response = client.post(url("end", police.pk, seat.pk), post)
    assert response.context["form"].errors == {"on": ["Give the last day."]}
    client.post(url("end", police.pk, seat.pk), {**post, "on": "31 March 2026"})
    seat.refresh_from_db()
    assert seat.to_on == date(2026, 3, 31)


def test_a_seat_to_come_is_withdrawn_with_a_reason_alone(client, police, approver):
    seat = SeatFactory(agency=police, from_on=TOMORROW)
    client.force_login(approver)
    page = client.get(url("end", police.pk, seat.pk))
    assert list(page.context["form"].fields) == ["reason", "confirmed"]
    client.post(url("end", police.pk, seat.pk), {"reason": "Not needed."})
    seat.refresh_from_db()
    assert seat.withdrawn_at == NOW


def test_the_page_warns_once_before_the_last_approver_goes(client, police, approver):
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


def test_cover_is_given_from_the_page(client, police, approver, contributor):
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
    assert "is approver at Police from 3 March 2026 to 31 March 2026." in client.get("/").text


def test_cover_is_offered_among_those_who_sit_there_today(client, police, approver, contributor):
    SeatFactory(agency=police, to_on=YESTERDAY)
    SeatFactory(agency=police, user__is_active=False)
    SeatFactory()
    client.force_login(approver)
    form = client.get(url("cover", police.pk)).context["form"]
    assert list(form.fields["user"].queryset) == [approver, contributor]
    post = {"user": UserFactory().pk, "role": "coordinator", "from_on": "", "to_on": "x"}
    response = client.post(url("cover", police.pk), post)
    assert list(response.context["form"].errors) == ["user", "role", "from_on", "to_on", "reason"]


def test_people_find_the_way_to_the_seats_that_they_look_after(client, police, approver):
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


# --- a leaver orphans nothing -------------------------------------------------------------------


def test_ending_a_leavers_seats_leaves_their_work_with_the_agency(client, police):
    """What they wrote and owed is still there, and on the desks of those who remain."""
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
