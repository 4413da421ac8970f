"""Test that no forged, late or repeated email is taken, and that nobody is mailed about one."""

from datetime import timedelta

import pytest
from django.core import mail

from agencies.models import Seat
from tests.factories import (
    BriefingFactory,
    NoteFactory,
    PlanFactory,
    SeatFactory,
    WorkItemFactory,
)
from tests.workitems.by_email.conftest import became
from tests.workitems.by_email.mail_forms import PLAIN, VERIFIED, message, multipart, part
from tests.workitems.record import NOW, TODAY
from workitems.desk.to_dos import lines_for
from workitems.models import AnswerKey, Note, ReceivedMail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

OTHER = "f" * 32


def end_seat(person, plan):
    Seat.objects.filter(user=person).update(to_on=TODAY - timedelta(days=1))


def observe(person, plan):
    Seat.objects.filter(user=person).update(role=Seat.Role.OBSERVER)


def leave(person, plan):
    person.is_active = False
    person.save()


def end_plan(person, plan):
    members = [seat.agency for seat in person.seats.all()]
    ended = PlanFactory(coordinating_agency=plan.coordinating_agency, members=members, ends_on=TODAY - timedelta(days=1))  # fmt: skip
    AnswerKey.objects.update(about=NoteFactory(item=WorkItemFactory(plan=ended)).pk)


def mark_sensitive(person, plan):
    BriefingFactory(plan=plan, marking="SENSITIVE")


def expire(person, plan):
    AnswerKey.objects.update(last_day=TODAY - timedelta(days=1))


def is_not_for_all(person, plan):
    other = NoteFactory(item=plan.items.get(), readers="agency", agency=plan.coordinating_agency)
    AnswerKey.objects.update(about=other.pk)


# What is changed before it arrives, how it is written, and what comes of it.
FORGERIES = {
    "another person's address": (None, {"sender": "ben@customs.example"}, "nobody"),
    "a colleague's address": (None, {"sender": "COLLEAGUE"}, "not_yours"),
    "two senders": (None, {"sender": "PERSON, ben@customs.example"}, "nobody"),
    "another address before theirs": (None, {"sender": "ben@customs.example, <PERSON>"}, "nobody"),
    "two headers of a sender": (None, {"from": "ben@customs.example"}, "nobody"),
    "the person as a display name": (None, {"sender": '"PERSON" <ben@customs.example>'}, "nobody"),
    "no sender": (None, {"sender": ""}, "nobody"),
    "nobody vouches": (None, {"verified": ""}, "unverified"),
    "the server says no": (None, {"verified": "no"}, "unverified"),
    "a forged header above the server's": (None, {VERIFIED.lower(): "no"}, "unverified"),
    "a forged header that says yes twice": (None, {VERIFIED.lower(): "yes"}, "unverified"),
    "a header of almost the same name": (None, {"verified": "", "X_Sender_Verified_": "yes"}, "unverified"),
    "a header after a carriage return alone": (None, {"verified": "", "X_A": f"a\r{VERIFIED}: yes"}, "unverified"),
    "a guessed key": (None, {"key": OTHER}, "unknown"),
    "no key": (None, {"To": "plan@answers.example.govt.nz"}, "unknown"),
    "two keys": (None, {"Cc": f"plan+{OTHER}@answers.example.govt.nz"}, "note"),
    "an expired key": (expire, {}, "unknown"),
    "a seat that has ended": (end_seat, {}, "may_not"),
    "a seat that only reads now": (observe, {}, "may_not"),
    "an account that is closed": (leave, {}, "nobody"),
    "a conversation that is not theirs": (is_not_for_all, {}, "may_not"),
    "a plan that has ended": (end_plan, {}, "not_here"),
    "a plan with a sensitive paper": (mark_sensitive, {}, "not_here"),
}  # fmt: skip
TAKEN = {"two keys"}  # One of them was made up; it is the other that counts.


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forgery_is_not_taken(what, post, key, plan, contributor, colleague):
    change, written, outcome = FORGERIES[what]
    if change is not None:
        change(contributor, plan)
    written = {
        name: value.replace("PERSON", contributor.email).replace("COLLEAGUE", colleague.email)
        for name, value in written.items()
    }
    sender = written.pop("sender", contributor.email)
    before = len(mail.outbox)
    raw = message("In May.", **{"key": key, "sender": sender, **written})
    assert post.take(raw) == outcome
    assert became()[:2] == ((1, 0) if what in TAKEN else (0, 0))
    assert len(mail.outbox) == before


def test_an_email_without_a_number_is_taken_once(post, key, contributor):
    raw = message("In May.", key=key, sender=contributor.email, Message_ID="")
    assert [post.take(raw), post.take(raw)] == ["note", "again"]


def test_two_people_may_send_one_number(post, key, contributor, colleague):
    forwarded = message("In May.", key=key, sender=colleague.email)
    assert post.take(forwarded) == "not_yours"
    assert post.take(message("In May.", key=key, sender=contributor.email)) == "note"


