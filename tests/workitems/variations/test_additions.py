"""Test work items and milestones that are added to an adopted plan by a variation."""

import json
from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from agencies.models import Agency
from tests.factories import (
    AgencyFactory,
    MatterFactory,
    MemberFactory,
    MilestoneFactory,
    PillarFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from tests.workitems.conftest import seated
from tests.workitems.record import (
    DUE,
    NOW,
    SLIPPED,
    TODAY,
    TOMORROW,
    entries,
    ready_to_decide,
    refused,
    unchanged,
)
from workitems.intake.services import plan_making
from workitems.measures.services.set_up import SET_UP
from workitems.meetings.agenda import title_of
from workitems.models import (
    Decision,
    HeldEntry,
    Matter,
    Measure,
    Milestone,
    Target,
    Variation,
    WorkItem,
)
from workitems.out_of_session import services as out_of_session
from workitems.terms.additions import Aimed, NewItem, NewMeasure, NewMilestone, addition_of
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.variations.services import held_entries, variations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

WHY = "A new law asks for it."


@pytest.fixture
def pillar(plan, item):
    item.pillar.number = 1
    item.pillar.save()
    return item.pillar


def step(agency, number=1, due=SLIPPED, **more):
    return NewMilestone(
        number=number,
        description=f"Step {number} taken",
        due=KnownDate(due) if isinstance(due, date) else due,
        responsible_agency=agency.pk,
        **more,
    )


@pytest.fixture
def new_item(pillar, police, customs):
    """Return a function that makes item 1.3, led by Police, with one milestone."""

    def make(**more):
        return NewItem(
            **{
                "pillar": pillar.pk,
                "number": "1.3",
                "title": "Open a help line",
                "action": "Open a help line in ten languages.",
                "kind": "action_item",
                "timeframe": "short",
                "lead_agency": police.pk,
                "supports": ((customs.pk, "hands out its number"),),
                "measures": (NewMeasure(description="Calls a month"),),
                "milestones": (step(police), step(customs, 2, due=date(2010, 12, 31))),
                **more,
            }
        )

    return make


@pytest.fixture
def ask(plan, police, contributor, new_item):
    """Return a function that asks for an item as Police."""

    def ask(**more):
        what = {"adds": new_item(), "reason": WHY, "agency": police, "by": contributor, "at": NOW}
        return variations.request_item(plan=plan, **what | more)

    return ask


@pytest.fixture
def ask_for_step(item, police, contributor):
    def ask(**more):
        what = {"adds": step(police, 3), "reason": WHY, "agency": police}
        what |= {"by": contributor, "at": NOW}
        return variations.request_milestone(item=item, **what | more)

    return ask


def recommended(variation, by):
    return variations.recommend(
        variation=variation, recommendation="Approve.", recommends="approve", by=by, at=NOW
    )


def decide(variation, meeting, by, approve=True, text=""):
    ready_to_decide(meeting, variation)
    return variations.decide(
        variation=variation, approve=approve, meeting=meeting, by=by, at=NOW, text=text
    )


# --- asking -----------------------------------------------------------------------------------


def test_what_is_added_is_kept_as_data_and_read_back(new_item, police):
    quarter = KnownDate.holding(DUE, KnownTo.QUARTER)
    added = new_item(
        starts_on=TODAY, months=3, is_key=True, milestones=(step(police, due=quarter),)
    )
    assert addition_of("item", added.data) == added
    assert addition_of("milestone", step(police, done_means="All agree.").data) == step(
        police, done_means="All agree."
    )


def share_of_calls(**more):
    return NewMeasure(
        **{
            "description": "Calls answered at once.",
            "kind": "share",
            "as_told": "the share of calls answered at once",
            "targets": (Aimed(Decimal(80), KnownDate(date(2011, 6, 30), KnownTo.MONTH)),),
            **more,
        }
    )


def test_a_measure_of_words_alone_is_kept_as_earlier_releases_kept_every_one(new_item, police):
    counted = share_of_calls(
        responsible_agency=police.pk, baseline=Decimal("12.5"), baseline_on=date(2009, 6, 30)
    )
    added = new_item(measures=(NewMeasure(description="Calls a month"), counted))
    data = json.loads(json.dumps(added.data))
    assert data["measures"][0] == "Calls a month"
    assert data["measures"][1] == {
        "description": "Calls answered at once.", "kind": "share", "unit": "", "better": "higher",
        "as_told": "the share of calls answered at once", "asked": "each_round", "source": "",
        "responsible_agency": police.pk, "baseline": "12.5", "baseline_on": "2009-06-30",
        "baseline_unknown": "",
        "targets": [
            {"number": "80", "by": ["2011-06-30", "month"], "months": None, "replaces": None}
        ],
    }  # fmt: skip
    assert addition_of("item", data) == added


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (
            share_of_calls(),
            "Calls answered at once; target 80 per cent by June 2011; baseline not known",
        ),
        (
            share_of_calls(baseline=Decimal("12.5"), baseline_on=date(2009, 6, 30), targets=()),
            "Calls answered at once; baseline 12.5 per cent on 30 June 2009",
        ),
        (
            share_of_calls(
                kind="level", baseline=Decimal(2), baseline_on=date(2009, 6, 30),
                targets=tuple(Aimed(Decimal(n), KnownDate(SLIPPED)) for n in (10, 20)),
            ),
            "Calls answered at once; target 10 by 30 September 2010 and 20 by 30 September 2010; "
            "baseline 2 on 30 June 2009",
        ),
        (NewMeasure(description="Calls a month."), "Calls a month."),
    ],
)  # fmt: skip
def test_a_new_measure_is_told_with_its_targets_and_baseline(measure, words):
    assert str(measure) == words


