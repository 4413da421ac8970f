"""Test "no change" in a return's workbook: the limits of the page, and what it says beside words."""

from datetime import date, timedelta

import pytest

from tests.factories import (
    MilestoneFactory,
    SupportFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, TODAY, YESTERDAY, earlier_return, newest
from tests.workitems.sheets import Sheets, downloaded, take, upload, write_in_the_browser
from workitems.models import Update
from workitems.returns.services import rounds

OVERDUE = "A milestone is overdue, so “No change” is not enough."
TWICE = "This item had “no change” twice in a row."
GREY, WHITE = "FFE7E6E6", "00000000"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database(reason="a workbook is read and compared; answers are saved on both"),
]


@pytest.fixture
def overdue(item):
    return MilestoneFactory(item=item, description="Brochure printed", agreed_due=YESTERDAY)


@pytest.fixture
def told_twice(of_return, item):
    for end in (date(2009, 6, 30), date(2009, 12, 31)):
        before = earlier_return(of_return, end - timedelta(days=180), end)
        UpdateFactory(of_return=before, item=item, no_change_on=end, achieved="")


@pytest.fixture
def unchanged(of_return, item, approver):
    return rounds.say_no_change(of_return=of_return, item=item, on=TODAY, by=approver, at=NOW)


def answered_yes(writer, of_return, **words):
    """Return the page of a workbook that says "no change" to item 1.2, and these words."""
    sheets = Sheets(downloaded(writer, of_return)).write("No change", "Yes")
    for heading, text in words.items():
        sheets.write(heading, text)
    return upload(writer, of_return, sheets).url


def faults(writer, page):
    return [(fault.place, fault.problem) for fault in writer.get(page).context["faults"]]


def fill(sheets):
    return sheets.cell("No change").fill.fgColor.rgb


def test_yes_answers_the_item_with_a_dated_no_change(writer, of_return, item, contributor):
    page = answered_yes(writer, of_return)
    assert faults(writer, page) == []
    take(writer, page)
    update = Update.objects.get()
    assert (update.no_change_on, update.stage, update.confidence, update.achieved) == (
        *(TODAY, "under_way", "on_track"),
        "",
    )
    assert newest(update) == ("+", contributor.signature, "it was in the workbook “police.xlsx”")


def test_a_supporting_agency_says_it_too(writer, of_return, customs, plan):
    supported = WorkItemFactory(plan=plan, lead_agency=customs, number="1.3")
    SupportFactory(item=supported, agency=of_return.agency)
    MilestoneFactory(item=supported, responsible_agency=customs, agreed_due=YESTERDAY)
    take(writer, answered_yes(writer, of_return))
    update = Update.objects.get()
    assert (update.item, update.no_change_on, update.stage) == (supported, TODAY, "")


def test_no_is_an_empty_cell_and_another_word_is_refused(writer, of_return, item):
    sheets = Sheets(downloaded(writer, of_return)).write("No change", "no")
    page = writer.get(upload(writer, of_return, sheets).url)
    assert (page.context["parts"], page.context["faults"]) == ([], [])
    page = upload(writer, of_return, sheets.write("No change", "Perhaps")).url
    assert faults(writer, page) == [
        ("Answers, row 2, No change (D2)", "“Perhaps” is not an allowed value.")
    ]


@pytest.mark.parametrize(("limit", "sentence"), [("overdue", OVERDUE), ("told_twice", TWICE)])
def test_it_is_grey_and_refused_where_the_page_refuses_it(
    writer, of_return, item, request, limit, sentence
):
    assert fill(Sheets(downloaded(writer, of_return))) == WHITE
    request.getfixturevalue(limit)
    assert fill(Sheets(downloaded(writer, of_return))) == GREY
    page = answered_yes(writer, of_return)
    assert faults(writer, page) == [("Answers, row 2, No change (D2)", sentence)]
    assert all(fault.right.startswith("Write ") for fault in writer.get(page).context["faults"])
    take(writer, page)
    assert not of_return.updates.exists()


def test_a_milestone_that_the_same_workbook_says_is_done_is_not_overdue(
    writer, of_return, item, overdue
):
    sheets = Sheets(downloaded(writer, of_return)).write("No change", "Yes")
    page = upload(writer, of_return, sheets.milestone("Done on", "31 May 2010")).url
    assert faults(writer, page) == []
    take(writer, page)
    assert Update.objects.get().no_change_on == TODAY


