"""Test a mail server that is away, hangs or refuses: no page fails or waits, and everything is sent later."""

import contextlib
import re
import socket
import statistics
import threading
import time
from datetime import timedelta
from email import message_from_string

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.timezone import now

from agencies.models import Invitation, Seat, WaitingMail
from agencies.people import outbox
from agencies.people.services import invitations
from agencies.records import sealing
from tests.factories import UpdateFactory
from tests.workitems.conftest import seated
from tests.workitems.record import NOW
from trafficking_plan.running import service_checks
from workitems.models import Return

pytestmark = pytest.mark.django_db

RESET = "/account/password/reset/"
WAKE = outbox.wake


class Server:
    """A mail server on the loopback that says what it is told to, and keeps what it accepts."""

    def __init__(self, to_recipient="250 ok", is_silent=False):
        self.to_recipient, self.is_silent, self.accepted, self.connections = (
            to_recipient,
            is_silent,
            [],
            [],
        )
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                self.connections.append(connection)  # Else the silent one would be closed.
                if not self.is_silent:
                    threading.Thread(target=self.talk, args=[connection], daemon=True).start()

    def talk(self, connection):
        with connection, connection.makefile("rwb") as lines, contextlib.suppress(OSError):

            def say(text):
                lines.write(f"{text}\r\n".encode())
                lines.flush()

            say("220 ready")
            for line in lines:
                word = line[:4].upper().strip()
                if word == b"DATA":
                    say("354 go on")
                    text = b"".join(iter(lines.readline, b".\r\n")).decode()
                    self.accepted.append(message_from_string(text))
                    say("250 kept")
                elif word == b"QUIT":
                    return say("221 bye")
                else:
                    say(self.to_recipient if word == b"RCPT" else "250 ok")

    def close(self):
        """End the thread that listens, and what it left open, of which a later test would be told."""
        self.listening.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listening.close()
        for each in self.connections:
            each.close()


@pytest.fixture
def away(settings, monkeypatch):
    """Send through the outbox to a mail server, which is not there yet. What sends is started by the test."""
    settings.EMAIL_BACKEND = "agencies.people.outbox.Outbox"
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 1
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.EMAIL_PORT = closed.getsockname()[1]
    monkeypatch.setattr(outbox, "wake", lambda: None)
    with contextlib.ExitStack() as stack:

        def serve(**how):
            server = Server(**how)
            stack.callback(server.close)
            settings.EMAIL_PORT = server.port
            return server

        yield serve


SERVERS = {
    "refuses": None,
    "hangs": {"is_silent": True},
    "rejects for now": {"to_recipient": "451 later"},
}


@pytest.fixture(params=SERVERS)
def server_away(request, away):
    if how := SERVERS[request.param]:
        away(**how)
    return away


@pytest.fixture
def approver(police):
    return seated("Police approver", police, Seat.Role.APPROVER)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def later(serve, minutes=61):
    """Let the server be there again, and return who got what."""
    server = serve()
    assert outbox.send_waiting(now() + timedelta(minutes=minutes)) == 0
    return [(each["To"], each["Subject"]) for each in server.accepted]


def test_a_new_password(client, approver, server_away, committed):
    answers = []
    for email in (approver.email, "nobody@example.org"):
        began = time.monotonic()
        with committed():
            answer = client.post(RESET, {"email": email}, follow=True)
        assert outbox.send_waiting() > 0
        answers.append((answer.status_code, re.sub('value="[^"]*"', "", answer.text)))
        assert time.monotonic() - began < 5
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    assert later(server_away) == [
        (approver.email, "Plan Register: Choose a new password"),
        ("nobody@example.org", "Plan Register: There is no account with this address"),
    ]