@pytest.mark.both_databases
def test_an_approved_measure_stands_as_it_was_proposed(ask, new_item, meeting, coordinator, labour):
    counted = share_of_calls(
        responsible_agency=labour.pk, baseline_unknown="There was no line.", asked="each_year"
    )
    asked = ask(adds=new_item(measures=(NewMeasure(description="Languages"), counted)))
    assert Target.objects.count() == 0
    decide(recommended(asked, coordinator), meeting, coordinator)
    words, made = Measure.objects.order_by("number")
    assert (words.number, words.description, words.kind) == (1, "Languages", "words")
    assert (made.number, made.kind, made.as_told, made.asked, made.responsible_agency) == (
        2, "share", "the share of calls answered at once", "each_year", labour,
    )  # fmt: skip
    assert (made.baseline, made.baseline_unknown) == (None, "There was no line.")
    target = made.targets.get()
    assert (target.number, str(target.by), target.set_on) == (80, "June 2011", TODAY)
    for row in (words, made, target):
        assert entries(row) == [("+", "Coordinator (DoL)", f"Variation V1: {WHY}")]


def test_a_number_is_asked_for_of_a_measure_that_stands(
    ask, new_item, meeting, coordinator, client_of
):
    decide(recommended(ask(adds=new_item(measures=(share_of_calls(),))), coordinator), meeting, coordinator)  # fmt: skip
    made = Measure.objects.get()
    page = client_of(coordinator).get(made.item.get_absolute_url())
    assert "the target is 80 per cent by June 2011" in page.text


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"as_told": ""}, "Write what is counted, such as “the number of staff trained”."),
        ({"baseline": Decimal(5)}, "Enter the number before the plan and its day, or neither."),
        ({"targets": (Aimed(Decimal(180), KnownDate(SLIPPED)),)}, "Enter per cent, from 0 to 100."),
        (
            {"targets": (Aimed(Decimal(80), KnownDate(date(2001, 1, 1))),)},
            "The plan began after that date. Enter a later one.",
        ),
    ],
)
def test_a_measure_that_could_not_be_set_up_is_refused_when_it_is_proposed(
    ask, new_item, more, says
):
    with refused(says):
        ask(adds=new_item(measures=(share_of_calls(**more),)))
    assert Variation.objects.count() == 0


