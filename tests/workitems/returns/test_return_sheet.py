"""Test a return as a workbook: out, and back in as a draft that is compared first."""

import io
from datetime import date
from functools import partial

import openpyxl
import pytest
from django.core import mail

from tests.factories import (
    MilestoneFactory,
    SupportFactory,
    UpdateFactory,
    WaitFactory,
    WorkItemFactory,
)
from tests.workitems.notices.sent import run
from tests.workitems.record import NOW, SLIPPED, TODAY, YESTERDAY, earlier_return, newest, refused
from tests.workitems.sheets import (
    Sheets,
    address,
    downloaded,
    kept_workbook,
    take,
    upload,
    write_in_the_browser,
)
from workitems.models import MilestoneAnswer, ReturnSheet, Update
from workitems.returns.services import milestone_answers
from workitems.returns.services import return_sheet as services
from workitems.returns.services.milestone_answers import open_return
from workitems.returns.sheet import write_workbook

OUT, COMPARED, LISTED = 27, 24, 8

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database(reason="a workbook is read and compared; answers are saved on both"),
]


@pytest.fixture
def sheets(writer, of_return, item):
    return Sheets(downloaded(writer, of_return))


# --- out ----------------------------------------------------------------------------------------


def test_a_row_has_the_last_answer_beside_the_new_one(writer, of_return, item):
    earlier = earlier_return(of_return, date(2009, 7, 1), date(2009, 12, 31))
    UpdateFactory(
        of_return=earlier, item=item, stage="not_started", achieved="=1+1", challenges="No money."
    )
    UpdateFactory(of_return=of_return, item=item, achieved="Printed in Suva.", confidence="at_risk")
    sheets = Sheets(downloaded(writer, of_return))
    headings = [cell.value for cell in sheets.book["Answers"][1]][1:]
    values = [cell.value for cell in sheets.book["Answers"][2]][1:]
    assert dict(zip(headings, values, strict=True)) == {
        "Item": "1.2",
        "Title": "Print a brochure",
        "No change": None,
        "Stage last time": "Not started",
        "Stage": "Under way",
        "Confidence last time": "On track",
        "Confidence in the next date": "At risk",
        "Achieved last time": "=1+1",
        "Achieved in this period": "Printed in Suva.",
        "Planned last time": None,
        "Planned next": None,
        "Challenges last time": "No money.",
        "Challenges": None,
        "Key achievement": "No",
    }
    assert sheets.cell("Achieved last time").data_type == "s"


def test_the_same_return_gives_the_same_bytes(writer, of_return, item, milestone):
    assert downloaded(writer, of_return) == downloaded(writer, of_return)


def test_the_second_sheet_asks_about_the_agencys_milestones(writer, of_return, item, customs):
    MilestoneFactory(item=item, description="Brochure printed", agreed_due=YESTERDAY)
    MilestoneFactory(item=item, description="Staff told", responsible_agency=customs)
    rows = Sheets(downloaded(writer, of_return)).book["Milestones"]
    assert [[cell.value for cell in row][1:5] for row in rows.iter_rows(min_row=2)] == [
        ["1.2", "Brochure printed", "31 May 2010", "31 May 2010"]
    ]


@pytest.mark.parametrize("more", [0, 2])
def test_out_and_in_take_the_same_queries_for_any_number_of_items(
    writer, of_return, item, more, django_assert_num_queries
):
    for number in range(more):
        other = WorkItemFactory(
            plan=item.plan, lead_agency=item.lead_agency, number=f"1.{3 + number}"
        )
        MilestoneFactory(item=other)
    MilestoneFactory(item=item)
    with django_assert_num_queries(OUT):
        sheets = Sheets(downloaded(writer, of_return))
    for row in range(1 + more):
        sheets.write("Challenges", "No money.", row)
        sheets.milestone("Done on", "31 May 2010", row)
    page = upload(writer, of_return, sheets).url
    with django_assert_num_queries(COMPARED):
        writer.get(page)
    with django_assert_num_queries(LISTED):
        writer.get(address(of_return))


# --- in -----------------------------------------------------------------------------------------


def test_an_unchanged_workbook_changes_nothing(writer, of_return, sheets):
    answer = upload(writer, of_return, sheets)
    page = writer.get(answer.url)
    assert (page.status_code, page.context["parts"], page.context["faults"]) == (200, [], [])


