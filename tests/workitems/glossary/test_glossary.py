"""Test the glossary of a plan: who may change it, what it asks about, and what it keeps."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories import (
    AgencyFactory,
    GlossaryEntryFactory,
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.record import TODAY, entries
from workitems.intake.services import plan_making, successor
from workitems.models import GlossaryEntry
from workitems.plan.known_acronyms import KnownAcronyms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def page_url(plan):
    return reverse("plans:glossary", args=[plan.slug])


@pytest.fixture
def keeper(client_of, coordinator):
    return client_of(coordinator)


def asked(page):
    return [acronym for acronym, *_ in page.context["form"].rows]


def filled_in(page, **words):
    """The fields of the page's form, with the words of some acronyms."""
    found = {}
    for place, acronym in enumerate(asked(page)):
        found |= {f"acronym-{place}": acronym, f"words-{place}": words.get(acronym, "")}
    return found


def test_acronyms_of_the_plans_texts_are_asked_about_once(keeper, plan, page_url, item):
    AgencyFactory(short_name="MOH", name="Ministry of Health")
    GlossaryEntryFactory(plan=plan)
    item.action = "Ask MoH, the UN and the DHBs."
    item.save()
    MilestoneFactory(item=item, description="The CNS is told of RSE workers")
    RiskFactory(plan=plan, item=item, response="Tell the DHB.")
    WorkItemFactory(plan=PlanFactory(), action="Another plan has the INZ.")
    page = keeper.get(page_url)
    assert asked(page) == ["DHB", "RSE", ""]
    answer = keeper.post(page_url, filled_in(page, DHB="district health board"), follow=True)
    assert asked(answer) == ["RSE", ""]
    assert "The glossary is saved." in answer.text


def test_what_an_agency_has_not_submitted_is_not_shown(keeper, plan, page_url, item, customs):
    accepted = ReturnFactory(round=RoundFactory(plan=plan), accepted=True)
    UpdateFactory(of_return=accepted, item=item, achieved="The RSE was told.")
    due = ReturnFactory(round=accepted.round, agency=customs)
    UpdateFactory(of_return=due, item=item, achieved="The INZ was told.")
    assert asked(keeper.get(page_url)) == ["RSE", ""]


def test_a_paper_brings_its_acronyms_to_the_page(keeper, page_url):
    page = keeper.get(page_url, {"acronyms": f"INZ cns NOT RSE {'A' * 300} II"})
    assert asked(page) == ["INZ", "RSE", ""]


def test_acronyms_are_added_with_their_words_or_as_known(keeper, coordinator, plan, page_url):
    posted = {
        "acronym-0": "INZ",
        "words-0": "Immigration New Zealand",
        "acronym-1": "JKL",
        "known-1": "on",
        "acronym-2": "TĪAs",
        "words-2": "tūāpapa īnoi āwhina",
    }
    assert keeper.post(page_url, posted).status_code == 302
    found = plan.glossary.order_by("acronym").values_list("acronym", "words")
    assert list(found) == [
        ("INZ", "Immigration New Zealand"),
        ("JKL", ""),
        ("TĪA", "tūāpapa īnoi āwhina"),
    ]
    assert entries(plan.glossary.get(acronym="INZ")) == [("+", coordinator.signature, "")]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({}, "Say what at least one acronym stands for, or that readers know it."),
        ({"acronym-0": "Inz", "words-0": "a"}, "Enter an acronym in capitals, such as CNS."),
        ({"words-0": "Immigration"}, "Enter the acronym."),
        ({"acronym-0": "INZ"}, "Enter what it stands for."),
        (
            {"acronym-0": "INZ", "words-0": "a", "known-0": "on"},
            "Either give the words or say that readers know it.",
        ),
        (
            {"acronym-0": "cNS", "words-0": "a"},
            "Enter an acronym in capitals, such as CNS.",
        ),
        (
            {"acronym-0": "CNSs", "words-0": "a"},
            "CNS is in the glossary already: customs notification system.",
        ),
        (
            {"acronym-0": "INZ", "words-0": "a", "acronym-1": "InZ", "words-1": "b"},
            "INZ is in the glossary already: a.",
        ),
    ],
)
def test_what_cannot_be_added_is_said_and_kept_on_the_page(keeper, plan, page_url, row, fault):
    GlossaryEntryFactory(plan=plan)
    answer = keeper.post(page_url, row)
    assert answer.status_code == 422
    assert fault in answer.text
    for value in row.values():
        assert value == "on" or f'value="{value}"' in answer.text
    assert plan.glossary.count() == 1