def test_an_addition_has_the_fields_that_a_plan_being_made_has():
    of_item = {"supports", "measures", "milestones"}
    assert {each.name for each in fields(NewItem)} == {*plan_making.ITEM_FIELDS, *of_item}
    assert {each.name for each in fields(NewMeasure)} == {"description", *SET_UP, "targets"}
    assert {each.name for each in fields(NewMilestone)} == {*plan_making.MILESTONE_FIELDS} | {"due"}


def test_a_request_for_an_item_changes_nothing_in_the_plan(ask, plan, item, contributor):
    with unchanged(item, plan):
        made = ask()
    made.refresh_from_db()
    assert (made.reference, made.kind, made.state, made.item) == ("V1", "item", "requested", None)
    assert (made.asks, made.about) == (
        "Add work item 1.3 Open a help line",
        "1.3 Open a help line",
    )
    assert entries(made) == [("+", "Police contributor (Police)", WHY)]
    assert list(WorkItem.objects.all()) == [item]
    assert (Milestone.objects.count(), Measure.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("more", "sentence", "field"),
    [
        ({"number": "1.2"}, "Another item has the number 1.2. Enter another one.", "number"),
        (
            {"number": "1 3"},
            "Enter at most 20 letters, digits, full stops and hyphens, such as 1.10.",
            "number",
        ),
        (
            {"action": ""},
            "Write the objective or the action: it is the official wording.",
            "action",
        ),
        ({"milestones": ()}, "Enter a first milestone and when it is due.", "milestone_1"),
    ],
)
def test_an_item_that_could_not_be_added_is_refused_when_it_is_asked_for(
    ask, new_item, more, sentence, field
):
    with refused(sentence, field):
        ask(adds=new_item(**more))
    assert Variation.objects.count() == 0


@pytest.mark.parametrize(
    ("due", "after_end", "sentence"),
    [
        (TODAY, False, "A new milestone must be due after today. Enter a later date."),
        (
            date(2012, 1, 1),
            False,
            "The plan ends on 31 December 2011. Enter a date up to then, or tick that a milestone is "
            "due after its end and say why in the reason.",
        ),
        (TOMORROW, False, ""),
        (date(2012, 1, 1), True, ""),
    ],
)
def test_new_milestones_are_due_after_today_and_within_the_plan(
    plan, ask, ask_for_step, new_item, police, due, after_end, sentence
):
    plan.ends_on = date(2011, 12, 31)
    with without_decisions():
        plan.save()
    one = step(police, 3, due=due)
    if not sentence:
        assert ask_for_step(adds=one, after_end=after_end).adds == one.data
        return
    with refused(sentence, "due"):
        ask_for_step(adds=one, after_end=after_end)
    with refused(sentence, "due_1"):
        ask(adds=new_item(milestones=(one,)), after_end=after_end)


def test_a_request_needs_a_reason(ask, ask_for_step):
    for each in (ask, ask_for_step):
        with refused("Say why the change is needed.", "reason"):
            each(reason="")


def test_an_agency_outside_the_working_group_cannot_lead_a_new_item(ask, new_item, police):
    outside = AgencyFactory(short_name="Health")
    says = "Health is not in the plan’s working group. Add it there first."
    with refused(says, "lead_agency"):
        ask(adds=new_item(lead_agency=outside.pk))
    with refused(says, "responsible_agency"):
        ask(adds=new_item(milestones=(step(outside),)))


def test_a_pillar_of_another_plan_is_refused(ask, new_item):
    with refused("Choose a pillar of this plan.", "pillar"):
        ask(adds=new_item(pillar=PillarFactory().pk))


def test_two_requests_for_one_number_are_refused_while_the_first_waits(
    ask, ask_for_step, contributor
):
    first, of_step = ask(), ask_for_step()
    with refused(
        "V1 already asks for an item with the number 1.3. Enter another number, or wait until it is "
        "decided.",
        "number",
    ):
        ask()
    with refused(
        "V2 already asks for a milestone with the number 3. Enter another number, or wait until it is "
        "decided.",
        "number",
    ):
        ask_for_step()
    for row in (first, of_step):
        variations.take_back(variation=row, by=contributor, reason="Not yet.")
    assert (ask().reference, ask_for_step().reference) == ("V3", "V4")