def test_an_upload_writes_nothing_before_it_is_confirmed(writer, of_return, item, sheets):
    sheets.write("Achieved in this period", "Printed in Suva.").write("Stage", "Complete")
    answer = upload(writer, of_return, sheets)
    assert (answer.status_code, Update.objects.count()) == (302, 0)
    page = writer.get(answer.url)
    ((title, groups),) = page.context["parts"]
    assert title == "Item 1.2: Print a brochure"
    assert [(each.label, each.now, each.said) for _, group in groups for each in group] == [
        ("Stage", "Under way", "Complete"),
        ("Achieved in this period", "", "Printed in Suva."),
    ]
    assert Update.objects.count() == 0


def test_what_a_workbook_says_gets_the_remarks_that_the_page_would_make(
    writer, of_return, item, milestone
):
    eighth = MilestoneFactory(
        item=item, number=8, agreed_due=TODAY, forecast_due=date(2010, 10, 31)
    )
    sheets = Sheets(downloaded(writer, of_return)).write("Planned next", "we are hiring for INZ")
    sheets.milestone("New date", date(2010, 9, 30)).milestone("Why the date moves", "No printer.")
    sheets.milestone("Cause", "Staffing").milestone("What is being done", "Hire one for the CNS.")
    page = writer.get(upload(writer, of_return, sheets).url)
    parts = page.context["parts"]
    remarks = {each.label: each.remarks for _, groups in parts for _, of in groups for each in of}
    acronym = "{} is not in the plan’s glossary, which the coordinator keeps: write it out."
    assert remarks["Planned next"][-1] == acronym.format("INZ")
    by_when = "If there is a day, enter it under “By when”: the paper tells dated steps."
    assert remarks["What is being done"] == [acronym.format("CNS"), by_when]
    assert remarks["Cause"] == ()
    assert remarks["New date"] == [
        "Milestone 1 of item 1.2 is expected on 30 September 2010, but milestone 8, which was to come before it, only on "
        f'31 October 2010. Is that so? If not, <a href="{eighth.get_absolute_url()}">change the date of milestone 8</a>.'
    ]
    assert f'<p class="stem-remark">{acronym.format("CNS")}</p>' in page.text


@pytest.mark.both_databases
def test_what_is_confirmed_is_a_draft_whose_history_names_the_workbook(
    writer, of_return, item, sheets, contributor
):
    sheets.write("Achieved in this period", "Printed in Suva.")
    answer = take(writer, upload(writer, of_return, sheets).url)
    update = Update.objects.get()
    assert answer.status_code == 302
    assert (update.stage, update.confidence, update.achieved) == (
        *("under_way", "on_track"),
        "Printed in Suva.",
    )
    assert newest(update) == ("+", contributor.signature, "it was in the workbook “police.xlsx”")
    of_return.refresh_from_db()
    assert of_return.state == "due"


def test_a_milestone_is_answered_through_the_forms_of_the_page(
    writer, of_return, item, milestone, contributor, customs
):
    MilestoneFactory(item=item, number=2, description="Staff trained", agreed_due=YESTERDAY)
    sheets = Sheets(downloaded(writer, of_return))
    sheets.milestone("Done on", "31/5/2010").milestone("Evidence", "The invoice.")
    sheets.milestone("New date", date(2010, 9, 30), 1).milestone(
        "Why the date moves", "No printer.", 1
    )
    sheets.milestone("Cause", "Staffing", 1).milestone("What is being done", "Hire one.", 1)
    sheets.milestone("Is the cause settled?", "Being settled", 1)
    sheets.milestone("Which agency settles it", "Customs", 1)
    sheets.milestone("Settled by when", "31 July 2010", 1).milestone("Effect", "Fewer read it.", 1)
    sheets.milestone("Until then", "Police copy it.", 1).milestone("It needs", "A tender.", 1)
    sheets.milestone("The money would come from", "Vote Police.", 1)
    sheets.milestone("If it is declined", "People wait.", 1)
    take(writer, upload(writer, of_return, sheets).url)
    done, late = MilestoneAnswer.objects.order_by("milestone__number")
    assert (done.outcome, done.day, done.reason) == ("done", YESTERDAY, "The invoice.")
    assert (late.outcome, late.day, late.new_mitigation) == (
        *("not_yet", date(2010, 9, 30)),
        "Hire one.",
    )
    assert late.owner_agency == of_return.agency
    assert (late.settlement, late.settling_agency, late.settling_by, late.effect) == (
        *("being_settled", customs),
        *(date(2010, 7, 31), "Fewer read it."),
    )
    assert (late.meanwhile, late.needs) == ("Police copy it.", "A tender.")
    assert (late.money_from, late.if_declined) == ("Vote Police.", "People wait.")
    assert newest(late) == ("+", contributor.signature, "it was in the workbook “police.xlsx”")


