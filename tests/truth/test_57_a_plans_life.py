"""Rule 57, a plan's life: who said what, and who is told, when leads move, agencies leave and workbooks come."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from agencies.models import Agency, Seat
from agencies.people.letters import inviter_in_words
from agencies.people.seating import history_of, seating_of, waiting_for
from agencies.people.services import seats
from agencies.people.submitting import submitters_of
from agencies.records import history
from reports.progress.changes import read_changes
from reports.progress.view import PlanView
from tests.factories import (
    AgencyFactory,
    BriefingFactory,
    ClearanceFactory,
    DecisionFactory,
    DelayFactory,
    HeldEntryFactory,
    InvitationFactory,
    MemberFactory,
    MilestoneFactory,
    MitigationFactory,
    OutOfSessionFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    UserFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, TODAY, TOMORROW, ready_to_decide
from workitems.desk.to_dos import lines_for
from workitems.intake.workbook import export_workbook
from workitems.items.said_by import said_of
from workitems.meetings.agenda import present_lines
from workitems.meetings.meeting_news import called_notices, decided_notices
from workitems.meetings.services import meetings as meeting_services
from workitems.models import Member, Return, StatusProposal, Update, Variation
from workitems.notices import send_notices
from workitems.out_of_session import services as out_of_session
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.returns.return_page import return_page
from workitems.returns.services import rounds
from workitems.returns.services.handover import ask_for_more
from workitems.variations.services import variations
from workitems.variations.services.change_requests import effects_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]

WHY = "The Cabinet asks for it."
Role = Seat.Role


@pytest.fixture
def decide(police, contributor, coordinator, meeting):
    """Return a function that has a change asked for, recommended and decided at the meeting."""

    def decide(kind, row, *, approve=True, **given):
        asked = variations.request_change(
            kind=kind, row=row, given=given, reason=WHY, agency=police, by=contributor, at=NOW
        )
        variations.recommend(variation=asked, recommendation="Approve.", by=coordinator, at=NOW)
        ready_to_decide(meeting, asked)
        return variations.decide(
            variation=asked, approve=approve, meeting=meeting, by=coordinator, at=NOW
        )

    return decide


@pytest.fixture
def other(plan):
    """Another member agency."""
    return MemberFactory(plan=plan, agency__short_name="MOH").agency


def status_line(client, item):
    """Return what the item's page says of the agency's confidence."""
    page = client.get(item.get_absolute_url()).text
    line = page.split('<p class="item-status">')[1].split("</p>")[0]
    return " ".join(line.split())


def answered(plan, item, agency, on, **words):
    """An accepted answer of an agency as the item's lead, in a round to that day."""
    round = RoundFactory(
        plan=plan,
        period_start=on - timedelta(days=180),
        period_end=on,
        closed_at=NOW,
    )
    of_return = ReturnFactory(
        round=round, agency=agency, state="accepted", accepted_on=on, submitted_at=NOW
    )
    return UpdateFactory(of_return=of_return, item=item, **words)


# --- who said it, and when -----------------------------------------------------------------------


def test_what_the_former_lead_said_is_not_put_into_the_mouth_of_the_new_one(
    item, decide, customs, client_of, coordinator
):
    item.confidence = "on_track"
    history.save(item, by=None, at=NOW - timedelta(days=30))
    client = client_of(coordinator)
    assert "Police says" in status_line(client, item)
    decide("lead", item, agency=customs.pk)
    assert "Police said on 2 May 2010" in status_line(client, item)
    item.refresh_from_db()
    item.confidence = "at_risk"
    history.save(item, by=None, at=NOW)
    assert "Customs says" in status_line(client, item)


def test_a_confidence_that_the_coordinator_imported_is_not_said_by_the_agency(
    plan, item, coordinator, client_of
):
    for at in (NOW - timedelta(days=40), NOW - timedelta(days=30)):
        item.confidence = "off_track"
        history.save(item, by=None, at=at)
    item.confidence = "at_risk"
    history.save(item, by=coordinator, reason="Imported from plan.xlsx", at=NOW)
    agency = plan.coordinating_agency.short_name
    line = status_line(client_of(coordinator), item)
    assert f"{agency} entered on 1 June 2010" in line
    view = PlanView(
        plan=plan, at=Moment.today(TODAY), since=Moment.end_of(TODAY - timedelta(days=5))
    )
    (words,) = [each.words for each in read_changes(view).found if "onfidence" in each.words]
    assert words == (f"Confidence, as {agency} entered it, moved from off track to at risk.")


