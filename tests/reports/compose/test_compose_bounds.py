"""Test that generated text of plans of any size fits the limits of editing."""

from datetime import UTC, date, datetime

import pytest

from agencies.records import history
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
from tests.reports.compose.test_compose import on
from tests.reports.in_memory import text_of
from workitems.models import WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

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


def composed(plan, **given):
    paper = draft(
        plan,
        period_start=date(2009, 7, 31),
        period_end=date(2010, 7, 30),
        dated=date(2010, 7, 30),
        tracker_number="10/96252",
    )
    return generate(paper, **given)


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
    return f"“{item.title}” ({item.number})"


# --- completed items ------------------------------------------------------------------------


def test_twelve_completed_items_are_all_named_in_one_sentence(plan, pillars):
    items = completed(plan, pillars[:1], 12)
    found = editable(composed(plan).sections["achievements"])
    assert len(found) == 1
    assert found[0].startswith(
        f"Twelve work items were completed in the year: {quoted(items[11])}; {quoted(items[0])}; "
    )
    assert found[0].endswith(f"; and {quoted(items[10])}.")


def test_of_a_thousand_completed_items_some_are_named_and_all_counted(plan, pillars):
    items = completed(plan, pillars, 1000)
    # The key item, then the plan's order: by number, those of the first pillar.
    shown = [items[999], *items[0:22:2]]
    sections = {name: editable(each) for name, each in composed(plan).sections.items()}
    assert sections["achievements"] == [
        f"1,000 work items were completed in the year: {'; '.join(map(quoted, shown))}; and 988 others (Annex B)."
    ]


def test_a_paragraph_on_many_completed_items_has_all_of_them_as_sources(plan, pillars):
    completed(plan, pillars, 30)
    paragraph = composed(plan).sections["achievements"].paragraphs[0]
    assert len(paragraph.sources) == 30


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


def test_however_long_the_records_a_few_sentences_are_printed_and_the_rest_counted(plan, pillars):
    for number in range(14):
        late(plan, pillars[0], f"1.{number + 1}", is_key=False)
    found = editable(composed(plan).sections["delay"])
    assert len(found) == 1
    assert found[0].count(" will be nine months late, in December 2010") == 3
    assert found[0].endswith(
        " Eleven more items are late because of a lack of funding (dates in Annex B)."
    )
    assert len(found[0].split()) < 150


@pytest.mark.parametrize("is_key", [True, False])
def test_an_item_with_many_long_delays_is_reported_in_short(plan, pillars, is_key):
    late(plan, pillars[0], "1.1", is_key=is_key, milestones=9)
    sections = composed(plan).sections
    found = editable(sections["delay"])
    sentence = LONGEST[:65].strip()
    clause = f"t{sentence[1:-1]}"
    assert [text.partition(" 1.1")[2] for text in found] == [
        f" are late, the last now expected by December 2010, nine months late, because {clause}. {sentence}"
    ]
    assert editable(sections["mitigation"]) != []
    assert editable(sections["next_steps"]) != []


def test_a_hundred_late_key_items_continue_in_further_lists_with_their_own_sources(plan, pillars):
    for number in range(104):
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
    # A limit that cannot be kept: of one that can, most of them would be left to an annex.
    sections = composed(plan, most_words=500).sections
    found = editable(sections["delay"])
    assert [text.count("\n- ") for text in found] == [3, 100, 1, 0]
    assert found[0].startswith("These three key items are late:\n- ")
    assert found[1].startswith("101 more key items are late:\n- ")
    assert found[2].startswith("This continues the list above:\n- ")
    assert found[3] == (
        f"For all 104 late items no cause is recorded "
        f"({', '.join(f'1.{n}' for n in range(1, 13))} and 92 others)."
    )
    paragraphs = sections["delay"].paragraphs
    assert [len(paragraph.sources) for paragraph in paragraphs] == [6, 200, 2, 104]
    assert len({paragraph.key for paragraph in paragraphs}) == 4


def test_risks_with_very_long_answers_are_reported_without_them(plan, pillars):
    with on(date(2010, 1, 4)):
        for number in range(5):
            RiskFactory(
                plan=plan,
                number=number + 1,
                description="Money runs out.",
                response="Save money " * 400,
                escalated_to="minister",
                escalated_on=date(2010, 1, 4),
            )
    assert editable(composed(plan).sections["risks"]) == [
        "Five risks raised with you remain open:" + "\n- Money runs out (owner: DoL)." * 5
    ]


def test_at_most_six_headlines_are_main_results_and_the_rest_are_achievements(plan, pillars):
    returned = ReturnFactory(round=RoundFactory(plan=plan), accepted=True)
    for item in completed(plan, pillars, 130):
        UpdateFactory(
            of_return=returned,
            item=item,
            achieved=f"Staff of item {item.number} are trained.",
            key_achievement="headline",
        )
    found = editable(composed(plan).sections["achievements"])
    assert (found[0].splitlines()[0], found[0].casefold().count("staff of item")) == (
        "The year’s main results:",
        6,
    )
    others = sum(text.casefold().count("staff of item") for text in found[1:])
    assert 30 < others < 124


def test_a_large_working_group_is_counted(plan, pillars):
    for number in range(40):
        agency = AgencyFactory(
            name=f"Ministry of {'Very Long Names ' * 11}{number}", short_name=f"M{number}"
        )
        MemberFactory(plan=plan, agency=agency)
    found = editable(composed(plan).sections["background"])
    assert found[-1] == "Agency DoL coordinates the Plan for a working group of 41 agencies."