def test_known_and_unknown_addresses_take_the_same_time(client, approver, away, committed):
    away(is_silent=True)
    took = {approver.email: [], "nobody@example.org": []}
    for _ in range(4):
        for email, times in took.items():
            began = time.monotonic()
            with committed():
                assert client.post(RESET, {"email": email}).status_code == 302
            times.append(time.monotonic() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    assert abs(known - unknown) < 0.1
    assert max(known, unknown) < 0.5


def test_an_invitation(client_of, approver, police, server_away, committed):
    values = {"name": "Ana", "email": "ana@example.org", "role": "observer", "from_on": "today"}
    with committed():
        answer = client_of(approver).post(reverse("agencies:invite", args=[police]), values)
    assert answer.status_code == 302
    assert outbox.send_waiting() == 1
    assert Invitation.objects.get().failed_at is None
    assert later(server_away) == [("ana@example.org", "Plan Register: You are invited to Police")]


@pytest.mark.usefixtures("on_the_day")
def test_a_return(client_of, of_return, item, contributor, approver, server_away, committed):
    of_return.round.opened_at = NOW - timedelta(days=14)
    of_return.round.save()
    UpdateFactory(of_return=of_return, item=item, written_by=contributor, written_at=NOW)
    with committed():
        answer = client_of(contributor).post(
            of_return.get_absolute_url(), {"act": "ready"}, follow=True
        )
    assert "Ready for approval" in answer.text
    assert outbox.send_waiting() == 1
    assert Return.objects.get(pk=of_return.pk).ready_at is not None
    subject = "Plan Register: Return of Police is ready for approval"
    assert later(server_away) == [(approver.email, subject)]


@pytest.mark.usefixtures("on_the_day")
def test_a_meeting(manager, plan, approver, server_away, committed):
    sent = {"held_on": "30 June 2010", "starts_at": "10:30 am", "place": "Stout Street"}
    with committed():
        assert manager.post(reverse("meetings:call", args=[plan.slug]), sent).status_code == 302
    assert outbox.send_waiting() == 1
    ((to, subject),) = later(server_away)
    assert (to, "Meeting of 30 June 2010" in subject) == (approver.email, True)


# --- the queue --------------------------------------------------------------------------------------


def write(number=1):
    message = mail.EmailMessage("Subject", f"Text {number} with ā", to=[f"{number}@example.org"])
    message.send()


def test_what_waits_is_sealed(away):
    write()
    assert sealing.MARK in WaitingMail.objects.get().sealed
    assert "example.org" not in WaitingMail.objects.get().sealed


def test_an_email_arrives_as_it_was_written(away):
    message = mail.EmailMultiAlternatives(
        "Tēnā koe", "Text", to=["a@example.org"], cc=["b@example.org"]
    )
    message.attach_alternative("<p>Text</p>", "text/html")
    message.attach("a.ics", "BEGIN:VCALENDAR", "text/calendar")
    message.send()
    server = away()
    assert outbox.send_waiting() == 0
    (found,) = server.accepted
    kinds = [part.get_content_type() for part in found.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    assert (found["To"], found["Cc"]) == ("a@example.org", "b@example.org")
    assert found["Message-ID"]


def test_a_server_that_is_away_is_tried_at_longer_and_longer_intervals(away):
    write()
    at, pauses = now(), []
    for _ in range(8):
        outbox.send_waiting(at)
        following = WaitingMail.objects.get().next_try_at
        pauses.append((following - at).total_seconds() / 60)
        assert outbox.send_waiting(following - timedelta(seconds=1)) == 1
        at = following
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert WaitingMail.objects.get().tries == 8


def test_one_that_is_refused_for_good_is_dropped_and_the_others_are_sent(away):
    write(1)
    write(2)
    away(to_recipient="550 no such person")
    assert outbox.send_waiting() == 0
    write(3)
    server = away()
    assert outbox.send_waiting() == 0
    assert [each["To"] for each in server.accepted] == ["3@example.org"]


def test_an_invitation_that_is_refused_for_good_says_so_on_its_page(
    client_of, approver, police, away, committed
):
    values = {"name": "Ana", "email": "ana@example.org", "role": "observer", "from_on": "today"}
    with committed():
        client_of(approver).post(reverse("agencies:invite", args=[police]), values)
    away(to_recipient="550 no such person")
    outbox.send_waiting()
    made = Invitation.objects.get()
    assert made.failed_at is not None
    with committed():
        invitations.send_again(invitation=made, version=made.version, by=approver, at=now())
    assert len(later(away)) == 1
    assert Invitation.objects.get().failed_at is None


def test_after_five_days_it_is_given_up(away):
    write()
    WaitingMail.objects.update(queued_at=now() - timedelta(days=6))
    assert outbox.send_waiting() == 0


def test_two_senders_send_each_email_once(away):
    write()
    found = outbox._claim(now())
    assert found is not None
    assert outbox._claim(now()) is None


def test_the_operator_reads_what_waits(away, settings):
    settings.DEBUG = False
    write()
    assert service_checks.check_mail().sentence == (
        "The mail server cannot be reached. 1 email waiting."
    )
    away()
    assert service_checks.check_mail().state.value == "ok"
    WaitingMail.objects.update(queued_at=now() - timedelta(hours=1))
    assert service_checks.check_mail().sentence == (
        "The mail server answers, but does not take everything. 1 email waiting."
    )


def test_the_daily_run_sends_what_waits_and_fails_if_it_cannot(away):
    write()
    with pytest.raises(CommandError, match="1 mail waiting for the mail server"):
        call_command("send_notices")
    server = away()
    WaitingMail.objects.update(next_try_at=now())
    call_command("send_notices")
    assert len(server.accepted) == 1


def test_new_keys_seal_what_waits(away, settings):
    write()
    settings.SEALING_KEYS = ["n" * 43, *settings.SEALING_KEYS]
    call_command("seal_secrets")
    settings.SEALING_KEYS = ["n" * 43]
    assert len(later(away)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_thread_sends_at_once_and_the_page_does_not_wait(client, approver, away, monkeypatch):
    monkeypatch.setattr(outbox, "wake", WAKE)
    server = away()
    assert client.post(RESET, {"email": approver.email}).status_code == 302
    outbox._thread.join(60)
    assert [each["To"] for each in server.accepted] == [approver.email]
    away(is_silent=True)
    began = time.monotonic()
    assert client.post(RESET, {"email": approver.email}).status_code == 302
    assert time.monotonic() - began < 1
    outbox._thread.join(60)
    assert WaitingMail.objects.get().tries == 1
