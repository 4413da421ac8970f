"""The annexes as composed from records: what stood on the paper's date, in a fixed number of queries."""

from datetime import UTC, date, datetime

import pytest

from agencies import history
from reports.compose import generate
from reports.document import ItemReport, MilestoneRow, Passage, plain
from reports.drafts import draft
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SupportFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.reports.test_compose import on

pytestmark = pytest.mark.django_db

DATED = date(2010, 7, 30)


@pytest.fixture
def labour():
    return AgencyFactory(name="Department of Labour", short_name="DoL")


@pytest.fixture
def plan(labour):
    AppointmentFactory(portfolio="Minister of Immigration")
    return PlanFactory(coordinating_agency=labour)


@pytest.fixture
def pillar(plan):
    return PillarFactory(plan=plan, number=1, title="Prevention")


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


def accepted(item, of_round, agency=None, accepted_on=date(2010, 7, 20), **said):
    made = ReturnFactory(
        round=of_round,
        agency=agency or item.lead_agency,
        state="accepted",
        accepted_on=accepted_on,
    )
    return UpdateFactory(of_return=made, item=item, **said)


def passages(*texts):
    return tuple(Passage(plain(text)) for text in texts)


# --- work items with their texts ------------------------------------------------------------


def texts(plan, **moment):
    return annex(plan, "items_texts", **moment).pillars[0].items


def test_an_items_own_words_are_read_as_paragraphs_and_bullets(plan, item):
    found = texts(plan)[0]
    assert found.objective == passages("Staff notice the signs.")
    assert [len(passage.bullets) for passage in found.action] == [0, 2]


def test_an_item_tells_who_helps_and_how(plan, item):
    with on(date(2009, 9, 1)):
        for name, role in (("Police", ""), ("Customs", "trains its own staff")):
            SupportFactory(item=item, agency=AgencyFactory(short_name=name), role=role)
    assert texts(plan)[0].supporting == ("Customs (trains its own staff)", "Police")


def test_an_agency_that_helps_since_the_papers_date_is_not_on_it(plan, item):
    with on(date(2010, 9, 1)):
        SupportFactory(item=item)
    assert texts(plan)[0].supporting == ()


def test_the_last_round_that_was_accepted_is_told_its_lead_first(plan, item):
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
            "DoL",
            period,
            achieved=passages("Held it."),
            planned_next=passages("Again."),
            challenges=passages("Rooms."),
        ),
        ItemReport("Customs", period, no_change_on=date(2010, 7, 5)),
    )


def test_a_report_accepted_after_the_papers_date_is_not_on_it(plan, item):
    accepted(item, RoundFactory(plan=plan), accepted_on=date(2010, 8, 2))
    assert texts(plan)[0].reports == ()


def test_milestones_stand_with_every_date_as_on_the_papers_date(plan, item):
    with on(date(2010, 1, 5)):
        milestone = MilestoneFactory(
            item=item,
            description="Pilot held",
            original_due=date(2010, 9, 30),
            agreed_due=date(2010, 9, 30),
            forecast_due=date(2010, 12, 31),
        )
    with on(date(2010, 9, 1)):
        milestone.forecast_due = date(2011, 3, 31)
        history.save(milestone, by=None, reason="Again")
    assert texts(plan)[0].milestones == (
        MilestoneRow(
            "Pilot held",
            original_on=date(2010, 9, 30),
            agreed_on=date(2010, 9, 30),
            forecast_on=date(2010, 12, 31),
            standing="Expected 92 days late",
        ),
    )
