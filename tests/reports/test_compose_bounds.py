"""Test that generated text of plans of any size fits the limits of editing."""

from datetime import UTC, date, datetime

import pytest

from agencies import history
from reports.compose import generate
from reports.document.markup import Block, parse, to_source
from reports.drafting.cover import draft
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    DelayFactory,
    MemberFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.reports.test_compose import on, text_of
from workitems.models import WorkItem

pytestmark = pytest.mark.django_db

TITLE = "Train front-line staff to notice the signs, " * 4
LONGEST = "The trainers left and nobody else could be found in time for it. " * 75


@pytest.fixture
def plan():
    AppointmentFactory(portfolio="Minister of Immigration")
    return PlanFactory(coordinating_agency=AgencyFactory(short_name="DoL"))


@pytest.fixture
def pillars(plan):
    return [
        PillarFactory(plan=plan, number=number, title=title)
        for number, title in enumerate(("Prevention", "Protection"), start=1)
    ]


def composed(plan):
    paper = draft(
        plan,
        period_start=date(2009, 7, 31),
        period_end=date(2010, 7, 30),
        dated=date(2010, 7, 30),
        tracker_number="10/96252",
    )
    return generate(paper)


def editable(section):
    """Return the section's paragraphs, each checked against the limit of its text box."""
    for paragraph in section.paragraphs:
        assert parse(to_source(paragraph.text, paragraph.bullets)) == (
            Block(paragraph.text, paragraph.bullets),
        )
    return [text_of(paragraph) for paragraph in section.paragraphs]


def completed(plan, pillars, count):
    """Make so many completed items, in each pillar by turns, with their history."""
    items = [
        WorkItem(
            plan=plan,
            pillar=pillars[n % len(pillars)],
            number=f"{n % len(pillars) + 1}.{n // len(pillars) + 1}",
            title=f"{TITLE[:150]} {n + 1}",
            lead_agency=plan.coordinating_agency,
            stage="complete",
            completed_on=date(2010, 5, 3),
            is_key=n == count - 1,
        )
        for n in range(count)
    ]
    for item in items:
        item.derive()
    WorkItem.objects.bulk_create(items)
    history.write_past(
        [(item, datetime(2010, 5, 3, tzinfo=UTC), "") for item in items], by=None, actor="Import"
    )
    return items


def quoted(item):
    return f"“{item.title}” (item {item.number})"


# --- completed items ------------------------------------------------------------------------


def test_twelve_completed_items_are_all_named_in_one_sentence(plan, pillars):
    items = completed(plan, pillars[:1], 12)
    told = editable(composed(plan).sections["achievements"])
    assert len(told) == 1
    assert told[0].startswith(f"12 work items were completed in the period: {quoted(items[0])}; ")
    assert told[0].endswith(f"; and {quoted(items[11])}.")


def test_a_thousand_completed_items_are_counted_by_pillar_and_some_named(plan, pillars):
    items = completed(plan, pillars, 1000)
    told = editable(composed(plan).sections["achievements"])
    assert told == [
        "1,000 work items were completed in the period; the annexes show each:\n"
        f"- Prevention (500 items): {quoted(items[0])}; {quoted(items[2])}; {quoted(items[4])}; "
        "and 497 others.\n"
        f"- Protection (500 items): {quoted(items[999])}; {quoted(items[1])}; "
        f"{quoted(items[3])}; and 497 others."
    ]


def test_a_paragraph_on_many_completed_items_has_all_of_them_as_sources(plan, pillars):
    completed(plan, pillars, 30)
    paragraph = composed(plan).sections["achievements"].paragraphs[0]
    assert len(paragraph.sources) == 30


def test_every_section_of_a_plan_of_a_thousand_items_can_be_edited(plan, pillars):
    completed(plan, pillars, 1000)
    for section in composed(plan).sections.values():
        editable(section)


# --- delays, mitigations, next steps, risks -------------------------------------------------