def test_a_milestone_is_asked_for_an_open_item_with_a_free_number(ask_for_step, item, milestone):
    with refused("Another milestone has the number 1. Enter another one.", "number"):
        ask_for_step(adds=step(item.lead_agency, 1))
    WorkItem.objects.filter(pk=item.pk).update(stage="withdrawn")
    with refused("Item 1.2 is withdrawn."):
        ask_for_step()


# --- deciding ---------------------------------------------------------------------------------


def test_an_approval_adds_the_item_with_everything_in_it(
    ask, meeting, coordinator, police, customs, pillar
):
    variation = decide(recommended(ask(), coordinator), meeting, coordinator)
    variation.refresh_from_db()
    made = WorkItem.objects.get(number="1.3")
    assert (variation.state, variation.item, variation.milestone) == ("approved", made, None)
    assert (made.pillar, made.lead_agency, made.stage) == (pillar, police, "not_started")
    assert [(row.agency, row.role) for row in made.supports.all()] == [
        (customs, "hands out its number")
    ]
    assert [row.description for row in made.measures.all()] == ["Calls a month"]
    assert [
        (row.number, row.original, row.agreed, row.forecast, row.responsible_agency)
        for row in made.milestones.order_by("number")
    ] == [
        (1, *[KnownDate(SLIPPED)] * 3, police),
        (2, *[KnownDate(date(2010, 12, 31))] * 3, customs),
    ]
    assert list(WorkItem.objects.matching("help languages")) == [made]


def test_history_says_which_variation_added_a_row(ask, ask_for_step, meeting, coordinator):
    of_item, of_step = ask(), ask_for_step()
    for row in (of_item, of_step):
        decide(recommended(row, coordinator), meeting, coordinator)
    made = WorkItem.objects.get(number="1.3")
    for row in (made, *made.milestones.all(), *made.measures.all(), *made.supports.all()):
        assert entries(row) == [("+", "Coordinator (DoL)", f"Variation V1: {WHY}")]
    added = Milestone.objects.get(item__number="1.2")
    assert entries(added) == [("+", "Coordinator (DoL)", f"Variation V2: {WHY}")]


def test_the_decision_names_the_item_that_it_added(ask, meeting, coordinator):
    variation = decide(recommended(ask(), coordinator), meeting, coordinator)
    decision = Decision.objects.get()
    assert (decision.item.number, decision.variation, decision.text) == (
        "1.3",
        variation,
        "Approved: Add work item 1.3 Open a help line (V1).",
    )
    assert Matter.objects.get().considered_on == TODAY


def test_an_approval_adds_the_milestone(ask_for_step, item, milestone, meeting, coordinator):
    with unchanged(item, milestone):
        variation = decide(recommended(ask_for_step(), coordinator), meeting, coordinator)
    variation.refresh_from_db()
    made = item.milestones.get(number=3)
    assert (variation.item, variation.milestone) == (item, made)
    assert (made.description, made.agreed_due) == ("Step 3 taken", SLIPPED)


@pytest.mark.parametrize("kind", ["item", "milestone"])
@pytest.mark.parametrize(
    ("state", "to"),
    [(state, to) for state, next_ones in Variation.NEXT.items() for to in next_ones],
)
def test_a_request_goes_where_any_variation_goes_and_adds_only_when_approved(
    ask, ask_for_step, meeting, contributor, coordinator, kind, state, to
):
    row = (ask if kind == "item" else ask_for_step)()
    go = {
        "recommended": lambda: recommended(row, coordinator),
        "approved": lambda: decide(row, meeting, coordinator),
        "declined": lambda: decide(row, meeting, coordinator, approve=False),
        "taken_back": lambda: variations.take_back(variation=row, by=contributor, reason="No."),
    }
    if state != "requested":
        go[state]()
    before = (WorkItem.objects.count(), Milestone.objects.count())
    go[to]()
    added = {"item": (1, 2), "milestone": (0, 1)}[kind] if to == "approved" else (0, 0)
    after = (WorkItem.objects.count(), Milestone.objects.count())
    assert tuple(now - was for now, was in zip(after, before, strict=True)) == added


