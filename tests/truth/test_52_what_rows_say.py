"""What the rows of a tracker say is asked about or kept: moved dates, days of completion, comments, agencies."""

import io
from datetime import date

import pytest

from tests.truth.test_52_first_day import give_messiest, kept_files
from tests.workitems import trackers
from tests.workitems.intake.test_tracker_pages import (
    COLUMNS,
    PREVIEW,
    fields_of,
    give_columns,
    mbie,
    person,
    upload,
)
from tests.workitems.intake.test_tracker_reading import answered, doubt, read, rows
from workitems.intake.tracker.doubts import ADD, NOTE
from workitems.intake.tracker.guess import find_headings
from workitems.intake.tracker.headings import Field, field_of
from workitems.intake.tracker.opening import open_tracker
from workitems.intake.tracker.status_reading import legend_in

__all__ = ["kept_files", "mbie", "person"]

ONCE = pytest.mark.one_database(reason="reads no database")
HEADINGS = ["No", "Action", "Lead", "Due", "Status", "Comments"]
MOVED = "Steering group agreed 14 Oct to move to March 2027 - minute 6"


# --- moved dates ----------------------------------------------------------------------------------


@ONCE
@pytest.mark.parametrize("where", ["comment", "column"])
def test_a_comment_that_the_date_moved_is_asked_with_both_dates(where):
    said = MOVED if where == "column" else ""
    notes = [("D2", MOVED)] if where == "comment" else ()
    content = rows(HEADINGS, ["1", "Stations", "Police", "Q3 2026", "", said], comments=notes)
    _, found = read(content)
    asked = doubt(found, MOVED)
    assert [choice.label for choice in asked.choices] == [
        "Yes, on 14 October 2025: first due July to September 2026, moved to March 2027",
        "No: due July to September 2026, now expected March 2027",
        "The date has not moved: due July to September 2026",
    ]
    (step,) = found.items[0].milestones
    assert (str(step.original), str(step.agreed)) == ("July to September 2026", "March 2027")
    _, found = read(content, {asked.name: NOTE})
    assert found.items[0].milestones[0].agreed is None


@ONCE
@pytest.mark.parametrize(
    "said",
    [
        "The contract ends 30 June 2027 and can be renewed.",
        "We agreed on 12 October to move four stations.",
        "Moved from March 2025 to a new office.",
    ],
)
def test_other_comments_with_dates_are_not_asked_about(said):
    _, found = read(rows(HEADINGS, ["1", "Stations", "Police", "Q3 2026", "Under way", said]))
    assert [each.quoted for each in found.doubts] == []


# --- completion -----------------------------------------------------------------------------------


@ONCE
def test_each_completion_that_a_comment_dates_is_asked_with_its_day_filled_in():
    _, found = read(
        rows(
            HEADINGS,
            ["1", "Map", "Police", "30/9/2025", "Complete", "Map delivered 28/9."],
            ["2", "Pathway", "Police", "30/6/2026", "Complete", "Signed 26 June"],
            ["3", "Code", "Police", "31/3/2026", "Complete", "Published."],
        )
    )
    days = {each.quoted: each.chosen for each in found.doubts}
    assert days == {"Complete": NOTE, "Map delivered 28/9.": "2025-09-28", "Signed 26 June": "2026-06-26"}  # fmt: skip
    done = [[step.completed for step in item.milestones] for item in found.items]
    assert done == [[date(2025, 9, 28)], [date(2026, 6, 26)], []]


@ONCE
def test_a_day_of_completion_can_be_typed():
    content = rows(HEADINGS, ["1", "Code", "Police", "31/3/2026", "Complete", ""])
    found = answered(content, Complete="2026-02-14")
    assert found.items[0].milestones[0].completed == date(2026, 2, 14)


@ONCE
def test_nothing_is_done_before_it_starts():
    content = rows(
        ["No", "Action", "Lead", "Start", "Due", "Status", "Last updated"],
        ["1", "Code", "Police", "1/4/2026", "31/3/2026", "Complete", "15/5/2026"],
    )
    found = answered(content, Complete="due")
    assert found.items[0].milestones[0].completed == date(2026, 5, 15)


# --- comments, words, numbers ---------------------------------------------------------------------


@ONCE
@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("Comments", Field.NOTE),
        ("Comment / progress", Field.NOTE),
        ("Progress notes", Field.NOTE),
        ("Progress", Field.PROGRESS),
        ("Achieved", Field.PROGRESS),
    ],
)
def test_a_column_of_comments_is_no_achievement(heading, found):
    assert field_of(heading)[0] == found


@ONCE
def test_a_legend_above_the_table_says_what_colours_mean():
    found = legend_in("Do not sort! Colours: green = on track, amber = some concern, blue = done")
    assert {colour: status.code for colour, status in found.items()} == {
        "green": "/on_track",
        "amber": "/at_risk",
        "blue": "complete/",
    }


