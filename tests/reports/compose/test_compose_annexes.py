"""Test composing annexes from the records on the paper's date, in a fixed number of queries."""

from datetime import UTC, date, datetime

import pytest

from agencies.records import history
from reports.compose import ANNEXES, generate
from reports.document import (
    DelayRow,
    ItemReport,
    Level,
    MilestoneRow,
    MitigationLine,
    Passage,
    RiskRow,
    Run,
    plain,
    words,
)
from reports.drafting.cover import draft
from reports.models import AnnexChoice
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    BriefingFactory,
    ClearanceFactory,
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    SupportFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.reports.compose.test_compose import accepted, on
from workitems.terms.known_dates import KnownDate, KnownTo

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

DATED = date(2010, 7, 30)


@pytest.fixture
def labour():
    return AgencyFactory(name="Department of Labour", short_name="DoL")


@pytest.fixture
def plan(labour):
    AppointmentFactory(portfolio="Minister of Immigration")
    return PlanFactory(coordinating_agency=labour)


@pytest.fixture
def item(plan, pillar, labour):
    with on(date(2009, 8, 3)):
        return WorkItemFactory(
            plan=plan,
            pillar=pillar,
            number="1.1",
            title="Train staff",
            lead_agency=labour,
            stage="under_way",
            objective="Staff notice the signs.",
            action="Train staff.\n\nTell them:\n- what to see\n- whom to tell.",
        )


def annex(plan, name, dated=DATED):
    paper = draft(
        plan,
        period_start=date(2009, 7, 31),
        period_end=DATED,
        dated=dated,
        tracker_number="10/96252",
    )
    return generate(paper, ("purpose",), (name,)).annexes[0]


def passages(*texts):
    return tuple(Passage(plain(text)) for text in texts)


# --- work items with their texts ------------------------------------------------------------


def texts(plan, **moment):
    return annex(plan, "items_texts", **moment).pillars[0].items


def test_an_items_text_is_parsed_into_paragraphs_and_bullets(plan, item):
    found = texts(plan)[0]
    assert found.objective == passages("Staff notice the signs.")
    assert [len(passage.bullets) for passage in found.action] == [0, 2]


def test_an_item_lists_its_supporting_agencies_and_their_roles(plan, item):
    with on(date(2009, 9, 1)):
        for name, role in (("Police", ""), ("Customs", "trains its own staff")):
            SupportFactory(item=item, agency=AgencyFactory(short_name=name), role=role)
    assert texts(plan)[0].supporting == ("Customs (trains its own staff)", "Police")


def test_a_supporting_agency_added_after_the_papers_date_is_left_out(plan, item):
    with on(date(2010, 9, 1)):
        SupportFactory(item=item)
    assert texts(plan)[0].supporting == ()


def test_the_last_accepted_round_is_reported_with_the_lead_agency_first(plan, item):
    customs = AgencyFactory(short_name="Customs")
    first = RoundFactory(
        plan=plan,
        period_start=date(2009, 7, 1),
        period_end=date(2009, 12, 31),
        closed_at=datetime(2010, 2, 1, tzinfo=UTC),
    )
    second = RoundFactory(plan=plan)
    accepted(item, first, achieved="Planned it.")
    accepted(item, second, customs, achieved="", no_change_on=date(2010, 7, 5))
    accepted(item, second, achieved="Held it.", planned_next="Again.", challenges="Rooms.")
    period = "the six months to 30 June 2010"
    assert texts(plan)[0].reports == (
        ItemReport(
            agency="DoL",
            period=period,
            achieved=passages("Held it."),
            planned_next=passages("Again."),
            challenges=passages("Rooms."),
        ),
        ItemReport(agency="Customs", period=period, no_change_on=date(2010, 7, 5)),
    )


def test_milestones_show_every_date_as_on_the_papers_date(plan, item):
    with on(date(2010, 1, 5)):
        milestone = MilestoneFactory(
            item=item,
            description="Pilot held",
            original_due=date(2010, 9, 30),
            original_known_to="quarter",
            agreed_due=date(2010, 9, 30),
            agreed_known_to="month",
            forecast_due=date(2010, 12, 31),
            forecast_known_to="quarter",
        )
    with on(date(2010, 9, 1)):
        milestone.forecast = KnownDate(date(2011, 3, 31))
        history.save(milestone, by=None, reason="Again")
    assert texts(plan)[0].milestones == (
        MilestoneRow(
            label="Pilot held",
            original_on=date(2010, 9, 30),
            agreed_on=date(2010, 9, 30),
            forecast_on=date(2010, 12, 31),
            standing="Expected late",
            original_known_to=KnownTo.QUARTER,
            agreed_known_to=KnownTo.MONTH,
            forecast_known_to=KnownTo.QUARTER,
            moved="three months later",
        ),
    )


