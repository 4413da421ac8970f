"""Rule 52: what a spreadsheet says stays in its words, and was so before it: the day of import is no change."""

from datetime import date

import pytest
from django.urls import reverse

from reports.progress.changes import read_changes
from reports.progress.changes.periods import offered
from reports.progress.date_moves import read_slips
from reports.progress.record_of_dates import record_of_dates
from reports.progress.trend_words import dates_finding
from reports.progress.view import PlanView
from tests.factories import ReturnFactory, RoundFactory, UpdateFactory
from tests.truth.test_52_first_day import kept_files
from tests.workitems import trackers
from tests.workitems.intake.test_tracker_pages import (
    PREVIEW,
    answer,
    fields_of,
    give_columns,
    mbie,
    person,
    upload,
)
from workitems.models import Plan, Update
from workitems.plan.asat import Moment
from workitems.plan.attention import attention
from workitems.plan.plan_at import plan_at
from workitems.returns.answer_changes import answer_changes

__all__ = ["kept_files", "mbie", "person"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("kept_files"),
    pytest.mark.one_database(reason="what pages say of a spreadsheet"),
]

ON, SHEET = date(2026, 12, 1), date(2026, 11, 24)
HEADINGS = ["No", "Action", "Lead", "Due", "Status", "RAG", "Done?", "Achieved", "Challenges", "Last updated"]  # fmt: skip
ROWS = [
    ["1", "Map", "MBIE", "Aug 2026", "In progress", "A", "", "Draft since May.", "waiting on Cabinet paper", "24/11/2026"],
    ["2", "Alerts", "MBIE", "Feb 2027 (was Oct 2026, was Jun 2026)", "In progress", "R", "", "", "", "24/11/2026"],
    ["3", "Web page", "MBIE", "", "Complete", "", "", "Went live before Xmas", "", "24/11/2026"],
    ["4", "Roads", "MBIE", "30/9/2027", "In progress", "R", "", "Agreed by the group on 3 October", "", "24/11/2026"],
]  # fmt: skip


@pytest.fixture
def plan(person):
    upload(person, trackers.sheet_of([HEADINGS, *ROWS]))
    give_columns(person, as_at="24 November 2026")
    page = person.get(PREVIEW)
    data = fields_of(page)
    for doubt in page.context["found"].doubts:
        if doubt.group == "completed":
            data[doubt.name] = "note"
    person.post(PREVIEW, data | {"act": "update"})
    answer(person, act="import")
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    return Plan.objects.get()


def text_of(person, url):
    return " ".join(person.get(url).text.split())


def test_imported_words_stay_as_they_are_on_every_page(person, plan, mbie):
    shown = [
        text_of(person, plan.items.get(number=number).get_absolute_url()) for number in ("3", "4")
    ]
    shown.append(text_of(person, plan.rounds.get().returns.get().get_absolute_url()))
    now = RoundFactory(plan=plan, period_start=SHEET, period_end=date(2026, 12, 31))
    shown.append(text_of(person, ReturnFactory(round=now, agency=mbie).get_absolute_url()))
    for page in shown:
        assert "MBIE went" not in page
        assert "MBIE agreed" not in page
    assert "Went live before Xmas" in shown[0]
    assert "Agreed by the group on 3 October" in shown[1]
    assert "Agreed by the group on 3 October" in shown[2]


def test_an_approver_reads_the_spreadsheets_words_beside_the_new_ones(plan, mbie):
    said = Update.objects.get(item__number="4")
    (change,) = answer_changes(said, UpdateFactory.build(**TYPED), mbie)
    assert change.before == "Agreed by the group on 3 October"


TYPED = {
    "stage": "under_way", "confidence": "off_track", "achieved": "trained 40 crews", "written_by_id": 1,
}  # fmt: skip


def test_nothing_changed_on_the_day_of_import(plan):
    view = PlanView(plan=plan, at=Moment.today(ON))
    (usual,), default = offered(view, [])
    assert (usual, default.words) == (default, "Spreadsheet of 24 November 2026")
    found = read_changes(PlanView(plan=plan, at=view.at, since=default.moment))
    assert found.summary == "nothing changed"