def late(plan, pillar, number, *, is_key, milestones=1):
    with on(date(2010, 1, 4)):
        item = WorkItemFactory(
            plan=plan,
            pillar=pillar,
            number=number,
            title=f"{TITLE[:150]} {number}",
            is_key=is_key,
            lead_agency=plan.coordinating_agency,
            stage="under_way",
        )
        for step in range(milestones):
            milestone = MilestoneFactory(
                item=item,
                number=step + 1,
                original_due=date(2010, 3, 31),
                agreed_due=date(2010, 3, 31),
                forecast_due=date(2010, 12, 31),
            )
            delay = DelayFactory(milestone=milestone, explanation=LONGEST, effect=LONGEST[::-1])
            MitigationFactory(delay=delay, description=LONGEST)
    return item


def test_very_long_delays_continue_in_further_paragraphs(plan, pillars):
    for number in range(14):
        late(plan, pillars[0], f"1.{number + 1}", is_key=False)
    told = editable(composed(plan).sections["delay"])
    assert told[0].startswith("14 work items slipped; these 12 are the latest")
    assert {text.split("\n")[0] for text in told[1:]} == {"This continues the list above:"}
    assert sum(text.count("\n- ") for text in told) == 12


def test_each_continued_paragraph_has_the_sources_of_its_own_bullets(plan, pillars):
    for number in range(4):
        late(plan, pillars[0], f"1.{number + 1}", is_key=False)
    paragraphs = composed(plan).sections["delay"].paragraphs
    found = [
        [
            source.label.split(",")[0]
            for source in paragraph.sources
            if source.label.startswith("Item")
        ]
        for paragraph in paragraphs
    ]
    assert found == [["Item 1.1", "Item 1.2", "Item 1.3"], ["Item 1.4"]]
    assert len({paragraph.key for paragraph in paragraphs}) == 2


@pytest.mark.parametrize("is_key", [True, False])
def test_an_item_with_many_long_delays_is_cut_to_what_fits(plan, pillars, is_key):
    late(plan, pillars[0], "1.1", is_key=is_key, milestones=9)
    sections = composed(plan).sections
    assert "More is recorded in the annexes." in "\n".join(editable(sections["delay"]))
    assert editable(sections["mitigation"]) != []
    assert editable(sections["next_steps"]) != []


def test_a_list_of_many_late_key_items_names_only_some(plan, pillars):
    for number in range(15):
        with on(date(2010, 1, 4)):
            item = WorkItemFactory(
                plan=plan,
                pillar=pillars[0],
                number=f"1.{number + 1}",
                is_key=True,
                stage="under_way",
            )
            MilestoneFactory(
                item=item,
                original_due=date(2010, 3, 31),
                agreed_due=date(2010, 3, 31),
                forecast_due=date(2010, 3, 31),
            )
    sections = composed(plan).sections
    for name in ("delay", "mitigation", "next_steps"):
        assert editable(sections[name])[0].endswith("and three others.")


def test_very_long_risks_continue_in_further_paragraphs(plan, pillars):
    with on(date(2010, 1, 4)):
        for number in range(5):
            RiskFactory(
                plan=plan,
                number=number + 1,
                description="Money runs out.",
                response=LONGEST,
                escalated_to="minister",
                escalated_on=date(2010, 1, 4),
            )
    assert len(editable(composed(plan).sections["risks"])) == 2


def test_headlines_beyond_the_limit_continue_in_another_list(plan, pillars):
    returned = ReturnFactory(round=RoundFactory(plan=plan), accepted=True)
    for item in completed(plan, pillars, 130):
        UpdateFactory(
            of_return=returned, item=item, achieved="Staff trained.", key_achievement="headline"
        )
    told = editable(composed(plan).sections["achievements"])
    assert [text.count("\n- ") for text in told[:2]] == [100, 30]


def test_a_large_working_group_is_named_by_short_names(plan, pillars):
    for number in range(40):
        agency = AgencyFactory(
            name=f"Ministry of {'Very Long Names ' * 11}{number}", short_name=f"M{number}"
        )
        MemberFactory(plan=plan, agency=agency)
    told = editable(composed(plan).sections["background"])
    assert "to which M0, M1, M10" in told[-1]