@pytest.mark.both_databases
def test_the_new_leads_answer_is_the_latest_update_and_a_return_accepted_after_the_lead_moved_is_news(
    plan, item, milestone, decide, coordinator, customs, police, client_of
):
    round = RoundFactory(plan=plan)
    of_police = ReturnFactory(round=round, agency=police, state="submitted", submitted_at=NOW)
    UpdateFactory(of_return=of_police, item=item, stage="under_way", achieved="Of Police.")
    decide("lead", item, agency=customs.pk)
    rounds.accept(of_return=of_police, by=coordinator, on=TODAY)
    item.refresh_from_db()
    assert item.heard_on == TODAY
    of_customs = round.returns.get(agency=customs)
    UpdateFactory(of_return=of_customs, item=item, stage="under_way", achieved="Of Customs.")
    Return.objects.filter(pk=of_customs.pk).update(
        state="accepted", accepted_on=TODAY, submitted_at=NOW
    )
    # The short name of Police comes after that of Customs; that of an older agency, before.
    Agency.objects.filter(pk=police.pk).update(short_name="AAA")
    page = client_of(coordinator).get(item.get_absolute_url())
    assert [each.achieved for each, _ in page.context["updates"]] == ["Of Customs.", "Of Police."]


def test_last_time_is_the_former_leads_answer_with_its_name(
    plan, item, decide, customs, police, client_of
):
    answered(plan, item, police, date(2009, 12, 31), achieved="Drafted it.")
    round = RoundFactory(plan=plan)
    own = ReturnFactory(round=round, agency=customs)
    decide("lead", item, agency=customs.pk)
    (section,) = return_page(own, TODAY).sections
    assert (section.last.achieved, section.came.agency) == ("Drafted it.", "Police")
    writer = SeatFactory(agency=customs, role=Role.CONTRIBUTOR).user
    page = client_of(writer).get(own.get_absolute_url()).text
    assert "Police led this item until 1 June 2010." in page
    assert "There was no answer in an earlier round." not in page


# --- what a decision does to a return -------------------------------------------------------------


@pytest.mark.both_databases
def test_a_submitted_return_goes_back_to_the_new_lead_with_a_note_on_each_item(
    plan, item, decide, customs, coordinator, approver
):
    more = WorkItemFactory(plan=plan, number="4.3", lead_agency=item.lead_agency)
    round = RoundFactory(plan=plan)
    own = ReturnFactory(
        round=round, agency=customs, state="submitted", submitted_at=NOW, submitted_by=approver
    )
    first = decide("lead", item, agency=customs.pk)
    own.refresh_from_db()
    assert own.state == "sent_back"
    second = decide("lead", more, agency=customs.pk)
    notes = own.notes.order_by("pk").values_list("item__number", "body")
    words = "gave the lead of this item to Customs. Answer on it, then submit again."
    assert list(notes) == [
        (item.number, f"{first.reference} {words}"),
        ("4.3", f"{second.reference} {words}"),
    ]
    writer = SeatFactory(agency=customs, role=Role.CONTRIBUTOR).user
    assert [
        line for line in lines_for(writer, TODAY) if line.url.startswith(own.get_absolute_url())
    ]


def test_of_an_accepted_return_the_item_is_not_asked_and_the_former_lead_keeps_its_count(
    plan, item, decide, customs, police, coordinator, approver, client_of
):
    round = RoundFactory(plan=plan)
    facts = {"state": "accepted", "accepted_on": TODAY, "submitted_by": approver}
    of_police = ReturnFactory(round=round, agency=police, submitted_at=NOW, **facts)
    UpdateFactory(of_return=of_police, item=item, stage="under_way", achieved="Of Police.")
    of_customs = ReturnFactory(round=round, agency=customs, submitted_at=NOW, **facts)
    asked = variations.request_change(
        kind="lead", row=item, given={"agency": customs.pk}, reason=WHY,
        agency=police, by=approver, at=NOW,
    )  # fmt: skip
    page = client_of(coordinator).get(asked.get_absolute_url())
    assert page.context["effects"][0] == (
        f"The return of Customs for {round.name} is accepted, so Customs is not asked about the item in this round."
    )
    decide("lead", WorkItemFactory(plan=plan, lead_agency=police, number="9.9"), agency=customs.pk)
    variations.take_back(variation=asked, by=approver, reason="Asked again.")
    decide("lead", item, agency=customs.pk)
    counts = {
        each.agency.short_name: (each.answered, each.items)
        for each in round.returns.with_progress().select_related("agency")
    }
    assert counts == {"Police": (1, 1), "Customs": (0, 0)}
    of_police.refresh_from_db()
    pages = [return_page(each, TODAY) for each in (of_police, of_customs)]
    assert [(each.answered, each.total) for each in pages] == [(1, 1), (0, 0)]
    shown = client_of(coordinator).get(of_police.get_absolute_url()).text
    assert "Customs leads this item now." in shown
    assert "Items that Police supports" not in shown
    shown = client_of(coordinator).get(of_customs.get_absolute_url()).text
    assert "Police answered, accepted 1 June 2010" in " ".join(shown.split())


