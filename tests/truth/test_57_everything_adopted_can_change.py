"""Rule 57: everything adopted can change by decision, and every such change is told everywhere."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from agencies.models import Agency
from agencies.records import history
from reports.compose import compose
from reports.compose.facts import read_facts
from reports.meetings import record_words
from reports.progress.changes import read_changes
from reports.progress.view import PlanView
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    BriefingFactory,
    MemberFactory,
    MilestoneFactory,
    PillarFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    SupportFactory,
    UpdateFactory,
    WaitFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from tests.workitems.conftest import delayed  # noqa: F401
from tests.workitems.record import (
    NOW,
    TODAY,
    TOMORROW,
    entries,
    item_history,
    noon,
    ready_to_decide,
    refused,
)
from workitems.desk.to_dos import lines_for
from workitems.meetings.agenda import present_lines
from workitems.meetings.forms.meetings import DecisionForm
from workitems.models import (
    HeldEntry,
    Member,
    Milestone,
    Plan,
    Return,
    Support,
    Variation,
    WorkItem,
)
from workitems.narrative import Scope, Wanted, history_page
from workitems.narrative.reading import Reader
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.plan.services.items import review
from workitems.returns.return_page import return_page
from workitems.returns.services.rounds import still_open
from workitems.variations.services import change_requests as changes
from workitems.variations.services import held_entries, variations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

WHY = "The Cabinet asks for it."


@pytest.fixture
def ask(police, contributor):
    def ask(kind, row, **given):
        return variations.request_change(
            kind=kind, row=row, given=given, reason=WHY, agency=police, by=contributor, at=NOW
        )

    return ask


@pytest.fixture
def decided(ask, meeting, coordinator):
    """Return a function that has a change asked for, recommended and approved at a meeting."""

    def decided(kind, row, **given):
        asked = ask(kind, row, **given)
        variations.recommend(variation=asked, recommendation="Approve.", by=coordinator, at=NOW)
        ready_to_decide(meeting, asked)
        return variations.decide(
            variation=asked, approve=True, meeting=meeting, by=coordinator, at=NOW
        )

    return decided


def history_of(plan):
    entries = history_page(Scope(plan=plan.pk), Reader(), Wanted()).entries
    return [(each.what, each.why) for each in entries]


def test_the_lead_moves_when_the_group_approves(item, decided, police, customs, plan):
    SupportFactory(item=item, agency=customs)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkItem.objects.filter(pk=item.pk).update(lead_agency=customs)
    row = decided("lead", item, agency=customs.pk)
    item.refresh_from_db()
    assert (item.lead_agency, list(item.supports.all())) == (customs, [])
    assert row.asks == "Give the lead from Police to Customs"
    assert "gave the lead from Police to Customs." in [each.what for each in item_history(item)]
    assert entries(item)[-1][2] == f"Variation {row.reference}: {WHY}"


def test_a_new_lead_is_asked_in_the_open_round_and_the_old_ones_answer_stays(
    plan, item, milestone, ask, meeting, coordinator, client_of, police, customs
):
    round = RoundFactory(plan=plan)
    of_police = ReturnFactory(round=round, agency=police)
    written = UpdateFactory(of_return=of_police, item=item, achieved="The card is printed.")
    asked = ask("lead", item, agency=customs.pk)
    page = client_of(coordinator).get(asked.get_absolute_url())
    assert page.context["effects"] == [
        f"Customs is asked about the item in {round.name}, which is open.",
        "What Police wrote on it in this round stays in its return.",
        "Its open milestones stay with Police until each is moved by a request of its own.",
    ]
    variations.recommend(variation=asked, recommendation="Approve.", by=coordinator, at=NOW)
    ready_to_decide(meeting, asked)
    variations.decide(variation=asked, approve=True, meeting=meeting, by=coordinator, at=NOW)
    counts = {
        each.agency.short_name: (each.answered, each.items)
        for each in round.returns.with_progress().select_related("agency")
    }
    assert counts == {"Police": (0, 0), "Customs": (0, 1)}
    of_police.state = Return.State.SUBMITTED
    sections = return_page(of_police, on=TODAY).sections
    assert [each.update for each in sections] == [written]


def test_a_milestones_agency_moves_and_its_history_says_so(item, milestone, decided, customs):
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.update(responsible_agency=customs)
    decided("responsible", milestone, agency=customs.pk)
    milestone.refresh_from_db()
    assert milestone.responsible_agency == customs
    said = [each.what for each in item_history(item)]
    assert "gave “Brochure printed” from Police to Customs." in said


def test_supporters_are_named_change_their_part_and_end(item, decided, customs):
    decided("supporter", item, agency=customs.pk, role="prints")
    assert [(each.agency, each.role) for each in item.supports.all()] == [(customs, "prints")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Support.objects.update(ended_on=TODAY)
    row = decided("supporter", item, agency=customs.pk, role="prints and sends")
    assert row.asks == "Change the part of Customs (prints and sends)"
    assert item.supports.get().role == "prints and sends"
    decided("supporter", item, agency=customs.pk, role=None)
    assert not item.supports.exists()
    assert not WorkItem.objects.of_agency({customs.pk}).exists()
    assert "ended the support by Customs." in [each.what for each in item_history(item)]


def test_a_cancelled_milestone_is_neither_late_nor_counted_and_stays_readable(
    plan,
    item,
    delayed,  # noqa: F811
    decided,
    contributor,
    client_of,
):
    plan_then = plan_at(plan, Moment.today(TODAY))
    assert plan_then.by_pk[item.pk].is_late
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.filter(pk=delayed.pk).update(withdrawn_on=TODAY)
    decided("cancel", delayed)
    now = plan_at(plan, Moment.today(TODAY)).by_pk[item.pk]
    assert (now.is_late, now.milestones) == (False, ())
    page = client_of(contributor).get(item.get_absolute_url()).text
    assert delayed.description in page
    assert "Cancelled" in page


def test_a_milestone_is_reworded_its_words_and_when_it_is_done(item, milestone, decided):
    decided("wording", milestone, wording="description", text="Brochure printed and sent")
    milestone.refresh_from_db()
    decided("wording", milestone, wording="done_means", text="Every hotel has one.")
    milestone.refresh_from_db()
    assert (milestone.description, milestone.done_means) == (
        "Brochure printed and sent",
        "Every hotel has one.",
    )


def test_a_detail_and_a_pillars_words_change_by_decision(item, decided, plan):
    row = decided("detail", item, wording="timeframe", value="long")
    item.refresh_from_db()
    assert (item.timeframe, row.text_before, row.text_after) == ("long", "Medium", "Long")
    other = PillarFactory(plan=plan, number=70, title="Prosecute")
    decided("detail", item, wording="pillar", value=other.pk)
    item.refresh_from_db()
    assert item.pillar == other
    decided("wording", other, wording="pillar_title", text="Prosecution")
    other.refresh_from_db()
    assert other.title == "Prosecution"


def test_an_agency_leaves_the_group_once_it_has_no_part_in_an_open_item(
    plan, item, milestone, decided, ask, police, customs, meeting
):
    with refused("Police has a part in item 1.2. Give it to another agency first.", "to"):
        ask("member", plan, agency=police.pk)
    decided("member", plan, agency=customs.pk)
    assert customs not in list(plan.agencies)
    assert Member._base_manager.get(plan=plan, agency=customs).left_on == TODAY
    # It took part on that day, and no more after it.
    assert customs in list(plan.agencies_on(TODAY))
    assert customs not in list(plan.agencies_on(date(2010, 6, 2)))
    assert ("recorded that Customs left the working group.", f"Variation V1: {WHY}") in history_of(
        plan
    )


def test_the_plans_end_moves_only_by_decision(plan, item, decided):
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.update(ends_on=date(2013, 12, 31))
    plan.refresh_from_db()
    decided("end", plan, ends_on="2013-12-31")
    plan.refresh_from_db()
    assert plan.ends_on == date(2013, 12, 31)


def test_what_waits_on_a_cancelled_milestone_can_only_be_declined(
    plan, item, milestone, ask, decided, meeting, coordinator, customs, client_of
):
    moving = ask("responsible", milestone, agency=customs.pk)
    variations.recommend(variation=moving, recommendation="Approve.", by=coordinator, at=NOW)
    decided("cancel", milestone)
    ready_to_decide(meeting, moving)
    with refused("This milestone is cancelled already. Record it as declined.", "decision"):
        variations.decide(variation=moving, approve=True, meeting=meeting, by=coordinator, at=NOW)


def test_two_open_requests_on_a_milestone_name_each_other(
    milestone, ask, customs, client_of, contributor
):
    cancel = ask("cancel", milestone)
    client = client_of(contributor)
    item = milestone.item
    address = ["variations:change-milestone", item.plan.slug, item.number, milestone.number]
    form = client.get(reverse(address[0], args=[*address[1:], "agency"]))
    assert form.context["pending"] == [cancel]
    moving = ask("responsible", milestone, agency=customs.pk)
    for one, other in ((cancel, moving), (moving, cancel)):
        page = client.get(one.get_absolute_url())
        assert page.context["meeting_it"] == [other]
        assert "Also asked for this milestone" in page.text


def test_what_changed_tells_who_joined_and_who_left_without_a_variation(plan, police):
    with noon(TOMORROW):
        history.save(Member(plan=plan, agency=AgencyFactory(short_name="MPP")), by=None)
        gone = Member.objects.get(plan=plan, agency=police)
        gone.left_on = TODAY
        with without_decisions():
            history.save(gone, by=None)
    found = read_changes(PlanView(plan=plan, at=Moment.today(TOMORROW), since=Moment.end_of(TODAY)))
    assert sorted(each.words for each in found.found if "group" in each.words) == [
        "MPP joined the working group.",
        "Police left the working group.",
    ]


def test_the_list_of_decisions_says_what_each_variation_is(
    plan, item, decided, customs, client_of, contributor
):
    row = decided("lead", item, agency=customs.pk)
    page = client_of(contributor).get(reverse("meetings:decisions", args=[plan.slug])).text
    assert f"Approved: {row}." in page
    assert page.count("Give the lead from Police to Customs") == 1


def test_an_ended_support_is_not_asked_for_as_nothing(item, ask, customs, client_of, contributor):
    SupportFactory(item=item, agency=customs)
    asked = ask("supporter", item, agency=customs.pk, role=None)
    page = client_of(contributor).get(asked.get_absolute_url()).text
    assert "To end its support." in page
    assert "Nothing." not in page


def test_what_changed_tells_every_decision(plan, item, milestone, decided, police, customs):
    end = plan.ends_on
    with noon(TOMORROW):
        decided("lead", item, agency=customs.pk)
        decided("responsible", milestone, agency=customs.pk)
        decided("wording", milestone, wording="description", text="Brochure sent")
        decided("supporter", item, agency=police.pk, role="")
        decided("end", plan, ends_on="2014-12-31")
    found = read_changes(PlanView(plan=plan, at=Moment.today(TOMORROW), since=Moment.end_of(TODAY)))
    said = {each.words for each in found.found if "by V" in each.words}
    assert said == {
        "Lead moved from Police to Customs by V1.",
        "“Brochure sent” moved from Police to Customs by V2.",
        "Description of “Brochure sent” reworded by V3.",
        "Police supports it by V4.",
        f"The plan’s end moved from {end:%-d %B %Y} to 31 December 2014 by V5."
        if end
        else "The plan’s end is now 31 December 2014 by V5.",
    }


def test_the_next_paper_tells_them(plan, item, milestone, decided, customs):
    decided("lead", item, agency=customs.pk)
    decided("cancel", milestone)
    AppointmentFactory(portfolio=plan.portfolio)
    briefing = BriefingFactory(
        plan=plan,
        dated=date(2010, 6, 8),
        period_start=date(2010, 1, 1),
        period_end=date(2010, 6, 7),
    )
    text = str(compose(briefing))
    assert "gave the lead of" in text
    assert "from Police to Customs in June 2010" in text
    assert "cancelled “Brochure printed” of" in text


def test_the_next_paper_quotes_no_rating_from_before_a_milestone_was_cancelled(
    plan, item, milestone, decided, coordinator
):
    why = "The training is due in four months."
    review(item=item, version=item.version, confidence="at_risk", by=coordinator, reason=why)
    dated = {"dated": TODAY, "period_start": date(2010, 1, 1), "period_end": TODAY}
    AppointmentFactory(portfolio=plan.portfolio)
    briefing = BriefingFactory(plan=plan, **dated)
    assert read_facts(briefing).reviewers_reasons == {item.pk: why}
    decided("cancel", milestone)
    assert read_facts(briefing).reviewers_reasons == {item.pk: ""}


def test_the_next_paper_names_the_end_who_left_and_who_ended_however_much_else_changed(
    plan, item, milestone, decided, customs
):
    ending = AgencyFactory(short_name="Health", name="Health", valid_to=date(2010, 6, 3))
    MemberFactory(plan=plan, agency=ending)
    for number in range(5):
        decided("wording", milestone, wording="done_means", text=f"All {number} are sent.")
    decided("end", plan, ends_on="2014-12-31")
    decided("member", plan, agency=customs.pk)
    AppointmentFactory(portfolio=plan.portfolio)
    briefing = BriefingFactory(
        plan=plan,
        dated=date(2010, 6, 8),
        period_start=date(2010, 1, 1),
        period_end=date(2010, 6, 7),
    )
    text = str(compose(briefing))
    told = text.partition("The working group ")[2]
    assert re.findall(
        r"(\w+’s end|that \w+ leaves|\w+ ended on 3 June 2010|\w+ other changes)", told
    )[:4] == [
        "Plan’s end",
        "that Customs leaves",
        "Health ended on 3 June 2010",
        "five other changes",
    ]


def test_a_new_lead_is_asked_for_with_the_milestones_of_the_former(
    plan, item, milestone, ask, approver, customs, client_of
):
    MilestoneFactory(item=item, number=9, description="Sent", responsible_agency=customs)
    url = reverse("variations:change-item", args=[plan.slug, item.number, "lead"])
    form = client_of(approver).get(url).context["form"]
    assert (form.fields["with_milestones"].label, form.fields["to"].help_text) == (
        "Also ask to give it the open milestone of Police: “Brochure printed”",
        "Customs and DoL have no users yet, so nobody there could report on the item. Invite them "
        "first.",
    )
    ask("lead", item, agency=customs.pk, with_milestones=True)
    assert [
        (each.kind, each.milestone, str(each.agency_after)) for each in plan.variations.all()
    ] == [
        ("lead", None, "Customs"),
        ("responsible", milestone, "Customs"),
    ]


def test_cancelling_the_last_milestone_says_that_none_would_be_left(
    plan, item, milestone, approver, client_of
):
    url = reverse(
        "variations:change-milestone", args=[plan.slug, item.number, milestone.number, "cancel"]
    )
    says = "No open milestone would be left"
    assert says in client_of(approver).get(url).text
    MilestoneFactory(item=item, number=9)
    assert says not in client_of(approver).get(url).text


def test_a_cancelled_milestone_is_cancelled_on_every_page(
    plan, item, milestone, decided, client_of, contributor
):
    WorkItem.objects.filter(pk=item.pk).update(confidence="on_track", stage="under_way")
    Milestone.objects.filter(item=item).exclude(pk=milestone.pk).update(completed_on=TODAY)
    decided("cancel", milestone)
    page = " ".join(client_of(contributor).get(item.get_absolute_url()).text.split())
    assert ("Cancelled" in page, "Withdrawn" in page) == (True, False)
    # Its agency says that it is on track, and nothing says until when.
    assert "Cannot be judged" in page
    assert "For Police</dt> <dd>Say when it is due, or that it is complete" in page


def test_the_next_paper_names_new_leads_and_cancelled_milestones_and_counts_the_rest(
    plan, item, milestone, decided, customs
):
    for number in range(3):
        decided("wording", milestone, wording="done_means", text=f"All {number} are sent.")
    decided("wording", item, wording="title", text="Print two brochures")
    decided("lead", item, agency=customs.pk)
    decided("cancel", milestone)
    AppointmentFactory(portfolio=plan.portfolio)
    briefing = BriefingFactory(
        plan=plan, dated=TODAY, period_start=date(2010, 1, 1), period_end=TODAY
    )
    text = str(compose(briefing))
    told = re.findall(r"The working group (gave|cancelled|made four other|reworded|changed)", text)
    assert told == ["gave", "cancelled", "made four other"]


def test_a_contributors_request_waits_for_release(item, milestone, police, contributor, approver):
    entry = held_entries.hold_change(
        kind="responsible",
        row=milestone,
        given={"agency": item.plan.coordinating_agency_id},
        reason=WHY,
        agency=police,
        by=contributor,
        at=NOW,
    )
    assert not Variation.objects.exists()
    made = held_entries.release(entry=entry, by=approver, at=NOW)
    assert (made.kind, made.requested_by, made.milestone) == ("responsible", contributor, milestone)
    assert HeldEntry.objects.get().state == "released"


def test_what_changed_meanwhile_is_refused_at_the_decision(
    item, ask, decided, meeting, coordinator, customs, labour
):
    first = ask("lead", item, agency=customs.pk)
    with refused("V1 already asks to change this. Wait until it is decided."):
        ask("lead", item, agency=labour.pk)
    variations.take_back(variation=first, by=coordinator, reason="Not now.")
    asked = changes.drafted("lead", item, {"agency": customs.pk})
    asked.agency_before = labour
    assert [says for says, _ in changes.faults(asked, TODAY)] == [
        "The agency has changed since this was requested."
    ]


@pytest.mark.parametrize(
    ("asked", "typed"),
    [
        ("item lead", {"to": "customs"}),
        ("item supporters", {"to": "customs", "what": "support", "role": "prints"}),
        ("milestone agency", {"to": "customs"}),
        ("milestone words", {"text": "Brochure sent"}),
        ("milestone done-when", {"text": "Every hotel has one."}),
        ("milestone cancel", {}),
        ("plan end", {"ends_on": "31 December 2014"}),
        ("plan leaving", {"to": "customs"}),
    ],
)
def test_an_officer_asks_from_the_page(
    asked, typed, plan, item, milestone, approver, customs, client_of
):
    of, what = asked.split()
    args = {"plan": [], "item": ["1.2"], "milestone": ["1.2", 1]}[of]
    address = reverse(f"variations:change-{of}", args=[plan.slug, *args, what])
    client = client_of(approver)
    row = {"plan": plan, "item": item, "milestone": milestone}[of]
    row.refresh_from_db()
    sent = {"version": row.version, "reason": WHY} | typed
    if typed.get("to"):
        sent["to"] = customs.pk
    assert client.get(address).status_code == 200
    response = client.post(address, sent)
    assert response.status_code == 302, response.context["form"].errors
    made = Variation.objects.get()
    assert (made.state, made.reason) == ("requested", WHY)
    assert client.get(made.get_absolute_url()).status_code == 200
    assert client.get(reverse("variations:list", args=[plan.slug])).status_code == 200


def test_all_that_keeps_an_agency_in_the_group_is_named_at_once_each_linked(
    plan, item, milestone, police, approver, client_of
):
    other = WorkItemFactory(plan=plan, number="2.6", pillar=item.pillar)
    SupportFactory(item=other, agency=police)
    risk = RiskFactory(plan=plan, number=1, owner_agency=police)
    RiskFactory(plan=plan, number=2, owner_agency=police, closed_on=TODAY)
    page = client_of(approver).post(
        reverse("variations:change-plan", args=[plan.slug, "leaving"]),
        {"to": police.pk, "reason": WHY, "version": plan.version},
    )
    assert page.context["form"].errors["to"] == [
        "Police has a part in items 1.2 and 2.6. Give them to other agencies first. "
        f"Police owns risk {risk.reference}. Give it to another agency or close it first.",
    ]
    linked = page.text.partition("Give these to other agencies first")[2]
    for row in (item, other, risk):
        assert linked.count(f'href="{row.get_absolute_url()}"') == 1


def test_nobody_waits_for_the_return_of_an_agency_that_left(
    plan, item, decided, customs, police, coordinator
):
    of_round = RoundFactory(plan=plan, due_on=date(2010, 5, 1))
    rows = [ReturnFactory(round=of_round, agency=agency) for agency in (customs, police)]

    def waiting():
        return (
            set(Return.objects.waiting_for_agency()),
            {row.agency for row in plan_at(plan, Moment.today(TODAY)).returns},
            {each.agency for each in still_open(of_round)},
            [line.detail for line in lines_for(coordinator, TODAY) if "missing" in line.what],
        )

    assert waiting() == (set(rows), {customs, police}, {customs, police}, ["Customs and Police"])
    decided("member", plan, agency=customs.pk)
    assert waiting() == ({rows[1]}, {police}, {police}, ["Police"])


def test_a_reworded_milestone_keeps_the_words_before_in_title_and_history(
    plan, milestone, decided, client_of, contributor
):
    row = decided("wording", milestone, wording="description", text="Brochure sent")
    row = Variation.objects.select_related("milestone").get(pk=row.pk)
    assert row.asks == "Change “printed” to “sent” in the words of “Brochure printed”"
    told = [what for what, _ in history_of(plan) if what.startswith("requested")]
    assert told == [
        "requested variation V1, to change “printed” to “sent” in the words of “Brochure printed”."
    ]
    assert row.asks in client_of(contributor).get(row.get_absolute_url()).text


def test_the_end_of_a_support_is_asked_in_plain_words(item, decided, customs):
    SupportFactory(item=item, agency=customs)
    row = decided("supporter", item, agency=customs.pk, role=None)
    words = record_words.asked(row, item=item, milestone="", agencies=Agency.objects.in_bulk())
    assert words.asks_of_item == f"End the support by Customs, {item} (V1)"


@pytest.mark.parametrize("last_day", [TODAY, date(2010, 5, 31)])
def test_an_agency_that_ends_is_offered_for_no_new_work(
    plan, item, milestone, police, customs, approver, coordinator, meeting, client_of, last_day
):
    Agency.objects.filter(pk=customs.pk).update(valid_to=last_day)
    customs.refresh_from_db()
    asking = {
        "variations:change-item": (("1.2", "lead"), "to"),
        "variations:change-milestone": (("1.2", 1, "agency"), "to"),
        "variations:propose-item": ((), "lead_agency"),
    }
    offered = {
        name: client_of(approver)
        .get(reverse(name, args=[plan.slug, *args]))
        .context["form"]
        .fields[field]
        for name, (args, field) in asking.items()
    }
    offered["decision"] = DecisionForm(plan=plan, with_items=True, on=TODAY).fields["owner_agency"]
    for name, field in offered.items():
        assert customs not in field.queryset, name
        assert plan.coordinating_agency in field.queryset, name
    # Nobody takes it as the lead who acts, and its support can still end.
    assert DecisionForm(plan=plan, with_items=False, on=TODAY, lead=customs).lead is None
    address = reverse("variations:change-item", args=[plan.slug, "1.2", "supporters"])
    client = client_of(approver)
    assert customs not in client.get(address).context["form"].fields["to"].queryset
    SupportFactory(item=item, agency=customs)
    assert customs in client.get(address).context["form"].fields["to"].queryset


def test_a_milestone_that_was_cancelled_waits_no_more(plan, coordinator, client_of):
    waiting = MilestoneFactory(item__plan=plan, item__number="3.2", number=3, withdrawn_on=TODAY)
    waited = MilestoneFactory(item__plan=plan, item__number="5.1", number=1)
    wait = WaitFactory(milestone=waiting, waits_for=waited)
    at = plan_at(plan, Moment.today(TODAY))
    assert (at.waits.rows, at.waits.back_in_words(waited.pk)) == ([], "")
    client = client_of(coordinator)
    assert "Waited for by" not in client.get(waited.item.get_absolute_url()).text
    page = " ".join(client.get(wait.get_absolute_url()).text.split())
    assert "The milestone that waited was cancelled." in page
    assert "It no longer waits" not in page


def test_what_a_late_milestone_waits_for_is_its_cause_and_one_that_cannot_be_met_is_not_on_time(
    plan, police, coordinator, client_of
):
    waiting = MilestoneFactory(
        item__plan=plan, item__number="3.6", item__lead_agency=police, number=1, agreed_due=TODAY
    )
    waited = MilestoneFactory(
        item__plan=plan, item__number="3.3", number=2, forecast_due=date(2010, 8, 31)
    )
    WaitFactory(milestone=waiting, waits_for=waited)
    page = client_of(coordinator).get(waiting.item.get_absolute_url()).text
    assert "Not late yet, but its agreed date can no longer be met" in " ".join(page.split())
    (line,) = (each for each in present_lines(plan, TOMORROW) if each.item.number == "3.6")
    agency = waited.responsible_agency
    assert (line.is_late, line.cause) == (
        True,
        f"It waits for “{waited}” of {agency} (3.3), now expected on 31 August 2010.",
    )