@ONCE
def test_an_item_without_a_number_gets_the_one_that_is_missing_between_its_neighbours():
    lines = [[n, f"Item {at}", "Police", "", "", ""] for at, n in enumerate(["4.4", "4.4", "", "4.6"])]  # fmt: skip
    _, found = read(rows(HEADINGS, *lines))
    assert [item.number for item in found.items] == ["4.4", "1.1", "4.5", "4.6"]


@ONCE
def test_the_words_of_a_date_stay_beside_what_was_made_of_them():
    _, found = read(rows(HEADINGS, ["1", "By-law", "Police", "end of 2026", "", ""]))
    assert ("Due", "end of 2026") in [(note.heading, note.text) for note in found.notes]


# --- agencies and people --------------------------------------------------------------------------


@ONCE
def test_of_two_unknown_agencies_the_first_leads_and_the_second_supports():
    _, found = read(rows(HEADINGS, ["1", "Plans", "Ministry of Roads / Ministry of Canals", "", "", ""]))  # fmt: skip
    (item,) = found.items
    assert (item.lead, item.supporting) == ("Ministry of Roads", {"Ministry of Canals": ""})
    assert doubt(found, "Ministry of Roads / Ministry of Canals").problem == (
        "Several agencies are named, and only one can lead."
    )


@ONCE
def test_initials_and_shortened_words_are_the_agency_that_has_them():
    names = ["MoC", "Ministry of Canals", "Min. of Canals"]
    _, found = read(rows(HEADINGS, *([str(n), f"Item {n}", name, "", "", ""] for n, name in enumerate(names))))  # fmt: skip
    assert ({item.lead for item in found.items}, found.new_agencies) == (
        {"MoC"},
        {"MoC": "Ministry of Canals"},
    )
    assert doubt(found, "Ministry of Canals").chosen == ADD


@ONCE
def test_a_list_of_people_has_no_person_for_a_heading():
    content = trackers.sheet_of(
        [["Agency", "Role", "Mail"], ["FES", "Director Risk", "risk@fes.example"], ["FES", "Adviser", "a@fes.example"]]
    )  # fmt: skip
    sheet = open_tracker(io.BytesIO(content)).sheets[0]
    assert find_headings(sheet).last < 2


# --- the pages ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("kept_files")
def test_a_column_that_nobody_touched_is_not_chosen_by_a_person(person):
    give_messiest(person)
    page = person.get(COLUMNS)
    assert (page.text.count("Chosen by a person"), page.text.count("is an archive")) == (0, 1)
    index = next(column.index for column, *_ in page.context["forms"][0].unsure_rows)
    person.post(COLUMNS, fields_of(page) | {f"s0-c{index}": "ignore"})
    assert person.get(COLUMNS).text.count("Chosen by a person") == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("kept_files")
def test_the_preview_counts_the_people_of_agencies_that_are_added(person):
    lines = [
        ["No", "Action", "Lead", "Contact"],
        ["1", "Model", "FES", "Director Risk <risk@fes.example>"],
    ]
    upload(person, trackers.sheet_of(lines))
    give_columns(person)
    people = person.get(PREVIEW).context["people"]
    assert [(each.name, each.agency, each.role) for each in people] == [
        ("Director Risk", "FES", "approver")
    ]


# --- what the preview asks, and says of what it read ----------------------------------------------

ASKED = ["No", "Action", "Lead", "Due", "Status", "Last updated", "Progress"]


@ONCE
def test_the_question_of_a_missing_status_says_what_its_cell_says():
    _, found = read(rows(ASKED, ["1", "Study smoke", "Police", "", "n/a", "", "Not funded yet"]))
    (asked,) = found.doubts
    assert (asked.quoted, asked.problem) == (
        "n/a",
        "The tracker says something of these items, but its status cell is empty or says no status.",
    )


@ONCE
def test_a_year_alone_is_no_date_until_a_person_says_one():
    _, found = read(rows(ASKED, ["1", "Replant", "Police", "2028", "In progress", "", "Begun"]))
    (asked,) = found.open_doubts
    assert (asked.quoted, found.items[0].milestones) == ("2028", [])


@ONCE
def test_the_question_of_a_day_names_the_cells_own_word_and_one_due_date():
    _, found = read(
        rows(ASKED, ["1", "Code", "Police", "30/9/2025", "Done", "15 Oct", "Published"])
    )
    (asked,) = found.doubts
    assert (asked.quoted, asked.choices[1].label) == (
        "Done",
        "When its row was last updated, 15 October 2025: its due date was missed",
    )
    assert (
        "A last update without a year has the latest that has come: F2, “15 Oct”, is 15 October 2025."
        in found.assumed
    )


@ONCE
def test_a_footnote_of_an_agency_is_beside_the_question_of_it():
    _, found = read(
        rows(
            ASKED,
            ["1", "Clear lines", "Transport Trust", "31/3/2027", "In progress", "", "Begun"],
            [],
            ["* Transport Trust has not signed the plan"],
        )
    )
    (notes,) = [doubt.footnotes for doubt in found.doubts if doubt.new_agency]
    assert notes == ["A4: * Transport Trust has not signed the plan"]
