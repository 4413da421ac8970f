"""Test the agenda of a meeting: proposals, matters and their order."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.meetings.pack import compose_pack
from tests.factories import (
    DecisionFactory,
    MatterFactory,
    MeetingFactory,
    MilestoneFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import (
    DUE,
    TODAY,
    TOMORROW,
    YESTERDAY,
    entries,
    newest,
    refused,
    unchanged,
)
from workitems.meetings.agenda import (
    Proposal,
    not_on,
    present_lines,
    proposals,
    rows_of,
    runs_of,
)
from workitems.meetings.services import matters
from workitems.plan.asat import Moment
from workitems.plan.attention import Verb
from workitems.plan.services import Conflict

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

WHO = "Coordinator (DoL)"
OFF = "This matter is not on the agenda."


def add(meeting, by, about=None, **more):
    return matters.add_matter(meeting=meeting, about=about, by=by, **more)


def agenda(meeting):
    return [(row.position, row.title) for row in meeting.matters.on_agenda().in_order()]


# --- adding -----------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_matter_is_titled_after_its_subject(meeting, plan, item, milestone, police, coordinator):
    earlier = DecisionFactory(meeting=MeetingFactory(plan=plan, held_on=YESTERDAY))
    of_return = ReturnFactory(round=RoundFactory(plan=plan), agency=police)
    subjects = [
        item,
        VariationFactory(milestone=milestone, number=4),
        earlier,
        RiskFactory(plan=plan, number=3),
        of_return,
    ]
    made = [add(meeting, coordinator, subject) for subject in subjects]
    assert [row.subject for row in made] == subjects
    assert agenda(meeting) == [
        (1, "1.2 Print a brochure"),
        (2, "Move “Brochure printed” to 30 September 2010, 1.2 (V4)"),
        (3, "Decision of 31 May 2010: The brochure goes to print."),
        (4, "Risk R3: Trained staff leave."),
        (5, "Return of Police for January to June 2010"),
    ]
    assert entries(made[0]) == [("+", WHO, "")]


def test_a_matter_without_a_subject_has_its_own_title(meeting, coordinator):
    made = add(meeting, coordinator, title="What comes next", note="Ten minutes.")
    assert (made.kind, made.subject, made.note) == ("", None, "Ten minutes.")
    with refused("Write what is to be discussed.", "title"):
        add(meeting, coordinator)


def test_a_long_name_is_cut_to_fit(meeting, plan, coordinator):
    made = add(meeting, coordinator, RiskFactory(plan=plan, description="word " * 100))
    made.refresh_from_db()
    assert made.title == f"Risk R1: {'word ' * 57}wor…"


def test_a_subject_can_be_on_the_agenda_only_once(meeting, item, coordinator):
    add(meeting, coordinator, item)
    with refused("“1.2 Print a brochure” is already on the agenda."):
        add(meeting, coordinator, item)
    with refused("This belongs to another plan."):
        add(meeting, coordinator, WorkItemFactory())
    assert len(agenda(meeting)) == 1


# --- proposals --------------------------------------------------------------------------------


def keys(found):
    return [(each.title, each.reasons) for each in found]


def test_variations_decisions_and_risks_are_proposed_with_a_reason(
    meeting, plan, item, milestone, police
):
    VariationFactory(milestone=milestone, number=4, state="recommended")
    VariationFactory(
        plan=plan,
        milestone=None,
        item=item,
        number=5,
        kind="withdrawal",
        due_before=None,
        due_after=None,
        requesting_agency=police,
    )
    past = MeetingFactory(plan=plan, held_on=YESTERDAY)
    DecisionFactory(meeting=past, number=1, text="Ask.", owner_agency=police, due_on=YESTERDAY)
    DecisionFactory(meeting=past, number=2, text="Say.", owner_agency=police, due_on=DUE)
    DecisionFactory(meeting=past, number=3, text="Noted.")
    DecisionFactory(meeting=meeting, number=1, text="Now.", owner_agency=police, due_on=DUE)
    RiskFactory(plan=plan, number=1)
    RiskFactory(plan=plan, number=2, escalated_to="group", escalated_on=YESTERDAY)
    assert keys(proposals(plan, TODAY)) == [
        (
            "1.2 Print a brochure",
            ("With the working group: Move “Brochure printed” to 30 September 2010.",),
        ),
        (
            "Risk R2: Trained staff leave.",
            ("Escalated to the working group on 31 May 2010.",),
        ),
        (
            "Decision of 31 May 2010: Ask.",
            ("With Police, to be done by 31 May 2010; overdue by one day.",),
        ),
        ("Decision of 31 May 2010: Say.", ("With Police, to be done by 30 June 2010.",)),
    ]


def test_an_agenda_is_drafted_in_the_order_of_a_meeting_around_what_is_there(
    meeting, plan, milestone, coordinator
):
    asked = VariationFactory(milestone=milestone, number=4, state="recommended")
    there = RiskFactory(plan=plan, number=1, escalated_to="group", escalated_on=YESTERDAY)
    MatterFactory(meeting=meeting, position=1, title="Welcome")
    second = MatterFactory(meeting=meeting, position=2, risk=there, title="Discuss")
    MatterFactory(meeting=meeting, position=3, title="Any other business")
    RiskFactory(plan=plan, number=2, escalated_to="group", escalated_on=YESTERDAY)
    found = not_on(proposals(plan, TODAY), [second])
    verbs = {second.pk: Verb.DISCUSS}
    matters.draft_agenda(meeting=meeting, proposals=found, by=coordinator, verbs=verbs)
    assert agenda(meeting) == [
        (1, "Welcome"),
        (2, f"{asked.item.number} {asked.item.title}"),
        (3, "Discuss"),
        (4, "Risk R2: Trained staff leave."),
        (5, "Any other business"),
    ]


def test_matters_stand_together_by_what_is_asked_in_their_own_order(plan, meeting, milestone):
    asked = VariationFactory(milestone=milestone, number=4, state="recommended")
    risk = RiskFactory(plan=plan, number=1, escalated_to="group", escalated_on=YESTERDAY)
    rows = [
        MatterFactory(meeting=meeting, position=1, title="Welcome"),
        MatterFactory(meeting=meeting, position=2, variation=asked),
        MatterFactory(meeting=meeting, position=3, title="Something else"),
        MatterFactory(meeting=meeting, position=4, risk=risk),
    ]
    found = runs_of(rows_of(rows, present_lines(plan, TODAY), TODAY))
    assert [(verb, [row.matter.position for row in own]) for verb, own in found] == [
        (None, [1]),
        (Verb.DECIDE, [2, 3]),
        (Verb.DISCUSS, [4]),
    ]


def test_a_verb_that_would_head_matters_twice_is_said_on_each_row(
    plan, item, meeting, coordinator, client_of, on_the_day
):
    for number, position in ((4, 1), (5, 3)):
        step = MilestoneFactory(item=item, number=number)
        asked = VariationFactory(milestone=step, number=number, state="recommended")
        MatterFactory(meeting=meeting, position=position, variation=asked)
    risk = RiskFactory(plan=plan, number=1, escalated_to="group", escalated_on=YESTERDAY)
    MatterFactory(meeting=meeting, position=2, risk=risk)
    rows = list(meeting.matters.in_order())
    ((verb, own),) = runs_of(rows_of(rows, present_lines(plan, TODAY), TODAY))
    assert (verb, [row.matter.position for row in own]) == (None, [1, 2, 3])
    page = client_of(coordinator).get(meeting.get_absolute_url()).text
    assert 'class="agenda-verb"' not in page
    agenda_part = page[page.index('id="agenda"') : page.index("Add a matter of your own")]
    found = re.findall(r'<span class="quiet">(Decide|Discuss)</span>', agenda_part)
    assert found == ["Decide", "Discuss", "Decide"]
    slide = client_of(coordinator).get(f"{meeting.get_absolute_url()}present/?slide=agenda").text
    assert re.findall(r'<span class="note">(Decide|Discuss)', slide) == found


@pytest.mark.parametrize("days", [-1, 1])
def test_page_slide_and_pack_give_one_reason_for_an_item_with_a_decision_to_follow_up(
    plan, meeting, item, police, coordinator, client_of, on_the_day, days
):
    past = MeetingFactory(plan=plan, held_on=YESTERDAY)
    due = TODAY + timedelta(days=days)
    DecisionFactory(meeting=past, text="Ask.", item=item, owner_agency=police, due_on=due)
    (proposal,) = [each for each in proposals(plan, TODAY) if each.kind == "item"]
    matter = MatterFactory(meeting=meeting, position=1, item=item, title="1.2 Print a brochure")
    (row,) = rows_of([matter], present_lines(plan, TODAY), TODAY)
    assert tuple(row.reasons) == proposal.reasons
    (reason,) = row.reasons
    assert reason.startswith("Decision of 31 May 2010: Ask. With Police, to be done by")
    pages = [meeting.get_absolute_url(), f"{meeting.get_absolute_url()}present/?matter=1"]
    for page in pages:
        assert reason in client_of(coordinator).get(page).text
    pack = compose_pack(meeting, Moment.today(TODAY))
    assert pack.agenda[0].reasons == (reason,)


@pytest.mark.both_databases
def test_drafting_an_agenda_again_adds_nothing(meeting, plan, item, coordinator):
    risk = RiskFactory(plan=plan)
    MatterFactory(meeting=meeting, position=1, title="Welcome")
    on_it = MatterFactory(meeting=meeting, position=2, item=item, title="1.2")
    found = [Proposal(item, ("Late.",)), Proposal(risk, ("Escalated.", "Again."))]
    assert [each.subject for each in not_on(found, [on_it])] == [risk]
    for made in (1, 0):
        drafted = matters.draft_agenda(meeting=meeting, proposals=found, by=coordinator)
        assert len(drafted) == made
    assert agenda(meeting) == [(1, "Welcome"), (2, "1.2"), (3, "Risk R1: Trained staff leave.")]
    assert meeting.matters.get(risk=risk).reasons == ["Escalated.", "Again."]


# --- the order --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "order"), [(1, "M3 M1 M2"), (2, "M1 M3 M2"), (0, "M3 M1 M2"), (9, "M1 M2 M3")]
)
def test_moving_a_matter_renumbers_the_others(meeting, three, coordinator, to, order):
    matters.move_matter(matter=three[2], to=to, by=coordinator)
    assert agenda(meeting) == list(enumerate(order.split(), start=1))


def test_moving_a_matter_writes_only_changed_rows(three, coordinator):
    with unchanged(three[2]):
        matters.move_matter(matter=three[1], to=1, by=coordinator)
    assert newest(three[0]) == ("~", WHO, "")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=min(25, settings.default.max_examples),
)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.booleans()), max_size=6))
def test_positions_never_have_gaps(meeting, coordinator, steps):
    rows = [add(meeting, coordinator, title=f"M{n}") for n in range(4)]
    for which, to, moves in steps:
        row = rows[which]
        row.refresh_from_db()
        if row.withdrawn_on:
            matters.restore_matter(matter=row, by=coordinator)
        elif moves:
            matters.move_matter(matter=row, to=to, by=coordinator)
        else:
            matters.remove_matter(matter=row, on=TODAY, by=coordinator)
        positions = [position for position, _ in agenda(meeting)]
        assert positions == list(range(1, len(positions) + 1))


# --- changing, removing, restoring ------------------------------------------------------------


@pytest.mark.both_databases
def test_the_title_and_note_of_a_matter_can_be_changed(three, coordinator):
    changed = matters.change_matter(
        matter=three[0], title="Money", note="Ten minutes.", position=3, version=1, by=coordinator
    )
    assert (changed.title, changed.note, changed.version) == ("Money", "Ten minutes.", 2)
    assert agenda(changed.meeting) == [(1, "M2"), (2, "M3"), (3, "Money")]
    with unchanged(changed), refused("Write what is to be discussed.", "title"):
        matters.change_matter(matter=changed, title="", note="", by=coordinator)
    with unchanged(changed), pytest.raises(Conflict):
        matters.change_matter(matter=changed, title="So", note="", version=1, by=coordinator)
    with unchanged(changed):
        matters.change_matter(matter=changed, title="Money", note="Ten minutes.", by=coordinator)


@pytest.mark.both_databases
def test_a_removed_matter_keeps_its_row_and_can_be_restored(meeting, three, item, coordinator):
    about = add(meeting, coordinator, item)
    removed = matters.remove_matter(matter=three[0], on=TODAY, by=coordinator)
    assert removed.withdrawn_on == TODAY
    assert agenda(meeting) == [(1, "M2"), (2, "M3"), (3, "1.2 Print a brochure")]
    for act in (
        lambda: matters.remove_matter(matter=removed, on=TODAY, by=coordinator),
        lambda: matters.move_matter(matter=removed, to=1, by=coordinator),
        lambda: matters.consider(matter=removed, on=TODAY, by=coordinator),
    ):
        with unchanged(removed), refused(OFF):
            act()
    matters.restore_matter(matter=removed, by=coordinator)
    assert agenda(meeting)[-1] == (4, "M1")
    with refused("This matter is on the agenda."):
        matters.restore_matter(matter=removed, by=coordinator)
    matters.remove_matter(matter=about, on=TODAY, by=coordinator)
    add(meeting, coordinator, item)
    with unchanged(about), refused("“1.2 Print a brochure” is already on the agenda."):
        matters.restore_matter(matter=about, by=coordinator)


# --- considering ------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_matter_is_marked_as_considered_on_the_meetings_day(three, coordinator):
    matter = matters.consider(matter=three[0], on=TOMORROW, by=coordinator)
    assert matter.considered_on == TODAY
    with unchanged(matter):
        matters.consider(matter=matter, on=TOMORROW, by=coordinator)
    with (
        unchanged(matter),
        refused("The working group has dealt with this, so it stays on the record."),
    ):
        matters.remove_matter(matter=matter, on=TOMORROW, by=coordinator)
    matter = matters.consider(matter=matter, on=TOMORROW, considered=False, by=coordinator)
    assert matter.considered_on is None
    assert entries(matter)[1:] == [("~", WHO, ""), ("~", WHO, "")]


def test_no_matter_is_considered_before_the_meeting(three, coordinator):
    with unchanged(three[0]), refused("That meeting has not been held yet.", "meeting"):
        matters.consider(matter=three[0], on=YESTERDAY, by=coordinator)


def test_a_matter_with_a_decision_stays_marked_as_considered(three, coordinator):
    DecisionFactory(meeting=three[0].meeting, matter=three[0])
    with unchanged(three[0]), refused("A decision is recorded on this; it was considered."):
        matters.consider(matter=three[0], on=TODAY, considered=False, by=coordinator)