def test_the_sheet_names_who_else_settles_a_cause(writer, of_return, milestone):
    sheets = Sheets(downloaded(writer, of_return))
    sheets.milestone("New date", date(2010, 9, 30)).milestone("Why the date moves", "No printer.")
    sheets.milestone("Cause", "Staffing").milestone("What is being done", "Hire one.")
    sheets.milestone("Is the cause settled?", "Being settled")
    sheets.milestone("Who else settles it", "Cabinet")
    take(writer, upload(writer, of_return, sheets).url)
    late = MilestoneAnswer.objects.get()
    assert (late.settlement, late.settling_agency, late.settling_other) == (
        *("being_settled", None),
        "Cabinet",
    )


def test_fields_that_only_one_side_changed_come_together(writer, of_return, item, sheets, approver):
    write_in_the_browser(of_return, item, approver, planned_next="Print more.")
    sheets.write("Achieved in this period", "Printed in Suva.")
    page = upload(writer, of_return, sheets).url
    (only,) = writer.get(page).context["form"].fields.keys() - {"fingerprint"}
    assert only == f"i{item.pk}-achieved"
    take(writer, page)
    update = Update.objects.get()
    assert (update.achieved, update.planned_next) == ("Printed in Suva.", "Print more.")


@pytest.mark.parametrize(
    ("choice", "kept", "said"),
    [
        ("return", "From the browser.", "Kept:"),
        ("sheet", "From the workbook.", "Taken:"),
        ("both", "From the browser.\n\nFrom the workbook.", "Both kept:"),
    ],
)
def test_a_field_that_both_changed_is_a_choice_and_all_three_texts_survive(
    writer, client_of, of_return, item, contributor, approver, choice, kept, said
):
    write_in_the_browser(of_return, item, contributor, achieved="As taken out.")
    sheets = Sheets(downloaded(writer, of_return))
    write_in_the_browser(of_return, item, approver, achieved="From the browser.")
    sheets.write("Achieved in this period", "From the workbook.")
    page = upload(writer, of_return, sheets).url
    texts = ("As taken out.", "From the browser.", "From the workbook.")
    ((_, ((field, (shown,)),)),) = writer.get(page).context["parts"]
    assert (shown.base, shown.now, shown.said, shown.is_conflict) == (*texts, True)
    assert shown.written == "Police approver, 1 June 2010, 9:30 a.m."
    unanswered = take(writer, page)
    assert unanswered.status_code == 422
    assert "Choose which text to keep" in unanswered.text
    assert Update.objects.get().achieved == "From the browser."
    take(writer, page, **{field.name: choice})
    assert Update.objects.get().achieved == kept
    ((_, ((_, (shown,)),)),) = writer.get(page).context["parts"]
    assert (shown.base, shown.now, shown.said) == texts
    assert said in writer.get(page).text


def test_what_is_left_out_stays_as_the_return_says(writer, of_return, item, milestone):
    sheets = Sheets(downloaded(writer, of_return)).write("Challenges", "No money.")
    sheets.write("Planned next", "Print more.").milestone("Done on", "31 May 2010")
    page = upload(writer, of_return, sheets).url
    take(writer, page, **{f"i{item.pk}-challenges": "on", f"m{milestone.pk}": "on"})
    update = Update.objects.get()
    assert (update.planned_next, update.challenges) == ("Print more.", "")
    assert MilestoneAnswer.objects.count() == 0
    taken = ReturnSheet.objects.get().taken["shown"]
    assert [(each["label"], each["is_taken"]) for each in taken] == [
        ("Planned next", True),
        ("Challenges", False),
        ("Done on", False),
    ]


