"""Test that an import asks whether a milestone is done whose date has passed, where the tracker has no word of it."""

import io
from datetime import date

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from tests.workitems.intake.test_tracker_pages import (
    PREVIEW,
    answer,
    fields_of,
    give_columns,
    mbie,
    person,
    upload,
)
from workitems.models import Milestone, TrackerNote

__all__ = ["mbie", "person"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]

PASSED = (
    "2 milestones have a date that has passed and no word whether they are done. Tick those that are done; the "
    "others will show as overdue."
)


@pytest.fixture
def passed(person):
    """The question about two milestones that were due, the first in a green cell and the second in a red one."""
    book = openpyxl.Workbook()
    for line in (
        ["No", "Action", "Lead", "Milestone", "Due", "RAG"],
        ["1", "Map", "Police", "Map printed", "May 2026", "Green"],
        ["", "", "", "Map agreed", "1 June 2026", ""],
        ["", "", "", "Map used", "May 2099", ""],
    ):
        book.active.append(line)
    for at, colour in (("D2", "92D050"), ("D3", "FF7070")):
        book.active[at].fill = PatternFill("solid", fgColor=colour)
    kept = io.BytesIO()
    book.save(kept)
    upload(person, kept.getvalue())
    give_columns(person)
    page = person.get(PREVIEW)
    (found,) = [each for each in page.context["found"].doubts if each.key == "passed"]
    assert found.problem == PASSED
    assert [tick.label for tick in found.ticks] == [
        "1 Map printed, due in May 2026 (filled green)",
        "1 Map agreed, due on 1 June 2026 (filled red)",
    ]
    return found


def imported(person, answers):
    person.post(PREVIEW, fields_of(person.get(PREVIEW)) | answers | {"act": "update"})
    assert answer(person, act="import").status_code == 302
    return dict(Milestone.objects.order_by("number").values_list("description", "completed_on"))


def test_it_must_be_answered(person, passed):
    answer(person, act="import")
    assert not Milestone.objects.exists()


@pytest.mark.parametrize("by_tick", [True, False])
def test_what_is_done_on_a_day_that_is_not_known_is_not_overdue(person, passed, by_tick):
    answers = {passed.ticks[0].name: "on"} if by_tick else {passed.name: "green"}
    assert imported(person, answers) == {"Map agreed": None, "Map used": None}
    assert "Map printed, due in May 2026" in TrackerNote.objects.values_list("text", flat=True)


def test_all_can_be_done_when_they_were_due(person, passed):
    (day,) = [
        each for each in person.get(PREVIEW).context["found"].doubts if each.key == "passed-day"
    ]
    assert imported(person, {passed.name: "all", day.name: "due"}) == {
        "Map printed": date(2026, 5, 31),
        "Map agreed": date(2026, 6, 1),
        "Map used": None,
    }


def test_none_need_be_done(person, passed):
    done = imported(person, {passed.name: "none"})
    assert done == dict.fromkeys(["Map printed", "Map agreed", "Map used"])
