"""Test that the item list finds on a past day what it found on that day."""

import random
from datetime import date, timedelta
from itertools import product

import pytest

from agencies.records import history
from agencies.typed.asking import ENTER_A_DATE
from tests.factories import (
    AgencyFactory,
    DelayFactory,
    MilestoneFactory,
    PillarFactory,
    RiskFactory,
    SupportFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.scenery import without_decisions
from tests.workitems.record import noon
from workitems.items.filters import SORTS, agencies_of
from workitems.models.item import Confidence, Stage
from workitems.terms.lateness import STALE_AFTER_DAYS, Status

pytestmark = pytest.mark.django_db

THEN, NOW = date(2010, 6, 1), date(2010, 9, 1)


@pytest.fixture
def reader(client_of, contributor):
    with noon(NOW):
        return client_of(contributor)


def address(plan):
    return f"/plans/{plan.slug}/items/"


def told(client, plan, **query):
    """Return what each row shows."""
    response = client.get(address(plan), query)
    assert response.status_code == 200
    return [
        (
            row["item"].number,
            row["item"].title,
            row["lead"],
            row["item"].dates.words,
            row["item"].due,
        )
        for row in response.context["rows"]
    ]


def numbers(client, plan, **query):
    return [row[0] for row in told(client, plan, **query)]


# --- the list of a past day ---------------------------------------------------------------------

TITLES = ["Āwhina", "brochure", "Call centre", "Data", "Ētahi", "fund", "Guide", "help", "Ōhua"]


def any_plan(plan, agencies, dice):
    """Make twelve items in every state, with random related records."""
    pillars = [PillarFactory(plan=plan, number=number) for number in (1, 2)]
    for number, title in enumerate([*TITLES, "Inquiry", "judges", "Kit"], start=1):
        stage = dice.choice([*Stage.values, "under_way"])
        item = WorkItemFactory(
            plan=plan,
            pillar=dice.choice(pillars),
            number=f"1.{number}",
            title=title,
            action=dice.choice(["Print whānau words.", "Train staff.", ""]),
            lead_agency=dice.choice(agencies),
            stage=stage,
            completed_on=THEN - timedelta(days=9) if stage == "complete" else None,
            confidence=dice.choice(["", *Confidence.values]),
            reviewer_confidence=dice.choice(["", "", *Confidence.values]),
            heard_on=dice.choice(
                [None, *(THEN - timedelta(days=STALE_AFTER_DAYS + more) for more in (-1, 0, 1))]
            ),
            starts_on=dice.choice([None, THEN, THEN + timedelta(days=1)]),
        )
        for agency in dice.sample(agencies, dice.randint(0, 2)):
            SupportFactory(item=item, agency=agency)
        for _ in range(dice.randint(0, 3)):
            a_milestone(item, dice)
        if dice.random() < 0.3:
            RiskFactory(
                plan=plan,
                item=item,
                number=number,
                owner_agency=item.lead_agency,
                escalated_to=(to := dice.choice(["", "group"])),
                escalated_on=THEN if to else None,
                closed_on=dice.choice([None, THEN]),
            )


def a_milestone(item, dice):
    agreed = THEN + timedelta(days=dice.choice([-40, -1, 0, 1, 30, 31, 200]))
    milestone = MilestoneFactory(
        item=item,
        original_due=agreed,
        forecast_due=agreed + timedelta(days=dice.choice([0, 0, -5, 60])),
        completed_on=dice.choice([None, None, THEN - timedelta(days=3)]),
    )
    if milestone.completed_on is None and dice.random() < 0.2:
        milestone.withdrawn_on = THEN
        with without_decisions():
            milestone.save()
    if dice.random() < 0.3:
        DelayFactory(
            milestone=milestone, times_moved=dice.choice([1, 2]), ended_on=dice.choice([None, THEN])
        )
    if milestone.is_open and dice.random() < 0.2:
        VariationFactory(milestone=milestone, state=dice.choice(["requested", "taken_back"]))


def every_question(plan, dice):
    """Return each value of each filter, and pairs of them."""
    alone = [
        *({"pillar": pillar.pk} for pillar in plan.pillars.all()),
        *({name: pk} for name in ("agency", "lead") for pk, _ in agencies_of(plan)),
        *({"standing": each.value} for each in Status),
        *({"stage": stage} for stage in Stage.values),
        *({"confidence": confidence} for confidence in Confidence.values),
        *({"late": late} for late in ("overdue", "late")),
        {"attention": "yes"},
        *({"q": words} for words in ("whanau", "TRAIN staff", "1.1", "brochure", "%", "nothing")),
    ]
    return [{}, *alone, *(one | two for one, two in dice.sample(list(product(alone, alone)), 15))]


@pytest.mark.parametrize("seed", range(2))
def test_the_list_of_a_past_day_is_the_one_shown_on_that_day(
    seed, client_of, contributor, plan, police, customs
):
    dice = random.Random(seed)
    agencies = [police, customs, plan.coordinating_agency]
    with noon(THEN):
        any_plan(plan, agencies, dice)
        reader = client_of(contributor)
        queries = every_question(plan, dice)
        queries += [{"sort": sign + name} for sign in ("", "-") for name in SORTS]
        said = [told(reader, plan, **query) for query in queries]
    with noon(NOW):
        with without_decisions():
            everything_changes(plan, agencies, dice)
        reader = client_of(contributor)
        for query, rows in zip(queries, said, strict=True):
            assert (query, told(reader, plan, **query, at="2010-06-01")) == (query, rows)
        assert told(reader, plan) != said[0]


def everything_changes(plan, agencies, dice):
    *_, last = [PillarFactory(plan=plan, number=number) for number in (3, 4)]
    for item in plan.items.all():
        for milestone in item.milestones.filter(withdrawn_on=None):
            milestone.completed_on = THEN + timedelta(days=10)
            history.save(milestone, by=None)
        item.title, item.action = f"Other {item.number}", "Other words."
        item.stage, item.completed_on = "under_way", None
        item.confidence, item.reviewer_confidence = "on_track", ""
        item.pillar, item.lead_agency = last, dice.choice(agencies)
        item.heard_on = NOW
        history.save(item, by=None)
        new = MilestoneFactory(item=item, original_due=THEN - timedelta(days=99))
        DelayFactory(milestone=new, times_moved=3)
    SupportFactory.create_batch(2, item=WorkItemFactory(plan=plan, pillar=last))


# --- as at ------------------------------------------------------------------------------------


@pytest.fixture
def renamed(plan, police, customs):
    """Item 1.2, which had another title, lead and pillar on 1 June."""
    with noon(THEN):
        history.save(customs, by=None)
        pillar = PillarFactory(plan=plan, number=1, title="Stopping it")
        item = WorkItemFactory(
            plan=plan, number="1.2", title="Print a leaflet", pillar=pillar, lead_agency=customs
        )
    with noon(NOW):
        customs.short_name, pillar.title = "NZCS", "Prevention"
        item.title, item.lead_agency = "Print a brochure", police
        for row in (customs, pillar, item):
            with without_decisions():
                history.save(row, by=None)
    return item


def test_the_list_of_a_past_day_says_so_and_links_to_today(reader, plan, renamed, customs):
    with noon(NOW):
        page = reader.get(address(plan), {"at": "1 June 2010", "q": "leaflet"})
        assert numbers(reader, plan) == ["1.2"]
    assert (
        "<p>The plan <strong>as at 1 June 2010</strong>, as it was recorded by then. "
        f'<a href="{address(plan)}?q=leaflet">Back to today</a></p>'
    ) in page.text
    assert f'<a href="{address(plan)}1.2/?at=2010-06-01">Print a leaflet</a>' in page.text
    assert '<td data-label="Lead">Customs</td>' in page.text
    assert f'<option value="{customs.pk}">Customs</option>' in page.text
    assert ">1 Stopping it</option>" in page.text


def test_the_list_as_at_today_is_the_current_list(reader, plan, renamed):
    with noon(NOW):
        page = reader.get(address(plan), {"at": "1/9/2010"})
    assert "Print a brochure" in page.text
    assert "Back to today" not in page.text


def test_the_list_is_empty_on_a_day_before_the_plan(reader, plan, renamed):
    with noon(NOW):
        page = reader.get(address(plan), {"at": "2009-01-01"})
        other = reader.get(address(plan), {"at": "2010-06-01", "q": "x"})
    assert "The plan had no work items on that day." in page.text
    assert f'href="{address(plan)}?at=2010-06-01">Show all work items</a>' in other.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("soon", ENTER_A_DATE),
        ("1 June 2011", "Choose a day up to today."),
    ],
)
def test_an_invalid_day_is_reported_and_kept_and_today_is_shown(
    reader, plan, renamed, typed, sentence
):
    with noon(NOW):
        page = reader.get(address(plan), {"at": typed})
    assert "<title>Error: Work items" in page.text
    assert [str(error) for error in page.context["as_at"]["at"].errors] == [sentence]
    assert f'value="{typed}"' in page.text
    assert "Print a brochure" in page.text