def test_a_number_that_was_taken_meanwhile_is_refused_with_what_to_do(
    ask, ask_for_step, plan, item, meeting, coordinator
):
    of_item, of_step = (recommended(each(), coordinator) for each in (ask, ask_for_step))
    WorkItemFactory(plan=plan, pillar=item.pillar, number="1.3")
    MilestoneFactory(item=item, number=3)
    for row, says in (
        (of_item, "The plan now has an item 1.3."),
        (of_step, "Item 1.2 now has a milestone 3."),
    ):
        again = "Record it as declined; it can then be proposed again."
        with unchanged(row), refused(f"{says} {again}", "decision"):
            decide(row, meeting, coordinator)
    decide(of_item, meeting, coordinator, approve=False)


def test_a_milestone_whose_item_was_completed_meanwhile_is_refused(
    ask_for_step, item, meeting, coordinator
):
    row = recommended(ask_for_step(), coordinator)
    WorkItem.objects.filter(pk=item.pk).update(stage="complete", completed_on=TODAY)
    says = "Item 1.2 is complete. Record it as declined; it can then be proposed again."
    with unchanged(row), refused(says, "decision"):
        decide(row, meeting, coordinator)


def test_a_date_that_has_come_meanwhile_is_refused(ask_for_step, police, meeting, coordinator):
    row = recommended(ask_for_step(adds=step(police, 3, due=TOMORROW)), coordinator)
    meeting.held_on = TOMORROW
    meeting.save()
    says = (
        "V1 asks for 2 June 2010, which is no longer in the future. Record it as declined; it can then "
        "be proposed again."
    )
    with refused(says, "decision"):
        ready_to_decide(meeting, row)
        variations.decide(
            variation=row, approve=True, meeting=meeting, by=coordinator, at=NOW.replace(day=3)
        )


def test_an_agency_that_ended_is_replaced_by_its_successor_or_refused(
    plan, ask, ask_for_step, new_item, police, customs, meeting, coordinator
):
    counted = share_of_calls(responsible_agency=customs.pk)
    of_item = recommended(ask(adds=new_item(measures=(counted,))), coordinator)
    of_step = recommended(ask_for_step(), coordinator)
    new = MemberFactory(plan=plan, agency=AgencyFactory(short_name="Border")).agency
    ended = date(2010, 5, 31)
    Agency.objects.filter(pk=customs.pk).update(valid_to=ended, successor=new)
    Agency.objects.filter(pk=police.pk).update(valid_to=ended)
    says = "Police no longer exists. Record it as declined; it can then be proposed again."
    with refused(says, "decision"):
        decide(of_step, meeting, coordinator)
    Agency.objects.filter(pk=police.pk).update(valid_to=None)
    decide(of_item, meeting, coordinator)
    made = WorkItem.objects.get(number="1.3")
    assert [row.agency for row in made.supports.all()] == [new]
    assert made.milestones.get(number=2).responsible_agency == new
    assert made.measures.get().responsible_agency == new


def test_an_addition_is_decided_out_of_session_too(plan, ask, labour, police, customs, coordinator):
    row = recommended(ask(), coordinator)
    asked = out_of_session.ask_agencies(variation=row, due_on=DUE, on=TODAY, at=NOW, by=coordinator)
    for answer in asked.answers.all():
        out_of_session.record_answer(
            answer=answer, choice="agree", words="", note="By email.", by=coordinator, at=NOW
        )
    out_of_session.close(asked=asked, on=TODAY, at=NOW, by=coordinator)
    row.refresh_from_db()
    assert (row.state, row.item.number, Decision.objects.get().item) == (
        "approved",
        "1.3",
        row.item,
    )


# --- held until it is released ----------------------------------------------------------------


