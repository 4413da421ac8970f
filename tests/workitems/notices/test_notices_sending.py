"""Test sending notices: once, in one mail per user and day, after failures too; and the text."""

import re
import threading
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from io import StringIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import OperationalError

from agencies.models import Seat
from tests.factories import (
    MeasureFactory,
    MeasureValueFactory,
    NoticeFactory,
    ReturnFactory,
    ReturnNoteFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.notices.sent import NOON, run
from trafficking_plan.running.mail import MailFiles
from workitems.models import Notice, Return, Round
from workitems.notices import Outcome, send_notices
from workitems.notices.digest import MOST_URGENT_FIRST

pytestmark = pytest.mark.django_db

WEEK_BEFORE, DAY_BEFORE = date(2010, 7, 7), date(2010, 7, 13)
OVERDUE, LAST_STEP = date(2010, 7, 15), date(2010, 7, 24)


@pytest.fixture
def second(plan, customs, of_return, colleague):
    """A return that another agency owes in the same round."""
    WorkItemFactory(plan=plan, number="2.1", lead_agency=customs)
    return ReturnFactory(round=of_return.round, agency=customs)


def page_of(client, user, url):
    client.force_login(user)
    return client.get(url.removeprefix("http://127.0.0.1:8000")).status_code


def links(sent):
    return re.findall(r"http://\S+", sent.body)


def html_of(sent):
    ((html, kind),) = sent.alternatives
    assert kind == "text/html"
    return html


# --- log and mail are committed together ----------------------------------------------------


def test_a_second_run_sends_nothing(of_return, item, contributor):
    outcomes = [send_notices(on=WEEK_BEFORE, at=NOON) for _ in range(3)]
    assert outcomes == [Outcome(1, 0), Outcome(0, 0), Outcome(0, 0)]
    assert (len(mail.outbox), Notice.objects.count()) == (1, 1)


def test_a_user_gets_one_mail_a_day_and_later_notices_the_next_day(
    of_return, item, contributor, second
):
    assert run(WEEK_BEFORE) == [
        ("Customs contributor", "due_week"),
        ("Police contributor", "due_week"),
    ]
    SeatFactory(user=contributor, agency=second.agency)
    assert run(WEEK_BEFORE) == []
    assert run(date(2010, 7, 8)) == [("Police contributor", "due_week")]


def test_the_log_records_recipient_notice_subject_and_time(of_return, item, contributor):
    send_notices(on=WEEK_BEFORE, at=NOON)
    assert list(Notice.objects.values_list()) == [
        (
            *(Notice.objects.get().pk, contributor.pk, "contributor", of_return.pk, ""),
            *("due_week", "2010-07-14", WEEK_BEFORE, False, 1, NOON),
        )
    ]


def test_a_rounds_notices_come_newest_first_in_one_query(
    of_return, item, contributor, coordinator, second, django_assert_num_queries
):
    NoticeFactory()
    for day in (WEEK_BEFORE, LAST_STEP):
        run(day)
    with django_assert_num_queries(1):
        told = [
            (notice.told_on, notice.of_return.agency.short_name, notice.recipient.name)
            for notice in Notice.objects.for_round(of_return.round)
        ]
    assert told == [
        (LAST_STEP, "Customs", "Coordinator"),
        (LAST_STEP, "Customs", "Customs contributor"),
        (LAST_STEP, "Police", "Coordinator"),
        (LAST_STEP, "Police", "Police contributor"),
        (WEEK_BEFORE, "Customs", "Customs contributor"),
        (WEEK_BEFORE, "Police", "Police contributor"),
    ]


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_log_cannot_be_changed(act):
    NoticeFactory()
    rows = Notice.objects.all()
    with (
        pytest.raises(IntegrityError, match="What was told is never changed or deleted"),
        transaction.atomic(),
    ):
        rows.update(told_as="approver") if act == "update" else rows.delete()


class FailingFor(EmailBackend):
    """Raises `fault` for mail to addresses that contain `address`; accepts the rest."""

    address, fault = "", Exception()

    def send_messages(self, messages):
        if any(self.address in to for message in messages for to in message.to):
            raise self.fault
        return super().send_messages(messages)


@pytest.fixture
def failing_mail(monkeypatch, settings):
    settings.EMAIL_BACKEND = f"{__name__}.FailingFor"

    def fail(user, fault):
        monkeypatch.setattr(FailingFor, "address", user.email if user else "@")
        monkeypatch.setattr(FailingFor, "fault", fault)

    def stop_failing():
        monkeypatch.setattr(FailingFor, "address", "nobody at all")

    return fail, stop_failing


def test_mail_refused_by_one_address_is_retried_and_the_others_are_sent(
    of_return, item, contributor, colleague, second, failing_mail
):
    fail, stop_failing = failing_mail
    fail(contributor, SMTPRecipientsRefused({}))
    assert send_notices(on=WEEK_BEFORE, at=NOON) == Outcome(sent=1, failed=1)
    assert [notice.recipient for notice in Notice.objects.all()] == [colleague]
    stop_failing()
    assert send_notices(on=WEEK_BEFORE, at=NOON) == Outcome(sent=1, failed=0)
    assert sorted(to for sent in mail.outbox for to in sent.to) == sorted(
        [colleague.email, contributor.email]
    )


@pytest.mark.parametrize("fault", [ConnectionRefusedError(), SMTPServerDisconnected("gone")])
def test_the_run_ends_without_logging_notices_when_the_mail_server_is_down(
    of_return, item, contributor, colleague, second, failing_mail, fault
):
    fail, stop_failing = failing_mail
    fail(None, fault)
    assert send_notices(on=WEEK_BEFORE, at=NOON) == Outcome(sent=0, failed=2)
    assert not Notice.objects.exists()
    stop_failing()
    assert send_notices(on=WEEK_BEFORE, at=NOON) == Outcome(sent=2, failed=0)


def test_mail_resent_on_the_same_day_has_the_same_message_id(of_return, item, contributor):
    """If the commit fails after sending, a mailbox can recognise the duplicate."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send_notices(on=WEEK_BEFORE, at=NOON)
        raise ZeroDivisionError
    send_notices(on=WEEK_BEFORE, at=NOON)
    ids = [sent.message()["Message-ID"] for sent in mail.outbox]
    assert ids == [f"<notices.2010-07-07.{contributor.pk}@127.0.0.1>"] * 2


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_runs_notify_each_user_once(
    plan, of_return, item, contributor, colleague, second, police
):
    for number in range(6):
        SeatFactory(user__name=f"Contributor {number}", agency=police)
    start, outcomes = threading.Barrier(3), []

    def send():
        try:
            with connection.cursor():
                start.wait(timeout=20)
            outcomes.append(send_notices(on=WEEK_BEFORE, at=NOON))
        except (IntegrityError, OperationalError) as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [type(outcome) for outcome in outcomes] == [Outcome] * 3
    assert (sum(o.sent for o in outcomes), sum(o.failed for o in outcomes)) == (8, 0)
    assert len({to for sent in mail.outbox for to in sent.to}) == len(mail.outbox) == 8
    assert Notice.objects.count() == 8


def test_a_run_without_news_takes_the_same_queries_for_any_number_of_users(
    of_return, item, contributor, police, django_assert_num_queries
):
    run(WEEK_BEFORE)
    with django_assert_num_queries(38):
        send_notices(on=WEEK_BEFORE, at=NOON)
    for number in range(3):
        SeatFactory(user__name=f"Contributor {number}", agency=police)
    run(WEEK_BEFORE)
    with django_assert_num_queries(38):
        send_notices(on=WEEK_BEFORE, at=NOON)


# --- the text of a mail ---------------------------------------------------------------------


def test_the_full_text_of_a_mail_is_as_expected(of_return, item, contributor, settings):
    settings.SUPPORT_EMAIL = "help@example.org"
    Round.objects.update(message="Say it in a sentence.\nA Minister reads it.")
    run(date(2010, 6, 15))
    (sent,) = mail.outbox
    page = f"http://127.0.0.1:8000/plans/{of_return.round.plan.slug}/returns/"
    assert sent.subject == "Plan Register: Return of Police is open until 14 July 2010"
    assert sent.body.strip() == (
        "Kia ora Police contributor,\n"
        "\n"
        "Return of Police for January to June 2010\n"
        f"{of_return.round.plan.title}\n"
        "\n"
        "The round is open. The return is due on 14 July 2010, in 29 days.\n"
        "0 of 1 item answered.\n"
        "You can answer it in the attached workbook: choose the file on the return’s page.\n"
        "\n"
        "Message from the coordinator:\n"
        "Say it in a sentence.\n"
        "A Minister reads it.\n"
        "\n"
        f"Open the return: {page}{of_return.round.pk}/{of_return.agency.pk}/\n"
        f"No change to the rest: {page}{of_return.round.pk}/{of_return.agency.pk}/no-change/\n"
        "\n"
        "\n"
        "See all that is on your desk: http://127.0.0.1:8000/\n"
        "\n"
        "You get this as contributor at Police. We email you about each thing once.\n"
        "Choose your emails: http://127.0.0.1:8000/account/emails/\n"
        "Questions go to help@example.org."
    )


def sentences_on(day):
    """Return the subject and the sentences of a day's only mail."""
    mail.outbox.clear()
    send_notices(on=day, at=NOON)
    (sent,) = mail.outbox
    middle = sent.body.split("\n\n")[2].splitlines()
    links = [line for line in middle if "://" in line]
    said = [line for line in middle if line not in links]
    return [
        sent.subject.removeprefix("Plan Register: "),
        *said,
        *(line.split(":")[0] for line in links),
    ]


def test_each_step_has_its_wording(of_return, item, contributor):
    answered = "0 of 1 item answered."
    assert sentences_on(date(2010, 7, 8)) == [
        *("Return of Police is due in 6 days", "It is due on 14 July 2010, in 6 days."),
        *(answered, "Open the return", "No change to the rest"),
    ]
    assert sentences_on(DAY_BEFORE) == [
        *("Return of Police is due tomorrow", "It is due on 14 July 2010, tomorrow."),
        *(answered, "Open the return", "No change to the rest"),
    ]
    assert sentences_on(OVERDUE) == [
        "Return of Police is overdue by one day",
        "It was due on 14 July 2010 and is overdue by one day.",
        *(answered, "Open the return", "No change to the rest"),
    ]


def test_a_mail_says_how_many_measures_are_to_be_answered_and_no_number(
    of_return, item, contributor
):
    given = {"kind": "level", "as_told": "the number of staff trained"}
    MeasureFactory(item=item, **given)
    told = MeasureFactory(item=item, number=2, **given)
    MeasureValueFactory(measure=told, number=4711, day=date(2010, 6, 30), of_return=of_return)
    assert sentences_on(DAY_BEFORE)[2] == "0 of 1 item answered; 1 measure to answer."
    assert "4711" not in mail.outbox[0].message().as_string()


def test_a_run_on_the_due_day_says_today(of_return, item, contributor):
    assert sentences_on(date(2010, 7, 14))[:2] == [
        *("Return of Police is due today", "It is due on 14 July 2010, today."),
    ]


def test_a_mail_says_when_it_replaces_another_recipient_or_is_an_escalation(
    of_return, item, approver, coordinator, police
):
    SeatFactory(agency=police, to_on=date(2010, 7, 16))
    assert sentences_on(date(2010, 7, 16))[0] == "Return of Police is overdue by two days"
    assert sentences_on(date(2010, 7, 17))[3] == (
        "Police has no contributor at present, so this comes to its approvers."
    )
    assert sentences_on(LAST_STEP) == [
        "Return of Police is overdue by 10 days",
        "It was due on 14 July 2010 and is overdue by 10 days.",
        "0 of 1 item answered.",
        "It is late and its agency has been told, so the coordinator is told as well.",
        "Open the round",
    ]


def test_a_mail_to_approvers_says_that_contributors_were_notified(
    of_return, item, contributor, approver
):
    run(OVERDUE)
    assert sentences_on(date(2010, 7, 17))[3] == (
        "It is late, so the agency’s approvers are told as well."
    )


def test_a_mail_to_the_coordinator_says_that_the_agency_has_no_users(of_return, item, coordinator):
    assert sentences_on(WEEK_BEFORE)[3:] == [
        "Police has no contributor or approver at present, so this comes to the coordinator.",
        "Open the round",
    ]


def test_a_mail_to_the_coordinator_says_that_nobody_can_submit_the_return(
    of_return, item, coordinator, approver
):
    UpdateFactory(of_return=of_return, item=item, written_by=approver)
    assert sentences_on(date(2010, 6, 20)) == [
        "Return of Police is ready for approval",
        "Nothing is missing any more. An approver can submit it.",
        "Police has no approver who may submit it, so this comes to the coordinator.",
        "Open the round",
    ]


def test_missing_reasons_for_delays_are_mentioned_only_to_the_agency(
    of_return, item, delayed, contributor, coordinator
):
    UpdateFactory(of_return=of_return, item=item, confidence="off_track")
    delayed.delays.get().mitigations.all().delete()
    assert sentences_on(WEEK_BEFORE)[2] == (
        "Every item is answered, but 1 thing is missing before it can be submitted."
    )
    Seat.objects.filter(user=contributor).update(to_on=WEEK_BEFORE)
    assert sentences_on(DAY_BEFORE)[2] == (
        "Every item is answered, but it cannot be submitted yet."
    )


def test_a_mail_about_a_return_sent_back_names_the_items_with_notes_but_quotes_none(
    of_return, item, contributor, coordinator
):
    UpdateFactory(of_return=of_return, item=item, achieved="The draft’s own words.")
    ReturnNoteFactory(
        of_return=of_return,
        item=item,
        body="The note’s own words.",
        at=datetime(2010, 7, 5, 20, tzinfo=UTC),
    )
    Return.objects.update(state="sent_back", version=3)
    assert sentences_on(WEEK_BEFORE) == [
        "Return of Police was sent back",
        "The coordinator sent it back on 6 July 2010 with a note on item 1.2.",
        "It is due on 14 July 2010, in 7 days.",
        "Open the return",
    ]
    (sent,) = mail.outbox
    assert "own words" not in sent.body + html_of(sent)


def test_a_reminder_says_that_a_return_sent_back_has_not_been_changed_since(
    of_return, item, contributor
):
    UpdateFactory(of_return=of_return, item=item)
    ReturnNoteFactory(of_return=of_return, at=datetime(2010, 7, 5, tzinfo=UTC))
    Return.objects.update(state="sent_back", version=3)
    assert sentences_on(date(2010, 7, 6))[1] == (
        "The coordinator sent it back on 5 July 2010 with a note."
    )
    assert sentences_on(DAY_BEFORE)[2] == "1 note to answer before it is submitted again."


def test_a_mail_about_an_accepted_return_says_that_nothing_is_left_to_do(
    of_return, item, contributor
):
    Return.objects.update(state="accepted", version=3, accepted_on=date(2010, 7, 6))
    assert sentences_on(WEEK_BEFORE) == [
        "Return of Police was accepted",
        "The coordinator accepted it on 6 July 2010. You have nothing more to do in this round.",
        "Open the return",
    ]


def test_every_reason_has_one_place_in_the_order():
    assert sorted(MOST_URGENT_FIRST) == sorted(Notice.Reason)


def test_the_most_urgent_notice_comes_first_and_is_in_the_subject(
    of_return, item, second, police, customs, contributor
):
    SeatFactory(user=contributor, agency=customs)
    Return.objects.filter(pk=second.pk).update(state="sent_back", version=3)
    run(WEEK_BEFORE)
    (sent,) = (sent for sent in mail.outbox if sent.to == [contributor.email])
    assert sent.subject == "Plan Register: Return of Customs was sent back, and 1 more"
    titles = re.findall(r"<h2[^>]*>(.*?)</h2>", html_of(sent))
    assert titles == [
        "Return of Customs for January to June 2010",
        "Return of Police for January to June 2010",
    ]
    assert "You get this as contributor at Customs and contributor at Police." in sent.body


def test_every_link_opens_for_its_recipient(
    client, of_return, item, second, contributor, approver, coordinator, customs
):
    SeatFactory(user__name="Customs approver", agency=customs, role=Seat.Role.APPROVER)
    Return.objects.filter(pk=second.pk).update(
        state="sent_back", version=3, submitted_at=datetime(2010, 7, 1, tzinfo=UTC)
    )
    for day in (WEEK_BEFORE, date(2010, 7, 17), LAST_STEP):
        send_notices(on=day, at=NOON)
    people = {person.email: person for person in (contributor, approver, coordinator)}
    opened = [
        (page_of(client, people[sent.to[0]], url), url in html_of(sent))
        for sent in mail.outbox
        if sent.to[0] in people
        for url in links(sent)
    ]
    assert len(opened) >= 7
    assert set(opened) == {(200, True)}


def test_headers_are_one_line_and_html_is_escaped(of_return, item, police, contributor):
    police.short_name = "Police\nBcc: all@example.org"
    police.save()
    Round.objects.update(name="<b>June</b>\r\nX-Evil: 1", message="<script>go()</script>")
    run(date(2010, 6, 15))
    (sent,) = mail.outbox
    assert sent.subject == (
        "Plan Register: Return of Police Bcc: all@example.org is open until 14 July 2010"
    )
    # As parsed by a mail program: a long subject is folded, and no line of it is a header.
    message = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    assert (message["Subject"], message["To"]) == (sent.subject, contributor.email)
    assert set(message.keys()) == {
        *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
        *("X-Auto-Response-Suppress", "List-Unsubscribe", "MIME-Version", "Content-Type"),
    }
    assert message["Auto-Submitted"] == "auto-generated"
    html = html_of(sent)
    assert "&lt;script&gt;go()&lt;/script&gt;" in html
    assert "&lt;b&gt;June&lt;/b&gt; X-Evil: 1" in html
    assert re.findall(r"<(?:script|b)\b", html) == []


# --- the command ----------------------------------------------------------------------------


def command(*arguments):
    out = StringIO()
    call_command("send_notices", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_sends_for_a_given_day_and_prints_the_count(of_return, item, contributor):
    assert command("--today", "2010-07-07") == "7 July 2010: 1 mail sent.\n"
    assert command("--today", "2010-07-07") == "7 July 2010: 0 mails sent.\n"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2010-07-06T11:59:59+00:00", "6 July 2010: 1 mail sent.\n"),
        ("2010-07-06T12:00:00+00:00", "7 July 2010: 1 mail sent.\n"),
    ],
)
def test_the_command_uses_the_new_zealand_date(of_return, item, contributor, moment, said):
    with time_machine.travel(moment, tick=False):
        assert command() == said
    assert Notice.objects.get().reason == ("opened" if said[0] == "6" else "due_week")


