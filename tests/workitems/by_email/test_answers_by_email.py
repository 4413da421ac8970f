"""Test how an email about a note is answered by email: what it offers, what is taken, and what is shown of it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import connection

from agencies.models import Seat
from tests.factories import (
    BriefingFactory,
    MentionFactory,
    NoteFactory,
    ReceivedMailFactory,
    SeatFactory,
)
from tests.workitems.by_email.conftest import became
from tests.workitems.by_email.mail_forms import (
    ANSWERS_TO,
    AUTOMATIC,
    OURS,
    PLAIN,
    gmail_web,
    multipart,
    part,
)
from tests.workitems.record import NOW, TODAY, TOMORROW
from workitems.by_email import services
from workitems.desk.to_dos import lines_for
from workitems.models import AnswerKey, Mention, Note, ReceivedMail
from workitems.notes.news import asked_news, written_news

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.mark.both_databases
def test_an_answer_by_email_is_a_note_that_answers_the_question(
    post, key, question, contributor, client_of
):
    raw = post.written(key, contributor, "In the last week of May.\n\nAna")
    assert post.take(raw) == "note"
    note = Note.objects.get(by_email=True)
    assert (note.first, note.written_by, note.text) == (question, contributor, "In the last week of May.\n\nAna")  # fmt: skip
    assert (note.written_for.short_name, note.history.get().history_user) == ("Police", contributor)
    assert Mention.objects.get().answer == note
    page = client_of(contributor).get(question.get_absolute_url()).text
    assert ", by email" in page


def test_what_was_quoted_is_in_no_note_and_shown_to_its_writer_for_30_days(
    post, key, contributor, colleague, client_of
):
    raw = gmail_web("In May.", OURS).replace(b"0123456789abcdef0123456789abcdef", key.encode())
    raw = raw.replace(b"ana@police.example", contributor.email.encode())
    post.take(raw)
    note = Note.objects.get(by_email=True)
    assert note.text == "In May."
    writer = client_of(contributor)
    page = writer.get(f"/mail/notes/{note.pk}/").text
    assert "> Kia ora Police contributor," in page.replace("&gt;", ">")
    assert client_of(colleague).get(f"/mail/notes/{note.pk}/").status_code == 404
    services.forget_old(NOW + timedelta(days=29))
    assert ReceivedMail.objects.get().below != ""
    services.forget_old(NOW + timedelta(days=31))
    assert ReceivedMail.objects.get().below == ""
    assert "more than 30 days ago" in writer.get(f"/mail/notes/{note.pk}/").text


def test_the_timer_forgets_it(post, key, settings):
    ReceivedMailFactory(outcome="note", note=NoteFactory(), below="Quoted.", at=NOW - timedelta(days=40))  # fmt: skip
    AnswerKey.objects.update(last_day=TODAY - timedelta(days=1))
    call_command("send_notices", today="2010-06-01")
    assert (ReceivedMail.objects.get().below, AnswerKey.objects.filter(last_day__lt=TODAY).count()) == ("", 0)  # fmt: skip


def test_the_email_says_that_it_can_be_answered_and_who_reads_it(post, key):
    sent = mail.outbox[-1]
    assert "To answer, reply to this email." in sent.body
    assert "Who can read your answer: All members." in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert f"Reply-To: plan+{key}@" in sent.message().as_string()


def test_an_email_about_several_things_names_an_address_for_each(
    post, question, item, contributor, police, coordinator
):
    NoteFactory(item=item, written_by=coordinator, written_for=police, written_at=NOW)
    other = NoteFactory(item=item, written_by=coordinator, written_for=police, written_at=NOW)
    MentionFactory(note=other, person=contributor)
    (sent,) = [each for each in post.sent(asked_news) if contributor.email in each.to]
    assert sent.reply_to == []
    assert sent.body.count("To answer by email, write to plan+") == AnswerKey.objects.count() == 2
    html = sent.alternatives[0][0]
    assert html.count('href="mailto:plan+') == 2


@pytest.mark.parametrize("why", ["off", "half", "sensitive", "quotes nothing", "observer"])
def test_no_address_is_given(why, post, question, plan, contributor, settings):
    if why == "off":
        settings.MAIL_ANSWERS_TO = ""
    if why == "half":
        settings.MAIL_VERIFIED = ""
    if why == "sensitive":
        BriefingFactory(plan=plan, marking="SENSITIVE")
    if why == "quotes nothing":
        plan.quotes_notes = False
        plan.save()
    if why == "observer":
        Seat.objects.filter(user=contributor).update(role=Seat.Role.OBSERVER)
    (sent,) = post.sent(asked_news, only=question.pk)
    assert (sent.reply_to, ANSWERS_TO.partition("@")[2] in sent.message().as_string()) == (
        [],
        False,
    )
    assert AnswerKey.objects.count() == 0


def test_the_days_mail_of_followers_can_be_answered_too(post, question, approver):
    (sent,) = [each for each in post.sent(written_news) if approver.email in each.to]
    assert post.take(post.written(post.key(sent), approver, "I know.")) == "note"


def test_a_dump_of_the_database_has_no_key_that_can_be_used(post, key, contributor):
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            found += [str(value) for row in cursor.fetchall() for value in row]
    assert key not in " ".join(found)
    digest = AnswerKey.objects.get().digest
    assert digest in found
    assert post.take(post.written(digest, contributor)) == "unknown"


def test_files_are_not_taken_and_that_is_said(post, key, contributor, question):
    paper = part(b"x", "application/pdf", more='Content-Disposition: attachment; filename="Plan.pdf"\r\n')  # fmt: skip
    raw = multipart("mixed", part("See the plan.", PLAIN), paper, key=key, sender=contributor.email)
    assert post.take(raw) == "note"
    (line,) = [line for line in lines_for(contributor, TODAY) if "email" in line.what]
    assert line.what == "A file of your email was not taken"


def test_an_answer_of_4001_characters_is_refused_whole(post, key, contributor):
    assert post.take(post.written(key, contributor, "x" * 4001)) == "refused"
    assert became() == (0, 0, ["refused"])
    (line,) = [line for line in lines_for(contributor, TODAY) if "email" in line.what]
    assert line.what == (
        "An email in your name was not taken. It has 4,001 characters; a note has 4,000 at most."
    )


def test_a_line_is_removed_from_the_desk_by_its_person_alone(post, contributor, colleague, client_of):  # fmt: skip
    row = ReceivedMailFactory(person=contributor, at=NOW, outcome="unverified")
    assert [line.what for line in lines_for(contributor, TODAY)] == [
        "An email in your name was not taken: the mail server could not verify its sender."
    ]
    address = f"/mail/{row.pk}/"
    assert [client_of(colleague).post(address).status_code, client_of(colleague).get(address).status_code] == [404, 404]  # fmt: skip
    page = client_of(contributor).get(address).text
    assert "not taken: the mail server could not verify its sender." in page
    assert client_of(contributor).post(address, {"from": "desk"}).url == "/"
    assert lines_for(contributor, TODAY) == []


def test_a_line_goes_by_itself_after_two_weeks(post, contributor):
    ReceivedMailFactory(person=contributor, at=NOW, outcome="unverified")
    assert lines_for(contributor, TODAY + timedelta(days=13)) != []
    assert lines_for(contributor, TODAY + timedelta(days=14)) == []


@pytest.mark.both_databases
def test_two_absent_people_write_no_note_and_get_no_mail(
    post, key, question, contributor, coordinator, police
):
    SeatFactory(user=coordinator, agency=police, role=Seat.Role.OBSERVER)
    before = len(mail.outbox)
    absences = [each for what, each in AUTOMATIC.items() if what.startswith("an absence")]
    for number in range(1000):
        raw = absences[number % len(absences)].replace(b"<1.", f"<{number}.".encode())
        raw = raw.replace(b"0123456789abcdef0123456789abcdef", key.encode())
        raw = raw.replace(b"ana@police.example", contributor.email.encode())
        assert post.take(raw) == "automatic"
    assert (became(), Note.objects.count(), len(mail.outbox)) == ((0, 0, []), 1, before)


def test_an_answer_is_told_in_the_days_mail_like_any_other(post, key, question, contributor, coordinator):  # fmt: skip
    post.take(post.written(key, contributor), at=NOW + timedelta(hours=1))
    lines = [line for line in written_news(TOMORROW) if line.recipient == coordinator]
    assert [line.sentence for line in lines] == [
        "Police wrote a note on 1.2: “In the last week of May.” You coordinate the plan."
    ]
