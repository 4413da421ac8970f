"""Rule 52: what a spreadsheet does not say stays unsaid: a day of completion, of a start, of a support, of an acceptance."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from agencies.models import Seat
from tests.factories import AgencyFactory, MemberFactory, ReturnFactory, RoundFactory, SeatFactory
from tests.truth.test_52_first_day import kept_files
from tests.workitems import trackers
from tests.workitems.intake.test_tracker_pages import (
    COLUMNS,
    answer,
    fields_of,
    give_columns,
    import_rows,
    mbie,
    person,
    upload,
)
from workitems.intake.tracker.comment_reading import _AGREED_ON, day_in
from workitems.intake.tracker.doubts import name_of
from workitems.intake.tracker.guess import guess
from workitems.intake.tracker.headings import Field
from workitems.intake.tracker.opening import open_tracker
from workitems.intake.tracker.plan_reading import understand
from workitems.intake.tracker.understood import About
from workitems.intake.tracker.words import Agencies
from workitems.intake.workbook.export import export_workbook
from workitems.intake.workbook.importing import preview_import
from workitems.items.forms import AssignmentForm
from workitems.models import Assignment, Milestone, Plan, Support, WorkItem
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at

__all__ = ["kept_files", "mbie", "person"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("kept_files"),
    pytest.mark.one_database,
]

HEADINGS = ["No", "Action", "Lead", "Support", "Start", "Due", "Status", "Last updated", "Comments"]
ROWS = [
    ["1.1", "Write a code", "MBIE", "Police", "Apr 2026", "Mar 2026", "Done", "15/06/2026", ""],
    ["1.2", "Install stations", "MBIE", "", "1/3/2026", "Sep 2026", "In progress", "20/06/2026",
     "Steering group agreed 14 May to move to March 2027 - minute 6"],
    ["1.3", "Reopen schools", "MBIE", "", "", "31/8/2027", "-", "", ""],
]  # fmt: skip


def imported(person, done, *more):
    doubts = []

    def answers_to(doubt):
        doubts.append(doubt)
        return {doubt.name: done} if done == "note" else {f"{doubt.name}-date": done}

    plan = import_rows(person, [HEADINGS, *ROWS, *more], answers_to)
    assert len(doubts) == 1
    return plan


def item(number):
    return WorkItem.objects.get(number=number)


@pytest.mark.parametrize("done", ["note", "May 2026"])
@pytest.mark.both_databases
def test_a_completion_of_an_unknown_day_has_none_and_all_read_when_it_was_due(
    person, client_of, done
):
    imported(person, done)
    row = item("1.1")
    days = list(row.history.values_list("stage", "completed_on").distinct())
    assert (row.stage, row.completed_on, row.milestones.count()) == ("complete", None, 0)
    assert sorted(days, key=str) == [("complete", None), ("not_started", None)]
    notes = row.tracker_notes.filter(heading="Completed").values_list("text", flat=True)
    assert list(notes) == ([] if done == "note" else ["May 2026"])
    assert "day not known" in person.get(row.get_absolute_url()).text
    reader = SeatFactory(agency=AgencyFactory(), role=Seat.Role.OBSERVER).user
    MemberFactory(plan=row.plan, agency=reader.current_seats[0].agency)
    page = " ".join(client_of(reader).get(row.get_absolute_url()).text.split())
    assert "but not on which day: Write a code, due in March 2026." in page


def test_a_completion_on_a_day_that_a_person_says_has_it(person):
    imported(person, "12 May 2026")
    assert (item("1.1").completed_on, Milestone.objects.get(item=item("1.1")).completed_on) == (
        date(2026, 5, 12),
        date(2026, 5, 12),
    )


def test_an_item_of_which_the_spreadsheet_says_nothing_needs_attention_until_its_agency_reports(
    person,
):
    plan = imported(person, "note", ["1.4", "Review the centres", "MBIE", *[""] * 6])

    def reasons():
        at = plan_at(plan, Moment.today(localdate()))
        return [reason.words for reason in at.reasons(item("1.4").pk)]

    assert reasons() == ["It has no date, and nobody has reported on it."]
    WorkItem.objects.filter(number="1.4").update(heard_on=localdate())
    assert reasons() == []


@pytest.mark.both_databases
def test_a_month_as_start_is_asked_and_no_day(person):
    plan = imported(person, "note")
    assert [row.starts_on for row in plan.items.in_order()] == [None, date(2026, 3, 1), None]
    assert "Apr 2026" in item("1.1").tracker_notes.values_list("text", flat=True)


@pytest.mark.both_databases
def test_a_date_that_was_agreed_moved_on_the_day_that_its_comment_says(person):
    imported(person, "note")
    step = Milestone.objects.get(item=item("1.2"))
    states = step.history.order_by("history_date")
    assert [(localdate(row.history_date), str(row.instance.agreed)) for row in states] == [
        (date(2025, 7, 1), "September 2026"),
        (date(2026, 5, 14), "March 2027"),
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Steering group agreed 14 Oct to move to March 2027", date(2026, 10, 14)),
        ("approved by the Board on 3/11, now June 2027", date(2026, 11, 3)),
        ("agreed at the meeting of 3/11/2026 to move to June 2027", date(2026, 11, 3)),
        ("agreed to move to March 2027", None),
        ("agreed March 2027", None),
        ("agreed 14 March 2027", None),
    ],
)
def test_the_day_of_a_decision_is_read_only_where_it_is_said(text, day):
    assert day_in(_AGREED_ON, text, date(2026, 12, 1)) == day


@pytest.mark.both_databases
def test_history_says_that_the_spreadsheet_named_a_supporter_and_gives_no_day(person):
    plan = imported(person, "note")
    row = Support.objects.get().history.get()
    assert (row.history_actor, row.history_change_reason.partition(". ")[2]) == (
        "The spreadsheet",
        "The spreadsheet gives no day for this, so it is shown at the plan’s release.",
    )
    page = person.get(reverse("workitems:history", args=[plan.slug, "1.1"]))
    (entry,) = [each for each in page.context["page"].entries if "supporting" in each.what]
    assert entry.who == "The spreadsheet"


def sheet(workbook, name):
    head, *rows = workbook[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_export_has_no_stage_and_no_acceptance_that_nobody_said(person):
    plan = imported(person, "note")
    content = export_workbook(plan)
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    assert [row["Stage"] for row in sheet(workbook, "Work items")] == ["Complete", "Under way", None]  # fmt: skip
    assert {row["Accepted on"] for row in sheet(workbook, "Updates")} == {None}
    assert preview_import(io.BytesIO(content), plan=plan, at=timezone.now()).is_empty


# --- a column that is taken for what was achieved -------------------------------------------------

COLUMN = "Column B, “{}”, would go under Achieved. Do all its texts say what was achieved?"


def achieved_of(heading, field, answer=None):
    sheet_ = [["Action", heading, "Lead"], ["Train staff", "Not funded yet", "Police"], ["Map", "Draft", "Police"]]  # fmt: skip
    tracker = open_tracker(io.BytesIO(trackers.sheet_of(sheet_)))
    guessed = guess(tracker.sheets[0], Agencies(()), date(2026, 12, 1))
    mapping = guessed.with_fields({2: field})
    about = About(date(2026, 1, 1), date(2026, 11, 20), date(2026, 12, 1), "MBIE")
    name = name_of(f"column:{tracker.sheets[0].name}:2")
    found = understand(
        tracker,
        {tracker.sheets[0].name: mapping},
        Agencies(()),
        about,
        {name: answer, name_of("no-status"): "under_way"} if answer else {},
    )
    doubts = [(each.problem, each.quoted) for each in found.doubts if each.name == name]
    parts = [list(item.progress.values()) for item in found.items]
    return doubts, [[label for part in of for label, _ in part.labelled] for of in parts]


def test_comments_that_go_under_achieved_are_in_doubt_with_their_first_texts():
    asked = [(COLUMN.format("Comments"), "Not funded yet\nDraft")]
    assert achieved_of("Comments", Field.PROGRESS) == (asked, [[], []])
    assert achieved_of("Comments", Field.PROGRESS, "progress")[1] == [["Achieved"]] * 2
    assert achieved_of("Comments", Field.PROGRESS, "challenges")[1] == [["Challenges"]] * 2


def test_a_column_whose_heading_says_progress_is_in_no_doubt():
    assert achieved_of("Progress", Field.PROGRESS)[0] == []
    assert achieved_of("Comments", Field.NOTE)[0] == []


def test_a_hidden_column_with_a_plain_heading_is_to_be_checked_first(person):
    content = trackers.sheet_of([HEADINGS, *ROWS])
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.active.column_dimensions["D"].hidden = True
    file = io.BytesIO()
    book.save(file)
    upload(person, file.getvalue())
    page = person.get(COLUMNS)
    (form,) = page.context["forms"]
    becomes = {column.letter: choice.value() for column, choice, *_ in form.unsure_rows}
    assert becomes["D"] == "note"


# --- who is named beside an item ------------------------------------------------------------------


def test_a_person_whom_the_spreadsheet_names_beside_an_item_is_proposed_to_look_after_it(person):
    lines = [
        ["No", "Action", "Lead", "Contact"],
        ["1", "Train staff", "MBIE", "Ana Bell <Ana@mbie.example>"],
        ["2", "Draw a map", "MBIE", "Ben"],
    ]
    upload(person, trackers.sheet_of(lines))
    give_columns(person)
    answer(person, act="import")
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    ana = SeatFactory(
        agency=item("1").lead_agency,
        role=Seat.Role.APPROVER,
        user__email="ana@mbie.example",
        user__name="Ana",
    ).user
    forms = [
        AssignmentForm(row=Assignment(item=row, agency=row.lead_agency), on=localdate())
        for row in (item("1"), item("2"))
    ]
    assert [form.initial.get("user") for form in forms] == [ana, None]
    assert "names Ana for this item. Nothing is given until you save." in forms[0].as_p()


@pytest.mark.both_databases
def test_the_return_names_whom_the_spreadsheet_has_beside_each_item(person, client_of):
    lines = [
        ["No", "Action", "Lead", "Contact", "Status"],
        ["1", "Train staff", "MBIE", "Ana Bell <ana@mbie.example>", "On track"],
        ["2", "Draw a map", "MBIE", "Ben", ""],
    ]
    upload(person, trackers.sheet_of(lines))
    give_columns(person)
    answer(person, act="import")
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    plan, lead = Plan.objects.get(), item("1").lead_agency
    ana = SeatFactory(agency=lead, user__email="ana@mbie.example", user__name="Ana Bell").user
    asked = ReturnFactory(round=RoundFactory(plan=plan), agency=lead)
    page = client_of(ana).get(asked.get_absolute_url())
    says = "The spreadsheet has the email address of Ana Bell beside it."
    assert page.text.count(says) == 1
    # An item without a date that was said to be on track can be said to be so again.
    labels = page.text.count("Confidence"), 'value="on_track"' in page.text
    assert labels == (1, True)


@pytest.mark.parametrize(
    ("above", "title"),
    [
        (
            "NATIONAL FIRE PLAN OF THE WEST 2026-2029 - ACTION TRACKER",
            "National Fire Plan of the West 2026-2029",
        ),
        ("National Fire Plan tracker", "National Fire Plan"),
        ("Tracker of the fire plan", "Tracker of the fire plan"),
        ("Action tracker", "Action tracker"),
    ],
)
def test_the_title_that_is_proposed_is_the_plans_and_not_the_trackers(person, above, title):
    upload(person, trackers.sheet_of([[above], ["No", "Action", "Lead"], ["1", "Train", "Police"]]))
    assert fields_of(person.get(COLUMNS))["title"] == title