def test_what_a_contributor_proposes_is_held_and_released(
    plan, item, new_item, police, contributor, approver
):
    said = {"reason": WHY, "agency": police, "by": contributor, "at": NOW}
    entries_ = [
        held_entries.hold_item(plan=plan, adds=new_item(), **said),
        held_entries.hold_milestone(item=item, adds=step(police, 3), **said),
    ]
    assert [entry.asks for entry in entries_] == [
        "Add work item 1.3 Open a help line",
        "Add the milestone “Step 3 taken”, due 30 September 2010",
    ]
    assert Variation.objects.count() == 0
    with refused("The same request is already waiting for release by an approver of Police."):
        held_entries.hold_item(plan=plan, adds=new_item(), **said)
    made = [held_entries.release(entry=entry, by=approver, at=NOW) for entry in entries_]
    assert [(row.kind, row.requested_by, row.adds) for row in made] == [
        ("item", contributor, new_item().data),
        ("milestone", contributor, step(police, 3).data),
    ]


def test_what_could_not_be_added_is_refused_before_it_is_held(plan, new_item, police, contributor):
    said = {"reason": WHY, "agency": police, "by": contributor, "at": NOW}
    with refused("Another item has the number 1.2. Enter another one.", "number"):
        held_entries.hold_item(plan=plan, adds=new_item(number="1.2"), **said)
    assert HeldEntry.objects.count() == 0


# --- pages ------------------------------------------------------------------------------------


def at(name, plan, *rest):
    return reverse(f"variations:{name}", args=[plan.slug, *rest])


def measure(place, **typed):
    """Return what a browser posts of a measure of a proposed item."""
    chosen = {"kind": "words", "better": "higher", "asked": "each_round"}
    return {f"measure_{place}-{name}": value for name, value in (chosen | typed).items()}


@pytest.fixture
def typed(pillar, police, customs):
    return {
        "version": 1, "pillar": pillar.pk, "number": "1.3", "title": "Open a help line",
        "action": "Open a help line in ten languages.", "lead_agency": police.pk, "kind": "action_item",
        "timeframe": "short", "support_1": customs.pk, "role_1": "hands out its number",
        **measure(1, description="Calls a month"), **measure(2, description=" "),
        **measure(3, description="Languages"), "milestone_1": "Line opened",
        "due_1": "30 September 2010", "milestone_3": "Line reviewed", "due_3": "December 2010",
        "responsible_3": customs.pk, "done_3": "A report is out.", "reason": WHY,
    }  # fmt: skip


def test_an_approver_proposes_an_item_on_the_page(
    client_of, plan, approver, typed, police, customs
):
    answer = client_of(approver).post(at("propose-item", plan), typed)
    made = Variation.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.state, made.requesting_agency, made.reason) == ("requested", police, WHY)
    assert made.addition.measures == (
        NewMeasure(description="Calls a month"),
        NewMeasure(description="Languages"),
    )
    assert made.adds["measures"] == ["Calls a month", "Languages"]
    assert [
        (each.number, each.description, str(each.due), each.responsible_agency)
        for each in made.addition.milestones
    ] == [
        (1, "Line opened", "30 September 2010", police.pk),
        (2, "Line reviewed", "December 2010", customs.pk),
    ]
    shown = client_of(approver).get(answer.url)
    for words in (
        "Add work item 1.3 Open a help line", "Open a help line in ten languages.", "Customs, hands out",
        "Calls a month", "2. Line reviewed, due",
    ):  # fmt: skip
        assert words in shown.text


def test_all_errors_of_a_proposal_come_at_once(client_of, plan, approver, typed):
    said = typed | {
        "title": "", "action": "", "due_1": "1 May 2010", "milestone_3": "", "reason": "",
    }  # fmt: skip
    page = client_of(approver).post(at("propose-item", plan), said)
    assert page.status_code == 422
    assert {field: [str(e) for e in errors] for field, errors in page.context["form"].errors.items()} == {
        "title": ["Enter the title."],
        "action": ["Write the objective or the action: it is the official wording."],
        "due_1": ["A new milestone must be due after today. Enter a later date."],
        "milestone_3": ["Enter milestone 3."],
        "reason": ["Say why the change is needed."],
    }  # fmt: skip


COUNTED = {
    "description": "Calls answered at once", "kind": "share",
    "as_told": "the share of calls answered at once", "number_1": "80", "by_1": "June 2011",
    "baseline_unknown": "There was no line.",
}  # fmt: skip