# --- registers ------------------------------------------------------------------------------


@pytest.fixture
def milestone(item):
    with on(date(2009, 8, 3)):
        return MilestoneFactory(
            item=item,
            description="Pilot held",
            original_due=date(2010, 3, 31),
            agreed_due=date(2010, 3, 31),
            forecast_due=date(2010, 9, 30),
        )


def delay(milestone, day=date(2010, 2, 1), **fields):
    with on(day):
        return DelayFactory(
            milestone=milestone,
            **{
                "found_on": day,
                "due_before": date(2010, 3, 31),
                "due_after": date(2010, 9, 30),
                "cause": "staffing",
                "explanation": "Two trainers\nleft",
                **fields,
            },
        )


def delays(plan, **moment):
    return annex(plan, "delays", **moment).rows


def test_a_delay_is_listed_with_its_milestone_and_mitigations(plan, item, milestone):
    texts = {"effect": "**No** pilot", "meanwhile": "Police train.", "needs": "two trainers"}
    row = delay(milestone, **texts, times_moved=2)
    with on(date(2010, 2, 2)):
        police = AgencyFactory(short_name="Police")
        MitigationFactory(
            delay=row, description="Hire one.", owner_agency=police, due_on=date(2010, 8, 31)
        )
    found = delays(plan)[0]
    assert found == DelayRow(
        key=found.key,
        number="1.1",
        title=plain("Train staff"),
        milestone=MilestoneRow(
            label="Pilot held",
            original_on=date(2010, 3, 31),
            agreed_on=date(2010, 3, 31),
            forecast_on=date(2010, 9, 30),
            standing="Overdue by nearly four months",
            moved="six months later",
        ),
        cause="Staffing",
        explanation=plain("Two trainers left."),
        effect=(Run("No", bold=True), Run(" pilot.")),
        meanwhile=plain("Police train."),
        needs=plain("Two trainers."),
        found_on=date(2010, 2, 1),
        days=183,
        times_moved=2,
        mitigations=(MitigationLine(plain("Hire one."), owner="Police", due_on=date(2010, 8, 31)),),
    )


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        (date(2010, 8, 31), "The cause (staffing) is being settled by Police by 31 August 2010."),
        (date(2010, 5, 31), "The cause (staffing) was to be settled by Police by 31 May 2010."),
    ],
)
def test_a_delay_says_who_settles_its_cause_as_at_the_papers_date(plan, milestone, by, sentence):
    police = AgencyFactory(short_name="Police")
    delay(milestone, settlement="being_settled", settling_agency=police, settling_by=by)
    assert [row.settled for row in delays(plan)] == [sentence]


@pytest.mark.parametrize(
    ("found_on", "ended_on", "stands"),
    [
        (date(2009, 8, 10), date(2010, 7, 29), True),
        (date(2010, 7, 30), None, True),
        (date(2010, 7, 31), None, False),
        (date(2009, 1, 5), date(2009, 7, 31), True),
        (date(2009, 1, 5), date(2009, 7, 30), False),
    ],
)
def test_a_delay_is_listed_for_each_period_in_which_it_was_open(
    plan, milestone, found_on, ended_on, stands
):
    delay(milestone, day=date(2010, 1, 1), found_on=found_on, ended_on=ended_on)
    assert bool(delays(plan)) == stands


def test_a_delay_ended_after_the_papers_date_counts_as_open(plan, milestone):
    row = delay(milestone, ended_on=date(2010, 8, 2))
    with on(date(2010, 2, 2)):
        MitigationFactory(delay=row, done_on=date(2010, 8, 1))
    found = delays(plan)[0]
    assert (found.ended_on, found.mitigations[0].done_on) == (None, None)


def test_a_delay_is_shown_as_recorded_on_the_papers_date(plan, milestone):
    row = delay(milestone)
    with on(date(2010, 9, 1)):
        row.due_after, row.times_moved = date(2011, 3, 31), 2
        history.save(row, by=None)
    assert [(each.days, each.times_moved) for each in delays(plan)] == [(183, 1)]


