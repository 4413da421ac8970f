"""Rule 7: a variation is decided where it was on the agenda, or out of session."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from agencies.models import Seat
from reports.meetings.pack import compose_pack
from tests.factories import (
    AttendanceFactory,
    MatterFactory,
    MeetingFactory,
    MilestoneFactory,
    OutOfSessionAnswerFactory,
    OutOfSessionFactory,
    VariationFactory,
)
from tests.workitems.conftest import seated
from tests.workitems.notices.sent import run
from tests.workitems.record import (
    DUE,
    NOW,
    SLIPPED,
    TODAY,
    TOMORROW,
    item_history,
    newest,
    ready_to_decide,
    refused,
    unchanged,
)
from workitems.desk import to_dos as desk
from workitems.intake.services import plans
from workitems.meetings import agenda
from workitems.models import Decision, Meeting, Milestone, OutOfSession, Variation
from workitems.notices import news as notices
from workitems.out_of_session import services as out_of_session
from workitems.plan.asat import Moment
from workitems.plan.services import Conflict
from workitems.variations.services import variations

pytestmark = pytest.mark.django_db

State = OutOfSession.State
UNTIL = date(2010, 6, 10)
AFTER = UNTIL + timedelta(days=1)
# The plan of these tests has three member agencies, so the majority is two.


@pytest.fixture
def wanted(milestone):
    """A request to move the milestone to 30 September, with the working group."""
    return VariationFactory(milestone=milestone, number=4, due_after=SLIPPED, state="recommended")


@pytest.fixture
def asked(wanted, coordinator):
    return ask(wanted, coordinator)


def ask(variation, by, due_on=UNTIL, **more):
    return out_of_session.ask_agencies(
        variation=variation, due_on=due_on, on=TODAY, at=NOW, by=by, **more
    )


def give(asked, agency, by, choice="agree", words="", **more):
    row = asked.answers.get(agency=agency)
    return out_of_session.give_answer(answer=row, choice=choice, words=words, at=NOW, by=by, **more)


def close(asked, by, on=AFTER, **more):
    return out_of_session.close(asked=asked, on=on, at=NOW, by=by, **more)


# --- at a meeting -------------------------------------------------------------------------------


def decide(variation, meeting, by):
    return variations.decide(variation=variation, approve=True, meeting=meeting, by=by, at=NOW)


def test_a_meeting_decides_only_what_is_on_its_agenda(plan, wanted, milestone, coordinator):
    meeting = ready_to_decide(MeetingFactory(plan=plan, held_on=TODAY))
    matter = MatterFactory(meeting=meeting, variation=wanted, withdrawn_on=TODAY)
    sentence = "V4 is not on the agenda of that meeting. Put it on the agenda first."
    with unchanged(wanted, milestone, matter), refused(sentence, "meeting"):
        decide(wanted, meeting, coordinator)
    ready_to_decide(meeting, wanted)
    decide(wanted, meeting, coordinator)
    milestone.refresh_from_db()
    assert milestone.agreed_due == SLIPPED


def test_one_agency_alone_decides_nothing_at_a_meeting(
    plan, wanted, milestone, labour, coordinator
):
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    MatterFactory(meeting=meeting, variation=wanted)
    AttendanceFactory(meeting=meeting, agency=labour)
    sentence = (
        "1 agency is recorded as present. Deciding a variation takes 2; record attendance first."
    )
    with unchanged(wanted, milestone), refused(sentence):
        decide(wanted, meeting, coordinator)


def test_no_meeting_is_made_to_hold_a_decision(client_of, on_the_day, plan, wanted, coordinator):
    client = client_of(coordinator)
    address = reverse("variations:decide", args=[plan.slug, 4])
    page = client.post(address, {"decision": "approve", "meeting": "today"})
    assert page.status_code == 422
    assert Meeting.objects.count() == 0
    assert "Call a meeting today" not in client.get(wanted.get_absolute_url()).text


def test_a_meeting_does_not_decide_what_agencies_are_answering_on(
    plan, wanted, milestone, asked, coordinator
):
    meeting = ready_to_decide(MeetingFactory(plan=plan, held_on=TODAY), wanted)
    sentence = (
        "V4 is being decided out of session, with answers due by 10 June 2010. Close that first."
    )
    with unchanged(wanted, milestone), refused(sentence):
        decide(wanted, meeting, coordinator)
    with unchanged(wanted), refused(sentence):
        variations.take_back(variation=wanted, by=coordinator, reason="Not needed.")
    assert wanted not in [each.subject for each in agenda.proposals(plan, TODAY)]


# --- asking and answering -----------------------------------------------------------------------


def test_every_member_agency_is_asked_with_the_plans_quorum(
    wanted, asked, labour, police, customs, coordinator
):
    assert (asked.state, asked.due_on, asked.quorum) == (State.OPEN, UNTIL, 2)
    rows = asked.answers.order_by("agency__short_name")
    assert [(row.agency, row.choice) for row in rows] == [(customs, ""), (labour, ""), (police, "")]
    with refused("The agencies have already been asked about V4."):
        ask(wanted, coordinator)


@pytest.mark.parametrize("state", [each for each in Variation.State if each != "recommended"])
def test_only_what_is_with_the_working_group_is_decided_out_of_session(
    milestone, coordinator, state
):
    decided = {"approved": True} if state == "approved" else {"decided": True, "state": state}
    columns = decided if state in ("approved", "declined") else {"state": state}
    variation = VariationFactory(milestone=milestone, number=4, **columns)
    label = Variation.State(state).label.lower()
    with refused(
        f"V4 is {label}. Only a request that is with the working group can be decided out of session."
    ):
        ask(variation, coordinator)


def test_agencies_get_time_to_answer(wanted, coordinator):
    with refused("Enter a date after today.", "due_on"):
        ask(wanted, coordinator, due_on=TODAY)


@pytest.mark.usefixtures("on_the_day")
def test_the_coordinator_reads_who_has_no_approver_before_asking(
    client_of, wanted, customs, coordinator
):
    address = reverse("variations:ask-agencies", args=[wanted.plan.slug, wanted.number])
    manager = client_of(coordinator)
    assert customs in manager.get(address).context["without_approver"]
    seated("Customs approver", customs, Seat.Role.APPROVER)
    assert customs not in manager.get(address).context["without_approver"]


def test_an_approver_answers_and_can_change_it(asked, police, approver):
    with refused("Say why the agency declines.", "words"):
        give(asked, police, approver, "decline")
    row = give(asked, police, approver, "decline", "The date must hold.")
    assert (row.choice, row.words, row.answered_by) == ("decline", "The date must hold.", approver)
    assert newest(row) == ("~", "Police approver (Police)", "The date must hold.")
    with pytest.raises(Conflict):
        give(asked, police, approver, version=1)
    assert give(asked, police, approver, version=2).choice == "agree"


def record(asked, agency, by, **more):
    row = asked.answers.get(agency=agency)
    return out_of_session.record_answer(answer=row, choice="agree", words="", at=NOW, by=by, **more)


def test_an_answer_that_came_by_email_needs_the_email(asked, customs, coordinator):
    with (
        unchanged(asked.answers.get(agency=customs)),
        refused("Add the email as a file, or say who sent it and when.", "file"),
    ):
        record(asked, customs, coordinator)
    mail = SimpleUploadedFile("answer.pdf", b"%PDF-1.7")
    row = record(asked, customs, coordinator, file=mail)
    assert (row.is_recorded, row.evidence.get().file_name) == (True, "answer.pdf")


def test_the_email_can_be_read_by_members_and_stays_with_the_answer(
    client_of, asked, customs, coordinator, contributor, plan
):
    mail = SimpleUploadedFile("answer.pdf", b"%PDF-1.7")
    piece = record(asked, customs, coordinator, file=mail).evidence.get()
    args = [plan.slug, piece.pk]
    page = client_of(contributor).get(reverse("evidence:download", args=args))
    assert page.getvalue() == b"%PDF-1.7"
    withdraw = reverse("evidence:withdraw", args=args)
    for user in (contributor, coordinator):
        assert client_of(user).post(withdraw, {"reason": "So."}).status_code == 403


def test_an_agencys_own_answer_is_not_recorded_over(asked, police, approver, coordinator):
    record(asked, police, coordinator, note="Email of the deputy chief executive, 2 June 2010.")
    assert give(asked, police, approver, "no_view").is_recorded is False
    with refused("Police has given its own answer, so you cannot record one for it."):
        record(asked, police, coordinator, note="Another email.")


# --- closing ------------------------------------------------------------------------------------

# Answers of Labour, Police and Customs; day; what follows.
OUTCOMES = [
    (("agree", "agree", "agree"), TODAY, "approved"),
    (("agree", "agree", "decline"), TODAY, "approved"),
    (("agree", "decline", "decline"), TODAY, "declined"),
    (("agree", "agree", "no_view"), TODAY, "approved"),
    (("agree", "decline", "no_view"), TODAY, "declined"),
    (("agree", "agree", ""), AFTER, "approved"),
    (
        ("agree", "agree", ""),
        UNTIL,
        "The agencies have until 10 June 2010, and 1 has not answered.",
    ),
    (("agree", "no_view", "no_view"), TODAY, "1 of 3 agencies agree or decline; 2 are needed."),
    (("agree", "", ""), AFTER, "1 of 3 agencies agree or decline; 2 are needed."),
]


@pytest.mark.parametrize(("choices", "on", "outcome"), OUTCOMES)
def test_the_outcome_follows_from_the_answers(
    asked, wanted, milestone, labour, police, customs, coordinator, choices, on, outcome
):
    for agency, choice in zip((labour, police, customs), choices, strict=True):
        if choice:
            give(asked, agency, coordinator, choice, "Because.")
    if outcome not in State.values:
        with unchanged(asked, wanted, milestone), pytest.raises(Exception) as refusal:
            close(asked, coordinator, on)
        assert str(refusal.value).startswith(outcome)
        return
    closed = close(asked, coordinator, on)
    wanted.refresh_from_db()
    milestone.refresh_from_db()
    assert (closed.state, wanted.state, wanted.out_of_session) == (outcome, outcome, asked)
    assert milestone.agreed_due == (SLIPPED if outcome == "approved" else DUE)
    assert (wanted.meeting, Meeting.objects.count()) == (None, 0)


def both_agree(asked, *agencies, by):
    for agency in agencies:
        give(asked, agency, by)
    return asked


def test_the_decision_is_recorded_with_its_counts_and_action(
    asked, wanted, milestone, police, customs, coordinator
):
    both_agree(asked, police, customs, by=coordinator)
    with refused("Enter the date by which the agency is to do it.", "due_on"):
        close(asked, coordinator, owner_agency=police)
    close(asked, coordinator, owner_agency=police, due_on=DUE)
    decision = Decision.objects.get()
    assert decision.text == (
        "Approved out of session: Move “Brochure printed” to 30 September 2010, 1.2 (V4). "
        "2 agree, none decline; 1 has not answered."
    )
    assert (decision.decided_on, decision.origin) == (AFTER, "11 June 2010, out of session")
    assert (decision.meeting, decision.owner_agency, decision.item) == (None, police, wanted.item)
    told = [entry.what for entry in item_history(wanted.item)]
    assert told[:6] == [
        "recorded a decision out of session on 11 June 2010, for Police to do by 30 June 2010: "
        f"“{decision.text}”",
        "moved the agreed date of “Brochure printed” from 30 June 2010 to 30 September 2010.",
        "recorded the approval of variation V4.",
        "closed variation V4 out of session: approved.",
        "answered out of session that Customs agrees on variation V4.",
        "answered out of session that Police agrees on variation V4.",
    ]


def test_a_date_that_moved_meanwhile_leaves_everything_open(
    asked, wanted, milestone, police, customs, coordinator
):
    both_agree(asked, police, customs, by=coordinator)
    Milestone.objects.filter(pk=milestone.pk).update(completed_on=TODAY)
    with unchanged(asked, wanted), refused("This milestone is done, so its date cannot change."):
        close(asked, coordinator)


ACTS = {
    "approved": lambda asked, by: close(asked, by),
    "declined": lambda asked, by: close(asked, by),
    "ended": lambda asked, by: out_of_session.end(asked=asked, reason="Too few.", on=AFTER, by=by),
}


@pytest.mark.parametrize("new", ACTS)
@pytest.mark.parametrize("old", State.values)
def test_a_decision_takes_only_the_allowed_steps(wanted, labour, police, coordinator, old, new):
    closed = {"closed": True, "state": old} if old != "open" else {}
    asked = OutOfSessionFactory(variation=wanted, due_on=UNTIL)
    choice = "decline" if new == "declined" else "agree"
    for agency in (labour, police):
        row = OutOfSessionAnswerFactory(out_of_session=asked, agency=agency)
        out_of_session.give_answer(answer=row, choice=choice, words="So.", at=NOW, by=coordinator)
    for name, value in (
        {"state": old, "closed_on": TODAY, "closed_by": coordinator} if closed else {}
    ).items():
        setattr(asked, name, value)
    asked.save()
    if new in OutOfSession.NEXT[old]:
        ACTS[new](asked, coordinator)
        asked.refresh_from_db()
        assert asked.state == new
        return
    with (
        unchanged(asked, wanted),
        refused(f"This was closed on 1 June 2010: {State(old).label.lower()}."),
    ):
        ACTS[new](asked, coordinator)


def test_ended_without_a_decision_it_can_go_to_a_meeting_or_be_asked_again(
    asked, wanted, coordinator
):
    with unchanged(asked), refused("Say why it ends without a decision.", "reason"):
        out_of_session.end(asked=asked, reason="", on=TODAY, by=coordinator)
    out_of_session.end(asked=asked, reason="Too few answer.", on=TODAY, by=coordinator)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.out_of_session) == ("recommended", None)
    assert ask(wanted, coordinator).is_open


def test_more_time_is_given_with_a_reason_and_the_current_version(asked, coordinator):
    later = {"asked": asked, "due_on": DUE, "on": TODAY, "by": coordinator}
    with unchanged(asked), refused("Say why the date changes.", "reason"):
        out_of_session.extend(**later, reason="")
    out_of_session.extend(**later, reason="Holidays.", version=1)
    with pytest.raises(Conflict):
        out_of_session.extend(**later, reason="Again.", version=1)
    asked.refresh_from_db()
    assert (asked.due_on, newest(asked)[2]) == (DUE, "Holidays.")


# --- the database itself ------------------------------------------------------------------------


def test_the_database_refuses_an_approval_that_the_group_did_not_give(
    plan, wanted, milestone, coordinator
):
    meeting = MeetingFactory(plan=plan, held_on=TODAY)
    decided = {"decided_by": coordinator, "decided_at": NOW}
    for columns in (
        {"state": "approved", "meeting": meeting},
        {"state": "declined", "meeting": meeting},
        {"state": "approved", "out_of_session": OutOfSessionFactory(variation=wanted)},
    ):
        message = "A variation is decided where it is on the agenda, or out of session"
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            Variation.objects.filter(pk=wanted.pk).update(**columns, **decided)
    # A row that was never with the group moves no date either.
    VariationFactory(
        milestone=MilestoneFactory(item=milestone.item), due_after=SLIPPED, state="approved",
        meeting=meeting, **decided,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="An agreed date moves only"), transaction.atomic():
        Milestone.objects.exclude(pk=milestone.pk).update(agreed_due=SLIPPED)


def test_the_database_keeps_a_closed_decision_and_its_answers(asked, police, customs, coordinator):
    both_agree(asked, police, customs, by=coordinator)
    close(asked, coordinator)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        OutOfSession.objects.filter(pk=asked.pk).update(quorum=1)
    with pytest.raises(IntegrityError, match="its answers do not change"), transaction.atomic():
        asked.answers.update(words="Otherwise.")
    with refused("This was closed on 11 June 2010: approved."):
        give(asked, police, coordinator)


def test_a_row_of_an_earlier_release_stays_as_it_is(plan, milestone):
    """Its meeting was made to hold it; only new decisions need an agenda."""
    old = VariationFactory(
        milestone=milestone, state="approved", meeting=MeetingFactory(plan=plan),
        decided_by=seated("Coordinator then", plan.coordinating_agency, Seat.Role.COORDINATOR),
        decided_at=NOW,
    )  # fmt: skip
    old.reason = "Typed again."
    old.save()
    old.refresh_from_db()
    assert (old.state, old.reason) == ("approved", "Typed again.")


# --- the quorum ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("set_to", "members", "needed"),
    [(None, 1, 1), (None, 2, 2), (None, 3, 2), (None, 12, 7), (5, 12, 5), (5, 3, 3)],
)
def test_the_quorum_is_the_plans_or_the_majority(plan, set_to, members, needed):
    plan.quorum = set_to
    assert plan.quorum_of(members) == needed


def test_the_coordinator_sets_the_quorum_with_a_reason(client_of, on_the_day, plan, coordinator):
    client, address = client_of(coordinator), reverse("plans:quorum", args=[plan.slug])
    for typed, sentence in (
        ("1", "One agency cannot decide alone. Enter 2 or more."),
        ("4", "The plan has 3 member agencies. Enter 3 or less."),
    ):
        page = client.post(address, {"quorum": typed, "reason": "So.", "version": plan.version})
        assert page.context["form"].errors == {"quorum": [sentence]}
    form = {"quorum": "3", "reason": "All must agree.", "version": plan.version}
    assert client.post(address, form).status_code == 302
    plan.refresh_from_db()
    assert (plan.quorum, newest(plan)[2]) == (3, "All must agree.")
    assert "3 agencies" in client.get(plan.get_absolute_url()).text
    with refused("That is already the quorum.", "quorum"):
        plans.set_quorum(plan=plan, quorum=3, reason="Again.", by=coordinator)


# --- the pages, the desk and the mails ----------------------------------------------------------


@pytest.mark.usefixtures("on_the_day")
class TestPages:
    def test_from_asking_to_the_outcome(
        self, client_of, plan, wanted, milestone, police, customs, labour, approver, coordinator,
        mailoutbox, django_capture_on_commit_callbacks,
    ):  # fmt: skip
        manager, own = client_of(coordinator), client_of(approver)
        second = seated("Customs approver", customs, Seat.Role.APPROVER)
        other = client_of(second)
        args = [plan.slug, 4]
        with django_capture_on_commit_callbacks(execute=True):
            page = manager.post(
                reverse("variations:ask-agencies", args=args),
                {"due_on": "10 June 2010", "message": "Before the printer closes."},
                follow=True,
            )
        # Asked at once, and not again that day.
        subject = f"Plan Register: Out of session: {wanted} is due in 9 days"
        told = {mail.to[0]: mail.subject for mail in mailoutbox}
        assert told == {user.email: subject for user in (approver, second)}
        assert run(TODAY) == [("Coordinator", "out_asked")]
        asked = page.context["asked"]
        at = [*args, asked.pk]
        (line,) = [line for line in desk.lines_for(approver, TODAY) if "V4" in line.what]
        assert (line.url, line.when) == (asked.get_absolute_url(), "Due in 9 days")
        page = own.get(line.url)
        assert "Before the printer closes." in page.text
        assert "close_form" not in page.context
        name = f"agency-{police.pk}"
        answer = reverse("variations:give-answer", args=[*at, police.pk])
        typed = {f"{name}-choice": "decline", f"{name}-version": 1}
        page = own.post(answer, typed)
        assert page.status_code == 422
        (_, form) = page.context["own"][0]
        assert form.errors == {"words": ["Say why the agency declines."]}
        own.post(answer, typed | {f"{name}-choice": "agree"})
        assert [line for line in desk.lines_for(approver, TODAY) if "V4" in line.what] == []
        assert own.post(answer, typed | {f"{name}-choice": "no_view"}).context["own"][0][1].conflict
        name = f"agency-{customs.pk}"
        other.post(
            reverse("variations:give-answer", args=[*at, customs.pk]),
            {f"{name}-choice": "agree", f"{name}-version": 1},
        )
        recording = reverse("variations:record-answer", args=[*at, labour.pk])
        page = manager.post(recording, {"choice": "no_view", "version": 1})
        assert page.context["form"].errors == {"__all__": ["Add a file, a link or a note."]}
        form = {"choice": "no_view", "version": 1, "note": "Email of the manager, 1 June 2010."}
        page = manager.post(recording, form, follow=True)
        assert "Email of the manager, 1 June 2010." in page.text
        assert page.context["count"].words == "2 agree, none decline, 1 has no view"
        page = manager.post(reverse("variations:close", args=at), {"text": "Agreed."}, follow=True)
        assert "V4 is approved." in page.text
        milestone.refresh_from_db()
        assert milestone.agreed_due == SLIPPED
        assert "out of session" in manager.get(wanted.get_absolute_url()).text
        assert "out of session" in manager.get(wanted.item.get_absolute_url()).text

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_page_takes_the_same_queries_for_any_number_of_answers(
        self, client_of, wanted, coordinator, count, django_assert_num_queries
    ):
        asked = OutOfSessionFactory(variation=wanted)
        for member in wanted.plan.members.all()[:count]:
            OutOfSessionAnswerFactory(out_of_session=asked, agency=member.agency)
        client = client_of(coordinator)
        client.get(asked.get_absolute_url())
        # One finds the agencies that have no approver, of those that have not answered.
        with django_assert_num_queries(16):
            client.get(asked.get_absolute_url())


def news(on, *reasons):
    return sorted(
        (each.recipient.name, each.sentence) for each in notices.news(on) if each.reason in reasons
    )


def test_approvers_are_mailed_and_the_coordinator_hears_when_it_can_be_closed(
    asked, labour, police, customs, approver, coordinator
):
    seated("Customs approver", customs, Seat.Role.APPROVER)
    assert news(TODAY, "out_asked") == [
        # Labour has no approver.
        ("Coordinator", "DoL is asked to agree or decline by 10 June 2010, in 9 days."),
        ("Customs approver", "Customs is asked to agree or decline by 10 June 2010, in 9 days."),
        ("Police approver", "Police is asked to agree or decline by 10 June 2010, in 9 days."),
    ]
    assert news(AFTER, "overdue")[:2] == [
        (
            "Coordinator",
            "DoL was asked to answer by 10 June 2010. Nobody there can answer here: record its answer "
            "from an email, or invite an approver.",
        ),
        ("Customs approver", "Customs was asked to answer by 10 June 2010. It still can."),
    ]
    record(asked, police, coordinator, note="Email, 1 June 2010.")
    assert news(TOMORROW, "out_asked")[-1] == (
        "Police approver",
        "The coordinator recorded the answer of Police from an email. You can change it until the "
        "decision is closed.",
    )
    give(asked, customs, coordinator)
    assert news(UNTIL, "out_ready") == []
    assert news(AFTER, "out_ready") == [("Coordinator", "It can be closed.")]
    close(asked, coordinator)
    says = "The decision is closed: approved. It has taken effect: Move “Brochure printed” to 30 September 2010."
    assert news(AFTER, "out_closed") == [("Customs approver", says), ("Police approver", says)]
    assert news(AFTER + timedelta(days=30), "out_closed", "out_asked") == []


def test_without_a_quorum_the_coordinator_is_told_so(asked, coordinator):
    assert news(AFTER, "out_ready") == [
        ("Coordinator", "Not enough agencies agree or decline. Give them more time, or end it.")
    ]


def test_the_coordinators_desk_says_what_an_open_decision_waits_for(asked, coordinator):
    def line(on):
        (found,) = [each for each in desk.lines_for(coordinator, on) if "V4" in each.what]
        return found.what, found.when, found.is_late

    name = "Move “Brochure printed” to 30 September 2010, 1.2 (V4)"
    assert line(TODAY) == (f"Being decided out of session: {name}", "Due in 9 days", False)
    assert line(AFTER)[1:] == ("Time is over", False)


def test_the_next_pack_tells_what_was_decided_out_of_session(
    plan, asked, wanted, police, customs, coordinator
):
    MeetingFactory(plan=plan, held_on=TODAY, recorded=True)
    both_agree(asked, police, customs, by=coordinator)
    close(asked, coordinator, owner_agency=police, due_on=DUE)
    coming = MeetingFactory(plan=plan, held_on=DUE, recorded=True)
    pack = compose_pack(coming, Moment.today(DUE))
    assert [(each.reference, each.after_label, each.outcome) for each in pack.out_of_session] == [
        ("V4", "Now", "Approved")
    ]
    assert [(each.owner, each.meeting) for each in pack.decisions] == [("Police", AFTER)]
    later = MeetingFactory(plan=plan, held_on=SLIPPED)
    assert compose_pack(later, Moment.today(SLIPPED)).out_of_session == ()