def test_a_measure_with_its_target_is_proposed_on_the_page_and_shown_to_deciders(
    client_of, plan, approver, typed
):
    answer = client_of(approver).post(at("propose-item", plan), typed | measure(3, **COUNTED))
    made = Variation.objects.get()
    assert made.addition.measures[1] == share_of_calls(
        description="Calls answered at once", baseline_unknown="There was no line."
    )
    shown = client_of(approver).get(answer.url)
    for words in (
        "<li>Calls answered at once; target 80 per cent by June 2011; baseline not known",
        "How it is counted: A share: so many of so many",
        "Why the number before the plan is not known: There was no line.",
    ):
        assert words in shown.text


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"description": ""}, {"description": ["Enter the measure."]}),
        (dict.fromkeys(COUNTED, "") | {"kind": "level"}, {"description": ["Enter the measure."]}),
        ({"kind": "words"}, {"kind": ["Choose how it is counted."]}),
        (
            {"as_told": "", "number_1": "180"},
            {
                "as_told": ["Write what is counted, such as “the number of staff trained”."],
                "number_1": ["Enter per cent, from 0 to 100."],
            },
        ),
        ({"by_1": ""}, {"by_1": ["Enter by when."]}),
    ],
)
def test_what_is_wrong_with_a_measure_is_said_at_its_boxes_with_all_other_errors(
    client_of, plan, approver, typed, said, errors
):
    typed |= measure(3, **COUNTED | said) | {"title": ""}
    page = client_of(approver).post(at("propose-item", plan), typed)
    assert page.status_code == 422
    form = page.context["form"]
    assert form.errors["title"] == ["Enter the title."]
    assert [each.errors for each in form.measures] == [{}, {}, errors]
    assert page.text.count("Third measure of success</h2>") == 1  # it is open
    for name in errors:
        assert f'<a href="#id_measure_3-{name}' in page.text
    page = client_of(approver).post(at("propose-item", plan), typed | {"title": "Open a line"})
    assert (page.status_code, Variation.objects.count()) == (422, 0)


def test_a_date_after_the_plans_end_needs_a_tick(client_of, plan, approver, typed):
    plan.ends_on = date(2010, 10, 1)
    with without_decisions():
        plan.save()
    said = typed | {"due_3": "1 November 2010"}
    page = client_of(approver).post(at("propose-item", plan), said)
    assert list(page.context["form"].errors) == ["due_3"]
    assert "A milestone is due after the plan’s end" in page.text
    client_of(approver).post(at("propose-item", plan), said | {"after_end": "on"})
    assert Variation.objects.count() == 1


def test_a_contributors_proposal_waits_for_release(client_of, plan, contributor, typed):
    answer = client_of(contributor).post(at("propose-item", plan), typed)
    entry = HeldEntry.objects.get()
    assert answer.url == entry.get_absolute_url()
    shown = client_of(contributor).get(answer.url)
    assert "Open a help line in ten languages." in shown.text
    assert "Add work item 1.3" in client_of(contributor).get(at("list", plan)).text


def test_a_coordinator_proposes_for_the_coordinating_agency(
    client_of, plan, item, coordinator, typed, labour, police
):
    client_of(coordinator).post(at("propose-item", plan), typed)
    said = {
        "version": 1, "number": 5, "description": "Brochure reviewed", "due": "Q4 2010",
        "responsible_agency": police.pk, "reason": WHY,
    }  # fmt: skip
    answer = client_of(coordinator).post(at("propose-milestone", plan, "1.2"), said)
    assert [(row.kind, row.requesting_agency) for row in Variation.objects.order_by("number")] == [
        ("item", labour),
        ("milestone", labour),
    ]
    client_of(coordinator).post(at("take-back", plan, 2), {"reason": "Too late in the year."})
    assert Variation.objects.get(number=2).state == "taken_back"
    assert "Brochure reviewed" in client_of(coordinator).get(answer.url).text