def test_both_texts_together_may_be_too_long(writer, of_return, item, contributor, sheets):
    write_in_the_browser(of_return, item, contributor, achieved="x" * 4000)
    page = upload(writer, of_return, sheets.write("Achieved in this period", "y" * 4000)).url
    take(writer, page, **{f"i{item.pk}-achieved": "both"})
    assert Update.objects.get().achieved == "x" * 4000
    assert "3,002 characters too long" in writer.get(page).text


def test_two_colleagues_and_the_browser_write_about_the_same_item(
    client_of, of_return, item, contributor, approver, sheets
):
    mine, theirs = client_of(contributor), client_of(approver)
    first = upload(mine, of_return, sheets.write("Challenges", "First colleague.")).url
    second = upload(theirs, of_return, sheets.write("Challenges", "Second colleague.")).url
    write_in_the_browser(of_return, item, contributor, challenges="From the browser.")
    take(mine, first, **{f"i{item.pk}-challenges": "sheet"})
    ((_, ((_, (shown,)),)),) = theirs.get(second).context["parts"]
    assert (shown.now, shown.said) == ("First colleague.", "Second colleague.")
    take(theirs, second, **{f"i{item.pk}-challenges": "return"})
    assert Update.objects.get().challenges == "First colleague."
    kept = {
        (each["now"], each["said"]) for row in ReturnSheet.objects.all() for each in row.taken["shown"]
    }  # fmt: skip
    assert kept == {
        ("From the browser.", "First colleague."),
        ("First colleague.", "Second colleague."),
    }


def test_a_return_that_changes_while_it_is_compared_is_shown_again(
    writer, of_return, item, sheets, approver
):
    page = upload(writer, of_return, sheets.write("Challenges", "No money.")).url
    seen = writer.get(page).context["form"]["fingerprint"].value()
    write_in_the_browser(of_return, item, approver, challenges="From the browser.")
    answer = writer.post(page, {"fingerprint": seen})
    assert answer.status_code == 409
    assert Update.objects.get().challenges == "From the browser."


def test_a_milestone_answered_meanwhile_is_a_choice_as_a_whole(
    writer, of_return, item, milestone, approver
):
    sheets = Sheets(downloaded(writer, of_return))
    milestone_answers.answer(
        of_return=of_return, milestone=milestone, version=milestone.version, outcome="done",
        day=TODAY, by=approver, on=TODAY, at=NOW,
    )  # fmt: skip
    sheets.milestone("Done on", "31 May 2010").milestone("Evidence", "The invoice.")
    page = upload(writer, of_return, sheets).url
    form = writer.get(page).context["form"]
    assert form.fields.keys() == {"fingerprint", f"m{milestone.pk}"}
    take(writer, page, **{f"m{milestone.pk}": "sheet"})
    assert MilestoneAnswer.objects.get().day == YESTERDAY


def test_what_the_forms_refuse_is_listed_and_the_rest_is_taken(
    writer, of_return, item, milestone, sheets
):
    sheets = Sheets(downloaded(writer, of_return))
    sheets.write("Challenges", "x" * 5001).write("Planned next", "Print more.")
    sheets.write("Stage", "Nearly there").milestone("Done on", "soon")
    page = upload(writer, of_return, sheets).url
    faults = [(fault.place, fault.problem) for fault in writer.get(page).context["faults"]]
    assert faults == [
        ("Answers, row 2, Stage (F2)", "“Nearly there” is not an allowed value."),
        ("Answers, row 2, Challenges (N2)", "Challenges is 1 character too long."),
        ("Milestones, row 2, Done on (F2)", "Enter a date, such as 26 May 2010."),
    ]  # fmt: skip
    take(writer, page)
    update = Update.objects.get()
    assert (update.stage, update.planned_next, update.challenges) == (
        *("under_way", "Print more."),
        "",
    )


