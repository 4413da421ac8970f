"""Test importing a workbook: new rows, changes and refusals."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction

from agencies.models import Agency, Appointment
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    ReturnFactory,
    RoundFactory,
    UpdateFactory,
)
from tests.workitems.workbooks import (
    NOW,
    SMALL,
    book,
    cells,
    completed,
    file_of,
    headings_of,
    imported,
    later,
    place,
    saved,
    setting,
    small,
)
from workitems.intake.cell_kinds import Kind, Line, join_with_or
from workitems.intake.workbook import (
    WorkbookRefused,
    export_workbook,
    import_workbook,
    preview_import,
)
from workitems.intake.workbook.columns import SHEETS
from workitems.models import (
    Delay,
    Measure,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Return,
    Risk,
    Round,
    Support,
    Update,
    WorkItem,
)
from workitems.models.item import Stage

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(
        reason="a workbook is read and compared; its export is imported on both"
    ),
]
UNCHANGED = ["No changes: nothing in the plan would change."]


def refused(sheets, **options):
    with pytest.raises(WorkbookRefused) as refusal:
        imported(sheets, **options)
    return [str(fault) for fault in refusal.value.faults]


def counted(outcome):
    return {c.sheet: (c.new, c.changed, c.same) for c in outcome.counts}


# --- A new plan -----------------------------------------------------------------------------


def test_a_new_plan_has_everything_in_the_workbook():
    outcome = imported(small())
    plan = Plan.objects.get()
    assert (outcome.plan, outcome.plan_is_new) == (plan, True)
    assert (plan.slug, plan.title, plan.released_on, plan.coordinating_agency.short_name) == (
        "plan-of-action",
        "Plan of Action",
        date(2009, 7, 31),
        "DoL",
    )
    assert sorted(m.agency.short_name for m in plan.members.all()) == ["DoL", "Police"]
    item = plan.items.get()
    assert (item.number, item.title, item.stage, item.confidence, item.is_key, item.timeframe) == (
        "1.1",
        "Train frontline staff",
        "under_way",
        "at_risk",
        True,
        "short",
    )
    assert (item.number_key, item.heard_on) == ("000001.000001", date(2010, 1, 20))
    assert list(WorkItem.objects.matching("frontline")) == [item]
    assert [s.agency.short_name for s in item.supports.all()] == ["Police"]
    assert [m.description for m in item.measures.all()] == ["Share of staff trained"]
    assert counted(outcome) == {
        "Plan": (1, 0, 0),
        "Agencies": (2, 0, 0),
        "Pillars": (1, 0, 0),
        "Work items": (1, 0, 0),
        "Milestones": (1, 0, 0),
        "Delays": (1, 0, 0),
        "Mitigations": (1, 0, 0),
        "Updates": (1, 0, 0),
        "Risks": (1, 0, 0),
        "Measures": (1, 0, 0),
        "Measure values": (0, 0, 0),
    }


def test_an_empty_agreed_date_is_the_original_and_an_empty_forecast_the_agreed():
    sheets = small()
    sheets["Milestones"][0]["Forecast due"] = None
    imported(sheets)
    milestone = Milestone.objects.get()
    day = date(2010, 3, 31)
    assert (milestone.original_due, milestone.agreed_due, milestone.forecast_due) == (day, day, day)


def test_a_new_delay_runs_from_the_agreed_date_to_the_forecast():
    imported(small())
    delay = Delay.objects.get()
    assert (delay.due_before, delay.due_after, delay.times_moved, delay.number) == (
        date(2010, 3, 31),
        date(2010, 9, 30),
        1,
        1,
    )
    assert Mitigation.objects.get().delay == delay


def test_a_new_delay_of_a_milestone_that_is_done_runs_to_the_day_it_was_done():
    sheets = small()
    sheets["Milestones"][0]["Completed on"] = date(2010, 5, 10)
    imported(sheets)
    delay = Delay.objects.get()
    assert (delay.due_before, delay.due_after) == (date(2010, 3, 31), date(2010, 5, 10))


def test_updates_become_closed_rounds_with_accepted_returns():
    sheets = small()
    sheets["Updates"].append(
        {
            **sheets["Updates"][0],
            "Agency": "Police",
            "Achieved": "The detectives were trained.",
            "Key achievement": "headline",
            "Accepted on": date(2010, 2, 3),
        }
    )
    imported(sheets)
    round_ = Round.objects.get()
    assert (round_.name, round_.is_open, round_.due_on) == (
        "July to December 2009",
        False,
        date(2010, 2, 3),
    )
    assert [
        (r.agency.short_name, r.state, r.accepted_on)
        for r in Return.objects.order_by("agency__short_name")
    ] == [
        ("DoL", "accepted", date(2010, 1, 20)),
        ("Police", "accepted", date(2010, 2, 3)),
    ]
    assert Update.objects.accepted().filter(key_achievement="headline").count() == 1
    # Only the lead agency's update counts for freshness, as when a return is accepted on screen.
    assert WorkItem.objects.get().heard_on == date(2010, 1, 20)


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        (date(2009, 7, 1), date(2009, 12, 31), "July to December 2009"),
        (date(2009, 8, 1), date(2010, 1, 31), "August 2009 to January 2010"),
        (date(2010, 2, 1), date(2010, 2, 28), "February 2010"),
        (date(2009, 7, 31), date(2010, 1, 31), "31 July 2009 to 31 January 2010"),
    ],
)
def test_a_round_is_named_after_its_period(start, end, name):
    sheets = small()
    sheets["Updates"][0] |= {"Period start": start, "Period end": end}
    imported(sheets)
    assert Round.objects.get().name == name


def test_a_successor_may_be_listed_before_or_after_its_predecessor():
    sheets = small()
    sheets["Agencies"][0] |= {"Valid to": date(2012, 6, 30), "Successor": "mbie"}
    sheets["Agencies"].append({"Short name": "MBIE", "Name": "Ministry of Business"})
    imported(sheets)
    assert Agency.objects.get(short_name="DoL").successor.short_name == "MBIE"


def test_supporting_agencies_can_have_roles():
    sheets = small()
    sheets["Agencies"] += [
        {"Short name": "MFAT (Posts)", "Name": "Foreign Affairs"},
        {"Short name": "Customs", "Name": "Customs"},
    ]
    sheets["Work items"][0]["Supporting agencies"] = (
        "police (trains (all) staff);MFAT (Posts) (tells the posts); Customs"
    )
    imported(sheets)
    assert [(s.agency.short_name, s.role) for s in Support.objects.order_by("pk")] == [
        ("Police", "trains (all) staff"),
        ("MFAT (Posts)", "tells the posts"),
        ("Customs", ""),
    ]


def test_each_line_of_the_column_of_earlier_releases_is_one_measure():
    sheets = small()
    del sheets["Measures"], sheets["Measure values"]
    sheets["Work items"][0]["Measure"] = "Staff trained\n\nCalls answered"
    import_of(sheets, {"Work items": [*headings_of("Work items"), "Measure"]})
    assert [(m.number, m.description) for m in Measure.objects.order_by("number")] == [
        (1, "Staff trained"),
        (2, "Calls answered"),
    ]


# --- The Minister ---------------------------------------------------------------------------


def with_minister(name, **plan):
    sheets = small()
    sheets["Plan"] = setting(sheets["Plan"], "Minister", name)
    for key, value in plan.items():
        sheets["Plan"] = setting(sheets["Plan"], key.replace("_", " "), value)
    return sheets


def test_a_minister_is_appointed_from_the_release_if_there_is_none():
    imported(with_minister("Hon A"))
    appointment = Appointment.objects.get()
    assert (appointment.minister, appointment.from_on, appointment.to_on) == (
        "Hon A",
        date(2009, 7, 31),
        None,
    )


def test_a_minister_is_appointed_until_the_next_one():
    AppointmentFactory(from_on=date(2011, 12, 14))
    imported(with_minister("Hon A"))
    assert Appointment.objects.get(minister="Hon A").to_on == date(2011, 12, 13)


def test_a_recorded_minister_is_kept():
    AppointmentFactory(minister="Hon A")
    imported(with_minister("Hon A"))
    assert Appointment.objects.count() == 1


# --- Complete and withdrawn -----------------------------------------------------------------


def test_a_complete_item_is_complete_on_the_day_of_its_last_milestone():
    sheets = completed(**{"Completed on": date(2010, 3, 1)})
    sheets["Milestones"].append(
        {**sheets["Milestones"][0], "Milestone": 2, "Completed on": date(2010, 5, 1)}
    )
    imported(sheets)
    assert WorkItem.objects.get().completed_on == date(2010, 5, 1)


def test_a_complete_item_without_milestones_is_complete_on_the_day_of_its_first_such_update():
    sheets = completed()
    sheets["Milestones"] = sheets["Delays"] = sheets["Mitigations"] = []
    first = sheets["Updates"][0] | {"Stage": "Complete"}
    second = first | {
        "Period start": date(2010, 1, 1),
        "Period end": date(2010, 6, 30),
        "Accepted on": date(2010, 7, 20),
    }
    sheets["Updates"] = [second, first]
    imported(sheets)
    assert WorkItem.objects.get().completed_on == date(2010, 1, 20)


def test_a_complete_item_needs_a_day():
    sheets = completed()
    sheets["Milestones"] = sheets["Delays"] = sheets["Mitigations"] = []
    assert refused(sheets) == [
        f"{place('Work items', 2, 'Stage')}: Item 1.1 is complete, but nothing says since when. Expected:"
        " a milestone with a Completed on, or an update that says complete."
    ]


def test_a_complete_item_needs_all_its_milestones_completed():
    assert refused(completed()) == [
        f"{place('Work items', 2, 'Stage')}: Item 1.1 is complete, but its milestone 1 is not. Expected:"
        " a Completed on for each of its milestones, or another stage of the item."
    ]


def test_open_milestones_of_a_withdrawn_item_are_withdrawn():
    sheets = small()
    sheets["Work items"][0]["Stage"] = "Withdrawn"
    sheets["Updates"][0]["Stage"] = "Withdrawn"
    imported(sheets)
    assert Milestone.objects.get().withdrawn_on == date(2010, 1, 20)


# --- Importing again ------------------------------------------------------------------------


def test_importing_again_changes_nothing():
    imported(small())
    rows = WorkItem.history.count(), Milestone.history.count(), Plan.history.count()
    outcome = later(small())
    assert outcome.sentences == UNCHANGED
    assert (WorkItem.history.count(), Milestone.history.count(), Plan.history.count()) == rows


def test_importing_again_matches_by_number_and_reports_old_and_new_values():
    imported(small())
    sheets = small()
    sheets["Pillars"][0]["Title"] = "Preventing"
    sheets["Work items"][0] |= {"Confidence": "On track", "Lead agency": "police", "Months": 12}
    sheets["Milestones"][0]["Forecast due"] = date(2110, 12, 31)
    sheets["Risks"][0]["Risk"] = "Trained staff leave for other work."
    outcome = later(sheets)
    assert [
        (change.sheet, change.label, [(f.heading, f.was, f.now) for f in change.fields])
        for change in outcome.changes
    ] == [
        (
            "Work items",
            "1.1 Train frontline staff",
            [("Confidence", "At risk", "On track")],
        ),
        (
            "Milestones",
            "1.1, milestone 1",
            [("Forecast due", "30 September 2010", "31 December 2110")],
        ),
        (
            "Risks",
            "Risk 1",
            [("Risk", "Trained staff leave.", "Trained staff leave for other work.")],
        ),
    ]
    assert outcome.sentences == [
        "Work items: 1 changed.",
        "Milestones: 1 changed.",
        "Risks: 1 changed.",
    ]
    assert [(row.heading, row.was, row.now) for row in outcome.to_decide] == [
        ("Title", "Prevention", "Preventing"),
        ("Lead agency", "DoL", "Police"),
        ("Months", "", "12"),
    ]
    item = WorkItem.objects.get()
    assert (item.confidence, item.lead_agency.short_name, item.months) == ("on_track", "DoL", None)
    assert Pillar.objects.get().title == "Prevention"
    assert Milestone.objects.get().forecast_due == date(2110, 12, 31)


def test_importing_increases_the_version_of_changed_rows_only():
    imported(small())
    sheets = small()
    sheets["Work items"][0]["Confidence"] = "On track"
    later(sheets)
    assert (WorkItem.objects.get().version, Milestone.objects.get().version) == (2, 1)


def test_the_list_finds_an_item_by_the_words_that_were_imported_last():
    labour = AgencyFactory(short_name="DoL", name="Department of Labour")
    plan = imported(small(), new_for=[labour.pk]).plan
    sheets = small()
    sheets["Work items"][0]["Title"] = "Teach officers at ports"
    later(sheets, plan=plan)
    assert [item.number for item in plan.items.matching("officers ports")] == ["1.1"]


def test_importing_a_wording_for_sentences_makes_no_page_outdated():
    imported(small())
    sheets = small()
    sheets["Milestones"][0]["As told"] = "a written course"
    later(sheets)
    milestone = Milestone.objects.get()
    assert (milestone.as_told, milestone.version) == ("a written course", 1)


# --- Missing columns --------------------------------------------------------------------------

OPTIONAL = [
    (sheet.name, column.heading)
    for sheet in SHEETS
    for column in sheet.written
    # Measures are found by their item.
    if not (column.required or (sheet.name.startswith("Measure") and column.heading == "Work item"))
]


def filled():
    """Return the sheets with a value in every optional cell."""
    sheets = small()
    sheets["Plan"] += [
        ("Ends on", date(2014, 6, 30)),
        ("Minister", "Hon A Minister"),
        ("Background", "Why there is a plan."),
        ("Copied to", "Hon B Minister"),
    ]
    sheets["Agencies"] += [
        {"Short name": "MBIE", "Name": "Ministry of Business"},
        {
            "Short name": "NZIS",
            "Name": "Immigration Service",
            "Te reo name": "Te Ratonga Manene",
            "Valid from": date(1987, 4, 1),
            "Valid to": date(2012, 6, 30),
            "Successor": "MBIE",
        },
    ]
    more = {
        "Pillars": {"Description": "Before it happens."},
        "Work items": {
            "As told": "training for staff",
            "Months": 12,
            "Starts on": date(2009, 9, 1),
        },
        "Milestones": {
            "As told": "a written course",
            "Done means": "It is printed.",
            "Agreed due": date(2010, 4, 30),
            "Completed on": date(2010, 10, 31),
        },
        "Delays": {
            "Effect": "Staff wait.",
            "Cause settled": "Being settled",
            "Settled by agency": "Police",
            "Settled by others": None,
            "Settled by date": date(2010, 8, 31),
            "Ended on": date(2010, 9, 30),
        },
        "Mitigations": {"Due": date(2010, 5, 1), "Done on": date(2010, 6, 1)},
        "Updates": {
            "Confidence": "At risk",
            "Achieved": "A course was written.",
            "Planned next": "Hold it.",
            "Challenges": "Money.",
            "Key achievement": "Headline",
        },
        "Risks": {
            "Work item": "1.1",
            "Response": "Ask again.",
            "Escalated on": date(2010, 2, 1),
            "Closed on": date(2010, 5, 1),
        },
    }
    measure = {
        "What is counted": "the share of staff who are trained",
        "Counted as": "A share: so many of so many",
        "Unit": "person/people",
        "Better": "Higher is better",
        "Asked": "In each round",
        "Source": "The register.",
        "Responsible agency": "Police",
        "Before the plan": 40,
        "Before the plan, on": date(2009, 6, 30),
        "Targets": "80 by June 2012\n90.5 by 31 March 2013",
    }
    sheets["Measures"][0] |= measure
    unknown = {
        "Before the plan": None,
        "Before the plan, on": None,
        "Why not known": "Nobody counted.",
    }
    sheets["Measures"].append(
        {**measure, **unknown, "Number": 1, "Measure": "Staff are trained", "Targets": None}
    )
    sheets["Measure values"] = values = [
        {
            "Work item": "1.1",
            "Number of the measure": 1,
            "From": date(2010, 1, 1),
            "As at, or to": date(2010, 6, 30),
            "Number": 640,
            "Of how many": 960,
            "Counted differently": "Yes",
            "Note": "From the register.",
            "Agency": "Police",
            "Accepted on": date(2010, 7, 20),
        }
    ]
    values.append(
        values[0]
        | {
            "Corrects the number of": date(2010, 6, 30),
            "Why corrected": "counted twice",
            "Number": 600,
        }
    )
    values.append(
        {
            "Work item": None,
            "Number of the measure": 1,
            "As at, or to": date(2010, 6, 30),
            "No number yet, because": "the register opens in March",
            "Expected by": "March 2011",
            "Agency": "DoL",
            "Accepted on": date(2010, 7, 20),
        }
    )
    for sheet in SHEETS:
        if sheet.name in more:
            texts = {
                column.heading: "Words." for column in sheet if type(column.kind) in (Kind, Line)
            }
            sheets[sheet.name][0] = texts | sheets[sheet.name][0] | more[sheet.name]
    cancelled = {**sheets["Milestones"][0], "Milestone": 2, "Cancelled on": date(2010, 3, 1)}
    sheets["Milestones"].append({**cancelled, "Completed on": None})
    by_others = {"Number": 2, "Settled by agency": None, "Settled by others": "Cabinet"}
    sheets["Delays"].append({**sheets["Delays"][0], "Explanation": "Another.", **by_others})
    return sheets


def without(sheets, name, heading):
    """The sheets without a column, or without a key of the sheet Plan; and the headings that are left."""
    if name == "Plan":
        return {**sheets, name: [row for row in sheets[name] if row[0] != heading]}, {}
    return sheets, {name: [each for each in headings_of(name) if each != heading]}


def with_empty_column(sheets, name, heading):
    if name == "Plan":
        return {**sheets, name: setting(sheets[name], heading, None)}
    return {**sheets, name: [{**row, heading: None} for row in sheets[name]]}


def import_of(sheets, headings=None, at=NOW):
    return import_workbook(file_of(sheets, headings), name="plan.xlsx", at=at)


def every_row():
    """Return the values of every row of a plan or an agency. Their ids go on when a row is undone, so each has its place."""
    models = [
        model
        for model in apps.get_models()
        if model._meta.app_label in ("workitems", "agencies")
        if not model.__name__.startswith("Historical")
    ]
    rows = {model: list(model._base_manager.order_by("pk").values()) for model in models}
    places = {model: {row["id"]: n for n, row in enumerate(rows[model])} for model in models}
    for model in models:
        for field in model._meta.concrete_fields:
            of = model if field.primary_key else field.related_model
            for row in rows[model] if of in places else ():
                row[field.attname] = places[of].get(row[field.attname])
    return rows


def rows_of_a_new_plan(sheets, headings=None):
    """What importing makes in an empty database, or why it is refused; undone afterwards."""
    with transaction.atomic():
        try:
            import_of(sheets, headings)
            return every_row()
        except WorkbookRefused as refusal:
            return [(fault.sheet, fault.column, fault.problem) for fault in refusal.faults]
        finally:
            transaction.set_rollback(True)


def test_the_filled_workbook_has_something_in_every_column():
    found = cells(export_workbook(import_of(filled()).plan))
    for name, heading in OPTIONAL:
        headings, *rows = found[name]
        if name == "Plan":
            assert dict(rows)[heading], heading
        else:
            assert any(row[headings.index(heading)] is not None for row in rows), (name, heading)


def test_a_missing_column_leaves_an_existing_plan_unchanged():
    plan = import_of(filled()).plan
    before = cells(export_workbook(plan))
    for name, heading in OPTIONAL:
        outcome = import_of(*without(filled(), name, heading), at=NOW + timedelta(minutes=1))
        assert (heading, outcome.sentences) == (heading, UNCHANGED)
    assert cells(export_workbook(plan)) == before


@pytest.mark.parametrize(("name", "heading"), OPTIONAL)
def test_a_missing_column_counts_as_empty_for_a_new_plan(name, heading):
    without_it = rows_of_a_new_plan(*without(filled(), name, heading))
    assert without_it == rows_of_a_new_plan(with_empty_column(filled(), name, heading))


def test_changes_are_checked_against_stored_values_of_missing_columns():
    import_of(filled())
    sheets = filled()
    sheets["Delays"][0]["Found on"] = date(2010, 12, 1)
    sheets["Plan"] = setting(sheets["Plan"], "Released on", date(2015, 1, 1))
    sheets["Plan"] = [row for row in sheets["Plan"] if row[0] != "Ends on"]
    left = {
        name: [each for each in headings_of(name) if each != heading]
        for name, heading in [("Delays", "Ended on")]
    }
    with pytest.raises(WorkbookRefused) as refusal:
        import_of(sheets, left, at=NOW + timedelta(minutes=1))
    assert [(fault.sheet, fault.column, fault.problem) for fault in refusal.value.faults] == [
        ("Plan", "Ends on", "30 June 2014 is not after the release."),
        ("Plan", "Released on", "The plan has the date 31 July 2009 here."),
        ("Delays", "Ended on", "30 September 2010 is before the delay was found."),
    ]


def test_a_cause_that_is_settled_now_names_no_agency_any_more():
    plan = import_of(filled()).plan
    sheets = filled()
    sheets["Delays"][0] |= {
        "Cause settled": "Settled",
        "Settled by agency": None,
        "Settled by date": None,
    }
    import_of(sheets, at=NOW + timedelta(minutes=1))
    delay = Delay.objects.get(milestone__item__plan=plan, number=1)
    assert (delay.settlement, delay.settling_agency, delay.settling_by) == ("settled", None, None)


def test_others_than_an_agency_settle_a_cause():
    plan = import_of(filled()).plan
    sheets = filled()
    sheets["Delays"][0] |= {"Settled by agency": None, "Settled by others": "Cabinet"}
    import_of(sheets, at=NOW + timedelta(minutes=1))
    delay = Delay.objects.get(milestone__item__plan=plan, number=1)
    assert (delay.settling_agency, delay.settling_other) == (None, "Cabinet")
    sheets["Delays"][0] |= {"Settled by agency": "Police"}
    with pytest.raises(WorkbookRefused) as refusal:
        import_of(sheets, at=NOW + timedelta(minutes=2))
    (fault,) = refusal.value.faults
    assert fault.problem == "An agency is named already in Settled by agency."


def test_rows_missing_from_the_workbook_are_kept():
    imported(small())
    sheets = small()
    for name in sheets:
        if name != "Plan":
            sheets[name] = []
    assert later(sheets).is_empty
    assert (WorkItem.objects.count(), Support.objects.count(), Risk.objects.count()) == (1, 1, 1)


SECOND_MILESTONE = {
    "Work item": "1.1",
    "Milestone": 2,
    "Description": "Course held",
    "Responsible agency": "Police",
    "Original due": date(2011, 3, 31),
}


def only(**sheets):
    """The sheets of the small plan without rows, but for the plan itself and these."""
    return {name: [] for name in small()} | {"Plan": small()["Plan"]} | sheets


def test_a_workbook_adds_no_item_and_no_milestone_to_an_adopted_plan():
    imported(small())
    item = {**small()["Work items"][0], "Number": "1.2"}
    of_it = {**SECOND_MILESTONE, "Work item": "1.2", "Milestone": 1}
    sheets = only(**{"Work items": [item], "Milestones": [SECOND_MILESTONE, of_it]})
    outcome = later(sheets)
    assert [(row.sheet, row.heading, row.now) for row in outcome.to_decide] == [
        ("Work items", "Number", "1.2 Train frontline staff"),
        ("Milestones", "Milestone", "Course held"),
    ]
    assert (WorkItem.objects.count(), Milestone.objects.count()) == (1, 1)


def test_nothing_is_recorded_about_what_is_not_decided():
    imported(small())
    item = {**small()["Work items"][0], "Number": "1.2"}
    risk = {**small()["Risks"][0], "Work item": "1.2"}
    assert refused(only(**{"Work items": [item], "Risks": [risk]})) == [
        "Risks, row 2, Work item (B2): 1.2 is not in the adopted plan until the working group decides. "
        "Expected: a row of the plan. Leave this row out until then."
    ]


def test_a_workbook_adds_items_and_milestones_to_a_plan_that_is_not_adopted():
    labour = AgencyFactory(short_name="DoL", name="Department of Labour")
    plan = imported(small(), new_for=[labour.pk]).plan
    assert plan.adopted_on is None
    outcome = later(only(Milestones=[SECOND_MILESTONE]), plan=plan)
    assert counted(outcome)["Milestones"] == (1, 0, 0)


def test_a_workbook_can_change_rows_of_stored_parents():
    imported(small())
    sheets = only()
    sheets["Mitigations"] = [
        {
            "Work item": "1.1",
            "Milestone": 1,
            "Delay": 1,
            "Mitigation": "Use the intranet until then.",
            "Owner agency": "DoL",
            "Due": date(2010, 6, 30),
            "Done on": date(2010, 6, 1),
        }
    ]
    outcome = later(sheets)
    assert counted(outcome)["Mitigations"] == (0, 1, 0)
    assert Mitigation.objects.get().done_on == date(2010, 6, 1)


def test_an_agency_is_matched_in_any_case_and_keeps_its_spelling():
    imported(small())
    sheets = small()
    sheets["Agencies"][1] = {"Short name": "POLICE", "Name": "New Zealand Police (NZ Police)"}
    later(sheets)
    assert list(Agency.objects.in_order().values_list("short_name", "name")) == [
        ("DoL", "Department of Labour"),
        ("Police", "New Zealand Police"),
    ]


def test_an_agency_of_another_plan_joins_the_working_group():
    imported(small())
    second = small()
    second["Plan"] = setting(second["Plan"], "Title", "Second plan")
    second["Agencies"] = second["Agencies"][:1]
    second["Work items"] = second["Milestones"] = second["Delays"] = second["Mitigations"] = []
    second["Updates"] = second["Risks"] = second["Measures"] = []
    plan = imported(second).plan
    second["Agencies"] = small()["Agencies"]
    outcome = later(second)
    assert [(c.label, c.fields[0].heading, c.fields[0].now) for c in outcome.changes] == [
        ("Police", "Working group", "a member")
    ]
    assert plan.members.count() == 2
    assert Agency.objects.count() == 2


def test_an_imported_update_replaces_a_stored_no_change():
    imported(small())
    update = Update.objects.get()
    Update.objects.filter(pk=update.pk).update(no_change_on=date(2010, 1, 10), achieved="")
    later(small())
    update.refresh_from_db()
    assert (update.achieved, update.no_change_on) == ("The course was drafted.", None)


# --- Locked values --------------------------------------------------------------------------


def test_an_import_cannot_move_an_agreed_date():
    imported(small())
    sheets = small()
    sheets["Milestones"][0]["Agreed due"] = date(2010, 9, 30)
    outcome = later(sheets)
    assert [(row.heading, row.was, row.now) for row in outcome.to_decide] == [
        ("Agreed due", "31 March 2010", "30 September 2010")
    ]
    assert Milestone.objects.get().agreed_due == date(2010, 3, 31)


def test_an_import_cannot_move_an_original_date():
    imported(small())
    sheets = small()
    sheets["Milestones"][0] |= {
        "Original due": date(2010, 4, 30),
        "Agreed due": date(2010, 3, 31),
    }
    assert refused(sheets) == [
        f"{place('Milestones', 2, 'Original due')}: The plan has the date 31 March 2010 here. Expected:"
        " that date. An original date never moves."
    ]


@pytest.mark.parametrize("heading", ["Title", "Objective", "Action"])
def test_an_import_cannot_change_official_wording(heading):
    imported(small())
    sheets = small()
    before = sheets["Work items"][0][heading]
    sheets["Work items"][0][heading] = "Other words"
    outcome = later(sheets)
    assert [(row.heading, row.was, row.now) for row in outcome.to_decide] == [
        (heading, before, "Other words")
    ]
    assert getattr(WorkItem.objects.get(), heading.lower()) == before


@pytest.mark.parametrize("before", Stage.values)
@pytest.mark.parametrize("after", Stage.values)
def test_an_import_allows_the_same_changes_of_stage_as_the_pages(before, after):
    def at(stage):
        sheets = small()
        sheets["Work items"][0]["Stage"] = stage
        sheets["Milestones"][0]["Completed on"] = date(2010, 5, 1)
        return sheets

    imported(at(before))
    allowed = after == before or (
        after in WorkItem.objects.get().next_stages and after != Stage.WITHDRAWN
    )
    if allowed:
        later(at(after))
    elif after == Stage.WITHDRAWN:
        assert [row.kind for row in later(at(after)).to_decide] == ["withdrawal"]
    else:
        (sentence,) = refused(at(after))
        assert f"{place('Work items', 2, 'Stage')}: Item 1.1 is " in sentence
    item = WorkItem.objects.get()
    assert item.stage == (after if allowed else before)
    assert (item.completed_on is not None) == (item.stage == Stage.COMPLETE)


def test_updates_are_imported_only_into_accepted_returns():
    plan = imported(small()).plan
    agency = Agency.objects.get(short_name="Police")
    round_ = RoundFactory(plan=plan)
    ReturnFactory(round=round_, agency=agency, state=Return.State.SUBMITTED, submitted_at=NOW)
    sheets = small()
    row = sheets["Updates"][0] | {
        "Period start": round_.period_start,
        "Period end": round_.period_end,
        "Accepted on": date(2010, 7, 20),
    }
    sheets["Updates"] = [row | {"Agency": "Police"}, row]
    assert refused(sheets) == [
        f"{place('Updates', 2, 'Agency')}: The return of Police for January to June 2010 is submitted. "
        "Expected: only updates of returns that are accepted. Accept it in the round, or "
        "leave the row out.",
        f"{place('Updates', 3, 'Agency')}: The return of DoL for January to June 2010 is not there. "
        "Expected: only updates of returns that are accepted. Accept it in the round, or "
        "leave the row out.",
    ]


def test_an_import_never_changes_a_draft_update():
    plan = imported(small()).plan
    round_ = RoundFactory(plan=plan)
    UpdateFactory(
        item=WorkItem.objects.get(),
        of_return=ReturnFactory(round=round_, agency=plan.coordinating_agency),
    )
    assert later(small()).is_empty


# --- All faults at once ---------------------------------------------------------------------


def twelve_faults():
    """Return the small workbook with twelve different faults."""
    sheets = small()
    sheets["Plan"] = setting(sheets["Plan"], "Released on", date(2009, 7, 31))
    sheets["Plan"].append(("Ends on", date(2008, 1, 1)))
    sheets["Agencies"].append({"Short name": "police", "Name": "Police again"})
    sheets["Agencies"].append(
        {"Short name": "MBIE", "Name": "Ministry", "Successor": "DoL"},
    )
    item = sheets["Work items"][0]
    sheets["Work items"] += [
        item | {"Number": "1.2", "Stage": "Begun"},
        item | {"Number": 1.3},
        item | {"Number": "1.4", "Pillar": 9},
        item | {"Number": "1.5", "Lead agency": "Polise", "Stage": "Under way"},
    ]
    milestone = sheets["Milestones"][0]
    sheets["Milestones"] += [
        milestone | {"Milestone": 2, "Original due": "3/31/2010"},
        milestone | {"Work item": "7.7"},
    ]
    sheets["Delays"].append(
        sheets["Delays"][0] | {"Number": 2, "Ended on": date(2010, 1, 1)},
    )
    sheets["Updates"].append(sheets["Updates"][0])
    sheets["Risks"][0] |= {"Colour": "red"}
    return saved(book(sheets, {"Risks": [*headings_of("Risks"), "Colour"]}))


TWELVE = [
    f"{place('Plan', 6, 'Ends on')}: 1 January 2008 is not after the release. Expected: a day after 31 July 2009.",
    f"{place('Agencies', 4, 'Short name')}: “police” is already in row 3. Expected: each agency once.",
    f"{place('Agencies', 5, 'Valid to')}: An agency with a successor has a last day, and MBIE has none. Expected: a date, such as 2010-07-30.",
    f"{place('Work items', 3, 'Stage')}: “Begun” is not an allowed value. Expected: Not started, Under way, Complete, Ongoing or Withdrawn.",
    f"{place('Work items', 4, 'Number')}: The cell holds the number 1.3, and a spreadsheet takes 1.3 and 1.30 for the same. Expected: the number as text, such as 1.10: format the column as Text and type it again.",
    f"{place('Work items', 5, 'Pillar')}: There is no pillar 9. Expected: the number of a pillar on the sheet Pillars.",
    f"{place('Work items', 6, 'Lead agency')}: “Polise” is not an agency on the sheet Agencies. Expected: “Police”, if that is meant, or an agency of that short name added there.",
    f"{place('Milestones', 3, 'Original due')}: “3/31/2010” is not a date. Expected: a date, such as 2010-07-30; a month, such as July 2010; or a quarter of the calendar year, such as July to September 2010 or Q3 2010.",
    f"{place('Milestones', 4, 'Work item')}: There is no work item 7.7. Expected: a number on the sheet Work items.",
    f"{place('Delays', 3, 'Ended on')}: 1 January 2010 is before the delay was found. Expected: a day from 15 February 2010 on.",
    f"{place('Updates', 3, 'Work item')}: DoL's update on 1.1 for this period is already in row 2. "
    "Expected: one update of an item by an agency in a period.",
    f"{place('Risks', 1, 'Colour', beyond=1)}: This sheet has no such column. Expected: one of the columns {join_with_or(headings_of('Risks'))}.",
]


def test_twelve_faults_are_twelve_sentences():
    for act in (preview_import, import_workbook):
        named = {"name": "plan.xlsx"} if act is import_workbook else {}
        with pytest.raises(WorkbookRefused) as refusal:
            act(twelve_faults(), at=NOW, **named)
        assert [str(fault) for fault in refusal.value.faults] == TWELVE
    assert (Plan.objects.count(), Agency.objects.count()) == (0, 0)


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_the_command_prints_all_twelve_and_fails(tmp_path, options):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(twelve_faults().getvalue())
    with pytest.raises(CommandError) as error:
        call_command("import_plan", str(path), *options)
    assert str(error.value).splitlines() == [
        "Nothing was imported: 12 things are wrong.",
        *TWELVE,
    ]
    assert Plan.objects.count() == 0


@pytest.mark.parametrize(
    ("sheet", "row", "sentence"),
    [
        (
            "Agencies",
            {"Short name": "MBIE", "Name": "M", "Valid to": date(2012, 1, 1), "Successor": "MBIE"},
            f"{place('Agencies', 4, 'Successor')}: An agency does not succeed itself. Expected: "
            "the short name of an agency in another row.",
        ),
        (
            "Agencies",
            {"Short name": "MBIE", "Name": "M", "Valid to": date(2012, 1, 1), "Successor": "XY"},
            f"{place('Agencies', 4, 'Successor')}: “XY” is not an agency on this sheet. Expected:"
            " the short name of an agency in another row.",
        ),
        (
            "Agencies",
            {
                "Short name": "MBIE",
                "Name": "M",
                "Valid from": date(2012, 7, 1),
                "Valid to": date(2012, 1, 1),
            },
            f"{place('Agencies', 4, 'Valid to')}: 1 January 2012 is before the agency began. Expected:"
            " a day from 1 July 2012 on.",
        ),
        (
            "Pillars",
            {"Number": 1, "Title": "Again"},
            f"{place('Pillars', 3, 'Number')}: 1 is already in row 2. Expected: a number of "
            "its own for each row.",
        ),
        (
            "Milestones",
            {
                "Work item": "1.1",
                "Milestone": 1,
                "Description": "Again",
                "Responsible agency": "DoL",
                "Original due": date(2010, 3, 31),
            },
            f"{place('Milestones', 3, 'Milestone')}: 1 is already in row 2. Expected: a "
            "number of its own for each row.",
        ),
        (
            "Delays",
            {
                "Work item": "1.1",
                "Milestone": 4,
                "Cause": "Other",
                "Explanation": "x",
                "Found on": date(2010, 3, 31),
            },
            f"{place('Delays', 3, 'Milestone')}: Item 1.1 has no milestone 4. Expected: the "
            "number of a milestone on the sheet Milestones.",
        ),
        (
            "Delays",
            {
                "Work item": "1.1",
                "Milestone": 1,
                "Cause": "Other",
                "Explanation": "x",
                "Cause settled": "Being settled",
                "Found on": date(2010, 3, 31),
            },
            f"{place('Delays', 3, 'Settled by agency')}: The cause is being settled, and no agency is "
            "named. Expected: the short name of the agency that settles it.",
        ),
        (
            "Delays",
            {
                "Work item": "1.1",
                "Milestone": 1,
                "Cause": "Other",
                "Explanation": "x",
                "Cause settled": "Settled",
                "Settled by date": date(2010, 4, 30),
                "Found on": date(2010, 3, 31),
            },
            f"{place('Delays', 3, 'Settled by date')}: This goes only with Being settled in Cause "
            "settled. Expected: Being settled there, or an empty cell here.",
        ),
        (
            "Work items",
            {**SMALL["Work items"][0], "Number": "1.2", "As told": "training for staff."},
            f"{place('Work items', 3, 'As told')}: Leave out the punctuation at the end: the phrase is used "
            "within a sentence. Expected: a phrase of at most 120 characters as it is used within a sentence, without a full stop.",
        ),
        (
            "Mitigations",
            {
                "Work item": "1.1",
                "Milestone": 1,
                "Delay": 2,
                "Mitigation": "x",
                "Owner agency": "DoL",
            },
            f"{place('Mitigations', 3, 'Delay')}: Milestone 1 of item 1.1 has no delay 2. Expected:"
            " a number from 1 to 1.",
        ),
        (
            "Updates",
            {
                "Period start": date(2010, 1, 31),
                "Period end": date(2010, 1, 1),
                "Agency": "DoL",
                "Work item": "1.1",
                "Stage": "Ongoing",
                "Accepted on": date(2010, 2, 1),
            },
            f"{place('Updates', 3, 'Period end')}: 1 January 2010 is not after the period's start. "
            "Expected: a day after 31 January 2010.",
        ),
        (
            "Updates",
            {
                "Period start": date(2009, 7, 1),
                "Period end": date(2009, 12, 31),
                "Agency": "DoL",
                "Work item": "1.1",
                "Stage": "Ongoing",
                "Accepted on": date(2010, 2, 1),
            },
            f"{place('Updates', 3, 'Accepted on')}: DoL's return for this period was accepted on 20 "
            "January 2010, says row 2. Expected: the same day in all rows of an agency and "
            "a period.",
        ),
    ],
)
def test_contradictory_values_are_reported(sheet, row, sentence):
    sheets = small()
    sheets[sheet].append(row)
    assert refused(sheets) == [sentence]


@pytest.mark.parametrize("title", ["New", "Import", "。。。"])
def test_a_title_must_give_a_url(title):
    sheets = small()
    sheets["Plan"] = setting(sheets["Plan"], "Title", title)
    assert refused(sheets) == [
        f"{place('Plan', 5, 'Title')}: No address can be made of “{title}”. Expected: a title "
        "with more letters of the Latin alphabet or digits."
    ]


def test_the_workbook_of_another_plan_is_refused():
    plan = imported(small()).plan
    sheets = small()
    sheets["Plan"] = setting(sheets["Plan"], "Title", "Second plan")
    assert refused(sheets, plan=plan) == [
        f"{place('Plan', 5, 'Title')}: This workbook is of “Second plan”. Expected: the workbook "
        "of “Plan of Action”, the plan that you are importing into."
    ]


def test_a_plan_that_must_be_new_is_refused_if_it_exists():
    plan = imported(small()).plan
    assert refused(small(), new_for={plan.coordinating_agency_id}) == [
        f"{place('Plan', 2, 'Title')}: There is already a plan “Plan of Action”. Expected: "
        "another title; or import the workbook on the page of that plan."
    ]


# --- The command ----------------------------------------------------------------------------


def test_the_command_reports_what_it_did(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(file_of(small()).getvalue())
    out = StringIO()
    call_command("import_plan", str(path), stdout=out)
    assert out.getvalue().splitlines() == [
        "Plan of Action (slug plan-of-action).",
        "Plan: 1 new.",
        "Agencies: 2 new.",
        "Pillars: 1 new.",
        "Work items: 1 new.",
        "Milestones: 1 new.",
        "Delays: 1 new.",
        "Mitigations: 1 new.",
        "Updates: 1 new.",
        "Risks: 1 new.",
        "Measures: 1 new.",
    ]


def test_a_dry_run_reports_the_changes_and_makes_none(tmp_path):
    imported(small())
    sheets = small()
    sheets["Work items"][0]["Confidence"] = "(none)"
    sheets["Agencies"][1]["Name"] = "NZ Police"
    path = tmp_path / "plan.xlsx"
    path.write_bytes(file_of(sheets).getvalue())
    out = StringIO()
    call_command("import_plan", str(path), "--dry-run", stdout=out)
    assert out.getvalue().splitlines() == [
        "Plan of Action (slug plan-of-action). Nothing was written; this is what an import would "
        "do.",
        "Work items, 1.1 Train frontline staff, Confidence: At risk → nothing",
        "Work items: 1 changed.",
        "Not imported. Police: the workbook has NZ Police as Name, the register New Zealand Police.",
    ]
    assert WorkItem.objects.get().confidence == "at_risk"


def test_the_command_reports_a_missing_file(tmp_path):
    with pytest.raises(CommandError) as error:
        call_command("import_plan", str(tmp_path / "nothing.xlsx"))
    assert str(error.value) == (
        f"{tmp_path / 'nothing.xlsx'} cannot be read: No such file or directory."
    )
