"""Test a return's workbook that comes back by email, and the links in emails that lead to an answer, filled in."""

import re
from email.encoders import encode_base64
from email.mime.base import MIMEBase

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    MilestoneFactory,
    OutOfSessionAnswerFactory,
    OutOfSessionFactory,
    WorkItemFactory,
)
from tests.workitems.by_email.conftest import became
from tests.workitems.by_email.mail_forms import PLAIN, multipart, part
from tests.workitems.record import NOW, TODAY
from tests.workitems.returns.test_return_sheet_files import bomb
from tests.workitems.sheets import Sheets, downloaded
from workitems.desk.to_dos import lines_for
from workitems.items.date_news import date_news
from workitems.models import AnswerKey, MilestoneAnswer, ReceivedMail, ReturnSheet, Update
from workitems.out_of_session.news import due_notices
from workitems.returns.news import return_news
from workitems.returns.services import rounds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# As often as a scanner of links may; 25 times was tried once.
OPENED = 4
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)


def with_file(content, name="police.xlsx", **headers):
    file = MIMEBase(*XLSX.split("/"))
    file.set_payload(content)
    encode_base64(file)
    file.add_header("Content-Disposition", "attachment", filename=name)
    return multipart("mixed", part("Here it is.", PLAIN), file.as_bytes(), **headers)


@pytest.fixture
def opened(post, of_return, item, contributor):
    """The email that says that the round is open."""
    of_return.round.opened_at = NOW
    of_return.round.save()
    return next(each for each in post.sent(return_news) if contributor.email in each.to)


@pytest.fixture
def workbook(writer, of_return, item):
    return (
        Sheets(downloaded(writer, of_return)).write("Achieved in this period", "Printed.").content
    )


@pytest.mark.both_databases
def test_a_workbook_by_reply_waits_to_be_compared(
    post, opened, workbook, of_return, contributor, writer, client_of, approver
):
    key = post.key(opened)
    assert AnswerKey.objects.get(person=contributor).act == "return"
    assert post.take(with_file(workbook, key=key, sender=contributor.email)) == "sheet"
    sheet = ReturnSheet.objects.get()
    assert (sheet.uploaded_by, sheet.name, sheet.taken_at) == (contributor, "police.xlsx", None)
    assert Update.objects.count() == 0
    (line,) = [line for line in lines_for(contributor, TODAY) if "emailed" in line.what]
    assert (line.what, line.url) == (
        "Compare “police.xlsx”, which you emailed, with the return of Police", sheet.get_absolute_url(),
    )  # fmt: skip
    assert "Printed." in writer.get(line.url).text
    listed = reverse("returns:workbook", args=[of_return.round.plan.slug, of_return.round_id, of_return.agency_id])  # fmt: skip
    assert ", by email" in client_of(approver).get(listed).text
    writer.post(f"{sheet.get_absolute_url()}discard/")
    assert [line for line in lines_for(contributor, TODAY) if "email" in line.what] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda content: None, "It should have one workbook (.xlsx) attached."),
        (bomb, ""),
        (lambda content: b"PK no workbook", ""),
        (lambda content: content[:-200], ""),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(post, opened, workbook, contributor, change, says):
    content = change(workbook)
    headers = {"key": post.key(opened), "sender": contributor.email}
    raw = with_file(content, **headers) if content else post.written(headers["key"], contributor)
    assert post.take(raw) == "refused"
    assert became() == (0, 0, ["refused"])
    assert says in ReceivedMail.objects.get().why != ""


def test_a_workbook_of_a_submitted_return_is_refused(
    post, opened, workbook, of_return, contributor
):
    of_return.state, of_return.submitted_at = "submitted", NOW
    of_return.save()
    assert (
        post.take(with_file(workbook, key=post.key(opened), sender=contributor.email)) == "refused"
    )
    assert ReturnSheet.objects.count() == 0


def test_whoever_writes_for_the_agency_no_longer_sends_no_workbook(post, opened, workbook, contributor):  # fmt: skip
    Seat.objects.filter(user=contributor).update(role=Seat.Role.OBSERVER)
    assert (
        post.take(with_file(workbook, key=post.key(opened), sender=contributor.email)) == "may_not"
    )


# --- links that lead to an answer, filled in ---------------------------------------------------


def link_of(sent, words):
    """Return the path of a link in an email; the text has its words before it."""
    (path,) = re.findall(rf"^{words}: https?://[^/]+(/\S+)$", sent.body, re.MULTILINE)
    assert f">{words}</a>" in sent.alternatives[0][0]
    return path


def assert_opening_writes_nothing(client, path):
    for method in (client.get, client.head):
        assert method(path).status_code == 200
    with CaptureQueriesContext(connection) as sent:
        for _ in range(OPENED):
            client.get(path)
            client.head(path)
    assert [each["sql"] for each in sent.captured_queries if WRITES.match(each["sql"])] == []