@pytest.mark.parametrize("html", ["<p>In May.</p><![foo[x]]>", "<![CDATA[In May."])
def test_html_that_no_parser_knows_loses_no_word(html, post, key, contributor):
    assert post.take(message(html, "text/html", key=key, sender=contributor.email)) == "note"
    assert "In May." in Note.objects.latest("pk").text


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "unicode_escape"])
def test_a_charset_of_another_kind_gives_no_error(charset, post, key, contributor):
    kind = f"text/plain; charset={charset}"
    raw = message(b"In May. \\ud800", kind, key=key, sender=contributor.email)
    assert post.take(raw) == "note"


def test_a_header_in_the_body_vouches_for_nobody(post, key, contributor):
    inner = part("In May.", PLAIN, more=f"{VERIFIED}: yes\r\n")
    raw = multipart("mixed", inner, key=key, sender=contributor.email, verified="")
    assert (post.take(raw), became()) == ("unverified", (0, 0, ["unverified"]))


def test_a_forwarded_email_gives_nobody_the_right_to_answer(post, key, colleague):
    assert post.take(post.written(key, colleague)) == "not_yours"
    (line,) = [line for line in lines_for(colleague, TODAY) if "email" in line.what]
    assert (
        line.what == "An email in your name was not taken: the address was given to another person."
    )


@pytest.mark.both_databases
def test_the_same_email_is_taken_once(post, key, contributor):
    raw = post.written(key, contributor)
    assert [post.take(raw), post.take(raw), post.take(raw + b"\r\nmore")] == [
        "note",
        "again",
        "again",
    ]
    assert became() == (1, 0, ["note"])


@pytest.mark.both_databases
def test_at_most_twenty_are_taken_in_an_hour(post, key, contributor):
    outcomes = [post.take(post.written(key, contributor, f"Answer {n}.")) for n in range(23)]
    assert outcomes == ["note"] * 20 + ["too_many", "too many", "too many"]
    later = NOW + timedelta(minutes=61)
    assert post.take(post.written(key, contributor, "Later."), at=later) == "note"


def test_forged_emails_take_nothing_of_the_number_that_a_person_may_send(post, key, contributor):
    outcomes = [post.take(post.written(key, contributor, verified="no")) for _ in range(30)]
    assert outcomes == ["unverified"] * 21 + ["too many"] * 9
    assert post.take(post.written(key, contributor)) == "note"


def test_a_stranger_without_a_key_fills_no_desk(post, key, contributor):
    assert (
        post.take(message("x", key=OTHER, sender=contributor.email, verified="no")) == "unverified"
    )
    assert (ReceivedMail.objects.count(), lines_for(contributor, TODAY)[0].what[:6]) == (
        0,
        "Answer",
    )


def test_what_cannot_be_read_is_said_on_the_desk(post, key, contributor):
    kind = "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"
    raw = message(b"MIAGCSqGSIb3DQEHA6CAMIACAQAxggE=", kind, "base64", key=key, sender=contributor.email)  # fmt: skip
    assert post.take(raw) == "refused"
    assert "because it is encrypted" in ReceivedMail.objects.get().why


def test_the_page_about_it_leads_to_where_it_can_be_answered(post, key, question, contributor, client_of):  # fmt: skip
    post.take(post.written(key, contributor, ""))
    row = ReceivedMail.objects.get()
    assert (row.path, row.why) == (question.get_absolute_url(), "It has no text that we can read, perhaps because it is encrypted.")  # fmt: skip
    assert f'href="{row.path}"' in client_of(contributor).get(f"/mail/{row.pk}/").text
    assert post.take(post.written(OTHER, contributor)) == "unknown"
    assert ReceivedMail.objects.latest("pk").path == ""


@pytest.mark.parametrize("text", ["", " \n ", "Yes\u202eno", "x\u0007"])
def test_what_the_page_refuses_is_refused(post, key, contributor, text):
    assert post.take(post.written(key, contributor, text)) == "refused"
    assert Note.objects.filter(by_email=True).count() == 0


def test_nothing_is_taken_while_it_is_off(post, key, contributor, settings):
    settings.MAIL_VERIFIED = ""
    assert (post.take(post.written(key, contributor)), became()) == ("off", (0, 0, []))


def test_the_log_has_no_address_and_no_text(post, key, contributor, caplog):
    post.take(post.written(key, contributor, "Secret words."))
    post.take(post.written(key, contributor, "Secret words.", verified="no"))
    said = " ".join(str(record.msg) for record in caplog.records)
    assert "email_received" in said
    assert not [each for each in (contributor.email, "Secret words", key) if each in said]


def test_a_person_of_two_agencies_writes_for_one_of_the_conversation(post, key, contributor, customs):  # fmt: skip
    SeatFactory(user=contributor, agency=customs, role=Seat.Role.CONTRIBUTOR)
    assert post.take(post.written(key, contributor)) == "note"
    assert Note.objects.get(by_email=True).written_for.short_name in {"Police", "Customs"}