@pytest.mark.parametrize("asked", ["", "?since=2026-09-01"])
def test_a_comparison_begins_with_the_spreadsheet(person, plan, asked):
    page = person.get(reverse("dashboard:changes", args=[plan.slug]) + asked)
    assert page.context["view"].since == Moment.end_of(SHEET)
    assert page.context["headline"].replace("\N{NO-BREAK SPACE}", " ") == (
        "Since the spreadsheet of 24 November 2026: nothing changed."
    )


def test_what_a_plan_was_before_its_spreadsheet_is_compared_with_nothing(person, plan):
    page = person.get(reverse("dashboard:changes", args=[plan.slug]) + "?at=2026-10-01")
    assert (page.status_code, page.context["groups"]) == (200, [])


def test_moves_of_unknown_days_are_no_moves_of_the_import(plan):
    found = read_slips(PlanView(plan=plan, at=Moment.today(ON)), [])
    assert {line.number: (line.words, list(line.stairs)) for line in found.lines}["2"] == (
        "eight months later than promised", [],
    )  # fmt: skip
    assert found.finding == "Two of 3 dates have slipped."


@pytest.mark.both_databases
def test_a_rating_of_the_spreadsheet_is_called_the_spreadsheets(plan, mbie):
    def warned():
        found = read_slips(PlanView(plan=plan, at=Moment.today(ON)), []).warned
        return [each.says for each in found if each.number == "4"]

    assert warned() == ["Spreadsheet’s rating: off track"]
    item = plan.items.get(number="4")
    item.heard_on = ON
    item.save()
    item.history.create(
        **{
            field.attname: getattr(item, field.attname)
            for field in item._meta.concrete_fields
            if hasattr(item.history.model, field.attname)
        },
        history_date=Moment.end_of(date(2026, 11, 30)).until,
        history_type="~",
    )
    assert warned() == ["Agency’s rating: off track"]


def test_dates_that_came_before_the_spreadsheet_are_not_said_not_to_have_come(plan):
    found = record_of_dates(plan, Moment.today(ON))
    assert (
        dates_finding(found) == "No agreed date has come since the spreadsheet of 24 November 2026"
    )


def test_what_the_spreadsheet_says_of_a_late_item_is_not_said_to_be_missing(person, plan):
    lines = {each.item.number: each for each in attention(plan_at(plan, Moment.today(ON)))}
    assert lines["1"].asked.short == "Late; the spreadsheet says “waiting on Cabinet paper”"
    assert lines["2"].asked.short == "Late, no cause or action recorded"
    assert [
        "Not yet confirmed by MBIE. The spreadsheet says: waiting on Cabinet paper." in page
        for page in (
            text_of(person, plan.items.get(number=number).get_absolute_url()) for number in "12"
        )
    ] == [True, False]


def test_a_long_text_of_the_spreadsheet_is_not_cut_in_a_line(plan):
    Update.objects.filter(item__number="1").update(
        challenges="Five languages live. Tongan translator found, starts Jan"
    )
    (line,) = [
        each for each in attention(plan_at(plan, Moment.today(ON))) if each.item.number == "1"
    ]
    assert line.asked.short == "Late; what the spreadsheet says of it is not confirmed"


def test_what_was_done_is_not_quoted_as_a_cause(person, plan):
    said = "Five languages live. Tongan translator found, starts Jan"
    Update.objects.filter(item__number="1").update(challenges="", achieved=said)
    (line,) = [
        each for each in attention(plan_at(plan, Moment.today(ON))) if each.item.number == "1"
    ]
    assert (line.asked.short, line.unconfirmed) == ("Late, no cause or action recorded", "")
    assert "No cause recorded" in text_of(person, plan.items.get(number="1").get_absolute_url())


def test_an_item_known_from_its_spreadsheet_is_not_said_to_be_updated(person, plan):
    page = text_of(person, plan.items.get(number="2").get_absolute_url())
    assert ("From the spreadsheet, 24 November 2026" in page, "Updated" in page) == (True, False)