def test_a_supporting_agency_answers_without_stage_and_confidence(writer, of_return, customs, item):
    supported = WorkItemFactory(plan=item.plan, lead_agency=customs, number="1.3")
    SupportFactory(item=supported, agency=of_return.agency)
    sheets = Sheets(downloaded(writer, of_return))
    sheets.write("Achieved in this period", "We helped.", 1).write("Stage", "Complete", 1)
    page = upload(writer, of_return, sheets).url
    (fault,) = writer.get(page).context["faults"]
    assert fault.problem == "Only Customs sets the stage and confidence of item 1.3."
    take(writer, page)
    update = Update.objects.get()
    assert (update.item, update.stage, update.achieved) == (supported, "", "We helped.")


def test_a_locked_return_takes_no_workbook(writer, of_return, sheets, item):
    page = upload(writer, of_return, sheets.write("Challenges", "No money.")).url
    form = writer.get(page).context["form"]["fingerprint"].value()
    of_return.state, of_return.submitted_at = "submitted", NOW
    of_return.save()
    assert upload(writer, of_return, sheets).status_code == 422
    writer.post(page, {"fingerprint": form})
    assert Update.objects.count() == 0
    assert writer.get(address(of_return, "download-workbook")).status_code == 302


def test_a_confirmed_workbook_is_taken_once(writer, of_return, sheets, item):
    page = upload(writer, of_return, sheets.write("Challenges", "No money.")).url
    data = {"fingerprint": writer.get(page).context["form"]["fingerprint"].value()}
    for _ in range(2):
        writer.post(page, data)
    assert Update.objects.get().version == 1


# --- by mail ------------------------------------------------------------------------------------


def test_the_mail_of_the_round_brings_the_workbook_without_words_of_this_round(
    of_return, item, contributor, coordinator, approver
):
    write_in_the_browser(of_return, item, approver, achieved="Printed in Suva.")
    WorkItemFactory(plan=item.plan, lead_agency=item.lead_agency, number="1.3")
    run(date(2010, 6, 15))
    (sent,) = mail.outbox
    ((name, content, _),) = sent.attachments
    assert (sent.to, name) == ([contributor.email], "police-january-to-june-2010.xlsx")
    sheets = Sheets(content)
    assert sheets.cell("Achieved in this period").value is None


def test_what_was_written_since_the_mail_is_a_choice(writer, of_return, item, approver):
    sheets = Sheets(write_workbook(of_return, TODAY, with_draft=False))
    write_in_the_browser(of_return, item, approver, achieved="Browser.", challenges="No money.")
    page = upload(writer, of_return, sheets.write("Achieved in this period", "Mail.")).url
    ((_, ((_, (shown,)),)),) = writer.get(page).context["parts"]
    assert (shown.base, shown.now, shown.said, shown.is_conflict) == ("", "Browser.", "Mail.", True)


# --- from another release, and through another program ---------------------------------------------


def test_a_workbook_of_the_release_before_no_change_is_read_as_ever(
    writer, of_return, item, milestone
):
    content = kept_workbook("return-of-the-first-release.xlsx", of_return, item, milestone)
    sheets = Sheets(content).write("Achieved in this period", "Printed in Suva.")
    sheets.milestone("New date", "30 September 2010").milestone("Why it is late", "No printer.")
    sheets.milestone("Cause", "Staffing").milestone("What is being done", "Hire one.")
    page = upload(writer, of_return, sheets).url
    assert writer.get(page).context["faults"] == []
    take(writer, page)
    update, late = Update.objects.get(), MilestoneAnswer.objects.get()
    assert (update.achieved, late.day, late.cause) == (
        *("Printed in Suva.", date(2010, 9, 30)),
        "staffing",
    )


def test_what_an_older_workbook_does_not_ask_stays_as_the_return_says(
    writer, of_return, item, milestone, approver, customs
):
    content = kept_workbook("return-of-the-first-release.xlsx", of_return, item, milestone)
    milestone_answers.answer(
        of_return=of_return, milestone=milestone, version=milestone.version, outcome="not_yet",
        day=date(2010, 9, 30), reason="No printer.", cause="staffing", effect="Fewer read it.",
        mitigation="Hire one.", owner_agency=customs, settlement="settled", by=approver, on=TODAY, at=NOW,
        meanwhile="Police copy it.", needs="A tender.",
    )  # fmt: skip
    sheets = Sheets(content).milestone("New date", "31 October 2010")
    sheets.milestone("Why it is late", "No paper.").milestone("Cause", "Procurement")
    sheets.milestone("What is being done", "Buy some.").milestone("By which agency", "Police")
    page = upload(writer, of_return, sheets).url
    take(writer, page, **{f"m{milestone.pk}": "sheet"})
    answer = MilestoneAnswer.objects.get()
    assert (answer.day, answer.reason, answer.effect, answer.settlement) == (
        *(date(2010, 10, 31), "No paper."),
        *("Fewer read it.", "settled"),
    )
    assert (answer.meanwhile, answer.needs) == ("Police copy it.", "A tender.")