def test_what_becomes_overdue_before_it_is_taken_in_is_refused_then(
    writer, of_return, item, request
):
    page = answered_yes(writer, of_return)
    form = writer.get(page).context["form"]
    request.getfixturevalue("overdue")
    answer = writer.post(page, {"fingerprint": form["fingerprint"].value()})
    assert (answer.status_code, Update.objects.count()) == (409, 0)
    assert faults(writer, page) == [("Answers, row 2, No change (D2)", OVERDUE)]


@pytest.mark.parametrize(
    ("heading", "text"), [("Achieved in this period", "Printed."), ("Stage", "Complete")]
)
def test_yes_beside_another_answer_is_a_question_and_the_answer_is_taken(
    writer, of_return, item, heading, text
):
    page = answered_yes(writer, of_return, **{heading: text})
    assert faults(writer, page) == [
        ("Answers, row 2, No change (D2)", "The row says “No change”, and something else too.")
    ]
    take(writer, page)
    update = Update.objects.get()
    assert (update.no_change_on, text in (update.achieved, update.get_stage_display())) == (
        *(None, True),
    )


def test_words_that_were_cleared_for_yes_are_shown_before_they_go(
    writer, of_return, item, contributor
):
    write_in_the_browser(of_return, item, contributor, achieved="Printed.")
    page = answered_yes(writer, of_return, **{"Achieved in this period": None})
    ((_, ((_, shown),)),) = writer.get(page).context["parts"]
    assert [(each.label, each.now, each.said) for each in shown] == [
        ("No change", "", "Yes"),
        ("Achieved in this period", "Printed.", ""),
    ]
    take(writer, page)
    update = Update.objects.get()
    assert (update.no_change_on, update.achieved) == (TODAY, "")


@pytest.mark.parametrize(
    ("choice", "kept"), [("return", ("From the browser.", None)), ("sheet", ("", TODAY))]
)
def test_what_was_written_meanwhile_is_one_choice_with_all_that_would_go(
    writer, of_return, item, approver, choice, kept
):
    sheets = Sheets(downloaded(writer, of_return)).write("No change", "Yes")
    write_in_the_browser(of_return, item, approver, achieved="From the browser.")
    page = upload(writer, of_return, sheets).url
    form = writer.get(page).context["form"]
    assert [(name, form[name].label) for name in form.fields if name != "fingerprint"] == [
        (f"i{item.pk}", "Which text to keep: Item 1.2: Print a brochure")
    ]
    assert "From the browser." in writer.get(page).text
    take(writer, page, **{f"i{item.pk}": choice})
    update = Update.objects.get()
    assert (update.achieved, update.no_change_on) == kept


def test_it_is_in_the_workbook_once_it_is_said(writer, of_return, item, unchanged, overdue):
    sheets = Sheets(downloaded(writer, of_return))
    assert (sheets.cell("No change").value, fill(sheets)) == ("Yes", WHITE)
    page = writer.get(upload(writer, of_return, sheets).url)
    assert (page.context["parts"], page.context["faults"]) == ([], [])


def test_words_beside_a_yes_that_was_there_take_its_place(writer, of_return, item, unchanged):
    page = answered_yes(writer, of_return, **{"Achieved in this period": "Printed."})
    assert faults(writer, page) == []
    take(writer, page)
    update = Update.objects.get()
    assert (update.no_change_on, update.achieved) == (None, "Printed.")


def test_yes_that_is_only_emptied_is_a_question(writer, of_return, item, unchanged):
    sheets = Sheets(downloaded(writer, of_return)).write("No change", None)
    page = upload(writer, of_return, sheets).url
    assert faults(writer, page) == [
        ("Answers, row 2, No change (D2)", "“No change” was emptied, but nothing is written instead."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("emptied", "left"),
    [
        ({"Stage": None}, [("Answers, row 2, Stage (F2)", "Stage is empty: left as it was.")]),
        ({"Stage": None, "No change": "Yes"}, []),
        ({"Key achievement": None}, []),
    ],
)
def test_a_stage_that_is_emptied_is_left_and_listed(writer, of_return, item, emptied, left):
    sheets = Sheets(downloaded(writer, of_return))
    for heading, text in emptied.items():
        sheets.write(heading, text)
    assert faults(writer, upload(writer, of_return, sheets).url) == left