def risk(plan, number, day=date(2010, 1, 4), **fields):
    with on(day):
        return RiskFactory(plan=plan, number=number, **fields)


def test_open_risks_come_first_by_severity(plan, item):
    risk(plan, 1, likelihood="low", impact="low")
    risk(plan, 2, likelihood="high", impact="high", closed_on=date(2010, 5, 1))
    risk(plan, 3, likelihood="medium", impact="high", item=item)
    risk(plan, 4, likelihood="high", impact="high", closed_on=date(2009, 7, 30))
    risk(plan, 5, day=date(2010, 8, 1))
    assert [(row.number, row.item, row.severity) for row in annex(plan, "risks").rows] == [
        ("R3", "1.1", Level.HIGH),
        ("R1", "", Level.LOW),
        ("R2", "", Level.HIGH),
    ]


def test_a_risk_is_shown_as_recorded_on_the_papers_date(plan, labour):
    row = risk(
        plan,
        7,
        description="Money runs out",
        likelihood="low",
        impact="high",
        owner_agency=labour,
        response="Ask for more.",
        escalated_to="group",
        escalated_on=date(2010, 3, 1),
    )
    with on(date(2010, 8, 10)):
        row.escalated_to, row.escalated_on = "minister", date(2010, 8, 10)
        history.save(row, by=None)
    found = annex(plan, "risks").rows[0]
    assert found == RiskRow(
        key=found.key,
        number="R7",
        text=plain("Money runs out."),
        likelihood=Level.LOW,
        impact=Level.HIGH,
        severity=Level.MEDIUM,
        owner="DoL",
        response=plain("Ask for more."),
        escalated_to="The working group",
        escalated_on=date(2010, 3, 1),
    )


def consulted(briefing):
    rows = generate(briefing, ("purpose",), ("consulted",)).annexes[0].rows
    return [
        (row.name, row.short_name, row.answer, row.answered_on, words(row.text)) for row in rows
    ]


def test_agencies_that_were_asked_are_listed_with_their_answers(plan):
    briefing = BriefingFactory(plan=plan, dated=DATED, agencies_consulted="Police, MoH, A Board")
    answers = (("Police", "dissents", "Say\nwhy."), ("MoH", "", ""), ("MFAT", "concurs", ""))
    for name, answer, sentence in answers:
        ClearanceFactory(
            briefing=briefing,
            agency=AgencyFactory(name=f"{name} in full", short_name=name),
            concurs=bool(answer),
            answer=answer,
            words=sentence,
        )
    assert sorted(consulted(briefing)) == [
        ("A Board", "", "Consulted; no answer recorded here", None, ""),
        ("MFAT in full", "MFAT", "Concurs", date(2010, 7, 12), ""),
        ("MoH in full", "MoH", "Had not answered by 30 July 2010", None, ""),
        ("Police in full", "Police", "Does not concur", date(2010, 7, 12), "Say why."),
    ]


def test_an_agency_named_only_on_the_cover_has_no_recorded_answer(plan):
    AgencyFactory(name="New Zealand Police", short_name="Police")
    briefing = BriefingFactory(plan=plan, agencies_consulted="Police, N/A")
    assert consulted(briefing) == [
        ("New Zealand Police", "Police", "Consulted; no answer recorded here", None, "")
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_all_annexes_take_the_same_queries_for_any_number_of_items(
    plan, pillar, labour, count, django_assert_num_queries
):
    of_round = RoundFactory(plan=plan)
    returned = ReturnFactory(round=of_round, agency=labour, accepted=True)
    with on(date(2010, 5, 1)):
        for number in range(count):
            made = WorkItemFactory(plan=plan, pillar=pillar, lead_agency=labour)
            SupportFactory(item=made)
            MitigationFactory(delay=DelayFactory(milestone=MilestoneFactory(item=made)))
            RiskFactory(plan=plan, item=made, number=number + 1)
            UpdateFactory(of_return=returned, item=made)
    paper = draft(
        plan,
        period_start=date(2009, 7, 31),
        period_end=DATED,
        dated=DATED,
        tracker_number="10/96252",
    )
    with django_assert_num_queries(23):
        found = generate(paper, ("purpose",), ANNEXES)
    assert [len(each.rows) for each in found.annexes[3:5]] == [count, count]


def test_every_choice_of_an_annex_can_be_composed():
    assert list(ANNEXES) == AnnexChoice.values