def test_a_workbook_saved_by_libreoffice_calc_has_its_keys_words_choices_and_dates(
    writer, of_return, item, milestone, customs
):
    """The file was saved by LibreOffice 25.2 (`soffice --convert-to xlsx`) with these answers in it."""
    content = kept_workbook("return-saved-by-libreoffice-calc.xlsx", of_return, item, milestone)
    page = upload(writer, of_return, content).url
    assert writer.get(page).context["faults"] == []
    take(writer, page)
    update, late = Update.objects.get(), MilestoneAnswer.objects.get()
    assert (update.stage, update.achieved) == (
        "complete",
        "=1+1\nis not a formula. Tāmaki Makaurau.",
    )
    assert (late.day, late.reason, late.cause, late.new_mitigation) == (
        *(date(2010, 9, 30), "The printer closed."),
        *("procurement", "Another printer."),
    )
    assert (late.settlement, late.settling_agency, late.settling_by, late.mitigation_due_on) == (
        *("being_settled", customs),
        *(date(2010, 7, 31), date(2010, 8, 31)),
    )


# --- what does not go together -------------------------------------------------------------------


def test_words_that_go_with_another_date_are_listed_and_not_said_to_be_taken(
    writer, of_return, item, milestone
):
    sheets = Sheets(downloaded(writer, of_return)).milestone("Done on", "31 May 2010")
    sheets.milestone("Why the date moves", "No printer.").milestone("Evidence", "The invoice.")
    page = upload(writer, of_return, sheets).url
    assert [(fault.place, fault.problem) for fault in writer.get(page).context["faults"]] == [
        ("Milestones, row 2, Why the date moves (I2)", "This goes only with “New date”, so it was not read.")
    ]  # fmt: skip
    take(writer, page)
    assert [each["label"] for each in ReturnSheet.objects.get().taken["shown"]] == [
        *("Done on", "Evidence"),
    ]
    assert MilestoneAnswer.objects.get().reason == "The invoice."


def test_words_on_a_milestone_without_a_date_are_a_question(writer, of_return, item, milestone):
    sheets = Sheets(downloaded(writer, of_return)).milestone("Why the date moves", "No printer.")
    page = upload(writer, of_return, sheets).url
    assert [fault.problem for fault in writer.get(page).context["faults"]] == [
        "Neither “Done on” nor “New date” is filled.",
        "The rest of this row was not read either: Why the date moves.",
    ]


def test_taking_a_milestone_leaves_what_the_workbook_left(
    writer, of_return, item, milestone, approver
):
    sheets = Sheets(downloaded(writer, of_return)).milestone("Done on", "31 May 2010")
    milestone_answers.answer(
        of_return=of_return, milestone=milestone, version=milestone.version, outcome="done",
        day=TODAY, reason="The invoice.", by=approver, on=TODAY, at=NOW,
    )  # fmt: skip
    page = upload(writer, of_return, sheets).url
    ((_, ((_, shown),)),) = writer.get(page).context["parts"]
    assert [(each.label, each.now, each.said) for each in shown] == [
        ("Done on", "1 June 2010", "31 May 2010"),
    ]
    take(writer, page, **{f"m{milestone.pk}": "sheet"})
    answer = MilestoneAnswer.objects.get()
    assert (answer.day, answer.reason) == (YESTERDAY, "The invoice.")


# --- discarded ----------------------------------------------------------------------------------