def test_sorting_and_paging_keep_the_as_at_day(reader, plan, monkeypatch):
    monkeypatch.setattr("workitems.items.views.items.ROWS_ON_A_PAGE", 2)
    with noon(THEN):
        WorkItemFactory.create_batch(5, plan=plan)
    with noon(NOW):
        page = reader.get(address(plan), {"at": "2010-06-01", "page": "2"})
    assert "3–4 of 5 work items" in page.text
    assert 'href="?at=2010-06-01&amp;page=3"' in page.text
    assert 'href="?at=2010-06-01&amp;sort=title"' in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_a_past_day_takes_the_same_queries_for_any_number_of_rows(
    reader, plan, police, count, django_assert_num_queries
):
    with noon(THEN):
        for item in WorkItemFactory.create_batch(count, plan=plan, lead_agency=police):
            MilestoneFactory.create_batch(count, item=item)
    query = {"at": "2010-06-01", "sort": "due", "q": "work item", "agency": police.pk}
    with noon(NOW):
        reader.get("/plans/")  # the first page of a session writes when it began
        # Savepoint and release; session, person, seats, plans; agencies that can be chosen; items and
        # open milestones, agencies, their names of then, pillars; support, the page's milestones.
        with django_assert_num_queries(14):
            assert len(numbers(reader, plan, **query)) == count