def test_no_change_in_the_rest_is_shown_first_and_saved_as_a_draft(
    opened, of_return, item, plan, police, writer, contributor, approver, client_of, client
):
    overdue = WorkItemFactory(plan=plan, number="1.3", title="Late", lead_agency=police)
    MilestoneFactory(item=overdue, agreed_due="2010-05-01", forecast_due="2010-05-01", original_due="2010-05-01")  # fmt: skip
    path = link_of(opened, "No change to the rest")
    assert client.get(path).url == f"/account/sign-in/?next={path}"
    assert_opening_writes_nothing(writer, path)
    page = writer.get(path).text
    assert (page.count("Print a brochure"), "A milestone is overdue, so" in page) == (1, True)
    assert Update.objects.count() == 0
    assert writer.post(path).url == of_return.get_absolute_url()
    update = Update.objects.get()
    assert (update.item, update.no_change_on, update.from_email) == (item, TODAY, True)
    rounds.say_no_change_to_the_rest(of_return=of_return, by=approver, on=TODAY, at=NOW)
    assert Update.objects.get().from_email
    read = reverse("returns:read", args=[plan.slug, of_return.round_id, police.pk])
    assert "From an email" in client_of(approver).get(read).text


def test_what_is_written_afterwards_is_not_from_an_email(of_return, item, contributor):
    at = {"of_return": of_return, "item": item, "by": contributor, "at": NOW}
    rounds.say_no_change(**at, on=TODAY, from_email=True)
    rounds.write_update(**at, stage="under_way", confidence="on_track", achieved="Printed.", version=1)  # fmt: skip
    assert not Update.objects.get().from_email


def test_a_locked_return_is_shown_instead_of_no_change(opened, of_return, writer):
    of_return.state, of_return.submitted_at = "submitted", NOW
    of_return.save()
    path = link_of(opened, "No change to the rest")
    assert writer.get(path).url == of_return.get_absolute_url()
    assert writer.post(path).url == of_return.get_absolute_url()
    assert Update.objects.count() == 0


def test_it_is_done_leads_to_the_day_filled_in_and_is_a_draft_of_the_return(
    post, of_return, milestone, writer, contributor, approver, client_of, client
):
    milestone.forecast_due = "2010-06-30"
    milestone.save()
    sent = next(each for each in post.sent(date_news) if contributor.email in each.to)
    path = link_of(sent, "It is done")
    address = path.partition("#")[0]
    assert client.get(address).url.startswith("/account/sign-in/?next=")
    assert_opening_writes_nothing(writer, address)
    page = writer.get(address)
    assert "Nothing is saved yet." in page.text
    form = page.context["forms"]["close"]
    assert form["completed_on"].value() == "1 June 2010"
    said = {"act": "close", "close-completed_on": "1 June 2010", "close-version": milestone.version}
    writer.post(address, {**said, "close-answer_version": 0})
    answer = MilestoneAnswer.objects.get()
    assert (answer.day, answer.from_email, answer.applied_at) == (TODAY, True, None)
    milestone.refresh_from_db()
    assert milestone.completed_on is None
    read = reverse("returns:read", args=[milestone.item.plan.slug, of_return.round_id, of_return.agency_id])  # fmt: skip
    assert "From an email" in client_of(approver).get(read).text


def test_a_milestone_that_was_opened_on_its_own_page_is_not_from_an_email(of_return, milestone, writer):  # fmt: skip
    page = writer.get(milestone.get_absolute_url())
    assert ("Nothing is saved yet." in page.text, page.context["forms"]["close"]["completed_on"].value()) == (False, None)  # fmt: skip


@pytest.mark.parametrize("words", ["Agree", "Decline"])
def test_agree_and_decline_lead_the_approver_to_the_answer_filled_in(
    post, milestone, police, approver, client_of, words
):
    asked = OutOfSessionFactory(variation__milestone=milestone, variation__plan=milestone.item.plan)
    row = OutOfSessionAnswerFactory(out_of_session=asked, agency=police)
    sent = next(each for each in post.sent(due_notices) if approver.email in each.to)
    path = link_of(sent, words)
    signed_in = client_of(approver)
    address = path.partition("#")[0]
    assert_opening_writes_nothing(signed_in, address)
    ((_row, form),) = signed_in.get(address).context["own"]
    assert form["choice"].value() == words.lower()
    row.refresh_from_db()
    assert row.choice == ""


@pytest.mark.parametrize("value", ["", "perhaps", "x" * 3000, "%00", "agree&answer=decline"])
def test_a_made_up_answer_fills_in_nothing_wrong(milestone, police, approver, client_of, value):
    asked = OutOfSessionFactory(variation__milestone=milestone, variation__plan=milestone.item.plan)
    OutOfSessionAnswerFactory(out_of_session=asked, agency=police)
    page = client_of(approver).get(f"{asked.get_absolute_url()}?answer={value}")
    if page.status_code == 200:
        assert page.context["own"][0][1]["choice"].value() in {"", "decline"}
    else:
        assert page.status_code == 400