@pytest.mark.both_databases
def test_a_return_is_missing_on_the_days_on_which_it_had_something_to_answer(
    plan, item, police, customs, decide
):
    before = NOW - timedelta(days=30)
    with time_machine.travel(before, tick=False):
        history.save(item, by=None)
        due_on = TODAY - timedelta(days=10)
        of_round = RoundFactory(plan=plan, opened_at=before, due_on=due_on)
        ReturnFactory(round=of_round, agency=police)

    def missing(moment):
        return {row.agency for row in plan_at(plan, moment).returns if row.reasons}

    with time_machine.travel(NOW, tick=False):
        decide("lead", item, agency=customs.pk)
    assert police in missing(Moment.end_of(TODAY - timedelta(days=5)))
    assert police not in missing(Moment.end_of(TODAY))
    assert police not in missing(Moment.today(TODAY))
    # What it is asked since changes nothing of the day.
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        MilestoneFactory(item=item, responsible_agency=police)
    assert police not in missing(Moment.end_of(TODAY))
    assert police in missing(Moment.today(TOMORROW))


def test_milestones_that_another_request_moves_are_not_said_to_stay(
    plan, item, milestone, customs, police, contributor, client_of, coordinator
):
    asked = variations.request_change(
        kind="lead", row=item, given={"agency": customs.pk, "with_milestones": True},
        reason=WHY, agency=police, by=contributor, at=NOW,
    )  # fmt: skip
    page = client_of(coordinator).get(asked.get_absolute_url())
    assert page.context["effects"] == ["V2 asks to give its open milestone to Customs too."]


# --- who is told ------------------------------------------------------------------------------------


def test_agencies_whose_part_changes_are_mailed_the_decision_and_find_it_with_the_minutes(
    plan, item, decide, customs, other, meeting, coordinator, mailoutbox
):
    at_customs = SeatFactory(agency=customs, role=Role.CONTRIBUTOR).user
    elsewhere = SeatFactory(agency=other, role=Role.CONTRIBUTOR).user
    row = decide("lead", item, agency=customs.pk)
    decide("end", plan, approve=False, ends_on="2015-12-31")
    send_notices(on=TODAY, at=NOW)
    decided = {each.to[0] for each in mailoutbox if "decided it: " in each.body}
    assert at_customs.email in decided and elsewhere.email not in decided
    (mail,) = [each for each in mailoutbox if at_customs.email in each.to]
    assert "Give the lead from Police to Customs" in " ".join(
        mail.subject.split() + mail.body.split()
    )
    mailoutbox.clear()
    meeting_services.close_meeting(meeting=meeting, on=TODAY, at=NOW, by=coordinator)
    send_notices(on=TOMORROW, at=NOW + timedelta(days=1))
    bodies = {each.to[0]: " ".join(each.body.split()) for each in mailoutbox}
    changed = f"For Customs, this has changed: {row.reference} ({item}): Give the lead from Police to Customs."
    assert changed in bodies[at_customs.email]
    assert "None is for Customs to act on." not in bodies[at_customs.email]
    assert "None is for MOH to act on." in bodies[elsewhere.email]