def test_only_who_writes_for_the_item_or_coordinates_proposes_a_milestone(
    client_of, plan, item, milestone, colleague, contributor
):
    address = at("propose-milestone", plan, "1.2")
    assert client_of(colleague).get(address).status_code == 403
    page = client_of(contributor).get(address)
    assert page.context["form"].initial["number"] == 2
    assert client_of(colleague).get(at("propose-item", plan)).status_code == 200


def test_the_next_free_number_is_offered(
    client_of, ask, ask_for_step, new_item, plan, approver, milestone
):
    ask(adds=new_item(number="1.1"))
    ask_for_step()
    pages = client_of(approver)
    assert pages.get(at("propose-item", plan)).context["form"].initial["number"] == "1.3"
    found = pages.get(at("propose-milestone", plan, "1.2"))
    assert found.context["form"].initial["number"] == 4
    assert "V2" in found.text


def test_nothing_is_proposed_to_a_plan_that_has_ended(client_of, plan, item, approver, typed):
    plan.ends_on = date(2010, 5, 1)
    with without_decisions():
        plan.save()
    pages = client_of(approver)
    for address in (at("propose-item", plan), at("propose-milestone", plan, "1.2")):
        assert pages.get(address).status_code == 403
        assert pages.post(address, typed).status_code == 403
    assert "Propose a new" not in pages.get(plan.get_absolute_url()).text
    assert "Propose a new" not in pages.get(item.get_absolute_url()).text


def test_the_pages_of_the_plan_and_of_the_item_lead_to_the_proposal(
    client_of, plan, item, approver, coordinator
):
    observer = seated("Observer", item.lead_agency, "observer")
    for user, leads in ((approver, True), (coordinator, True), (observer, False)):
        for page, name, rest in (
            (plan, "propose-item", ()),
            (item, "propose-milestone", ("1.2",)),
        ):
            shown = client_of(user).get(page.get_absolute_url()).text
            assert (f'href="{at(name, plan, *rest)}"' in shown) is leads


def test_every_page_shows_a_request_for_a_new_item(
    client_of, ask, plan, item, meeting, coordinator, approver, labour
):
    row = recommended(ask(), coordinator)
    matter = MatterFactory(meeting=meeting, variation=row, title=title_of(row))
    ready_to_decide(meeting, row)
    pages = client_of(coordinator)
    names = {"number": "1.3 Open a help line"}
    for address in (
        reverse("home"),
        at("list", plan),
        at("detail", plan, 1),
        meeting.get_absolute_url(),
        reverse("meetings:present", args=[plan.slug, meeting.pk]),
        reverse("plans:history", args=[plan.slug]),
    ):
        page = pages.get(address)
        assert page.status_code == 200, address
        assert names["number"] in page.text, address
    file = pages.get(reverse("dashboard:export", args=[plan.slug, "variations", "csv"]))
    assert "1.3,Open a help line" in file.text
    assert "Milestone 1: Step 1 taken, due 30 September 2010" in file.text
    for address in (
        reverse("dashboard:overview", args=[plan.slug]),
        reverse("workitems:list", args=[plan.slug]) + "?attention=yes",
        item.get_absolute_url(),
    ):
        assert pages.get(address).status_code == 200, address
    history = pages.get(reverse("plans:history", args=[plan.slug])).text
    assert "requested variation V1, to add work item 1.3 Open a help line." in history
    said = {"decision": "approve", "text": "Agreed."}
    pages.post(reverse("meetings:decide", args=[plan.slug, meeting.pk, matter.pk]), said)
    made = WorkItem.objects.get(number="1.3")
    assert f'href="{at("detail", plan, 1)}">V1</a>' in pages.get(made.get_absolute_url()).text
    told = pages.get(reverse("workitems:history", args=[plan.slug, "1.3"])).text
    assert f"Variation V1: {WHY}" in told
    assert "Agreed." in pages.get(meeting.get_absolute_url()).text
    assert pages.get(reverse("plans:export", args=[plan.slug])).status_code == 200


def test_the_agenda_proposes_it_under_its_number(client_of, ask, plan, meeting, coordinator):
    recommended(ask(), coordinator)
    page = client_of(coordinator).get(meeting.get_absolute_url())
    assert "Add work item 1.3 Open a help line (V1)" in page.text