def test_the_command_exits_with_an_error_if_mail_failed(of_return, item, contributor, failing_mail):
    failing_mail[0](None, ConnectionRefusedError())
    with pytest.raises(
        CommandError, match=r"^1 mail could not be sent\. The next run tries again\.$"
    ):
        command("--today", "2010-07-07")


def test_the_command_refuses_an_invalid_day():
    with pytest.raises(CommandError, match="“7 July” is not a day"):
        command("--today", "7 July")


def test_a_failure_is_logged_without_name_or_address(
    of_return, item, contributor, failing_mail, caplog
):
    failing_mail[0](contributor, SMTPRecipientsRefused({contributor.email: (550, b"no")}))
    send_notices(on=WEEK_BEFORE, at=NOON)
    (record,) = [record for record in caplog.records if record.name.startswith("workitems")]
    assert {key: record.msg[key] for key in ("event", "user_id", "fault")} == {
        "event": "notice_not_sent",
        "user_id": contributor.pk,
        "fault": "SMTPRecipientsRefused",
    }
    assert contributor.email not in str(record.msg)


def test_each_mail_is_written_to_a_readable_file_with_debug_on(
    of_return, item, contributor, colleague, second, settings, tmp_path
):
    settings.EMAIL_BACKEND = f"{MailFiles.__module__}.{MailFiles.__name__}"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    contributor.name = "Māori name"
    contributor.save()
    assert send_notices(on=WEEK_BEFORE, at=NOON).sent == 2
    files = sorted((tmp_path / "mail").glob("*.eml"))
    assert len(files) == 2
    opened = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
    (to_contributor,) = (each for each in opened if each["To"] == contributor.email)
    for kind in ("plain", "html"):
        assert "Kia ora Māori name," in to_contributor.get_body((kind,)).get_content()