@pytest.mark.both_databases
def test_an_agency_that_left_is_told_once_and_then_has_no_line_no_vote_and_no_part_in_the_quorum(
    plan,
    item,
    decide,
    other,
    customs,
    coordinator,
    contributor,
    police,
    meeting,
    mailoutbox,
    client_of,
):
    for name in ("AAA", "BBB", "CCC"):
        MemberFactory(plan=plan, agency__short_name=name)
    gone = SeatFactory(agency=other, role=Role.APPROVER).user
    asked = VariationFactory(
        plan=plan, item=item, milestone=MilestoneFactory(item=item), state="recommended"
    )
    open_one = out_of_session.ask_agencies(
        variation=asked, due_on=TOMORROW, on=TODAY, at=NOW, by=coordinator
    )
    members = plan.members.count()
    assert open_one.quorum == plan.quorum_of(members)
    mine = f"Answer for MOH: {asked.asks}, {asked.item.number} ({asked.reference})?"
    assert mine in [line.what for line in lines_for(gone, TODAY)]
    DecisionFactory(meeting=meeting, owner_agency=other, due_on=TODAY)
    assert len(lines_for(gone, TODAY)) == 2
    out_of_session.give_answer(
        answer=open_one.answers.get(agency=other), choice="agree", words="", at=NOW, by=gone
    )
    leaving = variations.request_change(
        kind="member", row=plan, given={"agency": other.pk}, reason=WHY,
        agency=police, by=contributor, at=NOW,
    )  # fmt: skip
    assert client_of(coordinator).get(leaving.get_absolute_url()).context["effects"] == [
        "MOH leaves on the day of the decision. Its people cannot open the plan from then on, and what it was asked "
        "or answered out of session, where others still answer, no longer counts."
    ]
    variations.recommend(variation=leaving, recommendation="Approve.", by=coordinator, at=NOW)
    ready_to_decide(meeting, leaving)
    variations.decide(variation=leaving, approve=True, meeting=meeting, by=coordinator, at=NOW)
    open_one.refresh_from_db()
    counted = open_one.answers.asked()
    assert open_one.quorum == plan.quorum_of(members - 1)
    assert (counted.count(), counted.filter(agency=other).exists()) == (members - 1, False)
    assert lines_for(gone, TODAY) == []
    send_notices(on=TODAY, at=NOW)
    (mail,) = [each for each in mailoutbox if gone.email in each.to]
    assert "MOH has left the working group, so its people cannot open the plan." in mail.body
    mailoutbox.clear()
    meeting_services.close_meeting(meeting=meeting, on=TODAY, at=NOW, by=coordinator)
    send_notices(on=TOMORROW, at=NOW + timedelta(days=1))
    (mail,) = [each for each in mailoutbox if gone.email in each.to]
    words = " ".join(mail.body.split())
    assert "MOH leaves the working group." in words
    assert plan.get_absolute_url() not in mail.body


