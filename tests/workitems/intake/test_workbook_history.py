"""Test that an import happens as a whole or not at all, and the history that it writes."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from agencies.models import Agency
from tests.workitems.workbooks import NOW, completed, file_of, imported, later, setting, small
from workitems.intake.workbook import preview_import
from workitems.models import (
    Delay,
    Milestone,
    Mitigation,
    Plan,
    Return,
    Risk,
    Round,
    Update,
    WorkItem,
)

pytestmark = pytest.mark.django_db


def on(year, month, day):
    """Noon of a New Zealand day."""
    return datetime(year, month, day, 12, tzinfo=timezone.get_default_timezone())


# --- All or nothing -------------------------------------------------------------------------


def test_a_preview_writes_nothing():
    outcome = preview_import(file_of(small()), at=NOW)
    assert outcome.plan_is_new
    assert (Plan.objects.count(), Agency.objects.count(), Plan.history.count()) == (0, 0, 0)


def test_an_import_that_fails_halfway_is_rolled_back(monkeypatch):
    monkeypatch.setattr(Risk.objects, "bulk_create", lambda *args, **kwargs: 1 / 0)
    monkeypatch.setattr(Risk._default_manager, "bulk_create", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        imported(small())
    assert (Plan.objects.count(), Agency.objects.count(), WorkItem.history.count()) == (0, 0, 0)


def test_an_import_makes_the_changes_of_its_preview_or_none():
    imported(small())
    sheets = small()
    sheets["Work items"][0]["Confidence"] = "On track"
    preview = preview_import(file_of(sheets), at=NOW)
    WorkItem.objects.update(confidence="off_track")
    outcome = later(sheets, expected=preview.fingerprint)
    assert outcome.fingerprint != preview.fingerprint
    assert WorkItem.objects.get().confidence == "off_track"
    later(sheets, expected=outcome.fingerprint)
    assert WorkItem.objects.get().confidence == "on_track"


@pytest.mark.parametrize("copies", [1, 3])
def test_an_import_takes_the_same_queries_for_any_number_of_rows(django_assert_num_queries, copies):
    sheets = small()
    for name in ("Work items", "Milestones", "Delays", "Mitigations", "Updates"):
        key = "Number" if name == "Work items" else "Work item"
        sheets[name] = [sheets[name][0] | {key: f"1.{n}"} for n in range(1, copies + 1)]
    imported(sheets)
    with django_assert_num_queries(16):
        preview_import(file_of(sheets), at=NOW)


# --- History --------------------------------------------------------------------------------


def test_an_imported_plan_can_be_shown_as_at_any_day():
    sheets = small()
    sheets["Milestones"].append(
        {
            "Work item": "1.1",
            "Milestone": 2,
            "Description": "Course held",
            "Responsible agency": "DoL",
            "Original due": date(2010, 6, 30),
            "Completed on": date(2010, 6, 12),
        }
    )
    imported(sheets)

    def item(day):
        return [
            (i.stage, i.confidence, i.heard_on) for i in WorkItem.history.as_of(day)
        ]  # fmt: skip

    assert item(on(2009, 7, 30)) == []
    assert item(on(2009, 7, 31)) == [("not_started", "", None)]
    assert item(on(2010, 1, 19)) == [("not_started", "", None)]
    assert item(on(2010, 1, 20)) == [("under_way", "at_risk", date(2010, 1, 20))]

    def milestones(day):
        found = Milestone.history.as_of(day).order_by("number")
        return [(m.forecast_due, m.completed_on) for m in found]

    march, june, september = date(2010, 3, 31), date(2010, 6, 30), date(2010, 9, 30)
    assert milestones(on(2010, 2, 14)) == [(march, None), (june, None)]
    assert milestones(on(2010, 2, 15)) == [(september, None), (june, None)]
    assert milestones(on(2010, 6, 12)) == [(september, None), (june, date(2010, 6, 12))]
    assert [len(Delay.history.as_of(on(2010, 2, day))) for day in (14, 15)] == [0, 1]
    assert [len(Update.history.as_of(on(2010, 1, day))) for day in (19, 20)] == [0, 1]
    assert Round.history.as_of(on(2010, 1, 10)).get().closed_at is None
    assert Return.history.as_of(on(2010, 1, 10)).get().state == "due"
    assert Return.history.as_of(on(2010, 1, 20)).get().state == "accepted"


def test_imported_history_ends_with_the_current_row():
    sheets = small()
    # The agency's last update differs from the sheet of items.
    sheets["Work items"][0]["Stage"] = "Ongoing"
    imported(sheets)
    newest = WorkItem.history.latest()
    assert (newest.stage, newest.history_date, newest.history_type) == ("ongoing", NOW, "~")
    assert WorkItem.history.as_of(on(2010, 7, 30)).get().stage == "under_way"


def test_a_complete_item_is_complete_in_history_from_its_day_on():
    sheets = completed(**{"Completed on": date(2010, 1, 10)})
    sheets["Updates"].append(
        sheets["Updates"][0]
        | {
            "Period start": date(2010, 1, 1),
            "Period end": date(2010, 6, 30),
            "Stage": "Complete",
            "Accepted on": date(2010, 7, 20),
        }
    )
    imported(sheets)
    days = [on(2010, 1, 10), on(2010, 1, 20), on(2010, 7, 19), on(2010, 7, 20), on(2026, 6, 1)]
    assert [WorkItem.history.as_of(day).get().stage for day in days] == [
        "not_started",
        "under_way",
        "under_way",
        "complete",
        "complete",
    ]
    assert WorkItem.history.latest().completed_on == date(2010, 1, 10)


def test_an_item_without_updates_is_complete_from_its_day_on():
    sheets = completed(**{"Completed on": date(2010, 3, 1)})
    sheets["Updates"] = []
    imported(sheets)
    days = [on(2010, 2, 28), on(2010, 3, 1)]
    assert [WorkItem.history.as_of(day).get().stage for day in days] == ["not_started", "complete"]


def test_an_item_without_updates_has_been_under_way_all_along():
    sheets = small()
    sheets["Updates"] = []
    imported(sheets)
    item = WorkItem.history.as_of(on(2009, 8, 1)).get()
    assert (item.stage, item.confidence) == ("under_way", "at_risk")


def test_no_row_has_two_states_at_one_moment():
    sheets = small()
    release = date(2009, 7, 31)
    sheets["Milestones"][0]["Completed on"] = release
    sheets["Delays"][0] |= {"Found on": release, "Ended on": release}
    sheets["Mitigations"][0]["Done on"] = release
    sheets["Updates"][0] |= {"Accepted on": release}
    sheets["Risks"][0] |= {"Escalated on": release, "Closed on": release}
    imported(sheets)
    for model in (WorkItem, Milestone, Delay, Mitigation, Risk, Round, Return, Update):
        moments = list(model.history.values_list("id", "history_date"))
        assert len(set(moments)) == len(moments), model
        assert len(model.history.as_of(NOW)) == 1, model


def test_the_history_of_an_unreleased_plan_begins_with_its_import():
    sheets = small()
    sheets["Plan"] = setting(sheets["Plan"], "Released on", date(2027, 1, 1))
    imported(sheets)
    assert [(h.history_type, h.history_date) for h in WorkItem.history.all()] == [("+", NOW)]
    assert WorkItem.history.get().stage == "under_way"


def test_history_names_the_import_the_file_and_the_user(coordinator):
    imported(small())
    by_command = WorkItem.history.latest()
    assert (by_command.history_actor, by_command.history_user) == ("Spreadsheet import", None)
    assert by_command.history_change_reason == "Imported from plan.xlsx on 1 July 2026"
    sheets = small()
    sheets["Work items"][0]["Confidence"] = "On track"
    later(sheets, by=coordinator)
    by_person = WorkItem.history.latest()
    assert by_person.history_user == coordinator
    assert by_person.history_actor == "Coordinator (DoL)"


def test_later_updates_are_added_to_history_on_their_own_days():
    imported(small())
    sheets = small()
    sheets["Work items"][0] |= {"Stage": "Ongoing", "Confidence": "On track"}
    sheets["Updates"].append(
        sheets["Updates"][0]
        | {
            "Period start": date(2010, 1, 1),
            "Period end": date(2010, 6, 30),
            "Stage": "Ongoing",
            "Confidence": "On track",
            "Accepted on": date(2010, 7, 20),
        }
    )
    later(sheets)
    days = [on(2010, 7, 19), on(2010, 7, 20)]
    assert [WorkItem.history.as_of(day).get().stage for day in days] == ["under_way", "ongoing"]
    assert WorkItem.history.count() == 3
    assert WorkItem.objects.get().heard_on == date(2010, 7, 20)


def test_a_change_without_a_date_takes_effect_at_the_import():
    imported(small())
    sheets = small()
    sheets["Work items"][0]["Confidence"] = "On track"
    moment = NOW + timedelta(minutes=1)
    imported(sheets, at=moment)
    newest = WorkItem.history.latest()
    assert (newest.history_date, newest.history_type, newest.confidence) == (
        moment,
        "~",
        "on_track",
    )


def test_a_newly_completed_milestone_is_dated_on_its_day_in_history():
    imported(small())
    sheets = small()
    sheets["Milestones"][0]["Completed on"] = date(2010, 8, 2)
    later(sheets)
    assert Milestone.history.as_of(on(2010, 8, 1)).get().completed_on is None
    assert Milestone.history.as_of(on(2010, 8, 2)).get().completed_on == date(2010, 8, 2)
    assert Milestone.history.count() == 3
