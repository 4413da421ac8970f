"""Test a return as a workbook: out, and back in as a draft that is compared first."""

from datetime import date

import pytest
from django.core import mail

from tests.factories import (
    MilestoneFactory,
    ReturnFactory,
    RoundFactory,
    SupportFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.notices import run
from tests.workitems.record import NOW, TODAY, YESTERDAY, newest
from tests.workitems.sheets import Sheets, address, downloaded, take, upload
from workitems.models import MilestoneAnswer, ReturnSheet, Update
from workitems.return_sheet import write_workbook
from workitems.services import rounds

OUT, COMPARED, LISTED = 26, 23, 8

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def writer(client_of, contributor):
    return client_of(contributor)


@pytest.fixture
def sheets(writer, of_return, item):
    return Sheets(downloaded(writer, of_return))


def write_in_the_browser(of_return, item, by, **words):
    update = Update.objects.filter(of_return=of_return, item=item).first()
    stored = {"stage": "under_way", "confidence": "on_track"}
    if update:
        names = ("stage", "confidence", "achieved", "planned_next", "challenges")
        stored = {name: getattr(update, name) for name in names}
    return rounds.write_update(
        of_return=of_return, item=item, version=update.version if update else 0, by=by, at=NOW,
        **{**stored, **words},
    )  # fmt: skip


# --- out ----------------------------------------------------------------------------------------


def test_a_row_has_the_last_answer_beside_the_new_one(writer, of_return, item):
    earlier = ReturnFactory(
        accepted=True,
        agency=of_return.agency,
        round=RoundFactory(
            plan=item.plan, period_start=date(2009, 7, 1), period_end=date(2009, 12, 31), closed_at=NOW
        ),
    )  # fmt: skip
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
    assert newest(update) == ("+", contributor.signature, "from the workbook “police.xlsx”")
    of_return.refresh_from_db()
    assert of_return.state == "due"


def test_a_milestone_is_answered_through_the_forms_of_the_page(
    writer, of_return, item, milestone, contributor
):
    MilestoneFactory(item=item, number=2, description="Staff trained", agreed_due=YESTERDAY)
    sheets = Sheets(downloaded(writer, of_return))
    sheets.milestone("Done on", "31/5/2010").milestone("What shows it", "The invoice.")
    sheets.milestone("New date", date(2010, 9, 30), 1).milestone("Why it is late", "No printer.", 1)
    sheets.milestone("Cause", "Staffing", 1).milestone("What is being done", "Hire one.", 1)
    take(writer, upload(writer, of_return, sheets).url)
    done, late = MilestoneAnswer.objects.order_by("milestone__number")
    assert (done.outcome, done.day, done.reason) == ("done", YESTERDAY, "The invoice.")
    assert (late.outcome, late.day, late.new_mitigation) == (
        *("not_yet", date(2010, 9, 30)),
        "Hire one.",
    )
    assert late.owner_agency == of_return.agency
    assert newest(late) == ("+", contributor.signature, "from the workbook “police.xlsx”")


def test_fields_that_only_one_side_changed_come_together(writer, of_return, item, sheets, approver):
    write_in_the_browser(of_return, item, approver, planned_next="Print more.")
    sheets.write("Achieved in this period", "Printed in Suva.")
    page = upload(writer, of_return, sheets).url
    assert writer.get(page).context["form"].fields.keys() == {"fingerprint"}
    take(writer, page)
    update = Update.objects.get()
    assert (update.achieved, update.planned_next) == ("Printed in Suva.", "Print more.")


@pytest.mark.parametrize(
    ("choice", "kept", "said"),
    [("return", "From the browser.", "Kept:"), ("sheet", "From the workbook.", "Taken:")],
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
    assert "Choose which words to keep" in unanswered.text
    assert Update.objects.get().achieved == "From the browser."
    take(writer, page, **{field.name: choice})
    assert Update.objects.get().achieved == kept
    ((_, ((_, (shown,)),)),) = writer.get(page).context["parts"]
    assert (shown.base, shown.now, shown.said) == texts
    assert said in writer.get(page).text


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
    from workitems.services import milestone_answers

    sheets = Sheets(downloaded(writer, of_return))
    milestone_answers.answer(
        of_return=of_return, milestone=milestone, version=milestone.version, outcome="done",
        day=TODAY, by=approver, on=TODAY, at=NOW,
    )  # fmt: skip
    sheets.milestone("Done on", "31 May 2010").milestone("What shows it", "The invoice.")
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
        ("Answers, row 2, Stage (E2)", "“Nearly there” is not an allowed value."),
        ("Answers, row 2, Challenges (M2)", "Challenges is 1 character too long. The most is 5,000 characters."),
        ("Milestones, row 2, Done on (F2)", "Enter a date, such as 7 June 2010."),
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
