"""Rule 52: a question about several items can be answered for each, and what is folded says what becomes a note."""

import pytest
from django.urls import reverse

from tests.truth.test_52_first_day import kept_files
from tests.workitems import trackers
from tests.workitems.intake.test_tracker_pages import (
    COLUMNS,
    PREVIEW,
    answer,
    fields_of,
    give_columns,
    mbie,
    person,
    upload,
)
from workitems.models import Plan

__all__ = ["kept_files", "mbie", "person"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("kept_files"),
    pytest.mark.one_database(reason="what pages say of a tracker"),
]

RAGS = [
    ["No", "Action", "Lead", "RAG"],
    ["1", "Sign a contract", "MBIE", "Amber"],
    ["2", "Support people", "MBIE", "Red"],
    ["3", "Train", "MBIE", "Green"],
]


def test_one_of_several_items_can_be_answered_differently(person):
    upload(person, trackers.sheet_of(RAGS))
    give_columns(person)
    page = person.get(PREVIEW)
    (doubt,) = [each for each in page.context["found"].doubts if each.key == "rag-alone"]
    assert [each.label for each in doubt.singles] == ["1 Sign a contract", "2 Support people", "3 Train"]  # fmt: skip
    assert doubt.is_open
    own = {
        doubt.name: "under_way",
        doubt.singles[0].name: "not_started",
        doubt.singles[1].name: "ongoing",
    }
    person.post(PREVIEW, fields_of(page) | own | {"act": "update"})
    page = person.get(PREVIEW)
    assert [page.context["form"][name].value() for name in own] == [
        "under_way",
        "not_started",
        "ongoing",
    ]
    answer(person, act="import")
    stages = Plan.objects.get().items.in_order().values_list("number", "stage")
    assert list(stages) == [("1", "not_started"), ("2", "ongoing"), ("3", "under_way")]


def test_a_question_about_one_item_asks_for_no_single_answers(person):
    upload(person, trackers.sheet_of(RAGS[:2]))
    give_columns(person)
    assert "Answer single items differently" not in person.get(PREVIEW).text


def test_names_of_several_bodies_are_said_to_be_notes_without_opening_the_list(person):
    rows = [["No", "Action", "Lead", "Supporting"], ["1", "Train", "MBIE", "councils; Police"]]
    upload(person, trackers.sheet_of(rows))
    give_columns(person)
    page = person.get(PREVIEW)
    assert page.context["form"].noted == ["councils"]
    assert "kept as notes: councils" in page.text


def test_a_heading_that_names_no_field_is_not_said_to_say_so(person):
    rows = [["No", "Action", "Lead", "Latest (short)", "Achieved"], ["1", "Train", "MBIE", "3 of 12", "All"]]  # fmt: skip
    upload(person, trackers.sheet_of(rows))
    page = person.get(COLUMNS)
    assert [
        (column.letter, str(label)) for column, _, label, *_ in page.context["forms"][0].unsure_rows
    ] == [("B", "Only a guess"), ("D", "Likely, from what is in it")]


def test_the_people_still_to_invite_are_counted_until_there_are_none(person):
    rows = [
        ["No", "Action", "Lead", "Contact"],
        ["1", "Train", "MBIE", "Ana Bell <ana@mbie.example>"],
        ["2", "Map", "MBIE", "Tom Reid <tom@mbie.example>"],
    ]
    upload(person, trackers.sheet_of(rows))
    give_columns(person)
    answer(person, act="import")
    plan = Plan.objects.get()
    address = reverse("plans:tracker-people", args=[plan.slug])

    def offers():
        page = " ".join(person.get(plan.get_absolute_url()).text.split())
        return [
            says
            for says in ("names 2 people who are not invited yet", "names 1 person who is not invited yet")
            if says in page
        ]  # fmt: skip

    assert offers() == ["names 2 people who are not invited yet"]
    fields = fields_of(person.get(address))
    ticks = [name for name in fields if name.endswith("-invite")]
    del fields[ticks[0]]
    person.post(address, fields)
    assert offers() == ["names 1 person who is not invited yet"]
    person.post(address, fields_of(person.get(address)))
    assert offers() == []


def test_the_plan_that_is_made_stays_in_the_menu_beside_people(person):
    upload(person, trackers.sheet_of(RAGS))
    give_columns(person)
    answer(person, act="import")
    plan = Plan.objects.get()
    page = person.get(reverse("home"))
    assert ("Plan", plan.get_absolute_url(), False) in page.context["navigation"]