def test_a_discarded_workbook_is_listed_and_its_comparison_is_gone(
    writer, of_return, item, sheets, contributor
):
    page = upload(writer, of_return, sheets.write("Challenges", "No money.")).url
    assert "Discard the workbook" in writer.get(page).text
    fingerprint = writer.get(page).context["form"]["fingerprint"].value()
    answer = writer.post(f"{page}discard/", follow=True)
    assert answer.redirect_chain == [(address(of_return), 302)]
    assert "“police.xlsx” is discarded." in answer.text
    assert f"Discarded on 1 June 2010, 9:30 a.m., by {contributor.signature}" in answer.text
    assert page not in answer.text
    for answer in (writer.get(page), writer.post(page, {"fingerprint": fingerprint})):
        assert (answer.status_code, answer.url) == (302, address(of_return))
    assert Update.objects.count() == 0
    sheet = ReturnSheet.objects.get()
    assert (sheet.discarded_by, sheet.discarded_at, sheet.taken) == (contributor, NOW, None)


@pytest.mark.both_databases
def test_a_workbook_is_taken_in_or_discarded_once(writer, of_return, item, sheets, contributor):
    page = upload(writer, of_return, sheets.write("Challenges", "No money.")).url
    take(writer, page)
    sheet = ReturnSheet.objects.get()
    with refused("This workbook was already taken into the return."):
        services.discard(sheet=sheet, by=contributor, at=NOW)
    assert "Discard the workbook" not in writer.get(page).text
    page = upload(writer, of_return, sheets.write("Challenges", "No paper.")).url
    sheet = ReturnSheet.objects.get(taken_at=None)
    services.discard(sheet=sheet, by=contributor, at=NOW)
    for act in (services.discard, partial(services.finish, taken={})):
        with refused(f"{contributor.signature} has already discarded this workbook."):
            act(sheet=sheet, by=contributor, at=NOW)


@pytest.mark.both_databases
def test_nothing_is_written_of_a_workbook_that_is_discarded_while_it_is_taken_in(
    writer, of_return, item, sheets, contributor, monkeypatch
):
    page = upload(writer, of_return, sheets.write("Challenges", "No money.")).url
    fingerprint = writer.get(page).context["form"]["fingerprint"].value()

    def discarded_meanwhile(of_return):
        services.discard(sheet=ReturnSheet.objects.get(), by=contributor, at=NOW)
        return open_return(of_return)

    monkeypatch.setattr("workitems.returns.views.return_sheet.open_return", discarded_meanwhile)
    assert writer.post(page, {"fingerprint": fingerprint}).status_code == 302
    assert Update.objects.count() == 0


@pytest.mark.parametrize(
    ("sheet", "heading", "hint"),
    [
        ("Answers", "Planned next", "Police will … For example, “train the staff of all regions”."),
        ("Milestones", "What is being done", "The owner will … For example, “publish the parts that are agreed”."),
        ("Milestones", "It needs", "To be done, it needs … For example, “a second tender”."),
    ],
)  # fmt: skip
def test_a_cell_shows_the_beginning_of_its_sentence(writer, of_return, sheet, heading, hint):
    workbook = openpyxl.load_workbook(io.BytesIO(downloaded(writer, of_return)))
    shown = workbook[sheet].data_validations.dataValidation
    assert [each.prompt for each in shown if each.promptTitle == heading] == [hint]


def test_what_a_milestone_waits_for_stands_below_it_and_is_not_read(
    writer, of_return, item, milestone
):
    other = MilestoneFactory(
        item=WorkItemFactory(plan=item.plan, number="3.3"),
        number=2,
        description="Way of tracing agreed",
        forecast_due=SLIPPED,
    )
    third = MilestoneFactory(item=WorkItemFactory(plan=item.plan, number="4.1"), number=1)
    WaitFactory(milestone=milestone, waits_for=other)
    WaitFactory(milestone=third, waits_for=milestone)
    sheets = Sheets(downloaded(writer, of_return))
    headings = [cell.value for cell in sheets.book["Milestones"][1]]
    cell = sheets.book["Milestones"].cell(2, headings.index("Milestone") + 1)
    others = [row.responsible_agency.short_name for row in (other, third)]
    assert cell.value.splitlines() == [
        "Brochure printed",
        "The agreed date can no longer be met.",
        f"Waits for “{other}” of {others[0]} (3.3), now expected on 30 September 2010 (confirmed)",
        f"Waited for by “{third}” of {others[1]} (4.1), agreed for 30 June 2010, which can no longer be met",
    ]
