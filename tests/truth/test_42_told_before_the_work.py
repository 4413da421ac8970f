"""Nobody learns at the end that they cannot finish: it is said before the work, with the way out."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from agencies.models import Invitation, Seat
from agencies.people import letters
from agencies.people.services import invitations
from agencies.people.services.invitations import hash_of
from agencies.people.submitting import invited_to, submitters_of
from agencies.wording.translation import day_words
from tests.factories import (
    AgencyFactory,
    InvitationFactory,
    MemberFactory,
    PlanFactory,
    ReturnFactory,
    SeatFactory,
    UpdateFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from tests.workitems.record import NOW, TODAY, newest, refused, unchanged
from workitems.desk.to_dos import lines_for
from workitems.models import Notice, Return
from workitems.notices.sending import send_notices
from workitems.plan import coordinators
from workitems.returns.news import return_news
from workitems.returns.services import handover, round_levers, rounds

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]

ONE = "Ministry of Health has one person. Whoever writes a return cannot submit it as well, so invite a second."
NO_APPROVER = (
    "Ministry of Health has no approver, so nobody there can submit the return. Invite one."
)
COORDINATOR = (
    "Department of Labour has one coordinator, who cannot accept a return that they wrote or "
    "submitted. Invite a second."
)
WHY = "The second officer left; the next comes in August."


@pytest.fixture
def health(plan):
    agency = AgencyFactory(short_name="Health", name="Ministry of Health")
    MemberFactory(plan=plan, agency=agency)
    return agency


@pytest.fixture
def alone(health):
    """The only person of the ministry."""
    return SeatFactory(user__name="Ana", agency=health, role=Seat.Role.APPROVER).user


@pytest.fixture
def owed(of_return, health):
    of_return.round.opened_at = NOW - timedelta(days=14)
    of_return.round.save()
    return ReturnFactory(round=of_return.round, agency=health)


def text_of(client, address):
    return " ".join(client.get(address).text.split())


def pages(plan, health, owed):
    return {
        "People": reverse("agencies:seats", args=[health]),
        "invitation": reverse("agencies:invite", args=[health]),
        "open a round": reverse("returns:open-round", args=[plan.slug]),
        "round": owed.round.get_absolute_url(),
    }


@pytest.mark.parametrize("page", ["People", "invitation", "open a round", "round"])
def test_the_coordinator_reads_it_with_the_way_out(
    plan, health, alone, owed, coordinator, client_of, page
):
    WorkItemFactory(plan=plan, number="9.1", lead_agency=health)
    address = pages(plan, health, owed)[page]
    client = client_of(coordinator)
    # The form that opens the round lets the one person do both.
    says = "Let the one person of Health write and submit" if "open" in page else ONE
    assert says in text_of(client, address)
    SeatFactory(agency=health, role=Seat.Role.CONTRIBUTOR)
    assert says not in text_of(client, address)


def test_the_one_person_reads_it_first_in_the_return(health, alone, owed, client_of):
    text = text_of(client_of(alone), owed.get_absolute_url())
    assert text.index(ONE) < text.index("Only contributors and approvers of Health")


def test_an_agency_of_two_writers_is_told_that_it_lacks_an_approver(
    plan, health, owed, coordinator, client_of
):
    for _ in range(2):
        SeatFactory(agency=health, role=Seat.Role.CONTRIBUTOR)
    assert NO_APPROVER in text_of(client_of(coordinator), owed.round.get_absolute_url())


def test_a_closed_account_and_an_unconfirmed_seat_do_not_count(
    plan, health, alone, owed, coordinator, client_of
):
    SeatFactory(agency=health, role=Seat.Role.CONTRIBUTOR, user__is_active=False)
    new = SeatFactory(agency=health, role=Seat.Role.APPROVER, given_by=coordinator)
    page = text_of(client_of(coordinator), owed.round.get_absolute_url())
    who = f"{new.user.name} (approver, to be confirmed)"
    assert f"Ministry of Health cannot submit its return before {who} is confirmed." in page


def test_who_accepts_an_invitation_alone_reads_it_at_once(plan, health, client_of):
    WorkItemFactory(plan=plan, number="9.1", lead_agency=health)
    user = UserFactory(email="ana@example.org")
    InvitationFactory(
        agency=health,
        email=user.email,
        role=Seat.Role.CONTRIBUTOR,
        token_hash=hash_of("ana"),
        from_on=TODAY,
        sent_at=NOW,
        expires_at=NOW + timedelta(days=14),
    )
    address = reverse("agencies:accept-invitation", args=["ana"])
    page = client_of(user).post(address, follow=True)
    assert NO_APPROVER in page.text


@pytest.mark.both_databases
def test_an_invitation_names_the_plan_the_round_and_the_day(plan, health, owed, coordinator):
    says = f"Health is a member of “{plan.title}”."
    due = f" Its return for {owed.round.name} is due on {day_words(owed.due_on)}."
    assert coordinators.asked_of(health, TODAY, coordinator) == [says + due]
    invitation = InvitationFactory(agency=health, sent_at=NOW, expires_at=NOW + timedelta(days=14))
    letters.send_invitations([(invitation, "ana")], by=SeatFactory().user)
    assert f"\n{says}{due}\n" in mail.outbox[-1].body
    with without_decisions():
        owed.delete()
    assert coordinators.asked_of(health, TODAY, coordinator) == [says]


def test_an_invitation_says_that_one_person_may_write_and_submit(health, owed, coordinator):
    owed.alone_allowed_at, owed.alone_allowed_by = NOW, coordinator
    owed.alone_reason = "Nobody else works there."
    owed.save()
    (says,) = coordinators.asked_of(health, TODAY, coordinator)
    assert says.endswith("One person may write and submit it.")


def test_a_plan_that_is_not_adopted_is_named_by_its_own_coordinators_only(
    plan, health, coordinator
):
    made = PlanFactory(
        title="A plan to come",
        coordinating_agency=plan.coordinating_agency,
        adopted_on=None,
        members=[health],
    )
    other = SeatFactory(role=Seat.Role.COORDINATOR).user
    says = f"Health is to take part in “{made.title}”, which is being prepared."
    found = [coordinators.asked_of(health, TODAY, by) for by in (coordinator, other)]
    assert [says in each for each in found] == [True, False]


def invited(health, **with_):
    return InvitationFactory(
        agency=health, role=Seat.Role.CONTRIBUTOR, from_on=TODAY, sent_at=NOW,
        expires_at=NOW + timedelta(days=14), **with_,
    )  # fmt: skip


def test_an_invitation_whose_last_day_has_passed_counts_for_nobody(health):
    invitation = invited(health, to_on=TODAY)
    after = TODAY + timedelta(days=1)
    assert [each.name for each in invited_to([health.pk], TODAY)[health.pk]] == [invitation.name]
    assert invited_to([health.pk], after) == {}
    assert submitters_of([health], after)[health.pk].is_empty


@pytest.mark.parametrize("role", [Seat.Role.CONTRIBUTOR, Seat.Role.APPROVER])
def test_who_joins_while_a_round_is_open_gets_its_email_at_once_and_once(
    health, alone, owed, client_of, django_capture_on_commit_callbacks, role
):
    """Also beside a contributor, whose turn it is."""
    SeatFactory(agency=health, role=Seat.Role.CONTRIBUTOR)
    user = UserFactory(email="ana@example.org")
    invitation = invited(health, email=user.email, token_hash=hash_of("ana"))
    before = owed.round.opened_at - timedelta(minutes=1)
    Invitation.objects.filter(pk=invitation.pk).update(role=role, sent_at=before)
    with django_capture_on_commit_callbacks(execute=True):
        client_of(user).post(reverse("agencies:accept-invitation", args=["ana"]))
    mails = [each for each in mail.outbox if each.to == [user.email]]
    assert [each.subject for each in mails] == [
        f"Plan Register: Return of Health is open until {day_words(owed.due_on)}"
    ]
    told = [
        line for line in return_news(TODAY) if line.recipient == user and line.reason == "opened"
    ]
    logged = Notice.objects.filter(recipient=user).values_list("reason", "occasion")
    assert {(line.reason, line.occasion) for line in told} <= set(logged)


@pytest.mark.both_databases
def test_an_invitation_sent_since_the_round_opened_has_told_of_it_and_no_other_email_does(
    health, owed, client_of, django_capture_on_commit_callbacks
):
    user = UserFactory(email="ana@example.org")
    invited(health, email=user.email, token_hash=hash_of("ana"))
    with django_capture_on_commit_callbacks(execute=True):
        client_of(user).post(reverse("agencies:accept-invitation", args=["ana"]))
    send_notices(on=TODAY, at=NOW)
    assert [each.subject for each in mail.outbox if each.to == [user.email]] == []
    told = Notice.objects.get(recipient=user)
    assert (told.reason, told.of_return, told.sent_at) == ("opened", owed, NOW)


def test_an_invitation_to_an_agency_that_has_ended_counts_for_nobody(health):
    invited(health)
    health.valid_to = TODAY - timedelta(days=1)
    health.save()
    assert invited_to([health.pk], TODAY) == {}


def test_who_joins_without_an_open_round_gets_none(
    health, client_of, django_capture_on_commit_callbacks
):
    user = UserFactory(email="ana@example.org")
    invited(health, email=user.email, token_hash=hash_of("ana"))
    with django_capture_on_commit_callbacks(execute=True):
        client_of(user).post(reverse("agencies:accept-invitation", args=["ana"]))
    assert [each.to for each in mail.outbox if each.to == [user.email]] == []


def test_opening_a_round_sends_the_invitations_of_who_has_not_joined_again(
    plan, health, coordinator, client_of, django_capture_on_commit_callbacks
):
    WorkItemFactory(plan=plan, number="9.1", lead_agency=health)
    invited(health, email="ana@example.org", name="Ana")
    invited(AgencyFactory(), email="elsewhere@example.org")
    days = {
        "period_start": "1 January 2026",
        "period_end": "30 June 2026",
        "due_on": "18 July 2026",
    }
    address = reverse("returns:open-round", args=[plan.slug])
    with django_capture_on_commit_callbacks(execute=True):
        page = client_of(coordinator).post(
            address, {"name": "First", "message": "Please be brief.", **days}, follow=True
        )
    assert "1 person who has not joined yet gets the invitation again" in page.text
    (letter,) = [each for each in mail.outbox if "invited" in each.subject]
    assert letter.to == ["ana@example.org"]
    assert (
        "Its return for First is due on 18 July 2026.\n\nThe coordinator wrote:\n\nPlease be brief.\n"
        in letter.body
    )
    (emailed,) = page.context["emailed"]
    assert (emailed.person, emailed.told_as, emailed.what, emailed.agency) == (
        "Ana", "Contributor", "Invitation", health,
    )  # fmt: skip
    assert "Nobody has been emailed" not in page.text


def test_an_invitation_that_the_mail_server_refused_is_not_among_who_was_emailed(
    health, owed, coordinator, client_of
):
    one, other = (invited(health, email=f"{name}@example.org", name=name) for name in ("Ana", "Bo"))
    with_at = {"by": coordinator, "at": NOW}
    for each in (one, other):
        invitations.send_again(invitation=each, version=each.version, **with_at)
    invitations.note_failure(one, sent_at=NOW)
    page = client_of(coordinator).get(owed.round.get_absolute_url())
    assert [each.person for each in page.context["emailed"]] == ["Bo"]


def test_the_invitations_of_a_round_are_beside_what_one_may_send_in_an_hour(
    health, coordinator, client_of, monkeypatch
):
    """Opening a round is one act, and all who are asked need to know of it."""
    monkeypatch.setattr(invitations, "EMAILS_PER_HOUR", 2)
    for number in range(3):
        invited(health, email=f"person{number}@example.org")
    sent = invitations.send_all_again(agencies=[health.pk], by=coordinator, at=NOW)
    assert [each.email for each in sent] == [f"person{number}@example.org" for number in range(3)]
    one = invitations.send_again(
        invitation=sent[0], version=sent[0].version, by=coordinator, at=NOW
    )
    assert one.version == sent[0].version + 1


def test_who_lets_one_person_submit_is_told_who_is_emailed_and_is_not(
    plan, health, owed, coordinator, client_of, django_capture_on_commit_callbacks
):
    address = reverse("returns:allow-alone", args=[plan.slug, owed.round_id, health.pk])
    nobody = "Nobody at Health has joined yet, so nobody is emailed now."
    invitation = invited(health, email="ana@example.org")
    Invitation.objects.filter(pk=invitation.pk).update(role=Seat.Role.APPROVER)
    assert nobody in text_of(client_of(coordinator), address)
    with django_capture_on_commit_callbacks(execute=True):
        client_of(coordinator).post(address, {"reason": WHY})
    owed.refresh_from_db()
    assert (owed.alone_reason, mail.outbox) == (WHY, [])


def test_the_people_of_an_agency_are_emailed_that_one_may_submit(
    plan, health, alone, owed, coordinator, client_of, django_capture_on_commit_callbacks
):
    address = reverse("returns:allow-alone", args=[plan.slug, owed.round_id, health.pk])
    assert "We’ll email Ana now." in text_of(client_of(coordinator), address)
    with django_capture_on_commit_callbacks(execute=True):
        client_of(coordinator).post(address, {"reason": WHY})
    assert [each.to for each in mail.outbox] == [[alone.email]]


def test_a_person_invited_to_two_agencies_is_one_who_has_not_joined(
    plan, health, owed, coordinator
):
    other = AgencyFactory(short_name="Other")
    MemberFactory(plan=plan, agency=other)
    ReturnFactory(round=owed.round, agency=other)
    for agency in (health, other):
        invited(agency, email="joint@example.org")
    (line,) = [each for each in lines_for(coordinator, TODAY) if "not joined" in each.what]
    assert line.what.startswith("1 person who is invited has not joined")


@pytest.mark.both_databases
def test_who_may_submit_alone_is_not_welcomed_with_a_refusal(health, owed, coordinator, client_of):
    user = UserFactory(email="ana@example.org")
    InvitationFactory(
        agency=health,
        email=user.email,
        role=Seat.Role.APPROVER,
        token_hash=hash_of("ana"),
        from_on=TODAY,
        sent_at=NOW,
        expires_at=NOW + timedelta(days=14),
    )
    round_levers.allow_alone(of_return=owed, reason=WHY, by=coordinator, on=TODAY, at=NOW)
    page = client_of(user).post(reverse("agencies:accept-invitation", args=["ana"]), follow=True)
    welcome = [str(each) for each in page.context["messages"]]
    assert welcome == ["You are an approver at Health."]


@pytest.mark.both_databases
def test_the_coordinator_lets_the_one_person_of_each_agency_do_both_in_one_press(
    plan, health, coordinator, client_of
):
    WorkItemFactory(plan=plan, number="9.1", lead_agency=health)
    InvitationFactory(agency=health, role=Seat.Role.APPROVER, name="Ana")
    client = client_of(coordinator)
    address = reverse("returns:open-round", args=[plan.slug])
    days = {"period_start": "1 July 2026", "period_end": "31 December 2026", "due_on": "20 January 2027"}  # fmt: skip
    says = "The agency has nobody else in the plan."
    page = client.get(address)
    assert page.context["form"]["alone_reason"].value() == says
    # What the form asks is not told above it as well.
    assert [each.says for each in page.context["missing"] if "Health" in each.says] == []
    sent = {"name": "Second half", **days, "lets_one_submit": "on", "alone_reason": says}
    opened = " ".join(client.post(address, sent, follow=True).text.split())
    assert "One person may write and submit for Health. They are told by email." in opened
    owed = Return.objects.get(round__name="Second half", agency=health)
    assert (owed.alone_reason, owed.alone_allowed_by) == (says, coordinator)
    assert "Written and submitted by one person" not in text_of(client, owed.round.get_absolute_url())  # fmt: skip
    assert "One person may write and submit it." in text_of(client, owed.round.get_absolute_url())


def test_a_contributor_alone_is_no_one_who_can_submit(plan, health, coordinator, client_of):
    WorkItemFactory(plan=plan, number="9.1", lead_agency=health)
    InvitationFactory(agency=health, role=Seat.Role.CONTRIBUTOR, name="Ana")
    page = client_of(coordinator).get(reverse("returns:open-round", args=[plan.slug]))
    assert "lets_one_submit" not in page.context["form"].fields


def test_a_single_coordinator_is_told_when_opening_and_in_their_own_return(
    plan, labour, coordinator, of_return, client_of
):
    SeatFactory(user=coordinator, agency=labour, role=Seat.Role.CONTRIBUTOR)
    own = ReturnFactory(round=of_return.round, agency=labour)
    client = client_of(coordinator)
    for address in (reverse("returns:open-round", args=[plan.slug]), own.get_absolute_url()):
        assert COORDINATOR in text_of(client, address)
    # It keeps nobody else from writing and submitting.
    other = SeatFactory(agency=labour, role=Seat.Role.APPROVER).user
    assert COORDINATOR not in text_of(client_of(other), own.get_absolute_url())
    SeatFactory(agency=labour, role=Seat.Role.COORDINATOR)
    assert COORDINATOR not in text_of(client, own.get_absolute_url())


def test_a_single_coordinator_who_cannot_accept_reads_why_and_what_to_do(
    item, of_return, contributor, coordinator, client_of
):
    UpdateFactory(of_return=of_return, item=item, written_by=contributor)
    of_return.state, of_return.submitted_at, of_return.submitted_by = "submitted", NOW, coordinator
    of_return.save()
    assert COORDINATOR in text_of(client_of(coordinator), of_return.get_absolute_url())


# --- the exception --------------------------------------------------------------------------------


def allow(owed, coordinator, **values):
    values = {"reason": WHY, "on": TODAY, "at": NOW} | values
    return round_levers.allow_alone(of_return=owed, by=coordinator, **values)


def submit(owed, by):
    return rounds.submit(of_return=owed, by=by, on=TODAY, at=NOW)


@pytest.fixture
def written(owed, item, alone, health):
    """A return of the ministry that its one person wrote."""
    with without_decisions():
        item.lead_agency = health
        item.save()
    UpdateFactory(of_return=owed, item=item, written_by=alone, achieved="Done.")
    return owed


def test_one_person_submits_only_if_the_coordinator_allowed_it(written, alone, coordinator):
    with refused("You wrote all of this return. Another approver must submit it."):
        submit(written, alone)
    allow(written, coordinator)
    done = submit(written, alone)
    assert (done.state, done.is_by_one_person) == (Return.State.SUBMITTED, True)


def test_the_agency_is_told_at_once(
    written, alone, coordinator, client_of, django_capture_on_commit_callbacks
):
    address = reverse(
        "returns:allow-alone",
        args=[written.round.plan.slug, written.round_id, written.agency_id],
    )
    with django_capture_on_commit_callbacks(execute=True):
        page = client_of(coordinator).post(address, {"reason": WHY}, follow=True)
    assert "One person may write and submit the return of Health." in page.text
    assert [sent.to for sent in mail.outbox] == [[alone.email]]
    assert (
        mail.outbox[0].subject == "Plan Register: Return of Health may be submitted by one person"
    )
    assert Notice.objects.get().reason == "alone"
    written.refresh_from_db()
    assert newest(written) == ("~", "Coordinator (DoL)", WHY)


@pytest.mark.both_databases
def test_everywhere_it_says_so_with_the_reason(written, alone, coordinator, client_of):
    allow(written, coordinator)
    submit(written, alone)
    says = f"Written and submitted by one person. Coordinator allowed it: {WHY}"
    client = client_of(coordinator)
    for address in (written.round.get_absolute_url(), written.get_absolute_url()):
        assert says in text_of(client, address)
    history = text_of(client, f"/plans/{written.round.plan.slug}/history/")
    assert "let one person write and submit the return of Health" in history
    assert (
        "wrote and submitted the return of Health for January to June 2010 as one person" in history
    )


def test_a_return_of_two_people_never_says_so(written, health, alone, coordinator, client_of):
    allow(written, coordinator)
    second = SeatFactory(agency=health, role=Seat.Role.APPROVER).user
    assert submit(written, second).is_by_one_person is False


@pytest.mark.both_databases
def test_recalled_it_is_not_submitted_by_anybody(written, alone, coordinator):
    allow(written, coordinator)
    submit(written, alone)
    assert handover.recall(of_return=written, by=alone).is_by_one_person is False


def test_acceptance_stays_with_another_person(written, alone, labour, coordinator):
    SeatFactory(user=alone, agency=labour, role=Seat.Role.COORDINATOR)
    allow(written, coordinator)
    submit(written, alone)
    with refused("You submitted this return. Another coordinator must accept it."):
        rounds.accept(of_return=written, by=alone, on=TODAY)


@pytest.mark.parametrize("second", [True, False])
def test_it_needs_a_reason_and_an_agency_of_one_person(written, health, coordinator, second):
    if second:
        SeatFactory(agency=health, role=Seat.Role.CONTRIBUTOR)
        values, sentence = {}, "Health has an approver and another writer, so it can submit."
    else:
        values, sentence = {"reason": ""}, "Say why one person may write and submit it."
    with unchanged(written), refused(sentence, None if second else "reason"):
        allow(written, coordinator, **values)


# --- who is alone asks the coordinator --------------------------------------------------------------


def test_who_wrote_it_alone_asks_the_coordinator_who_has_it_on_the_desk(
    written, alone, coordinator, client_of
):
    page = client_of(alone).get(written.get_absolute_url())
    assert "Ask the coordinator</button>" in page.text
    said = client_of(alone).post(written.get_absolute_url(), {"act": "ready"}, follow=True)
    assert "The coordinator is asked: the return is on their desk." in said.text
    (line,) = [each for each in lines_for(coordinator, TODAY) if "Health" in each.what]
    address = reverse(
        "returns:allow-alone",
        args=[written.round.plan.slug, written.round_id, written.agency_id],
    )
    assert (line.what, line.detail, line.url, line.is_now(TODAY)) == (
        "The return of Health for January to June 2010 is ready, and nobody there can submit it",
        ONE,
        address,
        True,
    )
    assert [each.what for each in lines_for(alone, TODAY)] == [
        "Return for January to June 2010, Health"
    ]
    written.refresh_from_db()
    allow(written, coordinator)
    assert not [each for each in lines_for(coordinator, TODAY) if "nobody there" in each.what]


def test_the_page_for_reading_says_what_the_return_says_of_who_is_alone(written, alone, client_of):
    handover.mark_ready(of_return=written, by=alone, on=TODAY, at=NOW)
    text = text_of(client_of(alone), f"{written.get_absolute_url()}read/")
    assert "nobody else at Health can submit it. Invite a second person" in text
    ready_at = date_format(timezone.localtime(NOW), "j F Y, g:i a")
    assert f"The coordinator was asked on {ready_at}: it is on their desk." in text
    assert f"said on {ready_at} that the return is ready" in text
    assert reverse("agencies:invite", args=[written.agency_id]) in text


def test_an_approver_without_another_is_not_told_of_another(written, alone, health, client_of):
    SeatFactory(agency=health, role=Seat.Role.CONTRIBUTOR)
    text = text_of(client_of(alone), f"{written.get_absolute_url()}read/")
    assert "Health has no other approver. Invite one" in text
    assert "another approver of Health submits it" not in text


# --- "We'll email the approvers" -------------------------------------------------------------------


@pytest.mark.parametrize("has_approver", [True, False])
def test_an_email_is_announced_only_if_somebody_gets_one(
    item, of_return, contributor, client_of, has_approver
):
    if has_approver:
        SeatFactory(agency=of_return.agency, role=Seat.Role.APPROVER)
    text = text_of(client_of(contributor), of_return.get_absolute_url())
    assert ("We’ll email the approvers" in text) == has_approver
    assert ("There is no approver to email yet" in text) != has_approver