def test_the_list_is_not_found_on_any_day_by_a_user_outside_the_plan(
    client_of, stranger, plan, renamed
):
    with noon(NOW):
        assert client_of(stranger).get(address(plan), {"at": THEN}).status_code == 404


# --- from the dashboard -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"standing": "late"}, ""),
        ({"at": "2010-06-01"}, "?at=2010-06-01"),
        (
            {"at": "2010-06-01", "pillar": 1, "lead": 1, "standing": "late"},
            "?at=…&pillar=…&agency=…",
        ),
    ],
)
def test_the_list_links_back_to_the_dashboard_with_the_same_filters(
    reader, plan, renamed, customs, query, kept
):
    pillar = renamed.pillar_id
    query |= {name: pk for name, pk in [("pillar", pillar), ("lead", customs.pk)] if name in query}
    if "pillar" in query:
        kept = f"?at=2010-06-01&amp;pillar={pillar}&amp;agency={customs.pk}"
    with noon(NOW):
        page = reader.get(address(plan), query).text
    assert f'<a href="/plans/{plan.slug}/dashboard/{kept}">Dashboard</a></li></ol></nav>' in page


def test_more_filters_are_open_only_if_one_of_them_is_used(reader, plan, customs):
    with noon(NOW):
        assert '<details class="filters-more">' in reader.get(address(plan), {"q": "x"}).text
        page = reader.get(address(plan), {"lead": customs.pk}).text
    assert '<details class="filters-more" open>' in page


def test_an_agency_that_leads_without_being_a_member_can_be_chosen(reader, plan):
    with noon(NOW):
        other = AgencyFactory()
        WorkItemFactory(plan=plan, number="7.1", lead_agency=other)
        assert numbers(reader, plan, lead=other.pk) == ["7.1"]