def test_the_outcome_of_a_decision_out_of_session_is_mailed_at_once(
    plan,
    item,
    milestone,
    coordinator,
    customs,
    client_of,
    mailoutbox,
    django_capture_on_commit_callbacks,
):
    asked = VariationFactory(plan=plan, item=item, milestone=milestone, state="recommended")
    writer = SeatFactory(agency=asked.requesting_agency, role=Role.CONTRIBUTOR).user
    Member.objects.get_or_create(plan=plan, agency=asked.requesting_agency)
    open_one = out_of_session.ask_agencies(
        variation=asked, due_on=TOMORROW, on=TODAY, at=NOW, by=coordinator
    )
    for answer in open_one.answers.all():
        by = SeatFactory(agency=answer.agency, role=Role.APPROVER).user
        out_of_session.give_answer(answer=answer, choice="agree", words="", at=NOW, by=by)
    address = reverse("variations:close", args=[plan.slug, asked.number, open_one.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert client_of(coordinator).post(address, {"text": "", "once": "a"}).status_code == 302
    told = [each for each in mailoutbox if writer.email in each.to]
    assert len(told) == 1
    assert "It was decided out of session: approved." in told[0].body


# --- workbooks ----------------------------------------------------------------------------------------


def cells_of(plan, sheet):
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(export_workbook(plan)))
    headings, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_a_cancelled_milestone_is_exported_as_cancelled_and_comes_back_so(
    plan, item, milestone, decide, client_of, coordinator
):
    MilestoneFactory(item=item)
    decide("cancel", milestone)
    rows = cells_of(plan, "Milestones")
    assert [row["Cancelled on"] and row["Cancelled on"].date() for row in rows] == [TODAY, None]


# --- an agency that ends ------------------------------------------------------------------------------


def test_the_plans_page_leads_its_coordinator_to_what_an_ending_agency_hands_over(
    plan, other, coordinator, contributor, client_of
):
    Agency.objects.filter(pk=other.pk).update(valid_to=TOMORROW)
    address = reverse("agencies:hand-over", args=[other.pk])
    shown = client_of(coordinator).get(plan.get_absolute_url()).text
    assert f'href="{address}"' in shown and "Last day 2 June 2010: hand over its work" in shown
    assert "an administrator records its last day and its successor" in shown
    assert address not in client_of(contributor).get(plan.get_absolute_url()).text


def test_a_slide_says_what_a_new_lead_brings_with_it(
    plan, item, milestone, customs, police, contributor, coordinator, meeting, client_of
):
    asked = variations.request_change(
        kind="lead", row=item, given={"agency": customs.pk}, reason=WHY,
        agency=police, by=contributor, at=NOW,
    )  # fmt: skip
    variations.recommend(variation=asked, recommendation="Approve.", by=coordinator, at=NOW)
    ready_to_decide(meeting, asked)
    slide = client_of(coordinator).get(
        reverse("meetings:present", args=[plan.slug, meeting.pk]), {"matter": 1}
    )
    (request,) = slide.context["requests"]
    assert request.effects == [
        "Its open milestones stay with Police until each is moved by a request of its own."
    ]


# --- what ends with a milestone, and who is told of the plan's end -----------------------------------------------


def test_a_held_request_goes_with_its_milestone_and_its_agency_is_told(
    item, milestone, decide, customs, contributor, mailoutbox
):
    writer = SeatFactory(agency=customs, role=Role.CONTRIBUTOR).user
    waits = {"plan": item.plan, "agency": customs, "item": item, "written_by": writer}
    moved = HeldEntryFactory(
        **waits, kind="date", milestone=milestone, text="", owner_agency=None,
        due_after=date(2010, 12, 31), after_known_to="day",
    )  # fmt: skip
    risk = HeldEntryFactory(**waits)
    cancelled = decide("cancel", milestone)
    moved.refresh_from_db()
    risk.refresh_from_db()
    says = f"{cancelled.reference} cancelled this milestone."
    assert (moved.state, moved.note, risk.state) == ("withdrawn", says, "waiting")
    told = {
        each.recipient: each.sentence
        for each in decided_notices(TODAY, only=cancelled.pk)
        if each.agency == customs
    }
    assert told == {
        writer: f"The meeting of 1 June 2010 decided it: approved. It has taken effect. “{moved.asks}”, which waited "
        "for release in your agency, is withdrawn with it."
    }


@pytest.mark.parametrize(("approve", "names"), [(True, {"Police", "Customs"}), (False, {"Police"})])
def test_the_plans_new_end_is_told_to_every_agency(plan, decide, customs, approve, names):
    SeatFactory(agency=customs, role=Role.CONTRIBUTOR)
    decided = decide("end", plan, approve=approve, ends_on="2013-06-30")
    told = {each.agency.short_name for each in decided_notices(TODAY, only=decided.pk)}
    assert told == names


def test_a_meeting_that_moved_is_not_called_again(plan, customs, coordinator):
    SeatFactory(agency=customs, role=Role.CONTRIBUTOR)
    called = meeting_services.call_meeting(plan=plan, held_on=TOMORROW, by=coordinator)
    assert {each.state for each in called_notices(TODAY, only=called.pk)} == {"is called"}
    called.held_on = TODAY + timedelta(days=9)
    history.save_version(called, "held_on", by=coordinator)
    assert {each.state for each in called_notices(TODAY, only=called.pk)} == {"has changed"}


def test_an_invitation_names_no_agency_that_has_ended(police, customs):
    gone = AgencyFactory(short_name="Gone", name="Agency gone", valid_to=TODAY - timedelta(days=9))
    by = SeatFactory(agency=gone, role=Role.COORDINATOR).user
    invitation = InvitationFactory(agency=customs, sent_at=NOW, expires_at=NOW + timedelta(days=14))
    assert inviter_in_words(by, invitation) == f"{by.name}, a coordinator at Agency gone"
    gone.successor = police
    gone.save()
    by = type(by).objects.get(pk=by.pk)
    assert inviter_in_words(by, invitation) == f"{by.name}, a coordinator at New Zealand Police"
    SeatFactory(user=by, agency=customs, role=Role.APPROVER)
    SeatFactory(user=by, agency=police, role=Role.APPROVER)
    by = type(by).objects.get(pk=by.pk)
    other = InvitationFactory(
        agency=AgencyFactory(), sent_at=NOW, expires_at=NOW + timedelta(days=14)
    )
    assert inviter_in_words(by, other).endswith("an approver at New Zealand Customs Service")


# --- who can, when people and leads go --------------------------------------------------------------------------


def test_the_day_on_which_an_agency_wrote_it_is_the_day_on_which_it_said_it(item, plan, police):
    said_on = TODAY - timedelta(days=7)
    item.confidence = "on_track"
    history.save(item, by=None, at=NOW - timedelta(days=90))
    update = answered(
        plan,
        item,
        police,
        TODAY - timedelta(days=1),
        stage="under_way",
        confidence="on_track",
        written_at=NOW - timedelta(days=7),
    )
    said = said_of(item, [update], Moment.present(plan, TODAY))
    assert (said.agency, said.on) == ("Police", said_on)


def test_what_an_agency_answered_as_lead_is_not_under_the_items_that_it_supports(
    item, of_return, decide, customs, police, client_of, contributor
):
    UpdateFactory(of_return=of_return, item=item, stage="under_way", achieved="We began.")
    decide("lead", item, agency=customs.pk)
    section = next(each for each in return_page(of_return, TODAY).sections if each.item == item)
    assert (section.is_led, section.is_former) == (False, True)
    page = client_of(contributor).get(of_return.get_absolute_url()).text
    assert "Items that Police led or supported before" in page
    assert "Items that Police supports" not in page


def test_a_new_lead_that_supported_the_item_reads_what_the_former_one_wrote(
    item, plan, decide, customs, police
):
    answered(plan, item, customs, date(2010, 3, 31), stage="", achieved="We helped.")
    answered(plan, item, police, date(2010, 4, 30), stage="under_way", achieved="We led.")
    decide("lead", item, agency=customs.pk)
    item.refresh_from_db()
    open_round = RoundFactory(
        plan=plan, period_start=date(2010, 5, 1), period_end=date(2010, 7, 31)
    )
    of_return = ReturnFactory(round=open_round, agency=customs)
    section = next(each for each in return_page(of_return, TODAY).sections if each.item == item)
    assert (section.last.achieved, section.last_agency) == ("We led.", police)


def test_who_decides_reads_that_no_open_milestone_would_be_left(item, milestone):
    asked = VariationFactory(milestone=milestone, kind="cancel", due_before=None, due_after=None)
    assert effects_of(asked) == [
        f"No open milestone would be left: this is the only one of item {item.number}. Without one, nothing says when "
        "the item is due."
    ]
    MilestoneFactory(item=item)
    assert effects_of(asked) == []


def test_the_group_hears_from_the_agency_that_leads_the_item(
    item, milestone, decide, customs, plan
):
    delay = DelayFactory(milestone=milestone)
    MitigationFactory(delay=delay)
    milestone.refresh_from_db()
    milestone.forecast_due = date(2010, 12, 31)
    milestone.save()
    decide("lead", item, agency=customs.pk)
    line = next(each for each in present_lines(plan, TODAY) if each.item)
    assert line.asked.words == "Hear from Customs and Police"


def test_a_role_that_ends_now_ends_today_and_its_holder_is_told(
    police, coordinator, mailoutbox, django_capture_on_commit_callbacks, client
):
    held = SeatFactory(agency=police, role=Role.APPROVER, from_on=date(2010, 1, 1))
    with django_capture_on_commit_callbacks(execute=True):
        seats.end_seat_at_once(seat=held, by=coordinator, reason="Moved.", at=NOW)
    (mail,) = [each for each in mailoutbox if each.to == [held.user.email]]
    assert "from now on" in mail.body
    (past,) = seating_of(police, TODAY).before
    assert past.last_day == TODAY
    assert any(each.what.endswith("at once.") for each in history_of(police))
    client.force_login(held.user, backend="django.contrib.auth.backends.ModelBackend")
    assert "Your role has ended." in client.get("/").text


@pytest.mark.parametrize(
    ("ends", "subject", "last_day", "lost"),
    [
        (
            None,
            "Chief is no longer an approver at Police",
            "1 June 2010",
            "Police has no approver now: nobody there can submit its return or manage its users.",
        ),
        (
            date(2010, 6, 30),
            "Chief ends as an approver at Police",
            "30 June 2010",
            "From 1 July 2010 Police would have no approver: nobody there could submit its return or manage its users.",
        ),
    ],
)
def test_who_looks_after_an_agency_is_told_that_a_role_ended_and_what_nobody_can_do(
    ends, subject, last_day, lost, police, of_return, coordinator, mailoutbox,
    django_capture_on_commit_callbacks,
):  # fmt: skip
    held = SeatFactory(
        agency=police, role=Role.APPROVER, from_on=date(2010, 1, 1), user__name="Chief"
    )
    administrator = UserFactory(is_superuser=True)
    with django_capture_on_commit_callbacks(execute=True):
        if ends:
            seats.end_seat(seat=held, on=ends, by=administrator, reason="Moved.")
        else:
            seats.end_seat_at_once(seat=held, by=administrator, reason="Moved.", at=NOW)
    (mail,) = [each for each in mailoutbox if each.to == [coordinator.email]]
    body = " ".join(mail.body.split())
    assert mail.subject.endswith(f": {subject}")
    assert f"as an approver at Police. The last day is {last_day}. {lost}" in body
    assert "One to-do waits for them, and stays with Police." in body


def test_a_coordinator_is_told_when_the_last_approver_ends_their_own_role(
    police, item, coordinator, mailoutbox, django_capture_on_commit_callbacks
):
    first, last = (SeatFactory(agency=police, role=Role.APPROVER) for _ in range(2))
    for held in (first, last):
        with django_capture_on_commit_callbacks(execute=True):
            seats.end_seat_at_once(seat=held, by=held.user, reason="Moved.", at=NOW)
    (mail,) = mailoutbox
    assert mail.to == [coordinator.email]
    assert mail.body.startswith(f"{last.user.name} has ended their own role in the")


def test_nobody_answers_their_own_proposal(plan, item, decide, customs, colleague):
    StatusProposal.objects.create(
        item=item,
        agency=customs,
        stage="under_way",
        confidence="at_risk",
        reason="Late.",
        proposed_by=colleague,
        proposed_at=NOW,
    )
    decide("lead", item, agency=customs.pk)
    assert item.status_proposals.get().state == "withdrawn"
    assert not [each for each in lines_for(colleague, TODAY) if "proposes" in each.what]


def test_what_waits_for_a_person_is_named_before_their_role_ends(
    police, of_return, contributor, coordinator, client_of
):
    SeatFactory(agency=police, role=Role.APPROVER)
    held = contributor.seats.get()
    waiting = waiting_for(held, TODAY)
    assert (len(waiting.to_do) > 0, waiting.others) == (True, [])
    page = client_of(coordinator).get(reverse("agencies:end", args=[police.pk, held.pk])).text
    assert "wait" in page and "Nobody else there has this role" in page
    assert waiting.to_do[0] not in page


def test_a_clearance_that_nobody_can_answer_says_so(plan, customs, coordinator, client_of):
    briefing = BriefingFactory(plan=plan, state="in_consultation")
    ClearanceFactory(briefing=briefing, agency=customs)
    address = reverse("briefings:clearance", args=[plan.slug, briefing.pk])
    says = "Nobody at Customs can answer: it has no approver."
    client = client_of(coordinator)
    assert says in client.get(address).text
    SeatFactory(agency=customs, role=Role.APPROVER)
    assert says not in client.get(address).text


def test_an_approver_who_waits_is_not_one_to_be_invited(police, contributor, coordinator):
    new = SeatFactory(
        agency=police, role=Role.APPROVER, given_by=coordinator, counts_from=date(2010, 6, 4)
    )
    people = submitters_of([police], TODAY)[police.pk]
    assert people.words == (
        f"New Zealand Police cannot submit its return before {new.user.name} (approver from 4 June 2010) joins. Only an "
        "approver submits."
    )
    assert people.may_be_let_alone is False


# --- more is asked of a return that was ready -----------------------------------------------------


@pytest.mark.both_databases
def test_a_return_with_more_to_answer_is_ready_no_longer_and_says_why(
    plan, item, decide, customs, colleague, client_of
):
    own = ReturnFactory(
        round=RoundFactory(plan=plan), agency=customs, ready_at=NOW, ready_by=colleague
    )
    history.save(own, by=colleague, fields=["ready_at", "ready_by"])
    SeatFactory(agency=customs, role=Role.APPROVER)
    decided = decide("lead", item, agency=customs.pk)
    own.refresh_from_db()
    assert (own.ready_at, own.ready_by) == (None, None)
    why = f"{decided.reference} gave the lead of item {item.number} to Customs"
    (line,) = [
        each for each in lines_for(colleague, TODAY) if each.url.startswith(own.get_absolute_url())
    ]
    assert (line.detail, line.is_now(TODAY)) == (f"No longer ready for approval: {why}", True)
    page = " ".join(client_of(colleague).get(own.get_absolute_url()).text.split())
    assert f"No longer ready for approval: {why}" in page


def test_the_mail_of_a_decision_says_what_the_new_lead_answers_and_by_when(
    plan, item, decide, customs, colleague
):
    own = ReturnFactory(round=RoundFactory(plan=plan), agency=customs)
    decide("lead", item, agency=customs.pk)
    (line,) = [each for each in decided_notices(TODAY) if each.recipient == colleague]
    assert line.sentence.endswith(
        f"Customs has to answer item {item.number} in its return for {own.round.name}, due "
        f"{own.due_on.day} {own.due_on:%B %Y}."
    )


def test_a_new_item_takes_back_that_its_leads_return_is_ready_and_a_submission_ends_the_notice(
    plan, item, customs, colleague
):
    own = ReturnFactory(
        round=RoundFactory(plan=plan), agency=customs, ready_at=NOW, ready_by=colleague
    )
    history.save(own, by=colleague, fields=["ready_at", "ready_by"])
    ask_for_more(
        plan=plan, agencies=[customs.pk], on=TODAY, by=colleague, reason="V9 added item 2.8"
    )
    own.refresh_from_db()
    assert own.ready_at == NOW  # nothing is missing
    WorkItemFactory(plan=plan, number="2.8", lead_agency=customs)
    ask_for_more(
        plan=plan, agencies=[customs.pk], on=TODAY, by=colleague, reason="V9 added item 2.8"
    )

    def said():
        return Return.objects.with_more_asked().get(pk=own.pk).more_asked

    assert said() == "V9 added item 2.8"
    own.refresh_from_db()
    own.state, own.submitted_at, own.submitted_by = "submitted", NOW, colleague
    history.save(own, by=colleague)
    own.state = "sent_back"
    history.save(own, by=colleague, reason="Item 2.8: say more.")
    assert said() is None


def test_of_an_item_that_its_earlier_lead_has_answered_no_return_asks_again(
    plan, item, decide, customs, police, approver
):
    round = RoundFactory(plan=plan)
    facts = {"state": "accepted", "accepted_on": TODAY, "submitted_by": approver}
    of_police = ReturnFactory(round=round, agency=police, submitted_at=NOW, **facts)
    UpdateFactory(of_return=of_police, item=item, stage="under_way", achieved="Of Police.")
    own = ReturnFactory(
        round=round, agency=customs, state="submitted", submitted_at=NOW, submitted_by=approver
    )
    asked = Variation(plan=plan, kind="lead", item=item, agency_before=police, agency_after=customs)
    assert effects_of(asked)[0] == (
        f"What Police wrote on it in {round.name} is accepted, so Customs is not asked about it in this round."
    )
    decide("lead", item, agency=customs.pk)
    own.refresh_from_db()
    assert (own.state, own.notes.count()) == ("submitted", 0)


# --- an agency whose only approver has left -------------------------------------------------------


def test_the_desks_name_an_agency_that_nobody_can_sign_for(
    of_return, item, contributor, coordinator, customs, police
):
    WorkItemFactory(plan=item.plan, lead_agency=customs, number="2.2")
    nobody = "Nobody at Police can submit it: it has no approver"
    (own,) = [each for each in lines_for(contributor, TODAY) if each.url.endswith(f"{police.pk}/")]
    assert own.detail == f"0 of 1 item answered. {nobody}"
    name = of_return.round.name
    says = f"Police has no approver, so nobody there can submit for {name}"
    found = [each for each in lines_for(coordinator, TODAY) if each.what == says]
    assert [(each.url, each.is_now(TODAY)) for each in found] == [
        (reverse("agencies:seats", args=[police.pk]), True)
    ]
    assert not own.is_now(TODAY)
    UpdateFactory(of_return=of_return, item=item, achieved="We met.")
    (own,) = [each for each in lines_for(contributor, TODAY) if each.url.endswith(f"{police.pk}/")]
    assert (own.detail, own.is_now(TODAY)) == (f"1 of 1 item answered. {nobody}", True)
    Update.objects.all().delete()
    SeatFactory(agency=police, role=Role.APPROVER)
    assert not [each for each in lines_for(coordinator, TODAY) if "no approver" in each.what]
    (own,) = [each for each in lines_for(contributor, TODAY) if each.url.endswith(f"{police.pk}/")]
    assert own.detail == "0 of 1 item answered"


def test_an_answer_out_of_session_that_nobody_can_give_says_so(
    milestone, police, customs, coordinator, client_of
):
    variation = VariationFactory(milestone=milestone, state="recommended")
    asked = OutOfSessionFactory(variation=variation)
    for agency in (police, customs):
        asked.answers.create(agency=agency)
    SeatFactory(agency=customs, role=Role.APPROVER)
    page = " ".join(client_of(coordinator).get(asked.get_absolute_url()).text.split())
    assert page.count("Nobody at Police can answer: it has no approver.") == 1
    assert "Nobody at Customs" not in page


def test_who_waits_for_confirmation_is_not_one_to_invite(
    of_return, police, contributor, coordinator, client_of
):
    new = SeatFactory(agency=police, role=Role.APPROVER, given_by=coordinator)
    page = " ".join(client_of(coordinator).get(of_return.round.get_absolute_url()).text.split())
    who = f"{new.user.name} (approver, to be confirmed)"
    assert f"A second person has to confirm: {who}" in page
    assert f"New Zealand Police cannot submit its return before {who} is confirmed." in page
    assert "Not all are confirmed" in page
    assert ("Invite one" in page, "Invited, not yet joined" in page) == (False, False)