def test_readers_see_the_glossary_and_cannot_change_it(client_of, colleague, plan, page_url):
    entry = GlossaryEntryFactory(plan=plan)
    reader = client_of(colleague)
    page = reader.get(page_url)
    assert "customs notification system" in page.text
    assert "<form method" not in page.text.partition("<main")[2]
    assert reader.post(page_url, {"acronym-0": "INZ", "words-0": "a"}).status_code == 403
    change = reverse("plans:glossary-entry", args=[plan.slug, entry.pk])
    assert reader.get(change).status_code == 403


def test_an_entry_is_changed_with_its_version_and_told_in_the_history(keeper, plan, coordinator):
    entry = GlossaryEntryFactory(plan=plan)
    url = reverse("plans:glossary-entry", args=[plan.slug, entry.pk])
    assert keeper.post(url, {"words": "cargo news system", "version": 1}).status_code == 302
    late = keeper.post(url, {"words": "customs news", "version": 1})
    assert late.status_code == 422
    assert "cargo news system." in late.text
    assert 'value="customs news"' in late.text
    assert keeper.post(url, {"known": "on", "version": 2}).status_code == 302
    entry.refresh_from_db()
    assert (entry.words, entry.version) == ("", 3)
    page = keeper.get(reverse("plans:history", args=[plan.slug])).text
    assert page.count("changed the words of CNS in the glossary.") == 2


@pytest.mark.parametrize(
    ("posted", "fault"),
    [
        ({"words": "a", "known": "on"}, "Either give the words or say that readers know it."),
        ({"words": ""}, "Enter the words, or say that readers know the acronym."),
    ],
)
def test_an_entry_has_words_or_is_known(keeper, plan, posted, fault):
    entry = GlossaryEntryFactory(plan=plan)
    url = reverse("plans:glossary-entry", args=[plan.slug, entry.pk])
    answer = keeper.post(url, {**posted, "version": 1})
    assert answer.status_code == 422
    assert fault in answer.text


def test_the_database_keeps_one_entry_of_an_acronym_in_a_plan(plan):
    GlossaryEntryFactory(plan=plan)
    GlossaryEntryFactory(plan=PlanFactory())
    for acronym in ("CNS", "cns", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            GlossaryEntryFactory(plan=plan, acronym=acronym)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_page_do_not_grow(keeper, plan, page_url, count, django_assert_num_queries):
    for number in range(count):
        item = WorkItemFactory(plan=plan, title=f"The {'ABC'[number]}QR is tested")
        MilestoneFactory(item=item)
        GlossaryEntryFactory(plan=plan, acronym=f"{'ABC'[number]}XY")
    with django_assert_num_queries(17):
        page = keeper.get(page_url)
    assert len(asked(page)) == count + 1


def test_a_text_is_told_which_acronyms_the_plan_does_not_know(plan, django_assert_num_queries):
    AgencyFactory(short_name="MOH", name="Ministry of Health (MoHealth)")
    GlossaryEntryFactory(plan=plan)
    known = KnownAcronyms(plan.pk)
    with django_assert_num_queries(0):
        assert known.remarks("Trained 240 staff in NZ.", "Annex II", "") == []
    with django_assert_num_queries(2):
        assert known.remarks("The MoH and the CNSs wait.") == []
        assert known.remarks("The INZ waits.") == [
            "INZ is not in the plan’s glossary, which the coordinator keeps: write it out."
        ]
        assert known.remarks("INZ, RSE, DHB", "and the INZ wait.") == [
            "INZ is not in the plan’s glossary, which the coordinator keeps: write it out."
        ]
        assert known.remarks("INZ and the RSE") == [
            "INZ and RSE are not in the plan’s glossary, which the coordinator keeps: write them out."
        ]
    assert known.remarks("Immigration New Zealand (INZ) waits. The INZ does.") == []


def test_the_plan_that_follows_begins_with_the_glossary_and_can_be_deleted(plan, coordinator):
    GlossaryEntryFactory(plan=plan)
    after = {"title": "The next plan", "released_on": date(2011, 7, 1), "ends_on": None}
    new = successor.start_successor(
        plan=plan, items=[], with_kinds=False, by=coordinator, on=TODAY, **after
    )
    assert [(each.acronym, each.words) for each in new.glossary.all()] == [
        ("CNS", "customs notification system")
    ]
    plan_making.delete_plan(plan=new, version=new.version, by=coordinator)
    assert GlossaryEntry.objects.get().plan == plan
